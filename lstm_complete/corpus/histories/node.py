"""node: a line an entry, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, each_line, text_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places


def parse(text: str) -> Iterator[Entry]:
    """Lines from the last to the first; later versions write a carriage return for a newline inside an entry."""
    for entry in reversed(list(each_line(text))):
        yield entry._replace(text="\n".join(reversed(entry.text.split("\r"))))


def _places(places: Places) -> list[Path]:
    named = places.named("NODE_REPL_HISTORY")
    return [*([named] if named else []), places.home / ".node_repl_history"]


FORMAT = Format("node", _places, text_file(parse), frozenset({".node_repl_history"}))
