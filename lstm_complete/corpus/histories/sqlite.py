"""The sqlite3 prompt: a line an entry, also where a statement spans several; with libedit in its encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Format, each_line, text_file
from lstm_complete.corpus.histories.libedit import decoded

if TYPE_CHECKING:
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places


def _places(places: Places) -> list[Path]:
    return [path for path in (places.named("SQLITE_HISTORY"), places.home / ".sqlite_history") if path]


FORMAT = Format("sqlite3", _places, text_file(each_line, decoded), frozenset({".sqlite_history"}))
