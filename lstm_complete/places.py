"""Where models are: the user's folder of them, and the file that a name stands for.

A prompt that starts asks this, and waits for it: it imports neither numpy nor anything else that takes long.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import NoReturn

import platformdirs

from lstm_complete import starter
from lstm_complete.errors import StoreError, UnknownModelError
from lstm_complete.settings import DEFAULT_NAME

HOME_VARIABLE = "LSTM_COMPLETE_HOME"
SUFFIX = ".safetensors"

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


def place_of(name: str) -> Path:
    """Where a model of this name is kept, there or not.

    Raises:
        StoreError: The name does not fit.
    """
    problem = _problem_with(name)
    if problem is not None:
        _refuse(name, problem)
    return home() / f"{name}{SUFFIX}"


def answering(name_or_path: str | Path) -> str:
    """What to call the model that answers to a name: "starter" where there is none of that name yet and that one does.

    Any text will do; what is no name is returned as it is.
    """
    try:
        return starter.NAME if path_of(name_or_path) == starter.PATH else os.fspath(name_or_path)
    except StoreError:
        return os.fspath(name_or_path)


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


def unknown(name_or_path: str | Path) -> NoReturn:
    """Say that there is no such model, and which ones there are.

    Raises:
        UnknownModelError: Always.
    """
    known = names()
    there = f"The models are: {', '.join(known)}." if known else f"There are no models in {home()} yet."
    name = os.fspath(name_or_path)
    option = "" if _problem_with(name) else f" --name {name}"
    raise UnknownModelError(f'No model {quoted(name)}. {there} Train one with "lstm-complete train PATH{option}".')


def quoted(name: str) -> str:
    """A name as a message can show it: a terminal must not obey the control characters in it."""
    return f'"{name}"' if name.isprintable() else ascii(name)


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
    raise StoreError(f"{quoted(name)} cannot be the name of a model: {problem}. Take a plain word, such as notes.")
