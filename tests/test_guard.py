"""What a prompt neither learns nor shows: secrets, and what the user keeps out in words of their own."""

from __future__ import annotations

import pytest

from lstm_complete import Suggester
from lstm_complete.forgotten import Forgotten
from lstm_complete.guard import Guard


@pytest.fixture
def suggester(knowing_home, monkeypatch):
    """Of a model that was trained past the filter, and knows a password by heart."""
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(knowing_home))
    return Suggester.load("knowing")


def shown(suggester, text):
    """All that is offered after a text."""
    offers = (suggester.continuations(text, 5), suggester.suggest(text), suggester.suggest(text, limit=20))
    return [each.text for offered in offers for each in offered]


def test_what_the_model_knows_by_heart_is_shown_where_it_is_harmless(suggester):
    assert any("harbour" in text for text in shown(suggester, "mysql --password sunshine --host "))
    assert suggester.continuation("deploy the harbour to ").text.startswith("copenhagen")


@pytest.mark.parametrize("typed", ["mysql --password ", "mysql --password s", "mysql --password sunshi"])
def test_a_secret_that_the_model_knows_by_heart_is_not_shown(suggester, typed):
    assert suggester._guard.may_show("mysql ", "sunshine")
    assert not any(
        (typed + text).endswith("sunshine") or "sunshine " in typed + text for text in shown(suggester, typed)
    )


def test_no_phrase_goes_on_into_a_secret(suggester):
    assert "sunshine" not in "".join(shown(suggester, "mysql") + shown(suggester, "mysql --pass"))


@pytest.mark.parametrize(
    "line", ["mysql -u root --password sunshine", "mysql -u root \\\n --password sunshine \\\n shop"]
)
def test_a_line_with_a_secret_is_not_learned(suggester, line):
    before = shown(suggester, "mysql -u root ")
    for _ in range(20):
        suggester.learn(line)
    assert shown(suggester, "mysql -u root ") == before
    suggester.learn("mysql -u root --verbose")
    assert shown(suggester, "mysql -u root ") != before


def test_the_users_own_patterns_are_neither_learned_nor_shown(monkeypatch, tmp_path):
    monkeypatch.setenv("LSTM_COMPLETE_CONFIG", str(tmp_path))
    (tmp_path / "exclude").write_text("sunsh\n")
    guard = Guard(Forgotten())
    assert not guard.may_learn("about sunshine")
    assert not guard.may_show("about ", "sunshine")
    assert not guard.may_show("about sun", "shine")
    assert guard.may_learn("about rain")
    assert guard.may_show("sun", "day")


FORGOTTEN = Forgotten().with_lines(["git push origin main"], [("mian",), ("push", "upstream")])


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("git push origin", " main"),
        ("git push origin ma", "in"),
        ("  sudo git  push", " origin main"),
        ("git pu", "sh origin main --force"),
        ("git push origin m", "ainly"),
        ("", "git push origin main"),
        ("ls\ngit push origin ", "main"),
        ("cd m", "ian"),
        ("git push ", "upstream"),
    ],
)
def test_what_finishes_something_forgotten_is_not_shown(before, text):
    assert not Guard(FORGOTTEN).may_show(before, text)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("git push", " origin"),
        ("git push origin main", " --force"),
        ("git push origin\n", "main"),
        ("git push origin mai", "l"),
        ("git push origin main", "ly"),
        ("mia", "n_file"),
    ],
)
def test_what_only_comes_near_is_shown(before, text):
    assert Guard(FORGOTTEN).may_show(before, text)


def test_what_is_forgotten_survives_the_file_and_does_not_stand_in_it():
    data = FORGOTTEN.to_dict()
    assert Forgotten.of({"forgotten": data}) == FORGOTTEN
    assert "mian" not in str(data)


def test_two_models_hash_the_same_words_differently():
    one, other = (Forgotten().with_lines(["git push"], []) for _ in range(2))
    assert one.lines != other.lines


def test_a_long_line_is_recognised_by_any_stretch_of_it():
    words = [f"word{number}" for number in range(50)]
    forgotten = Forgotten().with_lines([" ".join(words)], [])
    assert forgotten.holds("x " + " ".join(words[7:45]))
    assert not forgotten.holds(" ".join(words[7:30]))


def test_what_was_forgotten_is_not_learned_again():
    guard = Guard(Forgotten().with_lines(["deploy the harbour"], ()))
    assert not guard.may_learn("git status\nsudo deploy the  harbour now")
    assert guard.may_learn("deploy the boat")
