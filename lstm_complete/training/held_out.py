"""What recall and recency would have said of each training token, had they not read it yet.

The gate learns whom to trust from these. Recall that has counted the very token it is asked about looks perfect, and
the gate would close on the LSTM; so each part of the text is scored by a recall built without it. All of it is computed
before training, for all tokens at once: the same figures as `Recall.ask` and `recency.ask` give one by one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_complete import kneser_ney, recall, recency
from lstm_complete.settings import SESSION_TOKENS
from lstm_complete.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lstm_complete.recall import Recall

FOLDS = 8
# A long document is cut into this many parts a fold, so that a fold is spread over the text.
_PARTS_A_FOLD = 4
_SHORTEST_PART = 256
_SHORTEST_SESSION = 32  # tokens


class Scores(NamedTuple):
    """Of each token of a stream that has one before it, in order.

    Attributes:
        probabilities: Under recall and recency, float32, shape (entries, 2).
        features: Of both, as the gate takes them, float32, shape (entries, kneser_ney.FEATURES + recency.FEATURES).
    """

    probabilities: NDArray[np.float32]
    features: NDArray[np.float32]


def score_held_out(
    documents: Sequence[Sequence[int]], vocabulary_size: int, newline: int, rng: np.random.Generator
) -> Scores:
    """Score training documents, each part by a recall of the others."""
    parts = _parts(documents)
    fold_of = rng.permutation(len(parts)) % FOLDS
    probabilities: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(parts)
    features: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(parts)
    for fold in range(min(FOLDS, len(parts))):
        others = [part for index, (part, _) in enumerate(parts) if fold_of[index] != fold]
        mine = [index for index in range(len(parts)) if fold_of[index] == fold]
        if not others:
            others = [[]]
        counted = recall.build(others, vocabulary_size, newline, whole=False)
        found, found_features = score_recall(counted, Stream.of([parts[index][0] for index in mine], newline))
        at = 0
        for index in mine:
            part, ends_document = parts[index]
            kept = slice(at, at + len(part) + ends_document)  # the end of a part is no end of a line
            probabilities[index], features[index] = found[kept], found_features[kept]
            at += len(part) + 1
    stream = Stream.of(documents, newline)
    recent, recent_features = score_recency(stream, vocabulary_size, draw_sessions(len(stream.tokens), rng))
    return Scores(
        np.stack((np.concatenate(probabilities), recent), axis=1),
        np.concatenate((np.concatenate(features), recent_features), axis=1),
    )


def score(
    recalled: Recall, documents: Sequence[Sequence[int]], newline: int, rng: np.random.Generator | None = None
) -> Scores:
    """Score documents that recall has not read: in one session, or in sessions that `rng` draws."""
    stream = Stream.of(documents, newline)
    found, features = score_recall(recalled, stream)
    sessions = draw_sessions(len(stream.tokens), rng) if rng is not None else None
    recent, recent_features = score_recency(stream, recalled.vocabulary_size, sessions)
    return Scores(np.stack((found, recent), axis=1), np.concatenate((features, recent_features), axis=1))


def _parts(documents: Sequence[Sequence[int]]) -> list[tuple[Sequence[int], bool]]:
    """Cut long documents; True marks the part that ends one."""
    total = sum(len(document) for document in documents)
    longest = max(_SHORTEST_PART, total // (FOLDS * _PARTS_A_FOLD))
    parts: list[tuple[Sequence[int], bool]] = []
    for document in documents:
        cuts = max(1, round(len(document) / longest))
        edges = [len(document) * cut // cuts for cut in range(cuts + 1)]
        parts.extend((document[a:b], b == edges[-1]) for a, b in pairwise(edges))
    return parts


def score_recall(counted: Recall, stream: Stream) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Probability of each follower in a stream, and the gate's features, as `Recall.ask` computes them."""
    index = _Index(counted)
    contexts = stream.contexts
    targets = stream.tokens[contexts + 1]
    size, entries = counted.vocabulary_size, len(counted.followers)
    probabilities = np.full(len(contexts), 1 / size)
    features = np.zeros((len(contexts), kneser_ney.FEATURES), np.float32)
    features[:, : kneser_ney.ORDER] = 1.0
    low, high = np.zeros(len(stream.tokens), np.int64), np.full(len(stream.tokens), entries)
    for order in range(kneser_ney.ORDER + 1):
        if order == 1:
            low, high = counted.starts[stream.tokens], counted.starts[stream.tokens + 1]
        elif order > 1:
            low, high = index.extend(stream, low, high)
        known = np.flatnonzero(high[contexts] > low[contexts])
        if not len(known):
            break
        at = contexts[known]
        total, kinds, count = index.counts(order, low[at], high[at], targets[known])
        discount = float(counted.discounts[order])
        escape = discount * kinds / total
        probabilities[known] = np.maximum(count - discount, 0) / total + escape * probabilities[known]
        if order:
            features[known, order - 1] = escape
            features[known, kneser_ney.ORDER + order - 1] = np.log1p(total) / 8
    return probabilities.astype(np.float32), features


