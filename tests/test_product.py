"""Products in blocks: the figures of one plain product, whatever the shape."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_complete.product import Product

# Blocks of 128 rows with 256 inputs, of 655 with 50, of 32,768 with 1; the last is cut to single rows.
SHAPES = [(1024, 256), (2304, 256), (1025, 256), (127, 256), (1, 256), (700, 50), (5, 1), (3, 40_000)]


@pytest.mark.parametrize("batch", [1, 2, 7, 8, 9, 16, 20])
@pytest.mark.parametrize(("outputs", "inputs"), SHAPES)
def test_a_product_is_that_of_the_whole_matrix(batch: int, outputs: int, inputs: int) -> None:
    rng = np.random.default_rng(outputs * inputs + batch)
    weights = rng.standard_normal((outputs, inputs), np.float32)
    rows = rng.standard_normal((batch, inputs), np.float32)
    found = Product(weights)(rows)
    assert found.dtype == np.float32
    assert found.shape == (batch, outputs)
    exact = rows.astype(np.float64) @ weights.astype(np.float64).T
    np.testing.assert_allclose(found, exact, rtol=1e-4, atol=1e-5 * np.sqrt(inputs))


def test_no_rows_make_no_rows() -> None:
    assert Product(np.ones((300, 256), np.float32))(np.ones((0, 256), np.float32)).shape == (0, 300)


def test_rows_and_weights_are_left_as_they_were() -> None:
    rng = np.random.default_rng(0)
    weights, rows = rng.standard_normal((300, 256), np.float32), rng.standard_normal((3, 256), np.float32)
    before = weights.copy(), rows.copy()
    first = Product(weights)(rows)
    np.testing.assert_array_equal(Product(weights)(rows), first)
    np.testing.assert_array_equal(weights, before[0])
    np.testing.assert_array_equal(rows, before[1])


def test_weights_are_not_copied() -> None:
    weights = np.zeros((300, 256), np.float32)
    product = Product(weights)
    weights[:] = 1
    assert (product(np.ones((1, 256), np.float32)) == 256).all()


def test_read_only_weights_of_a_file_are_multiplied() -> None:
    weights = np.ones((300, 256), np.float32)
    weights.flags.writeable = False
    assert (Product(weights)(np.ones((1, 256), np.float32)) == 256).all()
