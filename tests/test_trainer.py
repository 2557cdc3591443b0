"""A whole training of a tiny model: what comes out, what is refused, and that it can be repeated."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from conftest import documentation_lines

from lstm_complete.corpus import Document
from lstm_complete.errors import CorpusError, SettingsError
from lstm_complete.recall import EMPTY, Recall
from lstm_complete.settings import MINIMUM_CHARACTERS, PRESETS, ModelShape, TrainingSettings
from lstm_complete.suggest import Suggester
from lstm_complete.text import Vocabulary
from lstm_complete.training.report import samples_table
from lstm_complete.training.trainer import Progress, fit

if TYPE_CHECKING:
    from lstm_complete.model_file import Contents

SMALL = TrainingSettings(
    budget_s=None, epochs=1, vocabulary_size=400, embedding_size=12, hidden_size=16, layers=1, threads=1, device="cpu"
)


def documents(count: int = 150) -> list[Document]:
    lines = documentation_lines()[:count]
    half = len(lines) // 2
    return [Document(line, "first.txt") for line in lines[:half]] + [Document(line, "<stdin>") for line in lines[half:]]


@pytest.fixture(scope="module")
def seen() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def contents(seen: list[Progress]) -> Contents:
    return fit(documents(), SMALL, seen.append)


def characters_of(texts: list[Document]) -> int:
    return sum(len(document.text) for document in texts)


def test_the_same_text_settings_and_seed_give_the_same_weights(contents: Contents) -> None:
    again = fit(documents(), SMALL)
    assert contents.tensors.keys() == again.tensors.keys()
    for name, tensor in contents.tensors.items():
        np.testing.assert_array_equal(tensor, again.tensors[name], err_msg=name)
    for key in ("vocabulary", "held_out_text", "shape"):
        assert contents.metadata[key] == again.metadata[key]
    assert contents.metadata["report"]["held_out"] == again.metadata["report"]["held_out"]


def test_another_seed_gives_other_weights(contents: Contents) -> None:
    other = fit(documents(), replace(SMALL, seed=1))
    name = "network.lstm.weight_hh_l0"
    assert not np.array_equal(contents.tensors[name], other.tensors[name])
    assert contents.metadata["held_out_text"] != other.metadata["held_out_text"]


def test_the_report_says_what_was_learned_and_how_well(contents: Contents) -> None:
    report = contents.metadata["report"]
    assert report["stopped"] == "epochs"
    assert report["characters"] == characters_of(documents())
    assert report["seconds"] > 0
    point = report["curve"][-1]
    assert point.keys() == {"seconds", "epoch", "training_loss", "validation_loss", "validation_accuracy"}
    assert point["epoch"] == 1
    held_out = report["held_out"]
    assert held_out["perplexity"] == pytest.approx(math.exp(held_out["cross_entropy"]))
    nats = held_out["cross_entropy"] * held_out["tokens"]
    assert held_out["bits_per_character"] == pytest.approx(nats / math.log(2) / held_out["characters"])
    assert 0 < held_out["recall_bits_per_character"] < math.log2(400) * held_out["tokens"] / held_out["characters"]
    assert held_out["lstm_bits_per_character"] > 0
    assert 0 <= held_out["accuracy"] <= 1
    texts = contents.metadata["held_out_text"]
    assert held_out["characters"] == sum(map(len, texts)) + len(texts)
    # A tied weight is counted once; of recall nothing is.
    weights = sum(tensor.size for name, tensor in contents.tensors.items() if name.startswith("network."))
    assert report["parameters"] == weights


def test_the_metadata_is_plain_data(contents: Contents) -> None:
    assert json.loads(json.dumps(contents.metadata, allow_nan=False)) == contents.metadata
    stated = contents.metadata["training_settings"]
    assert TrainingSettings(**{**stated, "exclude": tuple(stated["exclude"])}) == SMALL
    assert contents.metadata["lines"] is True


def test_a_network_alone_is_scored_as_the_runtime_scores_it() -> None:
    alone = fit(documents(), replace(SMALL, recall=False))
    suggester = Suggester(alone)
    texts = alone.metadata["held_out_text"]
    bits = sum(suggester.bits_per_character(text) * (len(text) + 1) for text in texts)
    found = alone.metadata["report"]["held_out"]
    assert bits / found["characters"] == pytest.approx(found["bits_per_character"], rel=1e-3)
    assert found["recall_bits_per_character"] is None
    assert not any(name.startswith(("recall.", "network.gate.")) for name in alone.tensors)


def test_the_sources_are_listed_once_each(contents: Contents) -> None:
    texts = documents()
    assert contents.metadata["report"]["trained_on"] == [
        {"source": source, "characters": characters_of(mine), "documents": len(mine)}
        for source in ("first.txt", "<stdin>")
        for mine in [[document for document in texts if document.source == source]]
    ]


def test_samples_show_what_was_read_and_what_came(contents: Contents) -> None:
    samples = contents.metadata["report"]["samples"]
    assert len(samples) == 3
    assert samples_table(samples).count("\n") == sum(len(sample["input"]) + 1 for sample in samples) - 1, "all of it"
    for sample in samples:
        assert sample.keys() == {"input", "target", "prediction"}
        assert sample["input"][0] == "\n"
        assert sample["input"][1:] == sample["target"][:-1]
        assert len(sample["prediction"]) == len(sample["target"])


def test_text_that_was_kept_back_is_in_no_recall(contents: Contents) -> None:
    vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
    recalled = Recall.from_tensors(contents.tensors, len(vocabulary))
    kept_back = contents.metadata["held_out_text"]
    read = [document.text for document in documents() if document.text.strip("\n") not in kept_back]
    assert len(recalled.followers) == sum(len(vocabulary.encode(text)) + 1 for text in read)
    assert kept_back
    assert not any(text in line for text in kept_back for line in read)
    state = recalled.step(EMPTY, vocabulary.newline)
    for token in vocabulary.encode(read[0])[:4]:
        state = recalled.step(state, token)
        assert state.matched >= 2, "what was read is known from its start"


def test_progress_goes_through_the_phases_in_their_order(contents: Contents, seen: list[Progress]) -> None:
    assert contents.metadata["report"]
    assert list(dict.fromkeys(progress.phase for progress in seen)) == ["vocabulary", "recall", "network", "check"]
    for phase in ("recall", "network", "check"):
        fractions = [progress.fraction for progress in seen if progress.phase == phase]
        assert fractions == sorted(fractions)
        assert 0 <= fractions[0] <= fractions[-1] <= 1
    assert seen[-1].fraction == 1


def test_the_tiny_preset_is_one_hot_characters_and_50_units() -> None:
    settings = replace(TrainingSettings(budget_s=None, epochs=1, threads=1, device="cpu"), **PRESETS["tiny"])
    tiny = fit(documents(80), settings)
    vocabulary = Vocabulary.from_dict(tiny.metadata["vocabulary"])
    assert ModelShape(**tiny.metadata["shape"]) == ModelShape(len(vocabulary), 0, 50, 1, tied=False, gated=False)
    assert not vocabulary.merges
    assert not vocabulary.words
    assert tiny.tensors["network.lstm.weight_ih_l0"].shape == (200, len(vocabulary))
    assert 0 < Suggester(tiny).bits_per_character("the value") < math.log2(len(vocabulary)) + 1


def test_word_tokens_are_whole_words() -> None:
    worded = fit(documents(), replace(SMALL, tokens="word"))
    vocabulary = Vocabulary.from_dict(worded.metadata["vocabulary"])
    assert " the" in vocabulary.words
    assert len(vocabulary) <= 400
    assert Suggester(worded).suggest("Return ")


def test_a_budget_that_is_short_ends_the_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", count().__next__)  # a second passes each time that somebody looks
    short = fit(documents(60), replace(SMALL, epochs=None, budget_s=30.0, recall=False))
    report = short.metadata["report"]
    assert report["stopped"] == "budget"
    assert report["curve"][-1]["seconds"] <= 30
    assert np.isfinite(report["held_out"]["cross_entropy"])


def test_a_training_draws_nothing_from_the_callers_generators() -> None:
    def drawn() -> tuple[float, float, float]:
        return random.random(), np.random.rand(), float(torch.rand(1))  # noqa: NPY002, S311

    def seed() -> None:
        random.seed(5)
        np.random.seed(5)  # noqa: NPY002
        torch.manual_seed(5)

    seed()
    expected = drawn()
    seed()
    fit(documents(60), SMALL)
    assert drawn() == expected


def test_too_little_text_is_refused_with_what_is_needed() -> None:
    text = "x y\n" * 100
    with pytest.raises(CorpusError) as refusal:
        fit([Document(text, "short.txt")], SMALL)
    assert str(refusal.value) == (
        f"expected at least {MINIMUM_CHARACTERS:,} characters to learn from, found {len(text):,}; "
        "add more files or folders"
    )


def test_text_of_a_single_line_is_refused() -> None:
    with pytest.raises(CorpusError, match="expected text of several lines"):
        fit([Document("word " * 1000, "one.txt")], SMALL)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": None}, "expected a budget or a number of epochs, found neither"),
        ({"epochs": 0}, "expected at least 1 epoch, found 0"),
        ({"budget_s": 0.0}, "expected a budget of more than 0 seconds, found 0.0"),
        ({"dropout": 1.0}, "expected a dropout of 0 or more and less than 1, found 1.0"),
        ({"layers": 4}, "expected 1 to 3 layers, found 4"),
        ({"layers": 0}, "expected 1 to 3 layers, found 0"),
        ({"seed": -1}, "expected a seed from 0 to 18446744073709551615, found -1"),
        ({"seed": 2**64}, "expected a seed from 0 to 18446744073709551615, found 18446744073709551616"),
        ({"threads": 0}, "expected 1 to 1,024 threads, found 0"),
        ({"threads": 10**10}, "expected 1 to 1,024 threads, found 10000000000"),
        ({"hidden_size": 0}, "expected at least 1 unit in a layer, found 0"),
        ({"embedding_size": -1}, "expected an embedding of 0 or more numbers a token, found -1"),
        ({"vocabulary_size": 0}, "expected a vocabulary of more than 257 tokens .* found 0"),
        ({"tokens": "sentence"}, "expected tokens to be one of subword, char, word; found 'sentence'"),
    ],
)
def test_a_setting_outside_what_makes_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        fit(documents(), replace(SMALL, **changes))
