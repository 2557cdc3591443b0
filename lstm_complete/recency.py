"""Recency: p(next token | context) from the document before the cursor and the lines finished in this session.

An n-gram model over the last tokens, smoothed by concentrations (MacKay, Peto 1995): of each order k,
p_k(w) = (count_k(w) + a_k p_{k-1}(w)) / (total_k + a_k), below it all the uniform distribution. It is a cache (Kuhn,
De Mori 1990) that knows contexts: in notes and code most of what comes twice comes after the same tokens.

Tried, in bits a character on a validation part of train.txt, mixed with recall by weights learned for each length of
match (2,304 subwords, the last 1,024 tokens; shell commands / code):

    nothing                                             1.512 / 1.526
    a cache of single tokens (Kuhn, De Mori 1990)       1.513 / 1.490
    contexts of up to 1, 2, 4, 6 tokens                 1.501 1.491 1.488 1.488 / 1.324 1.259 1.241 1.241
    of 6, half the concentrations; 1 for all contexts   1.487 1.488 / 1.245 1.237

On notes (2,000 subwords) 2.08 without, 1.71 with the last 300 tokens, 1.63 with 1,000, 1.60 with 3,000.
"""

from __future__ import annotations

from itertools import accumulate
from math import log1p
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_complete.settings import SESSION_TOKENS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ORDER = 6
FEATURES = ORDER + 1
_KEPT = slice(-SESSION_TOKENS, None)

# Of each order, how many counts its shorter contexts are worth.
CONCENTRATIONS = (20.0, 2.0, 1.0, 0.5, 0.5, 0.5, 0.5)


class RecencyState(NamedTuple):
    """The last tokens, and how well the context before each of them agrees with the one at the cursor.

    Attributes:
        tokens: Oldest first, uint16, shape (length,).
        matched: Tokens on which the context before it agrees with the present one, at most ORDER; uint8, shape
            (length,).
        predicted: False for the first token of a document, which nothing predicts; bool, shape (length,).
    """

    tokens: NDArray[np.uint16]
    matched: NDArray[np.uint8]
    predicted: NDArray[np.bool_]


class Recent(NamedTuple):
    """What recency says of the next token: the sum of `weights` where `tokens` has it, and `least` for every token.

    Attributes:
        tokens: Ids, as often as they came; uint16, shape (length,).
        weights: Of each, float32, shape (length,).
        least: The probability of a token that never came.
        vocabulary_size: Tokens that the distribution covers.
        features: log(1 + total) / 4 of each order.
    """

    tokens: NDArray[np.uint16]
    weights: NDArray[np.float32]
    least: float
    vocabulary_size: int
    features: tuple[float, ...]

    def probability(self, token: int) -> float:
        """Of one token."""
        return float(self.weights[self.tokens == token].sum()) + self.least

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of all tokens, shape (vocabulary_size,)."""
        row = np.zeros(self.vocabulary_size, np.float32)
        self.add_to(row, 1.0)
        return row

    def add_to(self, row: NDArray[np.float32], share: float) -> None:
        """Add a share of this to probabilities of all tokens."""
        row += np.float32(share * self.least)
        np.add.at(row, self.tokens, np.float32(share) * self.weights)


EMPTY = RecencyState(np.zeros(0, np.uint16), np.zeros(0, np.uint8), np.zeros(0, bool))


def begin(state: RecencyState, newline: int) -> RecencyState:
    """Start a document: nothing predicts its first token, and no context reaches back beyond it."""
    return _append(state._replace(matched=np.zeros_like(state.matched)), newline, predicted=False)


def step(state: RecencyState, token: int) -> RecencyState:
    """Append a token to the context, and to what recency knows.

    Args:
        state: Left unchanged.
        token: Its id.
    """
    return _append(state, token, predicted=True)


def read(state: RecencyState, tokens: Sequence[int]) -> RecencyState:
    """Append many tokens: the same as a step for each.

    No context is longer than ORDER, so that only the last tokens decide what agrees with it.

    Args:
        state: Left unchanged.
        tokens: Their ids.
    """
    before, last = tokens[:-ORDER], tokens[-ORDER:]
    if len(before):
        known = np.concatenate((state.tokens, np.asarray(before, np.uint16)))[_KEPT]
        predicted = np.concatenate((state.predicted, np.ones(len(before), bool)))[_KEPT]
        state = RecencyState(known, np.zeros(len(known), np.uint8), predicted)
    for token in last:
        state = step(state, token)
    return state


def _append(state: RecencyState, token: int, *, predicted: bool) -> RecencyState:
    length = len(state.tokens) + 1
    tokens, matched, predictable = np.empty(length, np.uint16), np.zeros(length, np.uint8), np.empty(length, bool)
    tokens[:-1], tokens[-1] = state.tokens, token
    predictable[:-1], predictable[-1] = state.predicted, predicted
    # Where a known token is the one appended, the context before its successor agrees by one token more; but no
    # context reaches back over the start of a document.
    np.multiply(np.minimum(state.matched, ORDER - 1) + 1, state.tokens == token, out=matched[1:], casting="unsafe")
    matched *= predictable
    return RecencyState(tokens[_KEPT], matched[_KEPT], predictable[_KEPT])


def ask(state: RecencyState, vocabulary_size: int) -> Recent:
    """Predict the token after the present context."""
    exact = np.bincount(state.matched, minlength=ORDER + 1).tolist()
    exact[0] -= len(state.predicted) - int(np.count_nonzero(state.predicted))  # before these no context is known
    handed_on, total = 1.0, 0  # what reaches an order from all above; the tokens whose context agrees on so many
    shares, features = [0.0] * FEATURES, [0.0] * FEATURES
    for order in range(ORDER, -1, -1):
        total += exact[order]
        shares[order] = handed_on / (total + CONCENTRATIONS[order])
        handed_on *= CONCENTRATIONS[order] / (total + CONCENTRATIONS[order])
        features[order] = log1p(total) / 4
    of_match = np.array(list(accumulate(shares)), np.float32)
    weights = of_match.take(state.matched) * state.predicted
    return Recent(state.tokens, weights, handed_on / vocabulary_size, vocabulary_size, tuple(features))
