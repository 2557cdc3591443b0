"""Paths and standard input to a Corpus."""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, TextIO

from lstm_complete.corpus.bounded import LARGEST_FILE_BYTES, read_bytes, within_limit
from lstm_complete.corpus.contents import Contents, contents_of
from lstm_complete.corpus.decoding import NotText
from lstm_complete.corpus.documents import Corpus, CutLine, Document, FileRead, Skipped
from lstm_complete.corpus.files import Found, find_files, resolved, shown, why
from lstm_complete.corpus.histories.places import Places
from lstm_complete.corpus.histories.reading import read_history
from lstm_complete.corpus.histories.source import Source, find, format_of, placed
from lstm_complete.corpus.withholding import HOLDS_A_SECRET, withhold
from lstm_complete.errors import CorpusError
from lstm_complete.secrets import SecretFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

STANDARD_INPUT = "-"
STANDARD_INPUT_SOURCE = "<stdin>"

UNCHANGED = "not changed since it was learned"

_EXAMPLES_OF_A_REASON = 3


def read_corpus(
    paths: Sequence[str | Path],
    *,
    histories: Sequence[str] = (),
    lines: bool | None = None,
    stdin: TextIO | BinaryIO | None = None,
    secrets: SecretFilter | None = None,
    known: Collection[str] | None = None,
) -> Corpus:
    """Read the text that paths and histories stand for.

    Folders are read recursively, in the order of their names, without binaries, version control, caches and what
    .gitignore files exclude; a path that is named is read even so. Files named like secrets (.env, id_rsa) are not
    read at all, and lines that hold secrets are cut. No file is read twice.

    Args:
        paths: Files and folders; "-" is standard input. A file that is named as a program names its history is read
            as such.
        histories: Programs whose histories are read where they keep them ("zsh"), or from a path ("zsh:PATH"); commit
            messages of a repository ("git:PATH", "git-all:PATH"); "all" is every history on this machine.
        lines: Whether each line that is not blank is a document of its own; None decides file by file, by its name
            (a history, or prose or code by its suffix) or its text (`looks_like_lines`).
        stdin: What to read for "-"; None is the process's own standard input.
        secrets: Which lines are cut out because they hold secrets; None for all that we know, and the user's own.
        known: SHA-256 of files that need not be read again; None for a first reading, which must find some text.

    Returns:
        The documents, which files they came from, and what was skipped and why.

    Raises:
        CorpusError: If a named path or history cannot be read, or there is no text in any of them.
        SettingsError: If there is no such history.
        MissingExtraError: If a folder has a .gitignore and pathspec is not installed.
    """
    reading = _Reading(SecretFilter.of_user() if secrets is None else secrets)
    for path in (os.fspath(path) for path in paths):
        if path == STANDARD_INPUT:
            reading.add_once(STANDARD_INPUT_SOURCE, STANDARD_INPUT_SOURCE, partial(_read_stream, stdin, lines))
            continue
        for item in find_files(path):
            if isinstance(item, Skipped):
                reading.skipped.append(item)
            else:
                read = partial(_read_file, item, lines, known or ())
                reading.add_once(str(resolved(item.path)), shown(item.path), read)
    histories = tuple(map(placed, histories))
    _add_histories(reading, histories)
    if not reading.documents and known is None:
        raise CorpusError(_no_text([*paths, *histories], reading.skipped))
    return Corpus(
        tuple(reading.documents),
        tuple(reading.files),
        tuple(reading.skipped),
        tuple(reading.cut),
        tuple(os.path.abspath(path) for path in paths if os.fspath(path) != STANDARD_INPUT),  # noqa: PTH100 - links stay
        histories,
    )


def _add_histories(reading: _Reading, names: Sequence[str]) -> None:
    places = Places.of_this_user()
    for name in names:
        for source in find(name, places):
            reading.add_once(str(resolved(source.path)), shown(source.path), partial(_read_source, source, places))


