"""What a person has without the network: an n-gram, the line typed before that starts like this one, frequent words."""

from __future__ import annotations

import bisect
import heapq
import itertools
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lstm_complete.evaluate.replay import Ghost
from lstm_complete.predictor import SOURCES, shut
from lstm_complete.settings import SuggestSettings
from lstm_complete.suggest import Suggester

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lstm_complete.model_file import Contents

_WORD = re.compile(r" ?\w+| ?[^\w\s]| \s*|\s")  # a word carries the single space before it
_SHARE_WEIGHTS, _SHARE_BIAS = "network.gate.shares.weight", "network.gate.shares.bias"
_PARTIAL_CHARACTERS = 200


def with_sources(
    contents: Contents, sources: Collection[str], settings: SuggestSettings = SuggestSettings()
) -> Suggester | None:
    """A model whose gate is shut on all but some of its sources; with "recall" alone, an n-gram over the same tokens.

    Args:
        contents: A model file's.
        sources: Some of `predictor.SOURCES`.
        settings: How to ask it.

    Returns:
        None for a model of one source, which has no gate, and for one without any of these.
    """
    there = {"lstm", "recency"} | ({"recall"} if "recall.followers" in contents.tensors else set())
    if not contents.metadata["shape"]["gated"] or there.isdisjoint(sources):
        return None
    weights, bias = shut(contents.tensors[_SHARE_WEIGHTS], contents.tensors[_SHARE_BIAS], set(SOURCES) - set(sources))
    gate = {_SHARE_WEIGHTS: weights, _SHARE_BIAS: bias}
    return Suggester(replace(contents, tensors={**contents.tensors, **gate}), settings)


class HistoryPrefix:
    """The most recent line that starts like this one, as fish and prompt_toolkit's AutoSuggestFromHistory offer it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._now = itertools.count()
        self._typed = {line: next(self._now) for line in lines if line.strip()}  # when each was typed last
        self._sorted = sorted(self._typed)

    def menu(self, before: str) -> list[str]:  # noqa: ARG002 - a Contestant's method
        """Nothing: history has no menu."""
        return []

    def ghost(self, before: str) -> Ghost | None:
        """The rest of that line."""
        line = before.rsplit("\n", 1)[-1]
        if not line.strip():
            return None
        first = bisect.bisect_right(self._sorted, line)
        end = bisect.bisect_right(self._sorted, line, key=lambda known: known[: len(line)])
        known = max(self._sorted[first:end], key=self._typed.__getitem__, default=None)
        return Ghost(known[len(line) :]) if known is not None else None

    def learn(self, line: str) -> None:
        """Make the line the most recent one."""
        if line not in self._typed:
            bisect.insort(self._sorted, line)
        self._typed[line] = next(self._now)

    def reset(self) -> None:
        """Nothing: history outlives a document."""


class FrequentWords:
    """The most frequent words that start like the one being typed: a WordCompleter fed with the user's own text."""

    def __init__(self, text: str) -> None:
        self._counts = Counter(_WORD.findall(text))
        self._words = sorted(self._counts)
        self._known: dict[str, list[str]] = {}  # of what was asked before

    def menu(self, before: str) -> list[str]:
        """What is missing of these words."""
        typed = _WORD.findall(before[-_PARTIAL_CHARACTERS:])
        partial = typed[-1] if typed and (typed[-1] == " " or not typed[-1].isspace()) else ""
        if partial not in self._known:
            self._known[partial] = [word[len(partial) :] for word in self._most_frequent(partial)]
        return self._known[partial]

    def _most_frequent(self, partial: str) -> list[str]:
        first = bisect.bisect_left(self._words, partial)
        end = bisect.bisect_right(self._words, partial, key=lambda word: word[: len(partial)])
        found = (word for word in self._words[first:end] if word != partial and word.strip())
        return heapq.nlargest(SuggestSettings().limit, found, key=self._counts.__getitem__)

    def ghost(self, before: str) -> Ghost | None:  # noqa: ARG002 - a Contestant's method
        """Nothing: one word alone is what the menu is for."""
        return None

    def learn(self, line: str) -> None:
        """Nothing: the words are those of the text."""

    def reset(self) -> None:
        """Nothing: the words are those of the text."""
