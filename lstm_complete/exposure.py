"""How much of a random secret a model has kept: its exposure (Carlini et al. 2019, "The Secret Sharer", 1802.08232).

A canary is a secret drawn at random from a space R of texts of one format. Ranked by probability among all of R,
exposure = log2 |R| - log2 rank: the bits that a model spares whoever guesses it. R is too large to be ranked, so it is
sampled (their section 4.3): the canary is ranked among others of its format that were drawn like it and are in no text.
Nothing is assumed of the scores' distribution; what is paid for that is a bound, log2 of the sample's size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from lstm_complete.predictor import stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lstm_complete.predictor import Predictor, State

# Of a text that was never read: any rank is as likely, so the mean of log2 (n / rank), and its standard deviation.
CHANCE_BITS = 1 / math.log(2)

LSTM, RECALL, BOTH = "LSTM", "recall", "both"

_AT_ONCE = 256  # texts: their rows of probabilities are 8 MB for 8,000 tokens


def exposure(score: float, others: Sequence[float] | NDArray[np.float64]) -> float:
    """Bits by which a canary is easier to guess than one that was never read; between equals it stands in the middle.

    Args:
        score: Of the canary: the higher, the likelier.
        others: Scores of other texts of its format: all of them, or a sample.
    """
    scores = np.asarray(others, np.float64)
    rank = 1 + np.count_nonzero(scores > score) + np.count_nonzero(scores == score) / 2
    return math.log2(len(scores) + 1) - math.log2(rank)


def log_probabilities(predictor: Predictor, texts: Sequence[Sequence[int]]) -> dict[str, NDArray[np.float64]]:
    """How likely each text is at the start of a document, to the LSTM alone, to recall alone, and to both mixed.

    Args:
        predictor: The sources.
        texts: Token ids.

    Returns:
        Natural logarithms under LSTM, RECALL and BOTH, each of shape (texts,); LSTM alone for a network alone.
    """
    parts = [_scored(predictor, texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    whole = np.concatenate(parts)  # (texts, 3)
    names = (LSTM, RECALL, BOTH) if predictor.gate and predictor.recall else (LSTM,)
    return {name: whole[:, column] for column, name in enumerate(names)}


def _scored(predictor: Predictor, texts: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """What `log_probabilities` says, shape (texts, 3); a beginning that texts have in common is read once."""
    states: dict[tuple[int, ...], State] = {(): predictor.initial()}
    scores: dict[tuple[int, ...], NDArray[np.float64]] = {(): np.zeros(3)}
    for end in range(1, max(map(len, texts), default=0) + 1):
        longer = list(dict.fromkeys(tuple(tokens[:end]) for tokens in texts if len(tokens) >= end))
        before = [states[beginning[:-1]] for beginning in longer]
        last = [beginning[-1] for beginning in longer]
        found = np.log(np.maximum(_probabilities(predictor, before, last), np.finfo(np.float32).tiny))
        scores.update((each, scores[each[:-1]] + logs) for each, logs in zip(longer, found, strict=True))
        states = dict(zip(longer, predictor.step(before, last), strict=True))
    return np.array([scores[tuple(tokens)] for tokens in texts])


def _probabilities(predictor: Predictor, states: Sequence[State], tokens: Sequence[int]) -> NDArray[np.float64]:
    """Of one token after each state, shape (states, 3)."""
    rows = predictor.lstm.logits(stack(states)).astype(np.float64)  # (states, vocabulary_size)
    rows -= rows.max(axis=1, keepdims=True)
    lstm = np.exp(rows[np.arange(len(tokens)), tokens]) / np.exp(rows).sum(axis=1)
    mixed = predictor.predict(states)
    recalled = [
        each.recalled.probability(token) if each.recalled else 1.0 for each, token in zip(mixed, tokens, strict=True)
    ]
    both = [each.probabilities[token] for each, token in zip(mixed, tokens, strict=True)]
    return np.stack([lstm, np.array(recalled), np.array(both, np.float64)], axis=1)
