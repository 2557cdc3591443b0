"""psql: a statement a line, with byte 1 for each newline inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, each_line, text_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places


def parse(text: str) -> Iterator[Entry]:
    """Lines, with their newlines."""
    for entry in each_line(text):
        yield entry._replace(text=entry.text.replace("\x01", "\n"))


def _places(places: Places) -> list[Path]:
    """A database may have a file of its own: `.psql_history-NAME` is what the manual proposes."""
    named = places.named("PSQL_HISTORY")
    return [*([named] if named else []), *sorted(places.home.glob(".psql_history*"))]


FORMAT = Format("psql", _places, text_file(parse), frozenset({".psql_history"}), leading_space_hides=True)
