"""Forgetting: what is gone at once, what is not said again, what an update does not read again, and the proof."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from lstm_complete import TrainingSettings, forgetting, store, train
from lstm_complete.cli import main
from lstm_complete.corpus import Document
from lstm_complete.forgotten import Forgotten
from lstm_complete.recollection import documents
from lstm_complete.suggest import Suggester
from lstm_complete.transfer import without_recall

LINE = "deploy the harbour to copenhagen tonight"


@pytest.fixture
def home(knowing_home, tmp_path, monkeypatch):
    """A store of this test's own, with a model that has read LINE twenty times."""
    shutil.copytree(knowing_home, tmp_path / "home")
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def completes(suggester, line):
    """The beginnings of a line after which it is completed."""
    return [
        end
        for end in range(len(line))
        for offer in [suggester.continuation(line[:end]), *suggester.suggest(line[:end], 20)]
        if offer and (line[:end] + offer.text).startswith(line)
    ]


def test_a_line_that_came_twenty_times_is_completed_before_and_never_after_at_any_prefix(home, printed):
    assert LINE.startswith(
        "deploy the harbour to " + Suggester.load("knowing").continuation("deploy the harbour to ").text
    )
    assert completes(Suggester.load("knowing"), LINE)
    assert main(["forget", "knowing", LINE, "--check"]) == 1
    store.save("knowing", store.load("knowing"), keep_old=True)
    assert "are gone from what knowing recalls" in printed("forget", "knowing", LINE)
    assert completes(Suggester.load("knowing"), LINE) == []
    assert "0 found" in printed("forget", "knowing", LINE, "--check")
    assert not list(home.glob("*.previous"))


@pytest.mark.usefixtures("home")
def test_recall_keeps_all_other_lines_and_where_they_stood():
    before = documents(store.load("knowing"))
    assert LINE in {each.text for each in before}
    outcome = forgetting.forget("knowing", [LINE])
    assert documents(store.load("knowing")) == [each for each in before if each.text != LINE]
    assert outcome.lines == sum(each.text == LINE for each in before)
    contents = store.load("knowing")
    assert LINE not in str(contents.metadata["held_out_text"])
    assert contents.metadata["report"]["samples"] == [], "they quote text that was kept back"
    assert "copenhagen" not in str(contents.metadata["report"])
    assert b"copenhagen" not in str(contents.metadata["forgotten"]).encode()
    Suggester.load("knowing").why("Return the ")


@pytest.mark.usefixtures("home")
def test_words_that_stood_in_the_forgotten_line_alone_are_not_said_either():
    forgetting.forget("knowing", [LINE])
    forgotten = Forgotten.of(store.load("knowing").metadata)
    assert forgotten.is_completed_by("ship it to copen", "hagen")
    assert not forgotten.is_completed_by("ret", "urn the")


@pytest.mark.usefixtures("home")
def test_words_within_lines_take_the_whole_lines_along(printed):
    printed("forget", "knowing", "sunshine")
    assert "sunshine" not in "".join(each.text for each in documents(store.load("knowing")))
    assert completes(Suggester.load("knowing"), LINE), "all else is still known"


RECENT = ["ferry the crates to helsinki tonight", "whistle for the pilot boat"]
ALWAYS, LONGER = "list the crates", "list the crates --all"


@pytest.fixture(scope="module")
def trained(tmp_path_factory, text_path):
    """A store with "timed", trained on a zsh history: old lines, and since 2026 two new ones, twenty times each.

    The first words of an old line are typed again beside them.
    """
    home = tmp_path_factory.mktemp("timed")
    old = [(1_600_000_000, line) for line in text_path.read_text("utf-8").splitlines()[:200] if line.isascii()]
    old += [(1_600_000_000, line) for line in [ALWAYS, *[LONGER] * 9]]
    new = [(1_780_000_000, line) for line in [*RECENT, ALWAYS] * 20]
    history = "".join(f": {time + number}:0;{line}\n" for number, (time, line) in enumerate([*old, *new]))
    (home / ".zsh_history").write_text(history, "utf-8")
    settings = TrainingSettings(
        budget_s=None, epochs=6, vocabulary_size=400, embedding_size=24, hidden_size=32, layers=1, threads=1
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(home))
        train([home / ".zsh_history"], "timed", settings)
    return home


@pytest.fixture
def timed(trained, tmp_path, monkeypatch):
    """That store, to be changed."""
    shutil.copytree(trained, tmp_path / "timed")
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "timed"))
    return tmp_path / "timed"


def held():
    """All lines that the model holds, and whether it completes the recent ones."""
    contents = store.load("timed")
    text = [*(each.text for each in documents(contents)), *contents.metadata["held_out_text"]]
    suggester = Suggester(contents)
    return set("\n".join(text).split("\n")), [line for line in RECENT if completes(suggester, line)]


