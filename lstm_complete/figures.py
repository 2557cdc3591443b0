"""Drawings as PNG or SVG files, by matplotlib, which is loaded here and only when something is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.errors import LSTMCompleteError, MissingExtraError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.axes import Axes

FORMATS = (".png", ".svg")
_INCHES = (8, 4.5)
_DOTS_PER_INCH = 144


def check_output(path: Path) -> None:
    """Refuse a path that cannot become a drawing, before the work that leads to one.

    Raises:
        SettingsError: The name ends in no format that is known, or its folder is not there.
    """
    if path.suffix.lower() not in FORMATS:
        raise SettingsError(f"{path}: a drawing is written as {' or '.join(FORMATS)}; give a name that ends in one.")
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"{path}: there is no folder {path.parent} to write to. Make it, or name another.")


def save(path: Path, draw: Callable[[Axes], None]) -> None:
    """Write what `draw` draws on the axes it is given.

    Args:
        path: Ends in .png or .svg, which decides the format.
        draw: Called once.

    Raises:
        MissingExtraError: matplotlib is not installed.
        SettingsError: See check_output.
        LSTMCompleteError: The file cannot be written.
    """
    check_output(path)
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional, and slow to import
    except ImportError as error:
        raise MissingExtraError("matplotlib", "train", "Drawing") from error
    figure = Figure(figsize=_INCHES, layout="constrained")
    draw(figure.add_subplot())
    try:
        figure.savefig(path, dpi=_DOTS_PER_INCH)
    except OSError as error:
        raise LSTMCompleteError(f"{path} cannot be written: {error.strerror or error}. Name another file.") from error
