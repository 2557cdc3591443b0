"""`lstm-complete serve`: the warm daemon that shells ask."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from lstm_complete.cli.arguments import duration, written
from lstm_complete.errors import SettingsError
from lstm_complete.settings import DAEMON_IDLE_S, DEFAULT_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from lstm_complete.cli.arguments import Commands


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("serve", help="keep a model warm for your shells, which start this by themselves")
    parser.add_argument(
        "name",
        nargs="?",
        default=DEFAULT_NAME,
        help="the model to read at once (default: %(default)s); each shell is answered from that in its "
        f"LSTM_COMPLETE_MODEL, or {DEFAULT_NAME}",
    )
    parser.add_argument("--status", action="store_true", help="say whether it runs, and what it has done, or said last")
    parser.add_argument("--stop", action="store_true", help="end it")
    parser.add_argument(
        "--idle",
        type=duration,
        default=DAEMON_IDLE_S,
        metavar="TIME",
        help=f"end after so long without a question (default: {written(DAEMON_IDLE_S)})",
    )
    parser.add_argument("--detach", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run_serve)


def run_serve(options: argparse.Namespace) -> int:
    """Be the daemon, or speak to it."""
    if sys.platform == "win32":
        raise SettingsError("the daemon needs unix sockets, which this system has not; use a host that asks the model")
    from lstm_complete.daemon import process  # noqa: PLC0415 - no other command needs it

    if options.status:
        said = process.status()
        return _print_status(said) if said else _print_why(process.last_words())
    if options.stop:
        print("stopped" if process.stop() else "no daemon is running")
        return 0
    if options.detach:  # by a shell: there may be one already, and its model may come later
        process.serve(options.name, options.idle, detached=True)
        return 0
    from lstm_complete import store  # noqa: PLC0415 - with numpy

    store.load(options.name)
    started = f'serving, with "{options.name}" warm, until Ctrl-C, or idle for {written(options.idle)}'
    if not process.serve(options.name, options.idle, listening=lambda: print(started, flush=True)):
        raise SettingsError('a daemon is running already; "lstm-complete serve --status" says which, --stop ends it')
    return 0


def _print_why(last_words: tuple[Path, str] | None) -> int:
    print("no daemon is running")
    if last_words:
        log, line = last_words
        print(f"log: {log}\nlast line: {line}")
    return 1


def _print_status(said: dict[str, Any]) -> int:
    loaded = ", ".join(said["loaded"]) or "none yet"
    print(f"running for {said['seconds']} s as process {said['pid']}, {said['megabytes']} MB at most")
    print(f"models: {loaded}, sessions: {said['sessions']}")
    counts = ("learned", "answered", "abandoned", "refused")
    print(", ".join(f"{what} {said[what]}" for what in counts))
    if said["problem"]:
        print(f"last problem: {said['problem']}")
    return 0
