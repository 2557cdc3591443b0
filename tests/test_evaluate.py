"""Counting of keys: against counts made by hand, against a brute-force count, and the card that comes of it."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstm_complete import figures
from lstm_complete.errors import SettingsError
from lstm_complete.evaluate import (
    Case,
    FrequentWords,
    Ghost,
    HistoryPrefix,
    bar_chart,
    document_cases,
    line_cases,
    replay,
    report_card,
)
from lstm_complete.evaluate.card import ReportCard, Row
from lstm_complete.evaluate.replay import WAYS, best_of_ghost, best_of_menu
from lstm_complete.settings import SuggestSettings


class Scripted:
    """Offers what a table says, and keeps a record of what it is told."""

    def __init__(self, menus=None, ghosts=None):
        self.menus, self.ghosts, self.told = menus or {}, ghosts or {}, []

    def menu(self, before):
        return self.menus.get(before, [])

    def ghost(self, before):
        return self.ghosts.get(before)

    def learn(self, line):
        self.told.append(line)

    def reset(self):
        self.told.append("(new document)")


class Guessing(Scripted):
    """Offers true and false texts, drawn from the text before the cursor."""

    def __init__(self, target, seed):
        super().__init__()
        self.target, self.seed = target, seed

    def _draw(self, before, what):
        draw = random.Random(f"{self.seed} {what} {before}")  # noqa: S311
        rest = self.target[len(before) :]
        return rest[: draw.randrange(len(rest) + 1)] + draw.choice(["", "", "x", " y", "z z"])

    def menu(self, before):
        return [self._draw(before, number) for number in range(5)]

    def ghost(self, before):
        return Ghost(self._draw(before, "ghost"), 0.5)


def brute_force_keys(contestant, target, way):
    """The rules in the module's docstring, position by position, as naively as they can be written."""
    keys = position = 0
    while position < len(target):
        rest, options = target[position:], [(1, 1)]
        if way in ("menu", "both"):
            items = contestant.menu(target[:position])
            options += [(len(item), rank) for rank, item in enumerate(items, 1) if item and rest.startswith(item)]
        ghost = contestant.ghost(target[:position])
        if way in ("ghost", "both") and ghost:
            if rest.startswith(ghost.text) and ghost.text:
                options.append((len(ghost.text), 1))
            else:
                ends = [match.end() for match in re.finditer(r"\s*(?:\w+|[^\w\s]+)", ghost.text)]
                right = [end for end in ends if rest.startswith(ghost.text[:end])]
                options += [(right[-1], len(right))] if right else []
        best = max(length - cost for length, cost in options)
        length, cost = next(option for option in options if option[0] - option[1] == best)
        position, keys = position + length, keys + cost
    return keys


@given(st.text("ab, .", min_size=1, max_size=30), st.integers(0, 10_000))
def test_keys_are_those_of_a_brute_force_count(target, seed):
    contestant = Guessing(target, seed)
    score = replay(contestant, [Case("", target)])
    assert score.keys == {way: brute_force_keys(contestant, target, way) for way in WAYS}


def test_an_item_costs_its_rank_and_the_best_bargain_is_taken():
    assert best_of_menu(["x", "abc", "abcdef"], "abcdefg") == (6, 3)
    assert best_of_menu(["ab"], "b") == (1, 1)
    assert best_of_menu(["x", "a"], "a") == (1, 1)


def test_a_ghost_is_taken_whole_or_word_by_word_as_far_as_it_is_right():
    assert best_of_ghost("eckout main", "eckout main") == (11, 1)
    assert best_of_ghost("eckout main now", "eckout main") == (11, 2)
    assert best_of_ghost("eckout dev", "eckout main") == (6, 1)
    assert best_of_ghost("ange", "eckout") == (1, 1)
    assert best_of_ghost("", "a") == (1, 1)


