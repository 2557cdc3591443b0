"""What a person has without a model: the line typed before that starts like this one, and the most frequent words."""

from __future__ import annotations

import bisect
import re
from collections import Counter
from typing import TYPE_CHECKING

from lstm_complete.evaluate.replay import Ghost

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r" ?\w+| ?[^\w\s]| \s*|\s")  # a word carries the single space before it
_MENU_ITEMS = 5
_PARTIAL_CHARACTERS = 200


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
        return [word[len(partial) :] for word in found[:_MENU_ITEMS]]

    def ghost(self, before: str) -> Ghost | None:  # noqa: ARG002 - a Contestant's method
        """Nothing: one word alone is what the menu is for."""
        return None

    def learn(self, line: str) -> None:
        """Nothing: the words are those of the text."""

    def reset(self) -> None:
        """Nothing: the words are those of the text."""
