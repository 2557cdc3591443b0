"""Writers that are killed at any moment: the store opens afterwards, and holds the old model or the new one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from conftest import documentation_lines

from lstm_complete import TrainingSettings, store, train
from lstm_complete.model_file import Contents

TESTS = Path(__file__).parent
FAST_DISK = Path("/dev/shm")  # noqa: S108 - a test of what is on a disk needs no disk that is slow


@pytest.fixture
def fast_folder():
    """A folder in memory, where there is such."""
    with tempfile.TemporaryDirectory(dir=FAST_DISK if os.access(FAST_DISK, os.W_OK) else None) as folder:
        yield Path(folder)


def contents(version):
    return Contents({"version": version}, {"a": np.arange(3, dtype=np.float32)})


def run(*command, **environment):
    return subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_a_writer_killed_at_any_line_leaves_the_old_model_or_the_new(fast_folder):
    done = run(TESTS / "killed_at.py", LSTM_COMPLETE_HOME=str(fast_folder / "home"))
    assert done.returncode == 0, done.stderr
    kills = json.loads(done.stdout)
    assert kills.keys() == {"save", "first save", "update", "undo", "remove", "half-written"}
    assert sum(kills.values()) > 300
    assert min(kills.values()) > 1


KILLED_TRAINING = """
import os, signal, sys
from lstm_complete import TrainingSettings, train
settings = TrainingSettings(budget_s=None, epochs=1, tokens="char", embedding_size=0, hidden_size=8, threads=1)
events = 0
train([sys.argv[1]], "m", settings, lambda progress: None)  # torch is loaded, and the old model there
for at in range(1, 1000):
    child = os.fork()
    if child == 0:
        def count(progress):
            global events
            events += 1
            if events == at:
                os.kill(os.getpid(), signal.SIGKILL)
        train([sys.argv[1]], "m", settings, count)
        os._exit(0)
    if not os.WIFSIGNALED(os.waitpid(child, 0)[1]):
        break
    from lstm_complete import Suggester
    assert Suggester.load("m").suggest("Return the ")
print(at)
"""


def test_a_training_killed_at_any_moment_leaves_the_old_model(text_path, tmp_path, empty_home):
    short = tmp_path / "short.txt"
    short.write_text("".join(text_path.read_text("utf-8").splitlines(keepends=True)[:80]), "utf-8")
    done = run("-c", KILLED_TRAINING, short, OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 5
    assert [path.name for path in empty_home.iterdir()] == ["m.safetensors"]


def test_what_a_killed_writer_of_another_model_left_is_not_touched(empty_home):
    store.save("m", contents("1"))
    others = [empty_home / name for name in (".m.safetensors.x.safetensors.abc.tmp", ".n.safetensors.abc.tmp", "m.tmp")]
    mine = empty_home / ".m.safetensors.abc.tmp"
    for path in [*others, mine]:
        path.touch()
    store.save("m", contents("2"))
    assert not mine.exists()
    assert all(path.exists() for path in others)


def test_an_update_an_import_and_a_forget_killed_at_random_lines_leave_the_old_model_or_the_new(fast_folder):
    lines, news = fast_folder / "lines.txt", fast_folder / "news.txt"
    lines.write_text("\n".join(documentation_lines()[:120]) + "\n", "utf-8")
    news.write_text("".join(f"zebra crossing number {number}\n" for number in range(20)), "utf-8")
    settings = TrainingSettings(budget_s=None, epochs=1, tokens="char", embedding_size=0, hidden_size=4, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LSTM_COMPLETE_HOME", str(fast_folder / "elsewhere"))
        other = train([lines], "other", settings)
    home = str(fast_folder / "home")
    done = run(TESTS / "killed_commands.py", lines, news, other, LSTM_COMPLETE_HOME=home, OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    kills = json.loads(done.stdout)
    assert kills.keys() == {"forget", "import", "update"}
    assert sum(found["killed"] for found in kills.values()) > 100
    assert all(min(found["old"], found["new"]) > 1 for found in kills.values()), kills
