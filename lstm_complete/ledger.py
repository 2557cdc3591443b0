"""The ledger: what a model was trained on, so that an update learns what is new and nothing twice.

A file that is byte for byte one that was read is not read again. Of any other, what counts as new is decided line by
line: lines that the ledger has not yet counted so often in this file. That is the added part of a history, the changed
paragraphs of a note, and nothing of a file that was only cut short or put in another order. A line is kept as four
bytes of a checksum; of what was cut because it held a secret there is none.
"""

from __future__ import annotations

import os
import zlib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_complete.errors import ModelFormatError
from lstm_complete.model_file import Contents
from lstm_complete.tensors import take_integers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lstm_complete.corpus import Corpus, Document

_ENTRY, _LINES = "ledger", "ledger.lines"


@dataclass(frozen=True)
class Source:
    """A file, or another place that text came from.

    Attributes:
        path: Absolute, or a name such as "<stdin>".
        digest: SHA-256 of its bytes when it was last read; "" for what is not read as a whole, as a database.
        size: Its bytes then.
        modified: When it had last been changed, in seconds since 1970; None where that is unknown.
        learned: When it was last learned from, ISO 8601.
        characters: Of the text learned from it.
        documents: That it became.
        lines: Entries of the ledger's checksums that are its own.
    """

    path: str
    digest: str
    size: int
    modified: float | None
    learned: str
    characters: int
    documents: int
    lines: int


@dataclass(frozen=True, eq=False)
class Ledger:
    """What was read, from where, and when.

    Attributes:
        paths: Files and folders to read, as absolute paths.
        histories: Programs whose histories to read, or histories by their absolute paths.
        sources: What was found there.
        lines: Checksums of the lines learned, source by source; uint32, shape (lines,).
        updates: What each update did.
    """

    paths: tuple[str, ...]
    histories: tuple[str, ...]
    sources: tuple[Source, ...]
    lines: NDArray[np.uint32]
    updates: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of(cls, corpus: Corpus) -> Ledger:
        """The ledger of a first training."""
        empty = cls(corpus.paths, corpus.histories, (), np.zeros(0, np.uint32))
        return empty.with_news(corpus, corpus.documents)

    @property
    def digests(self) -> frozenset[str]:
        """Of files that are known byte for byte."""
        return frozenset(source.digest for source in self.sources if source.digest)

    def news(self, corpus: Corpus) -> list[Document]:
        """What stands in a corpus and not in the ledger: whole documents, and runs of new lines of others."""
        known = self._known()
        return [
            run
            for document in corpus.documents
            for run in _runs(document, known.get(_place(document.source), Counter()), new=True)
        ]

    def learned(self, corpus: Corpus) -> list[Document]:
        """What stands in a corpus, in whatever file, and in the ledger."""
        counted = Counter(self.lines.tolist())
        return [run for document in corpus.documents for run in _runs(document, counted, new=False)]

    def with_news(self, corpus: Corpus, news: Sequence[Document]) -> Ledger:
        """The ledger once a corpus was read and `news` was learned from it."""
        learned = datetime.now(timezone.utc).isoformat(timespec="seconds")
        files = {_place(file.path): file for file in corpus.files}
        added: dict[str, list[Document]] = {path: [] for path in files}
        for document in news:
            added.setdefault(_place(document.source), []).append(document)
        known = self._known()
        sources = {source.path: source for source in self.sources}
        for path, documents in added.items():
            counted = known.setdefault(path, Counter())
            counted.update(_checksum(line) for document in documents for line in _lines_of(document))
            old = sources.get(path, Source(path, "", 0, None, learned, 0, 0, 0))
            file = files.get(path)
            sources[path] = replace(
                old,
                digest=file.digest if file else old.digest,
                size=file.size if file else old.size,
                modified=file.modified if file else old.modified,
                learned=learned if documents else old.learned,
                characters=old.characters + sum(len(document.text) for document in documents),
                documents=old.documents + len(documents),
                lines=counted.total(),
            )
        flat = [checksum for path in sources for checksum in known[path].elements()]
        return replace(self, sources=tuple(sources.values()), lines=np.array(flat, np.uint32))

    def with_update(self, account: Mapping[str, Any]) -> Ledger:
        """The ledger with one more line about an update."""
        return replace(self, updates=(*self.updates, account))

    def trained_on(self) -> list[dict[str, Any]]:
        """What a report says of the sources."""
        return [
            {"source": each.path, "characters": each.characters, "documents": each.documents} for each in self.sources
        ]

    def kept_in(self, contents: Contents) -> Contents:
        """A model with this ledger in it."""
        entry = {
            "paths": list(self.paths),
            "histories": list(self.histories),
            "sources": [asdict(source) for source in self.sources],
            "updates": list(self.updates),
        }
        return Contents({**contents.metadata, _ENTRY: entry}, {**contents.tensors, _LINES: self.lines})

    @classmethod
    def from_contents(cls, contents: Contents) -> Ledger:
        """The inverse of `kept_in`.

        Raises:
            ModelFormatError: The model has no ledger, or one that makes no sense.
        """
        try:
            entry = contents.metadata[_ENTRY]
            sources = tuple(Source(**source) for source in entry["sources"])
            ledger = cls(
                tuple(map(str, entry["paths"])),
                tuple(map(str, entry["histories"])),
                sources,
                take_integers(contents.tensors, _LINES, np.uint32, sum(source.lines for source in sources)),
                tuple(entry["updates"]),
            )
        except (KeyError, TypeError) as error:
            raise ModelFormatError(
                f"expected a model that knows what it was trained on, found one whose list of it lacks {error}: "
                "it was exported without its text, or made by an earlier version. Train it again"
            ) from None
        return ledger

    def _known(self) -> dict[str, Counter[int]]:
        """How often each line was learned from each source."""
        ends = np.cumsum([source.lines for source in self.sources])
        parts = np.split(self.lines, ends)[: len(self.sources)]
        return {source.path: Counter(part.tolist()) for source, part in zip(self.sources, parts, strict=True)}


def count_lines(documents: Iterable[Document]) -> int:
    """Lines that a ledger of these documents keeps."""
    return sum(1 for document in documents for _ in _lines_of(document))


def _runs(document: Document, counted: Counter[int], *, new: bool) -> Iterator[Document]:
    """The lines of a document that are new, or those that are not, in runs; these are taken out of the count."""
    lines = document.text.split("\n")
    are_new: list[bool] = []
    for line in lines:
        checksum = _checksum(line)
        blank = not line.strip()
        are_new.append(are_new[-1] if blank and are_new else not blank and counted[checksum] <= 0)
        counted[checksum] -= not blank
    for is_new, run in groupby(range(len(lines)), key=are_new.__getitem__):
        at = list(run)
        text = "\n".join(lines[index] for index in at)
        if is_new == new and text.strip():
            # A document that is so as a whole stays what it is.
            whole = len(at) == len(lines)
            yield document if whole else replace(document, text=text.rstrip("\n"), line=document.line + at[0])


def _place(source: str) -> str:
    """A source wherever it is named from."""
    return source if source.startswith("<") else os.path.abspath(source)  # noqa: PTH100 - links stay what they are


def _lines_of(document: Document) -> Iterator[str]:
    return (line for line in document.text.split("\n") if line.strip())


def _checksum(line: str) -> int:
    return zlib.crc32(line.encode("utf-8", "surrogatepass"))
