"""Hosts that read what `lstm-complete init HOST --install` has written, where lstm-complete is and where it is not."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from hosts import needs
from terminal import Terminal

pytestmark = needs("ipython", "ptpython", "xonsh", "nvim")

# As `python -m` does, but where no lstm-complete lies in the working directory, as it does in a checkout.
RUN = (
    "import os, runpy, sys; os.chdir(os.environ['HOME']);"
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
PYTHON_HOSTS = {
    "ipython": ["IPython", "--no-banner", "--no-confirm-exit"],
    "ptpython": ["ptpython"],
    "xonsh": ["xonsh"],
}
# What each shows once it can be typed at.
READY = {"ipython": "In [1]:", "ptpython": "Paste mode", "xonsh": "@"}


@pytest.fixture
def home(at_home, tmp_path):
    """The environment of a user in whose start-up files the lines are."""
    environment = {**at_home, "PTPYTHON_CONFIG_HOME": str(tmp_path / "ptpython"), "XONSH_DATA_DIR": str(tmp_path)}
    for host in (*PYTHON_HOSTS, "nvim"):
        command = [sys.executable, "-m", "lstm_complete", "init", host, "--install"]
        surroundings = {"PATH": "/usr/bin:/bin", **environment}
        subprocess.run(command, env=surroundings, check=True, capture_output=True)
    return {**environment, "PYTHONPATH": ""}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """All packages of this environment but lstm-complete."""
    folder = tmp_path_factory.mktemp("packages")
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if "lstm_complete" not in package.name:
            (folder / package.name).symlink_to(package)
    return folder


@pytest.mark.parametrize("host", PYTHON_HOSTS)
def test_the_next_start_suggests(host, home):
    with Terminal([sys.executable, "-c", RUN, *PYTHON_HOSTS[host]], environment=home) as terminal:
        terminal.shows(READY[host])
        terminal.press("git ch")
        terminal.shows("git checkout main")


def test_ptpython_does_first_what_its_user_configured(home, tmp_path):
    settings = tmp_path / "ptpython" / "config.py"
    settings.write_text("def configure(repl):\n    repl.get_globals()['mine'] = 40\n" + settings.read_text())
    with Terminal([sys.executable, "-c", RUN, "ptpython"], environment=home) as terminal:
        terminal.shows(READY["ptpython"])
        terminal.press("mine + 2\r")
        terminal.shows("42")
        terminal.press("git ch")
        terminal.shows("git checkout main")


@pytest.mark.parametrize("host", PYTHON_HOSTS)
def test_an_environment_without_lstm_complete_is_not_troubled(host, home, elsewhere):
    command = [sys.executable, "-S", "-c", RUN, *PYTHON_HOSTS[host]]
    with Terminal(command, environment={**home, "PYTHONPATH": str(elsewhere)}) as terminal:
        terminal.shows(READY[host])
        terminal.press("sum([40, 2])\r")
        terminal.shows("42")
        assert "lstm_complete" not in terminal.text


def test_neovim_finds_the_server_beside_lstm_complete_whatever_its_path(home, tmp_path):
    with Terminal(["nvim", "-n", str(tmp_path / "notes")], environment={**home, "PATH": "/usr/bin:/bin"}) as terminal:
        terminal.shows("~")
        terminal.press("igit ch")
        terminal.shows("git checkout main")


def test_neovim_is_not_troubled_where_the_plugin_is_gone(home, tmp_path):
    settings = tmp_path / "nvim" / "init.lua"
    settings.write_text(settings.read_text().replace("lstm_complete.lua", "gone.lua"))
    with Terminal(["nvim", "-n", str(tmp_path / "notes")], environment=home) as terminal:
        terminal.shows("~")
        terminal.press(":echo 40 + 2\r")
        terminal.shows("42")
        assert "lua" not in terminal.text
