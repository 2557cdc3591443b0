"""The models that the user has trained: one NAME.safetensors each, in the platform's data folder."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import platformdirs

from lstm_complete import model_file
from lstm_complete.errors import StoreError, UnknownModelError

if TYPE_CHECKING:
    from lstm_complete.model_file import Contents

HOME_VARIABLE = "LSTM_COMPLETE_HOME"
SUFFIX = ".safetensors"

# File systems take 255 bytes; the temporary file beside a model has a longer name than it.
LONGEST_NAME_BYTES = 200
# Kept out so that a model can be carried to any system; ":" would name a stream of another file on Windows.
_FORBIDDEN = '/\\:*?"<>|'


def home() -> Path:
    """The folder of models: LSTM_COMPLETE_HOME, else one in the platform's data folder. It is not created."""
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen)
    return platformdirs.user_data_path("lstm_complete", appauthor=False) / "models"


def path_of(name_or_path: str | Path) -> Path:
    """Where a model is, or would be.

    What ends in .safetensors is a path. Anything else is first the name of a model in the store, so that a folder or a
    file of that name in the working directory does not hide it; then a file; then a name that is not there yet.

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
    return in_store


def save(name: str, contents: Contents) -> Path:
    """Keep a model under a name, in place of the one that had it. A new folder of models is the user's alone (0700).

    Raises:
        StoreError: If the name does not fit, or the folder cannot be written; an old model is still there.
    """
    path = place_of(name)
    folder = path.parent
    try:
        if not folder.is_dir():  # a folder that is there already keeps the permissions that its owner gave it
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of models {folder} cannot be made: {error.strerror or error}. "
            f"Set {HOME_VARIABLE} to a folder that you may write."
        ) from error
    model_file.write(path, contents)
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
        _unknown(name_or_path)
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


def remove(name: str) -> None:
    """Delete a model.

    Raises:
        UnknownModelError: If there is none of that name.
        StoreError: If it cannot be deleted.
    """
    path = place_of(name)
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        _unknown(name)
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