class _Reading:
    """A corpus while it grows."""

    def __init__(self, secrets: SecretFilter) -> None:
        self._secrets = secrets
        self.cut: list[CutLine] = []
        self.documents: list[Document] = []
        self.files: list[FileRead] = []
        self.skipped: list[Skipped] = []
        self._seen: dict[str, str] = {}

    def add_once(self, identity: str, path: str, read: Callable[[], Contents | NotText]) -> None:
        if identity in self._seen:
            self.skipped.append(Skipped(path, f"read already as {self._seen[identity]}"))
            return
        self._seen[identity] = path
        content = read()
        if isinstance(content, NotText):
            self.skipped.append(Skipped(path, content.reason))
        else:
            self._add(path, content)

    def _add(self, path: str, content: Contents) -> None:
        documents, cut = withhold(content.documents, self._secrets)
        withheld = _characters(content.documents) - _characters(documents)
        self.documents.extend(documents)
        self.cut.extend(cut)
        self.files.append(
            FileRead(
                path,
                content.characters - withheld,
                len(documents),
                content.lines,
                content.replaced,
                (*content.left_out, *(((HOLDS_A_SECRET, len(cut)),) if cut else ())),
                content.read_as,
                content.digest,
                content.size,
                content.modified,
            )
        )


def _characters(documents: Iterable[Document]) -> int:
    return sum(len(document.text) for document in documents)


def _read_file(file: Found, lines: bool | None, known: Collection[str]) -> Contents | NotText:
    history = format_of(str(file.path)) if lines is not False else None
    if history:
        return _read_source(Source(file.path, history, named=file.named), Places.of_this_user())

    def read() -> Contents | NotText:
        modified = file.path.stat().st_mtime  # before it is read: what is written meanwhile is new the next time
        data = read_bytes(file.path)
        if isinstance(data, NotText):
            return data
        digest = sha256(data).hexdigest()
        if digest in known:
            return NotText(UNCHANGED)
        contents = contents_of(shown(file.path), data, lines=lines)
        if isinstance(contents, NotText):
            return contents
        return replace(contents, digest=digest, size=len(data), modified=modified)

    return _unless_unreadable(file.path, read, named=file.named)


def _read_source(source: Source, places: Places) -> Contents | NotText:
    return _unless_unreadable(source.path, lambda: read_history(source, places, now=time.time()), named=source.named)


def _unless_unreadable(path: Path, read: Callable[[], Contents | NotText], *, named: bool) -> Contents | NotText:
    """What cannot be read is an error where the user named it, and skipped where it was only found."""
    try:
        return read()
    except OSError as error:
        if named:
            raise CorpusError(f"{shown(path)} cannot be read: {why(error)}. Give files that you may read.") from error
        return NotText(f"cannot be read: {why(error)}")


def _read_stream(stdin: TextIO | BinaryIO | None, lines: bool | None) -> Contents | NotText:
    source = sys.stdin if stdin is None else stdin
    if source is None:
        raise CorpusError('"-" is standard input, and there is none. Give files or folders of text.')
    data = getattr(source, "buffer", source).read(LARGEST_FILE_BYTES + 1)
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    limited = within_limit(data)
    return limited if isinstance(limited, NotText) else contents_of(STANDARD_INPUT_SOURCE, limited, lines=lines)


def _no_text(paths: Sequence[str | Path], skipped: Sequence[Skipped]) -> str:
    """What was named, and what was found instead of text, by reason."""
    named = ", ".join(shown(os.fspath(path)) for path in paths) or "no path at all"
    by_reason: dict[str, list[str]] = defaultdict(list)
    for item in skipped:
        by_reason[item.reason].append(item.path)
    parts = []
    for reason, found in by_reason.items():
        more = ", …" if len(found) > _EXAMPLES_OF_A_REASON else ""
        parts.append(f"{len(found):,} {reason} ({', '.join(found[:_EXAMPLES_OF_A_REASON])}{more})")
    account = f"Skipped: {'; '.join(parts)}." if parts else "There are no files."
    return f"No text in {named}. {account} Give files or folders of text in UTF-8."
