"""Any program that prompts with a `PromptSession`: litecli, pgcli, mycli and others, run in this process.

They have no hook for plugins. What there is, is the class of their prompt, and the entry point that pip made for them.
"""

from __future__ import annotations

import shutil
import sys
import traceback
from contextlib import contextmanager
from functools import wraps
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.filters import is_true

from lstm_complete.errors import SettingsError
from lstm_complete.integrations.guest import Guest
from lstm_complete.integrations.start_lines import HOSTS
from lstm_complete.integrations.switch import SWITCH, Narrowed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def run(program: str, arguments: Sequence[str], name: str | None = None) -> int:
    """Run a program that is installed beside lstm-complete, with suggestions at its prompts.

    Args:
        program: The command that it is started by.
        arguments: What stands behind the command.
        name: A model; None for the one in LSTM_COMPLETE_MODEL, or the default.

    Returns:
        The program's exit code.

    Raises:
        SettingsError: There is no such program here.
    """
    start = _start_of(program)
    sys.argv = [program, *arguments]
    with guests_at_every_session(name):
        try:
            return _exit_code(start())
        except SystemExit as end:
            return _exit_code(end.code)
        except Exception:  # noqa: BLE001 - the program's own error, to be seen as without us
            traceback.print_exc()
            return 1


@contextmanager
def guests_at_every_session(name: str | None = None) -> Iterator[None]:
    """Let a guest sit at every `PromptSession` that is made meanwhile, save while it asks for a password."""
    sessions: Any = PromptSession
    make = sessions.__init__
    guests = []  # kept alive

    @wraps(make)
    def make_and_sit(session: PromptSession[Any], *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - its own
        make(session, *arguments, **options)
        switch = Narrowed(SWITCH, lambda: not is_true(session.is_password))
        guests.append(
            Guest(session.app, session.default_buffer, name, menu_switch=switch, ghost_switch=switch, learns=True)
        )

    sessions.__init__ = make_and_sit
    try:
        yield
    finally:
        sessions.__init__ = make


def _start_of(program: str) -> Callable[[], object]:
    """What the program's command calls."""
    for entry in entry_points(group="console_scripts", name=program):
        start: Callable[[], object] = entry.load()
        return start
    elsewhere = shutil.which(program)
    if program in HOSTS:
        raise SettingsError(f'{program!r} is suggested to from within: see "lstm-complete init {program}"')
    if elsewhere and not _is_python(Path(elsewhere)):
        raise SettingsError(
            f"{elsewhere} is no Python program; this can run those that prompt with prompt_toolkit: "
            "litecli, pgcli, mycli and others"
        )
    found = f"it is at {elsewhere}, in an environment of its own" if elsewhere else "it is not installed"
    raise SettingsError(
        f"{program!r} has to be in the environment of lstm-complete, but {found}: "
        f'pipx inject lstm-complete {program} (or, without pipx, "{sys.executable} -m pip install {program}")'
    )


def _is_python(command: Path) -> bool:
    """Whether a command is a script that pip has made: one of its first lines names the Python."""
    try:
        with command.open("rb") as file:
            start = file.read(256)
    except OSError:
        return False
    return command.suffix == ".exe" or (start.startswith(b"#!") and b"python" in start)


def _exit_code(result: object) -> int:
    """As `sys.exit` reads it."""
    if isinstance(result, int):
        return int(result)
    if result is not None:
        print(result, file=sys.stderr)  # noqa: T201 - as `sys.exit` does
    return 1 if result else 0
