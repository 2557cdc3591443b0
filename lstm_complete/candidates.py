"""Candidates: the words that a search has found so far, how sure they are, and the phrases that they begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lstm_complete.tree import Node


class Found(NamedTuple):
    """A word, or a part of one, that may stand at the cursor.

    Attributes:
        text: What to insert.
        probability: That what comes begins with it.
        first: That its first part is right: the marks before the word, where there are any.
        node: Where its last token leads.
        origin: The node and the token with which it begins.
    """

    text: str
    probability: float
    first: float
    node: Node
    origin: tuple[Node, int]

    @property
    def source(self) -> str:
        """Which of the predictor's sources had most to say for its first token."""
        node, token = self.origin
        assert node.prediction is not None, "asked before it was predicted"
        return node.prediction.source_of(token)

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
        leasts: How probable the best of those that have `shortest` characters must be, at least, to be wanted, the
            second, the third, ...; so many are kept, and shorter ones beside them.
        shortest: See `leasts`.
        evidence: Probability of the letters typed, over all the paths that spell them: what words are divided by.
    """

    leasts: Sequence[float]
    shortest: int
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

    def floor(self, foreseen: Mapping[str, float] = MappingProxyType({})) -> float:
        """What is less probable than this makes no word that is wanted any more.

        Of a word and those that go on with it, one counts: they are not shown beside each other.

        Args:
            foreseen: Words that are not found yet, but seem to be there, and how probable they are.
        """
        known = {**foreseen, **self.probabilities}
        counted: tuple[str, ...] = ()
        for text in sorted(known, key=known.__getitem__, reverse=True):
            if len(text) >= self.shortest and not text.startswith(counted):
                counted += (text,)
        # It is wanted as the first, or the second, ..., where it is likely enough for one, and beats what is that now.
        beaten = [*(known[text] for text in counted), 0.0]
        return min(max(least * self.evidence, each) for least, each in zip(self.leasts, beaten, strict=False))

    def ranked(self) -> list[Found]:
        """What to offer, best first."""
        found: list[Found] = []
        counted = 0
        for text, probability in sorted(self.probabilities.items(), key=lambda item: (-item[1], item[0])):
            if counted == len(self.leasts):
                break
            counted += len(text) >= self.shortest
            best = self.best[text]
            sure, first = (min(each / self.evidence, 1.0) for each in (probability, max(best.marks, probability)))
            found.append(Found(text, sure, first, best.node, best.origin))
        return found
