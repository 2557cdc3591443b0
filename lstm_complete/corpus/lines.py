"""Whether each line of a text stands on its own: a history of commands, queries one a line."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# A verdict is reached on the start of a text: more of the same would not change it.
_SAMPLE_CHARACTERS = 1_000_000
_FEWEST_LINES = 8

_MOST_BLANK = 0.05
_MOST_INDENTED = 0.25
_MOST_WRAPPED = 0.25
_MOST_SENTENCES = 0.3

# Resemblance is a mean over pairs of lines: of fewer, it says too little to overrule how the lines read.
_FEWEST_FOR_RESEMBLANCE = 200
_MOST_PAIRS = 3000
_UNRELATED = 1.2
_NARROWEST_WRAP = 40

_HISTORY_NAME = re.compile(r"(\..*|.*_)(history|hist|histfile)(\.txt)?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[^\W\d_][.!?…。！？][\"'”’»)*_\]」』]*$")  # noqa: RUF001 - sentences end so in Chinese
_STATEMENT_END = (".", "!", "?", ":", ";", "…")
_WORD = re.compile(r"\w+|[^\w\s]")


def names_a_history(path: str) -> bool:
    """Whether a file is named as shells and REPLs name their histories: .bash_history, .zhistory, psql_history."""
    return _HISTORY_NAME.fullmatch(PurePath(path).name) is not None


def looks_like_lines(text: str) -> bool:
    """Whether each line of a text is a document of its own, as in a shell history.

    Lines of one document hang together, and the page shows it in one of four ways, each of which is measured. None of
    them depends on the language, natural or not:

    - *Blank lines* part paragraphs and functions (over 5 % of all lines; 16 % in Python, 20 % in Markdown, none in a
      history).
    - *Indentation* subordinates lines to others (over 25 % of lines; a REPL's history has some).
    - *Wrapping*: the next line's first word would not have fitted on this one, and it goes on in lower case with no
      mark at the break (over 25 % of breaks; half of them in prose whose blank lines are gone, 5 % in commands).
    - *Sentences*: most lines end as prose does, which catches prose with a paragraph a line (over 30 % of lines; 56 %
      and more in prose, under 1 % in commands).

    The last is overruled where order carries nothing: lines that resemble their neighbours no more than they resemble
    lines anywhere (Jaccard similarity of words, each word weighed by its rarity, repeated lines aside) were put one
    below the other by chance, as questions in a list. Paragraphs of one page resemble their neighbours two to four
    times as much as they do lines elsewhere. Resemblance cannot be the test on its own: the commands of a session
    resemble their neighbours more than the lines of a program do.

    A text of fewer than eight lines says too little, and counts as one document.
    """
    every_line = text[:_SAMPLE_CHARACTERS].splitlines()
    lines = [line.rstrip() for line in every_line if line.strip()]
    if len(lines) < _FEWEST_LINES:
        return False
    if len(every_line) - len(lines) > _MOST_BLANK * len(every_line):
        return False
    if _share(line[0].isspace() for line in lines) > _MOST_INDENTED:
        return False
    if _wrapped_share(lines) > _MOST_WRAPPED:
        return False
    if _share(_SENTENCE_END.search(line) is not None for line in lines) <= _MOST_SENTENCES:
        return True
    return _order_tells_nothing(lines)


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def _wrapped_share(lines: list[str]) -> float:
    """Share of line breaks that stand where a line was full, in the middle of a sentence."""
    width = sorted(map(len, lines))[len(lines) * 95 // 100]  # the few longest may hold a word that could not be broken
    if width < _NARROWEST_WRAP:
        return 0.0
    return _share(
        len(line) + 1 + len(follower.split(maxsplit=1)[0]) > width
        and follower.lstrip()[0].islower()
        and not line.endswith(_STATEMENT_END)
        for line, follower in pairwise(lines)
    )


def _order_tells_nothing(lines: list[str]) -> bool:
    """Whether neighbours resemble each other no more than lines picked at random do."""
    if len(lines) < _FEWEST_FOR_RESEMBLANCE:
        return False
    words = [frozenset(_WORD.findall(line)) for line in lines]
    counts = Counter(word for line in words for word in line)
    rarity = {word: math.log((len(lines) + 1) / count) for word, count in counts.items()}

    def resemblance(pairs: list[tuple[int, int]]) -> float:
        different = [(words[i], words[j]) for i, j in pairs if lines[i] != lines[j]]
        shared = [
            sum(rarity[word] for word in one & other) / (sum(rarity[word] for word in one | other) or 1.0)
            for one, other in different
        ]
        return sum(shared) / len(shared) if shared else 0.0

    chance = random.Random(0)  # noqa: S311 - a sample of pairs, the same at each run
    pairs = min(_MOST_PAIRS, len(lines) - 1)
    near = resemblance([(i, i + 1) for i in sorted(chance.sample(range(len(lines) - 1), pairs))])
    far = resemblance([(chance.randrange(len(lines)), chance.randrange(len(lines))) for _ in range(pairs)])
    return near <= _UNRELATED * far
