"""Documents as an editor counts them, against an oracle that knows nothing but code units."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstm_complete.integrations.lsp.document import ENCODINGS, Document, Place

# é takes 1, 2 and 4 units; the emoji 4, 2 and 1. Form feeds and U+2028 end lines in Python, and not in editors.
LETTERS = "aé😋𐐀中\u0301 \t\n\r\x0c\u2028\x85"
texts = st.text(LETTERS, max_size=30) | st.lists(st.sampled_from([*LETTERS, "\r\n", "👩‍🔬"]), max_size=20).map("".join)
encodings = st.sampled_from(sorted(ENCODINGS))


def starts_of_lines(text):
    return [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]


def place_of(text, offset, encoding):
    """Where an editor says that an offset (in characters) is."""
    line = max(number for number, start in enumerate(starts_of_lines(text)) if start <= offset)
    before = text[starts_of_lines(text)[line] : offset]
    sizes = {"utf-8": lambda c: len(c.encode()), "utf-16": lambda c: 1 + (ord(c) > 0xFFFF), "utf-32": lambda _: 1}
    return Place(line, sum(map(sizes[encoding], before)))


def has_a_place(text, offset):
    """Between CR and LF there is no place that an editor can name."""
    return text[offset - 1 : offset + 1] != "\r\n"


@st.composite
def edits(draw):
    """A text, what replaces a part of it, and where that part is."""
    text = draw(texts)
    places = [offset for offset in range(len(text) + 1) if has_a_place(text, offset)]
    start, end = sorted([draw(st.sampled_from(places)), draw(st.sampled_from(places))])
    return text, draw(texts), start, end


@given(edits(), encodings)
@example(("a\rb", "\n", 2, 3), "utf-16")  # the LF joins the CR before it
@example(("a\r\nb", "", 0, 3), "utf-16")
@example(("é😋x\n", "y", 2, 2), "utf-16")
def test_a_change_gives_the_text_that_the_editor_has(edit, encoding):
    text, new, start, end = edit
    document = Document(text, encoding)
    document.replace(new, place_of(text, start, encoding), place_of(text, end, encoding))
    assert document.text == text[:start] + new + text[end:]
    fresh = Document(document.text, encoding)
    for line in range(len(starts_of_lines(document.text))):  # and it counts on in the same lines
        assert document.around(Place(line, 2)) == fresh.around(Place(line, 2))


@given(texts, encodings, st.data())
def test_the_text_around_a_cursor_is_what_the_editor_has_there(text, encoding, data):
    offset = data.draw(st.sampled_from([each for each in range(len(text) + 1) if has_a_place(text, each)]))
    around = Document(text, encoding).around(place_of(text, offset, encoding))
    assert around.before == re.sub(r"\r\n|\r", "\n", text[:offset])
    assert around.after == re.split(r"[\r\n]", text[offset:])[0]


@given(st.text("aé😋𐐀\u2028", max_size=20), encodings)
def test_a_text_takes_as_many_columns_as_the_editor_counts(text, encoding):
    assert Document("", encoding).units(text) == place_of(text, len(text), encoding).column


@pytest.mark.parametrize(
    ("place", "before"),
    [
        (Place(0, 99), "é😋x"),  # past the end of the line: at its end
        (Place(99, 0), "é😋x\nlast"),  # past the last line: at the end
        (Place(0, 2), "é"),  # in the midst of the emoji: before it
        (Place(0, 3), "é😋"),
    ],
)
def test_a_place_that_is_not_there_stands_for_the_nearest_one(place, before):
    assert Document("é😋x\r\nlast").around(place).before == before


def test_half_a_character_is_replaced_by_what_takes_as_many_columns():
    document = Document("a\ud83db")
    assert document.around(Place(0, 2)).before == "a\ufffd"
    document.replace("\ude0b", Place(0, 3), Place(0, 3))
    assert document.text == "a\ufffdb\ufffd"
    assert document.units("\ud83d") == 1


def test_a_change_without_a_range_replaces_everything():
    document = Document("old\ntext")
    document.replace("new")
    assert document.text == "new"
