"""Recency: held to counts in dictionaries, and to the batch form that training uses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import recency
from lstm_complete.recency import CONCENTRATIONS, ORDER, RecencyState
from lstm_complete.settings import SESSION_TOKENS
from lstm_complete.stream import Stream
from lstm_complete.training.held_out import draw_sessions, score_recency

SIZE, NEWLINE = 5, 0
DOCUMENTS = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=25), min_size=1, max_size=5)


def session(documents: list[list[int]]) -> RecencyState:
    """All documents finished but the last, which is still being typed."""
    state = recency.EMPTY
    for index, document in enumerate(documents):
        state = recency.begin(state, NEWLINE)
        for token in [*document, NEWLINE] if index + 1 < len(documents) else document:
            state = recency.step(state, token)
    return state


def counted_probability(documents: list[list[int]], token: int) -> float:
    """The formula of the module, from plain lists."""
    streams = [[NEWLINE, *document, NEWLINE] for document in documents[:-1]] + [[NEWLINE, *documents[-1]]]
    present = streams[-1]
    probability = 1 / SIZE
    for order in range(ORDER + 1):
        if order > len(present):
            break
        context = present[len(present) - order :]
        followers = [
            stream[at]
            for stream in streams
            for at in range(1, len(stream))
            if at >= order and stream[at - order : at] == context
        ]
        concentration = CONCENTRATIONS[order]
        probability = (followers.count(token) + concentration * probability) / (len(followers) + concentration)
    return probability


@given(DOCUMENTS)
@settings(max_examples=150)
def test_probabilities_are_those_of_counts_in_lists(documents: list[list[int]]) -> None:
    found = recency.ask(session(documents), SIZE).probabilities
    np.testing.assert_allclose(found, [counted_probability(documents, token) for token in range(SIZE)], rtol=1e-4)
    assert found.sum() == pytest.approx(1, abs=1e-4)


@given(before=DOCUMENTS, tokens=st.lists(st.integers(0, SIZE - 1), max_size=40), seed=st.integers(0, 9))
@settings(max_examples=150)
def test_many_tokens_read_at_once_are_the_same_as_one_after_another(
    before: list[list[int]], tokens: list[int], seed: int
) -> None:
    whole_window = np.random.default_rng(seed).integers(0, 2, SESSION_TOKENS + seed - 5).tolist()
    for state in (session(before), session([*before, whole_window])):
        for read in (tokens, tokens + whole_window):
            stepped = state
            for token in read:
                stepped = recency.step(stepped, token)
            for found, wanted in zip(recency.read(state, read), stepped, strict=True):
                np.testing.assert_array_equal(found, wanted)


def check_batch_form(documents: list[list[int]]) -> None:
    probabilities, features = score_recency(Stream.of(documents, NEWLINE), SIZE)
    state, at = recency.EMPTY, 0
    for document in documents:
        state = recency.begin(state, NEWLINE)
        for token in [*document, NEWLINE]:
            answer = recency.ask(state, SIZE)
            assert probabilities[at] == pytest.approx(float(answer.probabilities[token]), rel=1e-4)
            np.testing.assert_allclose(features[at], answer.features, rtol=1e-4, atol=1e-6)
            state = recency.step(state, token)
            at += 1


@given(DOCUMENTS)
@settings(max_examples=100)
def test_the_batch_form_gives_the_figures_of_one_question_at_a_time(documents: list[list[int]]) -> None:
    check_batch_form(documents)


def test_the_batch_form_forgets_when_a_session_does() -> None:
    rng = np.random.default_rng(1)
    check_batch_form([list(rng.integers(0, SIZE, 300)) for _ in range(6)])


@given(DOCUMENTS, st.integers(0, 5))
@settings(max_examples=100)
def test_in_the_batch_form_a_session_knows_nothing_of_the_one_before(documents: list[list[int]], seed: int) -> None:
    stream = Stream.of(documents, NEWLINE)
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(stream.tokens), 3))
    sessions = np.append(0, cuts)[np.searchsorted(cuts, np.arange(len(stream.tokens)), side="right")]
    probabilities, features = score_recency(stream, SIZE, sessions)
    state, at = recency.EMPTY, 0
    for index, (token, depth) in enumerate(zip(stream.tokens.tolist(), stream.depth.tolist(), strict=True)):
        state = recency.step(state, token) if depth else recency.begin(state, NEWLINE)
        if index not in stream.contexts:
            continue
        since = len(state.tokens) - (index - int(sessions[index]))
        answer = recency.ask(RecencyState(*(part[since:] for part in state)), SIZE)
        assert probabilities[at] == pytest.approx(float(answer.probabilities[stream.tokens[index + 1]]), rel=1e-4)
        np.testing.assert_allclose(features[at], answer.features, rtol=1e-4, atol=1e-6)
        at += 1


def test_sessions_cover_a_text_in_order() -> None:
    sessions = draw_sessions(20_000, np.random.default_rng(0))
    assert sessions.shape == (20_000,)
    assert sessions[0] == 0
    assert (np.diff(sessions) >= 0).all()
    assert (sessions <= np.arange(20_000)).all()
    assert len(np.unique(sessions)) > 5


def test_it_remembers_no_more_than_its_window() -> None:
    state = session([[1, 2, 3, 4] * SESSION_TOKENS])
    assert len(state.tokens) == len(state.matched) == SESSION_TOKENS


def test_stepping_leaves_the_state_as_it_was() -> None:
    state = session([[1, 2, 1]])
    before = [part.copy() for part in state]
    recency.step(state, 2)
    recency.begin(state, NEWLINE)
    for part, copy in zip(state, before, strict=True):
        np.testing.assert_array_equal(part, copy)
