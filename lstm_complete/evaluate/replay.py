"""Type held-out text again, key by key, and count the keys that a completer saves.

The person replayed here is ideal but honest: before every character they look at what is offered, and take it only
where it is exactly what comes next.

    menu    item number r costs r keys (Tab, r times)
    ghost   the whole ghost text costs one key where all of it is right, else one key for each of its leading words
            that are right (the "take one word" key)
    both    the better of the two at every position

Keys saved = 1 - keys / characters.
"""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, get_args

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document as BufferDocument

from lstm_complete.settings import SuggestSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prompt_toolkit.auto_suggest import AutoSuggest
    from prompt_toolkit.completion import Completer

    from lstm_complete.suggest import Suggester

Way = Literal["both", "menu", "ghost"]
WAYS: tuple[Way, ...] = get_args(Way)
RANKS = (1, 3, 5)
RELIABILITY_BINS = 10

_WORD = re.compile(r"\w+|[^\w\s]+")
_WORD_AFTER_SPACE = re.compile(r"\s*(?:\w+|[^\w\s]+)")
_MARKS_AND_WORD = re.compile(r"\s*(?:[^\w\s]+\s*)*\w*")  # what the probability of a ghost is stated of

# Shorter lines leave nothing to save, longer ones are data rather than typing.
_LINE_CHARACTERS = range(4, 301)
_DOCUMENT_LINE_CHARACTERS = range(20, 401)
_CONTEXT_LINES = 80
_CONTEXT_CHARACTERS = 2000


@dataclass(frozen=True)
class Case:
    """One stretch of text to type, after a context that is already there."""

    context: str
    target: str
    new_document: bool = False


class Ghost(NamedTuple):
    """Text shown after the cursor, and how likely its first word is said to be (None where nothing is said)."""

    text: str
    probability: float | None = None


class Contestant(Protocol):
    """Anything that offers text to insert at the cursor. `before` is all the text before the cursor."""

    def menu(self, before: str) -> Sequence[str]:
        """The items of the completion menu, best first, each without what is typed of it already."""
        ...

    def ghost(self, before: str) -> Ghost | None:
        """The ghost text."""
        ...

    def learn(self, line: str) -> None:
        """Take note of a line that is finished."""
        ...

    def reset(self) -> None:
        """Begin a new document."""
        ...


class PromptToolkitContestant:
    """A model asked through prompt_toolkit's own interfaces, as a prompt asks it."""

    def __init__(self, completer: Completer, auto_suggest: AutoSuggest, suggester: Suggester) -> None:
        self._completer = completer
        self._auto_suggest = auto_suggest
        self._suggester = suggester
        self._buffer = Buffer()
        self._event = CompleteEvent(text_inserted=True)

    def menu(self, before: str) -> list[str]:
        """The completions, less the letters of them that are typed already."""
        items = []
        for completion in self._completer.get_completions(BufferDocument(before), self._event):
            typed = before[len(before) + completion.start_position :]
            if completion.text.startswith(typed):
                items.append(completion.text[len(typed) :])
        return items

    def ghost(self, before: str) -> Ghost | None:
        """The ghost text, with the probability that the suggester states for it."""
        suggestion = self._auto_suggest.get_suggestion(self._buffer, BufferDocument(before))
        if suggestion is None or not suggestion.text:
            return None
        stated = self._suggester.continuation(before)
        return Ghost(suggestion.text, stated.probability if stated and stated.text == suggestion.text else None)

    def learn(self, line: str) -> None:
        """Tell the suggester what was typed."""
        self._suggester.learn(line)

    def reset(self) -> None:
        """Tell the suggester that a new document begins."""
        self._suggester.reset()


