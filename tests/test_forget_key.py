"""The key that forgets the ghost that shows: at once, in the file, and at the next start; in a real terminal."""

from __future__ import annotations

import shutil
import sys

import pytest
from daemon import Daemon, wait_for
from hosts import needs
from shells import ALT_K, CLEAR, line, typed, zsh
from terminal import Terminal
from test_forget import LINE, completes
from test_zsh import SETUPS

from lstm_complete import store
from lstm_complete.recollection import documents
from lstm_complete.suggest import Suggester

BEFORE, GHOST = "deploy the harbour to ", "copenhagen tonight"
SHIFT_DELETE = "\x1b[3;2~"
CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.fixture
def home(knowing_home, tmp_path, monkeypatch):
    """A store of this test's own, with a model that has read LINE twenty times."""
    shutil.copytree(knowing_home, tmp_path / "store")
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "store"))
    return tmp_path / "store"


def prompt(home):
    command = [sys.executable, "-m", "lstm_complete", "try", "knowing"]
    return Terminal(command, columns=140, environment={"LSTM_COMPLETE_HOME": str(home)})


def shows_the_ghost(terminal):
    terminal.shows("Ctrl-D quit")
    terminal.press(BEFORE)
    terminal.shows(f"> {BEFORE}{GHOST}")


def is_forgotten(name="knowing"):
    return LINE not in {each.text for each in documents(store.load(name))}


@pytest.mark.parametrize("key", [ALT_K, SHIFT_DELETE], ids=["Alt-K", "Shift-Delete"])
def test_a_key_forgets_the_ghost_that_shows_at_once_and_in_the_file(home, key):
    with prompt(home) as terminal:
        shows_the_ghost(terminal)
        terminal.press(key)
        terminal.until(lambda: f"> {BEFORE}".rstrip() in terminal.text and GHOST not in terminal.text)
        terminal.shows("forgotten, in the file too")
        assert "copenhagen" not in terminal.text
        assert is_forgotten()
    assert completes(Suggester.load("knowing"), LINE) == []
    with prompt(home) as terminal:
        terminal.shows("Ctrl-D quit")
        terminal.press(BEFORE)
        terminal.until(lambda: " ms" in terminal.text and f"> {BEFORE}".rstrip() in terminal.text)
        assert "copenhagen" not in terminal.text


def test_what_is_forgotten_is_out_of_the_file_though_the_prompt_is_left_at_once(home):
    with prompt(home) as terminal:
        shows_the_ghost(terminal)
        terminal.press(ALT_K + CTRL_C + CTRL_D)
        assert terminal.ends() == 0
    assert is_forgotten()


def test_where_no_ghost_shows_the_key_does_nothing(home):
    with prompt(home) as terminal:
        terminal.shows("Ctrl-D quit")
        terminal.press("xqzt qqx")
        terminal.until(lambda: "> xqzt qqx" in terminal.text and "Alt-K" not in terminal.text)
        terminal.press(ALT_K + "y")
        terminal.shows("> xqzt qqxy")
    assert not is_forgotten()


@pytest.fixture
def served(home, tmp_path):
    """A daemon on that store."""
    shutil.move(home / "knowing.safetensors", home / "default.safetensors")
    folder = tmp_path / "daemon"
    folder.mkdir(mode=0o700)
    with Daemon(folder / "socket", home) as running:
        yield running


@needs("zsh", "zsh-autosuggestions")
@pytest.mark.parametrize("setup", SETUPS)
def test_in_zsh_too(served, tmp_path, setup):
    with zsh(tmp_path, served.environment, before=SETUPS[setup]) as terminal:
        terminal.press(BEFORE)
        terminal.until(lambda: line(terminal) == BEFORE + GHOST)
        terminal.press(ALT_K)
        terminal.shows("lstm-complete: forgotten")
        terminal.until(lambda: line(terminal) == BEFORE.rstrip())
        wait_for(lambda: is_forgotten("default"))
        terminal.press(CLEAR + "deploy the har")
        terminal.until(lambda: typed(terminal) == "deploy the har")
    assert served.ghost(BEFORE) == ""
    assert completes(Suggester.load("default"), LINE) == []


@needs("zsh", "zsh-autosuggestions")
@pytest.mark.parametrize("setup", SETUPS)
def test_zsh_says_so_where_nobody_forgets(served, tmp_path, setup):
    with zsh(tmp_path, {**served.environment, "LSTM_COMPLETE_PYTHON": "/bin/false"}, before=SETUPS[setup]) as terminal:
        terminal.press(BEFORE)
        terminal.until(lambda: line(terminal) == BEFORE + GHOST)
        served.process.kill()
        served.process.wait()
        terminal.press(ALT_K)
        terminal.shows(f"not forgotten, for the daemon does not answer:\nlstm-complete forget default '{LINE}'")
    assert not is_forgotten("default")


@needs("zsh", "zsh-autosuggestions")
@pytest.mark.parametrize("setup", [SETUPS["plugin"], SETUPS["plugin in sync"]])
def test_zsh_forgets_nothing_that_another_strategy_suggests(served, tmp_path, setup):
    with zsh(tmp_path, served.environment, "HISTSIZE=100", "print -s 'xqzt the harbour'", before=setup) as terminal:
        terminal.press("xqzt the har")
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("xqzt the harbour", "xqzt the har"))
        terminal.press(ALT_K)
        terminal.shows("lstm-complete: not forgotten, for another strategy suggests it")
        terminal.until(lambda: line(terminal) == "xqzt the harbour")
    assert served.ghost(BEFORE).startswith("copenhagen")


def test_a_daemon_forgets_for_all_sessions(served):
    assert served.ghost(BEFORE, "", "one").startswith("copenhagen")
    assert served.ask("forget", LINE) == b"forgotten"
    assert "copenhagen" not in served.ghost(BEFORE, "", "another")
    wait_for(lambda: is_forgotten("default"))
