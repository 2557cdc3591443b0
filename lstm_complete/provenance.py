"""Provenance: from an entry of recall to the document, the file and the line that it stands in.

Recall's entries are sorted by the text before them, and say nothing of where that text stood. But each knows the entry
one token before it, and the entries that start documents are the first of the line break's, in the documents' order:
going back token by token leads to the start of the document, and counting line breaks on the way to the line. In long
documents there are marks on the way, so that a walk is short.

Twelve bytes a document, and twelve a mark, beside the seven a token that recall takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from lstm_complete.errors import ModelFormatError
from lstm_complete.tensors import take, take_integers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lstm_complete.model_file import Contents
    from lstm_complete.recall import Recall

# Tokens from mark to mark, in a document that is longer.
_MARKED_EVERY = 1024


class Origin(Protocol):
    """What is known of a document that was read."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def time(self) -> float | None: ...  # noqa: D102


class Places(NamedTuple):
    """Where entries stand in the text.

    Attributes:
        document: Index of the document, -1 where it was not found; int64, shape (entries,).
        line: Of the document's source, from 1; int64, shape (entries,).
    """

    document: NDArray[np.int64]
    line: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Provenance:
    """Where each document of recall came from.

    Attributes:
        sources: The files, each once.
        start: Of each document, how many tokens stand before it, its own line breaks at both ends counted; uint32,
            shape (documents,).
        source: Index of its source, uint32, shape (documents,).
        line: The line that it starts at, from 1; uint32, shape (documents,).
        time: When it was written, in seconds since 1970, NaN where unknown; float64, shape (documents,); None where
            it is unknown of all.
        marks: Entry, document, line; sorted; uint32, shape (marks, 3).
    """

    sources: tuple[str, ...]
    start: NDArray[np.uint32]
    source: NDArray[np.uint32]
    line: NDArray[np.uint32]
    time: NDArray[np.float64] | None
    marks: NDArray[np.uint32]

    @classmethod
    def of(
        cls, origins: Sequence[Origin], documents: Sequence[Sequence[int]], recalled: Recall, newline: int
    ) -> Provenance:
        """Note where documents came from.

        Args:
            origins: Of each document.
            documents: Their token ids.
            recalled: What `recall.build` made of them.
            newline: The token that starts and ends every document.
        """
        sources = {name: index for index, name in enumerate(dict.fromkeys(origin.source for origin in origins))}
        lengths = [len(document) + 2 for document in documents]
        times = np.array([np.nan if origin.time is None else origin.time for origin in origins], np.float64)
        return cls(
            tuple(sources),
            (np.cumsum(lengths) - lengths).astype(np.uint32),
            np.array([sources[origin.source] for origin in origins], np.uint32),
            np.array([origin.line for origin in origins], np.uint32),
            None if np.isnan(times).all() else times,
            _marks([origin.line for origin in origins], documents, recalled, newline),
        )

    def places(self, entries: NDArray[np.int64], recalled: Recall, newline: int) -> Places:
        """Where the last token before each entry's follower stands.

        Args:
            entries: Of recall, shape (entries,).
            recalled: The recall that this was made for.
            newline: The token that starts and ends every document.
        """
        first, last = int(recalled.starts[newline]), int(recalled.starts[newline + 1])
        at = np.array(entries, np.int64)
        found = Places(np.full(len(at), -1, np.int64), np.zeros(len(at), np.int64))
        walking = np.arange(len(at))
        for _ in range(_MARKED_EVERY + 1):
            begins = at[walking] - first
            begun = (begins >= 0) & (begins < len(self.start))
            found.document[walking[begun]] = begins[begun]
            found.line[walking[begun]] += self.line[begins[begun]]
            walking = self._stop_at_marks(walking[~begun], at, found)
            at[walking] = recalled.positions[at[walking]].astype(np.int64) - 1
            walking = walking[at[walking] >= 0]
            broken = walking[(at[walking] >= first + len(self.start)) & (at[walking] < last)]
            found.line[broken] += 1
            if not len(walking):
                break
        return found

    def _stop_at_marks(self, walking: NDArray[np.int64], at: NDArray[np.int64], found: Places) -> NDArray[np.int64]:
        """Place what has come to a mark; the rest walks on."""
        if not len(self.marks):
            return walking
        mark = np.minimum(np.searchsorted(self.marks[:, 0], at[walking]), len(self.marks) - 1)
        marked = self.marks[mark, 0] == at[walking]
        found.document[walking[marked]] = self.marks[mark[marked], 1]
        found.line[walking[marked]] += self.marks[mark[marked], 2]
        unmarked: NDArray[np.int64] = walking[~marked]
        return unmarked

    def to_tensors(self) -> dict[str, NDArray[np.generic]]:
        """Arrays for the model file; the names of the sources go into its metadata, as "sources"."""
        tensors: dict[str, NDArray[np.generic]] = {
            "documents.start": self.start,
            "documents.source": self.source,
            "documents.line": self.line,
            "documents.marks": self.marks,
        }
        return tensors if self.time is None else {**tensors, "documents.time": self.time}

    @classmethod
    def from_contents(cls, contents: Contents) -> Provenance | None:
        """What a model file says; None for a model that does not say where its text came from.

        Raises:
            ModelFormatError: A part is missing, or does not fit the others.
        """
        tensors, sources = contents.tensors, contents.metadata.get("sources")
        if "documents.start" not in tensors:
            return None
        if not isinstance(sources, list):
            raise ModelFormatError("expected the names of the sources, found none; retrain the model")
        documents = len(take(tensors, "documents.start", None))
        marks = take(tensors, "documents.marks", None, 3)
        if marks.dtype != np.uint32 or (len(marks) and int(marks[:, 1].max()) >= documents):
            raise ModelFormatError(f"expected marks in {documents} documents, found others; retrain the model")
        time = take(tensors, "documents.time", documents) if "documents.time" in tensors else None
        return cls(
            tuple(map(str, sources)),
            take_integers(tensors, "documents.start", np.uint32, documents),
            take_integers(tensors, "documents.source", np.uint32, documents, len(sources)),
            take_integers(tensors, "documents.line", np.uint32, documents),
            None if time is None else np.asarray(time, np.float64),
            marks,
        )


def _marks(
    lines: Sequence[int], documents: Sequence[Sequence[int]], recalled: Recall, newline: int
) -> NDArray[np.uint32]:
    """Entry, document and line of every so many tokens of long documents."""
    long = [index for index, document in enumerate(documents) if len(document) > _MARKED_EVERY]
    if not long:
        return np.zeros((0, 3), np.uint32)
    succeeding = np.flatnonzero(recalled.positions)
    following = np.zeros(len(recalled.positions), np.uint32)
    following[recalled.positions[succeeding].astype(np.int64) - 1] = succeeding
    step = following.data  # an item of it is a plain number, several times sooner than one of an array
    first = int(recalled.starts[newline])
    marks = []
    for index in long:
        entry, line = first + index, lines[index]
        for passed, token in enumerate(documents[index], 1):
            entry = step[entry]  # of the context that ends in the token
            if passed % _MARKED_EVERY == 0:
                marks.append((entry, index, line))
            line += token == newline
    return np.array(sorted(marks), np.uint32).reshape(-1, 3)
