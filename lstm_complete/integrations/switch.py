"""On or off: by a key, and by the environment."""

from __future__ import annotations

import os

VARIABLE = "LSTM_COMPLETE"
OFF_WORDS = frozenset({"off", "0", "no", "false"})


class Switch:
    """Whether anything is suggested at all.

    `LSTM_COMPLETE=off` in the environment wins over `toggle`. It is read at each question, so a host may change it
    under way.
    """

    def __init__(self) -> None:
        self._on = True

    def __bool__(self) -> bool:
        return self._on and os.environ.get(VARIABLE, "").strip().lower() not in OFF_WORDS

    def toggle(self) -> None:
        """Turn off what is on, and on what is off."""
        self._on = not self._on


# One for the process: the key that turns suggestions off means all of them.
SWITCH = Switch()
