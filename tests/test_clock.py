"""A clock that is set back, by libfaketime under the real commands: nothing waits for it, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from clock import Clock
from hosts import needs

from lstm_complete import store
from lstm_complete.ledger import Ledger

pytestmark = needs("faketime")

A_YEAR_S = 365 * 86_400


@pytest.fixture
def clock(tmp_path):
    return Clock(tmp_path / "clock")


def test_the_clock_of_these_tests_can_be_set_back(clock):
    program = (
        "import sys, time; print(time.time(), flush=True); sys.stdin.read(1); print(time.time(), time.monotonic())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **clock.environment},
    ) as process:
        before = float(process.stdout.readline())
        clock.set("-365d")
        after, monotonic = map(float, process.communicate(b"\n")[0].split())
    assert before - after > A_YEAR_S - 86_400
    assert monotonic < A_YEAR_S


@pytest.mark.slow
def test_a_training_and_an_update_while_the_clock_is_set_back_learn_what_they_should(
    clock, text_path, tmp_path, monkeypatch
):
    monkeypatch.setenv("LSTM_COMPLETE_HOME", str(tmp_path / "home"))
    text = tmp_path / "text.txt"
    text.write_text(text_path.read_text("utf-8"), "utf-8")
    os.utime(text, (2**32, 2**32))  # 2106
    environment = {**os.environ, **clock.environment, "OMP_NUM_THREADS": "1"}

    back = []

    def set_back():
        back.append(A_YEAR_S)
        clock.set(-sum(back))

    def run(*command):
        """Run a command a year before the last one, and a year more from the first thing on that it says."""
        set_back()
        with subprocess.Popen(
            [sys.executable, "-m", "lstm_complete", *map(str, command)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            first = process.stdout.readline()
            set_back()
            said = first + process.stdout.read()
        assert process.returncode == 0, said
        return said

    run("train", text, "--name", "m", "--budget", "2s", "--threads", "1")
    trained = Ledger.from_contents(store.load("m"))
    with text.open("a", encoding="utf-8") as file:
        file.writelines(f"zebra crossing number {number} ahead\n" for number in range(20))
    os.utime(text, (1, 1))
    assert "characters are new" in run("update", "m", "--budget", "1s")
    updated = Ledger.from_contents(store.load("m"))
    assert updated.updates[0]["documents"] == 20
    assert updated.updates[0]["seconds"] > 0
    assert updated.sources[0].learned < trained.sources[0].learned  # as the clock said
    assert "Nothing is new" in run("update", "m")
    run("update", "m", "--undo")
    assert Ledger.from_contents(store.load("m")).sources == trained.sources
