"""What the language server offers where something stands behind the cursor, and what an editor may set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_complete.errors import SettingsError
from lstm_complete.integrations.lsp.fitting import fitted, fitting, takes_phrases, takes_words
from lstm_complete.integrations.lsp.options import Options, options_from
from lstm_complete.integrations.model import Phrase
from lstm_complete.settings import SuggestSettings


@pytest.mark.parametrize(
    ("offer", "after", "left"),
    [
        ("checkout main", "", "checkout main"),
        ("checkout", " checkout main", ""),  # it stands there
        ("eckout main", " main", "eckout"),
        ("of the", " the dog", "of"),
        ("of the dog runs", " the dog", "of"),
        ("arg)", ")", "arg"),
        ("arg) and so on", ")", "arg"),
        ('name")', '"):', "name"),
        (")", ")", ""),
        ("with ", " more", "with"),
        ("word", " else", "word"),
        ("word", "  ", "word"),
    ],
)
def test_an_offer_leaves_out_what_stands_behind_the_cursor(offer, after, left):
    assert fitted(offer, after) == left


@given(st.text("ab )", max_size=6), st.text("ab )", max_size=6))
def test_what_is_left_of_an_offer_is_its_beginning(offer, after):
    assert offer.startswith(fitted(offer, after))


def test_offers_of_which_the_same_is_left_count_once_and_those_of_which_nothing_is_not_at_all():
    offers = [Phrase("a)", 0.5), Phrase("a", 0.3), Phrase(")", 0.2)]
    assert fitting(offers, ")") == [Phrase("a", 0.5)]


@pytest.mark.parametrize(
    ("after", "words", "phrases"),
    [
        ("", True, True),
        ("  ", True, True),
        (")]", True, True),
        ('");', True, True),
        ("x", False, False),
        (" x", True, False),
    ],
)
def test_words_come_outside_of_words_and_phrases_where_nothing_but_closing_marks_follows(after, words, phrases):
    assert (takes_words(after), takes_phrases(after)) == (words, phrases)


def test_without_options_the_defaults_hold():
    assert options_from(None, "mine") == Options(model="mine")
    assert options_from({}, "mine").settings == SuggestSettings()


def test_options_are_taken_over_the_defaults():
    assert options_from({"model": "a", "precision": 1, "ghost": False}, "mine") == Options(
        "a", precision=1, ghost=False
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "expected an object, found []"),
        ({"modle": "x"}, 'no "modle"; there are model, limit'),
        ({"limit": 0}, '"limit" to be a whole number of 1 or more, found 0'),
        ({"limit": True}, '"limit" to be a whole number, found True'),
        ({"precision": 2}, '"precision" to be a number from 0 to 1, found 2'),
        ({"menu": "off"}, "\"menu\" to be true or false, found 'off'"),
    ],
)
def test_what_is_no_option_is_refused_by_name(given, message):
    with pytest.raises(SettingsError) as refused:
        options_from(given)
    assert message in str(refused.value)
