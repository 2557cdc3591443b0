"""What a reading of the user's text gives: documents, and the account of where they came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    """A stretch of text that stands on its own: a file, or one line of line-like text.

    Attributes:
        text: The text, with newlines for line ends and no lone surrogates. A line comes without its newline.
        source: The path it was read from, or "<stdin>".
        line: Which line of the source it starts at, from 1 (of a database, which row).
        time: When it was written, in seconds since 1970; None where the source does not say.
    """

    text: str
    source: str
    line: int = 1
    time: float | None = None


@dataclass(frozen=True)
class FileRead:
    """A file that was read.

    Attributes:
        path: As the user would name it, or "<stdin>".
        characters: Characters of the text in the file that is read, blank lines included.
        documents: How many documents it became.
        lines: Whether each of its lines became a document.
        replaced: Stretches of bytes that were no valid text, each read as U+FFFD.
        left_out: What of it did not become text, and how much of each kind: ("lines that start with a space", 3).
        read_as: What it was read as where that is neither lines nor one text: "zsh history", "notebook".
        digest: SHA-256 of the bytes read; "" of what is not read as one run of bytes.
        size: How many bytes that were.
        modified: When the file was last changed, in seconds since 1970; None where that is unknown.
    """

    path: str
    characters: int
    documents: int
    lines: bool
    replaced: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    read_as: str = ""
    digest: str = ""
    size: int = 0
    modified: float | None = None


@dataclass(frozen=True)
class Skipped:
    """A file or a folder that was left out, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class CutLine:
    """A line that was left out because it holds a secret.

    Attributes:
        path: The file it stands in.
        line: Which line of it, from 1.
        kind: What it holds: "password in an address".
        shown: The line as it may be shown, without the secret.
    """

    path: str
    line: int
    kind: str
    shown: str


@dataclass(frozen=True)
class Corpus:
    """Everything that was read, in the order in which it was found, and everything that was not.

    `paths` (standard input aside) and `histories` are what was asked for, with absolute paths: it can be asked for
    again, from any folder.
    """

    documents: tuple[Document, ...]
    files: tuple[FileRead, ...]
    skipped: tuple[Skipped, ...]
    cut: tuple[CutLine, ...] = ()
    paths: tuple[str, ...] = ()
    histories: tuple[str, ...] = ()

    @property
    def characters(self) -> int:
        """Characters in all files read."""
        return sum(file.characters for file in self.files)
