"""The folder of the daemon's socket: the user's alone, and one daemon at a time in it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from lstm_complete.daemon.client import LOCK_NAME, SOCKET_VARIABLE, is_private, socket_path
from lstm_complete.errors import SettingsError

# sun_path holds 104 bytes on macOS and 108 on Linux, with its NUL.
_LONGEST_PATH_BYTES = 103


def place() -> Path:
    """Where the socket is, in a folder (0700, made where it is missing) that nobody else may look into.

    Raises:
        SettingsError: The path is too long for a socket, or the folder is not the user's alone.
    """
    path = Path(socket_path()).absolute()
    if len(os.fsencode(path)) > _LONGEST_PATH_BYTES:
        raise SettingsError(
            f"The socket {path} takes {len(os.fsencode(path))} bytes, of at most {_LONGEST_PATH_BYTES}. "
            f"Set {SOCKET_VARIABLE} to a shorter path."
        )
    folder = path.parent
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        private = is_private(folder)
    except OSError as error:
        raise SettingsError(
            f"The folder {folder} for the socket cannot be made: {error.strerror or error}. "
            f"Set {SOCKET_VARIABLE} to a path in a folder of yours."
        ) from error
    if not private:
        raise SettingsError(
            f"{folder} must be a folder that is yours alone (mode 0700), but is not; "
            f"remove it, or set {SOCKET_VARIABLE} to a path elsewhere."
        )
    return path


_TRY_AGAIN_S = 0.01


class Lock:
    """Held by the daemon for as long as it runs: of two that start at once, one gets it. It holds the daemon's pid."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> bool:
        """Become the daemon of this folder; False where there is one."""
        while not self._lock(fcntl.LOCK_EX):
            if not self._lock(fcntl.LOCK_SH):
                return False
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            time.sleep(_TRY_AGAIN_S)  # who only looks for the holder has it for a moment
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
        return True

    def holder(self) -> int | None:
        """The process that holds it; None where none does."""
        if self._lock(fcntl.LOCK_SH):
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            return None
        written = os.pread(self._descriptor, 32, 0)
        return int(written) if written.isdigit() else None

    def _lock(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)
