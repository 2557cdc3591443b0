"""The guard of a prompt: what may be learned from it and what may be shown in it, secrets and forgotten text aside."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from lstm_complete.secrets import exclusions, find_secrets, first_secret
from lstm_complete.text import NEWLINE

if TYPE_CHECKING:
    import re

    from lstm_complete.forgotten import Forgotten

# Of a line before the cursor, as much as decides whether a secret stands at its end.
_MOST_BEFORE = 1000

# A word that stays in the menu while it is typed makes the same line at each key, and is asked about more than once.
_LINES_KEPT = 256


class Guard:
    """Shared by all that show the same model: what is forgotten in one prompt is not shown in another.

    Attributes:
        forgotten: What must not be said again; replaced as a whole when more is forgotten.
    """

    def __init__(self, forgotten: Forgotten) -> None:
        self.forgotten = forgotten

    def may_learn(self, text: str) -> bool:
        """Whether finished lines hold nothing that must be kept out."""
        return not any(
            first_secret(line) or self._is_excluded(line) or self.forgotten.holds(line) for line in text.split(NEWLINE)
        )

    def may_show(self, before: str, text: str) -> bool:
        """Whether a suggestion finishes no secret and nothing forgotten.

        Args:
            before: What stands before the cursor; only its last line counts.
            text: The suggestion.
        """
        line = before[before.rfind(NEWLINE) + 1 :][-_MOST_BEFORE:]
        if any(end > len(line) for end in _ends_of_secrets(line + text)):
            return False
        return not (self._is_excluded(line + text) or self.forgotten.is_completed_by(line, text))

    @cached_property
    def _excluded(self) -> tuple[re.Pattern[str], ...]:
        return exclusions()

    def _is_excluded(self, line: str) -> bool:
        return any(each.search(line) for each in self._excluded)


@lru_cache(_LINES_KEPT)
def _ends_of_secrets(line: str) -> tuple[int, ...]:
    return tuple(span.end for span in find_secrets(line))
