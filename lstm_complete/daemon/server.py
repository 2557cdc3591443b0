"""The server: connections, frames and their bounds. One thread; whatever comes in, it neither stops nor grows.

Before each question all that has arrived is read, so that a question whose asker has gone, or has asked anew, is never
worked on. Nothing is waited for: a frame that stays unfinished and an answer that is not read end their connection.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lstm_complete.daemon.client import FIELD_END, FRAME_END, KINDS, LONGEST_FRAME_BYTES, QUESTIONS
from lstm_complete.daemon.requests import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

logger = logging.getLogger("lstm_complete")

# An unfinished frame is waited for so long.
FRAME_S = 2.0

MOST_CONNECTIONS = 256
# Of one connection: learning waits its turn, and a client that sends no end of it is no client.
_MOST_WAITING = 64
_BACKLOG = 1024

# Reading goes first, but not for ever.
_MOST_ROUNDS = 16


@dataclass
class _Connection:
    socket: socket.socket
    unfinished: bytearray = field(default_factory=bytearray)
    since: float = 0.0  # when `unfinished` began
    used: float = 0.0
    waiting: list[Request] = field(default_factory=list)


@dataclass
class Counts:
    """What a server has done since it started."""

    answered: int = 0
    abandoned: int = 0
    refused: int = 0


class Server:
    """Listens on a unix socket, and answers until nobody has asked for a while."""

    def __init__(self, path: Path, answer: Callable[[Request], Sequence[str]], idle_s: float) -> None:
        """Begin to listen.

        Args:
            path: Of the socket, in a folder that is the user's alone. What is left there of a daemon is replaced.
            answer: What there is to say to a request. What it raises is logged once, and ends nothing.
            idle_s: Seconds without a request after which `run` returns.
        """
        self.counts = Counts()
        self._path = path
        self._answer = answer
        self._idle_s = idle_s
        self._used = time.monotonic()
        self._stopped = False
        self._has_failed = False
        self._connections: dict[int, _Connection] = {}
        self._selector = selectors.DefaultSelector()
        self._listener = _listen(path)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def run(self) -> None:
        """Answer until `stop`, or until idle for long enough."""
        rounds = 0
        while not self._stopped:
            now = time.monotonic()
            if now > self._used + self._idle_s:
                break
            waiting = any(connection.waiting for connection in self._connections.values())
            ready = self._selector.select(0 if waiting else self._patience(now))
            for key, _ in ready:
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fd in self._connections:
                    self._read(self._connections[key.fd])
            self._drop_the_slow(time.monotonic())
            rounds = rounds + 1 if ready else 0
            if rounds in (0, _MOST_ROUNDS):  # all that has arrived is read, or it arrives without end
                rounds = 0
                self._answer_one()

    def stop(self) -> None:
        """Let `run` return, once the request at hand is answered."""
        self._stopped = True

    def close(self) -> None:
        """Close everything, and remove the socket."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        for connection in list(self._connections.values()):
            self._close(connection)
        self._selector.close()
        self._listener.close()

    def _patience(self, now: float) -> float:
        """Seconds until something is due even if nothing arrives."""
        unfinished = (one.since + FRAME_S for one in self._connections.values() if one.unfinished)
        return max(min(self._used + self._idle_s, *unfinished, now + self._idle_s) - now, 0.001)

    def _accept(self) -> None:
        """Accept all who wait. Where there are too many connections, or the system has no more, the oldest ends."""
        while True:
            try:
                accepted, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError:
                self._close_the_oldest()
                return
            if len(self._connections) >= MOST_CONNECTIONS:
                self._close_the_oldest()
            accepted.settimeout(0.0)
            self._connections[accepted.fileno()] = _Connection(accepted, used=time.monotonic())
            self._selector.register(accepted, selectors.EVENT_READ)

    def _close_the_oldest(self) -> None:
        oldest = min(self._connections.values(), key=lambda one: one.used, default=None)
        if oldest:
            self._close(oldest)

    def _read(self, connection: _Connection) -> None:
        try:
            received = connection.socket.recv(LONGEST_FRAME_BYTES)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self._finish(connection)
            return
        connection.used = time.monotonic()
        connection.since = connection.since if connection.unfinished else connection.used
        connection.unfinished += received
        while FRAME_END in connection.unfinished:
            frame, _, connection.unfinished = connection.unfinished.partition(FRAME_END)
            connection.since = connection.used
            self._queue(connection, bytes(frame))
            if connection.socket.fileno() < 0:
                return
        if len(connection.unfinished) > LONGEST_FRAME_BYTES:
            self._refuse(connection)

    def _queue(self, connection: _Connection, frame: bytes) -> None:
        request = Request.parse(frame) if len(frame) <= LONGEST_FRAME_BYTES else None
        if request is None or request.kind not in KINDS or len(connection.waiting) >= _MOST_WAITING:
            self._refuse(connection)
            return
        if request.kind in QUESTIONS:
            kept = [one for one in connection.waiting if one.kind != request.kind]
            self.counts.abandoned += len(connection.waiting) - len(kept)
            connection.waiting = kept
        connection.waiting.append(request)
        self._used = connection.used

    def _finish(self, connection: _Connection) -> None:
        """The asker has gone: what it wanted to know is nobody's question any more, what it told still counts."""
        for request in connection.waiting:
            if request.kind in QUESTIONS:
                self.counts.abandoned += 1
            else:
                self._said(request)
        self._close(connection)

    def _refuse(self, connection: _Connection) -> None:
        self.counts.refused += 1
        self._close(connection)

    def _drop_the_slow(self, now: float) -> None:
        for connection in list(self._connections.values()):
            if connection.unfinished and now > connection.since + FRAME_S:
                self._refuse(connection)

    def _answer_one(self) -> None:
        """Answer the request that is next, and let its connection queue behind the others."""
        for descriptor, connection in self._connections.items():
            if connection.waiting:
                self._connections[descriptor] = self._connections.pop(descriptor)
                request = connection.waiting.pop(0)
                said = self._said(request)
                self.counts.answered += 1
                self._send(connection, request.echo + FIELD_END + said + FRAME_END)
                return

    def _said(self, request: Request) -> bytes:
        """The answer as it is sent; nothing where it fails, which is logged the first time."""
        try:
            return FIELD_END.join(part.encode("utf-8", "replace") for part in self._answer(request))
        except Exception:
            if not self._has_failed:
                self._has_failed = True
                logger.exception("a request could not be answered")
            return b""

    def _send(self, connection: _Connection, answer: bytes) -> None:
        try:
            complete = connection.socket.send(answer) == len(answer)
        except OSError:
            complete = False
        if not complete:  # a client that does not read
            self._close(connection)

    def _close(self, connection: _Connection) -> None:
        descriptor = connection.socket.fileno()
        if self._connections.pop(descriptor, None):
            self._selector.unregister(connection.socket)
        connection.socket.close()


def _listen(path: Path) -> socket.socket:
    """A listening socket that is its user's alone from the moment that it is there."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX)
    with _umask(0o177):
        listener.bind(str(path))
    listener.listen(_BACKLOG)
    listener.settimeout(0.0)
    return listener


@contextlib.contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)
