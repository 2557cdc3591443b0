"""Interpolated Kneser-Ney (Ney, Essen, Kneser 1994), counted when it is asked for, in nested intervals of entries.

The entries are those of `recall`: one a token of text, sorted by context, so that a context is an interval. In the
interval of a context of k tokens an entry opens a new kind of follower where its novelty <= k, and a new (longer
context, follower) pair, which is what Kneser-Ney counts in all but the longest contexts, where its novelty <= k + 1.

What is found is sparse: the followers there are, with their weights, over one row for all tokens. Long intervals, which
are those of frequent contexts, are counted once and kept, so that a question takes no longer for more text.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ORDER = 8
FEATURES = 2 * ORDER

# Longer intervals are counted once and kept: in all so many followers, 12 bytes each.
_LONG = 128
_FOLLOWERS_KEPT = 200_000
# Of a long interval so many entries are looked at at once, which bounds the memory that it takes.
_BLOCK = 65_536


class Recalled(NamedTuple):
    """What recall says of the next token: sum of `weights` where `tokens` has it, and `below` times its unigram.

    Attributes:
        tokens: Ids, several times where several orders have them; shape (found,).
        weights: Of each, float32, shape (found,).
        below: The share of the unigram.
        unigram: Shape (vocabulary_size,), float32.
        features: Shape (FEATURES,), float32: for each length of context, the share of probability left to shorter ones
            (1 where it is unknown), then log(1 + how often it was counted) / 8.
    """

    tokens: NDArray[np.intp]
    weights: NDArray[np.float32]
    below: float
    unigram: NDArray[np.float32]
    features: NDArray[np.float32]

    def probability(self, token: int) -> float:
        """Of one token."""
        return float(self.weights[self.tokens == token].sum()) + self.below * float(self.unigram[token])

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of all tokens, shape (vocabulary_size,)."""
        row: NDArray[np.float32] = np.float32(self.below) * self.unigram
        np.add.at(row, self.tokens, self.weights)
        return row


@cache
def unknown(vocabulary_size: int) -> Recalled:
    """What recall says when it has read nothing."""
    features = np.zeros(FEATURES, np.float32)
    features[:ORDER] = 1.0
    uniform = np.full(vocabulary_size, 1 / vocabulary_size, np.float32)
    return Recalled(_NO_TOKENS, _NO_WEIGHTS, 1.0, uniform, features)


class _Level(NamedTuple):
    """One order or several: the weights of followers, of each order escape and total, and what is left to shorter."""

    tokens: NDArray[np.intp]
    weights: NDArray[np.float32]
    escapes: list[float]
    totals: list[int]
    handed_on: float


_NO_TOKENS, _NO_WEIGHTS = np.zeros(0, np.intp), np.zeros(0, np.float32)


