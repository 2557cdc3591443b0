"""Find the secrets of a line, and mask them: light enough for every key that is pressed."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from lstm_complete.secrets.assignments import ASSIGNMENTS
from lstm_complete.secrets.calls import CALLS
from lstm_complete.secrets.commands import COMMANDS
from lstm_complete.secrets.notes import NOTES
from lstm_complete.secrets.rules import Span
from lstm_complete.secrets.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lstm_complete.secrets.rules import Rule

RULES = (*SHAPES, *COMMANDS, *ASSIGNMENTS, *CALLS, *NOTES)

# Most rules end here: at the question which of these letters a line has, each asked once.
_RULES_BY_LETTERS: dict[str, list[int]] = {}
for _index, _rule in enumerate(RULES):
    for _letters in _rule.letters:
        _RULES_BY_LETTERS.setdefault(_letters, []).append(_index)

# A longer line is looked at in windows: patterns may take the square of its length.
_WINDOW = 2000
_OVERLAP = 500

MASK = "********"
_SHOWN_BEFORE = 48
_MIXED_WORD = re.compile(r"(?=\S*[^\W\d_])(?=\S*\d)\S{8,}")


def find_secrets(line: str) -> list[Span]:
    """Every secret that our own rules see in a line, in the order of their places; they may overlap.

    Args:
        line: Text without line breaks.
    """
    return sorted(set(_spans(line)))


def first_secret(line: str) -> Span | None:
    """One secret of a line, whichever rule sees one first; None where there is none."""
    return next(_spans(line), None)


def _spans(line: str) -> Iterator[Span]:
    if len(line) <= _WINDOW:
        return chain.from_iterable(rule.find(line) for rule in _worth_asking(line))
    starts = range(0, len(line) - _OVERLAP, _WINDOW - _OVERLAP)
    return (
        Span(span.start + start, span.end + start, span.kind)
        for start in starts
        for span in _spans(line[start : start + _WINDOW])
    )


def _worth_asking(line: str) -> list[Rule]:
    """The rules whose letters are in a line."""
    lowered = line.lower()
    found = {index for letters, rules in _RULES_BY_LETTERS.items() if letters in lowered for index in rules}
    return [RULES[index] for index in sorted(found)]


def masked(line: str, start: int) -> str:
    """The line as it may be shown: what stands before its first secret, and nothing after that.

    What stands before it is masked, too, where it looks like something that no rule knew.
    """
    before = _MIXED_WORD.sub(MASK, line[:start].lstrip())
    return f"{'…' if len(before) > _SHOWN_BEFORE else ''}{before[-_SHOWN_BEFORE:]}{MASK}"
