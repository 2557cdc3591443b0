"""`lstm-complete train`: read, fit, save, and say how good it is."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from lstm_complete import places, store
from lstm_complete.cli import evaluate, histories
from lstm_complete.cli.arguments import count, duration, share, size, written
from lstm_complete.cli.ask import suggestions_within
from lstm_complete.cli.printing import printable
from lstm_complete.secrets import SecretFilter
from lstm_complete.settings import DEFAULT_NAME, PRESETS, TrainingSettings

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from lstm_complete.cli.arguments import Commands
    from lstm_complete.corpus import Corpus, FileRead

_SHORT_CARD_CASES = 40
_SHORT_CARD_SECONDS = 10.0
_CHOSEN = "chosen from the size of the text"


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    defaults = TrainingSettings()
    parser = commands.add_parser("train", help="fit a model to your own text", description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file, a folder, or - for standard input")
    histories.add_to(parser)
    parser.add_argument("--name", default=DEFAULT_NAME, help="what to call the model (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="only list what would be read, and what not and why")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    length = parser.add_mutually_exclusive_group()
    budget = written(defaults.budget_s) if defaults.budget_s else "none"
    length.add_argument(
        "--budget", dest="budget_s", type=duration, metavar="TIME", help=f"90s, 5m, 1h (default: {budget})"
    )
    length.add_argument("--epochs", type=count, metavar="N", help="passes over the text, in place of a budget")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--lines", dest="lines", action="store_true", default=None, help="each line is a text of its own")
    kind.add_argument("--documents", dest="lines", action="store_false", default=None, help="each file is one text")
    parser.add_argument(
        "--exclude", action="append", metavar="REGEX", help="leave out lines that match; may be repeated"
    )
    parser.add_argument(
        "--from",
        dest="start",
        choices=("starter", "scratch"),
        help=f"begin with the general weights that come with the package, or with none (default: {defaults.start})",
    )
    parser.add_argument("--seed", type=size, metavar="N", help=f"(default: {defaults.seed})")
    parser.add_argument("--preset", choices=PRESETS, help="tiny: one-hot characters, 50 units, no recall")
    _add_shape(parser, defaults)
    parser.set_defaults(run=run)


def _add_shape(parser: argparse.ArgumentParser, defaults: TrainingSettings) -> None:
    shape = parser.add_argument_group("the model", f"What is not given is {_CHOSEN}.")
    shape.add_argument("--tokens", choices=("subword", "char", "word"), help=f"(default: {defaults.tokens})")
    shape.add_argument("--vocabulary-size", type=count, metavar="N", help="most tokens to learn")
    shape.add_argument("--embedding-size", type=size, metavar="N", help="length of a token's vector; 0 for one-hot")
    shape.add_argument("--hidden-size", type=count, metavar="N", help="units of each LSTM layer")
    shape.add_argument("--layers", type=int, choices=(1, 2, 3), help="LSTM layers")
    shape.add_argument("--dropout", type=share, metavar="P", help="share of activations dropped in training")
    shape.add_argument("--no-recall", dest="recall", action="store_false", default=None, help="the LSTM alone")
    machine = parser.add_argument_group("the machine")
    machine.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help=f"(default: {defaults.device})")
    machine.add_argument("--threads", type=count, metavar="N", help="threads that torch may use (default: its own)")
    machine.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        help=f"arithmetic of the matrix products (default: {defaults.precision})",
    )


def settings_from(options: argparse.Namespace) -> TrainingSettings:
    """The defaults, what the preset sets, and over them the flags that were given."""
    settings = replace(TrainingSettings(), **PRESETS.get(options.preset, {}))  # type: ignore[arg-type]
    given = {field.name: getattr(options, field.name) for field in fields(TrainingSettings)}
    given["exclude"] = tuple(options.exclude) if options.exclude else None
    if options.epochs is not None:
        settings = replace(settings, budget_s=None)
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def run(options: argparse.Namespace) -> int:
    """Train, or list what would be read."""
    from lstm_complete.corpus import read_corpus  # noqa: PLC0415 - no other command needs it
    from lstm_complete.training import train_corpus  # noqa: PLC0415 - no prompt needs it
    from lstm_complete.training.progress import live_progress, no_progress  # noqa: PLC0415

    settings = settings_from(options)
    places.place_of(options.name)  # an impossible name shows now, not when all the work is done
    if not histories.agreed(options):
        return histories.NOT_AGREED
    secrets = SecretFilter.of_user(settings.exclude)
    corpus = read_corpus(options.paths, histories=options.histories, lines=settings.lines, secrets=secrets)
    if options.dry_run:
        _print_listing(corpus)
        return 0
    if options.quiet:
        train_corpus(corpus, options.name, settings, no_progress)
        return 0
    print(_summary(corpus), file=sys.stderr, flush=True)
    with live_progress(sys.stderr, bar=sys.stderr.isatty() and sys.stdin.isatty()) as on_progress:
        path = train_corpus(corpus, options.name, settings, on_progress)
    _print_results(options.name, path)
    return 0


def _print_listing(corpus: Corpus) -> None:
    print(f"{'characters':>10}  {'documents':>9}  file")
    for file in corpus.files:
        print(printable(f"{file.characters:>10,}  {file.documents:>9,}  {file.path}{_how_it_was_read(file)}"))
        for reason, pieces in file.left_out:
            print(f"{'left out':>10}  {pieces:>9,}  of it: {reason}")
    for cut in corpus.cut:
        print(printable(f"{'cut':>10}  {'':9}  {cut.path}, line {cut.line:,}: {cut.kind}: {cut.shown}"))
    for skipped in corpus.skipped:
        print(printable(f"{'skipped':>10}  {'':9}  {skipped.path}: {skipped.reason}"))
    print(_summary(corpus))


def _how_it_was_read(file: FileRead) -> str:
    notes = [file.read_as] if file.read_as else []
    if file.lines:
        notes.append("each entry a text of its own" if file.read_as else "each line a text of its own")
    if file.replaced:
        notes.append(f"{file.replaced:,} invalid stretches replaced")
    return f"  ({'; '.join(notes)})" if notes else ""


def _summary(corpus: Corpus) -> str:
    skipped = f"; {len(corpus.skipped):,} skipped (--dry-run says which and why)" if corpus.skipped else ""
    read = f"{corpus.characters:,} characters, {len(corpus.documents):,} documents, in {len(corpus.files):,} files"
    cut = f"; {len(corpus.cut):,} lines cut that hold secrets" if corpus.cut else ""
    return f"{read}{skipped}{cut}."


def _print_results(name: str, path: Path) -> None:
    """What the saved file says of itself, and does when it is asked."""
    from lstm_complete.suggest import Suggester  # noqa: PLC0415 - numpy
    from lstm_complete.training import report  # noqa: PLC0415

    contents = store.load(path)
    figures = contents.metadata["report"]
    print(f"\nSaved as {path}", flush=True)  # first: what follows may be interrupted
    print(f"\n{report.final_figures(figures)}\n\nThe LSTM's first guesses, step by step:\n")
    print(f"{report.samples_table(figures['samples'])}\n")
    cases = evaluate.cases_of(
        contents.metadata["held_out_text"], lines=contents.metadata["lines"], count=_SHORT_CARD_CASES
    )
    if cases:
        print("What the saved file suggests, where | stands, in text that was kept back:\n")
        print("\n".join(suggestions_within(Suggester(contents), cases)))
        card = evaluate.card_of(name, contents, cases, seconds=_SHORT_CARD_SECONDS)
        print(f"\n{card.as_short_text()}")
    print(f"\nTry it: lstm-complete try {name}")
