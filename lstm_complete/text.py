"""Text to tokens and back: words, the subwords inside them, and the unfinished word at the cursor.

Text is cut into words that carry the single space before them (`" checkout"`), and each word into tokens. A token never
crosses a word boundary. What no token spells falls back to the bytes of its UTF-8, so that every string encodes, and
decodes to itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lstm_complete.errors import VocabularyError

if TYPE_CHECKING:
    from collections.abc import Iterable

# Letters and digits are one word, every other mark is one of its own; either takes the space before it along.
# (Runs of marks as one word: 1.3 % more bits under recall on commands and code.)
# Of several spaces all but the last are a word of their own, so that indented code starts with the same
# tokens as code in the middle of a line. A line ends with a word of its own.
WORD = re.compile(r" ?\w+| ?[^\w\s]|\n|[^\S\n]+(?=[^\S\n])|[^\S\n]")

BYTES = 256  # the first ids of every vocabulary are the bytes 0 to 255
MOST_TOKENS = 65_536  # recall and recency keep an id in two bytes

# A document starts as every line does: with the token that ends the line before it.
NEWLINE = "\n"

_MERGED_WORDS_KEPT = 65_536
# Training learns far shorter ones; fifty merges of a token with itself would spell a text that fits in no memory.
LONGEST_MERGED = 256  # characters


def words_of(text: str) -> list[str]:
    """Cut text into words; joined together they are the text again."""
    return WORD.findall(text)


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model, and how a word is cut into them.

    Ids 0 to 255 are bytes, then come the characters of `alphabet`, then one token for each merge (subwords) or for each
    of `words`. The whole of it is plain data: `to_dict` and `from_dict` carry it in the model file.

    Attributes:
        alphabet: The characters that are tokens of their own.
        merges: Pairs of ids, in the order they were learned; each makes the next token, unless an earlier one is
            spelled the same (byte-pair encoding: Sennrich et al. 2016, arXiv 1508.07909).
        words: Whole words that are tokens of their own, for the kind "word".
    """

    alphabet: tuple[str, ...]
    merges: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The text of every token; a byte has none (""), because alone it may be no character."""
        return ("",) * BYTES + tuple(self._ids)

    def __len__(self) -> int:
        return BYTES + len(self._ids)

    @cached_property
    def _ids(self) -> dict[str, int]:
        ids = {character: BYTES + index for index, character in enumerate(self.alphabet)}
        texts = list(self.alphabet)
        for left, right in self.merges:
            end = BYTES + len(texts)
            if not (BYTES <= left < end and BYTES <= right < end):
                raise VocabularyError(f"the vocabulary merges the tokens {left} and {right} before they are there")
            merged = texts[left - BYTES] + texts[right - BYTES]
            if len(merged) > LONGEST_MERGED:
                raise VocabularyError(f"the vocabulary merges tokens to one of {len(merged):,} characters")
            if merged not in ids:
                ids[merged] = end
                texts.append(merged)
        for word in self.words:
            ids.setdefault(word, BYTES + len(ids))
        return ids

    @cached_property
    def _ranks(self) -> dict[tuple[int, int], int]:
        """Of each pair that merges: when it was learned."""
        return dict(zip(self.merges, range(len(self.merges)), strict=True))

    @cached_property
    def newline(self) -> int:
        """The id of the line break, which starts and ends every document."""
        return self._ids[NEWLINE]

    def id_of(self, token: str) -> int:
        """The id of a token's text.

        Raises:
            VocabularyError: No token is spelled like this.
        """
        try:
            return self._ids[token]
        except KeyError:
            raise VocabularyError(
                f"the vocabulary has no token {token!r}; encode text instead of looking it up"
            ) from None

    def encode(self, text: str) -> list[int]:
        """Cut text into token ids.

        Raises:
            VocabularyError: The text has half of a surrogate pair, which is no character and has no UTF-8.
        """
        try:
            return [index for word in words_of(text) for index in self._encode_word(word)]
        except UnicodeEncodeError as error:
            raise VocabularyError(
                f"text must be Unicode characters; found the lone surrogate U+{ord(error.object[error.start]):04X}. "
                'Decode it again, with errors="replace"'
            ) from None

    def encode_word(self, word: str) -> tuple[int, ...]:
        """Cut one of the words of `words_of` into token ids; None of its characters is half of a surrogate pair."""
        ids: tuple[int, ...] = self._encode_word(word)
        return ids

    @cached_property
    def _encode_word(self) -> Any:  # noqa: ANN401 - a function with a cache of its own
        return lru_cache(_MERGED_WORDS_KEPT)(self._cut)

    def _cut(self, word: str) -> tuple[int, ...]:
        ids = self._ids
        if self.words and word in ids:
            return (ids[word],)
        pieces: list[int] = []
        for character in word:
            index = ids.get(character)
            pieces.extend(character.encode() if index is None else (index,))
        return tuple(self._merge(pieces)) if self.merges else tuple(pieces)

    def _merge(self, pieces: list[int]) -> list[int]:
        """Apply the merges in the order they were learned, each wherever it fits, leftmost first.

        The pairs that merge wait in a heap: looked for anew after each merge, they held a prompt for a minute behind a
        word of 20,000 letters. A piece stays at the place of its first character, and -1 stands at the others.
        """
        ranks, end = self._ranks, len(pieces)
        before, after = list(range(-1, end - 1)), list(range(1, end + 1))  # of each piece, the places of its neighbours
        waiting = [(ranks[pair], at, pair) for at, pair in enumerate(pairwise(pieces)) if pair in ranks]
        heapify(waiting)
        while waiting:
            _, at, (left, right) = heappop(waiting)
            gone = after[at]
            if gone == end or pieces[at] != left or pieces[gone] != right:
                continue  # one of them was merged with another
            pieces[at], pieces[gone] = self._ids[self.tokens[left] + self.tokens[right]], -1
            after[at] = after[gone]
            if after[at] < end:
                before[after[at]] = at
            for start in (before[at], at):
                pair = (pieces[start], pieces[after[start]]) if start >= 0 and after[start] < end else None
                if pair in ranks:
                    heappush(waiting, (ranks[pair], start, pair))
        return [piece for piece in pieces if piece >= 0]

    def decode(self, ids: Iterable[int]) -> str:
        """Join tokens to text. Bytes that are no UTF-8 together become U+FFFD."""
        tokens, parts, pending = self.tokens, [], bytearray()
        for index in ids:
            if index < BYTES:
                pending.append(index)
                continue
            if pending:
                parts.append(pending.decode(errors="replace"))
                pending.clear()
            parts.append(tokens[index])
        parts.append(pending.decode(errors="replace"))
        return "".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the model file."""
        return {
            "alphabet": "".join(self.alphabet),
            "merges": [index for pair in self.merges for index in pair],
            "words": list(self.words),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Vocabulary:
        """The inverse of `to_dict`.

        Raises:
            VocabularyError: The data is no vocabulary.
        """
        try:
            flat = [int(index) for index in data["merges"]]
            pairs = tuple(zip(flat[::2], flat[1::2], strict=True))
            alphabet, words = "".join(data["alphabet"]), tuple(data["words"])
            "".join((alphabet, *words)).encode()  # all of them text, with no half of a surrogate pair
            vocabulary = cls(tuple(alphabet), pairs, words)
            vocabulary.id_of(NEWLINE)
            if len(set(alphabet)) < len(alphabet) or len(vocabulary) > MOST_TOKENS:
                raise VocabularyError(f"a character twice, or more than {MOST_TOKENS:,} tokens")  # noqa: TRY301
        except (KeyError, TypeError, ValueError, OverflowError, VocabularyError) as error:
            raise VocabularyError(f"expected a vocabulary of alphabet, merges and words; found {error!r}") from None
        return vocabulary
