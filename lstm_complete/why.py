"""Why a text is suggested: how much of it each source says, and where in the user's own text it stands.

A word's probability is a product over its tokens, each of them a sum over the sources: p = sum of g_s p_s. Of a token,
the share of a source is g_s p_s / p, the probability that the token came from it; of a word, the mean over its tokens,
which is how many of them are expected to have come from it. Shares so defined sum to one, in a product of any length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_complete.kneser_ney import ORDER
from lstm_complete.predictor import SOURCES
from lstm_complete.search import is_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lstm_complete.candidates import Found
    from lstm_complete.predictor import Predictor, State
    from lstm_complete.provenance import Provenance
    from lstm_complete.recall import Recall, RecallState
    from lstm_complete.text import Vocabulary

# Places named, and places looked at: what stands in more of them is common, and a sample tells where.
_MOST_PLACES = 8
_MOST_LOOKED_AT = 1024

_FIRST_WORD = re.compile(r"\w+|\s*(?:[^\w\s]+\s*)*\w*")


@dataclass(frozen=True)
class Place:
    """A line that was trained on.

    Attributes:
        source: The file it was read from.
        line: Its number there, from 1.
        time: When it was written, in seconds since 1970; None where that is unknown.
    """

    source: str
    line: int
    time: float | None = None


@dataclass(frozen=True)
class Why:
    """What speaks for a text after another.

    Attributes:
        text: What is suggested.
        probability: Of its first word; 0 where that is too unlikely for the search to come upon.
        lstm: The LSTM's share in its first word.
        recall: That of recall.
        recency: That of recency. The three sum to one.
        recalled: What of it stands in the text that was trained on, with what was typed before it: up to ORDER tokens.
        times: How often that stands there.
        places: Where: latest first where times are known, else those in the file that has most of them first. None for
            a model that does not say.
        session: How often the first word stands in the session and the document before the cursor.
    """

    text: str
    probability: float
    lstm: float
    recall: float
    recency: float
    recalled: str
    times: int
    places: tuple[Place, ...] | None
    session: int

    def lines(self, before: str) -> Iterator[str]:
        """The same in words, a few lines of them.

        Args:
            before: The text that it was suggested after.
        """
        yield f"{self.probability:4.0%}  {_one_line(before)}|{_one_line(self.text)}"
        yield f"      recall {self.recall:.0%}, LSTM {self.lstm:.0%}, recency {self.recency:.0%} of its first word"
        if self.session:
            yield f"      {_times(self.session)} in this session"
        if self.times:
            where = "; the model does not say where" if self.places is None else ":"
            yield f"      {_one_line(self.recalled.strip())!r} stands {_times(self.times)} in what was read{where}"
        for place in self.places or ():
            when = f"  {datetime.fromtimestamp(place.time).astimezone():%Y-%m-%d}" if place.time is not None else ""
            yield f"        {place.source}:{place.line}{when}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _one_line(text: str) -> str:
    return text.replace("\n", "⏎")


@dataclass(frozen=True, eq=False)
class Explainer:
    """What an explanation needs of a model.

    Attributes:
        predictor: Its sources.
        vocabulary: Its tokens.
        provenance: Where the text of its recall came from; None where the model does not say.
    """

    predictor: Predictor
    vocabulary: Vocabulary
    provenance: Provenance | None

    def why(self, before: State, typed: str, shown: str, words: Sequence[Found]) -> Why:
        """Explain what is shown.

        Args:
            before: The state before the unfinished word.
            typed: That word's letters.
            shown: What is suggested after them.
            words: What a search found there.
        """
        first, probability = _first_word(shown, words)
        word = self.vocabulary.encode(typed + first)
        # Of the word's tokens, those that are typed in full say nothing of what is shown.
        done = sum(len(self.vocabulary.decode(word[:end])) <= len(typed) for end in range(1, len(word) + 1))
        lstm, recall, recency = self._shares(before, word, done).tolist()
        found = self._recalled(before.recall, self.vocabulary.encode(typed + shown), done, len(word))
        session = _occurrences(before.recency.tokens, word)
        return Why(shown, probability, lstm, recall, recency, found.text, found.times, found.places, session)

    def _shares(self, state: State, word: Sequence[int], done: int) -> NDArray[np.float64]:
        """Of each of SOURCES, over the tokens of the word that are not done."""
        shares: list[NDArray[np.float64]] = []
        for index, token in enumerate(word):
            if index >= done:
                [prediction] = self.predictor.predict([state])
                said = np.array(prediction.contributions(token))
                said.resize(len(SOURCES))  # a network alone is the first of them
                shares.append(said / said.sum())
            [state] = self.predictor.step([state], [token])
        mean: NDArray[np.float64] = np.mean(shares, axis=0)
        return mean

    def _recalled(self, state: RecallState, tokens: Sequence[int], done: int, word: int) -> _Recalled:
        """The most of the tokens that stands in the text, with what stands before them there as here.

        Args:
            state: Before them.
            tokens: All of what is shown, and of the word that it finishes.
            done: How many of them are typed in full: they may be missing.
            word: How many must be there.
        """
        counted = self.predictor.recall
        if counted is None or self.predictor.gate is None:
            return _Recalled()
        longest = None
        for length, token in enumerate(tokens[: max(word, done + ORDER)], 1):
            state = counted.step(state, token)
            if state.matched < min(length - done, ORDER):
                break
            if length >= word:
                longest = state
        if longest is None:
            return _Recalled()
        low, high = longest.low[-1], longest.high[-1]
        text = self.vocabulary.decode(_context(counted, low, longest.matched))
        places = None if self.provenance is None else self._places(self.provenance, counted, low, high)
        return _Recalled(text, high - low, places)

    def _places(self, known: Provenance, counted: Recall, low: int, high: int) -> tuple[Place, ...]:
        """The lines of some entries: latest first, then those of the source that has most of them."""
        entries = np.unique(np.linspace(low, high - 1, min(high - low, _MOST_LOOKED_AT)).astype(np.int64))
        document, line = known.places(entries, counted, self.vocabulary.newline)
        document, line = document[document >= 0], line[document >= 0]
        source = known.source[document].astype(np.int64)
        time = np.full(len(document), np.nan) if known.time is None else known.time[document]
        in_source = np.bincount(source, minlength=len(known.sources))[source]
        order = np.lexsort((-line, source, -in_source, np.where(np.isnan(time), np.inf, -time)))
        places = (
            Place(known.sources[source[index]], int(line[index]), None if np.isnan(time[index]) else float(time[index]))
            for index in order
        )
        return tuple(islice(dict.fromkeys(places), _MOST_PLACES))


class _Recalled(NamedTuple):
    """What stands in the text: see `Why`."""

    text: str = ""
    times: int = 0
    places: tuple[Place, ...] | None = ()


def _first_word(shown: str, words: Sequence[Found]) -> tuple[str, float]:
    """The first word of a suggestion with the marks before it, and its probability, 0 where no search found it."""
    begins = [word for word in words if shown.startswith(word.text) and _ends_word(shown, len(word.text))]
    if begins:
        longest = max(begins, key=lambda word: len(word.text))
        return longest.text, longest.probability
    found = _FIRST_WORD.match(shown)
    return found.group() if found else shown, 0.0


def _ends_word(text: str, at: int) -> bool:
    """Whether no word goes on at a place in a text."""
    return at == len(text) or not (is_word(text[at - 1]) and is_word(text[at]))


def _context(counted: Recall, entry: int, length: int) -> list[int]:
    """The last tokens of an entry's context, at most as many as it has."""
    tokens: list[int] = []
    for _ in range(length):
        tokens.append(int(np.searchsorted(counted.starts, entry, side="right")) - 1)
        entry = int(counted.positions[entry]) - 1
    return tokens[::-1]


def _occurrences(tokens: NDArray[np.uint16], word: Sequence[int]) -> int:
    """How often a word stands in a row of tokens."""
    if len(tokens) < len(word):
        return 0
    return int((np.lib.stride_tricks.sliding_window_view(tokens, len(word)) == word).all(axis=1).sum())
