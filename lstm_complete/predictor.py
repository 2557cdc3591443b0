"""Three sources, one next-token distribution: the LSTM, recall and recency, weighed by a learned gate.

p(w) = g_lstm p_lstm(w) + g_recall p_recall(w) + g_recency p_recency(w), the shares computed at each step from the
LSTM's output and from what the counting sources found (how long the matched contexts are, how often they were seen, how
much probability they leave over).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_complete import kneser_ney, recall, recency
from lstm_complete.lstm import LSTM, LSTMState, Part
from lstm_complete.product import Product
from lstm_complete.recall import Recall, RecallState
from lstm_complete.tensors import take_weights

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from lstm_complete.kneser_ney import Recalled
    from lstm_complete.recency import RecencyState, Recent
    from lstm_complete.settings import ModelShape

# The LSTM's state after this many tokens hardly depends on what it was before them. Nats a token after the last 64,
# 128, 256 and 512 of a text: notes 2.957, 2.940, 2.939, 2.939; Python 1.683, 1.667, 1.663, 1.662. The first key in a
# long text waits for them: 56 ms of processor time with 256 on a loaded machine, and 30 with 128.
LSTM_MEMORY = 128

SOURCES = ("lstm", "recall", "recency")

# What the gate sees beside the LSTM's output: the counting sources' features, and the LSTM's highest log probability.
GATE_FEATURES = kneser_ney.FEATURES + recency.FEATURES + 1
GATE_UNITS = 32

# Of a larger vocabulary so many tokens can be scored alone: those that are most frequent in the user's text.
_FREQUENT = 2048

_SHUT = -1e5  # a score of which the softmax makes 0


class State(NamedTuple):
    """All that was read so far, as each source remembers it."""

    lstm: LSTMState  # of a batch of one
    recall: RecallState
    recency: RecencyState


class Prediction(NamedTuple):
    """What comes next.

    Attributes:
        probabilities: Of the mixture, shape (vocabulary_size,), float32.
        shares: The weight of each of SOURCES in it; None where the LSTM is alone.
        recalled: What recall says; None where the LSTM is alone.
        recent: What recency says; None where the LSTM is alone.
        whole: Whether the LSTM scored all tokens, and not the frequent ones alone.
    """

    probabilities: NDArray[np.float32]
    shares: tuple[float, ...] | None = None
    recalled: Recalled | None = None
    recent: Recent | None = None
    whole: bool = True

    def contributions(self, token: int) -> tuple[float, ...]:
        """What each of SOURCES adds to a token's probability; the LSTM alone where it is alone."""
        whole = float(self.probabilities[token])
        if self.shares is None or self.recalled is None or self.recent is None:
            return (whole,)
        counted = self.shares[1] * self.recalled.probability(token)
        recent = self.shares[2] * self.recent.probability(token)
        return max(whole - counted - recent, 0.0), counted, recent

    def source_of(self, token: int) -> str:
        """Which source contributes most to a token's probability."""
        contributions = self.contributions(token)
        return SOURCES[contributions.index(max(contributions))]


