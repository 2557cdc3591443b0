"""The models that the user has trained: one NAME.safetensors each, in the platform's data folder.

Beside one that was updated lies NAME.previous, the version before it. A model that is being written has a lock and a
temporary file, whose names start with a dot; of a writer that was killed, the next one removes them.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import platformdirs

from lstm_complete import model_file, starter
from lstm_complete.errors import StoreError, UnknownModelError
from lstm_complete.locking import locked
from lstm_complete.settings import DEFAULT_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from lstm_complete.model_file import Contents

HOME_VARIABLE = "LSTM_COMPLETE_HOME"
SUFFIX = ".safetensors"
_PREVIOUS = ".previous"

# File systems take 255 bytes; the temporary file beside a model has a longer name than it.
LONGEST_NAME_BYTES = 200
# Kept out so that a model can be carried to any system; ":" would name a stream of another file on Windows.
_FORBIDDEN = '/\\:*?"<>|'


def home() -> Path:
    """The folder of models: LSTM_COMPLETE_HOME, else one in the platform's data folder. It is not created.

    Raises:
        StoreError: The user has no home folder.
    """
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen)
    try:
        folder = platformdirs.user_data_path("lstm_complete", appauthor=False) / "models"
    except RuntimeError:  # newer platformdirs
        folder = Path("~")
    if not folder.is_absolute():  # "~" stays as it is where nobody knows a home
        raise StoreError(f"There is no home folder to keep models in. Set {HOME_VARIABLE} to a folder of yours.")
    return folder


def path_of(name_or_path: str | Path) -> Path:
    """Where a model is, or would be.

    What ends in .safetensors is a path. Anything else is first the name of a model in the store, so that a folder or a
    file of that name in the working directory does not hide it; then a file; then a name that is not there yet. Where
    the user has no model called "default" or "starter", these are the starter's file.

    Raises:
        StoreError: If it is neither a file nor fit to be a name.
    """
    text = os.fspath(name_or_path)
    if text.endswith(SUFFIX):
        return Path(text)
    problem = _problem_with(text)
    in_store = home() / f"{text}{SUFFIX}"
    if problem is None and in_store.is_file():
        return in_store
    if text and os.path.isfile(text):  # noqa: PTH113 - Path.is_file raises on a name that is too long
        return Path(text)
    if problem is not None:
        _refuse(text, problem)
    return starter.PATH if text in {DEFAULT_NAME, starter.NAME} else in_store


def name_of(path: Path) -> str | None:
    """What a file is called in the store; None for one that lies elsewhere."""
    name = path.name[: -len(SUFFIX)] if path.name.endswith(SUFFIX) else ""
    if _problem_with(name) is not None or path.resolve().parent != home().resolve():
        return None
    return name


def answering(name_or_path: str | Path) -> str:
    """What to call the model that answers to a name: "starter" where there is none of that name yet and that one does.

    Any text will do; what is no name is returned as it is.
    """
    try:
        return starter.NAME if path_of(name_or_path) == starter.PATH else os.fspath(name_or_path)
    except StoreError:
        return os.fspath(name_or_path)


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
        _unknown(name)
    with writing(name):
        previous = _previous(path)
        if not previous.exists():
            raise StoreError(f"{_quoted(name)} has no version to go back to: only an update keeps one, and only one.")
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
        _unknown(name_of(path) or name_or_path)
    return model_file.read(path)


def names() -> list[str]:
    """The names of the models there are, sorted.

    Raises:
        StoreError: If the folder of models cannot be listed.
    """
    folder = home()
    try:
        stems = [entry.name[: -len(SUFFIX)] for entry in folder.iterdir() if entry.name.endswith(SUFFIX)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(
            f"The folder of models {folder} cannot be read: {error.strerror or error}. "
            f"Set {HOME_VARIABLE} to a folder that you may read."
        ) from error
    return sorted(stem for stem in stems if _problem_with(stem) is None)


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
        _unknown(name)
    try:
        with _lock(path, name):
            for file in reversed(files_of(name)):  # no version is ever left without the model that replaced it
                file.unlink(missing_ok=True)
            model_file.remove_leftovers(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be removed: {error.strerror or error}. Check its permissions.") from error


def place_of(name: str) -> Path:
    """Where a model of this name is kept, there or not.

    Raises:
        StoreError: The name does not fit.
    """
    problem = _problem_with(name)
    if problem is not None:
        _refuse(name, problem)
    return home() / f"{name}{SUFFIX}"


def _lock(path: Path, name: str) -> AbstractContextManager[None]:
    return locked(path.with_name(f".{path.name}.lock"), f"The model {_quoted(name)}")


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


def _problem_with(name: str) -> str | None:
    """Why a text cannot be a model's name, or None where it can."""
    size = len(name.encode("utf-8", "replace"))
    forbidden = [character for character in name if character in _FORBIDDEN]
    problems = {
        "it is empty": not name.strip(),
        "it starts or ends with a space": name != name.strip(),
        f'it starts with "{name[:1]}"': name.startswith((".", "-")),
        f"it ends in {SUFFIX}, which is added to it": name.endswith(SUFFIX),
        f"it contains {''.join(forbidden)}": bool(forbidden),
        "it contains a control character": any(unicodedata.category(each) in {"Cc", "Cs"} for each in name),
        f"it takes {size} bytes, of at most {LONGEST_NAME_BYTES}": size > LONGEST_NAME_BYTES,
    }
    return next((problem for problem, found in problems.items() if found), None)


def _refuse(name: str, problem: str) -> NoReturn:
    raise StoreError(f"{_quoted(name)} cannot be the name of a model: {problem}. Take a plain word, such as notes.")


def _unknown(name_or_path: str | Path) -> NoReturn:
    known = names()
    there = f"The models are: {', '.join(known)}." if known else f"There are no models in {home()} yet."
    name = os.fspath(name_or_path)
    option = "" if _problem_with(name) else f" --name {name}"
    raise UnknownModelError(f'No model {_quoted(name)}. {there} Train one with "lstm-complete train PATH{option}".')


def _quoted(name: str) -> str:
    """A name as a message can show it: a terminal must not obey the control characters in it."""
    return f'"{name}"' if name.isprintable() else ascii(name)
