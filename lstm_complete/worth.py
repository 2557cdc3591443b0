"""What suggestions are worth: of all the phrases that were found, the few that save most keys on expectation.

An item of the menu costs as many keys as it stands lines down. What counts is not the keys that it spares at once, but
those that it spares against typing on: after a letter more, the same word would stand there again, higher up. So each
character is worth a fifth of a key, being there at all one and a half, and what is worth less than its rank is left
out: there is more to read than to win. Grey text costs one key, all of it, or one for each of its first words where the
rest is wrong.

Keys saved on text kept back (menu / ghost / both), 200 shell commands, 100 lines of notes and 100 of Python:

                                                      commands            notes               Python
    words by probability, with what is 80 % sure      47.3 / 43.5 / 50.5  40.2 / 29.8 / 40.8  36.7 / 32.7 / 40.0
    words by what they are worth                      47.9 / 43.5 / 51.6
    and phrases after them, down to 50 %              49.8 / 43.5 / 52.7  42.1 / 29.8 / 42.8
    and as long a ghost as is worth most              49.8 / 46.7 / 53.4  42.1 / 31.1 / 43.1  38.3 / 34.4 / 42.2

With 0.15 or 0.25 keys a character, 1.4 or 1.8 for being there: within 0.3 of these.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lstm_complete.candidates import Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lstm_complete.candidates import Found

# In keys.
_OF_A_CHARACTER = 0.2
_OF_BEING_THERE = 1.5
_OF_A_VARIANT = 0.1  # what an item adds, at least, to one that it goes on after, or begins

# The words that a reader takes one by one.
_TAKEN = re.compile(r"\s*(?:\w+|[^\w\s]+)")


class _Chosen(NamedTuple):
    phrase: Phrase
    keys: float  # worth where it is what comes


def menu(phrases: Iterable[Phrase], limit: int, may_show: Callable[[str], bool]) -> list[Phrase]:
    """The items of a menu, each the one that adds most to those above it.

    Args:
        phrases: To choose from.
        limit: Most items.
        may_show: Whether a text may be shown at all; asked of few.
    """
    left = {phrase.text: phrase for phrase in sorted(phrases, key=lambda phrase: phrase.probability)}
    chosen: list[_Chosen] = []
    while left and len(chosen) < limit:
        rank = len(chosen) + 1
        added = {phrase.text: _added(phrase, rank, chosen) for phrase in left.values()}
        best = left[max(added, key=added.__getitem__)]
        if added[best.text] <= 0:
            break
        del left[best.text]
        if may_show(best.text):
            chosen.append(_Chosen(best, _keys(best.text, rank)))
    return [each.phrase for each in chosen]


def _keys(text: str, rank: int) -> float:
    return _OF_A_CHARACTER * len(text) + _OF_BEING_THERE - rank


def _added(phrase: Phrase, rank: int, chosen: Sequence[_Chosen]) -> float:
    """Keys that an item saves on expectation beside those chosen, which may be its beginnings, or go on after it."""
    text, probability = phrase.text, phrase.probability
    longer = [each for each, _ in chosen if each.text.startswith(text)]
    for each in longer:  # what these say is served by them, and that once
        if not any(each.text.startswith(other.text) for other in longer if other is not each):
            probability -= each.probability
    shorter = [keys for each, keys in chosen if text.startswith(each.text)]
    added = max(probability, 0.0) * (_keys(text, rank) - max(shorter, default=0.0))
    return added if added > _OF_A_VARIANT or not (shorter or longer) else 0.0


def others(words: Iterable[Found], shown: Sequence[Phrase]) -> list[Phrase]:
    """Words that begin nothing that is shown, for those who want more than is worth it."""
    return [Phrase.of(word) for word in words if not any(phrase.text.startswith(word.text) for phrase in shown)]


def ghost(phrases: Sequence[Phrase], most_words: int) -> list[Phrase]:
    """A word and its longer and longer phrases, best first.

    Args:
        phrases: Each goes on with the one before it.
        most_words: Longer ones are left out, but for the first.
    """
    expected, in_part = [], 0.0  # keys saved by those for which the phrase goes wrong after one of its beginnings
    for index, phrase in enumerate(phrases):
        ends = [taken.end() for taken in _TAKEN.finditer(phrase.text)]
        if index and len(ends) > most_words:
            break
        if index:
            before = phrases[index - 1]
            right = [end for end in ends if end <= len(before.text)]  # a part of a word cannot be taken alone
            saved = right[-1] - len(right) if right else 0
            in_part += max(before.probability - phrase.probability, 0.0) * saved
        expected.append(in_part + phrase.probability * (len(phrase.text) - 1))
    return [phrases[index] for index in sorted(range(len(expected)), key=lambda index: -expected[index])]
