"""One writer a model: who trains, updates or replaces it holds its lock, and anybody else is told at once.

The lock is the kernel's, on a file beside the model. It ends with the process that holds it, however that ends: none is
ever stale. On a file system or a platform without such locks the last writer wins; a file is replaced as a whole.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from lstm_complete.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_held = threading.local()  # by this thread: an operation that holds a lock may call another that takes it


@contextmanager
def locked(place: Path, what: str) -> Iterator[None]:
    """Hold a lock; a thread that holds it already goes on.

    Args:
        place: The lock's file, there while it is held.
        what: What it guards, for the message.

    Raises:
        StoreError: Another process or thread holds it.
        OSError: The file cannot be made.
    """
    mine: set[str] = _held.__dict__.setdefault("places", set())
    key = os.path.realpath(place)
    if key in mine:
        yield
        return
    descriptor = _take(place, what)
    mine.add(key)
    try:
        yield
    finally:
        mine.discard(key)
        with suppress(OSError):
            place.unlink()  # while it is held: who opened it before finds that out, in _take
        os.close(descriptor)


def _take(place: Path, what: str) -> int:
    while True:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor, what)
            if _is_at(place, descriptor):
                with suppress(OSError):  # a full disk; the number is for the message only
                    os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its last holder has removed it since it was opened


def _lock(descriptor: int, what: str) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        number = os.read(descriptor, 20).decode("ascii", "replace").strip()
        raise StoreError(
            f"{what} is being written by another process{f' ({number})' if number.isdecimal() else ''}. "
            "Wait until it is done, or end it."
        ) from None
    except OSError:  # no locks here
        return


def _is_at(place: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(place.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
