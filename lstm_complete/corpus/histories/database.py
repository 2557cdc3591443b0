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
_LOG = "-wal"  # what was written last, in write-ahead mode


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]] | NotText:
    """The rows of a query, or why there are none.

    The database is opened read-only. Where sqlite cannot do that (a database in write-ahead mode needs a file beside
    it, which a folder that nobody may write to refuses), a private copy is read, with what its log holds.

    Args:
        path: The database.
        query: SQL whose first column is a number and whose second is text.

    Raises:
        OSError: It cannot be opened as a file.
    """
    path.open("rb").close()  # says what sqlite would hide: "unable to open database file"
    try:
        return _query(path, query)
    except sqlite3.OperationalError as first:
        if "unable to open" not in str(first) and "readonly" not in str(first):
            return NotText(f"no such history: {first}")
        return _query_of_a_copy(path, query)
    except sqlite3.DatabaseError as error:
        return NotText(f"no sqlite database: {error}")


def _query_of_a_copy(path: Path, query: str) -> list[tuple[Any, ...]] | NotText:
    log = path.with_name(path.name + _LOG)
    with tempfile.TemporaryDirectory(prefix="lstm-complete-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        if log.exists():
            shutil.copyfile(log, copy.with_name(log.name))
        try:
            return _query(copy, query)
        except sqlite3.DatabaseError as error:
            return NotText(f"cannot be read: {error}")


def _query(path: Path, query: str) -> list[tuple[Any, ...]] | NotText:
    address = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_S)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        rows, size = [], 0
        for row in connection.execute(query):
            size += len(row[1] or "")
            if size > LARGEST_FILE_BYTES:
                return TOO_LARGE
            rows.append(row)
        return rows
