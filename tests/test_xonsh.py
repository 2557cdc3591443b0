"""xonsh, in a real terminal: its xontrib is loaded by its user alone, and goes without a trace."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hosts import needs
from terminal import Terminal

pytestmark = needs("xonsh")

ALT_S, CTRL_C, RIGHT, TAB = "\x1bs", "\x03", "\x1b[C", "\t"
PROMPT = "X> "


@pytest.fixture
def xonsh(at_home, tmp_path):
    """Start xonsh with these lines in its rc file; at its first prompt."""
    terminals = []

    def start(*lines):
        settings = tmp_path / "rc.xsh"
        settings.write_text("\n".join([f"$PROMPT = {PROMPT!r}", "$XONSH_SHOW_TRACEBACK = True", *lines]) + "\n")
        command = [sys.executable, "-m", "xonsh", "--rc", str(settings)]
        surroundings = {**at_home, "XONSH_DATA_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parent)}
        terminal = Terminal(command, columns=120, rows=40, environment=surroundings)
        terminals.append(terminal)
        terminal.shows(PROMPT.strip())
        return terminal

    yield start
    for terminal in terminals:
        terminal.__exit__()


def enter(terminal, line):
    """Enter a line, and wait for the next prompt."""
    prompts = terminal.text.count("\nX>")
    terminal.press(line + "\r")
    terminal.until(lambda: terminal.text.count("\nX>") > prompts and terminal.text.endswith("\nX>"))


def test_a_ghost_follows_once_the_xontrib_is_loaded_and_right_takes_it(xonsh):
    terminal = xonsh()
    enter(terminal, "xontrib load lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")
    ghostly = terminal.colour_of("eckout")
    terminal.press(RIGHT)
    terminal.until(lambda: terminal.colour_of("eckout") != ghostly)


def test_being_installed_switches_nothing_on(xonsh):
    terminal = xonsh()
    enter(terminal, "xontrib list")
    assert "lstm_complete  not-loaded" in terminal.text
    enter(terminal, "print(type(__xonsh__.shell.shell.prompter.default_buffer.auto_suggest).__name__)")
    assert "\nDynamicAutoSuggest\n" in terminal.text


def test_the_rc_file_can_load_it_and_the_prompt_unload_it(xonsh):
    terminal = xonsh("xontrib load lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")
    enter(terminal, CTRL_C + "xontrib unload lstm_complete")
    enter(terminal, "print(type(__xonsh__.shell.shell.prompter.default_buffer.auto_suggest).__name__)")
    assert "\nDynamicAutoSuggest\n" in terminal.text


def test_unloading_leaves_no_trace_and_loading_again_works(xonsh):
    terminal = xonsh("from prompt_state import *")
    enter(terminal, "before = state_of_xonsh(__xonsh__)")
    enter(terminal, "xontrib load lstm_complete")
    enter(terminal, "print('loaded:', changes(before, state_of_xonsh(__xonsh__)))")
    assert "loaded: ['ghost', 'menu', 'keys', " in terminal.text
    enter(terminal, "xontrib unload lstm_complete")
    enter(terminal, "print('unloaded:', changes(before, state_of_xonsh(__xonsh__)))")
    assert "unloaded: []" in terminal.text
    enter(terminal, "xontrib reload lstm_complete")
    terminal.press(ALT_S)
    enter(terminal, "xontrib reload lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")


@pytest.mark.parametrize("setting", ["$LSTM_COMPLETE = 'off'", "$XONSH_PROMPT_AUTO_SUGGEST = False"])
def test_a_setting_of_xonsh_turns_it_off(xonsh, setting):
    terminal = xonsh("xontrib load lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")
    enter(terminal, CTRL_C + setting)
    terminal.press("git ch")
    terminal.until(lambda: terminal.text.endswith("X> git ch"))
    terminal.press("!")
    terminal.until(lambda: terminal.text.endswith("X> git ch!"))


def test_a_setting_of_xonsh_marks_the_ghost_until_it_is_unloaded(xonsh):
    terminal = xonsh("$LSTM_COMPLETE_GHOST = 'mark'", "xontrib load lstm_complete")
    terminal.press("git ch")
    terminal.shows("git ch·eckout main")
    enter(terminal, CTRL_C + "xontrib unload lstm_complete")
    enter(terminal, "from lstm_complete.integrations.ghost_looks import looks; print('looks', looks())")
    assert "looks colour" in terminal.text


def test_tab_lists_the_words_of_the_model_and_those_of_xonsh(xonsh):
    terminal = xonsh("xontrib load lstm_complete")
    terminal.press("git ch" + TAB)
    terminal.until(lambda: "checkout main" in terminal.text and "check-ignore" in terminal.text)


def test_a_command_that_succeeded_counts_for_the_next(xonsh):
    terminal = xonsh("xontrib load lstm_complete", "from prompt_state import Listener")
    enter(terminal, "import lstm_complete.integrations.xonsh as x; listener = Listener()")
    enter(terminal, "x._loaded[0]._guest.use(listener)")
    for line in ("echo quokka", " echo wombat", "ls /numbat", "print(listener.told())"):
        enter(terminal, line)
    assert "['x._loaded[0]', 'echo quokka']" in terminal.text