@pytest.mark.usefixtures("timed")
def test_all_since_a_time_is_forgotten_and_nothing_from_before(printed):
    before, completed = held()
    assert completed == RECENT
    assert main(["forget", "timed", "--since", "2026-01-01", "--check"]) == 1
    assert "lines are gone from what timed recalls" in printed("forget", "timed", "--since", "2026-01-01")
    assert held()[0] | {ALWAYS} == before - set(RECENT)
    assert held()[1] == []
    for line in RECENT:
        assert "0 found" in printed("forget", "timed", line, "--check")
    assert "Nothing is new" in printed("update", "timed", "--dry-run")


@pytest.mark.usefixtures("timed")
def test_what_was_typed_since_a_time_as_part_of_older_lines_too_is_still_said_and_learned(printed):
    printed("forget", "timed", "--since", "2026-01-01")
    contents = store.load("timed")
    assert all(each.time is None or each.time < 1_700_000_000 for each in documents(contents))
    assert LONGER in {each.text for each in documents(contents)}
    assert completes(Suggester(contents), LONGER)
    assert not Forgotten.of(contents.metadata).holds(LONGER)


def test_the_lines_of_a_file_are_forgotten_and_no_other(timed, printed):
    before, _ = held()
    (timed / "lines.txt").write_text(f"{RECENT[1]}\n\n  never said  \n", "utf-8")
    assert main(["forget", "timed", "--file", str(timed / "lines.txt"), "--check"]) == 1
    printed("forget", "timed", "--file", timed / "lines.txt")
    assert held() == (before - {RECENT[1]}, [RECENT[0]])
    assert "2 lines looked for" in printed("forget", "timed", "--file", timed / "lines.txt", "--check")


def test_of_a_long_text_only_the_forgotten_line_goes_and_the_numbers_of_the_others_stay():
    whole = Document("one\ntwo three\nfour\n\nfive", "note.md", line=7)
    kept = list(forgetting.without([whole], Forgotten().with_lines(["two  three"], ())))
    assert kept == [replace(whole, text="one"), replace(whole, text="four\n\nfive", line=9)]


@pytest.mark.usefixtures("home")
def test_what_is_forgotten_travels_with_a_model_that_carries_no_text():
    forgetting.forget("knowing", [LINE])
    bare = without_recall(store.load("knowing"))
    assert completes(Suggester(bare), LINE) == []


def test_of_a_model_that_carries_no_text_only_the_whole_line_is_blocked():
    general = Suggester.load("starter")
    elsewhere = {text: general.suggest(text, 20) for text in ("pip ins", "sudo dock", "we pu")}
    general.forget("pip install docker pull")
    assert "ll" not in [word.text for word in general.suggest("pip install docker pu", 20)]
    assert {text: general.suggest(text, 20) for text in elsewhere} == elsewhere
    assert "er" in [word.text for word in elsewhere["sudo dock"]]


@pytest.mark.usefixtures("home")
def test_a_word_goes_with_the_last_line_that_has_it():
    suggester = Suggester.load("knowing")
    for line, said in [("mysql --password sunshine --host harbour", True), (LINE, False)]:
        suggester.forget(line)
        assert ("bour" in [word.text for word in suggester.suggest("ask the har", 20)]) is said


def test_a_line_to_forget_ends_where_the_lines_of_a_text_do():
    assert forgetting.lines_in("one\x0cpage\r\ntwo\u2028parts\n\none\x0cpage") == ["one\x0cpage", "two\u2028parts"]


def test_nothing_to_forget_is_said_in_one_line(home, refused):
    code, line = refused("forget", "knowing", "--since", "1h")
    assert code != 0
    assert "expected something to forget" in line
    refused("forget", "knowing", "--file", home / "none.txt")


@pytest.mark.parametrize("command", [["forget", "default", "a word"], ["update", "default"]])
def test_the_starter_which_nobody_trained_has_nothing_to_forget(empty_home, refused, command):
    code, line = refused(*command)
    assert (code, line.startswith('lstm-complete: No model "default".')) == (6, True), line
    assert list(empty_home.glob("*")) == []


@pytest.mark.usefixtures("home")
def test_a_suggester_forgets_at_once():
    suggester = Suggester.load("knowing")
    assert completes(suggester, LINE)
    other = suggester.alongside()
    assert completes(other, LINE)
    suggester.forget(LINE)
    assert completes(suggester, LINE) == []
    assert completes(other, LINE) == [], "asked the same again, in another session on the model"


@pytest.mark.usefixtures("home")
def test_after_training_again_without_it_nothing_need_be_blocked_but_the_line(printed):
    assert "trained again without it" in printed("forget", "knowing", LINE, "--retrain")
    contents = store.load("knowing")
    assert completes(Suggester(contents), LINE) == []
    unguarded = {name: value for name, value in contents.metadata.items() if name != "forgotten"}
    foreseen = completes(Suggester(replace(contents, metadata=unguarded)), LINE)
    assert all(end > len("deploy the harbour to copenhagen") for end in foreseen), "but for the letters of a plain word"
