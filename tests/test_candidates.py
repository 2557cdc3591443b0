"""What a search still looks for, against the rule spelled out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lstm_complete.candidates import Candidates, Hypothesis
from lstm_complete.tree import Node

NOWHERE = Hypothesis(1.0, Node(None, -1), "", (Node(None, -1), -1), 0.0)

likely = st.floats(0.001, 1.0)


def is_wanted(candidates: Candidates, words: dict[str, float], probability: float) -> bool:
    """Whether a word that begins and goes on after no other one would be among those wanted."""
    better = [text for text, each in words.items() if each > probability and len(text) >= candidates.shortest]
    apart = [text for text in better if not any(text != other and text.startswith(other) for other in better)]
    if len(apart) >= len(candidates.leasts):
        return False
    return probability > candidates.leasts[len(apart)] * candidates.evidence


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=4), likely, max_size=6),
    st.dictionaries(st.text("abc", min_size=1, max_size=4), likely, max_size=3),
    st.lists(st.floats(0.001, 0.5), min_size=1, max_size=4).map(sorted),
    st.floats(0.1, 1.0),
    likely,
)
def test_nothing_over_the_floor_is_unwanted_and_nothing_under_it_is_wanted(
    found: dict[str, float], foreseen: dict[str, float], leasts: list[float], evidence: float, probability: float
) -> None:
    # A word that goes on after another one is less probable than that.
    lengthened = {text: each * 0.5 ** len(text) for text, each in found.items()}
    expected = {text: each * 0.5 ** len(text) for text, each in foreseen.items() if text not in found}
    candidates = Candidates(leasts, shortest=2, evidence=evidence)
    for text, each in lengthened.items():
        candidates.add(text, each, NOWHERE)
    assert (probability > candidates.floor(expected)) == is_wanted(candidates, lengthened | expected, probability)


def test_the_floor_only_rises_as_words_are_found() -> None:
    candidates = Candidates([0.01, 0.015, 0.05], shortest=2, evidence=1.0)
    floors = [candidates.floor()]
    for text, probability in [("one", 0.3), ("ones", 0.2), ("two", 0.1), ("three", 0.06)]:
        candidates.add(text, probability, NOWHERE)
        floors.append(candidates.floor())
    assert floors == [0.01, 0.015, 0.015, 0.05, 0.06]
