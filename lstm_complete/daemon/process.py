"""The daemon as a process: started, asked how it does, and stopped."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lstm_complete.daemon import client
from lstm_complete.daemon.runtime_dir import Lock, place
from lstm_complete.daemon.server import Server
from lstm_complete.errors import LSTMCompleteError
from lstm_complete.settings import DAEMON_IDLE_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from lstm_complete.daemon.requests import Request

logger = logging.getLogger("lstm_complete")

# A request to stop, then SIGTERM, then SIGKILL: each is waited for so long.
_PATIENCE_S = 1.0
_LOOK_AGAIN_S = 0.01

_STANDARD_ERROR = 2


def _nothing() -> None:
    """What to do where nothing is to be done."""


def serve(
    model: str, idle_s: float = DAEMON_IDLE_S, *, detached: bool = False, listening: Callable[[], None] = _nothing
) -> bool:
    """Be the daemon, until it is stopped or idle.

    Args:
        model: The name of the model to read before anybody asks; who names none is answered from the default one.
        idle_s: Seconds without a request after which it ends.
        detached: Whether to leave the terminal, and to write all to the log in the runtime folder: also what ends it.
        listening: Called once the daemon can be asked.

    Returns:
        False where there is a daemon already.

    Raises:
        SettingsError: There is no fit place for the socket.
    """
    folder = place().parent
    if detached:
        _write_to(folder / client.LOG_NAME)
    try:
        return _serve(folder, model, idle_s, detached=detached, listening=listening)
    except Exception:
        if not detached:
            raise
        logger.exception("the daemon cannot go on")
        sys.exit(LSTMCompleteError.exit_code)


def _write_to(log: Path) -> None:
    """Let all that this process says stand in the log, behind what does already."""
    opened = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(opened, _STANDARD_ERROR)
    os.close(opened)
    logging.basicConfig(filename=log, format="%(asctime)s %(message)s")


def _serve(folder: Path, model: str, idle_s: float, *, detached: bool, listening: Callable[[], None]) -> bool:
    signal.signal(signal.SIGTERM, _end)  # before the lock says whom `stop` has to end
    lock = Lock(folder)
    if not lock.take():
        lock.close()
        return False
    if detached:
        with contextlib.suppress(PermissionError):  # leads its session already
            os.setsid()
        os.chdir("/")
    with contextlib.closing(lock), contextlib.closing(_server(model, idle_s)) as server:
        listening()
        server.run()
    return True


def _server(model: str, idle_s: float) -> Server:
    from lstm_complete.daemon.sessions import Sessions  # noqa: PLC0415 - numpy, which the one that is too many needs not

    sessions = Sessions()
    sessions.warm(model)  # before there is a socket: whoever finds one is answered at once
    started = time.monotonic()

    def answer(request: Request) -> list[str]:
        if request.kind == "stop":
            server.stop()
            return []
        if request.kind == "status":
            seconds = round(time.monotonic() - started)
            return [json.dumps({**sessions.status(), **asdict(server.counts), "seconds": seconds})]
        return sessions.answer(request)

    server = Server(place(), answer, idle_s)
    return server


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def status() -> dict[str, Any] | None:
    """What the daemon says of itself; None where there is none.

    Raises:
        LSTMCompleteError: There is one, and it does not answer.
    """
    lock = Lock(place().parent)
    pid = lock.holder()
    lock.close()
    if pid is None:
        return None
    answer = client.ask(client.request("status", ""), _PATIENCE_S)
    if answer is None:
        raise LSTMCompleteError(
            f'The daemon (process {pid}) does not answer. End it: "lstm-complete serve --stop"; shells start another.'
        )
    said: dict[str, Any] = json.loads(answer)
    return said


def last_words() -> tuple[Path, str] | None:
    """The log of the last daemon that a shell started, and its last line; None where it said nothing."""
    log = place().parent / client.LOG_NAME
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    return (log, lines[-1]) if lines else None


def stop() -> bool:
    """End the daemon, with force where it hangs; False where there was none."""
    folder = place().parent
    (folder / client.STARTED_NAME).unlink(missing_ok=True)  # the next shell that asks may start one
    lock = Lock(folder)
    try:
        pid = lock.holder()
        if pid is None:
            return False
        heard = client.ask(client.request("stop", ""), _PATIENCE_S) is not None
        for force in (*([None] if heard else []), signal.SIGTERM, signal.SIGKILL):
            if force is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, force)
            ends = time.monotonic() + _PATIENCE_S
            while lock.holder() == pid:
                if time.monotonic() > ends:
                    break
                time.sleep(_LOOK_AGAIN_S)
            else:
                return True
    finally:
        lock.close()
    raise LSTMCompleteError(f"The daemon (process {pid}) does not end; what keeps it, the system knows.")
