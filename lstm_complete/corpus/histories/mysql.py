"""mysql and mariadb: a line an entry, in libedit's encoding.

A statement that spans lines is written line by line, and then once more in one line: it is the whole that is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, each_line, text_file
from lstm_complete.corpus.histories.libedit import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places


def parse(text: str) -> Iterator[Entry]:
    """Lines, without those that a whole statement repeats right after them."""
    kept: list[Entry] = []
    for entry in each_line(text):
        parts = _parts_of(entry.text, kept)
        del kept[len(kept) - parts :]
        kept.append(entry)
    return iter(kept)


def _parts_of(whole: str, before: list[Entry]) -> int:
    """How many of the last entries, joined by spaces, are this one; 0 where they are not."""
    rest = whole
    for count, entry in enumerate(reversed(before), 1):
        if rest == entry.text and count > 1:
            return count
        if not entry.text or not rest.endswith(f" {entry.text}"):
            return 0
        rest = rest[: -len(entry.text) - 1]
    return 0


def _places(places: Places) -> list[Path]:
    named = places.named("MYSQL_HISTFILE")
    return [*([named] if named else []), places.home / ".mysql_history", places.home / ".mariadb_history"]


FORMAT = Format("mysql", _places, text_file(parse, decoded), frozenset({".mysql_history", ".mariadb_history"}))
