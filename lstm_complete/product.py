"""Products of a few rows with a large matrix, in one thread.

A BLAS spreads such a product over its threads, and waits for them: in a prompt, beside anything else that runs, 8 ms
for 0.1. Its settings belong to the host program. So the matrix is multiplied in blocks under the size from which
OpenBLAS starts threads; with so few rows that is faster even on an idle machine, because small blocks are not copied
first. (2,304, 256) by 5 rows: 0.09 ms; in one product 0.19 ms with two threads, 0.33 ms with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# OpenBLAS multiplies (m, k) by (k, n) in one thread up to this m * n * k; a vector it would spread earlier, so that
# there are never fewer than two rows.
_ONE_THREAD = 262_144
_FEWEST_ROWS, _MOST_ROWS = 2, 8


class _Room(NamedTuple):
    """Where the product of so many rows is written: all of it, its whole blocks, and what is left."""

    result: NDArray[np.float32]
    in_blocks: NDArray[np.float32]
    rest: NDArray[np.float32]


class Product:
    """`rows @ weights.T`, for weights of shape (outputs, inputs). Not for several threads at once.

    The products of up to eight rows are written into an array of its own: a new one of 256 KB is memory that the system
    maps and clears at each call, which took longer than the product (8 rows by (8,000, 256): 1.7 ms, and so 0.4).
    """

    def __init__(self, weights: NDArray[np.float32]) -> None:
        outputs, inputs = weights.shape
        height = max(1, _ONE_THREAD // (inputs * _MOST_ROWS))
        self._outputs = outputs
        self._whole = outputs // height * height
        # Views both: (blocks, inputs, height), and (inputs, what is left of the outputs).
        self._blocks = weights[: self._whole].reshape(-1, height, inputs).transpose(0, 2, 1)
        self._rest = weights[self._whole :].T
        room = np.empty((_MOST_ROWS, outputs), np.float32)
        self._padded = np.zeros((_FEWEST_ROWS, inputs), np.float32)
        self._rooms = [self._room(room[:rows]) for rows in range(_MOST_ROWS + 1)]

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Multiply.

        Args:
            rows: Shape (batch, inputs).

        Returns:
            Shape (batch, outputs); the caller may change it, and the next call does.
        """
        if len(rows) <= _MOST_ROWS:
            if len(rows) >= _FEWEST_ROWS:
                return self._multiply(rows)
            self._padded[: len(rows)] = rows
            return self._multiply(self._padded)[: len(rows)]
        result = np.empty((len(rows), self._outputs), np.float32)
        for at in range(0, len(rows), _MOST_ROWS):
            result[at : at + _MOST_ROWS] = self(rows[at : at + _MOST_ROWS])
        return result

    def _multiply(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        room = self._rooms[len(rows)]
        if self._whole:
            np.matmul(rows, self._blocks, out=room.in_blocks)
        if self._whole < self._outputs:
            np.matmul(rows, self._rest, out=room.rest)
        return room.result

    def _room(self, result: NDArray[np.float32]) -> _Room:
        blocks, _, height = self._blocks.shape
        in_blocks = result[:, : self._whole].reshape(len(result), blocks, height).transpose(1, 0, 2)
        return _Room(result, in_blocks, result[:, self._whole :])
