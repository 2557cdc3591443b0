"""What every history holds, whatever its format: entries, and the way to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from lstm_complete.corpus.bounded import read_bytes
from lstm_complete.corpus.decoding import Decoded, NotText, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places


class Entry(NamedTuple):
    """Something that was typed and sent off with Enter.

    Attributes:
        text: As it was typed, with newlines inside where it spans lines.
        line: Which line of the file it starts at, from 1; of a database, which row.
        time: When, in seconds since 1970; None where the format does not say.
        failed: Whether it ended with an error; False where the format does not say.
    """

    text: str
    line: int
    time: float | None = None
    failed: bool = False


class Entries(NamedTuple):
    """The entries of a history, oldest first, and how many invalid stretches of bytes were replaced in them."""

    entries: Sequence[Entry]
    replaced: int = 0


@dataclass(frozen=True)
class Format:
    """A kind of history.

    Attributes:
        name: What the user calls it: "zsh".
        places: Where its files may lie on this machine.
        read: A file to its entries, or why it is none; raises OSError where it cannot be read.
        file_names: Names by which a file is known to be of this format, wherever it lies.
        leading_space_hides: Whether a line that starts with a space was meant to be kept out of the history.
        ignored: The user's own patterns of what to keep out, read from the environment.
    """

    name: str
    places: Callable[[Places], Iterable[Path]]
    read: Callable[[Path], Entries | NotText]
    file_names: frozenset[str] = frozenset()
    leading_space_hides: bool = False
    ignored: Callable[[Places], Callable[[str], bool]] | None = None

    @property
    def described(self) -> str:
        """What it is, for the user to read."""
        return "commit messages" if self.name.startswith("git") else f"{self.name} history"


def text_file(
    parse: Callable[[str], Iterable[Entry]], restore: Callable[[bytes], bytes] = bytes
) -> Callable[[Path], Entries | NotText]:
    """The `read` of a format that is a file of text.

    A machine that stops while a shell writes may leave NUL bytes behind; they are dropped, and counted as replaced.

    Args:
        parse: Text to entries.
        restore: Undoes what the program did to the bytes, before they are decoded.
    """

    def read(path: Path) -> Entries | NotText:
        data = read_bytes(path)
        if isinstance(data, NotText):
            return data
        return from_text(restore(data), parse)

    return read


def from_text(data: bytes, parse: Callable[[str], Iterable[Entry]]) -> Entries | NotText:
    """Decode bytes, and parse them."""
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")  # UTF-16 is full of them
    nul_bytes = 0 if is_wide else data.count(0)
    decoded = decode(data.replace(b"\0", b"") if nul_bytes else data)
    if not isinstance(decoded, Decoded):
        return decoded
    return Entries(tuple(parse(decoded.text)), decoded.replaced + nul_bytes)


def each_line(text: str) -> Iterable[Entry]:
    """One entry a line: the format of programs that have none."""
    return (Entry(line, number) for number, line in enumerate(text.split("\n"), 1))


def seconds(written: object) -> float | None:
    """A date and a time as seconds since 1970: in the machine's own time where they do not say in which."""
    try:
        return datetime.fromisoformat(str(written).strip()).astimezone().timestamp()
    except (ValueError, OverflowError, OSError):
        return None
