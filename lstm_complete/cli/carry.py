"""`lstm-complete export` and `import`: carry a model to another machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lstm_complete import places
from lstm_complete.cli.models import description

if TYPE_CHECKING:
    import argparse

    from lstm_complete.cli.arguments import Commands


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the two commands to the parser."""
    parser = commands.add_parser("export", help="write a model to a file, to carry it to another machine")
    parser.add_argument("name", help="the model")
    parser.add_argument("file", type=Path, metavar="FILE", help=f"a file that is not there yet, NAME{places.SUFFIX}")
    parser.add_argument("--without-recall", action="store_true", help="leave out the text that the model has read")
    parser.set_defaults(run=run_export)

    parser = commands.add_parser("import", help="take a model from a file that was exported")
    parser.add_argument("file", type=Path, metavar="FILE", help="what export wrote")
    parser.add_argument("--name", help="what to call the model (default: as the file is called)")
    parser.add_argument("--force", action="store_true", help="replace a model of that name")
    parser.set_defaults(run=run_import)


def run_export(options: argparse.Namespace) -> int:
    """Write the file, and say what is in it."""
    from lstm_complete import transfer  # noqa: PLC0415 - numpy

    transfer.export(options.name, options.file, recall=not options.without_recall)
    if options.without_recall:
        print(f"{options.file}: weights, subwords and figures of {options.name}, and none of the text it has read")
    else:
        print(f"{options.file}: {options.name} with all the text it has read; keep it as you keep that text")
    return 0


def run_import(options: argparse.Namespace) -> int:
    """Check the file through, and take it in."""
    from lstm_complete import transfer  # noqa: PLC0415 - numpy

    name = options.file.name.removesuffix(places.SUFFIX) if options.name is None else options.name
    path = transfer.admit(
        options.file, name, force=options.force, check=lambda contents: description(contents.metadata)
    )
    print(f"Saved as {path}\nTry it: lstm-complete try {name}")
    return 0
