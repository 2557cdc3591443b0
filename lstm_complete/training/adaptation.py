"""A vocabulary that was learned on other text, made to fit a user's.

Tokens of the starter keep the meaning they were trained with. Words that the text repeats and the starter spells in
many pieces get tokens of their own, and so do characters it has never seen (another alphabet).

What the text never uses is kept all the same: without it, words that come later are spelled in pieces that the network
knows little of. Fitted on 50 KB of notes, bits a character on other notes: 1.98 with the 3,810 tokens that were used or
most general, 1.76 with all 8,009; the starter alone 1.73.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_complete.text import BYTES, LONGEST_MERGED, Vocabulary, words_of
from lstm_complete.training.vocabulary import byte_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

# A pair of tokens becomes one where the text has it this often, and this often in so many of its tokens.
_LEAST_COUNT, _ONE_IN_TOKENS = 24, 4000
_MOST_NEW_MERGES, _MOST_NEW_CHARACTERS = 1500, 1500

_PRIVATE = 0xF0000  # Unicode's private planes: a character for each token, to learn merges over tokens with


@dataclass(frozen=True)
class Adapted:
    """A vocabulary fitted to a text.

    Attributes:
        vocabulary: The new one.
        pieces: For each of its tokens, the ids of the old tokens that spelled it; () where none did.
    """

    vocabulary: Vocabulary
    pieces: tuple[tuple[int, ...], ...]


def adapt(old: Vocabulary, documents: Sequence[str]) -> Adapted:
    """Fit a subword vocabulary to a text.

    Args:
        old: The vocabulary to start from. It spells words as it did, but for the new tokens.
        documents: The text.

    Raises:
        MissingExtraError: Without the tokenizers library.
    """
    words = Counter(word for document in documents for word in words_of(document))
    alphabet = (*old.alphabet, *_new_characters(old, words))
    kept = _with_alphabet(old, alphabet)
    merges = kept.merges + _new_merges(kept, words)
    vocabulary = Vocabulary(alphabet, merges)
    spelled = (old.encode_word(text) for text in vocabulary.tokens[BYTES:])
    known = (tuple(token for token in tokens if token >= BYTES) for tokens in spelled)
    return Adapted(vocabulary, (*((byte,) for byte in range(BYTES)), *known))


def unchanged(old: Vocabulary) -> Adapted:
    """A vocabulary as it is."""
    return Adapted(old, tuple((token,) for token in range(len(old))))


def _new_characters(old: Vocabulary, words: Counter[str]) -> tuple[str, ...]:
    known = set(old.alphabet)
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            if character not in known:
                characters[character] += count
    return tuple(sorted(each for each, count in characters.most_common(_MOST_NEW_CHARACTERS) if count > 1))


def _with_alphabet(old: Vocabulary, alphabet: tuple[str, ...]) -> Vocabulary:
    """The same merges over a longer alphabet, whose characters push the ids behind them up."""
    pushed = len(alphabet) - len(old.alphabet)
    first = BYTES + len(old.alphabet)
    return Vocabulary(
        alphabet,
        tuple(tuple(token + pushed * (token >= first) for token in pair) for pair in old.merges),  # type: ignore[misc]
    )


def _new_merges(kept: Vocabulary, words: Counter[str]) -> tuple[tuple[int, int], ...]:
    """Merges over the tokens kept, for words that the text repeats."""
    encoded = {word: kept.encode_word(word) for word in words}
    tokens = sum(count * len(encoded[word]) for word, count in words.items())
    spelled = (_privately(encoded[word]) for word, count in words.items() for _ in range(count))
    used = sorted({token for ids in encoded.values() for token in ids if token >= BYTES})
    least = max(_LEAST_COUNT, tokens // _ONE_IN_TOKENS)
    pairs = byte_pairs(
        (piece for pieces in spelled for piece in pieces),
        [chr(_PRIVATE + token) for token in used],
        _MOST_NEW_MERGES,
        least,
    )
    ids = {chr(_PRIVATE + token): token for token in range(BYTES, len(kept))}
    texts = {kept.tokens[token]: token for token in range(BYTES, len(kept))}
    merges = []
    for left, right in pairs:
        text = "".join(kept.tokens[ord(each) - _PRIVATE] for each in left + right)
        if left not in ids or right not in ids or len(text) > LONGEST_MERGED:
            continue  # a run of hundreds of spaces; nor are there those that build on it
        merges.append((ids[left], ids[right]))
        ids[left + right] = texts.setdefault(text, BYTES + len(texts))
    return tuple(merges)


def _privately(ids: Sequence[int]) -> list[str]:
    """Token ids as words of private characters, cut where a character is spelled in bytes."""
    return "".join(chr(_PRIVATE + token) if token >= BYTES else "\0" for token in ids).split("\0")
