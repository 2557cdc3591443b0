"""What training needs and nothing else does: loaded when a training starts."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lstm_complete.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = {"torch", "tokenizers"}


@contextmanager
def loading_torch() -> Iterator[None]:
    """Import torch within; what is missing is named with the pip command.

    Raises:
        MissingExtraError: torch or tokenizers is not installed.
    """
    # Threads that spin while they wait for each other make a training twenty times slower (1.4 s a step for 0.07 s) as
    # soon as another program wants a core. Read by torch's OpenMP when it is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # But those that never spin are asleep whenever they are wanted. A step on two quiet cores, and beside one busy
    # program, with so many turns: 0 98 and 140 ms, 1,000 78 and 152, 3,000 75 and 177, 10,000 75 and 261.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        yield
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _PACKAGES:
            raise
        raise MissingExtraError(missing, "train", "Training") from error
