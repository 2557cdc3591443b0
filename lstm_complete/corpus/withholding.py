"""Documents without the lines that hold secrets: all that is read passes here before anything is made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_complete.corpus.documents import CutLine
from lstm_complete.secrets import Cutter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lstm_complete.corpus.documents import Document
    from lstm_complete.secrets import SecretFilter

HOLDS_A_SECRET = "lines that hold a secret"  # noqa: S105 - the reason that is given


def withhold(documents: Iterable[Document], secrets: SecretFilter) -> tuple[tuple[Document, ...], tuple[CutLine, ...]]:
    """Cut the documents of one source where lines hold secrets; what stands between the cuts are documents then.

    Args:
        documents: In the order of their lines.
        secrets: What is kept out.

    Returns:
        What is left, and what was cut.
    """
    cutter = Cutter(secrets)
    kept: list[Document] = []
    cuts: list[CutLine] = []
    for run in _runs(documents):
        first = run[0]
        pieces, found = cutter.cut("\n".join(document.text for document in run))
        if not found:
            kept += run
        elif len(run) == 1:
            kept += [replace(first, text=text, line=first.line + line) for line, text in pieces]
        cuts += [CutLine(first.source, first.line + cut.line, cut.kind, cut.shown) for cut in found]
    return tuple(kept), tuple(cuts)


def _runs(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Lines that are documents of their own and one command: each but the last ends in a backslash."""
    run: list[Document] = []
    for document in documents:
        is_one_line = "\n" not in document.text
        if run and not (is_one_line and _goes_on(run[-1]) and document.line == run[-1].line + 1):
            yield run
            run = []
        run.append(document)
    if run:
        yield run


def _goes_on(document: Document) -> bool:
    return "\n" not in document.text and document.text.endswith("\\")