def test_each_way_is_counted_apart_and_both_takes_the_better():
    contestant = Scripted({"": ["zz", "git"]}, {"git": Ghost(" push", 0.9)})
    score = replay(contestant, [Case("", "git push")])
    assert score.keys == {"menu": 2 + 5, "ghost": 3 + 1, "both": 2 + 1}
    assert score.saved("both") == pytest.approx(100 * 5 / 8)
    assert (score.ghosts_shown, score.ghosts_right) == (1, 1)
    assert len(score.seconds) == 2, "one time for each position at which both were asked"


def test_the_next_word_is_asked_for_where_a_word_begins_and_must_be_whole():
    contestant = Scripted({"": ["gi", "git"], "git ": ["x", "y", "z", "push"]})
    score = replay(contestant, [Case("", "git push")])
    assert score.words_asked == 2
    assert score.words_right == {1: 0, 3: 1, 5: 2}


def test_what_the_ghost_states_is_set_against_what_came():
    ghosts = {"": Ghost("right", 0.62), "right": Ghost(" wrong", 0.68), "right ": Ghost("w", 0.91)}
    card = report_card({"model": Scripted(ghosts=ghosts)}, [Case("", "right word")])
    assert [(level.stated, level.right, level.shown) for level in card.reliability] == [(0.65, 0.5, 2), (0.91, 1.0, 1)]


def test_a_word_foretold_letter_after_letter_is_one_statement():
    ghosts = {"": Ghost("ten", 0.65), "t": Ghost("en", 0.65), "to": Ghost("p", 0.95)}
    card = report_card({"model": Scripted(ghosts=ghosts)}, [Case("", "top")])
    assert [(level.stated, level.right, level.shown) for level in card.reliability] == [(0.65, 0.0, 1), (0.95, 1.0, 1)]


def test_a_finished_line_is_learned_and_a_new_document_forgets():
    contestant = Scripted()
    replay(contestant, [Case("a\n", "b", new_document=True), Case("", "c")])
    assert contestant.told == ["(new document)", "b", "c"]


def test_a_replay_out_of_time_stops_between_cases_and_the_others_get_the_same_cases():
    cases = [Case("", "abcd")] * 5
    card = report_card({"model": Scripted(), "other": Scripted()}, cases, seconds=0.0)
    assert (card.cases, card.characters) == (1, 4)


def test_line_cases_follow_each_other_and_leave_out_what_nobody_types():
    lines = [f"line {number}" for number in range(100)] + ["x", "y" * 400]
    targets = [case.target for case in line_cases(lines, 10, seed=3)]
    assert targets == lines[lines.index(targets[0]) :][:10]
    assert len(line_cases(lines, 1000)) == 100
    assert line_cases([], 10) == []


def test_document_cases_stand_after_the_lines_of_their_own_document():
    documents = ["\n".join(f"{name}: sentence number {number}" for number in range(30)) for name in ("one", "two")]
    cases = document_cases(documents, 12)
    assert len(cases) == 12
    for case in cases:
        own = documents[0] if case.target.startswith("one") else documents[1]
        assert own.startswith(case.context + case.target)
        assert case.new_document
    assert cases == document_cases(documents, 12), "the seed decides"


def test_history_offers_the_rest_of_the_latest_line_that_starts_like_this_one():
    history = HistoryPrefix(["git push", "git pull", "ls"])
    assert history.ghost("git p") == Ghost("ull")
    history.learn("git push")
    assert history.ghost("first line\ngit p") == Ghost("ush")
    assert history.ghost("ls") is None
    assert history.ghost("") is None


_LINES = st.lists(st.sampled_from(["", " ", "a", "ab", "aba", "ac", "b"]), max_size=8)


@given(_LINES, _LINES, st.sampled_from(["", " ", "a", "ab", "b", "c"]))
@example(["ab", "ac", "ab"], [], "a")
def test_history_is_as_a_look_through_all_lines_from_the_last_one_back(read, typed, line):
    history = HistoryPrefix(read)
    for each in typed:
        history.learn(each)
    known = next((each for each in reversed(read + typed) if each.startswith(line) and each != line), None)
    expected = Ghost(known[len(line) :]) if known is not None and line.strip() else None
    assert history.ghost(line) == expected


