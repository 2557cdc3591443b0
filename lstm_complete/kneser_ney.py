"""Interpolated Kneser-Ney (Ney, Essen, Kneser 1994), counted when it is asked for, in nested intervals of entries.

The entries are those of `recall`: one a token of text, sorted by context, so that a context is an interval. In the
interval of a context of k tokens an entry opens a new kind of follower where its novelty <= k, and a new (longer
context, follower) pair, which is what Kneser-Ney counts in all but the longest contexts, where its novelty <= k + 1.

Long intervals, which are those of frequent contexts, are counted once and kept, each as a row over all tokens with its
shorter contexts mixed in, so that a question takes no longer for more text. What a rare context adds to such a row is
sparse: the followers there are, with their weights.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from math import log1p
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

ORDER = 8
FEATURES = 2 * ORDER

_ANY = 255  # no novelty is over it

# Longer intervals are counted once and kept: so many rows, of 32 KB with the starter's tokens.
_LONG = 256
_ROWS_KEPT = 256
# Of a long interval so many entries are looked at at once, which bounds the memory that it takes.
_BLOCK = 65_536
# Short ones are looked at each time, but for so many, of 1 KB at most: two of three of a search were asked for before.
_SHORT_KEPT = 1024


class Recalled(NamedTuple):
    """What recall says of the next token: a share of what a frequent context has, and what a rarer one adds to it.

    Attributes:
        tokens: Added to, several times where they came several times; uint16.
        weights: What is added to each, float32.
        below: The share of `row`.
        row: Of the longest context that is counted once and kept, float32, shape (vocabulary_size,); of no context
            where there is none.
        features: For each length of context, the share left to shorter ones (1 where it is unknown), then
            log(1 + how often it was counted) / 8.
    """

    tokens: NDArray[np.uint16]
    weights: NDArray[np.float32]
    below: float
    row: NDArray[np.float32]
    features: tuple[float, ...]

    def probability(self, token: int) -> float:
        """Of one token."""
        return float(self.weights[self.tokens == token].sum()) + self.below * float(self.row[token])

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """Of all tokens, shape (vocabulary_size,)."""
        row = np.zeros_like(self.row)
        self.add_to(row, 1.0)
        return row

    def add_to(self, row: NDArray[np.float32], share: float) -> None:
        """Add a share of this to probabilities of all tokens."""
        row += np.float32(share * self.below) * self.row
        if len(self.tokens):
            np.add.at(row, self.tokens, np.float32(share) * self.weights)


_NO_TOKENS, _NO_WEIGHTS = np.zeros(0, np.uint16), np.zeros(0, np.float32)


@cache
def unknown(vocabulary_size: int) -> Recalled:
    """What recall says when it has read nothing."""
    row = np.full(vocabulary_size, 1 / vocabulary_size, np.float32)
    return Recalled(_NO_TOKENS, _NO_WEIGHTS, 1.0, row, (1.0,) * ORDER + (0.0,) * ORDER)


class _Kept(NamedTuple):
    """A frequent context, shorter ones mixed in: its row over all tokens, and the features of each order."""

    row: NDArray[np.float32]
    escapes: tuple[float, ...]
    counted: tuple[float, ...]


class _Added(NamedTuple):
    """What rarer contexts add to that: the weight of each entry, what they leave to it, and the features."""

    weights: NDArray[np.float32]
    below: float
    escapes: tuple[float, ...]
    counted: tuple[float, ...]


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

    def ask(self, low: tuple[int, ...], high: tuple[int, ...]) -> Recalled:
        """Predict the token after a context, of which the last 1, 2, ... tokens have the intervals [low, high).

        Each order k hands `escape` of the probability on to order k - 1:
        p_k(w) = max(count_k(w) - discount_k, 0) / total_k + escape_k * p_{k-1}(w).
        """
        matched = len(low)
        long = next((order for order in range(matched) if high[order] - low[order] <= _LONG), matched)
        kept = self._long(low[:long], high[:long])
        unknown = ORDER - matched
        if long == matched:
            features = (*kept.escapes, *[1.0] * unknown, *kept.counted, *[0.0] * unknown)
            return Recalled(_NO_TOKENS, _NO_WEIGHTS, 1.0, kept.row, features)
        added = self._short(low, high, long)
        features = (*kept.escapes, *added.escapes, *[1.0] * unknown, *kept.counted, *added.counted, *[0.0] * unknown)
        return Recalled(self.followers[low[long] : high[long]], added.weights, added.below, kept.row, features)

    @cached_property
    def _short(self) -> Callable[[tuple[int, ...], tuple[int, ...], int], _Added]:
        return lru_cache(_SHORT_KEPT)(partial(_short, self.novelty, self._discounts))

    def _long(self, low: Sequence[int], high: Sequence[int]) -> _Kept:
        """A context whose intervals are long: counted, and mixed with the shorter one, when first asked for."""
        if not low:
            return _Kept(self.unigram, (), ())
        order, key = len(low), (len(low), low[-1])
        kept = self._kept.get(key)
        if kept is None:
            below = self._long(low[:-1], high[:-1])
            counts, kinds, total = self._count(order, low[-1], high[-1])
            discount = self._discounts[order]
            escape = discount * kinds / total
            row = (np.maximum(counts - discount, 0) / total + escape * below.row).astype(np.float32)
            kept = self._kept[key] = _Kept(row, (*below.escapes, escape), (*below.counted, log1p(total) / 8))
            if len(self._kept) > _ROWS_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return kept

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
    def _kept(self) -> OrderedDict[tuple[int, int], _Kept]:
        return OrderedDict()  # the last asked for come last

    @cached_property
    def _discounts(self) -> list[float]:
        found: list[float] = self.discounts.tolist()
        return found


def _short(
    all_novelty: NDArray[np.uint8], discounts: Sequence[float], low: Sequence[int], high: Sequence[int], long: int
) -> _Added:
    """Orders over `long`, whose intervals are short and lie in the first of them."""
    first, end = low[long], high[long]
    weights = np.zeros(max(end - first, 0), np.float32)  # under 0 in a damaged file
    escapes, counts = [1.0] * (len(low) - long), [0.0] * (len(low) - long)
    below = 1.0
    for order in range(len(low), long, -1):
        start, stop = low[order - 1], high[order - 1]
        if not first <= start < stop <= end:  # in no file that was built from text
            continue
        novelty, discount = all_novelty[start:stop], discounts[order]
        opens = novelty <= order
        counted = novelty <= (order + 1 if order < ORDER else _ANY)
        total = max(int(np.count_nonzero(counted)), 1)  # 0 in no such file either
        share = below / total
        weights[start - first : stop - first] += counted * np.float32(share) - opens * np.float32(share * discount)
        escape = discount * int(np.count_nonzero(opens)) / total
        escapes[order - 1 - long], counts[order - 1 - long] = escape, log1p(total) / 8
        below *= escape
    return _Added(weights, below, tuple(escapes), tuple(counts))
