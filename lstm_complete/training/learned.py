"""The text that a model has learned: as it recalls it, or, where it recalls none, read again where it stands now."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_complete import recollection
from lstm_complete.errors import CorpusError
from lstm_complete.forgetting import without
from lstm_complete.forgotten import Forgotten
from lstm_complete.ledger import Ledger, count_lines
from lstm_complete.text import NEWLINE
from lstm_complete.training.update import read_again, still_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lstm_complete.corpus import Document
    from lstm_complete.model_file import Contents

# Of the lines learned. A history loses its oldest and a note is edited; weights fitted on much less forget the rest.
_LEAST_FOUND = 0.9


def learned(contents: Contents) -> list[Document]:
    """What a model was trained on, without what was kept back and what it was told to forget.

    Raises:
        ModelFormatError: The model does not know what it was trained on.
        CorpusError: It holds no text, and not enough of it is where it was read.
    """
    if recollection.holds_text(contents):
        return recollection.documents(contents)
    ledger = Ledger.from_contents(contents)
    there, gone = still_there(ledger)
    readable = there.paths or there.histories
    found = ledger.learned(read_again(contents, there, known=())) if readable else []
    share = count_lines(found) / max(len(ledger.lines), 1)
    if share < _LEAST_FOUND:
        where = f" ({', '.join(gone)} not there any more)" if gone else ""
        raise CorpusError(
            f"expected what the model was trained on where it was read, for it holds no text itself; found {share:.0%} "
            f"of its lines{where}; train it again"
        )
    rest = without_runs(found, contents.metadata["held_out_text"])
    return list(without(rest, Forgotten.of(contents.metadata)))


def without_runs(documents: Iterable[Document], texts: Iterable[str]) -> Iterator[Document]:
    """Documents without some runs of their lines, each gone as often as it is named."""
    runs = defaultdict(list)
    for text in texts:
        lines = text.split(NEWLINE)
        runs[lines[0]].append(lines)
    for document in documents:
        lines = document.text.split(NEWLINE)
        start = at = 0
        while at < len(lines):
            of_line = runs.get(lines[at], [])
            run = next((run for run in of_line if lines[at : at + len(run)] == run), None)
            if run is None:
                at += 1
                continue
            of_line.remove(run)
            yield from _part(document, lines, start, at)
            start = at = at + len(run)
        yield from _part(document, lines, start, at)


def _part(document: Document, lines: list[str], start: int, end: int) -> Iterator[Document]:
    text = NEWLINE.join(lines[start:end])
    if text.strip():
        yield replace(document, text=text, line=document.line + start)
