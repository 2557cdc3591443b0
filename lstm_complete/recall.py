"""Exact recall of the user's own text: p(next token | context) from counts over everything that was read.

Interpolated Kneser-Ney (Ney, Essen, Kneser 1994) over tokens, with contexts of up to `ORDER` tokens, counted when asked
and not before. The entries, one a token of text, are sorted by the context that stands before them, read backwards; a
context is then an interval of entries, the intervals of ever longer contexts are nested, and the tokens that followed a
context are a slice. Appending a token maps all the intervals at once, as in an FM-index (Ferragina, Manzini 2000).

`novelty` makes the Kneser-Ney counts exact without storing any: it is 1 + the length of the longest context that an
entry shares with an earlier entry (in sorted order) with the same follower, 0 for the first of its follower. In the
interval of a context of k tokens an entry opens a new kind of follower where novelty <= k, and a new (longer context,
follower) pair, which is what Kneser-Ney counts in all but the longest contexts, where novelty <= k + 1.

Seven bytes a token: 2 for the follower, 4 for the map, 1 for the novelty.

Tried, in bits a character of recall alone on a validation part of train.txt (2,304 subwords; shell commands / code):

    interpolated Kneser-Ney of order 4, 8, 12           1.564 1.536 1.535 / 1.564 1.534 1.532
    its modified form, three discounts an order, 8      1.549 / 1.524: no better on the whole, and a slower question
    PPM, escapes by method C, of order 4, 8             1.677 1.735 / 1.742 1.800
    PPM, escapes by method D, of order 4, 8             1.742 1.822 / 1.836 1.908
    Kneser-Ney of order 8 with 1,000, 2,000, 6,000 subwords   1.536 1.545 1.562 / 1.439 1.438 1.468
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_complete.errors import ModelFormatError
from lstm_complete.kneser_ney import ORDER, KneserNey
from lstm_complete.stream import Stream
from lstm_complete.tensors import take, take_integers, take_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from lstm_complete.kneser_ney import Recalled


# Steps that are remembered: what was typed once is typed again, and two of three steps of a search were made before.
_STEPS_KEPT = 1024


class RecallState(NamedTuple):
    """The intervals of the last 1, 2, ... tokens, as long as they occur in the text; and the last token.

    Attributes:
        low: The first entry of each.
        high: One past its last.
        last: The last token, -1 before the first.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    last: int

    @property
    def matched(self) -> int:
        """Tokens that the longest context has which occurs in the text, ORDER at most."""
        return len(self.low)


EMPTY = RecallState((), (), -1)


