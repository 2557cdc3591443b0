r"""zsh: `: 1795445666:0;command` with EXTENDED_HISTORY, else the command alone; a newline is a backslash and a newline.

Bytes that zsh uses itself are *metafied*: 0x83 and the byte with its sixth bit turned. That is undone before decoding:
half of the letters beyond ASCII hold such bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, text_file
from lstm_complete.corpus.histories.patterns import ignored_by_zsh

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

_EXTENDED = re.compile(r": *(\d{1,12}):(\d+);(.*)", re.DOTALL)
_METAFIED = re.compile(rb"\x83(.)", re.DOTALL)
_BACKSLASHES_AT_THE_END = re.compile(r"\\ +$")


def unmetafy(data: bytes) -> bytes:
    """The bytes as they were typed."""
    return _METAFIED.sub(lambda found: bytes((found.group(1)[0] ^ 0x20,)), data)


def parse(text: str) -> Iterator[Entry]:
    """A line that ends in a backslash goes on in the next one."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not lines:
            start = number
        lines.append(line)
        if not line.endswith("\\"):
            yield _entry(lines, start)
            lines = []
    if lines:
        yield _entry(lines, start)


def _entry(lines: list[str], start: int) -> Entry:
    text = "\n".join([*(line[:-1] for line in lines[:-1]), lines[-1]])
    extended = _EXTENDED.fullmatch(text)
    time, text = (float(extended.group(1)), extended.group(3)) if extended else (None, text)
    # zsh writes a space behind an entry that ends in a backslash, so that it is no newline.
    return Entry(_BACKSLASHES_AT_THE_END.sub(lambda end: end.group()[:-1], text), start, time)


def _places(places: Places) -> list[Path]:
    folder = places.named("ZDOTDIR") or places.home
    usual = (
        folder / ".zsh_history",
        places.home / ".zsh_history",
        places.home / ".zhistory",
        places.home / ".histfile",
    )
    return [*places.shell_histories("zsh"), *usual]


FORMAT = Format(
    "zsh",
    _places,
    text_file(parse, unmetafy),
    frozenset({".zsh_history", "zsh_history", ".zhistory", ".histfile"}),
    leading_space_hides=True,
    ignored=ignored_by_zsh,
)
