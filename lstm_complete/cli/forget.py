"""`lstm-complete forget`: take lines out of a model, and prove that it cannot say them any more."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_complete import store
from lstm_complete.cli.arguments import duration
from lstm_complete.errors import CorpusError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from lstm_complete.cli.arguments import Commands
    from lstm_complete.model_file import Contents

_CAN_STILL = 1
_SHOWN = 5


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("forget", help="take lines out of a model", description=__doc__)
    parser.add_argument("name", help="the model")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", help="every line goes in which these words stand in a row")
    what.add_argument("--file", type=Path, metavar="FILE", help="the same for each line of a file")
    what.add_argument("--since", type=since, metavar="T", help="what was typed since: 2h, 3d, or 2026-01-31[T18:30]")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--retrain", action="store_true", help="train again without it: gone from the weights, too")
    how.add_argument(
        "--check", action="store_true", help="only look whether it can still be produced; exit code 1 if so"
    )
    parser.set_defaults(run=run)


def since(text: str) -> float:
    """Seconds since 1970 of a date, or of so long ago."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return time.time() - duration(text)


def run(options: argparse.Namespace) -> int:
    """Forget, or look."""
    from lstm_complete import forgetting  # noqa: PLC0415 - numpy

    lines = _lines(options, store.load(options.name))
    if options.check:
        return _check(options.name, lines)
    if options.retrain:
        from lstm_complete.training.progress import live_progress  # noqa: PLC0415 - no prompt needs it
        from lstm_complete.training.retrain import retrain  # noqa: PLC0415

        with live_progress(sys.stderr, bar=False) as on_progress:
            path = retrain(options.name, lines, on_progress, options.since)
        print(f"Forgotten, and trained again without it. Saved as {path}")
        return 0
    outcome = forgetting.forget(options.name, lines, options.since)
    print(
        f"{outcome.lines:,} lines are gone from what {options.name} recalls, and it suggests them no more.\n"
        "The weights have read them: --retrain trains them again without."
    )
    return 0


def _lines(options: argparse.Namespace, contents: Contents) -> Sequence[str]:
    from lstm_complete import forgetting  # noqa: PLC0415 - numpy

    if options.since is not None:
        lines = forgetting.lines_since(contents, options.since)
    elif options.file is not None:
        try:
            lines = forgetting.lines_in(options.file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CorpusError(f"{options.file} cannot be read: {error}; give a file of UTF-8 text") from None
    else:
        lines = forgetting.lines_in(options.text)
    if not lines:
        raise CorpusError(
            "expected something to forget, found nothing; name words, or a time that is known of the text"
        )
    return lines


def _check(name: str, lines: Sequence[str]) -> int:
    from lstm_complete import proof  # noqa: PLC0415 - numpy

    found = list(proof.ways_to(store.load(name), lines))
    for way in found[:_SHOWN]:
        print(way)
    places = sum(map(len, lines))
    print(
        f"{len(lines):,} lines looked for in its text, menu and ghost asked at {places:,} places: {len(found):,} found"
    )
    return _CAN_STILL if found else 0
