"""`--history`: which histories to read, and the question before all that are on this machine are read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstm_complete.errors import SettingsError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

NOT_AGREED = 1
_HELP = (
    "the history of bash, zsh, fish, xonsh, ipython, ptpython, litecli, pgcli, mycli, python, psql, sqlite3, mysql or "
    "node; NAME:PATH where it lies elsewhere; git:PATH for your commit messages in a repository, git-all:PATH for "
    "everybody's; all for every history on this machine, after a question; may be repeated"
)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of a command that reads text."""
    parser.add_argument("--history", dest="histories", action="append", default=[], metavar="NAME[:PATH]", help=_HELP)
    parser.add_argument("--yes", action="store_true", help="with --history all: read what is found without a question")


def agreed(options: argparse.Namespace) -> bool:
    """Whether the histories may be read: each was named, or the user has seen what "all" stands for and said yes.

    A dry run is what shows them, and needs no leave.

    Raises:
        SettingsError: There is nobody to ask, or nothing was named at all.
    """
    from lstm_complete.corpus.histories import ALL, Places, found_on_this_machine  # noqa: PLC0415 - training alone reads

    if not options.paths and not options.histories:
        raise SettingsError("expected files, folders or --history NAME to read, found none; name some")
    if ALL not in options.histories or options.yes or options.dry_run:
        return True
    if not sys.stdin.isatty():
        raise SettingsError(
            "--history all asks before it reads, and standard input is no terminal; add --yes, or --dry-run to see"
        )
    for source in found_on_this_machine(Places.of_this_user()):
        print(f"{_kilobytes(source.path):>10,} KB  {source.format.name:<9} {source.path}", file=sys.stderr)
    try:
        answer = input("Read all of these? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() in ("y", "yes"):
        return True
    print("Nothing was read. To choose among them: --history NAME", file=sys.stderr)
    return False


def _kilobytes(path: Path) -> int:
    """Of a file, or of the files in a folder; at least 1 of what holds anything."""
    files = [path] if path.is_file() else [file for file in path.glob("*") if file.is_file()]
    return -(-sum(file.stat().st_size for file in files) // 1000)
