"""`lstm-complete run`: another program, with suggestions at its prompt."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_complete.cli.arguments import Commands


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("run", help="run a program such as litecli, with suggestions at its prompt")
    parser.add_argument("--name", help="the model (default: the one in LSTM_COMPLETE_MODEL, or default)")
    parser.add_argument("program", metavar="PROGRAM", help="its command: litecli, pgcli, mycli, ...")
    parser.add_argument("arguments", metavar="ARG", nargs=argparse.REMAINDER, help="what stands behind it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the program."""
    from lstm_complete.integrations import run_program  # noqa: PLC0415 - no other command needs it

    if options.name:
        from lstm_complete import store  # noqa: PLC0415 - reads the folder of models

        store.load(options.name)  # a model that was asked for by name has to be there
    return run_program.run(options.program, options.arguments, options.name)
