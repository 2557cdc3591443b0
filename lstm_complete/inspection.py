"""Look into a model file for what the filter of secrets would have cut: in its text, its names and its tokens."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from lstm_complete import recollection
from lstm_complete.corpus import Document
from lstm_complete.corpus.withholding import withhold
from lstm_complete.text import NEWLINE, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lstm_complete.corpus import CutLine
    from lstm_complete.model_file import Contents
    from lstm_complete.secrets import SecretFilter

KEPT_BACK, REPORT, NAMES, TOKENS = "<text kept back>", "<report>", "<names of files>", "<tokens>"


class Inspection(NamedTuple):
    """What was found in a file.

    Attributes:
        lines: How many were looked at.
        found: Those that hold a secret, as they may be shown.
    """

    lines: int
    found: tuple[CutLine, ...]


def inspect(contents: Contents, secrets: SecretFilter) -> Inspection:
    """Read all text out of a model file, and ask the filter about every line of it.

    Raises:
        ModelFormatError: The file's text cannot be read back.
    """
    lines = 0
    found: list[CutLine] = []
    for _, documents in groupby(held(contents), key=lambda document: document.source):
        of_source = list(documents)
        lines += sum(bool(line.strip()) for document in of_source for line in document.text.split(NEWLINE))
        found += withhold(of_source, secrets)[1]
    return Inspection(lines, tuple(found))


def held(contents: Contents) -> Iterator[Document]:
    """All text that a model file holds, with where it came from or which part of the file it is."""
    yield from recollection.documents(contents)
    metadata = contents.metadata
    yield from (Document(text, KEPT_BACK) for text in metadata["held_out_text"])
    for sample in metadata["report"].get("samples", ()):
        yield from (Document("".join(pieces), REPORT) for pieces in sample.values())
    yield from (Document(name, NAMES) for name in dict.fromkeys(_names(metadata)))
    tokens = Vocabulary.from_dict(metadata["vocabulary"]).tokens
    yield from (Document(token, TOKENS, number) for number, token in enumerate(tokens) if token.strip())


def _names(metadata: dict[str, Any]) -> Iterator[str]:
    yield from map(str, metadata.get("sources", ()))
    ledger = metadata.get("ledger", {})
    yield from (*ledger.get("paths", ()), *ledger.get("histories", ()))
    yield from (source["path"] for source in ledger.get("sources", ()))
    yield from (source["source"] for source in metadata["report"].get("trained_on", ()))
