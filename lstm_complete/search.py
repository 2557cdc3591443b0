"""Search: from the state before the unfinished word to the words that may stand there, and on to what follows them.

A hypothesis is a path of tokens that agrees with the letters typed. The most probable ones are expanded first, a
batch at a time, until no unexpanded one could still make a word more probable than those found: a word's probability
is at most that of each hypothesis on its way. Nodes are kept as the user types on, so that most letters cost no step
of the network.

What is found is a word with the marks before it (`(self`, ` --name`, `.append`): a mark alone is no fewer keys to
take than to type. Keys saved on text kept back, 200 shell commands (menu / both): 41.3 / 44.7 with words of any length,
42.5 / 45.9 without those of a single character. Or it is a part of a word, like `get_` of `get_prompt` and `Prompt` of
`PromptSession`: what is sure of it is there when the rest is not. So a word is as probable as that the text goes on
with it, whatever comes then.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_complete.candidates import Candidates, Hypothesis, Phrase
from lstm_complete.frontier import Frontier
from lstm_complete.text import NEWLINE
from lstm_complete.tree import best_of, likeliest, predict, probabilities_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lstm_complete.candidates import Found
    from lstm_complete.frontier import Next
    from lstm_complete.predictor import Predictor
    from lstm_complete.text import Vocabulary
    from lstm_complete.tree import Node

# Of a search, how many hypotheses are expanded at most.
_MOST_EXPANSIONS = 48
_LEAST_PROBABILITY = 1e-4

# Letters less likely than this are looked for among all tokens, and not the frequent ones alone.
_RARE = 0.02

# Tokens of text that tell which of them go on with a word. Keys saved on other text from the same source, with all that
# may and with those alone that did: after 10 KB (4,000 tokens) 43.1 for 42.2 in notes and 31.9 for 31.2 in commands;
# after 50 KB (20,000) 43.5 for 42.9 and 36.9 for 36.9; after 200 KB (70,000, 86,000) 44.3 for 44.8 and 42.8 for 43.0.
_ENOUGH_READ = 30_000

# A word, or a part of one, is offered where it goes no further with this probability, at least. Keys saved on text kept
# back, 120 lines each (menu / ghost / both):
#
#                                         commands            notes               Python
#     whole words, and how probable those   48.7 / 44.5 / 52.3  48.9 / 40.9 / 50.8  45.2 / 40.7 / 49.0
#     parts, from 10 % on                   48.2 / 46.2 / 52.4                      48.0 / 45.7 / 51.0
#     parts, from 3 % on                    48.1 / 46.2 / 52.3  49.1 / 42.7 / 51.2  49.5 / 46.6 / 52.1
#
# And a tenth of the time goes, because the search knows sooner that it has enough.
_LEAST_STOP = 0.03

# Something follows a word where that goes no further with this probability, at least.
_LEAST_ENDED = 0.5

# More marks than this before a word lead to none: rules of dashes would be followed to their end.
_MOST_MARKS = 6

# And they are followed where they are so many times as probable as a word must be: what may come after them are many.
_MARKS_OVER_WORDS = 3.0

# A phrase has so many tokens after its first word, and is so likely, at least.
_PHRASE_TOKENS = 16
_LEAST_PHRASE = 0.05
_CERTAIN = 0.9


class _Path(NamedTuple):
    """How far a phrase has come, how likely that is, and where it is now."""

    text: str
    probability: float
    node: Node


class _Part:
    """Which tokens may follow a part of a word: those that go on with it, and those before which it has ended."""

    def __init__(self, letters: NDArray[np.bool_], after_letter: NDArray[np.bool_]) -> None:
        self.weights_of_letters = letters.astype(np.float32)
        self.openers = after_letter & ~letters


class Search:
    """Searches for one model."""

    def __init__(self, predictor: Predictor, vocabulary: Vocabulary, width: int) -> None:
        self._predictor = predictor
        self._width = width
        self._tokens = vocabulary.tokens
        self._newline = vocabulary.newline
        known = sorted((index for index, text in enumerate(self._tokens) if text), key=self._tokens.__getitem__)
        self._spellings = [self._tokens[index] for index in known]
        self._sorted_ids = np.array(known)
        self._ids = dict(zip(self._spellings, known, strict=True))
        # A word goes on with a letter or digit after a letter or digit, and with anything but a space after its space.
        first = [text[:1] for text in self._tokens]
        textual = _which(first, lambda character: character not in {"", NEWLINE})
        in_word = letters = _which(first, is_word)
        if predictor.recall is not None and len(predictor.recall.followers) >= _ENOUGH_READ:
            # Of those, the ones that ever did: `kubectl` starts words, and is no end for another.
            ends_in_letter = _which([text[-1:] for text in self._tokens], is_word)
            letters = in_word & predictor.recall.seen_after(ends_in_letter)
        opening = textual & ~in_word
        spaces = _which(first, str.isspace)
        self._any = textual
        self._letters = letters
        self._after_letter = letters | opening
        self._after_space = textual & ~spaces
        # A part of a word ends with an underscore, before one, and before a capital after a small letter.
        within = letters & ~_which(first, "_".__eq__)
        self._parts_in_capitals = _Part(within, self._after_letter)
        self._parts = _Part(within & ~_which(first, str.isupper), self._after_letter)
        self._parts_ended = _Part(np.zeros_like(letters), self._after_letter)

    def words(self, root: Node, partial: str, leasts: Sequence[float], *, shortest: int = 1) -> list[Found]:
        """The most probable words that begin with the letters typed, or follow them where they are a word already.

        Args:
            root: Before the unfinished word.
            partial: Its letters so far, with the space before them; "" at the start of a word.
            leasts: How probable the first of them must be, at least, the second, ...; no more are looked for.
            shortest: Only words of so many characters count as wanted; shorter ones come along where they rank.
        """
        predict(self._predictor, [root])
        leasts = [max(least, _LEAST_PROBABILITY) for least in leasts]
        found = Candidates(leasts, shortest, evidence=0.0 if partial else 1.0)
        frontier = Frontier()
        batch = [Hypothesis(1.0, root, "", (root, -1), 0.0)]
        expanded, floor, rare = 0, found.floor(), self._is_rare(root, partial)
        while batch and expanded < _MOST_EXPANSIONS:
            spelling = rare and any(len(hypothesis.spelled) < len(partial) for hypothesis in batch)
            predict(self._predictor, [hypothesis.node for hypothesis in batch], whole=spelling)
            expanded += len(batch)
            for hypothesis in batch:
                frontier.add(hypothesis, self._expand(hypothesis, partial, found, floor))
            floor = found.floor()
            batch = self._batch(frontier, found, floor, partial)
        return found.ranked()

    def _batch(self, frontier: Frontier, found: Candidates, floor: float, partial: str) -> list[Hypothesis]:
        """The next hypotheses to be expanded together.

        Those that end in a letter will most likely be words: what is too improbable beside them waits until that is
        known.
        """
        batch: list[Hypothesis] = []
        foreseen: dict[str, float] = {}
        while len(batch) < self._width and (following := frontier.take(floor)):
            child = self._child(following, partial)
            inserted = child.spelled[len(partial) :]
            if following.probability < _MARKS_OVER_WORDS * floor and _is_marks(inserted):
                continue
            batch.append(child)
            if len(inserted) >= found.shortest and is_word(inserted[-1]) and inserted not in found.probabilities:
                foreseen[inserted] = following.probability
                floor = found.floor(foreseen)
        return batch

    def _is_rare(self, root: Node, partial: str) -> bool:
        """Whether the letters typed are so unlikely that the tokens which are not always scored may spell them."""
        if not partial.strip():
            return False
        probabilities = probabilities_at(root)
        whole, beginnings = self._agreeing(partial)
        begun = sum(float(probabilities[token]) for token in beginnings.tolist() if not self._tokens[token].isspace())
        return float(probabilities[whole].sum()) + begun < _RARE

    def phrases(self, words: Sequence[Found], share: float) -> list[list[Phrase]]:
        """Of each word: itself, then longer and longer phrases of what most likely follows it.

        A phrase ends where a word or a part of one may, and after a mark, but not where it all but certainly goes on
        at once: not at `https` or `https:`, but at `https://`. All of them go on together, a token a round.

        Args:
            words: That were found.
            share: Least probability of a phrase, given that the word which it begins with goes no further.
        """
        grown = [[Phrase.of(word)] for word in words]
        paths: dict[int, _Path] = {}
        least: dict[int, float] = {}
        for at, word in enumerate(words):
            ended = self._stops(word.node, word.text[-1]) if is_word(word.text[-1]) else 0.0
            if ended >= _LEAST_ENDED:
                paths[at] = _Path(word.text, word.probability, word.node)
                least[at] = max(share * word.probability * ended, _LEAST_PHRASE)
        for added in range(_PHRASE_TOKENS + 1):
            predict(self._predictor, [path.node for path in paths.values()], whole=False)
            for at, path in list(paths.items()):
                last = path.text[-1]
                longer = self._longer(path, least[at], self._any if added else self._part(last).openers)
                may_end = self._stops(path.node, last) >= _LEAST_STOP if is_word(last) else not last.isspace()
                if added and may_end and not _surely(path, longer):
                    grown[at].append(Phrase(path.text, path.probability, words[at]))
                if longer is None:
                    del paths[at]
                else:
                    paths[at] = longer
            if not paths:
                break
        return grown

    def _longer(self, path: _Path, least: float, allowed: NDArray[np.bool_]) -> _Path | None:
        """The path with its likeliest token of those allowed, if that leaves it over `least`."""
        likely = likeliest(path.node, allowed, least / path.probability)
        token, probability = likely[0] if likely else (-1, 0.0)
        probability *= path.probability
        if probability <= least:
            return None
        return _Path(path.text + self._tokens[token], probability, path.node.child(token))

    def _part(self, last: str) -> _Part:
        """Of a part of a word whose last character so far is this."""
        if last == "_":
            return self._parts_ended
        return self._parts_in_capitals if last.isupper() else self._parts

    def _stops(self, node: Node, last: str) -> float:
        """Probability that a part of a word that has come this far goes no further.

        Args:
            node: That was predicted.
            last: The character before it.
        """
        if node.stops is None:
            node.stops = 1.0 - float(probabilities_at(node) @ self._part(last).weights_of_letters)
        return node.stops

    def _expand(
        self, hypothesis: Hypothesis, partial: str, found: Candidates, floor: float
    ) -> Sequence[tuple[int, float]]:
        """Note the word that ends here, if one does, and return the tokens that may come then, best first.

        All those are among them with which the hypothesis stays over `floor`.
        """
        node, spelled = hypothesis.node, hypothesis.spelled
        probabilities = probabilities_at(node)
        reached = hypothesis.probability
        if len(spelled) < len(partial):
            whole, beginnings = self._agreeing(partial[len(spelled) :])
            found.evidence += reached * float(probabilities[whole].sum())
            tokens = np.concatenate((whole, beginnings))
            tokens = tokens[probabilities[tokens] * reached > floor]
            return best_of(probabilities, tokens)
        inserted = spelled[len(partial) :]
        if inserted and is_word(inserted[-1]):
            if self._stops(node, inserted[-1]) >= _LEAST_STOP:
                found.add(inserted, reached, hypothesis)
            allowed = self._letters
        else:
            if inserted.strip():
                found.add(inserted, reached * float(probabilities[self._newline]), hypothesis)
            if len(inserted.strip()) >= _MOST_MARKS:
                return []
            if spelled.endswith(" "):
                allowed = self._after_space
            else:
                allowed = self._after_letter if spelled and is_word(spelled[-1]) else self._any
        return likeliest(node, allowed, floor / reached)

    def _agreeing(self, rest: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tokens that spell all of the rest of the typed letters, and those that spell a beginning of it."""
        first = bisect_left(self._spellings, rest)
        last = bisect_left(self._spellings, rest + "\U0010ffff")
        beginnings = [self._ids[rest[:end]] for end in range(1, len(rest)) if rest[:end] in self._ids]
        return self._sorted_ids[first:last], np.array(beginnings, np.int64)

    def _child(self, following: Next, partial: str) -> Hypothesis:
        """A hypothesis one token on."""
        probability, (_, node, spelled, origin, marks), token = following
        inserting = len(spelled) > len(partial)
        if inserting and not marks and not is_word(spelled[-1]):
            marks = following.hypothesis.probability
        return Hypothesis(
            probability,
            node.child(token),
            spelled + self._tokens[token],
            origin if inserting else (node, token),
            marks,
        )


def _surely(path: _Path, longer: _Path | None) -> bool:
    """Whether a path goes on so, without a space."""
    if longer is None or longer.text[len(path.text)].isspace():
        return False
    return longer.probability >= _CERTAIN * path.probability


def _is_marks(text: str) -> bool:
    """Whether there are marks, and no word."""
    return bool(text.strip()) and not any(map(is_word, text))


def _which(characters: list[str], kind: Callable[[str], bool]) -> NDArray[np.bool_]:
    """Which of many characters are of a kind: few of them are distinct, and each is looked at once."""
    wanted = set(filter(kind, set(characters)))
    return np.fromiter((character in wanted for character in characters), bool, len(characters))


def is_word(character: str) -> bool:
    """Whether a character is of the kind that words are made of: letters, digits and the underscore."""
    return character.isalnum() or character == "_"
