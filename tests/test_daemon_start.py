"""How the client starts a daemon: seldom, never beside another, and what is left to read of one that cannot start."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys

import pytest
from daemon import wait_for
from shells import hung_daemon

from lstm_complete.cli import main
from lstm_complete.daemon import client

FIELDS = ("learn", "", "session", "fish", "/", "", "git status")
ASKING = {
    "start": b"",
    "ask": "\0".join(FIELDS).encode() + b"\0",
    "relay": client.request("learn", "git status"),
}


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Where the socket of this test belongs, in a folder that is there."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("LSTM_COMPLETE_SOCKET", str(folder / "socket"))
    return folder / "socket"


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Runs clients, which find a program that ends at once in the daemon's place; says how often that was started."""
    package = tmp_path / "instead" / "lstm_complete"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "cli.py").write_text("import os\ndef main(): os.write(int(os.environ['TOLD']), b'.')\n")

    def run(*commands):
        told, tells = os.pipe()
        with monkeypatch.context() as patch:
            patch.setenv("PYTHONPATH", str(package.parent))
            patch.setenv("TOLD", str(tells))
            for command in commands:
                ask(command, pass_fds=[tells])
        os.close(tells)
        with os.fdopen(told, "rb") as reader:  # up to the end of all that were started
            return len(reader.read())

    return run


def ask(command, **options):
    """Run the client as shells do."""
    words = [sys.executable, "-S", "-E", client.__file__, command]
    subprocess.run(words, input=ASKING[command], check=False, **options)


def said_by_status(capsys):
    """Ask until a daemon has said why it does not come up."""
    lines = []

    def has_said():
        assert main(["serve", "--status"]) == 1
        lines[:] = capsys.readouterr().out.splitlines()  # nothing while one is starting
        return any("Error: " in line for line in lines)

    wait_for(has_said)
    return lines


def leave_a_socket(path):
    """What a daemon leaves that is killed."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))


@pytest.mark.parametrize("command", ASKING)
def test_a_daemon_that_does_not_come_up_is_not_started_again_by_the_next_client(path, started, command):
    leave_a_socket(path)
    assert started(command, command, "start") == 1


@pytest.mark.parametrize("command", ASKING)
def test_a_socket_that_a_killed_daemon_left_is_removed(path, started, command):
    leave_a_socket(path)
    started(command)
    assert not path.exists()


def test_none_is_started_beside_one_that_hangs(path, started):
    with hung_daemon(path):
        assert started("start") == 0
        assert path.exists()


def test_none_is_started_in_a_folder_that_others_may_look_into(path, started):
    path.parent.chmod(0o755)
    assert started("start") == 0
    assert list(path.parent.iterdir()) == []


@pytest.mark.usefixtures("path")
def test_one_that_was_stopped_is_started_again(started, printed):
    assert started("start") == 1
    assert printed("serve", "--stop") == "no daemon is running\n"
    assert started("start") == 1


def test_a_clock_that_is_set_back_does_not_keep_it_from_starting(path, started):
    assert started("start") == 1
    tomorrow = (path.parent / client.STARTED_NAME).stat().st_mtime + 86_400
    os.utime(path.parent / client.STARTED_NAME, (tomorrow, tomorrow))
    assert started("start") == 1


def test_status_says_why_a_daemon_does_not_come_up(path, capsys):
    path.mkdir()
    ask("start")
    first, where, last = said_by_status(capsys)
    assert first == "no daemon is running"
    assert where == f"log: {path.parent / 'log'}"
    assert last.startswith("last line: IsADirectoryError: ")


def test_status_says_what_a_python_without_the_package_said(path, tmp_path, monkeypatch, capsys):
    (tmp_path / "lstm_complete.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ask("start")
    assert said_by_status(capsys)[-1].startswith("last line: ModuleNotFoundError: ")
    assert stat.S_IMODE((path.parent / "log").stat().st_mode) == 0o600
