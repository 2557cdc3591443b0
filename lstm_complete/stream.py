"""Documents of token ids in a row, each between line breaks: what recall is built from, and training reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Stream(NamedTuple):
    """Documents one after another.

    Attributes:
        tokens: Each document preceded and followed by the line break; int64, shape (length,).
        depth: How many tokens of its own document stand before a token; int64, shape (length,).
        contexts: Where something follows: the indices of all but each document's last token; int64, shape (entries,).
    """

    tokens: NDArray[np.int64]
    depth: NDArray[np.int64]
    contexts: NDArray[np.int64]

    @classmethod
    def of(cls, documents: Sequence[Sequence[int]], newline: int) -> Stream:
        """Lay documents of token ids in a row."""
        lengths = np.array([len(document) + 2 for document in documents], np.int64)
        ends = np.cumsum(lengths)
        tokens = np.full(int(ends[-1]), newline, np.int64)
        for document, end, length in zip(documents, ends, lengths, strict=True):
            tokens[end - length + 1 : end - 1] = document
        depth = np.arange(len(tokens)) - np.repeat(ends - lengths, lengths)
        follows = np.ones(len(tokens), bool)
        follows[ends - 1] = False
        return cls(tokens, depth, np.flatnonzero(follows))
