"""Text of files and of foreign models on its way to a terminal, which obeys the control characters in it."""

from __future__ import annotations

import re

# All but tab and newline, and what turns the direction of all that follows on a line.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The same text, with a question mark for each character that would steer a terminal and not show."""
    return _STEERING.sub("?", text)
