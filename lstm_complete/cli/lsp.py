"""`lstm-complete lsp`: complete in an editor, which starts it and speaks to it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstm_complete.errors import MissingExtraError, SettingsError
from lstm_complete.settings import DEFAULT_NAME

if TYPE_CHECKING:
    import argparse

    from lstm_complete.cli.arguments import Commands


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("lsp", help="complete in editors: a language server on standard input and output")
    parser.add_argument("--model", default=DEFAULT_NAME, metavar="NAME", help="the model (default: %(default)s)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until the editor is done."""
    try:
        from lstm_complete.integrations.lsp import server  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"pygls", "lsprotocol"}:
            raise
        raise MissingExtraError("pygls", "lsp", "The language server") from None
    if sys.stdin is None:
        raise SettingsError("expected an editor at standard input, found it closed; editors start this by themselves")
    if sys.stdin.isatty():
        print("lstm-complete: an editor starts this, and speaks to it; Ctrl-C ends it", file=sys.stderr)
    server.serve(options.model)
    return 0
