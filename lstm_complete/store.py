"""The models that the user has trained: one NAME.safetensors each, in the platform's data folder.

Beside one that was updated lies NAME.previous, the version before it. A model that is being written has a lock and a
temporary file, whose names start with a dot; of a writer that was killed, the next one removes them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from lstm_complete import model_file
from lstm_complete.errors import StoreError
from lstm_complete.locking import locked
from lstm_complete.places import HOME_VARIABLE, SUFFIX, name_of, path_of, place_of, quoted, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from lstm_complete.model_file import Contents

_PREVIOUS = ".previous"


@contextmanager
def writing(name: str) -> Iterator[Path]:
    """Be the only writer of a model while the block runs, and find out at its start whether the store can be written.

    A new folder of models is the user's alone (0700).

    Returns:
        The model's file, there or not.

    Raises:
        StoreError: The name does not fit, another process is writing this model, or the folder cannot be written.
    """
    path = place_of(name)
    _make(path.parent)
    with ExitStack() as held:
        with _explained(path):
            held.enter_context(_lock(path, name))
        model_file.remove_leftovers(path)
        yield path


def save(name: str, contents: Contents, *, keep_old: bool = False) -> Path:
    """Keep a model under a name, in place of the one that had it.

    Args:
        name: The model.
        contents: What it is from now on.
        keep_old: Whether `undo` can bring the old one back; else a version that was kept for that goes, too.

    Raises:
        StoreError: If the name does not fit, or the folder cannot be written; an old model is still there.
    """
    with writing(name) as path:
        previous = _previous(path)
        if keep_old and path.exists():
            with _explained(path):
                _put_aside(path, previous)
        model_file.write(path, contents)
        if not keep_old:
            previous.unlink(missing_ok=True)
    return path


def undo(name: str) -> Path:
    """Go back to the version that the last `save(..., keep_old=True)` replaced.

    Raises:
        UnknownModelError: There is no model of that name.
        StoreError: There is no version before it, or the folder cannot be written.
        ModelFormatError: That version is damaged; the present one stays.
    """
    path = place_of(name)
    if not path.exists() and not _previous(path).exists():
        unknown(name)
    with writing(name):
        previous = _previous(path)
        if not previous.exists():
            raise StoreError(f"{quoted(name)} has no version to go back to: only an update keeps one, and only one.")
        model_file.read(previous)
        with _explained(path):
            previous.replace(path)
    return path


def load(name_or_path: str | Path) -> Contents:
    """Open a model by its name, or by the path of its file.

    Raises:
        UnknownModelError: If there is none.
        StoreError: If it cannot be read.
        ModelFormatError: If it is no model, damaged or too new.
    """
    path = path_of(name_or_path)
    if not os.path.lexists(path):
        unknown(name_of(path) or name_or_path)
    return model_file.read(path)


def files_of(name: str) -> list[Path]:
    """A model's file and the version before it, as far as they are there.

    Raises:
        StoreError: The name does not fit.
    """
    path = place_of(name)
    return [file for file in (path, _previous(path)) if os.path.lexists(file)]


def remove(name: str) -> None:
    """Delete a model, and the version before it.

    Raises:
        UnknownModelError: If there is neither.
        StoreError: If it cannot be deleted, or another process is writing it.
    """
    path = place_of(name)
    if not files_of(name):
        unknown(name)
    try:
        with _lock(path, name):
            for file in reversed(files_of(name)):  # no version is ever left without the model that replaced it
                file.unlink(missing_ok=True)
            model_file.remove_leftovers(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be removed: {error.strerror or error}. Check its permissions.") from error


def _lock(path: Path, name: str) -> AbstractContextManager[None]:
    return locked(path.with_name(f".{path.name}.lock"), f"The model {quoted(name)}")


def _make(folder: Path) -> None:
    try:
        if not folder.is_dir():  # a folder that is there already keeps the permissions that its owner gave it
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of models {folder} cannot be made: {error.strerror or error}. "
            f"Set {HOME_VARIABLE} to a folder that you may write."
        ) from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What the system says against writing, as an error of the store."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}. Make room or check permissions, "
            f"or set {HOME_VARIABLE} to a folder that you may write."
        ) from error


def _previous(path: Path) -> Path:
    return path.with_name(path.name[: -len(SUFFIX)] + _PREVIOUS)


def _put_aside(path: Path, previous: Path) -> None:
    """Have the same file under both names; at no moment is there none under either."""
    temporary = path.with_name(f".{path.name}.previous.tmp")  # a leftover of the model's, as its other ones
    temporary.unlink(missing_ok=True)
    try:
        os.link(path, temporary)
    except OSError:  # a file system without links
        with suppress(FileNotFoundError):
            os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600))
        shutil.copyfile(path, temporary)
    temporary.replace(previous)
