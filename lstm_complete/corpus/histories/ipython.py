"""IPython: a database a profile. A cell is an entry, however many lines it has; what it put out is not looked at.

No cell has a time, but the session that it belongs to has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.decoding import NotText
from lstm_complete.corpus.histories.database import rows_of
from lstm_complete.corpus.histories.entry import Entries, Entry, Format, seconds

if TYPE_CHECKING:
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

_QUERY = """
    SELECT history.rowid, history.source_raw, sessions.start
    FROM history LEFT JOIN sessions USING (session)
    WHERE history.source_raw IS NOT NULL
    ORDER BY history.session, history.line
"""


def read(path: Path) -> Entries | NotText:
    """The cells as they were typed, magics and all."""
    rows = rows_of(path, _QUERY)
    if isinstance(rows, NotText):
        return rows
    return Entries([Entry(str(text).rstrip("\n"), row, seconds(start)) for row, text, start in rows])


def _places(places: Places) -> list[Path]:
    folder = places.named("IPYTHONDIR") or places.home / ".ipython"
    return sorted(folder.glob("profile_*/history.sqlite"))


FORMAT = Format("ipython", _places, read, frozenset({"history.sqlite"}))
