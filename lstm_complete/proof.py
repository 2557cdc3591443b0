"""The proof that a model has forgotten: whatever beginning of a line is typed, nothing that it says completes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete import recollection
from lstm_complete.forgotten import plain_words, windows
from lstm_complete.suggest import Suggester
from lstm_complete.text import NEWLINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lstm_complete.model_file import Contents

_ASKED = 20  # phrases, and items of the menu, at each place


def ways_to(contents: Contents, lines: Sequence[str]) -> Iterator[str]:
    """How a model can still produce lines, in words for a person; nothing where it cannot.

    Looks for each in the text that it holds, and asks for menu and ghost behind every beginning of it, letter by
    letter.
    """
    held = [each.text for each in recollection.documents(contents)] + contents.metadata["held_out_text"]
    suggester = Suggester(contents)
    for line in lines:
        sought = plain_words(line)
        if any(_holds(each, line, sought) for text in held for each in text.split(NEWLINE)):
            yield f"its text holds {line!r}"
        for end in range(len(line)):
            before = line[:end]
            offers = [*suggester.continuations(before, _ASKED), *suggester.suggest(before, _ASKED)]
            for offer in offers:
                if _holds((before + offer.text).split(NEWLINE)[0], line, sought):
                    yield f"after {before!r} it suggests {offer.text!r}"


def _holds(text: str, line: str, sought: Sequence[str]) -> bool:
    """Whether a text holds all of a line, also at the start of a longer word; a single word only as a word."""
    return tuple(sought) in windows(plain_words(text), len(sought)) or (len(sought) > 1 and line in text)
