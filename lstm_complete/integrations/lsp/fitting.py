"""What of an offer fits where it would go, given what stands behind the cursor already.

Editors close brackets and quotes by themselves, and people type into the midst of lines: an offer must not repeat what
waits there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lstm_complete.integrations.model import Phrase

# What may stand behind a ghost: the line goes on with nothing but what closes what is open.
_ONLY_CLOSES = re.compile(r"[\s)\]}>\"'`;:,.]*")
_IN_A_WORD = re.compile(r"\w")


def takes_words(after: str) -> bool:
    """Whether a menu makes sense before `after`: not in the midst of a word."""
    return not _IN_A_WORD.match(after)


def takes_phrases(after: str) -> bool:
    """Whether grey text makes sense before `after`: at the end of what is typed, closing brackets aside."""
    return _ONLY_CLOSES.fullmatch(after) is not None


def fitted(text: str, after: str) -> str:
    """The part of an offer that does not stand behind the cursor already; "" where that is all of it."""
    waiting = after.rstrip()
    if not waiting:
        return text
    if waiting.lstrip().startswith(text.strip()):
        return ""
    if waiting in text:
        return text[: text.index(waiting)]
    for length in range(min(len(text), len(after)), 0, -1):
        if after.startswith(text[-length:]):
            return text[:-length]
    return text


def fitting(offers: Iterable[Phrase], after: str) -> list[Phrase]:
    """The offers without what stands behind the cursor, those of which something is left, each text once."""
    cut: dict[str, Phrase] = {}
    for offer in offers:
        text = fitted(offer.text, after)
        if text.strip():
            cut.setdefault(text, replace(offer, text=text))
    return list(cut.values())
