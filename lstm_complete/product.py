"""Products of a few rows with a large matrix, in one thread.

A BLAS spreads such a product over its threads, and waits for them: in a prompt, beside anything else that runs, 8 ms
for 0.1. Its settings belong to the host program. So the matrix is multiplied in blocks under the size from which
OpenBLAS starts threads; with so few rows that is faster even on an idle machine, because small blocks are not copied
first. (2,304, 256) by 5 rows: 0.09 ms; in one product 0.19 ms with two threads, 0.33 ms with one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# OpenBLAS multiplies (m, k) by (k, n) in one thread up to this m * n * k; a vector it would spread earlier, so that
# there are never fewer than two rows.
_ONE_THREAD = 262_144
_FEWEST_ROWS, _MOST_ROWS = 2, 8


class Product:
    """`rows @ weights.T`, for weights of shape (outputs, inputs)."""

    def __init__(self, weights: NDArray[np.float32]) -> None:
        outputs, inputs = weights.shape
        height = max(1, _ONE_THREAD // (inputs * _MOST_ROWS))
        whole = outputs // height * height
        self._outputs = outputs
        # Views both: (blocks, inputs, height), and (inputs, what is left of the outputs).
        self._blocks = weights[:whole].reshape(-1, height, inputs).transpose(0, 2, 1)
        self._rest = weights[whole:].T

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Multiply.

        Args:
            rows: Shape (batch, inputs).

        Returns:
            Shape (batch, outputs).
        """
        result = np.empty((len(rows), self._outputs), np.float32)
        for at in range(0, len(rows), _MOST_ROWS):
            some = rows[at : at + _MOST_ROWS]
            wide = some if len(some) >= _FEWEST_ROWS else np.repeat(some, _FEWEST_ROWS, axis=0)
            blocks, batch, height = len(self._blocks), len(some), self._blocks.shape[2]
            whole = blocks * height
            product = np.matmul(wide, self._blocks)[:, :batch]  # (blocks, batch, height)
            result[at : at + batch, :whole] = product.transpose(1, 0, 2).reshape(batch, whole)
            result[at : at + batch, whole:] = (wide @ self._rest)[:batch]
        return result
