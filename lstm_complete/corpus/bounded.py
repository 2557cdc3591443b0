"""The bytes of a file: as it stands when it is opened, and no more than a person can have written."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lstm_complete.corpus.decoding import NotText

if TYPE_CHECKING:
    from pathlib import Path

# Larger files are dumps and logs; nobody has typed 64 MB.
LARGEST_FILE_BYTES = 64 * 1024 * 1024
TOO_LARGE = NotText(f"larger than {LARGEST_FILE_BYTES // 1024**2} MB")


def read_bytes(path: Path) -> bytes | NotText:
    """Read a file, or say that it is too large to have been written by a person.

    Of a file that grows, what was there when it was opened is read: a reader that chases the end of a log would never
    reach it. A device and what lies in /proc state no size; they are read up to the limit.

    Raises:
        OSError: It cannot be opened or read.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > LARGEST_FILE_BYTES:
            return TOO_LARGE
        return within_limit(stream.read(size or LARGEST_FILE_BYTES + 1))


def within_limit(data: bytes) -> bytes | NotText:
    """The same bytes, unless there are too many."""
    return TOO_LARGE if len(data) > LARGEST_FILE_BYTES else data
