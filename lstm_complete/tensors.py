"""Tensors of a model file, taken by name and held to the shape that the rest of the file implies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_complete.errors import ModelFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

# No training comes near it, and sums of products of such weights are far from the largest float32: what is computed
# with them stays finite, so that nothing downstream has to ask.
_LARGEST_WEIGHT = 1e6


def take_weights(tensors: Mapping[str, NDArray[Any]], name: str, *shape: int | None) -> NDArray[np.float32]:
    """Weights, as float32, that can be computed with.

    Takes 0.1 ms a million weights: much less than the checksum, which says that nothing has changed since the file was
    written, and not that it was ever right.

    Raises:
        ModelFormatError: They are missing, of another shape, or not numbers of a sensible size.
    """
    weights = np.asarray(take(tensors, name, *shape), dtype=np.float32)
    if weights.size and not (weights.min() >= -_LARGEST_WEIGHT and weights.max() <= _LARGEST_WEIGHT):  # or NaN
        raise ModelFormatError(
            f"expected weights within ±{_LARGEST_WEIGHT:,.0f} in {name}, found others; retrain the model"
        )
    return weights


def take_integers(
    tensors: Mapping[str, NDArray[Any]], name: str, kind: type[np.generic], length: int, end: int | None = None
) -> NDArray[Any]:
    """Whole numbers, mapped or not; where they point into something, all of them under its `end`.

    Raises:
        ModelFormatError: They are missing, not of the type `kind`, not `length` of them, or one is too large.
    """
    found = take(tensors, name, length)
    if found.dtype != kind:
        raise ModelFormatError(f"expected {name} as {np.dtype(kind)}, found {found.dtype}; retrain the model")
    if end is not None and found.size and found.max() >= end:
        raise ModelFormatError(f"expected numbers under {end:,} in {name}, found {found.max():,}; retrain the model")
    return found


def take(tensors: Mapping[str, NDArray[Any]], name: str, *shape: int | None) -> NDArray[Any]:
    """A tensor, as it is, mapped or not.

    Args:
        tensors: Those of the file.
        name: Which one.
        shape: What it must be; None stands for any length.

    Raises:
        ModelFormatError: It is missing, or its shape is another.
    """
    found = tensors.get(name)
    if found is None or not _fits(found.shape, shape):
        what = "nothing" if found is None else f"shape {found.shape}"
        expected = ", ".join("any" if length is None else str(length) for length in shape)
        raise ModelFormatError(f"expected {name} of shape ({expected}), found {what}; retrain the model")
    return found


def _fits(found: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    return len(found) == len(expected) and all(b is None or a == b for a, b in zip(found, expected, strict=True))
