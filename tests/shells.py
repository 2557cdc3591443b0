"""Shells in a pseudo-terminal, with a start-up file of their own and the daemon of the test."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from contextlib import contextmanager
from pathlib import Path

from terminal import Terminal

import lstm_complete
from lstm_complete.daemon.runtime_dir import Lock

SCRIPTS = Path(lstm_complete.__file__).parent / "integrations" / "shells"
PROMPT = "$ "
RIGHT, UP, END, CLEAR = "\x1b[C", "\x1b[A", "\x05", "\x15"
ESCAPE, CTRL_G, CTRL_T = "\x1b", "\x07", "\x14"
ALT_F, ALT_G, ALT_K, ALT_Q, ALT_S = "\x1bf", "\x1bg", "\x1bk", "\x1bq", "\x1bs"


def environment(home, asked):
    """A home of its own, a daemon to ask, and nothing of the tester's own settings."""
    names = ("LSTM_COMPLETE", "LSTM_COMPLETE_GHOST", "LSTM_COMPLETE_MODEL", "LSTM_COMPLETE_WAIT", "NO_COLOR")
    own = {"HOME": str(home), "LSTM_COMPLETE_PYTHON": sys.executable, "LC_ALL": "C.UTF-8"}
    return {**dict.fromkeys(names, ""), **own, "XDG_CONFIG_HOME": str(home / ".config"), "ZDOTDIR": str(home), **asked}


@contextmanager
def zsh(home, asked, *lines, before=()):
    """An interactive zsh that has loaded the script; `lines` stand behind it in .zshrc, `before` before it."""
    load = f"source {SCRIPTS}/lstm_complete.zsh"
    (home / ".zshrc").write_text("\n".join([f"PROMPT='{PROMPT}'", *before, load, *lines]) + "\n")
    with Terminal(["zsh", "-i"], environment=environment(home, asked)) as terminal:
        terminal.shows(PROMPT.strip())
        yield terminal


@contextmanager
def hung_daemon(path):
    """What looks like a daemon, and never answers; its queue is full from the first on."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    lock = Lock(path.parent)
    lock.take()  # it is the daemon of this place: none is started beside it
    with contextlib.closing(lock), socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(0)
        yield
        path.parent.chmod(0o755)  # nor after it: a daemon that is starting refuses such a folder


def kill_daemon(path):
    with contextlib.closing(Lock(path.parent)) as lock:
        pid = lock.holder()
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def end_every_daemon(path):
    """End the daemon of this place, and those still starting: they refuse a folder that others may look into."""
    if path.parent.is_dir():
        path.parent.chmod(0o755)
        kill_daemon(path)


def line(terminal):
    """The line of the screen that the cursor is in, without the prompt."""
    return terminal.screen.display[terminal.screen.cursor.y].rstrip().removeprefix(PROMPT)


def typed(terminal):
    """What stands before the cursor."""
    screen = terminal.screen
    return screen.display[screen.cursor.y][: screen.cursor.x].removeprefix(PROMPT)


@contextmanager
def bash(home, asked, *lines, before=()):
    """An interactive bash that has loaded the script."""
    load = f"source {SCRIPTS}/lstm_complete.bash"
    (home / ".bashrc").write_text("\n".join([f"PS1='{PROMPT}'", *before, load, *lines]) + "\n")
    command = ["bash", "--noprofile", "--rcfile", str(home / ".bashrc"), "-i"]
    with Terminal(command, environment=environment(home, asked)) as terminal:
        terminal.shows(PROMPT.strip())
        yield terminal


@contextmanager
def fish(home, asked, *lines):
    """An interactive fish that has loaded the script."""
    folder = home / ".config" / "fish"
    folder.mkdir(parents=True, exist_ok=True)
    prompt = f"function fish_prompt; echo -n '{PROMPT}'; end"
    load = f"source {SCRIPTS}/lstm_complete.fish"
    (folder / "config.fish").write_text("\n".join(["set fish_greeting", prompt, load, *lines]) + "\n")
    with Terminal(["fish", "-i"], environment=environment(home, asked)) as terminal:
        terminal.shows(PROMPT.strip())
        yield terminal
