"""Lines of ours in a start-up file of the user's: added once, marked, with a backup, and taken out without a trace."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from lstm_complete.errors import LSTMCompleteError

BACKUP_SUFFIX = ".before-lstm-complete"

_FIRST = "{comment} >>> lstm-complete >>>"
_LAST = "{comment} <<< lstm-complete <<<"
# Says of the line break before the mark that it came with it: the file's last line had none.
_BROKEN = " (behind a last line without its end)"


def add(path: Path, lines: str, comment: str = "#") -> bool:
    """Add lines to the end of a file, between marks; what the file was is kept beside it.

    Args:
        path: The file; a link is followed. Made, with its folder, where it is missing.
        lines: What to add.
        comment: What starts a comment there.

    Returns:
        False where it already stands there as it is; lines of an earlier version are replaced.

    Raises:
        LSTMCompleteError: The file cannot be read or written, or its marks are damaged.
    """
    try:
        there = path.exists()
        before = path.read_bytes() if there else b""
        clean = _without(before, path, comment)
        broken = bool(clean) and not clean.endswith(b"\n")
        first = _FIRST.format(comment=comment) + (_BROKEN if broken else "")
        block = f"{first}\n{lines.rstrip()}\n{_LAST.format(comment=comment)}\n"
        after = clean + (b"\n" if broken else b"") + block.encode()
        if after == before:
            return False
        if there and clean == before:
            shutil.copy2(path, backup_of(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, after)
    except OSError as error:
        raise _trouble(path, error) from error
    return True


def remove(path: Path, comment: str = "#") -> bool:
    """Take the lines out again: the file is what it was, to the byte, and away where `add` had made it.

    The backup goes too, unless the user has changed the file since: then it may be wanted still.

    Returns:
        False where there are none.

    Raises:
        LSTMCompleteError: The file cannot be read or written, or its marks are damaged.
    """
    try:
        before = path.read_bytes() if path.exists() else b""
        after = _without(before, path, comment)
        if after == before:
            return False
        backup = backup_of(path)
        if after or backup.exists() or path.is_symlink():
            _replace(path, after)
        else:
            path.unlink()
        if backup.is_file() and backup.read_bytes() == after:
            backup.unlink()
    except OSError as error:
        raise _trouble(path, error) from error
    return True


def backup_of(path: Path) -> Path:
    """Where a file is kept as it was before the lines were added."""
    return path.with_name(path.name + BACKUP_SUFFIX)


def _without(content: bytes, path: Path, comment: str) -> bytes:
    """A file's content without the marked lines, where there are any."""
    first, last = (mark.format(comment=comment).encode() for mark in (_FIRST, _LAST))
    if first not in content and last not in content:
        return content
    before, _, rest = content.partition(first)
    inside, found, after = rest.partition(last + b"\n")
    if not found or first in inside + after or last in before + after:
        raise LSTMCompleteError(
            f"{path} should have one pair of marks, {first.decode()} and {last.decode()}, and has not. "
            "Take the lines between them out by hand, with the marks."
        )
    # What the user has added behind the lines keeps the line break before it.
    return (before[:-1] if inside.startswith(_BROKEN.encode()) and not after else before) + after


def _replace(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all. A link stays one, and what it leads to keeps its permissions."""
    real = Path(os.path.realpath(path))
    descriptor, name = tempfile.mkstemp(dir=real.parent, prefix=real.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if real.exists():
            shutil.copymode(real, name)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(real)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _trouble(path: Path, error: OSError) -> LSTMCompleteError:
    return LSTMCompleteError(
        f"{path} cannot be changed: {error.strerror or error}. "
        'Check its permissions, or add what "lstm-complete init HOST" prints by hand.'
    )
