"""Tensors of a model file, taken by name and held to the shape that the rest of the file implies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstm_complete.errors import ModelFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


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
