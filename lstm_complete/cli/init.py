"""`lstm-complete init`: what a host has to read at its start, printed, added or taken out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstm_complete.errors import SettingsError
from lstm_complete.integrations import startup_files
from lstm_complete.integrations.start_lines import HOSTS

if TYPE_CHECKING:
    import argparse

    from lstm_complete.cli.arguments import Commands


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("init", help="print the lines that bring suggestions into a host, or add them to it")
    parser.add_argument("host", choices=sorted(HOSTS), metavar="HOST", help=", ".join(sorted(HOSTS)))
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--install", action="store_true", help="add them to its start-up file, marked; keeps a backup")
    action.add_argument("--remove", action="store_true", help="take them out again")
    parser.set_defaults(run=run_init)


def run_init(options: argparse.Namespace) -> int:
    """Print the lines, or change the start-up file."""
    host = HOSTS[options.host]
    if not (options.install or options.remove):
        print(host.lines())
        if host.file and sys.stdout.isatty():
            print(f"into {host.file()}, or: lstm-complete init {options.host} --install", file=sys.stderr)
        return 0
    if host.file is None:
        raise SettingsError(f'{options.host} has no start-up file to change; see "lstm-complete init {options.host}"')
    path = host.file()
    comment = '"' if path.suffix == ".vim" else host.comment
    if options.remove:
        removed = startup_files.remove(path, comment)
        print(f"{path}: {'the lines are out' if removed else 'no lines of lstm-complete in it'}")
    elif startup_files.add(path, host.lines(), comment):
        backup = startup_files.backup_of(path)
        print(f"{path}: added; it takes effect when {options.host} starts")
        if backup.exists():
            print(f"{backup}: what it was")
    else:
        print(f"{path}: the lines are there already")
    return 0
