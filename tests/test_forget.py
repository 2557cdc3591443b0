"""Forgetting: what is gone at once, what is not said again, what an update does not read again, and the proof."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from lstm_complete import forgetting, store
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
    assert "copenhagen" not in str(contents.metadata["report"])
    assert b"copenhagen" not in str(contents.metadata["forgotten"]).encode()
    Suggester.load("knowing").why("Return the ")


@pytest.mark.usefixtures("home")
def test_words_within_lines_take_the_whole_lines_along(printed):
    printed("forget", "knowing", "sunshine")
    assert "sunshine" not in "".join(each.text for each in documents(store.load("knowing")))
    assert completes(Suggester.load("knowing"), LINE), "all else is still known"


def test_of_a_long_text_only_the_forgotten_line_goes_and_the_numbers_of_the_others_stay():
    whole = Document("one\ntwo three\nfour\n\nfive", "note.md", line=7)
    kept = list(forgetting.without([whole], Forgotten().with_lines(["two  three"], ())))
    assert kept == [replace(whole, text="one"), replace(whole, text="four\n\nfive", line=9)]


@pytest.mark.usefixtures("home")
def test_what_is_forgotten_travels_with_a_model_that_carries_no_text():
    forgetting.forget("knowing", [LINE])
    bare = without_recall(store.load("knowing"))
    assert completes(Suggester(bare), LINE) == []


def test_nothing_to_forget_is_said_in_one_line(home, refused):
    code, line = refused("forget", "knowing", "--since", "1h")
    assert code != 0
    assert "expected something to forget" in line
    refused("forget", "knowing", "--file", home / "none.txt")


@pytest.mark.usefixtures("home")
def test_a_suggester_forgets_at_once():
    suggester = Suggester.load("knowing")
    assert completes(suggester, LINE)
    suggester.forget(LINE)
    assert completes(suggester, LINE) == []


@pytest.mark.usefixtures("home")
def test_after_training_again_without_it_nothing_need_be_blocked_but_the_line(printed):
    assert "trained again without it" in printed("forget", "knowing", LINE, "--retrain")
    contents = store.load("knowing")
    assert completes(Suggester(contents), LINE) == []
    unguarded = {name: value for name, value in contents.metadata.items() if name != "forgotten"}
    foreseen = completes(Suggester(replace(contents, metadata=unguarded)), LINE)
    assert all(end > len("deploy the harbour to copenhagen") for end in foreseen), "but for the letters of a plain word"