@dataclass(frozen=True, eq=False)
class Recall:
    """The sorted entries, and the arithmetic on them.

    Attributes:
        followers: The token that follows each context, in the order of the contexts; uint16, shape (entries,).
        positions: For each token, the entries that it follows and whose successor is in the text, plus one; preceded by
            a 0 for each document that starts with it; uint32, shape (entries,).
        novelty: See the module; uint8, shape (entries,).
        starts: The first entry whose context ends in each token, int64, shape (vocabulary_size + 1,).
        discounts: Of each order, float32, shape (ORDER + 1,).
    """

    followers: NDArray[np.uint16]
    positions: NDArray[np.uint32]
    novelty: NDArray[np.uint8]
    starts: NDArray[np.int64]
    discounts: NDArray[np.float32]

    @property
    def vocabulary_size(self) -> int:
        """Tokens that a distribution covers."""
        return len(self.starts) - 1

    def step(self, state: RecallState, token: int) -> RecallState:
        """Append a token to the context.

        Args:
            state: Before it.
            token: Its id.
        """
        return self._remembered_step(state, token)

    @cached_property
    def _remembered_step(self) -> Callable[[RecallState, int], RecallState]:
        return lru_cache(_STEPS_KEPT)(partial(_step, self.starts, self.positions))

    def ask(self, state: RecallState) -> Recalled:
        """Predict the token after a context."""
        return self._counts.ask(state.low, state.high)

    @cached_property
    def _counts(self) -> KneserNey:
        return KneserNey(self.followers, self.novelty, self.discounts, self.vocabulary_size)

    @property
    def unigram(self) -> NDArray[np.float32]:
        """Probability of each token without a context, shape (vocabulary_size,)."""
        return self._counts.unigram

    def seen_after(self, tokens: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which tokens ever followed one of `tokens`; both of shape (vocabulary_size,)."""
        last = np.repeat(tokens, np.diff(self.starts))
        seen = np.zeros(self.vocabulary_size, bool)
        seen[self.followers[last]] = True
        return seen

    def to_tensors(self) -> dict[str, NDArray[np.generic]]:
        """Arrays for the model file."""
        return {
            "recall.followers": self.followers,
            "recall.positions": self.positions,
            "recall.novelty": self.novelty,
            "recall.starts": self.starts.astype(np.uint32),
            "recall.discounts": self.discounts,
        }

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]], vocabulary_size: int) -> Recall:
        """The inverse of `to_tensors`; the long arrays stay where they are, mapped or not.

        Raises:
            ModelFormatError: An array is missing, of another type or length than the rest implies, or points outside.
        """
        entries = len(take(tensors, "recall.followers", None))
        starts = take_integers(tensors, "recall.starts", np.uint32, vocabulary_size + 1, entries + 1).astype(np.int64)
        if starts[0] != 0 or starts[-1] != entries or (np.diff(starts) < 0).any():
            raise ModelFormatError(
                f"expected recall.starts to rise from 0 to {entries:,}, found otherwise; retrain the model"
            )
        return cls(
            take_integers(tensors, "recall.followers", np.uint16, entries, vocabulary_size),
            # Only ever compared: where they lie, a match is lost, and nothing is read from outside.
            take_integers(tensors, "recall.positions", np.uint32, entries),
            take_integers(tensors, "recall.novelty", np.uint8, entries),
            starts,
            np.clip(take_weights(tensors, "recall.discounts", ORDER + 1), 0, 1),
        )


def build(documents: Sequence[Sequence[int]], vocabulary_size: int, newline: int, *, whole: bool = True) -> Recall:
    """Sort the contexts of all tokens of all documents. Contexts end where their document starts.

    Takes about half a second for a megabyte of text, and twice that with `whole`: in the order of whole contexts, so
    that one can go back from each to the start of its document (`provenance`), and not only as the counts need it.
    """
    tokens, depth, contexts = stream = Stream.of(documents, newline)
    order = contexts[np.argsort(_context_ranks(stream, whole=whole)[contexts], kind="stable")]
    followers = tokens[order + 1]
    starts = np.searchsorted(tokens[order], np.arange(vocabulary_size + 1))

    # An entry has a successor where its follower has a follower. A document's first token succeeds no entry: a zero
    # stands for it, so that the map of a token has as many places as there are contexts that end in the token.
    has_successor = np.zeros(len(tokens) + 1, bool)
    has_successor[contexts] = True
    succeeded = np.flatnonzero(has_successor[order + 1])
    first = int(np.count_nonzero(depth[contexts] == 0))
    owner = np.concatenate((np.full(first, newline), followers[succeeded]))
    place = np.concatenate((np.zeros(first, np.int64), succeeded + 1))
    positions = place[np.lexsort((place, owner))]

    by_follower = np.argsort(followers, kind="stable")
    novelty = _novelty(stream, order, followers, by_follower)
    return Recall(
        followers.astype(np.uint16),
        positions.astype(np.uint32),
        novelty.astype(np.uint8),  # at most ORDER + 2
        starts.astype(np.int64),
        _discounts(novelty[by_follower]),
    )


def _step(starts: NDArray[np.int64], positions: NDArray[np.uint32], state: RecallState, token: int) -> RecallState:
    first, last = int(starts[token]), int(starts[token + 1])
    if first == last:
        return RecallState((), (), token)
    shorter = np.array((state.low[: ORDER - 1], state.high[: ORDER - 1]), np.uint32)
    mapped = positions[first:last].searchsorted(shorter + 1)
    alive = int(np.count_nonzero(mapped[0] < mapped[1]))  # they are nested: the first empty one ends the match
    low, high = (mapped[:, :alive] + first).tolist()
    return RecallState((first, *low), (last, *high), token)


def _context_ranks(stream: Stream, *, whole: bool) -> NDArray[np.int64]:
    """Rank every context by its tokens read backwards, by doubling the length looked at (Manber, Myers 1990).

    The counts need ORDER tokens of it; a walk through the text from entry to entry needs the whole of it.
    """
    rank, length, kinds, told_apart = stream.tokens + 1, 1, 0, 1
    index = np.arange(len(rank))
    while length <= ORDER or (whole and told_apart > kinds):
        before = np.where(stream.depth >= length, rank[np.maximum(index - length, 0)], 0)
        kinds = int(rank.max())
        rank = np.unique(rank * (kinds + 1) + before, return_inverse=True)[1] + 1
        told_apart = int(rank.max())
        length *= 2
    return rank


def _novelty(
    stream: Stream, order: NDArray[np.int64], followers: NDArray[np.int64], by_follower: NDArray[np.int64]
) -> NDArray[np.int64]:
    earlier, later = by_follower[:-1], by_follower[1:]
    same = followers[earlier] == followers[later]
    earlier, later = earlier[same], later[same]
    left, right = order[earlier], order[later]
    shared = np.zeros(len(left), np.int64)
    active = np.arange(len(left))
    for back in range(ORDER + 1):
        active = active[(stream.depth[left[active]] >= back) & (stream.depth[right[active]] >= back)]
        active = active[stream.tokens[left[active] - back] == stream.tokens[right[active] - back]]
        shared[active] += 1
    novelty = np.zeros(len(followers), np.int64)
    novelty[later] = shared + 1
    return novelty


def _discounts(novelty_by_follower: NDArray[np.int64]) -> NDArray[np.float32]:
    """n1 / (n1 + 2 n2) of each order, n_r being the (context, follower) pairs counted r times."""
    discounts = np.full(ORDER + 1, 0.5, np.float32)
    for order in range(ORDER + 1):
        counted = (novelty_by_follower <= order + 1) | (order == ORDER)
        pair = np.cumsum(novelty_by_follower <= order) - 1
        counts = np.bincount(pair, counted)
        once, twice = int((counts == 1).sum()), int((counts == 2).sum())
        if once and twice:
            discounts[order] = once / (once + 2 * twice)
    return discounts
