"""Cut documents into batches: rows that are read side by side, each of documents one after another.

A row goes on from window to window with its state, and forgets all of it between two documents (`PADDING`): none leaks
into the next. So nearly every place of a window holds a token, whatever the lengths of the documents. When each
document had a row to itself, those of like length side by side, 30 % of a window of commands was padding, and 11 % of
one of longer texts. Bits a character after two minutes from the starter, so and now (the LSTM alone): commands 1.236
and 1.232 (1.502, 1.488), notes 1.140 and 1.136 (1.786, 1.775), Python 0.845 and 0.839 (1.119, 1.101), queries 0.0914
and 0.0890 (0.109, 0.103), French pages 0.940 and 0.938 (1.229, 1.221).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

# Where a document has ended, and nothing is read.
PADDING = -1

# The last window is a multiple of this wide: a processor's kernels are made for a shape once, and kept.
_WIDTH_STEP = 8

# A document is read on, with its state, for as many tokens at most: longer ones would be all that is read for a while.
_LONGEST_PIECE = 2048


class Window(NamedTuple):
    """One step of training.

    Attributes:
        entries: Which tokens are read, as indices into the arrays of all tokens; PADDING between two documents, and
            where there is nothing left to read; int64, shape (batch, sequence).
        carries: Whether it goes on where the window before it ended, row by row.
    """

    entries: NDArray[np.int64]
    carries: bool


@dataclass(frozen=True)
class Batches:
    """How a text is cut.

    Attributes:
        ranges: First and one past the last entry of each document.
        tokens: Most tokens in a window, over all its rows.
        sequence_length: Most tokens of one row.
    """

    ranges: Sequence[tuple[int, int]]
    tokens: int
    sequence_length: int

    def epoch(self, rng: np.random.Generator | None = None) -> Iterator[Window]:
        """All tokens once: shuffled, and cut at other places each time, where `rng` is given."""
        rows = self._rows(self._pieces(rng))
        longest = max(map(len, rows), default=0)
        entries = np.full((len(rows), -(-longest // _WIDTH_STEP) * _WIDTH_STEP), PADDING)
        for row, read in zip(entries, rows, strict=True):
            row[: len(read)] = read
        for at in range(0, longest, self.sequence_length):
            yield Window(entries[:, at : at + self.sequence_length], carries=at > 0)

    def _pieces(self, rng: np.random.Generator | None) -> list[tuple[int, int]]:
        """Documents, and parts of long ones."""
        pieces = []
        for start, end in self.ranges:
            at = start
            if rng is not None and end - start > _LONGEST_PIECE:
                at += int(rng.integers(1, _LONGEST_PIECE))
                pieces.append((start, at))
            while at < end:
                pieces.append((at, min(at + _LONGEST_PIECE, end)))
                at += _LONGEST_PIECE
        return pieces if rng is None else [pieces[index] for index in rng.permutation(len(pieces))]

    def _rows(self, pieces: list[tuple[int, int]]) -> list[NDArray[np.int64]]:
        """The entries of pieces one after another, PADDING between them, in parts of nearly the same length.

        They are cut between two pieces where one ends nearby; what is cut in two is read on without its state.
        """
        if not pieces:
            return []
        starts, ends = np.array(pieces, np.int64).T
        after = np.cumsum(ends - starts + 1)  # one past the padding behind each
        line = np.repeat(ends + 1 - after, ends - starts + 1) + np.arange(after[-1])
        line[after - 1] = PADDING
        count = max(1, min(self.tokens, len(line)) // self.sequence_length)
        even = len(line) * np.arange(1, count) // count
        between = np.append(0, after)
        at = np.searchsorted(between, even)
        nearest = np.where(even - between[at - 1] < between[at] - even, between[at - 1], between[at])
        cuts = np.where(np.abs(nearest - even) <= self.sequence_length, nearest, even)
        return [row[:-1] if row[-1] == PADDING else row for row in np.split(line, cuts) if len(row)]
