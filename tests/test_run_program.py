"""`lstm-complete run`: litecli in a real terminal, and programs that are not there."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hosts import needs
from prompt_toolkit import PromptSession
from terminal import Terminal

from lstm_complete.cli import main
from lstm_complete.integrations.run_program import guests_at_every_session

RIGHT, CTRL_C, CTRL_D, ALT_S, TAB = "\x1b[C", "\x03", "\x04", "\x1bs", "\t"


@pytest.fixture
def litecli(at_home, tmp_path):
    """litecli, at its prompt."""
    terminals = []

    def start(**environment):
        program = ["litecli", "--liteclirc", str(tmp_path / "rc"), "--prompt", "sql> ", str(tmp_path / "data")]
        command = [sys.executable, "-m", "lstm_complete", "run", *program]
        terminal = Terminal(command, columns=120, rows=30, environment={**at_home, **environment})
        terminals.append(terminal)
        terminal.shows("sql>")
        return terminal

    yield start
    for terminal in terminals:
        terminal.__exit__()


@needs("litecli")
def test_litecli_shows_our_ghost_and_words_beside_its_own(litecli):
    terminal = litecli()
    terminal.press("git ch")
    terminal.until(lambda: "sql> git checkout" in terminal.text and "%" in terminal.text)
    ghostly = terminal.colour_of("eckout")
    terminal.press(RIGHT)
    terminal.until(lambda: terminal.colour_of("eckout") != ghostly)
    terminal.press(CTRL_C + "SEL")
    terminal.shows("SELECT")


@needs("litecli")
def test_litecli_keeps_its_own_ghost_where_the_model_has_none_and_its_exit_code(litecli):
    terminal = litecli()
    terminal.press("select 40 + 2;\r")
    terminal.until(lambda: "\nsql>" in terminal.text.partition("1 row")[2])  # a toolbar may stand below
    terminal.press("select 4")
    terminal.until(lambda: terminal.text.count("sql> select 40 + 2;") == 2)
    terminal.press(CTRL_C + CTRL_D)
    assert terminal.ends() == 0


@needs("litecli")
def test_the_environment_turns_it_off_in_litecli(litecli):
    terminal = litecli(LSTM_COMPLETE="off")
    terminal.press("git check")
    terminal.shows("sql> git check")
    terminal.press("!")
    terminal.shows("sql> git check!")
    assert "%" not in terminal.text


def test_a_program_that_is_not_there_is_told_in_one_line_with_what_to_do(refused):
    code, line = refused("run", "no-such-program", "--option")
    assert code == 2
    assert "not installed" in line
    assert "pipx inject lstm-complete no-such-program" in line


@pytest.mark.parametrize(
    ("program", "advice"), [("bash", "lstm-complete init bash"), ("env", "no Python program; this can run those")]
)
def test_a_program_that_no_pip_can_install_is_told_to_be_one(refused, program, advice):
    code, line = refused("run", program)
    assert code == 2
    assert advice in line
    assert "pip install" not in line


def test_a_model_asked_for_by_name_has_to_be_there(refused, empty_home):
    code, line = refused("run", "--name", "nothing", "litecli")
    assert (code, "nothing" in line, empty_home.exists()) == (6, True, False)


@pytest.mark.parametrize(
    ("argument", "code", "output"), [("--version", 0, "pytest "), ("--nonsense", 4, "usage: pytest")]
)
def test_arguments_go_to_the_program_and_its_exit_code_comes_back(argument, code, output):
    command = [sys.executable, "-m", "lstm_complete", "run", "pytest", argument]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert output in done.stdout + done.stderr


def test_sessions_are_made_as_before_when_the_program_has_ended():
    make = PromptSession.__init__
    with guests_at_every_session():
        assert PromptSession.__init__ is not make
    assert PromptSession.__init__ is make


def test_help_names_the_command(capsys):
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    assert "litecli" in capsys.readouterr().out
