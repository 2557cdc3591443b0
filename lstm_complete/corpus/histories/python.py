r"""Python's own prompt: a line an entry; from 3.13 a newline inside one is `\r\n`; with libedit in its encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, text_file
from lstm_complete.corpus.histories.libedit import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

# Stands for the carriage return until the text is decoded, which would make one newline of the two characters.
_INNER = "\x1f"


def restore(data: bytes) -> bytes:
    """Undo libedit's encoding, and mark newlines inside entries. A file in which every line ends so is from Windows."""
    text = decoded(data)
    inner, every = text.count(b"\r\n"), text.count(b"\n")
    return text if inner == every else text.replace(b"\r\n", _INNER.encode())


def parse(text: str) -> Iterator[Entry]:
    """Lines, joined where they belong together."""
    number = 1
    for line in text.split("\n"):
        entry = line.replace(_INNER, "\n").replace("\r", "\n")
        yield Entry(entry.rstrip("\n"), number)
        number += entry.count("\n") + 1


def _places(places: Places) -> list[Path]:
    return [path for path in (places.named("PYTHON_HISTORY"), places.home / ".python_history") if path]


FORMAT = Format("python", _places, text_file(parse, restore), frozenset({".python_history"}))
