"""On or off: by a key, by the environment, and by what a host says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.integrations.environment import setting

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = "LSTM_COMPLETE"
OFF_WORDS = frozenset({"off", "0", "no", "false"})


class Switch:
    """Whether anything is suggested at all.

    `LSTM_COMPLETE=off` in the environment wins over `turn` and `toggle`. It is read at each question, so a host may
    change it under way.
    """

    def __init__(self) -> None:
        self._on = True

    def __bool__(self) -> bool:
        return self._on and not self.held_off

    @property
    def held_off(self) -> bool:
        """Whether the environment turns it off, which no key can change."""
        return setting(VARIABLE).lower() in OFF_WORDS

    def turn(self, *, on: bool) -> None:
        """Turn it on or off."""
        self._on = on

    def toggle(self) -> None:
        """Turn off what is on, and on what is off."""
        self._on = not self._on


class Narrowed(Switch):
    """A switch that is on where another one is, and a condition holds: what a host asks for besides."""

    def __init__(self, switch: Switch, condition: Callable[[], bool]) -> None:
        super().__init__()
        self._switch = switch
        self._condition = condition

    def __bool__(self) -> bool:
        return bool(self._switch) and self._condition()


# One for the process: the key that turns suggestions off means all of them.
SWITCH = Switch()