@dataclass
class Score:
    """What a replay counted.

    Attributes:
        keys: Keys pressed, for each way of taking suggestions.
        reliability: For each tenth of stated probability: words foretold by ghosts, how many were right, and the sum
            of what was stated.
        seconds: Time for menu and ghost together, one figure a key, taken where neither was asked before.
    """

    characters: int = 0
    cases: int = 0
    keys: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(WAYS, 0))
    words_asked: int = 0
    words_right: dict[int, int] = field(default_factory=lambda: dict.fromkeys(RANKS, 0))
    menus_shown: int = 0
    ghosts_shown: int = 0
    ghosts_right: int = 0
    reliability: list[tuple[int, int, float]] = field(default_factory=lambda: [(0, 0, 0.0)] * RELIABILITY_BINS)
    seconds: list[float] = field(default_factory=list)

    def saved(self, way: Way) -> float:
        """Share of the keys that is saved, in percent."""
        return 100 * (1 - self.keys[way] / self.characters) if self.characters else 0.0

    def right_at(self, rank: int) -> float:
        """Percent of the words that stood among the first `rank` items before their first letter was typed."""
        return 100 * self.words_right[rank] / max(self.words_asked, 1)

    def ghost_precision(self) -> float:
        """Percent of the ghosts shown whose first word was right."""
        return 100 * self.ghosts_right / max(self.ghosts_shown, 1)

    def milliseconds(self, quantile: float) -> float:
        """Time a key that this share of the keys stays under."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(quantile * len(ordered)))] if ordered else 0.0


def line_cases(lines: Sequence[str], count: int, seed: int = 1) -> list[Case]:
    """`count` lines that follow each other, from a place drawn by `seed`, each typed at an empty prompt."""
    usable = [line for line in lines if len(line) in _LINE_CHARACTERS]
    start = random.Random(seed).randrange(max(1, len(usable) - count))  # noqa: S311 - a sample, not a secret
    return [Case("", line) for line in usable[start : start + count]]


def document_cases(documents: Sequence[str], count: int, seed: int = 1) -> list[Case]:
    """`count` lines drawn by `seed`, each typed after the lines that stand before it in its document."""
    split = [document.split("\n") for document in documents]
    usable = [
        (lines, number)
        for lines in split
        for number, line in enumerate(lines)
        if len(line) in _DOCUMENT_LINE_CHARACTERS
    ]
    draw = random.Random(seed)  # noqa: S311 - a sample, not a secret
    cases = []
    for index in sorted(draw.sample(range(len(usable)), min(count, len(usable)))):
        lines, number = usable[index]
        context = "\n".join(lines[max(0, number - _CONTEXT_LINES) : number])[-_CONTEXT_CHARACTERS:]
        cases.append(Case(context + "\n" if context else "", lines[number], new_document=True))
    return cases


def replay(
    contestant: Contestant,
    cases: Sequence[Case],
    *,
    limit: int = SuggestSettings().limit,
    seconds: float | None = None,
    on_case: Callable[[int], None] = lambda _: None,
) -> Score:
    """Type every case three times over, once each way, and count.

    Args:
        contestant: What is asked for suggestions.
        cases: What is typed, in this order.
        limit: Items of the menu that are looked at.
        seconds: Stop between two cases once this much time has gone by.
        on_case: Called with the number of cases that are done.

    Returns:
        The counts, over the cases that were done.
    """
    score = Score()
    started = time.monotonic()
    for case in cases:
        if case.new_document:
            contestant.reset()
        for way in WAYS:  # "both" comes first, so that its times are those of questions never asked before
            _type(contestant, case, way, limit, score)
        score.characters += len(case.target)
        score.cases += 1
        contestant.learn(case.target)
        on_case(score.cases)
        if seconds is not None and time.monotonic() - started > seconds:
            break
    return score


def _type(contestant: Contestant, case: Case, way: Way, limit: int, score: Score) -> None:
    position, foretold = 0, ""
    while position < len(case.target):
        before, rest = case.context + case.target[:position], case.target[position:]
        asked = time.perf_counter()
        items = list(contestant.menu(before))[:limit] if way != "ghost" else []
        ghost = contestant.ghost(before) if way != "menu" else None
        if way == "both":
            score.seconds.append(time.perf_counter() - asked)
        score.menus_shown += way == "menu" and bool(items)
        if way == "menu" and (position == 0 or case.target[position - 1] == " "):
            _count_next_word(score, items, rest)
        if way == "ghost" and ghost and ghost.text.strip():
            word = _first(_WORD_AFTER_SPACE, ghost.text)
            _count_ghost(score, rest.startswith(word))
            stated = _first(_MARKS_AND_WORD, ghost.text)
            if before + stated != foretold:
                _count_statement(score, ghost, rest.startswith(stated))
            foretold = before + stated
        choices = [best_of_menu(items, rest), best_of_ghost(ghost.text if ghost else "", rest)]
        advance, keys = max(choices, key=lambda choice: choice[0] - choice[1])
        position += advance
        score.keys[way] += keys


def best_of_menu(items: Sequence[str], rest: str) -> tuple[int, int]:
    """Characters gained and keys pressed with the item that saves most; (1, 1), a key typed, where none saves any."""
    advance, keys = 1, 1
    for rank, item in enumerate(items, 1):
        if rest.startswith(item) and len(item) - rank > advance - keys:
            advance, keys = len(item), rank
    return advance, keys


def best_of_ghost(ghost: str, rest: str) -> tuple[int, int]:
    """Characters gained and keys pressed by taking as much of the ghost as is right; (1, 1) where that saves none."""
    if len(ghost) > 1 and rest.startswith(ghost):
        return len(ghost), 1
    advance = keys = 0
    for word in _WORD_AFTER_SPACE.findall(ghost):
        if not rest.startswith(ghost[: advance + len(word)]):
            break
        advance += len(word)
        keys += 1
    return (advance, keys) if advance > keys else (1, 1)


def _first(pattern: re.Pattern[str], ghost: str) -> str:
    found = pattern.match(ghost)
    return found.group() if found else ghost


def _count_ghost(score: Score, right: bool) -> None:
    score.ghosts_shown += 1
    score.ghosts_right += right


def _count_statement(score: Score, ghost: Ghost, right: bool) -> None:
    """Count what a ghost states of its first word, where it is a new one.

    One that was right is taken, and gone; one that was wrong stands there again at the next letter that agrees with
    it. So a word that is foretold letter after letter is one statement, not several wrong ones.
    """
    if ghost.probability is not None:
        tenth = min(int(ghost.probability * RELIABILITY_BINS), RELIABILITY_BINS - 1)
        shown, hits, stated = score.reliability[tenth]
        score.reliability[tenth] = (shown + 1, hits + right, stated + ghost.probability)


def _count_next_word(score: Score, items: Sequence[str], rest: str) -> None:
    """A hit is an item that spells all of the next word, asked for where that word begins."""
    word = _WORD.match(rest)
    if not word:
        return
    score.words_asked += 1
    for rank, item in enumerate(items, 1):
        if rest.startswith(item.rstrip()) and len(item.strip()) >= len(word.group()):
            for most in RANKS:
                score.words_right[most] += rank <= most
            return
