"""What a person has without the network: an n-gram, the line typed before that starts like this one, frequent words."""

from __future__ import annotations

import bisect
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
        self._oldest_first = dict.fromkeys(line for line in lines if line.strip())

    def menu(self, before: str) -> list[str]:  # noqa: ARG002 - a Contestant's method
        """Nothing: history has no menu."""
        return []

    def ghost(self, before: str) -> Ghost | None:
        """The rest of that line."""
        line = before.rsplit("\n", 1)[-1]
        if not line.strip():
            return None
        for known in reversed(self._oldest_first):
            if known.startswith(line) and known != line:
                return Ghost(known[len(line) :])
        return None

    def learn(self, line: str) -> None:
        """Make the line the most recent one."""
        self._oldest_first.pop(line, None)
        self._oldest_first[line] = None

    def reset(self) -> None:
        """Nothing: history outlives a document."""


class FrequentWords:
    """The most frequent words that start like the one being typed: a WordCompleter fed with the user's own text."""

    def __init__(self, text: str) -> None:
        self._counts = Counter(_WORD.findall(text))
        self._words = sorted(self._counts)

    def menu(self, before: str) -> list[str]:
        """What is missing of these words."""
        typed = _WORD.findall(before[-_PARTIAL_CHARACTERS:])
        partial = typed[-1] if typed and (typed[-1] == " " or not typed[-1].isspace()) else ""
        found = []
        for word in self._words[bisect.bisect_left(self._words, partial) :]:
            if not word.startswith(partial):
                break
            if word != partial and word.strip():
                found.append(word)
        found.sort(key=lambda word: -self._counts[word])
        return [word[len(partial) :] for word in found[: SuggestSettings().limit]]

    def ghost(self, before: str) -> Ghost | None:  # noqa: ARG002 - a Contestant's method
        """Nothing: one word alone is what the menu is for."""
        return None

    def learn(self, line: str) -> None:
        """Nothing: the words are those of the text."""

    def reset(self) -> None:
        """Nothing: the words are those of the text."""
