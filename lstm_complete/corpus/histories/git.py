"""Commit messages of a repository: `git:PATH` those by its user, `git-all:PATH` those by everybody.

Merges are left out: their messages are git's own. So are trailers (Signed-off-by, Change-Id, ...), which tools write.
"""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from lstm_complete.corpus.bounded import LARGEST_FILE_BYTES, TOO_LARGE
from lstm_complete.corpus.decoding import Decoded, NotText, decode
from lstm_complete.corpus.files import shown
from lstm_complete.corpus.histories.entry import Entries, Entry
from lstm_complete.errors import CorpusError

if TYPE_CHECKING:
    from pathlib import Path

_TRAILER = re.compile(r"[A-Za-z][A-Za-z0-9-]*: .*|git-svn-id: .*|\s+\S.*")
_FORMAT = "--format=format:%at%x00%B%x00"


def read_own(repository: Path) -> Entries | NotText:
    """Messages by the address that git has for the user in this repository.

    Raises:
        CorpusError: There is no repository, no git, or git has no address.
    """
    address = _git(repository, "config", "user.email", fails_with="").decode("utf-8", "replace").strip()
    if not address:
        raise CorpusError(
            f"git has no user.email in {shown(repository)}, so which messages are yours is not known; "
            f"set it, or read everybody's: --history git-all:{shown(repository)}"
        )
    return _read(repository, "--fixed-strings", "--regexp-ignore-case", f"--author=<{address}>")


def read_all(repository: Path) -> Entries | NotText:
    """Messages by everybody.

    Raises:
        CorpusError: There is no repository, or no git.
    """
    return _read(repository)


def _read(repository: Path, *chosen: str) -> Entries | NotText:
    _git(repository, "rev-parse", "--git-dir")
    if not _git(repository, "rev-parse", "--verify", "--quiet", "HEAD", fails_with=""):
        return NotText("a repository without commits")
    data = _git(repository, "log", "--no-merges", "--reverse", "--encoding=UTF-8", _FORMAT, *chosen)
    if len(data) > LARGEST_FILE_BYTES:
        return TOO_LARGE
    fields = data.split(b"\0")
    entries, replaced = [], 0
    for row, (time, message) in enumerate(zip(fields[::2], fields[1::2], strict=False), 1):
        decoded = decode(message)
        if isinstance(decoded, Decoded) and (text := without_trailers(decoded.text)):
            entries.append(Entry(text, row, float(time) if time.strip() else None))  # a date may be damaged
            replaced += decoded.replaced
    return Entries(entries, replaced)


def without_trailers(message: str) -> str:
    """A message without its last paragraph, where that is nothing but trailers."""
    paragraphs = message.strip().split("\n\n")
    if len(paragraphs) > 1 and all(_TRAILER.fullmatch(line) for line in paragraphs[-1].split("\n")):
        paragraphs.pop()
    return "\n\n".join(paragraphs).rstrip()


def _git(repository: Path, *arguments: str, fails_with: str | None = None) -> bytes:
    """What git prints; where it fails and `fails_with` is given, that."""
    command = ["git", "--no-pager", "-C", str(repository), "-c", "log.showSignature=false", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - no shell
    except OSError as error:
        raise CorpusError(f"git, which reads {shown(repository)}, cannot be run: {error.strerror}.") from error
    if done.returncode and fails_with is None:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise CorpusError(f"{shown(repository)} cannot be read as a repository: {said[0]}")
    return done.stdout if not done.returncode else (fails_with or "").encode()
