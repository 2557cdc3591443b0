"""ptpython: `install(repl)` in the `configure` of its config.py; `uninstall(repl)` leaves it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lstm_complete.integrations.guest import Guest
from lstm_complete.integrations.switch import SWITCH

if TYPE_CHECKING:
    from ptpython.python_input import PythonInput

    from lstm_complete.integrations.model import Suggests

_guests: WeakKeyDictionary[PythonInput, Guest] = WeakKeyDictionary()


def install(repl: PythonInput, model: str | Suggests | None = None) -> None:
    """Begin to suggest at the prompt of `repl`; a second time changes nothing but the model.

    Args:
        repl: What ptpython gives to `configure`.
        model: A name, a path or a `Suggester`; None for the name in LSTM_COMPLETE_MODEL, or the default.
    """
    guest = _guests.get(repl)
    if not _guests:
        SWITCH.turn(on=True)  # whoever installs it again means it, whatever a key has said before
    if guest is None:
        # What has been entered has been parsed: ptpython takes nothing else.
        _guests[repl] = Guest(repl.app, repl.default_buffer, model, learns=True)
    elif model:
        guest.use(model)


def uninstall(repl: PythonInput) -> None:
    """Leave no trace."""
    guest = _guests.pop(repl, None)
    if guest:
        guest.leave()
