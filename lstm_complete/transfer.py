"""Carry a model to another machine: with all that it has read, or without a line of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lstm_complete import model_file, store
from lstm_complete.errors import StoreError
from lstm_complete.model_file import Contents
from lstm_complete.suggest import Suggester

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# What a model says of itself that holds no text. All else, what is added to models one day included, stays at home.
_METADATA = ("version", "training_settings", "vocabulary", "lines", "shape", "forgotten")
_REPORT = ("curve", "stopped", "parameters", "tokens", "held_out", "characters", "seconds")
_WEIGHTS = "network."


def without_recall(contents: Contents) -> Contents:
    """A model without the text that it has read: weights, vocabulary and figures.

    The weights and the subwords were still learned from that text; they are not free of it, but they quote none of it.
    """
    metadata, report = contents.metadata, contents.metadata["report"]
    bare = {name: metadata[name] for name in _METADATA if name in metadata}
    bare["training_settings"] = {**metadata["training_settings"], "exclude": []}  # they say what nobody should read
    figures = {name: report[name] for name in _REPORT if name in report}
    tensors = {name: tensor for name, tensor in contents.tensors.items() if name.startswith(_WEIGHTS)}
    return Contents({**bare, "held_out_text": [], "report": {**figures, "trained_on": [], "samples": []}}, tensors)


def export(name: str, path: Path, *, recall: bool = True) -> None:
    """Write a model to a file of its own, readable by the user alone (0600).

    Args:
        name: The model, or a path.
        path: A file that is not there yet.
        recall: Whether the text that it has read goes along.

    Raises:
        UnknownModelError: There is no such model.
        StoreError: The file is there already, or cannot be written.
        ModelFormatError: The model is damaged.
    """
    contents = store.load(name)
    if os.path.lexists(path):
        raise StoreError(f"{path} is there already. Export to a file that is not.")
    model_file.write(path, contents if recall else without_recall(contents))


def admit(path: Path, name: str, *, force: bool = False, check: Callable[[Contents], object] | None = None) -> Path:
    """Take a file from elsewhere into the store, once everything in it has been found to be right.

    Args:
        path: The file.
        name: What to call the model.
        force: Whether to replace a model of that name.
        check: What else must not fail on it.

    Returns:
        The model's file.

    Raises:
        StoreError: There is no such file; the name does not fit or is taken; the store cannot be written.
        ModelFormatError: It is no model, is damaged, or something in it makes no sense.
    """
    with store.writing(name) as place:
        if place.exists() and not force:
            raise StoreError(f'There is a model "{name}" already. Import under another --name, or replace it: --force')
        contents = model_file.read(path)
        Suggester(contents).suggest("")
        if check is not None:
            check(contents)
        return store.save(name, contents)
