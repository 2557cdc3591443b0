"""People who have written nothing, little or much, imagined from the sources: what the starter's gate learns from.

Each writes what one source holds of one kind. Some of its texts were read before, and are in recall; others are typed
now. So the gate knows how far to trust recall of ten kilobytes and of a hundred before it has seen a user's, whose
text, where it is little, says least of that. Bits a character of other text, by who wrote 10 KB / 50 KB of it, from a
gate that knew of recency alone, and from this one: commands 2.23 / 1.93 and 2.20 / 1.91, French pages 1.42 / 1.21 and
1.38 / 1.20, notes 0.99 / 0.99 and 0.97 / 0.97, Python 1.00 / 0.97 and 1.02 / 0.96. Of the starter alone, which has no
recall: notes 0.980 and 0.970, commands 2.66 and 2.64.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_complete import recall
from lstm_complete.training import held_out
from lstm_complete.training.examples import Examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lstm_complete.text import Vocabulary
    from starter.clean import Text

_USERS, _KEPT_BACK = 300, 30
_READ_NOTHING = 1 / 3  # of the users
_LEAST_READ, _MOST_READ, _MOST_TYPED = 2_000, 300_000, 5_000  # characters

# Of a source, what makes a user: so many texts, and characters.
_FEWEST_TEXTS, _LEAST_TEXT = 5, 30_000


class _Typed(NamedTuple):
    """What one of them types, as tokens, and what recall and recency say of each."""

    documents: list[list[int]]
    scores: held_out.Scores
    characters: int


def examples(texts: Iterable[Text], vocabulary: Vocabulary) -> tuple[Examples, Examples]:
    """What they type, with what recall and recency say of it: to train the gate on, and to validate it."""
    chance, rng = random.Random(0), np.random.default_rng(0)
    sources = _sources(texts)
    typed: list[_Typed] = []
    for _ in range(_USERS):
        now, before = _user(chance.choice(sources[chance.choice(list(sources))]), chance)
        unread, read = ([vocabulary.encode(text) for text in written] for written in (now, before))
        recalled = recall.build(read or [[]], len(vocabulary), vocabulary.newline)
        scores = held_out.score(recalled, unread, vocabulary.newline, rng)
        typed.append(_Typed(unread, scores, sum(map(len, now))))
    return _examples(typed[_KEPT_BACK:], vocabulary.newline), _examples(typed[:_KEPT_BACK], vocabulary.newline)


def _sources(texts: Iterable[Text]) -> dict[str, list[list[str]]]:
    """The texts of each source that has enough, by kind; each text once, and each command for itself."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for text in texts:
        parts = text.text.split("\n") if text.kind == "commands" else [text.text]
        found[text.kind, text.source].update(dict.fromkeys(parts))
    by_kind: dict[str, list[list[str]]] = defaultdict(list)
    for (kind, _), distinct in sorted(found.items()):
        if len(distinct) >= _FEWEST_TEXTS and sum(map(len, distinct)) >= _LEAST_TEXT:
            by_kind[kind].append(list(distinct))
    return by_kind


def _user(texts: Sequence[str], chance: random.Random) -> tuple[list[str], list[str]]:
    """What one of them types now, and has written before."""
    mixed = chance.sample(texts, len(texts))
    typed = _beginning(mixed[: len(mixed) // 2], _MOST_TYPED)
    if chance.random() < _READ_NOTHING:
        return typed, []
    size = math.exp(chance.uniform(math.log(_LEAST_READ), math.log(_MOST_READ)))
    return typed, _beginning(mixed[len(typed) :], size)


def _beginning(texts: Iterable[str], characters: float) -> list[str]:
    taken: list[str] = []
    for text in texts:
        left = int(characters) - sum(map(len, taken))
        if left <= 0:
            break
        taken.append(text[:left])
    return taken


def _examples(typed: Sequence[_Typed], newline: int) -> Examples:
    documents = [document for each in typed for document in each.documents]
    scores = held_out.Scores(*(np.concatenate(parts) for parts in zip(*(each.scores for each in typed), strict=True)))
    return Examples.of(documents, newline, scores, sum(each.characters for each in typed))
