"""Cut documents into batches: rows that are read side by side, each of documents one after another.

A row goes on from window to window with its state, and forgets all of it between two documents (`PADDING`): none leaks
into the next. So nearly every place of a window holds a token, whatever the lengths of the documents. When each
document had a row to itself, those of like length side by side, 30 % of a window of commands was padding, and 11 % of
one of longer texts. Bits a character after two minutes from the starter, so and now (the LSTM alone): commands 1.236
and 1.232 (1.502, 1.488), notes 1.140 and 1.136 (1.786, 1.775), Python 0.845 and 0.839 (1.119, 1.101), queries 0.0914
and 0.0890 (0.109, 0.103), French pages 0.940 and 0.938 (1.229, 1.221).
"""

from __future__ import annotations

import heapq
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
        rows = [_in_a_row(pieces) for pieces in self._shared_out(self._pieces(rng))]
        longest = max(map(len, rows))
        entries = np.full((len(rows), -(-longest // _WIDTH_STEP) * _WIDTH_STEP), PADDING)
        for row, read in zip(entries, rows, strict=True):
            row[: len(read)] = read
        for at in range(0, longest, self.sequence_length):
            yield Window(entries[:, at : at + self.sequence_length], carries=at > 0)

    @property
    def _rows(self) -> int:
        return max(1, self.tokens // self.sequence_length)

    def _pieces(self, rng: np.random.Generator | None) -> list[tuple[int, int]]:
        total = sum(end - start for start, end in self.ranges)
        # One long document is read at many places at once, each far enough to carry the state through many windows.
        longest = max(self.sequence_length, min(_LONGEST_PIECE, -(-total // max(self._rows - 1, 1))))
        pieces = []
        for start, end in self.ranges:
            at = start
            if rng is not None and end - start > longest:
                at += int(rng.integers(1, longest))
                pieces.append((start, at))
            while at < end:
                pieces.append((at, min(at + longest, end)))
                at += longest
        return pieces if rng is None else [pieces[index] for index in rng.permutation(len(pieces))]

    def _shared_out(self, pieces: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
        """The pieces of each row, in their order; the rows are as long as each other, nearly."""
        shares: list[list[int]] = [[] for _ in range(self._rows)]
        lengths = [(0, row) for row in range(self._rows)]
        for index in sorted(range(len(pieces)), key=lambda index: pieces[index][0] - pieces[index][1]):  # longest first
            length, row = lengths[0]
            shares[row].append(index)
            heapq.heapreplace(lengths, (length + pieces[index][1] - pieces[index][0] + 1, row))
        return [[pieces[index] for index in sorted(share)] for share in shares]


def _in_a_row(pieces: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """The entries of pieces one after another, PADDING between them."""
    starts, ends = np.array(pieces, np.int64).reshape(-1, 2).T
    after = np.cumsum(ends - starts + 1)  # one past the padding behind each
    row = np.repeat(ends + 1 - after, ends - starts + 1) + np.arange(after[-1] if len(after) else 0)
    row[after - 1] = PADDING
    return row[:-1]
