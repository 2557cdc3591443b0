"""The command line: the only place that prints and decides exit codes.

    lstm-complete train PATH... | update | try | suggest | run PROGRAM | evaluate | models | show | plot | remove | ...

Exit codes: 0 done, 2 a wrong flag, 130 interrupted, 141 nobody reads the output; the rest are those of `errors`.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from lstm_complete.errors import LSTMCompleteError

if TYPE_CHECKING:
    from collections.abc import Sequence

# The module of each command. That of the one which is asked for is imported alone: a program that `run` starts, and a
# shell that asks `init` for its lines, need not wait for what the others take, numpy first of all.
_MODULES = {
    "train": "train",
    "update": "update",
    "try": "ask",
    "suggest": "ask",
    "why": "ask",
    "run": "run",
    "evaluate": "evaluate",
    "models": "models",
    "show": "models",
    "plot": "models",
    "remove": "models",
    "export": "carry",
    "import": "carry",
    "forget": "forget",
    "audit": "audit",
    "serve": "serve",
    "lsp": "lsp",
    "init": "init",
}

_INTERRUPTED = 130
_NOBODY_READS = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: What stands after the program's name; None for that of this process.

    Returns:
        The exit code.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    options = build_parser(next(iter(arguments), None)).parse_args(arguments)
    if sys.stdout is None:  # closed by the shell: what would be printed goes nowhere
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - open until the process ends
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except LSTMCompleteError as error:
        print(f"lstm-complete: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nlstm-complete: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return _NOBODY_READS
    except OSError as error:
        _drop_output()
        print(f"lstm-complete: {error.strerror or error}", file=sys.stderr)
        return LSTMCompleteError.exit_code
    return code


def _drop_output() -> None:
    """Send what is still buffered nowhere: it would fail again when Python flushes it on its way out."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of one command and those of its module; of all where there is none of that name."""
    parser = argparse.ArgumentParser(
        prog="lstm-complete",
        description="Private, offline autocompletion that has read what you wrote. Nothing leaves this machine.",
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    wanted = [_MODULES[command]] if command in _MODULES else dict.fromkeys(_MODULES.values())
    for module in wanted:
        import_module(f"{__name__}.{module}").add_to(commands)
    return parser


class _Version(argparse.Action):
    """Print the version, which is looked up only then."""

    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from lstm_complete import __version__  # noqa: PLC0415 - reads the installed package's metadata

        print(__version__)
        parser.exit()