class _Index:
    """A Recall, with what answers many questions at once."""

    def __init__(self, counted: Recall) -> None:
        self.counted = counted
        self.entries = len(counted.followers)
        followers = counted.followers.astype(np.int64)
        self.by_follower = np.argsort(followers, kind="stable")
        self.follower_keys = followers[self.by_follower] * (self.entries + 1) + self.by_follower
        owners = np.repeat(np.arange(counted.vocabulary_size), np.diff(counted.starts))
        self.position_keys = owners * (self.entries + 2) + counted.positions.astype(np.int64)

    def extend(
        self, stream: Stream, low: NDArray[np.int64], high: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Intervals of contexts one token longer, at every token of the stream; empty where there are none."""
        inside = np.flatnonzero(stream.depth > 0)
        inside = inside[high[inside - 1] > low[inside - 1]]
        longer_low, longer_high = np.zeros_like(low), np.zeros_like(high)
        owner = stream.tokens[inside] * (self.entries + 2)
        longer_low[inside] = np.searchsorted(self.position_keys, owner + low[inside - 1] + 1)
        longer_high[inside] = np.searchsorted(self.position_keys, owner + high[inside - 1] + 1)
        return longer_low, longer_high

    def counts(
        self, order: int, low: NDArray[np.int64], high: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Of each interval: everything counted, the kinds of followers, and the count of the target."""
        novelty = self.counted.novelty
        counted = novelty <= order + 1 if order < kneser_ney.ORDER else np.ones(self.entries, bool)
        before = np.append(0, np.cumsum(counted))
        kinds = np.append(0, np.cumsum(novelty <= order))
        of_follower = np.append(0, np.cumsum(counted[self.by_follower]))
        first = np.searchsorted(self.follower_keys, targets * (self.entries + 1) + low)
        last = np.searchsorted(self.follower_keys, targets * (self.entries + 1) + high)
        return before[high] - before[low], kinds[high] - kinds[low], of_follower[last] - of_follower[first]


def draw_sessions(tokens: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Where each token's session starts: sessions begin at random, short ones as often as long ones.

    A person's session starts empty, and the gate must have seen that: otherwise it goes on trusting a recency that
    knows nothing (a command that always came next fell from 99 % to 64 % at the first prompt).
    """
    shortest, longest = np.log(_SHORTEST_SESSION), np.log(4 * SESSION_TOKENS)
    lengths = np.exp(rng.uniform(shortest, longest, tokens // _SHORTEST_SESSION + 1)).astype(np.int64)
    starts = np.append(0, np.cumsum(lengths))
    found: NDArray[np.int64] = starts[np.searchsorted(starts, np.arange(tokens), side="right") - 1]
    return found


def score_recency(
    stream: Stream, vocabulary_size: int, sessions: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Probability of each follower in a stream, and the gate's features, as `recency.ask` computes them.

    Args:
        stream: The text.
        vocabulary_size: Tokens.
        sessions: Where each token's session starts, shape (length,); None for one session.
    """
    contexts = stream.contexts
    targets = stream.tokens[contexts + 1]
    probabilities = np.full(len(contexts), 1 / vocabulary_size)
    features = np.zeros((len(contexts), recency.FEATURES), np.float32)
    # A token leaves the window SESSION_TOKENS after it was appended; the last one appended stands at the context
    # itself.
    begin = contexts - SESSION_TOKENS
    if sessions is not None:
        begin = np.maximum(begin, sessions[contexts])
    left = np.searchsorted(contexts, begin)
    context = np.zeros(len(stream.tokens), np.int64)
    index = np.arange(len(stream.tokens))
    for order in range(recency.ORDER + 1):
        if order:
            reaches = stream.depth >= order - 1
            back = np.where(reaches, stream.tokens[np.maximum(index - order + 1, 0)] + 1, 0)
            context = np.unique(context * (vocabulary_size + 1) + back, return_inverse=True)[1]
        deep = stream.depth[contexts] >= order - 1
        here = context[contexts]
        pair = np.unique(here * vocabulary_size + targets, return_inverse=True)[1]
        total = np.where(deep, _seen(here, left), 0)
        count = np.where(deep, _seen(pair, left), 0)
        concentration = recency.CONCENTRATIONS[order]
        probabilities = (count + concentration * probabilities) / (total + concentration)
        features[:, order] = np.log1p(total) / 4
    return probabilities.astype(np.float32), features


def _seen(kinds: NDArray[np.int64], left: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each kind stands among the entries from `left` up to itself, itself not counted."""
    entries = len(kinds)
    own = kinds * (entries + 1) + np.arange(entries)
    keys = np.sort(own)
    seen: NDArray[np.int64] = np.searchsorted(keys, own) - np.searchsorted(keys, kinds * (entries + 1) + left)
    return seen
