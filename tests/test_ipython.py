"""IPython, in a real terminal: loaded, used and unloaded as its users do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hosts import needs
from terminal import Terminal

pytestmark = needs("ipython")

CTRL_C, RIGHT, TAB, BACKSPACE, ALT_S, ALT_W, CLEAR_SCREEN = "\x03", "\x1b[C", "\t", "\x7f", "\x1bs", "\x1bw", "%clear"


@pytest.fixture
def ipython(at_home):
    """Start IPython with these options; at its first prompt."""
    terminals = []

    def start(*options, **environment):
        command = [sys.executable, "-m", "IPython", "--no-banner", "--no-confirm-exit", *options]
        terminal = Terminal(command, columns=120, rows=40, environment={**at_home, **environment})
        terminals.append(terminal)
        terminal.shows("In [1]:")
        return terminal

    yield start
    for terminal in terminals:
        terminal.__exit__()


def enter(terminal, line):
    """Enter a line at a prompt, and wait for the next prompt."""
    number = terminal.text.count("In [") + 1
    terminal.press(line + "\r")
    terminal.shows(f"In [{number}]:")


def test_a_ghost_follows_the_letters_once_the_extension_is_loaded_and_right_takes_it(ipython):
    terminal = ipython()
    enter(terminal, "%load_ext lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")
    ghostly = terminal.colour_of("eckout")
    terminal.press(RIGHT)
    terminal.until(lambda: terminal.colour_of("eckout") != ghostly)


def test_a_ghost_comes_back_with_a_backspace(ipython):
    terminal = ipython("--ext", "lstm_complete")
    terminal.press("git chx")
    terminal.shows("git chx")
    terminal.press(BACKSPACE)
    terminal.shows("git checkout")


def test_ipythons_own_suggestion_shows_where_the_model_has_none(ipython):
    terminal = ipython("--ext", "lstm_complete")
    enter(terminal, "zebra = 'of the history'")
    terminal.press("zeb")
    terminal.shows("In [2]: zebra = 'of the history'")


def test_tab_lists_the_words_of_the_model_and_those_of_ipython(ipython):
    terminal = ipython("--ext", "lstm_complete")
    enter(terminal, "git = githubs = 1")
    terminal.press("git" + TAB)
    menu = lambda: terminal.text.partition("In [2]: ")[2].partition("\n")[2]  # noqa: E731
    terminal.until(lambda: "git checkout main" in menu() and "githubs" in menu())


def test_the_menu_shows_a_word_once_that_ipythons_completer_has_from_us_too(ipython):
    terminal = ipython("--ext", "lstm_complete")
    enter(terminal, "print(get_ipython().complete(None, 'git ch', 6))")
    terminal.shows("('ch', ['checkout main'")
    enter(terminal, CLEAR_SCREEN)
    terminal.press("git ch" + TAB)
    terminal.until(lambda: terminal.screen.cursor.x == len("In [3]: git checkout main"))  # the only one, so taken
    assert terminal.text.count("checkout main") == 1


def test_unloading_leaves_no_trace_and_loading_again_works(ipython):
    terminal = ipython(PYTHONPATH=str(Path(__file__).parent))
    enter(terminal, "from prompt_state import *; before = state_of_ipython(get_ipython())")
    enter(terminal, "%load_ext lstm_complete")
    enter(terminal, "print('loaded:', changes(before, state_of_ipython(get_ipython())))")
    assert "loaded: ['ghost', 'menu', 'keys', " in terminal.text
    enter(terminal, "%unload_ext lstm_complete")
    enter(terminal, "print('unloaded:', changes(before, state_of_ipython(get_ipython())))")
    assert "unloaded: []" in terminal.text
    enter(terminal, "%load_ext lstm_complete")
    enter(terminal, "%lstm off")
    enter(terminal, "%reload_ext lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")


def test_the_magic_turns_it_off_and_on_and_names_the_model(ipython):
    terminal = ipython("--ext", "lstm_complete")
    enter(terminal, "%lstm off")
    terminal.shows("lstm-complete is off; model default")
    enter(terminal, "%lstm model nowhere")
    terminal.shows('No model "nowhere"')
    enter(terminal, "%lstm on")
    terminal.press("git ch")
    terminal.shows("git ch")
    enter(terminal, CTRL_C + "%lstm")
    enter(terminal, "%lstm model default")
    enter(terminal, "%lstm nonsense")
    terminal.shows("usage: %lstm [on | off")
    terminal.press("git ch")
    terminal.shows("git checkout")


def test_why_is_answered_by_the_magic_and_by_a_key(ipython):
    terminal = ipython("--ext", "lstm_complete")
    enter(terminal, "%lstm why git ch")
    terminal.shows("recall")
    places = terminal.text.count("recall")
    terminal.press("git ch")
    terminal.shows("git checkout")
    terminal.press(ALT_W)
    terminal.until(lambda: terminal.text.count("recall") > places and "In [2]: git ch" in terminal.text)


def test_the_key_turns_it_off(ipython):
    terminal = ipython("--ext", "lstm_complete")
    terminal.press("git ch")
    terminal.shows("git checkout")
    terminal.press(ALT_S)
    terminal.until(lambda: "eckout" not in terminal.text)


def test_a_cell_that_was_run_counts_for_the_next_unless_it_starts_with_a_space_or_is_no_python(ipython):
    terminal = ipython("--ext", "lstm_complete", PYTHONPATH=str(Path(__file__).parent))
    enter(terminal, "from prompt_state import Listener; from lstm_complete.integrations import ipython")
    enter(terminal, "listener = Listener(); ipython._loaded[get_ipython()]._guest.use(listener)")
    for line in ("quokka = 1", " wombat = 1", "numbat = = 1", "1 / 0", "print(listener.told())"):
        enter(terminal, line)
    assert "['listener = L', 'quokka = 1', '1 / 0']" in terminal.text


def without_a_prompt(environment, *lines):
    """What IPython prints for these lines where it has no prompt of its own, as in a kernel."""
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner"],
        input="\n".join([*lines, ""]),
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stderr == ""
    return done.stdout


def test_without_a_terminal_prompt_tab_has_the_words_and_the_magic_answers(at_home):
    printed = without_a_prompt(
        at_home,
        "shell = get_ipython(); before = [*shell.Completer.custom_matchers]",
        "%load_ext lstm_complete",
        "from lstm_complete.integrations.worker import WORKER; read = WORKER.submit(int).result()",
        "print('loaded', shell.complete(None, 'git ch', 6)[1][0])",
        "print('with a text', shell.complete('ch', 'git ch')[1][0])",
        "%lstm",
        "%unload_ext lstm_complete",
        "print('unloaded', shell.Completer.custom_matchers == before, '%lstm' in shell.complete('%ls')[1])",
    )
    assert "loaded checkout" in printed
    assert "with a text checkout" in printed
    assert "lstm-complete is on; model default" in printed
    assert "unloaded True False" in printed


def test_off_the_completer_is_as_ever(at_home):
    printed = without_a_prompt(
        {**at_home, "LSTM_COMPLETE": "off"},
        "%load_ext lstm_complete",
        "print('words:', get_ipython().complete(None, 'git ch', 6)[1])",
    )
    assert "checkout" not in printed


@pytest.mark.parametrize("environment", [{"LSTM_COMPLETE": "off"}, {"LSTM_COMPLETE_MODEL": "nowhere"}])
def test_off_or_without_a_model_ipython_is_as_ever(ipython, environment):
    terminal = ipython("--ext", "lstm_complete", **environment)
    enter(terminal, "git = 'check'")
    terminal.press("git")
    terminal.shows("In [2]: git = 'check'")
