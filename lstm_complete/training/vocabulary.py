"""Learn the tokens of a text, with the tokenizers library."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from lstm_complete.errors import MissingExtraError, SettingsError
from lstm_complete.settings import VOCABULARY_SIZES
from lstm_complete.text import BYTES, MOST_TOKENS, NEWLINE, Vocabulary, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A character or a pair seen once teaches nothing; the bytes spell it as well.
_LEAST_COUNT = 2

# Longer runs (a line of a hundred spaces, a base64 blob) are not worth a token.
_LONGEST_TOKEN = 24


def learn_vocabulary(documents: Sequence[str], kind: str, size: int | None = None) -> Vocabulary:
    """Choose the tokens for a text.

    Args:
        documents: The texts.
        kind: "subword" (byte-pair merges inside words), "char" or "word".
        size: Most tokens, the 256 bytes among them; None for what `settings.VOCABULARY_SIZES` says of the kind.

    Raises:
        SettingsError: The kind is unknown, or the size leaves no room for a character, or ids would not fit.
        MissingExtraError: "subword" without the tokenizers library.
    """
    if kind not in VOCABULARY_SIZES:
        raise SettingsError(f"expected tokens to be one of {', '.join(VOCABULARY_SIZES)}; found {kind!r}")
    size = VOCABULARY_SIZES[kind] if size is None else size
    if not BYTES + 1 < size <= MOST_TOKENS:
        raise SettingsError(
            f"expected a vocabulary of more than {BYTES + 1} tokens (the bytes are {BYTES}) and at most {MOST_TOKENS}; "
            f"found {size}"
        )
    words = Counter(word for document in documents for word in words_of(document))
    characters: Counter[str] = Counter()
    for word, count in words.items():
        for character in word:
            characters[character] += count
    common = [character for character, count in characters.most_common(size - BYTES - 1) if count >= _LEAST_COUNT]
    alphabet = tuple(sorted({*common, NEWLINE}))
    room = size - BYTES - len(alphabet)
    if kind == "word":
        long = [(word, count) for word, count in words.most_common() if len(word) > 1 and count >= _LEAST_COUNT]
        return Vocabulary(alphabet, words=tuple(word for word, _ in long[:room]))
    if kind == "char" or room <= 0:
        return Vocabulary(alphabet)
    return Vocabulary(alphabet, merges=_learn_merges(words, alphabet, room))


def _learn_merges(words: Counter[str], alphabet: tuple[str, ...], room: int) -> tuple[tuple[int, int], ...]:
    ids = {character: BYTES + index for index, character in enumerate(alphabet)}
    pairs = []
    for left, right in byte_pairs(_spelled(words, set(alphabet)), alphabet, room, _LEAST_COUNT):
        pairs.append((ids[left], ids[right]))
        ids.setdefault(left + right, BYTES + len(ids))
    return tuple(pairs)


def byte_pairs(words: Iterable[str], alphabet: Sequence[str], room: int, least: int) -> list[tuple[str, str]]:
    """The merges that spell words in the fewest tokens, each seen so often at least; at most `room` of them."""
    try:
        from tokenizers import Tokenizer, models, trainers  # noqa: PLC0415 - the runtime does without it
    except ImportError:
        raise MissingExtraError("tokenizers", "train", "Learning subwords") from None
    trainer = trainers.BpeTrainer(
        vocab_size=len(alphabet) + room,
        min_frequency=least,
        show_progress=False,
        limit_alphabet=len(alphabet),
        initial_alphabet=list(alphabet),
        max_token_length=_LONGEST_TOKEN,
    )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.train_from_iterator(words, trainer)
    return [(left, right) for left, right in json.loads(tokenizer.to_str())["model"]["merges"]]


def _spelled(words: Counter[str], known: set[str]) -> Iterable[str]:
    """Every word as often as it occurs, cut where a character is spelled in bytes: nothing merges over those."""
    for word, count in words.items():
        pieces = ("".join(character if character in known else "\0" for character in word)).split("\0")
        for piece in pieces:
            if len(piece) > 1:
                for _ in range(count):
                    yield piece
