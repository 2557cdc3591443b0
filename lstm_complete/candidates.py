"""Candidates: the words that a search has found so far, how sure they are, and the phrases that they begin."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lstm_complete.tree import Node


class Found(NamedTuple):
    """A word, or a part of one, that may stand at the cursor.

    Attributes:
        text: What to insert.
        probability: That what comes begins with it.
        first: That its first part is right: the marks before the word, where there are any.
        node: Where its last token leads.
        source: Which of the predictor's sources had most to say for its first token.
    """

    text: str
    probability: float
    first: float
    node: Node
    source: str

    @property
    def finished(self) -> float:
        """The probability that it comes, and goes no further."""
        return self.probability * (1.0 if self.node.stops is None else self.node.stops)


class Phrase(NamedTuple):
    """A word that was found, and what may follow it.

    Attributes:
        text: What to insert.
        probability: That what comes begins with all of it.
        word: What it begins with.
    """

    text: str
    probability: float
    word: Found

    @classmethod
    def of(cls, word: Found) -> Phrase:
        """A word with nothing after it."""
        return cls(word.text, word.probability, word)


def surest(best: Found, words: Iterable[Found], least: float) -> list[Found]:
    """A word, and those over a probability that go on with it, each with the one before it.

    Args:
        best: The word.
        words: To choose from, best first.
        least: The probability.
    """
    chain = [best]
    for word in words:
        if word.probability >= least and word.text.startswith(chain[-1].text) and word is not best:
            chain.append(word)
    return chain


class Hypothesis(NamedTuple):
    """Tokens from the root to `node` spell `spelled`, which agrees with the typed letters.

    `origin` is the node and the token with which it begins to insert; `marks` the probability of the marks that it
    inserts before a word, 0 where it inserts none.
    """

    probability: float
    node: Node
    spelled: str
    origin: tuple[Node, int]
    marks: float


@dataclass
class Candidates:
    """The words found so far; the same word by several paths of tokens is one word.

    Attributes:
        wanted: How many to keep of those that have `shortest` characters; shorter ones are kept beside them.
        shortest: See `wanted`.
        least: The least probability of one.
        evidence: Probability of the letters typed, over all the paths that spell them: what words are divided by.
    """

    wanted: int
    shortest: int
    least: float
    evidence: float
    probabilities: dict[str, float] = field(default_factory=dict)
    best: dict[str, Hypothesis] = field(default_factory=dict)

    def add(self, text: str, probability: float, hypothesis: Hypothesis) -> None:
        """Take in one path to a word; its probability joins that of the others."""
        if probability <= 0:
            return
        self.probabilities[text] = self.probabilities.get(text, 0.0) + probability
        known = self.best.get(text)
        if known is None or hypothesis.probability > known.probability:
            self.best[text] = hypothesis

    def floor(self) -> float:
        """A word under this is not among the wanted ones any more."""
        least = self.least * self.evidence
        counted = [each for text, each in self.probabilities.items() if len(text) >= self.shortest and each > least]
        return least if len(counted) < self.wanted else heapq.nlargest(self.wanted, counted)[-1]

    def ranked(self) -> list[Found]:
        """What to offer, best first."""
        found: list[Found] = []
        counted = 0
        for text, probability in sorted(self.probabilities.items(), key=lambda item: (-item[1], item[0])):
            if counted == self.wanted:
                break
            counted += len(text) >= self.shortest
            best = self.best[text]
            sure, first = (min(each / self.evidence, 1.0) for each in (probability, max(best.marks, probability)))
            found.append(Found(text, sure, first, best.node, _source(*best.origin)))
        return found


def _source(node: Node, token: int) -> str:
    assert node.prediction is not None, "asked before it was predicted"
    return node.prediction.source_of(token)