@dataclass(frozen=True, eq=False)
class Gate:
    """The weights of `lstm_complete.training.network.Gate`."""

    inner_weights: NDArray[np.float32]
    inner_bias: NDArray[np.float32]
    share_weights: NDArray[np.float32]
    share_bias: NDArray[np.float32]

    @cached_property
    def _inner(self) -> Product:
        return Product(self.inner_weights)

    def without(self, source: str) -> Gate:
        """The same gate, shut on one of SOURCES: what it gave to that goes to the others in proportion."""
        weights, bias = shut(self.share_weights, self.share_bias, {source})
        return Gate(self.inner_weights, self.inner_bias, weights, bias)

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shares that sum to one: (batch, hidden_size + GATE_FEATURES) to (batch, 3)."""
        inner = np.tanh(self._inner(inputs) + self.inner_bias)
        return softmax(inner @ self.share_weights.T + self.share_bias)

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], hidden_size: int) -> Gate:
        """Take the weights of a model file.

        Raises:
            ModelFormatError: A weight is missing, or of another shape.
        """
        shapes = {
            "inner.weight": (GATE_UNITS, hidden_size + GATE_FEATURES),
            "inner.bias": (GATE_UNITS,),
            "shares.weight": (len(SOURCES), GATE_UNITS),
            "shares.bias": (len(SOURCES),),
        }
        return cls(*(take_weights(tensors, f"network.gate.{name}", *shape) for name, shape in shapes.items()))


@dataclass(frozen=True, eq=False)
class Predictor:
    """The sources of one model.

    Attributes:
        lstm: The network.
        recall: The user's text; None for a network alone, and for a model that was carried here without it.
        gate: The weights of the mixture, None for a network alone.
        newline: The token that starts and ends a document.
    """

    lstm: LSTM
    recall: Recall | None
    gate: Gate | None
    newline: int

    def initial(self, session: RecencyState = recency.EMPTY) -> State:
        """The state at the start of a document, after the line break that stands before it."""
        token = np.array([self.newline])
        return State(
            self.lstm.step(self.lstm.initial(), token),
            self.recall.step(recall.EMPTY, self.newline) if self.recall else recall.EMPTY,
            recency.begin(session, self.newline),
        )

    def read(self, state: State, tokens: Sequence[int]) -> State:
        """Advance a state by many tokens.

        Of a long text each source takes only what it can still remember: the LSTM the last LSTM_MEMORY tokens, recall
        as many as its longest context has, recency the last SESSION_TOKENS.
        """
        counted, recent = state.recall, state.recency
        if self.recall:
            for token in tokens[-kneser_ney.ORDER :]:
                counted = self.recall.step(counted, token)
        if self.gate:
            recent = recency.read(recent, tokens)
        return State(self.lstm.read(state.lstm, np.asarray(tokens[-LSTM_MEMORY:], np.int64)), counted, recent)

    def step(self, states: Sequence[State], tokens: Sequence[int]) -> list[State]:
        """Advance several states by one token each; the LSTM takes them as one batch."""
        batch = self.lstm.step(stack(states), np.asarray(tokens, np.int64))
        next_states = []
        for index, (state, token) in enumerate(zip(states, tokens, strict=True)):
            lstm = LSTMState(batch.hidden[:, index : index + 1], batch.cell[:, index : index + 1])
            counted = self.recall.step(state.recall, token) if self.recall else state.recall
            next_states.append(State(lstm, counted, recency.step(state.recency, token) if self.gate else state.recency))
        return next_states

    def predict(self, states: Sequence[State], *, whole: bool = True) -> list[Prediction]:
        """The distribution of the next token after each state.

        Args:
            states: All of them are one batch.
            whole: Whether the LSTM must score every token. Without it the rare ones have from it no probability, and
                the others theirs, some hundredths too much, for much less time: nearly all of it goes into reading the
                weights of the output.
        """
        batch = stack(states)
        part = None if whole else self._frequent
        rows = self.lstm.logits(batch, part)  # (batch, tokens scored)
        rows -= rows.max(axis=1, keepdims=True)
        np.exp(rows, out=rows)
        totals = rows.sum(axis=1, keepdims=True)
        if self.gate is None:
            return [Prediction(row / total) for row, total in zip(rows, totals, strict=True)]
        size = self.lstm.vocabulary_size
        counted = [self.recall.ask(state.recall) if self.recall else kneser_ney.unknown(size) for state in states]
        recent = [recency.ask(state.recency, size) for state in states]
        features = np.array([(*c.features, *r.features) for c, r in zip(counted, recent, strict=True)], np.float32)
        surest = -np.log(totals)  # of the likeliest token, whose exponential is 1
        gates = self.gate(np.concatenate((batch.hidden[-1], features, surest), axis=1))  # (batch, 3)
        scales = gates[:, :1] / totals
        return [
            Prediction(_mixture(_spread(row * scale, part, size), c, r, shares), tuple(shares), c, r, part is None)
            for row, scale, c, r, shares in zip(rows, scales, counted, recent, gates.tolist(), strict=True)
        ]

    @cached_property
    def _frequent(self) -> Part | None:
        """The tokens that are scored where not all must be; None where that is all of them."""
        if self.recall is None or self.recall.vocabulary_size <= _FREQUENT:
            return None
        # Of those that occur as often, or never, the ones that were merged first were the most frequent elsewhere.
        by_frequency = np.argsort(-self.recall.unigram, kind="stable")
        return self.lstm.part(np.sort(by_frequency[:_FREQUENT]))

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], shape: ModelShape, newline: int) -> Predictor:
        """Take the sources of a model file.

        Raises:
            ModelFormatError: A tensor is missing, or its shape is not what the file's settings say.
        """
        lstm = LSTM.from_tensors(tensors, shape)
        if not shape.gated:
            return cls(lstm, None, None, newline)
        gate = Gate.from_tensors(tensors, shape.hidden_size)
        if not any(name.startswith("recall.") for name in tensors):
            return cls(lstm, None, gate.without("recall"), newline)
        return cls(lstm, Recall.from_tensors(tensors, shape.vocabulary_size), gate, newline)


def _spread(row: NDArray[np.float32], part: Part | None, size: int) -> NDArray[np.float32]:
    """A row of some tokens as one of all tokens, 0 for the others."""
    if part is None:
        return row
    spread = np.zeros(size, np.float32)
    spread[part.tokens] = row
    return spread


def _mixture(
    row: NDArray[np.float32], recalled: Recalled, recent: Recent, shares: Sequence[float]
) -> NDArray[np.float32]:
    """Add what recall and recency say, each with its share, to the LSTM's part of a mixture, in place."""
    _, of_recall, of_recency = shares
    recalled.add_to(row, of_recall)
    recent.add_to(row, of_recency)
    return row


def stack(states: Sequence[State]) -> LSTMState:
    """The LSTM's part of several states as one batch."""
    return LSTMState(
        np.concatenate([state.lstm.hidden for state in states], axis=1),
        np.concatenate([state.lstm.cell for state in states], axis=1),
    )


def shut(
    weights: NDArray[np.float32], bias: NDArray[np.float32], sources: Collection[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A gate's last layer, of which some of SOURCES get nothing: (3, GATE_UNITS) and (3,), as they were given."""
    closed = np.array([each in sources for each in SOURCES])
    return (
        np.where(closed[:, None], 0, weights).astype(np.float32),
        np.where(closed, _SHUT, bias).astype(np.float32),
    )


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """exp(scores) / sum(exp(scores)) along the last axis."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: NDArray[np.float32] = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return result
