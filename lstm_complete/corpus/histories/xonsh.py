"""xonsh: a JSON file a session, or one sqlite database.

A JSON file holds the session's whole environment beside its commands, and with it every token that was exported. Its
index says where the commands lie; the bytes of the environment are never read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, BinaryIO

from lstm_complete.corpus.bounded import LARGEST_FILE_BYTES
from lstm_complete.corpus.decoding import NotText
from lstm_complete.corpus.files import why
from lstm_complete.corpus.histories.database import rows_of
from lstm_complete.corpus.histories.entry import Entries, Entry, Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

_FOLDER = "history_json"
_SESSIONS = "xonsh-*.json"
_DATABASE = "xonsh-history.sqlite"
_HEAD = re.compile(rb'\{"locs": \[ *(\d+), *(\d+), *(\d+), *(\d+)\],\s')
_HEAD_BYTES = 69
_QUERY = "SELECT rowid, inp, tsb, rtn FROM xonsh_history ORDER BY rowid"


def read(path: Path) -> Entries | NotText:
    """A folder of sessions, one session, or the database."""
    if path.is_dir():
        return _read_folder(path)
    if path.suffix == ".json":
        try:
            return Entries(tuple(_session(path)))
        except ValueError as error:
            return NotText(f"no session of xonsh: {error}")
    rows = rows_of(path, _QUERY)
    return rows if isinstance(rows, NotText) else Entries([_entry(*row) for row in rows])


def _read_folder(folder: Path) -> Entries | NotText:
    """All sessions, in the order in which they began. One that cannot be read does not cost the rest."""
    sessions, failures = [], []
    for path in sorted(folder.glob(_SESSIONS)):
        try:
            entries = list(_session(path))
        except (OSError, ValueError) as error:
            failures.append(f"{path.name}: {why(error)}")
            continue
        if entries:
            sessions.append(entries)
    if not sessions:
        return NotText(f"no session can be read: {failures[0]}" if failures else "empty")
    sessions.sort(key=lambda entries: entries[0].time or 0.0)
    entries = [entry for session in sessions for entry in session]
    return Entries([entry._replace(line=row) for row, entry in enumerate(entries, 1)])


def _session(path: Path) -> Iterator[Entry]:
    """The commands of one session.

    Raises:
        ValueError: The file is not laid out as xonsh does it.
    """
    with path.open("rb") as stream:
        commands = _commands(stream)
    for row, command in enumerate(commands, 1):
        if isinstance(command, dict) and isinstance(command.get("inp"), str):
            times = command.get("ts")
            time = times[0] if isinstance(times, list) and times else None
            yield _entry(row, command["inp"], time, command.get("rtn"))


def _commands(stream: BinaryIO) -> list[object]:
    """What stands at `data.cmds`, and not a byte around it."""
    head = _HEAD.match(stream.read(_HEAD_BYTES))
    if head is None:
        raise ValueError("expected an index at its start")
    index_at, index_size, data_at, _ = map(int, head.groups())
    index = json.loads(_slice(stream, index_at, index_size))
    try:
        at, size = index["offsets"]["cmds"][-1], index["sizes"]["cmds"][-1]
        commands = json.loads(_slice(stream, data_at + at, size))
    except (TypeError, KeyError, IndexError):
        raise ValueError("expected commands in its index") from None
    if not isinstance(commands, list):
        raise ValueError("expected a list of commands")  # noqa: TRY004 - the file is wrong, not a type of ours
    return commands


def _slice(stream: BinaryIO, at: int, size: int) -> bytes:
    if not 0 <= size <= LARGEST_FILE_BYTES or at < 0:
        raise ValueError("its index points outside")
    stream.seek(at)
    return stream.read(size)


def _entry(row: int, text: object, time: object, status: object) -> Entry:
    when = time if isinstance(time, int | float) else None  # an int of JSON may be larger than any float
    whole = str(text).encode("utf-8", "replace").decode()  # JSON can spell half a surrogate pair
    return Entry(whole.rstrip("\n"), row, when, failed=isinstance(status, int) and status != 0)


def _places(places: Places) -> list[Path]:
    folder = places.named("XONSH_DATA_DIR") or places.data / "xonsh"
    own = (places.named("XONSH_HISTORY_FILE"), places.named("XONSH_HISTORY_SQLITE_FILE"))
    return [folder / _FOLDER, folder / _DATABASE, *(path for path in own if path)]


FORMAT = Format("xonsh", _places, read, frozenset({_DATABASE}), leading_space_hides=True)
