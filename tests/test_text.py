"""Tokens: every text comes back as it was, and the tokenizers library cuts it the same way."""

from __future__ import annotations

import inspect
import pydoc_data.topics
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from lstm_complete.errors import SettingsError, VocabularyError
from lstm_complete.text import BYTES, NEWLINE, WORD, Vocabulary, words_of
from lstm_complete.training.vocabulary import learn_vocabulary

PROSE = pydoc_data.topics.topics["assignment"] + "naïve café, 漢字とかな; 🙂👍🏽\tend\n"
CODE = inspect.getsource(textwrap)
LONG_WORD = "".join(character for character in CODE if character.isalnum()) * 2  # of 20,000 letters
KINDS = ["subword", "char", "word"]


@pytest.fixture(scope="module", params=KINDS)
def vocabulary(request: pytest.FixtureRequest) -> Vocabulary:
    return learn_vocabulary([PROSE, CODE], request.param, 900)


@given(text=st.text())
def test_every_text_comes_back_as_it_was(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.decode(vocabulary.encode(text)) == text


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\t\tx", "a  b   c", "é e\u0301", "\r\n", "\x00", "👨‍👩‍👧", "漢字", PROSE, CODE]
)
def test_texts_that_break_tokenizers_come_back_as_they_were(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(text=st.text())
def test_words_joined_are_the_text(text: str) -> None:
    assert "".join(words_of(text)) == text


def test_a_word_carries_the_space_before_it() -> None:
    assert words_of("git checkout -b x.y\n    if a_1:") == [
        *("git", " checkout", " -", "b", " x", ".", "y", "\n", "   ", " if", " a_1", ":"),
    ]


@given(text=st.text())
def test_a_token_never_crosses_a_word_boundary(vocabulary: Vocabulary, text: str) -> None:
    assert vocabulary.encode(text) == [index for word in words_of(text) for index in vocabulary.encode(word)]


def oracle_of(vocabulary: Vocabulary) -> Tokenizer:
    """The same merges in the tokenizers library, bytes as its byte fallback."""
    names = [f"<0x{byte:02X}>" for byte in range(BYTES)] + list(vocabulary.tokens[BYTES:])
    pairs = [(names[left], names[right]) for left, right in vocabulary.merges]
    model = models.BPE(
        vocab={name: index for index, name in enumerate(names)}, merges=pairs, byte_fallback=True, unk_token=None
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(WORD.pattern), "isolated")
    return tokenizer


@pytest.mark.parametrize(
    "text",
    [PROSE, CODE, inspect.getsource(inspect)[:20_000], pydoc_data.topics.topics["typesseq"], LONG_WORD, " " * 20_000],
)
def test_the_tokenizers_library_cuts_real_text_into_the_same_ids(text: str) -> None:
    vocabulary = learn_vocabulary([PROSE, CODE], "subword", 900)
    assert vocabulary.encode(text) == oracle_of(vocabulary).encode(text).ids


def test_frequent_words_become_one_subword() -> None:
    vocabulary = learn_vocabulary(["git checkout main\n" * 50 + "echo hello\n" * 50], "subword", 400)
    assert vocabulary.encode(" checkout") == [vocabulary.id_of(" checkout")]


def test_a_vocabulary_comes_back_from_plain_data(vocabulary: Vocabulary) -> None:
    again = Vocabulary.from_dict(vocabulary.to_dict())
    assert again == vocabulary
    assert again.tokens == vocabulary.tokens


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"alphabet": "a", "merges": [], "words": []},
        {"alphabet": "\n", "merges": [999, 3], "words": []},
        {"alphabet": "\n", "merges": [1], "words": []},
    ],
)
def test_data_that_is_no_vocabulary_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(VocabularyError, match="expected a vocabulary"):
        Vocabulary.from_dict(data)


def test_a_lone_surrogate_is_refused_by_name(vocabulary: Vocabulary) -> None:
    with pytest.raises(VocabularyError, match=r"lone surrogate U\+D83D"):
        vocabulary.encode("half \ud83d")


def test_a_token_that_is_not_there_is_named() -> None:
    with pytest.raises(VocabularyError, match="no token 'zebra'"):
        Vocabulary((NEWLINE,)).id_of("zebra")


@pytest.mark.parametrize(("kind", "size"), [("sentence", None), ("subword", 100), ("word", 65_537)])
def test_an_impossible_vocabulary_is_refused(kind: str, size: int | None) -> None:
    with pytest.raises(SettingsError, match="expected"):
        learn_vocabulary([PROSE], kind, size)


def test_a_vocabulary_is_no_larger_than_asked_for(vocabulary: Vocabulary) -> None:
    assert BYTES < len(vocabulary) <= 900