@dataclass(frozen=True, eq=False)
class KneserNey:
    """The arithmetic on sorted entries.

    Attributes:
        followers: The token that follows each context, uint16, shape (entries,).
        novelty: See `recall`; uint8, shape (entries,).
        discounts: Of each order, float32, shape (ORDER + 1,).
        vocabulary_size: Tokens that a distribution covers.
    """

    followers: NDArray[np.uint16]
    novelty: NDArray[np.uint8]
    discounts: NDArray[np.float32]
    vocabulary_size: int

    def ask(self, low: Sequence[int], high: Sequence[int]) -> Recalled:
        """Predict the token after a context, of which the last 1, 2, ... tokens have the intervals [low, high).

        Each order k hands `escape` of the probability on to order k - 1:
        p_k(w) = max(count_k(w) - discount_k, 0) / total_k + escape_k * p_{k-1}(w).
        """
        matched = len(low)
        long = next((order for order in range(matched) if high[order] - low[order] <= _LONG), matched)
        levels = [self._level(order + 1, low[order], high[order]) for order in range(long)]
        if long < matched:
            levels.append(self._short(low[long:], high[long:], long + 1))
        features, handed_on = np.zeros(FEATURES), 1.0
        features[matched:ORDER] = 1.0
        tokens, weights = [_NO_TOKENS], [_NO_WEIGHTS]
        for level in reversed(levels):
            tokens.append(level.tokens)
            weights.append(level.weights * np.float32(handed_on))
            handed_on *= level.handed_on
        features[:matched] = [escape for level in levels for escape in level.escapes]
        features[ORDER : ORDER + matched] = [total for level in levels for total in level.totals]
        features[ORDER:] = np.log1p(features[ORDER:]) / 8
        return Recalled(
            np.concatenate(tokens), np.concatenate(weights), handed_on, self._unigram, features.astype(np.float32)
        )

    def _short(self, low: Sequence[int], high: Sequence[int], first: int) -> _Level:
        """Several orders at once, from `first` on, of short intervals within the first of them."""
        entries = np.arange(low[0], high[0])
        orders = np.arange(first, first + len(low))[:, None]
        inside = (entries >= np.array(low)[:, None]) & (entries < np.array(high)[:, None])  # (orders, entries)
        novelty = self.novelty[low[0] : high[0]]
        opens = inside & (novelty <= orders)
        counted = inside & ((novelty <= orders + 1) | (orders == ORDER))
        totals = np.maximum(counted.sum(axis=1), 1)  # 0 in no file that was built from text
        discounts = self.discounts[first : first + len(low)]
        escapes = discounts * opens.sum(axis=1) / totals
        handed_on = np.append(np.cumprod(escapes[::-1])[::-1], 1.0)  # what reaches each order from above, and goes on
        weights = (handed_on[1:] / totals) @ (counted - discounts[:, None] * opens)  # (entries,)
        followers = self.followers[low[0] : high[0]].astype(np.intp)
        return _Level(followers, weights.astype(np.float32), escapes.tolist(), totals.tolist(), float(handed_on[0]))

    def _level(self, order: int, low: int, high: int) -> _Level:
        """One order of a long interval: counted when first asked for."""
        levels, key = self._levels, (order, low)
        if key in levels:
            levels.move_to_end(key)
            return levels[key]
        counts, kinds, total = self._count(order, low, high)
        tokens = np.flatnonzero(counts)
        discount = float(self.discounts[order])
        shares = (counts[tokens] - discount) / total
        escape = discount * kinds / total
        level = levels[key] = _Level(tokens, shares.astype(np.float32), [escape], [total], escape)
        while len(levels) > 1 and sum(len(each.tokens) for each in levels.values()) > _FOLLOWERS_KEPT:
            levels.popitem(last=False)
        return level

    def _count(self, order: int, low: int, high: int) -> tuple[NDArray[np.int64], int, int]:
        """Of each token how often it is counted in an interval, how many kinds there are, and how many in all."""
        counts, kinds = np.zeros(self.vocabulary_size, np.int64), 0
        for start in range(low, high, _BLOCK):
            block = slice(start, min(start + _BLOCK, high))
            novelty, followers = self.novelty[block], self.followers[block]
            kinds += int(np.count_nonzero(novelty <= order))
            counted = followers if order == ORDER else followers[novelty <= order + 1]
            counts += np.bincount(counted, minlength=self.vocabulary_size)
        return counts, kinds, max(int(counts.sum()), 1)

    @cached_property
    def _unigram(self) -> NDArray[np.float32]:
        counts, kinds, total = self._count(0, 0, len(self.followers))
        discount = float(self.discounts[0])
        escape = discount * kinds / total if len(self.followers) else 1.0
        row: NDArray[np.float64] = np.maximum(counts - discount, 0) / total + escape / self.vocabulary_size
        return row.astype(np.float32)

    @cached_property
    def _levels(self) -> OrderedDict[tuple[int, int], _Level]:
        return OrderedDict()
