"""ptpython, in a real terminal, with `install` in its config file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hosts import needs
from terminal import Terminal

pytestmark = needs("ptpython")

CTRL_C, RIGHT, ALT_S = "\x03", "\x1b[C", "\x1bs"

CONFIGURATION = """
from lstm_complete.integrations.ptpython import install, uninstall
from prompt_state import changes, state_of_ptpython as state

def configure(repl):
    repl.confirm_exit = False
    repl.enable_input_validation = True
    repl.get_globals().update(repl=repl, install=install, uninstall=uninstall)
    repl.get_globals().update(state=state, changes=changes, before=state(repl))
"""


@pytest.fixture
def ptpython(at_home, tmp_path):
    """Start ptpython with this in `configure`; at its first prompt."""
    terminals = []

    def start(line="    install(repl)", **environment):
        settings = tmp_path / "config.py"
        settings.write_text(CONFIGURATION + line + "\n")
        files = ["--config-file", str(settings), "--history-file", str(tmp_path / "history")]
        command = [sys.executable, "-m", "ptpython", *files]
        terminal = Terminal(
            command,
            columns=120,
            rows=30,
            environment={**at_home, "PYTHONPATH": str(Path(__file__).parent), **environment},
        )
        terminals.append(terminal)
        terminal.shows("Paste mode")
        return terminal

    yield start
    for terminal in terminals:
        terminal.__exit__()


def enter(terminal, line):
    """Enter a line, and wait for the next prompt."""
    prompts = terminal.text.count("\n>>>")
    terminal.press(line + "\r")
    terminal.until(lambda: terminal.text.count("\n>>>") > prompts and "\n>>>\n" in terminal.text)


def test_a_ghost_and_a_menu_follow_the_letters_and_right_takes_the_ghost(ptpython):
    terminal = ptpython()
    terminal.press("git ch")
    terminal.until(lambda: ">>> git checkout" in terminal.text and terminal.text.count("checkout main") == 2)
    ghostly = terminal.colour_of("eckout")
    terminal.press(RIGHT)
    terminal.until(lambda: terminal.colour_of("eckout") != ghostly)


def test_uninstalling_leaves_no_trace_and_installing_again_works(ptpython):
    terminal = ptpython()
    enter(terminal, "print('installed:', changes(before, state(repl)))")
    assert "installed: ['ghost', 'menu', 'accept', 'keys', " in terminal.text
    enter(terminal, "uninstall(repl)")
    enter(terminal, "print('uninstalled:', changes(before, state(repl)))")
    assert "uninstalled: []" in terminal.text
    enter(terminal, "install(repl); install(repl)")
    terminal.press(ALT_S)
    enter(terminal, "uninstall(repl)")
    enter(terminal, "install(repl)")
    terminal.press("git ch")
    terminal.shows("git checkout")


def test_the_key_turns_it_off_and_on(ptpython):
    terminal = ptpython()
    terminal.press("git ch")
    terminal.shows("git checkout")
    terminal.press(ALT_S)
    terminal.until(lambda: "eckout" not in terminal.text)
    terminal.press(ALT_S)
    terminal.shows("git checkout")


def test_off_in_the_environment_nothing_is_suggested(ptpython):
    terminal = ptpython(LSTM_COMPLETE="off")
    terminal.press("git ch")
    terminal.shows(">>> git ch")
    terminal.press("!")
    terminal.shows(">>> git ch!")
    assert "checkout" not in terminal.text
