"""What a model must not say again: windows of words, as salted hashes.

What was forgotten must not stand in the file: its words are hashed (BLAKE2b, with a salt of the model's own). Who has
the file can still test a guess against it, as with any hash: a retraining without the text empties the weights, too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from lstm_complete.errors import ModelFormatError
from lstm_complete.text import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# A longer line is known by all its windows of so many words.
LONGEST_WINDOW = 32
# What tells a forgotten line from all that is kept is sought among its words, pairs and triples of words.
LONGEST_PIECE = 3

_DIGEST_BYTES = 8
_SALT_BYTES = 16


def plain_words(line: str) -> list[str]:
    """The words and marks of a line, whatever the space between them."""
    return [word for word in map(str.strip, words_of(line)) if word]


def windows(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """All runs of so many words."""
    return (tuple(words[start : start + size]) for start in range(len(words) - size + 1))


def whole_windows(line: str) -> Iterator[tuple[str, ...]]:
    """What a whole line is known by: all of its words, or of a long one every run of LONGEST_WINDOW."""
    words = plain_words(line)
    return windows(words, min(len(words), LONGEST_WINDOW)) if words else iter(())


@dataclass(frozen=True)
class Forgotten:
    """Windows of words that are forgotten; a value.

    Attributes:
        salt: Of the hashes.
        lines: Of each number of words, the hashes of whole forgotten lines: what holds one is not read again.
        pieces: The same of what stood in them and nowhere else: it is not said again.
    """

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(_SALT_BYTES))
    lines: frozenset[tuple[int, int]] = frozenset()
    pieces: frozenset[tuple[int, int]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.lines or self.pieces)

    def with_lines(self, lines: Iterable[str], pieces: Iterable[tuple[str, ...]]) -> Forgotten:
        """These, and more."""
        whole = {window for line in lines for window in whole_windows(line)}
        return replace(
            self,
            lines=self.lines | {self._key(window) for window in whole},
            pieces=self.pieces | {self._key(piece) for piece in pieces},
        )

    def without_pieces(self, text: Iterable[str]) -> Forgotten:
        """These, without the pieces that stand in a text which may be said."""
        if not self.pieces:
            return self
        said = {self._key(window) for line in text for size in self._piece_sizes for window in _windows_of(line, size)}
        return replace(self, pieces=self.pieces - said)

    def holds(self, line: str) -> bool:
        """Whether a whole forgotten line stands in this one."""
        words = plain_words(line)
        return any(self._key(window) in self.lines for size in self._line_sizes for window in windows(words, size))

    def is_completed_by(self, before: str, text: str) -> bool:
        """Whether a text finishes something forgotten when it is put after what stands before it on its line."""
        if not self:
            return False
        known, words = plain_words(before), plain_words(before + text)
        same = sum(1 for _ in _common(known, words))
        for size in self._line_sizes | self._piece_sizes:
            for end in range(max(same, size - 1), len(words)):
                *first, last = words[end - size + 1 : end + 1]
                key = self._key((*first, last))
                typed = len(known[end]) if end < len(known) and end == same else 0
                if key in self.lines or key in self.pieces or self._begins(first, last, typed):
                    return True
        return False

    def _begins(self, first: Sequence[str], last: str, typed: int) -> bool:
        """Whether a forgotten line of several words ends within a longer word, behind the letters typed of it."""
        ends = range(typed + 1, len(last)) if first and len(first) + 1 in self._line_sizes else ()
        return any(self._key((*first, last[:end])) in self.lines for end in ends)

    @cached_property
    def _line_sizes(self) -> frozenset[int]:
        return frozenset(size for size, _ in self.lines)

    @cached_property
    def _piece_sizes(self) -> frozenset[int]:
        return frozenset(size for size, _ in self.pieces)

    def _key(self, window: tuple[str, ...]) -> tuple[int, int]:
        text = "\0".join(window).encode("utf-8", "surrogatepass")
        digest = blake2b(text, digest_size=_DIGEST_BYTES, salt=self.salt).digest()
        return len(window), int.from_bytes(digest, "little")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the model file."""
        return {"salt": self.salt.hex(), "lines": sorted(self.lines), "pieces": sorted(self.pieces)}

    @classmethod
    def of(cls, metadata: dict[str, Any]) -> Forgotten:
        """What a model file says that it must not say.

        Raises:
            ModelFormatError: It says something else.
        """
        data = metadata.get("forgotten")
        if data is None:
            return cls()
        try:
            kept = {
                name: frozenset((int(size), int(key)) for size, key in data[name] if 0 < size <= LONGEST_WINDOW)
                for name in ("lines", "pieces")
            }
            salt = bytes.fromhex(data["salt"])[:_SALT_BYTES]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFormatError(
                f"expected hashes of what was forgotten, found {error!r}; retrain the model"
            ) from None
        return cls(salt, **kept)


def _windows_of(line: str, size: int) -> Iterator[tuple[str, ...]]:
    return windows(plain_words(line), size)


def _common(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    for one, other in zip(left, right, strict=False):
        if one != other:
            return
        yield one
