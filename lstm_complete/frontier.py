"""The frontier of a search: how the hypotheses that were expanded may go on, the most probable first."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lstm_complete.candidates import Hypothesis


class Next(NamedTuple):
    """A hypothesis and a token after it, and how probable the two are."""

    probability: float
    hypothesis: Hypothesis
    token: int


class Frontier:
    """What is not expanded yet.

    Of the tokens after a hypothesis only the likeliest waits for its turn, and the next one in its place once it was
    taken: a tenth of them ever are.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Hypothesis, Sequence[tuple[int, float]], int]] = []
        self._order = 0  # of what is as probable, what came first

    def add(self, hypothesis: Hypothesis, following: Sequence[tuple[int, float]]) -> None:
        """Let a hypothesis go on.

        Args:
            hypothesis: That was expanded.
            following: Tokens and their probabilities after it, best first.
        """
        self._wait(hypothesis, following, 0)

    def take(self, floor: float) -> Next | None:
        """Take out the most probable one, if it is more probable than `floor`."""
        if not self._waiting or -self._waiting[0][0] <= floor:
            return None
        negative, _, hypothesis, following, at = heapq.heappop(self._waiting)
        self._wait(hypothesis, following, at + 1)
        return Next(-negative, hypothesis, following[at][0])

    def _wait(self, hypothesis: Hypothesis, following: Sequence[tuple[int, float]], at: int) -> None:
        if at < len(following):
            self._order += 1
            probability = hypothesis.probability * following[at][1]
            heapq.heappush(self._waiting, (-probability, self._order, hypothesis, following, at))
