"""xonsh: `xontrib load lstm_complete`, at the prompt or in the rc file; `xontrib unload lstm_complete`.

xonsh loads whatever is installed and has an entry point. A shell that begins to suggest because a package was installed
surprises its user, so being loaded that way does nothing here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lstm_complete.integrations import environment
from lstm_complete.integrations.switch import SWITCH, Narrowed

if TYPE_CHECKING:
    from xonsh.built_ins import XonshSession

    from lstm_complete.integrations.guest import Guest

XONTRIB = "lstm_complete"

_loaded: list[Xontrib] = []


def _load_xontrib_(xsh: XonshSession, **_: object) -> dict[str, object]:
    if _loaded:
        return {}
    if _loads_by_itself(xsh):
        sys.modules.pop(__name__, None)  # a module that is there counts as loaded
    else:
        SWITCH.turn(on=True)  # whoever loads it again means it, whatever a key has said before
        _loaded.append(Xontrib(xsh))
    return {}


def _unload_xontrib_(xsh: XonshSession, **_: object) -> dict[str, object]:  # noqa: ARG001 - as xonsh calls it
    while _loaded:
        _loaded.pop().leave()
    return {}


def _loads_by_itself(xsh: XonshSession) -> bool:
    """Whether this is xonsh going through the entry points: after the rc file, and before there is a shell."""
    found = getattr(xsh.builtins, "autoloaded_xontribs", None) or {}
    return xsh.shell is None and XONTRIB in found


class Xontrib:
    """What is added to the shell."""

    def __init__(self, xsh: XonshSession) -> None:
        self._xsh = xsh
        self._guest: Guest | None = None
        environment.enter(xsh.env)  # which is not that of the process
        events: Any = xsh.builtins.events
        # xonsh writes attributes into its handlers, which a method does not take.
        self._handlers = [
            (events.on_ptk_create, lambda prompter, **_: self._sit(prompter)),
            (events.on_postcommand, lambda cmd, rtn, **_: self._learn(cmd, rtn)),
        ]
        for event, handler in self._handlers:
            event(handler)
        prompter = getattr(getattr(xsh.shell, "shell", None), "prompter", None)
        if prompter is not None:
            self._sit(prompter)

    def leave(self) -> None:
        """Take it all away."""
        for event, handler in self._handlers:
            event.discard(handler)
        if self._guest:
            self._guest.leave()
        environment.leave(self._xsh.env)

    def _sit(self, prompter: Any) -> None:  # noqa: ANN401 - a PromptSession, from xonsh
        from lstm_complete.integrations.guest import Guest  # noqa: PLC0415 - costs nothing before there is a prompt

        if self._guest:  # xonsh tells of its prompt at once to those who ask later; some versions do, and some do not
            return
        self._guest = Guest(
            prompter.app,
            prompter.default_buffer,
            menu_switch=Narrowed(SWITCH, lambda: self._setting("COMPLETIONS_DISPLAY") != "none"),
            ghost_switch=Narrowed(SWITCH, lambda: bool(self._setting("XONSH_PROMPT_AUTO_SUGGEST"))),
        )

    def _learn(self, command: str, exit_code: int) -> None:
        """What failed is not learned: it may be nothing but a slip of the fingers."""
        shell = getattr(self._xsh.shell, "shell", None)
        private = getattr(shell, "src_starts_with_space", False)  # of which `command` has been stripped
        if self._guest and exit_code == 0 and not private:
            self._guest.learn(command)

    def _setting(self, name: str) -> Any:  # noqa: ANN401 - whatever the user has set
        settings: Any = self._xsh.env
        return settings.get(name)
