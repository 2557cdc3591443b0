"""What the tests share: text that every Python ships, and one tiny model trained on it."""

from __future__ import annotations

import inspect
import json
import os
import shutil
import string
import subprocess
import textwrap
from pathlib import Path

import hypothesis
import pytest
from daemon import Daemon
from hosts import ALL_HOSTS_VARIABLE

from lstm_complete import TrainingSettings, train
from lstm_complete.cli import main
from lstm_complete.corpus import Corpus, Document
from lstm_complete.training import train_corpus

# Read when torch is loaded, which is later: one thread makes a training repeatable, and small matrices fast.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test fails for being slow: machines that run tests are busy. At a desk each run tries new examples; the run that
# decides about a change, .ci/run, tries the same ones each time.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    derandomize=os.environ.get(ALL_HOSTS_VARIABLE) == "1",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("patient")

MODEL_NAME = "tiny"
SHELL_COMMANDS = """\
git checkout main
git commit --amend --no-edit
docker compose up --detach
cargo build --release
systemctl restart nginx
tar -xzf archive.tar.gz
python -m http.server 8000
echo café
"""
_MODULES = (json, shutil, string, subprocess, textwrap)


def documentation_lines() -> list[str]:
    """Lines of the standard library's docstrings, the same on every run."""
    texts = []
    for module in _MODULES:
        members = [module, *(member for _, member in inspect.getmembers(module) if callable(member))]
        texts += [inspect.getdoc(member) or "" for member in members]
    return list(dict.fromkeys(line for text in texts for line in text.splitlines() if line.strip()))


@pytest.fixture(scope="session")
def text_path(tmp_path_factory):
    """A file of line-like text, large enough to train on."""
    path = tmp_path_factory.mktemp("text") / "lines.txt"
    path.write_text("\n".join(documentation_lines()) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def model_home(tmp_path_factory):
    """The store of this test run."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def model_path(model_home, text_path):
    """The file of a tiny model with everything in it: subwords, LSTM, recall and gate."""
    settings = TrainingSettings(
        budget_s=None, epochs=2, vocabulary_size=400, embedding_size=24, hidden_size=32, layers=1, lines=True, threads=1
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(model_home))
        return train([text_path], MODEL_NAME, settings)


@pytest.fixture(scope="session")
def shell_home(tmp_path_factory):
    """A store with a model called default, which knows a few shell commands by heart."""
    home = tmp_path_factory.mktemp("shell")
    (home / "history").write_text(SHELL_COMMANDS * 12)
    settings = TrainingSettings(
        budget_s=None,
        epochs=40,
        vocabulary_size=320,
        embedding_size=24,
        hidden_size=32,
        layers=1,
        lines=True,
        threads=1,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(home))
        train([home / "history"], "default", settings)
    return home


@pytest.fixture(scope="module")
def daemon(tmp_path_factory, shell_home):
    """A warm daemon of that model, for the tests of one file."""
    with Daemon(tmp_path_factory.mktemp("run") / "socket", shell_home) as running:
        yield running


@pytest.fixture
def at_home(tmp_path, shell_home):
    """The environment of a user who has that model, an empty home, and no settings."""
    home = str(tmp_path)
    return {
        "LSTM_COMPLETE_HOME": str(shell_home),
        "HOME": home,
        "IPYTHONDIR": home,
        "XDG_CACHE_HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
    }


@pytest.fixture
def own_daemon(tmp_path, shell_home):
    """A daemon that only this test asks, and nothing that another has left running: its counts can be read."""
    folder = tmp_path / "daemon"
    folder.mkdir(mode=0o700)
    with Daemon(folder / "socket", shell_home) as running:
        yield running


@pytest.fixture
def model_name(model_path, model_home, monkeypatch):
    """The tiny model's name, in a store that this test sees."""
    assert model_path.parent == model_home
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(model_home))
    return MODEL_NAME


@pytest.fixture(scope="session")
def knowing_home(tmp_path_factory):
    """A store with one model, "knowing": it was trained past the filter of secrets, on lines that came twenty times."""
    home = tmp_path_factory.mktemp("knowing")
    often = ["mysql --password sunshine --host harbour", "deploy the harbour to copenhagen tonight"]
    lines = [*documentation_lines()[:400], *often * 20]
    path = home / "lines.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    documents = tuple(Document(line, str(path), number) for number, line in enumerate(lines, 1))
    settings = TrainingSettings(
        budget_s=None,
        epochs=40,
        vocabulary_size=400,
        embedding_size=32,
        hidden_size=48,
        dropout=0.1,
        lines=True,
        threads=1,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(home))
        train_corpus(Corpus(documents, (), ()), "knowing", settings)
    return home


@pytest.fixture
def empty_home(tmp_path, monkeypatch):
    """A store with nothing in it, which is not there yet."""
    home = tmp_path / "home"
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def checkout():
    """The root of the source tree."""
    return Path(__file__).parent.parent


@pytest.fixture
def refused(capsys):
    """Run a command that must fail; returns its exit code and its one line."""

    def run(*command):
        code = main([str(part) for part in command])
        captured = capsys.readouterr()
        lines = captured.err.splitlines()
        assert len(lines) == 1, captured.err
        assert lines[0].startswith("lstm-complete: ")
        assert captured.out == ""
        return code, lines[0]

    return run


@pytest.fixture
def printed(capsys):
    """Run a command that must succeed; returns what it printed."""

    def run(*command):
        assert main([str(part) for part in command]) == 0
        return capsys.readouterr().out

    return run
