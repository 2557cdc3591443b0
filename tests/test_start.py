"""Starting from another model: its vocabulary fitted to a text, and its weights laid out for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from conftest import documentation_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete.corpus import Document
from lstm_complete.settings import ModelShape, TrainingSettings
from lstm_complete.text import BYTES, Vocabulary, words_of
from lstm_complete.training.adaptation import adapt
from lstm_complete.training.network import Network
from lstm_complete.training.start import Start
from lstm_complete.training.trainer import fit
from lstm_complete.training.vocabulary import learn_vocabulary

if TYPE_CHECKING:
    from lstm_complete.model_file import Contents

SMALL = TrainingSettings(
    budget_s=None, epochs=1, vocabulary_size=900, embedding_size=12, hidden_size=16, threads=1, device="cpu"
)
CHINESE = "数据库查询很快数据库索引更快"


@cache
def general() -> Contents:
    """A model of documentation, to start from."""
    return fit([Document(line, "general") for line in documentation_lines()], replace(SMALL, epochs=3))


@cache
def known() -> Vocabulary:
    return learn_vocabulary(documentation_lines(), "subword", 900)


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(sorted({word for line in documentation_lines() for word in words_of(line)})), min_size=1)
)
def test_a_fitted_vocabulary_spells_the_words_of_its_text_with_the_same_tokens(words: list[str]) -> None:
    fitted = adapt(known(), words).vocabulary
    for word in words:
        assert [fitted.tokens[token] for token in fitted.encode_word(word)] == [
            known().tokens[token] for token in known().encode_word(word)
        ]


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_a_fitted_vocabulary_still_encodes_every_text(text: str) -> None:
    text = text.encode(errors="replace").decode()
    fitted = adapt(known(), [text]).vocabulary
    assert fitted.decode(fitted.encode(text)) == text


def test_a_token_keeps_the_row_of_the_same_text() -> None:
    adapted = adapt(known(), documentation_lines()[:40])
    for token, pieces in enumerate(adapted.pieces[BYTES:], BYTES):
        assert "".join(known().tokens[piece] for piece in pieces) == adapted.vocabulary.tokens[token]
    assert adapted.pieces[:BYTES] == tuple((byte,) for byte in range(BYTES))


def test_words_that_a_text_repeats_and_characters_that_are_new_become_tokens() -> None:
    text = "frobnicatorium " * 200 + CHINESE * 30
    assert known().encode_word(CHINESE[0])[0] < BYTES
    fitted = adapt(known(), [text]).vocabulary
    assert len(fitted.encode_word(" frobnicatorium")) == 1
    assert fitted.encode_word("数据库")[0] >= BYTES
    assert len(fitted.encode(text)) < len(known().encode(text)) / 3


@pytest.mark.parametrize("run", [" " * 300, "_" * 700, "0" * 3000])
def test_of_a_long_run_of_one_character_no_token_is_made_that_a_vocabulary_refuses(run: str) -> None:
    rows = [f"row{number} {run} end" for number in range(60)]
    fitted = adapt(learn_vocabulary([*documentation_lines(), *rows], "subword", 900), rows).vocabulary
    assert fitted.decode(fitted.encode(rows[7])) == rows[7]
    assert len(fitted.encode(rows[7])) < len(rows[7]) / 20


def test_what_the_text_never_uses_is_kept_for_what_comes_later() -> None:
    fitted = adapt(known(), ["one line of text", CHINESE * 2]).vocabulary
    assert set(known().tokens) <= set(fitted.tokens)
    for line in documentation_lines()[:50]:
        assert len(fitted.encode(line)) <= len(known().encode(line))


def test_the_network_that_starts_computes_what_the_old_one_did() -> None:
    text = documentation_lines()[:30]
    weights = Start(general()).on(text)
    new = Network(weights.shape(gated=True), 0.0).eval()
    weights.give(new)
    old_weights = replace(Start(general()), adapt=False).on(text)
    old = Network(old_weights.shape(gated=True), 0.0).eval()
    old_weights.give(old)
    line = text[3]
    ids, old_ids = weights.vocabulary.encode(line), old_weights.vocabulary.encode(line)
    with torch.no_grad():
        outputs, _ = new(torch.tensor([ids]))
        old_outputs, _ = old(torch.tensor([old_ids]))
        torch.testing.assert_close(outputs, old_outputs)
        shared = [token for token, pieces in enumerate(weights.adapted.pieces) if len(pieces) == 1]
        before = [weights.adapted.pieces[token][0] for token in shared]
        torch.testing.assert_close(new.logits(outputs[0])[:, shared], old.logits(old_outputs[0])[:, before])


def test_one_epoch_from_a_start_does_better_than_one_from_scratch() -> None:
    texts = [Document(line, "own") for line in documentation_lines()[::2]]
    scratch = fit(texts, SMALL).metadata["report"]["held_out"]["lstm_bits_per_character"]
    started = fit(texts, SMALL, start=Start(general())).metadata["report"]["held_out"]["lstm_bits_per_character"]
    assert started < scratch - 0.05


def test_the_sizes_are_those_of_the_start() -> None:
    texts = [Document(line, "own") for line in documentation_lines()[:150]]
    shape = ModelShape(**fit(texts, replace(SMALL, hidden_size=64), start=Start(general())).metadata["shape"])
    assert (shape.hidden_size, shape.embedding_size) == (16, 12)


def test_a_frozen_start_trains_only_the_gate() -> None:
    texts = [Document(line, "own") for line in documentation_lines()[:150]]
    fitted = fit(texts, SMALL, start=Start(general(), adapt=False, frozen=True)).tensors
    changed = {
        name for name, tensor in fitted.items()
        if name.startswith("network.") and not np.array_equal(tensor, general().tensors[name])
    }  # fmt: skip
    assert changed
    assert all(name.startswith("network.gate.") for name in changed)


@pytest.mark.parametrize("frozen", [True, False])
def test_all_of_a_start_is_trained_unless_it_is_frozen(frozen: bool) -> None:
    weights = Start(general(), adapt=False, frozen=frozen).on([])
    network = Network(weights.shape(gated=True), 0.0)
    weights.give(network)
    left = [name for name, parameter in network.named_parameters() if not parameter.requires_grad]
    assert bool(left) == frozen
    assert not any(name.startswith("gate.") for name in left)
