"""`lstm-complete models`, `show`, `plot` and `remove`: the models that are there."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_complete import places, store
from lstm_complete.cli.printing import printable
from lstm_complete.errors import LSTMCompleteError, ModelFormatError

if TYPE_CHECKING:
    import argparse

    from lstm_complete.cli.arguments import Commands

_SOURCES_SHOWN = 20
_KEPT = 1


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the four commands to the parser."""
    parser = commands.add_parser("models", help="list the models")
    parser.set_defaults(run=run_models)

    parser = commands.add_parser("show", help="print what a model is, what it was trained on, and its curve")
    parser.add_argument("name", help="the model, or a path")
    parser.set_defaults(run=run_show)

    parser = commands.add_parser("plot", help="draw training against validation loss")
    parser.add_argument("name", help="the model, or a path")
    parser.add_argument("--output", type=Path, metavar="FILE", help="a .png or .svg file (default: NAME.png)")
    parser.set_defaults(run=run_plot)

    parser = commands.add_parser("remove", help="delete a model")
    parser.add_argument("name", help="the model")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=run_remove)


def run_models(_options: argparse.Namespace) -> int:
    """A line for each model; one that cannot be read says why."""
    names = places.names()
    if not names:
        print("There are no models yet. Make one of your own text: lstm-complete train PATH")
        return 0
    width = max(map(len, names))
    for name in names:
        try:
            print(f"{name:{width}}  {_one_line(name)}")
        except LSTMCompleteError as error:  # noqa: PERF203 - one bad file hides no other
            print(f"{name:{width}}  cannot be used: {error}")
    return 0


def _one_line(name: str) -> str:
    metadata = store.load(name).metadata
    description(metadata)
    report = metadata["report"]
    status = places.path_of(name).stat()
    made = datetime.fromtimestamp(status.st_mtime).astimezone()
    return (
        f"{status.st_size / 1e6:7.1f} MB  {made:%Y-%m-%d %H:%M}  {report['characters']:>12,} characters  "
        f"{report['held_out']['bits_per_character']:.3f} bits a character"
    )


def run_show(options: argparse.Namespace) -> int:
    """Everything the file says of itself."""
    metadata = store.load(options.name).metadata
    print(f"{options.name}: {places.path_of(options.name)}\n\n{description(metadata)}")
    return 0


def description(metadata: dict[str, Any]) -> str:
    """What a model is, what it has read, and its curve.

    Raises:
        ModelFormatError: The metadata do not say it all.
    """
    from lstm_complete.training import report  # noqa: PLC0415 - only show and plot need it

    try:
        figures = metadata["report"]
        sources = figures["trained_on"]
        lines = [
            f"shape     {_pairs(metadata['shape'])}",
            f"settings  {_pairs(metadata['training_settings'])}",
            f"\n{report.final_figures(figures)}\n\nTrained on:",
            *(
                f"{source['characters']:>12,} characters  {source['documents']:>9,} documents  {source['source']}"
                for source in sources[:_SOURCES_SHOWN]
            ),
            *([f"{'':12} and {len(sources) - _SOURCES_SHOWN:,} files more"] if len(sources) > _SOURCES_SHOWN else []),
            f"\n{report.curve_text(figures['curve'])}",
        ]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFormatError(f"expected a model's own report, found one without its parts ({error!r})") from None
    return printable("\n".join(lines))


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


def run_plot(options: argparse.Namespace) -> int:
    """Write the drawing, and say where."""
    from lstm_complete import figures  # noqa: PLC0415 - only drawing needs it
    from lstm_complete.training import report  # noqa: PLC0415

    output = options.output or Path(f"{Path(options.name).stem}.png")
    metadata = store.load(options.name).metadata
    description(metadata)
    figures.save(output, lambda axes: report.draw_curve(axes, options.name, metadata["report"]))
    print(output)
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """Ask, then delete."""
    files = store.files_of(options.name)
    if files and not options.yes:
        try:
            answer = input(f"Delete {' and '.join(map(str, files))}? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            print(f"{options.name} is kept. To delete it without a question: --yes", file=sys.stderr)
            return _KEPT
    store.remove(options.name)
    return 0
