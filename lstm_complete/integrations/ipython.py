"""IPython: `%load_ext lstm_complete`, then `%lstm`; `%unload_ext lstm_complete` leaves the shell as it was.

A kernel and `--simple-prompt` have no prompt that could be completed: there, loading does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstm_complete.integrations.guest import Guest
from lstm_complete.integrations.switch import SWITCH, VARIABLE

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult
    from IPython.terminal.interactiveshell import TerminalInteractiveShell

MAGIC = "lstm"
USAGE = "usage: %lstm [on | off | model [NAME] | why TEXT]"

_loaded: dict[TerminalInteractiveShell, Extension] = {}


def load_ipython_extension(shell: TerminalInteractiveShell) -> None:
    """Begin to suggest at the shell's prompt."""
    if getattr(shell, "pt_app", None) is not None and shell not in _loaded:
        _loaded[shell] = Extension(shell)


def unload_ipython_extension(shell: TerminalInteractiveShell) -> None:
    """Leave no trace."""
    extension = _loaded.pop(shell, None)
    if extension:
        extension.leave()


class Extension:
    """What is added to one shell."""

    def __init__(self, shell: TerminalInteractiveShell) -> None:
        self._shell = shell
        session: Any = shell.pt_app
        self._guest = Guest(session.app, session.default_buffer)
        shell.events.register("post_run_cell", self._learn)
        self._magics: dict[str, Any] = shell.magics_manager.magics["line"]
        self._magic_before = self._magics.get(MAGIC)
        self._magics[MAGIC] = self.lstm  # `register_magic_function` would leave a trace in another place

    def leave(self) -> None:
        """Take it all away."""
        self._magics.pop(MAGIC, None)
        if self._magic_before:
            self._magics[MAGIC] = self._magic_before
        self._shell.events.unregister("post_run_cell", self._learn)
        self._guest.leave()

    def lstm(self, line: str) -> None:
        """Suggestions of lstm-complete.

        `%lstm` says what is on; `%lstm on`, `%lstm off`; `%lstm model NAME` asks another model; `%lstm why TEXT` says
        what speaks for what is suggested after TEXT (at the prompt, Alt-W does).
        """
        verb, _, argument = line.strip().partition(" ")
        name = argument.strip()
        if verb in {"on", "off"} and not name:
            SWITCH.turn(on=verb == "on")
        elif verb == "model" and name:
            self._guest.use(name)
        elif verb == "why" and argument:
            print("\n".join(self._guest.model.why(argument) or ["nothing is suggested there"]))  # noqa: T201
            return
        elif verb not in {"", "model"}:
            print(USAGE)  # noqa: T201 - a magic answers by printing
            return
        print(self._state())  # noqa: T201

    def _state(self) -> str:
        on = "on" if SWITCH else f"off, by {VARIABLE} in the environment" if SWITCH.held_off else "off"
        error = self._guest.model.error
        return f"lstm-complete is {on}; model {self._guest.name}" + (f": {error}" if error else "")

    def _learn(self, result: ExecutionResult) -> None:
        """A cell that was run, and is not merely wrong; IPython calls this for what its own machinery runs, too."""
        cell = result.info
        if cell is not None and cell.store_history and not cell.silent and result.error_before_exec is None:
            self._guest.learn(cell.raw_cell)
