"""`lstm-complete update`: learn what is new since a model was trained, or go back to what it was before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from lstm_complete import store
from lstm_complete.cli.arguments import count, duration
from lstm_complete.cli.printing import printable
from lstm_complete.settings import DEFAULT_NAME, UPDATE_SHARE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from lstm_complete.cli.arguments import Commands
    from lstm_complete.training.update import News, Outcome

_NAMED = 5


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("update", help="learn what is new since a model was trained", description=__doc__)
    parser.add_argument("name", nargs="?", default=DEFAULT_NAME, help="the model (default: %(default)s)")
    what = parser.add_mutually_exclusive_group()
    default = f"default: {UPDATE_SHARE:.0%} of the training's".replace("%", "%%")
    what.add_argument("--budget", type=duration, metavar="TIME", help=f"90s, 5m, 1h ({default})")
    what.add_argument("--epochs", type=count, metavar="N", help="passes over the text, in place of a budget")
    what.add_argument("--undo", action="store_true", help="go back to the model from before the last update")
    what.add_argument("--dry-run", action="store_true", help="only say what is new")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Update, undo, or say what is new."""
    from lstm_complete.training.progress import live_progress  # noqa: PLC0415 - no prompt needs it
    from lstm_complete.training.update import find_news, update  # noqa: PLC0415

    if options.undo:
        path = store.undo(options.name)
        _say(options, f"{options.name} is what it was before its last update: {path}")
        return 0
    if options.dry_run:
        print(_found(find_news(store.load(options.name))))
        return 0
    with live_progress(sys.stderr, bar=False) as on_progress:
        outcome = update(
            options.name,
            budget_s=options.budget,
            epochs=options.epochs,
            on_news=lambda news: _say(options, _found(news)),
            on_progress=(lambda _: None) if options.quiet else on_progress,
        )
    if outcome is not None:
        _say(options, _told(outcome, options.name))
    return 0


def _say(options: argparse.Namespace, line: str) -> None:
    if not options.quiet:
        print(line, flush=True)


def _found(news: News) -> str:
    sources = dict.fromkeys(document.source for document in news.documents)
    found = f"{news.characters:,} characters are new, in {len(sources):,} files: {_some(list(sources))}"
    if not sources:
        found = "Nothing is new in what this model was trained on."
    if news.gone:
        found += f" Not there any more, and passed over: {_some(news.gone)}."
    return printable(found)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")


def _told(outcome: Outcome, name: str) -> str:
    figures = f"{outcome.before:.3f} bits a character on text kept back before, {outcome.after:.3f} after"
    verdict = "the new weights are kept" if outcome.improved else "the old weights are kept"
    fitted = f"Fitted on: {figures}; {verdict}"
    if not (outcome.recalled or outcome.improved):
        return f"{fitted}, and the new text is not learned."
    return (
        f"{'The new text is recalled from now on. ' if outcome.recalled else ''}{fitted}.\n"
        f"Saved as {outcome.path}\nGo back: lstm-complete update {name} --undo"
    )
