"""`lstm-complete evaluate`: the report card of a model on held-out text, beside what a person has without it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstm_complete import store
from lstm_complete.cli.arguments import count
from lstm_complete.errors import CorpusError, LSTMCompleteError
from lstm_complete.secrets import SecretFilter

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from lstm_complete.cli.arguments import Commands
    from lstm_complete.evaluate import Case, Contestant, ReportCard
    from lstm_complete.model_file import Contents
    from lstm_complete.suggest import Suggester

_CASES = 150
_BITS_CHARACTERS = 20_000  # enough for two digits, and seconds of work


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("evaluate", help="the keys that a model saves on held-out text", description=__doc__)
    parser.add_argument("name", help="the model, or a path")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="text to type (default: what was kept back when the model was trained)"
    )
    parser.add_argument("--cases", type=count, default=_CASES, metavar="N", help="lines to type (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="also draw a bar chart, to a .png or .svg file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay, and print the card."""
    from lstm_complete import evaluate, figures  # noqa: PLC0415 - only this command needs them
    from lstm_complete.corpus import read_corpus  # noqa: PLC0415
    from lstm_complete.suggest import Suggester  # noqa: PLC0415 - numpy

    if options.plot:
        figures.check_output(options.plot)
    contents = store.load(options.name)
    lines = contents.metadata["lines"]
    if options.paths:
        documents = [
            document.text
            for document in read_corpus(options.paths, lines=lines, secrets=SecretFilter(thorough=False)).documents
        ]
    else:
        documents = contents.metadata["held_out_text"]
    cases = cases_of(documents, lines=lines, count=options.cases)
    if not cases:
        raise CorpusError(
            f"There is nothing to type in {', '.join(options.paths) or 'what was kept back'}: no line of ordinary "
            "length. Give files or folders with more text."
        )
    card = card_of(
        Path(options.name).stem,
        contents,
        cases,
        bits_per_character=_bits_per_character(Suggester(contents), documents),
        on_case=_counter(),
    )
    print(json.dumps(card.as_json(), ensure_ascii=False) if options.json else card.as_text())
    if options.plot:
        figures.save(options.plot, lambda axes: evaluate.bar_chart(axes, card))
    return 0


def cases_of(documents: Sequence[str], *, lines: bool, count: int) -> list[Case]:
    """What is typed: lines at an empty prompt, or lines of documents after what stands before them."""
    from lstm_complete import evaluate  # noqa: PLC0415 - numpy

    if lines:
        return evaluate.line_cases(documents, count)
    return evaluate.document_cases(documents, count)


def card_of(
    name: str,
    contents: Contents,
    cases: Sequence[Case],
    *,
    bits_per_character: float | None = None,
    seconds: float | None = None,
    on_case: Callable[[str, int, int], None] = lambda _name, _done, _of: None,
) -> ReportCard:
    """The card of a model and of its alternatives."""
    from lstm_complete import evaluate  # noqa: PLC0415 - numpy
    from lstm_complete.suggest import Suggester  # noqa: PLC0415 - numpy

    contestants: dict[str, Contestant] = {name: _contestant(Suggester(contents))}
    recall_alone = evaluate.with_sources(contents, ["recall"])
    if recall_alone is not None:
        contestants["n-gram (recall alone)"] = _contestant(recall_alone)
    trained_on = _text_trained_on(contents.metadata)
    if trained_on:
        contestants["frequent words"] = evaluate.FrequentWords("\n".join(trained_on))
        contestants["history prefix"] = evaluate.HistoryPrefix(
            line for document in trained_on for line in document.split("\n")
        )
    return evaluate.report_card(
        contestants, cases, bits_per_character=bits_per_character, seconds=seconds, on_case=on_case
    )


def _contestant(suggester: Suggester) -> Contestant:
    from lstm_complete.evaluate import PromptToolkitContestant  # noqa: PLC0415
    from lstm_complete.integrations.prompt_toolkit import LSTMAutoSuggest, LSTMCompleter  # noqa: PLC0415

    return PromptToolkitContestant(LSTMCompleter(suggester), LSTMAutoSuggest(suggester), suggester)


def _text_trained_on(metadata: dict[str, Any]) -> list[str]:
    """The documents that the model was fitted to, read again from where they were; without those kept back.

    A file that is gone by now is left out, and so are the alternatives where none is left.
    """
    from lstm_complete.corpus import read_corpus  # noqa: PLC0415

    documents: list[str] = []
    for source in metadata["report"]["trained_on"]:
        if Path(source["source"]).is_file():
            try:
                documents += [
                    each.text
                    for each in read_corpus(
                        [source["source"]], lines=metadata["lines"], secrets=SecretFilter(thorough=False)
                    ).documents
                ]
            except LSTMCompleteError:
                continue
    if metadata["lines"]:
        kept_back = Counter(metadata["held_out_text"])
        return [text for text in documents if not _taken(kept_back, text)]
    for kept in metadata["held_out_text"]:
        documents = [text.replace(kept, "") for text in documents]
    return documents


def _taken(counts: Counter[str], text: str) -> bool:
    """Whether a text was among those counted, which takes one of it away."""
    counts[text] -= 1
    return counts[text] >= 0


def _bits_per_character(suggester: Suggester, documents: Sequence[str]) -> float:
    """Over the documents' beginning, each character with the same weight."""
    bits = characters = 0.0
    for document in documents:
        text = document[: int(_BITS_CHARACTERS - characters)]
        if not text:
            continue
        bits += suggester.bits_per_character(text) * len(text)
        characters += len(text)
    return bits / max(characters, 1)


def _counter() -> Callable[[str, int, int], None]:
    """Shows how far the replay is, where a person watches."""
    if not sys.stderr.isatty():
        return lambda _name, _done, _of: None

    def show(name: str, done: int, of: int) -> None:
        ending = "\r" if done < of else "\r\x1b[K"
        print(f"\r\x1b[K{name}: {done} of {of}", end=ending, file=sys.stderr, flush=True)

    return show
