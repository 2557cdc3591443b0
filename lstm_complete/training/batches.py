"""Cut documents into batches: long ones carry their state from window to window, none leaks into the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

PADDING = -1

# Windows are multiples of this wide, and of as many rows as fit: a processor's kernels are made for a shape once, and
# kept.
_WIDTH_STEP = 8

# A document is read on, with its state, for as many tokens at most. Longer ones fill the last windows of an epoch
# badly: a few rows then make half of its steps.
_LONGEST_PIECE = 2048


class Window(NamedTuple):
    """One step of training.

    Attributes:
        entries: Which tokens are read, as indices into the arrays of all tokens; PADDING where a document has ended;
            int64, shape (batch, sequence).
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
        pieces = self._pieces(rng)
        jitter = rng.uniform(0.8, 1.25, len(pieces)) if rng is not None else np.ones(len(pieces))
        by_length = np.argsort(
            [(end - start) * j for (start, end), j in zip(pieces, jitter, strict=True)], kind="stable"
        )
        groups = list(self._groups([pieces[index] for index in by_length]))
        for index in rng.permutation(len(groups)) if rng is not None else range(len(groups)):
            yield from self._windows(groups[index])

    def _pieces(self, rng: np.random.Generator | None) -> list[tuple[int, int]]:
        total = sum(end - start for start, end in self.ranges)
        rows = max(1, self.tokens // self.sequence_length)
        # One long document is read at many places at once, each far enough to carry the state through many windows.
        longest = max(self.sequence_length, min(_LONGEST_PIECE, -(-total // max(rows - 1, 1))))
        pieces = []
        for start, end in self.ranges:
            at = start
            if rng is not None and end - start > longest:
                at += int(rng.integers(1, longest))
                pieces.append((start, at))
            while at < end:
                pieces.append((at, min(at + longest, end)))
                at += longest
        return pieces

    def _groups(self, pieces: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
        """Pieces of like length together, as many as a window holds."""
        group: list[tuple[int, int]] = []
        width = 0
        for piece in pieces:
            wider = max(width, min(_rounded(piece[1] - piece[0]), self.sequence_length))
            if group and (len(group) + 1) * wider > self.tokens:
                yield group
                group, wider = [], min(_rounded(piece[1] - piece[0]), self.sequence_length)
            group.append(piece)
            width = wider
        if group:
            yield group

    def _windows(self, group: list[tuple[int, int]]) -> Iterator[Window]:
        longest = max(end - start for start, end in group)
        rows = max(len(group), self.tokens // min(_rounded(longest), self.sequence_length))
        starts, ends = np.zeros((rows, 1), np.int64), np.zeros((rows, 1), np.int64)  # rows without a piece are padding
        starts[: len(group), 0], ends[: len(group), 0] = zip(*group, strict=True)
        for at in range(0, longest, self.sequence_length):
            width = min(self.sequence_length, _rounded(longest - at))
            entries = starts + at + np.arange(width)  # (batch, sequence)
            yield Window(np.where(entries < ends, entries, PADDING), carries=at > 0)


def _rounded(width: int) -> int:
    return -(-width // _WIDTH_STEP) * _WIDTH_STEP
