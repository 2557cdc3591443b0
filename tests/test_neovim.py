"""Neovim in a pseudo-terminal, with the plugin that this package brings."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hosts import needs
from terminal import Terminal

from lstm_complete.integrations.nvim import PLUGIN

pytestmark = needs("nvim")

GREY = "808080"
RIGHT, CONTROL_RIGHT, ESCAPE = "\x1b[C", "\x1b[1;5C", "\x1b"


@pytest.fixture
def surroundings(tmp_path, monkeypatch):
    """A home of Neovim's own, with nothing in it."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def setup(surroundings, model_path):
    """Lua that sets the plugin up for the tiny model, which is never sure and so is not asked to be."""
    server = [sys.executable, "-m", "lstm_complete", "lsp", "--model", str(model_path)]
    settings = json.dumps({"cmd": server, "options": {"precision": 0}})
    return f"lstm = dofile({json.dumps(str(PLUGIN))}); lstm.setup(vim.json.decode({json.dumps(settings)}))"


@pytest.fixture
def nvim(setup, tmp_path):
    """An editor with these lines in it, its cursor at the end, in insert mode."""
    (tmp_path / "init.lua").write_text(
        f"vim.o.termguicolors = true; vim.cmd('highlight Comment guifg=#{GREY}'); {setup}", encoding="utf-8"
    )
    place = tmp_path / "notes.txt"

    def start(text):
        place.write_text(text, encoding="utf-8")
        terminal = Terminal(["nvim", "-n", "-u", str(tmp_path / "init.lua"), "+normal G$", "+startinsert!", str(place)])
        terminal.place = place
        return terminal

    return start


def written(terminal):
    """Save and quit; the text that was saved."""
    terminal.press(ESCAPE + ":wq\r")
    assert terminal.ends() == 0
    return terminal.place.read_text(encoding="utf-8")


def grey(terminal):
    """All that stands in grey on the screen."""
    return "".join(cell.data for row in terminal.screen.buffer.values() for cell in row.values() if cell.fg == GREY)


def test_grey_text_shows_while_one_types_and_a_key_takes_it(nvim):
    with nvim("é😋 Retu") as terminal:
        terminal.until(lambda: grey(terminal).startswith("rn"))
        terminal.press("rn the st")
        terminal.until(lambda: grey(terminal) == "ring")
        terminal.press("r")  # what agrees with the letter stays
        terminal.until(lambda: grey(terminal) == "ing")
        terminal.press(RIGHT)
        terminal.shows("Return the string")
        assert written(terminal) == "é😋 Return the string\n"
