"""Cut lines with secrets out of text, before anything is learned from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from lstm_complete.secrets.detectors import detected
from lstm_complete.secrets.finding import find_secrets, masked
from lstm_complete.secrets.personal import exclusions, pattern
from lstm_complete.secrets.rules import Span
from lstm_complete.secrets.shapes import PRIVATE_KEY_BEGINS, PRIVATE_KEY_ENDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EXCLUDED = "excluded by you"

_KEY_BEGINS = re.compile(PRIVATE_KEY_BEGINS)
_KEY_ENDS = re.compile(PRIVATE_KEY_ENDS)
# What stands inside a key's block; the first line of another kind ends a block whose end is missing.
_KEY_BODY = re.compile(r"[\s>#*\"'+,.\\n]*(?:[\w+/=-]*|[\w-]+: .*)[\s\"'+,.;\\n]*")


class Cut(NamedTuple):
    """A line that was cut.

    Attributes:
        line: Its index in the text.
        kind: What it held.
        shown: The line as it may be shown, without the secret.
    """

    line: int
    kind: str
    shown: str


@dataclass(frozen=True)
class SecretFilter:
    """What is kept out.

    Attributes:
        excluded: The user's own patterns: a line that matches one is cut.
        thorough: Whether detect-secrets is asked, too.
    """

    excluded: tuple[re.Pattern[str], ...] = ()
    thorough: bool = True

    @classmethod
    def of_user(cls, patterns: Sequence[str] = ()) -> SecretFilter:
        """The filter with the patterns of the user's file, and some more.

        Raises:
            SettingsError: One of them is no regular expression.
        """
        return cls((*exclusions(), *(pattern(text, "--exclude") for text in patterns)))

    def first(self, line: str) -> Span | None:
        """Where the first secret of a line starts, or None where it holds none."""
        return min(self._spans(line), default=None)

    def _spans(self, line: str) -> Iterator[Span]:
        own = (Span(*found.span(), EXCLUDED) for each in self.excluded if (found := each.search(line)))
        return chain(own, find_secrets(line), detected(line) if self.thorough and line.strip() else ())


class Cutter:
    """Cuts the lines of one source, in their order: a key's block may reach over many of them."""

    def __init__(self, secrets: SecretFilter) -> None:
        self._secrets = secrets
        self._inside_key = False

    def cut(self, text: str) -> tuple[list[tuple[int, str]], list[Cut]]:
        """What is left between the lines that hold secrets, each piece with the index of its first line; and the cuts.

        A line that ends in a backslash is one with the next.
        """
        lines = text.split("\n")
        pieces: list[tuple[int, str]] = []
        cuts: list[Cut] = []
        start = 0
        for run in _runs(lines):
            found = self._cuts_of(run, lines)
            if found:
                cuts += found
                pieces.append((start, "\n".join(lines[start : run.start])))
                start = run.stop
        pieces.append((start, "\n".join(lines[start:])))
        return [(line, piece) for line, piece in pieces if piece.strip()], cuts

    def _cuts_of(self, run: range, lines: Sequence[str]) -> list[Cut]:
        found = [cut for index in run if (cut := self._cut_of(index, lines[index])) is not None]
        if not found and len(run) > 1:
            joined = " ".join(lines[index].rstrip("\\") for index in run)
            span = self._secrets.first(joined)
            found = [Cut(run.start, span.kind, masked(joined, span.start))] if span else []
        return found

    def _cut_of(self, index: int, line: str) -> Cut | None:
        if self._inside_key:
            ends = _KEY_ENDS.search(line)
            self._inside_key = ends is None and _KEY_BODY.fullmatch(line) is not None
            if ends or self._inside_key:
                return Cut(index, "private key", masked(line, 0))
        span = self._secrets.first(line)
        begins = _KEY_BEGINS.search(line)
        self._inside_key = begins is not None and _KEY_ENDS.search(line, begins.end()) is None
        return None if span is None else Cut(index, span.kind, masked(line, span.start))


def _runs(lines: Sequence[str]) -> Iterator[range]:
    """The lines that belong together."""
    start = 0
    for index, line in enumerate(lines):
        if not line.endswith("\\"):
            yield range(start, index + 1)
            start = index + 1
    if start < len(lines):
        yield range(start, len(lines))
