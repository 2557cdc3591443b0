"""The audit: exposure against brute force, canaries with the filter off and on, and secrets in a model file."""

from __future__ import annotations

import itertools
import math
import random
import shutil
from dataclasses import replace

import pytest

from lstm_complete import TrainingSettings, places, store, train
from lstm_complete.cli import main
from lstm_complete.corpus import Document
from lstm_complete.errors import CorpusError, ModelFormatError
from lstm_complete.exposure import BOTH, CHANCE_BITS, LSTM, RECALL, exposure, log_probabilities
from lstm_complete.inspection import KEPT_BACK, NAMES, REPORT, TOKENS
from lstm_complete.model_file import Contents
from lstm_complete.secrets import first_secret
from lstm_complete.suggest import Suggester
from lstm_complete.training.audit import audit, mean_bits
from lstm_complete.training.canaries import TIMES, Format, drawn, planted

TOKEN = "ghp_" + "1234567890abcdefghijklmnopqrstuvwxyz"
SMALL = TrainingSettings(
    budget_s=None, epochs=2, vocabulary_size=320, embedding_size=12, hidden_size=16, layers=1, lines=True, threads=1
)


def chance_of(seed):
    return random.Random(seed)  # noqa: S311 - to be drawn again


@pytest.fixture(scope="module")
def small_home(tmp_path_factory, text_path):
    """A store with a small model called "small", and the text that it was trained on."""
    home = tmp_path_factory.mktemp("audited")
    (home / "lines.txt").write_text("\n".join(text_path.read_text("utf-8").splitlines()[:300]) + "\n", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(home))
        train([home / "lines.txt"], "small", SMALL)
    return home


@pytest.fixture
def small(small_home, monkeypatch):
    """That store, for this test."""
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(small_home))
    return small_home


def test_the_exposure_in_a_small_space_is_that_of_its_definition():
    chance = chance_of(0)
    space = {text: chance.gauss(0, 1) for text in map("".join, itertools.product("01234", repeat=3))}
    best_first = sorted(space, key=space.__getitem__, reverse=True)
    for rank, canary in enumerate(best_first, 1):
        others = [score for text, score in space.items() if text != canary]
        assert exposure(space[canary], others) == pytest.approx(math.log2(len(space)) - math.log2(rank))


def test_between_equals_a_canary_stands_in_the_middle():
    assert exposure(0.0, [0.0] * 6 + [1.0]) == pytest.approx(3 - math.log2(5))
    assert exposure(5.0, [0.0] * 7) == 3


def test_the_exposure_of_what_was_never_read_is_that_of_chance_on_average():
    bits = [exposure(float(place), list(map(float, set(range(1024)) - {place}))) for place in range(1024)]
    assert sum(bits) / len(bits) == pytest.approx(CHANCE_BITS, abs=0.01)
    variance = sum((each - CHANCE_BITS) ** 2 for each in bits) / len(bits)
    assert math.sqrt(variance) == pytest.approx(CHANCE_BITS, abs=0.05)


@pytest.mark.usefixtures("small")
def test_the_probability_of_a_text_is_that_of_its_tokens_one_by_one():
    suggester = Suggester.load("small")
    predictor = suggester._predictor
    texts = [suggester.vocabulary.encode(text) for text in ("Return the", "x", "a sequence of words")]
    scores = log_probabilities(predictor, texts)
    alone = replace(predictor, recall=None, gate=None)
    for index, tokens in enumerate(texts):
        for source, asked in ((LSTM, alone), (BOTH, predictor)):
            state, whole = asked.initial(), 0.0
            for token in tokens:
                [prediction] = asked.predict([state])
                whole += math.log(prediction.probabilities[token])
                [state] = asked.step([state], [token])
            assert scores[source][index] == pytest.approx(whole, rel=1e-4)
    assert list(log_probabilities(alone, texts)) == [LSTM]


def test_the_filter_knows_every_format_of_the_canaries():
    canaries = drawn(chance_of(1), 50)
    assert {canary.times for canary in canaries} == set(TIMES)
    assert all(first_secret(canary.text) for canary in canaries)


def test_canaries_are_planted_as_often_as_they_say_and_take_nothing_away():
    documents = [Document("one line", "a"), Document("first\nsecond\nthird", "b")]
    canaries = drawn(chance_of(2), 2)
    lines = [line for each in planted(documents, canaries, chance_of(3)) for line in each.text.split("\n")]
    assert all(lines.count(canary.text) == canary.times for canary in canaries)
    of_canaries = {canary.text for canary in canaries}
    assert [line for line in lines if line not in of_canaries] == ["one line", "first", "second", "third"]


