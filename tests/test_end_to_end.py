"""The whole path in a real terminal: train with the command line, type, read the ghost and the menu off the screen."""

from __future__ import annotations

import sys

import pytest
from terminal import Terminal

# Commands of which each start has one likely end, so that a small model is sure of itself.
LINES = [
    f"{command} {argument}"
    for argument in ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")
    for command in ("git checkout main && make", "git commit --amend", "docker compose up --detach")
] * 8
SMALL = "--epochs 40 --threads 1 --vocabulary-size 600 --hidden-size 48 --embedding-size 24 --layers 1"


def lstm_complete(home, *command):
    return Terminal(
        [sys.executable, "-m", "lstm_complete", *map(str, command)],
        rows=40,
        environment={"LSTM_COMPLETE_HOME": str(home), "OMP_NUM_THREADS": "1"},
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A store with a model in it, trained as a person does: watching."""
    folder = tmp_path_factory.mktemp("end_to_end")
    (folder / "history.txt").write_text("\n".join(LINES) + "\n")
    with lstm_complete(
        folder / "models", "train", folder / "history.txt", "--name", "shell", *SMALL.split()
    ) as terminal:
        terminal.shows("validation")
        assert "left" in terminal.text
        terminal.shows("of the next tokens right")
        terminal.shows("What the saved file suggests")
        terminal.shows("Try it: lstm-complete try shell")
        assert terminal.ends() == 0
    return folder / "models"


def test_a_model_trained_on_the_command_line_completes_what_is_typed(home):
    with lstm_complete(home, "try", "shell") as terminal:
        terminal.shows("Ctrl-D quit")
        for letter in "git ch":
            terminal.press(letter)
        terminal.shows("> git checkout main")
        terminal.until(lambda: any("checkout" in line and "%" in line for line in below_the_prompt(terminal)))
        terminal.until(lambda: cursor_column(terminal) == len("> git ch"))  # the rest is ghost text
        terminal.press("\x1b[C")  # Right
        terminal.until(lambda: cursor_column(terminal) >= len("> git checkout main"))
        terminal.press("\x03\x04")  # Ctrl-C clears the line, Ctrl-D leaves
        assert terminal.ends() == 0


def below_the_prompt(terminal):
    return terminal.screen.display[terminal.screen.cursor.y + 1 :]


def cursor_column(terminal):
    return terminal.screen.cursor.x
