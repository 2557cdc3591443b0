"""An open document as its editor counts it: lines, and columns in code units.

pygls keeps documents of its own, which are not used: they break lines where Python does (at form feeds and U+2028, too)
and not where the protocol says, so that every later line is another one than the editor's; and they copy the whole
text at each key (6 ms for a megabyte; here it is 0.1 ms).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import NamedTuple

NEWLINE = "\n"

# How each encoding that an editor may count in is spoken in Python, and the bytes of one code unit.
ENCODINGS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


class Place(NamedTuple):
    """A place between two characters: line from 0, column in the editor's code units from 0."""

    line: int
    column: int


@dataclass(frozen=True)
class Surroundings:
    """What stands around a cursor.

    Attributes:
        before: The text up to the cursor, its lines broken by line feeds.
        after: The rest of the line.
    """

    before: str
    after: str


class Document:
    """A text that is changed piece by piece.

    Lines end with CR LF, LF or CR, as the protocol has it. A place that is not there stands for the nearest one: past
    the end of a line for its end, past the last line for the end of the text, within a character for its start.

    Args:
        text: All of it.
        encoding: What the editor's columns count: code units of "utf-8", "utf-16" or "utf-32".
    """

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self._codec, self._unit = ENCODINGS[encoding]
        self._lines = _lines_of(text)  # each with its end; the last has none

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._lines)

    def replace(self, text: str, start: Place | None = None, end: Place | None = None) -> None:
        """Put `text` where the range from `start` to `end` is; without a range, in place of everything."""
        if start is None or end is None:
            self._lines = _lines_of(text)
            return
        first, first_index = self._locate(start)
        last, last_index = self._locate(end)
        changed = self._lines[first][:first_index] + text + self._lines[last][last_index:]
        if first and self._lines[first - 1].endswith("\r"):  # what comes now may begin with the LF that belongs to it
            first -= 1
            changed = self._lines[first] + changed
        lines = _lines_of(changed)
        if last + 1 < len(self._lines) and not lines[-1]:
            lines.pop()  # the change ends with a line's end, and the next line is there already
        self._lines[first : last + 1] = lines

    def around(self, cursor: Place) -> Surroundings:
        """What stands before and after a place."""
        number, index = self._locate(cursor)
        line = self._lines[number]
        before = "".join(self._lines[:number]) + line[:index]
        if "\r" in before:
            before = before.replace("\r\n", NEWLINE).replace("\r", NEWLINE)
        return Surroundings(before, _content(line)[index:])

    def units(self, text: str) -> int:
        """How many columns `text` takes."""
        return len(_sound(text).encode(self._codec)) // self._unit

    def _locate(self, place: Place) -> tuple[int, int]:
        """The number of a line, and an index into it."""
        number = min(max(place.line, 0), len(self._lines) - 1)
        content = _content(self._lines[number])
        if place.line >= len(self._lines):
            return number, len(content)
        if content.isascii():
            return number, min(max(place.column, 0), len(content))
        units = content.encode(self._codec)[: max(place.column, 0) * self._unit]
        return number, len(units.decode(self._codec, "ignore"))  # half a character at the end is none


def _lines_of(text: str) -> list[str]:
    """The lines of a text, each with its end; the last one has none, and may be empty."""
    lines = io.StringIO(_sound(text), newline="").readlines()
    if not lines or lines[-1].endswith(("\r", NEWLINE)):
        lines.append("")
    return lines


def _content(line: str) -> str:
    return line.rstrip("\r\n")


def _sound(text: str) -> str:
    """The text with halves of characters, which JSON can bring and no codec takes, replaced; as many code units."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
