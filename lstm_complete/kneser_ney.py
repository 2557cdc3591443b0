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
from math import log1p
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ORDER = 8
FEATURES = 2 * ORDER

_ANY = 255  # no novelty is over it

# Longer intervals are counted once and kept: in all so many followers, 6 bytes each.
_LONG = 128
_FOLLOWERS_KEPT = 200_000
# Of a long interval so many entries are looked at at once, which bounds the memory that it takes.
_BLOCK = 65_536


class Recalled(NamedTuple):
    """What recall says of the next token: `below` times its unigram, and all that `found` has of it.

    Attributes:
        found: Tokens, several times where they came several times, and the weight of each; uint16 and float32.
        below: The share of the unigram.
        unigram: Shape (vocabulary_size,), float32.
        features: For each length of context, the share left to shorter ones (1 where it is unknown), then
            log(1 + how often it was counted) / 8.
    """

    found: tuple[tuple[NDArray[np.uint16], NDArray[np.float32]], ...]
    below: float
    unigram: NDArray[np.float32]
    features: tuple[float, ...]

    def probability(self, token: int) -> float:
        """Of one token."""
        counted = sum(float(weights[tokens == token].sum()) for tokens, weights in self.found)
        return counted + self.below * float(self.unigram[token])

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of all tokens, shape (vocabulary_size,)."""
        row = np.zeros_like(self.unigram)
        self.add_to(row, 1.0)
        return row

    def add_to(self, row: NDArray[np.float32], share: float) -> None:
        """Add a share of this to probabilities of all tokens."""
        row += np.float32(share * self.below) * self.unigram
        for tokens, weights in self.found:
            np.add.at(row, tokens, np.float32(share) * weights)


@cache
def unknown(vocabulary_size: int) -> Recalled:
    """What recall says when it has read nothing."""
    return Recalled((), 1.0, np.full(vocabulary_size, 1 / vocabulary_size, np.float32), (1.0,) * ORDER + (0.0,) * ORDER)


def _nested(low: Sequence[int], high: Sequence[int]) -> int:
    """How many of the intervals each lie in the one before it: all of them, but in a damaged file."""
    pairs = zip(low, low[1:], high[1:], high, strict=False)
    return next((at for at, (outer, a, b, end) in enumerate(pairs, 1) if not outer <= a < b <= end), len(low))


class _Level(NamedTuple):
    """One order: its followers with their discounted shares, and what it leaves to shorter contexts."""

    tokens: NDArray[np.uint16]
    shares: NDArray[np.float32]
    escape: float
    total: int


class _Levels:
    """The levels last asked for, so many followers in all."""

    def __init__(self) -> None:
        self._levels: OrderedDict[tuple[int, int], _Level] = OrderedDict()
        self._followers = 0

    def get(self, key: tuple[int, int]) -> _Level | None:
        level = self._levels.get(key)
        if level is not None:
            self._levels.move_to_end(key)
        return level

    def keep(self, key: tuple[int, int], level: _Level) -> None:
        self._levels[key] = level
        self._followers += len(level.tokens)
        while self._followers > _FOLLOWERS_KEPT:
            _, oldest = self._levels.popitem(last=False)
            self._followers -= len(oldest.tokens)


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
        matched = _nested(low, high)
        long = next((order for order in range(matched) if high[order] - low[order] <= _LONG), matched)
        tokens, weights = [], []
        escapes, totals = [1.0] * ORDER, [0] * ORDER
        handed_on = 1.0
        if long < matched:
            shared, handed_on = self._short(low[:matched], high[:matched], long, escapes, totals)
            tokens.append(self.followers[low[long] : high[long]])
            weights.append(shared)
        for order in range(long, 0, -1):
            level = self._level(order, low[order - 1], high[order - 1])
            tokens.append(level.tokens)
            weights.append(level.shares * np.float32(handed_on))
            escapes[order - 1], totals[order - 1] = level.escape, level.total
            handed_on *= level.escape
        found = tuple(zip(tokens, weights, strict=True))
        return Recalled(found, handed_on, self.unigram, (*escapes, *(log1p(total) / 8 for total in totals)))

    def _short(
        self, low: Sequence[int], high: Sequence[int], long: int, escapes: list[float], totals: list[int]
    ) -> tuple[NDArray[np.float32], float]:
        """Orders over `long`, whose intervals are short and lie in the first of them: what each of its entries weighs.

        Fills in the escapes and totals of these orders, and returns with the weights what is handed on.
        """
        first, end = low[long], high[long]
        weights = np.zeros(end - first, np.float32)
        handed_on = 1.0
        for order in range(len(low), long, -1):
            interval = slice(low[order - 1], high[order - 1])
            novelty, discount = self.novelty[interval], self._discounts[order]
            opens = novelty <= order
            counted = novelty <= (order + 1 if order < ORDER else _ANY)
            total = max(int(np.count_nonzero(counted)), 1)  # 0 in no file that was built from text
            share = handed_on / total
            weights[interval.start - first : interval.stop - first] += counted * np.float32(share) - opens * np.float32(
                share * discount
            )
            escapes[order - 1] = discount * int(np.count_nonzero(opens)) / total
            totals[order - 1] = total
            handed_on *= escapes[order - 1]
        return weights, handed_on

    def _level(self, order: int, low: int, high: int) -> _Level:
        """One order of a long interval: counted when first asked for."""
        level = self._levels.get((order, low))
        if level is None:
            counts, kinds, total = self._count(order, low, high)
            tokens = np.flatnonzero(counts)
            discount = self._discounts[order]
            shares = ((counts[tokens] - discount) / total).astype(np.float32)
            level = _Level(tokens.astype(np.uint16), shares, discount * kinds / total, total)
            self._levels.keep((order, low), level)
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
    def unigram(self) -> NDArray[np.float32]:
        """Of all tokens, without a context."""
        counts, kinds, total = self._count(0, 0, len(self.followers))
        discount = self._discounts[0]
        escape = discount * kinds / total if len(self.followers) else 1.0
        row: NDArray[np.float64] = np.maximum(counts - discount, 0) / total + escape / self.vocabulary_size
        return row.astype(np.float32)

    @cached_property
    def _levels(self) -> _Levels:
        return _Levels()

    @cached_property
    def _discounts(self) -> list[float]:
        found: list[float] = self.discounts.tolist()
        return found
