"""Models without recall: what they have learned is read again, and where it cannot be, they stay as they are."""

from __future__ import annotations

from collections import Counter

import pytest

from lstm_complete import TrainingSettings, places, store, train
from lstm_complete.corpus import Document, read_corpus
from lstm_complete.errors import CorpusError
from lstm_complete.suggest import Suggester
from lstm_complete.training.learned import learned, without_runs
from lstm_complete.training.update import find_news, update

ALONE = TrainingSettings(
    budget_s=None,
    epochs=4,
    vocabulary_size=400,
    embedding_size=12,
    hidden_size=16,
    layers=1,
    recall=False,
    threads=1,
)
NEW_LINES = [f"zebra crossing number {number} ahead of quagga street" for number in range(40)]


@pytest.fixture
def history(tmp_path, text_path, monkeypatch):
    """The history that, beside a note, a model without recall was trained on."""
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "home"))
    lines = text_path.read_text("utf-8").splitlines()
    path = tmp_path / ".bash_history"
    path.write_text("\n".join([*lines[:150], *lines[:20]]) + "\n", "utf-8")
    (tmp_path / "note.md").write_text("\n\n".join(lines[150:250]) + "\n", "utf-8")
    train([path, tmp_path / "note.md"], "m", ALONE)
    return path


def lines_of(texts):
    return Counter(line for text in texts for line in text.split("\n") if line.strip())


def held():
    """All lines that the model has learned or kept back."""
    contents = store.load("m")
    return lines_of([*(each.text for each in learned(contents)), *contents.metadata["held_out_text"]])


def append(path, lines):
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def bits(contents, texts):
    suggester = Suggester(contents)
    return sum(suggester.bits_per_character(text) * (len(text) + 1) for text in texts) / sum(map(len, texts))


def test_what_was_learned_is_read_again_and_nothing_kept_back_or_new(history):
    corpus = read_corpus([history, history.with_name("note.md")])
    assert held() == lines_of(each.text for each in corpus.documents)
    before = learned(store.load("m"))
    append(history, NEW_LINES)
    history.with_name("note.md").rename(history.with_name("renamed.md"))
    append(history.with_name("note.md"), (history.with_name("renamed.md")).read_text("utf-8").splitlines())
    assert learned(store.load("m")) == before


def test_runs_of_lines_are_taken_out_as_often_as_they_are_named():
    note = Document("one\ntwo\n\nthree\nfour", "note.md", line=7)
    command = Document("two", "history", line=3)
    left = list(without_runs([command, note, command], ["two\n\nthree", "two"]))
    assert left == [Document("one", "note.md", line=7), Document("four", "note.md", line=11), command]


def test_an_update_is_fitted_to_the_old_text_and_the_new(history):
    old = store.load("m")
    append(history, NEW_LINES)
    outcome = update("m", epochs=4)
    assert outcome.improved
    new = store.load("m")
    assert new.metadata["report"]["tokens"] > old.metadata["report"]["tokens"]
    kept_back = old.metadata["held_out_text"]
    assert bits(new, kept_back) < bits(old, kept_back) + 0.05
    assert bits(new, NEW_LINES) < bits(old, NEW_LINES)
    assert find_news(new).documents == []
    assert set(NEW_LINES) <= held().keys()


def test_an_update_whose_weights_are_not_better_leaves_the_model_and_its_news(history, printed, monkeypatch):
    monkeypatch.setattr("lstm_complete.training.refit._LEARNING_RATE", 30.0)
    before = places.path_of("m").read_bytes()
    append(history, NEW_LINES)
    assert "the old weights are kept, and the new text is not learned" in printed("update", "m", "--epochs", "1")
    assert places.path_of("m").read_bytes() == before
    assert len(find_news(store.load("m")).documents) == len(NEW_LINES)


def test_training_again_without_a_line_is_on_all_other_text(history, printed):
    before, forgotten = held(), history.read_text("utf-8").splitlines()[5]
    characters = store.load("m").metadata["report"]["characters"]
    printed("forget", "m", forgotten, "--retrain")
    assert held() == Counter({line: times for line, times in before.items() if forgotten not in line})
    assert store.load("m").metadata["report"]["characters"] > 0.9 * characters


@pytest.mark.parametrize("command", [["update", "m", "--quiet"], ["forget", "m", "zebra", "--retrain"]])
def test_where_its_text_is_gone_a_model_stays_as_it_is(history, refused, command):
    before = places.path_of("m").read_bytes()
    append(history.with_name("note.md"), NEW_LINES)
    history.unlink()
    code, line = refused(*command)
    assert code == CorpusError.exit_code
    assert f"{history} not there any more" in line
    assert "train it again" in line
    assert places.path_of("m").read_bytes() == before


def test_where_all_its_text_is_gone_it_is_not_trained_again(history, refused):
    before = places.path_of("m").read_bytes()
    history.unlink()
    history.with_name("note.md").unlink()
    assert "found 0% of its lines" in refused("forget", "m", "zebra", "--retrain")[1]
    assert places.path_of("m").read_bytes() == before
