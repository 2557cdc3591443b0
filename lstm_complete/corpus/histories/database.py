"""Histories in sqlite: read while their program runs and writes, and left exactly as they are."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from lstm_complete.corpus.bounded import LARGEST_FILE_BYTES, TOO_LARGE
from lstm_complete.corpus.decoding import NotText

_PATIENCE_S = 5.0  # a program that writes holds its lock for milliseconds

# What lies beside a database: what was written last, in write-ahead mode, and an index to it while a program is at it.
_LOG, _INDEX = "-wal", "-shm"
_MODE_AT, _WRITE_AHEAD = slice(18, 20), b"\2\2"  # https://www.sqlite.org/fileformat.html#file_format_version_numbers


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]] | NotText:
    """The rows of a query, or why there are none.

    A database that a program has open is read beside it, under sqlite's own locks. Opening a write-ahead log that no
    program has open would leave files behind; with no log the database is read as a file that does not change, and with
    one a private copy is read.

    Args:
        path: The database.
        query: SQL whose first column is a number and whose second is text.

    Raises:
        OSError: It cannot be opened as a file.
    """
    with path.open("rb") as stream:  # says what sqlite would hide: "unable to open database file"
        writes_ahead = stream.read(_MODE_AT.stop)[_MODE_AT] == _WRITE_AHEAD
    has_log, is_open = _beside(path, _LOG).exists(), _beside(path, _INDEX).is_file()
    try:
        if writes_ahead and has_log and not is_open:
            return _query_of_a_copy(path, query)
        return _query(path, query, "immutable=1" if writes_ahead and not has_log else "mode=ro")
    except sqlite3.OperationalError as error:
        return NotText(f"cannot be read as such a history: {error}")
    except sqlite3.DatabaseError as error:
        return NotText(f"no sqlite database: {error}")


def _query_of_a_copy(path: Path, query: str) -> list[tuple[Any, ...]] | NotText:
    with tempfile.TemporaryDirectory(prefix="lstm-complete-") as folder:
        copy = Path(folder) / path.name
        for suffix in ("", _LOG):
            shutil.copyfile(_beside(path, suffix), _beside(copy, suffix))
        return _query(copy, query, "mode=rw")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _query(path: Path, query: str, mode: str) -> list[tuple[Any, ...]] | NotText:
    address = f"{path.absolute().as_uri()}?{mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_S)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        rows, size = [], 0
        for row in connection.execute(query):
            size += len(row[1] or "")
            if size > LARGEST_FILE_BYTES:
                return TOO_LARGE
            rows.append(row)
        return rows