def test_frequent_words_complete_the_word_being_typed():
    words = FrequentWords("the cat the cat the car a dog")
    assert words.menu("c") == []
    assert words.menu("see the ca") == words.menu("a ca") == ["t", "r"]
    assert words.menu("see the ")[:2] == ["cat", "the"]


def test_as_many_items_are_looked_at_as_a_menu_has():
    words = FrequentWords(" ".join(f"item{number}" for number in range(2 * SuggestSettings().limit)))
    assert len(words.menu("an i")) == SuggestSettings().limit
    for extra in (0, 1):
        menu = [*["x"] * (SuggestSettings().limit - 1 + extra), "a" * 20]
        assert (replay(Scripted({"": menu}), [Case("", "a" * 20)]).keys["menu"] == 20) == bool(extra)


@pytest.fixture
def card():
    row = Row("default", 35.0, 42.0, 43.0, {1: 30.0, 3: 45.0, 5: 50.0}, 61.0, 2.0, 5.0, 9.0, 120, 80)
    other = replace(row, name="history prefix", menu=0.0, ghost=28.0, both=28.0, menus_shown=0)
    return ReportCard(cases=3, characters=120, rows=(row, other), reliability=(), bits_per_character=1.5)


def test_the_card_says_plainly_who_wins(card):
    assert card.verdict() == "default saves 43.0 % of the keys; the best alternative, history prefix, 28.0 %."
    beaten = replace(card, rows=(replace(card.rows[0], both=20.0), card.rows[1]))
    assert beaten.verdict().startswith("On this text history prefix saves more keys than default does: 28.0 % against")
    for both in (27.5, 28.0, 28.5):
        level = replace(card, rows=(replace(card.rows[0], both=both), card.rows[1]))
        assert level.verdict().startswith("On this text default and history prefix are level: ")


def test_the_card_is_a_table_and_plain_json(card):
    lines = card.as_text().splitlines()
    assert "1.500 bits a character" in lines[0]
    default = next(line for line in lines if line.startswith("default "))
    assert default.split() == ["default", "35.0", "42.0", "43.0", "30.0", "45.0", "50.0", "61.0", "2.0", "5.0", "9.0"]
    read = json.loads(json.dumps(card.as_json()))
    assert read["rows"][1]["both"] == 28.0
    assert read["verdict"] == card.verdict()


@pytest.mark.parametrize(
    ("contestant", "shares"),
    [
        (Scripted(), ["-"] * 7),
        (Scripted(ghosts={"": Ghost("wrong", 0.9)}), ["-", "0.0", "0.0", "-", "-", "-", "0.0"]),
        (Scripted({"": ["wrong"]}), ["0.0", "-", "0.0", "0.0", "0.0", "0.0", "-"]),
        (Scripted({"": ["wrong"]}, {"": Ghost("ab cd", 0.9)}), ["0.0", "80.0", "80.0", "0.0", "0.0", "0.0", "100.0"]),
    ],
)
def test_what_was_offered_and_always_wrong_is_nought_and_what_never_was_is_none(contestant, shares):
    card = report_card({"model": contestant}, [Case("", "ab cd")])
    assert card.rows[0].cells()[1:8] == shares


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml")])
def test_the_card_is_drawn_as_png_or_svg(card, tmp_path, suffix, start):
    output = tmp_path / f"card{suffix}"
    figures.save(output, lambda axes: bar_chart(axes, card))
    assert output.read_bytes().startswith(start)


def test_a_drawing_that_cannot_be_written_is_refused_before_it_is_made(tmp_path):
    with pytest.raises(SettingsError, match=r"card\.gif: a drawing is written as \.png or \.svg"):
        figures.check_output(tmp_path / "card.gif")
    with pytest.raises(SettingsError, match="there is no folder"):
        figures.check_output(Path(tmp_path / "missing" / "card.png"))
