"""Recall: held to a Kneser-Ney model counted the slow way, and to the batch form that training uses."""

from __future__ import annotations

import gc
import weakref
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import recall
from lstm_complete.kneser_ney import ORDER
from lstm_complete.recall import Recall
from lstm_complete.stream import Stream
from lstm_complete.training.held_out import score_recall

SIZE, NEWLINE = 7, 0
DOCUMENTS = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=30), min_size=1, max_size=6)


class CountedKneserNey:
    """Interpolated Kneser-Ney from dictionaries of counts: one recursion, straight from the paper."""

    def __init__(self, documents: list[list[int]], discounts: np.ndarray) -> None:
        self.discounts = discounts
        self.counts: list[dict] = [defaultdict(lambda: defaultdict(int)) for _ in range(ORDER + 1)]
        for document_index, document in enumerate(documents):
            tokens = [NEWLINE, *document, NEWLINE]
            for at in range(1, len(tokens)):
                for order in range(min(at, ORDER) + 1):
                    context = tuple(tokens[at - order : at])
                    # Where the document starts, what stands before the context is different from everything else.
                    before = tokens[at - order - 1] if at > order else ("start", document_index)
                    counted = (document_index, at) if order == ORDER else before
                    self.counts[order][context].setdefault(tokens[at], set())
                    self.counts[order][context][tokens[at]].add(counted)

    def probability(self, context: tuple[int, ...], token: int) -> float:
        shares = 1 / SIZE
        for order in range(min(len(context), ORDER) + 1):
            followers = self.counts[order].get(context[len(context) - order :])
            if followers is None:
                break
            total = sum(len(counted) for counted in followers.values())
            discount = float(self.discounts[order])
            own = len(followers.get(token, ()))
            shares = max(own - discount, 0) / total + discount * len(followers) / total * shares
        return shares


def read(counted: Recall, tokens: list[int]) -> recall.RecallState:
    state = recall.EMPTY
    for token in tokens:
        state = counted.step(state, token)
    return state


@given(DOCUMENTS, st.lists(st.integers(0, SIZE - 1), max_size=12), st.sampled_from([0, 2, 256]))
@settings(max_examples=200)
def test_probabilities_are_those_of_kneser_ney_counted_in_dictionaries(
    documents: list[list[int]], typed: list[int], long: int
) -> None:
    counted = recall.build(documents, SIZE, NEWLINE)
    oracle = CountedKneserNey(documents, counted.discounts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lstm_complete.kneser_ney._LONG", long)  # over it, a context is counted once and kept
        patch.setattr("lstm_complete.kneser_ney._ROWS_KEPT", 3)
        for length in [*range(len(typed) + 1)] * 2:
            context = [NEWLINE, *typed[:length]]
            found = counted.ask(read(counted, context)).probabilities
            expected = [oracle.probability(tuple(context), token) for token in range(SIZE)]
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("long", [0, 256])
@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=100)
def test_the_batch_form_gives_the_figures_of_one_question_at_a_time(
    long: int, documents: list[list[int]], asked: list[list[int]]
) -> None:
    counted = recall.build(documents, SIZE, NEWLINE)
    probabilities, features = score_recall(counted, Stream.of(asked, NEWLINE))
    at = 0
    for document in asked:
        state = counted.step(recall.EMPTY, NEWLINE)
        for token in [*document, NEWLINE]:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("lstm_complete.kneser_ney._LONG", long)
                answer = counted.ask(state)
            assert probabilities[at] == pytest.approx(float(answer.probabilities[token]), rel=1e-4)
            np.testing.assert_allclose(features[at], answer.features, rtol=1e-4, atol=1e-6)
            state = counted.step(state, token)
            at += 1


@given(DOCUMENTS, st.lists(st.integers(0, SIZE - 1), max_size=12))
@settings(max_examples=100)
def test_probabilities_sum_to_one(documents: list[list[int]], typed: list[int]) -> None:
    counted = recall.build(documents, SIZE, NEWLINE)
    assert counted.ask(read(counted, [NEWLINE, *typed])).probabilities.sum() == pytest.approx(1, abs=1e-4)


def test_a_context_does_not_reach_over_the_start_of_a_document() -> None:
    together = recall.build([[1, 2, 3, 4]], SIZE, NEWLINE)
    apart = recall.build([[1, 2], [3, 4]], SIZE, NEWLINE)
    assert read(together, [1, 2]).matched == 2
    assert read(together, [1, 2, 3]).matched == 3
    assert read(apart, [2, 3]).matched == 1  # "3" is known, "2 3" never was


@pytest.mark.parametrize(("low", "high"), [(0, 9), (5, 6), (3, 3), (8, 2)])
def test_a_match_ends_where_a_damaged_file_has_a_longer_context_outside_of_a_shorter_one(low: int, high: int) -> None:
    counted = recall.build([[1, 2, 3, 1, 2, 3, 1, 2, 4]], SIZE, NEWLINE)._counts
    sound, damaged = counted.ask((2,), (5,)), counted.ask((2, low), (5, high))
    np.testing.assert_array_equal(damaged.probabilities, sound.probabilities)
    assert damaged.features == sound.features


@pytest.mark.parametrize(("low", "high"), [(3, 3), (8, 2)])
def test_an_interval_of_a_damaged_file_that_ends_before_it_starts_adds_nothing_to_a_frequent_context(
    monkeypatch, low: int, high: int
) -> None:
    monkeypatch.setattr("lstm_complete.kneser_ney._LONG", 2)
    counted = recall.build([[1, 2, 3, 1, 2, 3, 1, 2, 4]], SIZE, NEWLINE)._counts
    sound, damaged = counted.ask((2,), (5,)), counted.ask((2, low), (5, high))
    np.testing.assert_array_equal(damaged.probabilities, sound.probabilities)
    assert damaged.features == sound.features


def test_a_recall_that_nobody_has_any_more_is_gone_at_once_with_what_it_remembers() -> None:
    counted = recall.build([[1, 2, 1, 2, 3]], SIZE, NEWLINE)
    counted.ask(read(counted, [NEWLINE, 1, 2]))
    gone = [weakref.ref(counted), weakref.ref(counted._counts)]
    gc.disable()
    try:
        del counted
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()


def test_it_takes_seven_bytes_a_token_of_text() -> None:
    documents = [list(np.random.default_rng(0).integers(1, SIZE, 20_000))]
    tensors = recall.build(documents, SIZE, NEWLINE).to_tensors()
    assert sum(array.nbytes for array in tensors.values()) / 20_000 == pytest.approx(7, abs=0.1)


def test_tensors_carry_it_unchanged() -> None:
    counted = recall.build([[1, 2, 3, 1, 2, 4]], SIZE, NEWLINE)
    again = Recall.from_tensors(counted.to_tensors(), SIZE)
    state = read(counted, [NEWLINE, 1, 2])
    np.testing.assert_array_equal(again.ask(state).probabilities, counted.ask(state).probabilities)
