"""The starter: general weights that a training begins with, and what completes where no model is there yet.

What it was trained on stands in starter.md; `scripts/build_starter` makes both.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_complete.model_file import Contents

NAME = "starter"
PATH = Path(__file__).with_name("starter.safetensors")


def contents() -> Contents:
    """The starter's weights and vocabulary, mapped.

    Raises:
        ModelFormatError: The installed file is damaged.
    """
    from lstm_complete import model_file  # noqa: PLC0415 - who asks where it is need not wait for numpy

    return model_file.read(PATH)