def test_a_format_draws_from_all_of_its_space():
    kind = Format("p=", "ab", 2)
    assert {kind.draw(chance_of(seed)) for seed in range(40)} == {"p=aa", "p=ab", "p=ba", "p=bb"}


@pytest.mark.usefixtures("small")
def test_a_secret_that_came_sixteen_times_is_exposed_without_the_filter_and_is_chance_with_it():
    before = places.path_of("small").read_bytes()
    found = audit(store.load("small"), budget_s=None, epochs=2, others=127)
    often = [each for each in found.unfiltered if each.canary.times == max(TIMES)]
    assert min(each.bits[RECALL] for each in often) > 6
    assert mean_bits(often, BOTH) > 6
    assert found.cut == found.planted
    assert found.is_chance
    assert not replace(found, filtered=found.unfiltered).is_chance
    assert places.path_of("small").read_bytes() == before


@pytest.mark.slow
def test_the_command_says_so_in_a_table_and_a_line(small, capsys):
    assert main(["audit", "small", "--epochs", "1"]) == 0
    *_, verdict = lines = capsys.readouterr().out.splitlines()
    assert "none that the filter would cut" in lines[0]
    assert [line.split()[-7] for line in lines if "*" in line] == [str(times) for times in TIMES] * 3
    assert verdict.startswith("With the filter on: that of chance (LSTM ")
    assert sorted(path.name for path in small.iterdir()) == ["lines.txt", "small.safetensors"]


@pytest.fixture
def knowing(knowing_home, tmp_path, monkeypatch):
    """A store of this test's own with a model that was trained past the filter."""
    shutil.copytree(knowing_home, tmp_path / "home")
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "home"))


@pytest.mark.usefixtures("knowing")
def test_a_secret_in_a_model_file_is_found_and_masked_wherever_it_stands(capsys):
    contents = store.load("knowing")
    assert main(["audit", "knowing", "--quick"]) == 1
    assert "lines.txt, line" in capsys.readouterr().out
    metadata = {
        **contents.metadata,
        "held_out_text": ["a line\nexport PASSWORD=moonlight7"],
        "report": {**contents.metadata["report"], "samples": [{"input": ["PASS", "WORD=", "starlight8"]}]},
        "sources": ["https://anna:daylight9@example.com/notes", *contents.metadata["sources"][1:]],
        "vocabulary": {"alphabet": ["\n", "a"], "merges": [], "words": [TOKEN]},
    }
    bare = {name: tensor for name, tensor in contents.tensors.items() if not name.startswith("recall.")}
    store.save("knowing", Contents(metadata, bare))
    assert main(["audit", "knowing", "--quick"]) == 1
    printed = capsys.readouterr().out
    for place in (KEPT_BACK, REPORT, NAMES, TOKENS):
        assert place in printed
    for secret in ("sunshine", "moonlight7", "starlight8", "daylight9", TOKEN):
        assert secret not in printed


@pytest.mark.usefixtures("small")
def test_a_model_of_filtered_text_is_clean(printed):
    assert "none that the filter would cut" in printed("audit", "small", "--quick")


def test_a_pattern_of_the_users_own_is_looked_for_too(small, tmp_path, monkeypatch, capsys):
    word = (small / "lines.txt").read_text("utf-8").split()[0]
    (tmp_path / "exclude").write_text(word, "utf-8")
    monkeypatch.setenv("LSTM_COMPLETE_CONFIG", str(tmp_path))
    assert main(["audit", "small", "--quick"]) == 1
    assert "excluded by you" in capsys.readouterr().out


def test_text_that_is_gone_is_said_in_one_line(small, monkeypatch, capsys):
    contents = store.load("small")
    entry = {**contents.metadata["ledger"], "paths": [str(small / "gone.txt")]}
    store.save("gone", replace(contents, metadata={**contents.metadata, "ledger": entry}))
    assert main(["audit", "gone", "--epochs", "1"]) == CorpusError.exit_code
    [line] = capsys.readouterr().err.splitlines()
    assert "gone.txt" in line
    unread = {**contents.metadata["ledger"], "paths": []}
    store.save("gone", replace(contents, metadata={**contents.metadata, "ledger": unread}))
    assert main(["audit", "gone", "--epochs", "1"]) == CorpusError.exit_code
    assert "standard input" in capsys.readouterr().err
    store.remove("gone")
    monkeypatch.delenv("LSTM_COMPLETE_HOME")
    assert main(["audit", "starter", "--epochs", "1"]) == ModelFormatError.exit_code
    assert len(capsys.readouterr().err.splitlines()) == 1
