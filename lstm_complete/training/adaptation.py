"""A vocabulary that was learned on other text, made to fit a user's: what is never used goes, what is missing comes.

Tokens of the starter keep the meaning they were trained with. Of the rest only what the text uses is kept, and the most
general ones: every token costs time at each step, in training and at each key. Words that the text repeats and the
starter spells in many pieces get tokens of their own, and so do characters it has never seen (another alphabet).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_complete.text import BYTES, Vocabulary, words_of
from lstm_complete.training.vocabulary import byte_pairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The first merges learned are the most frequent in the starter's text: general enough to keep, used or not.
_GENERAL_MERGES = 2000

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
        old: The vocabulary to start from. What is kept of it spells the text's words as it did.
        documents: The text.

    Raises:
        MissingExtraError: Without the tokenizers library.
    """
    words = Counter(word for document in documents for word in words_of(document))
    alphabet = (*old.alphabet, *_new_characters(old, words))
    kept = _kept_merges(old, words, alphabet)
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


def _kept_merges(old: Vocabulary, words: Iterable[str], alphabet: tuple[str, ...]) -> Vocabulary:
    """The merges that make what is used, those that make the parts of these, and the most general."""
    made = [old.id_of(old.tokens[left] + old.tokens[right]) for left, right in old.merges]
    makers: dict[int, list[int]] = {}
    for rank, token in enumerate(made):
        makers.setdefault(token, []).append(rank)
    waiting = {token for word in words for token in old.encode_word(word)} | set(made[:_GENERAL_MERGES])
    kept: set[int] = set()
    while waiting:
        fresh = [rank for rank in makers.get(waiting.pop(), ()) if rank not in kept]
        kept.update(fresh)
        waiting.update(part for rank in fresh for part in old.merges[rank])
    ids = {character: BYTES + index for index, character in enumerate(alphabet)}
    merges = []
    for left, right in (old.merges[rank] for rank in sorted(kept)):
        texts = old.tokens[left], old.tokens[right]
        merges.append((ids[texts[0]], ids[texts[1]]))
        ids.setdefault("".join(texts), BYTES + len(ids))
    return Vocabulary(alphabet, tuple(merges))


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
        merges.append((ids[left], ids[right]))
        text = "".join(kept.tokens[ord(each) - _PRIVATE] for each in left + right)
        ids[left + right] = texts.setdefault(text, BYTES + len(texts))
    return tuple(merges)


def _privately(ids: Sequence[int]) -> list[str]:
    """Token ids as words of private characters, cut where a character is spelled in bytes."""
    return "".join(chr(_PRIVATE + token) if token >= BYTES else "\0" for token in ids).split("\0")
