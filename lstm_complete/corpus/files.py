"""Which files a path stands for: folders recursively, in the order of their names."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_complete.corpus.documents import Skipped
from lstm_complete.corpus.ignoring import IgnoreRules, rules_above
from lstm_complete.errors import CorpusError
from lstm_complete.secrets import NAMED_LIKE_A_SECRET, is_named_like_a_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", "CVS", "_darcs", ".jj", ".pijul", ".fslckout"})
# Written by machines: nobody types what stands in there.
CACHES = frozenset(
    {
        "__pycache__",
        "node_modules",
        ".venv",
        "venv",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".cache",
        ".gradle",
        ".terraform",
        ".eggs",
        "bower_components",
    }
)


@dataclass(frozen=True)
class Found:
    """A file to read, and whether the user named it, so that failing to read it is an error."""

    path: Path
    named: bool


def shown(path: str | Path) -> str:
    """A path as it can be printed and stored: bytes of a file's name that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def why(error: OSError | ValueError) -> str:
    """The reason of a failure, without the path that the message will name anyway."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def find_files(named: str) -> Iterator[Found | Skipped]:
    """The files that a path which the user named stands for, and what is left out of a folder.

    A link to a file is followed; a link to a folder inside a folder is not, so that nothing loops and nothing outside
    is read unasked.

    Raises:
        CorpusError: If there is nothing at the path, or a folder cannot be listed.
    """
    if not named:
        raise CorpusError('An empty path names nothing. Give files or folders of text, or "-" for standard input.')
    path = Path(named)
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
        if is_folder:
            os.scandir(path).close()
            rules = rules_above(resolved(path))
    except FileNotFoundError:
        message = 'does not exist. Give files or folders of text, or "-" for standard input.'
        raise CorpusError(f"{shown(path)} {message}") from None
    except (OSError, ValueError) as error:
        raise CorpusError(f"{_printable(named)} cannot be read: {why(error)}. Give text that you may read.") from error
    if is_folder:
        yield from _walk(path, rules)
    elif is_named_like_a_secret(path.name):
        yield Skipped(shown(path), NAMED_LIKE_A_SECRET)
    else:
        yield Found(path, named=True)


def resolved(path: Path) -> Path:
    """A path without links; one in a loop of links stays as it is, where Path.resolve would raise."""
    return Path(os.path.realpath(path))


def _printable(named: str) -> str:
    """A path that no system call took may hold anything, a NUL for one."""
    return named.encode("utf-8", "replace").decode().replace("\0", "\\0")


def _walk(top: Path, rules: IgnoreRules) -> Iterator[Found | Skipped]:
    """Depth first, by a stack and not by recursion: folders may be nested deeper than Python's frames."""
    pending = [(top, resolved(top), rules, True)]
    while pending:
        path, real, outer, is_folder = pending.pop()
        if not is_folder:
            yield Found(path, named=False)
            continue
        try:
            with os.scandir(path) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
            rules = outer.within(real)
        except OSError as error:
            yield Skipped(shown(path), f"cannot be read: {why(error)}")
            continue
        kept = []
        for entry in entries:
            reason = _reason_to_skip(entry, real / entry.name, rules)
            if reason is None:
                kept.append((path / entry.name, real / entry.name, rules, entry.is_dir(follow_symlinks=False)))
            else:
                yield Skipped(shown(path / entry.name), reason)
        pending.extend(reversed(kept))


def _reason_to_skip(entry: os.DirEntry[str], real: Path, rules: IgnoreRules) -> str | None:
    is_folder = entry.is_dir(follow_symlinks=False)
    if entry.name in VERSION_CONTROL:  # .git is a file in a worktree and in a submodule
        return "version control"
    if is_named_like_a_secret(entry.name):
        return NAMED_LIKE_A_SECRET
    if is_folder and entry.name in CACHES:
        return "a cache or installed packages"
    excluded_by = rules.excluded_by(real, is_folder=is_folder)
    if excluded_by is not None:
        return f"excluded by {shown(excluded_by)}"
    return None if is_folder else _reason_against_file(real)


def _reason_against_file(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except OSError as error:  # a link to nowhere, or to itself
        return f"cannot be read: {why(error)}"
    if stat.S_ISDIR(mode):
        return "a link to a folder: name it to have it read"
    return None if stat.S_ISREG(mode) else "not a regular file"
