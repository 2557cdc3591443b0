"""Documents without the lines that hold secrets: all that is read passes here before anything is made of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_complete.corpus.documents import CutLine
from lstm_complete.secrets import Cutter

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    for document in documents:
        pieces, found = cutter.cut(document.text)
        if not found:
            kept.append(document)
            continue
        kept += [replace(document, text=text, line=document.line + line) for line, text in pieces]
        cuts += [CutLine(document.source, document.line + cut.line, cut.kind, cut.shown) for cut in found]
    return tuple(kept), tuple(cuts)
