"""A history to documents: what was typed, as far as it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.contents import Contents
from lstm_complete.corpus.decoding import NotText
from lstm_complete.corpus.documents import Document
from lstm_complete.corpus.files import shown
from lstm_complete.corpus.histories.worth import worth

if TYPE_CHECKING:
    from lstm_complete.corpus.histories.places import Places
    from lstm_complete.corpus.histories.source import Source


def read_history(source: Source, places: Places, *, now: float) -> Contents | NotText:
    """Read a history; each entry that counts becomes a document.

    Args:
        source: What to read.
        places: The user's variables say what is to stay out.
        now: Seconds since 1970; no entry can be of later.

    Raises:
        OSError: It cannot be read.
        CorpusError: It cannot be read as it was asked for.
    """
    kind = source.format
    read = kind.read(source.path)
    if isinstance(read, NotText):
        return read
    ignored = kind.ignored(places) if kind.ignored else None
    found = worth(read.entries, now=now, leading_space_hides=kind.leading_space_hides, ignored=ignored)
    if not found.entries:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.left_out)
        return NotText(f"nothing but {reasons}" if reasons else "empty")
    path = shown(source.path)
    documents = tuple(Document(entry.text, path, entry.line, entry.time) for entry in found.entries)
    characters = sum(len(document.text) for document in documents)
    return Contents(
        documents, characters, lines=True, replaced=read.replaced, left_out=found.left_out, read_as=kind.described
    )
