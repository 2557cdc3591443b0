"""`lstm-complete audit`: the secrets that a model file holds, and how much of planted ones a training keeps."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

from lstm_complete import store
from lstm_complete.cli.arguments import count, duration, size, written
from lstm_complete.cli.printing import printable
from lstm_complete.settings import DEFAULT_NAME

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from lstm_complete.cli.arguments import Commands
    from lstm_complete.model_file import Contents
    from lstm_complete.training.audit import Audit, Exposed

_FOUND = 1
_BUDGET_S = 120.0
_SHOWN = 20


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "audit", help="look for secrets in a model, and for what a training keeps of planted ones"
    )
    parser.add_argument("name", nargs="?", default=DEFAULT_NAME, help="the model (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="only look into the model's file, and train nothing")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--budget",
        type=duration,
        default=_BUDGET_S,
        metavar="TIME",
        help=f"of each of the two trainings: 90s, 5m, 1h (default: {written(_BUDGET_S)})",
    )
    length.add_argument("--epochs", type=count, metavar="N", help="passes over the text, in place of a budget")
    parser.add_argument(
        "--seed", type=size, default=0, metavar="N", help="of the planted secrets (default: %(default)s)"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing but what was found")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Look into the file; then plant, train and compare."""
    contents = store.load(options.name)
    clean = _is_clean(options.name, contents)
    if options.quick:
        return 0 if clean else _FOUND
    from lstm_complete.training.audit import audit  # noqa: PLC0415 - no prompt needs it
    from lstm_complete.training.progress import live_progress, no_progress  # noqa: PLC0415

    with live_progress(sys.stderr, bar=False) as on_progress:
        found = audit(
            contents,
            budget_s=options.budget,
            epochs=options.epochs,
            seed=options.seed,
            on_training=lambda filtering: _say(options, f"Training with the filter {filtering}"),
            on_progress=no_progress if options.quiet else on_progress,
        )
    print("\n".join(_account(found)))
    return 0 if clean and found.is_chance else _FOUND


def _say(options: argparse.Namespace, line: str) -> None:
    if not options.quiet:
        print(line, file=sys.stderr, flush=True)


def _is_clean(name: str, contents: Contents) -> bool:
    """Whether the filter finds nothing in a file; what it finds is printed, masked."""
    from lstm_complete.inspection import inspect  # noqa: PLC0415 - no other command needs it
    from lstm_complete.secrets import SecretFilter  # noqa: PLC0415

    excluded = contents.metadata["training_settings"].get("exclude", ())
    inspection = inspect(contents, SecretFilter.of_user(excluded))
    for cut in inspection.found[:_SHOWN]:
        print(printable(f"{cut.path}, line {cut.line:,}: {cut.kind}: {cut.shown}"))
    lines = len(inspection.found)
    print(
        f"In the file of {name}: {inspection.lines:,} lines, {lines or 'none'} that the filter would cut.", flush=True
    )
    if inspection.found:
        print(f'Take them out: "lstm-complete forget {name} TEXT --retrain", or train it again.', flush=True)
    return not inspection.found


def _account(found: Audit) -> Iterator[str]:
    from lstm_complete.exposure import CHANCE_BITS  # noqa: PLC0415 - numpy
    from lstm_complete.training.audit import CANARIES_EACH, OTHERS, mean_bits, spread_of_chance  # noqa: PLC0415

    canaries, sources = len(found.filtered), list(found.filtered[0].bits)
    yield f"{canaries} secrets planted in {found.planted} lines, of which the filter cuts {found.cut}."
    yield (
        f"Exposure in bits, means of {CANARIES_EACH}; at most {(OTHERS + 1).bit_length() - 1}; "
        f"of what was never read {CHANCE_BITS:.1f} ± {spread_of_chance(CANARIES_EACH):.1f}:"
    )
    heads = "".join(f"{source:>8}" for source in sources)
    yield f"{'':42}{'filter off':>{len(heads)}}    {'filter on':>{len(heads)}}"
    yield f"{'planted':36}{'times':>6}{heads}    {heads}"
    for off, on in zip(_groups(found.unfiltered), _groups(found.filtered), strict=True):
        canary = off[0].canary
        columns = ("".join(f"{mean_bits(group, source):8.1f}" for source in sources) for group in (off, on))
        yield f"{canary.format.shown:36}{canary.times:6}{'    '.join(columns)}"
    means = ", ".join(f"{source} {mean_bits(found.filtered, source):.2f}" for source in sources)
    verdict = "that of chance" if found.is_chance else "MORE THAN CHANCE: the filter lets something through"
    yield (f"With the filter on: {verdict} ({means}; chance is {CHANCE_BITS:.2f} ± {spread_of_chance(canaries):.2f}).")


def _groups(exposed: Sequence[Exposed]) -> Iterator[list[Exposed]]:
    for _, group in groupby(exposed, key=lambda each: (each.canary.format, each.canary.times)):
        yield list(group)
