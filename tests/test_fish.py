"""A real fish in a pseudo-terminal, and a real daemon."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from daemon import halt, wait_for
from hosts import needs
from shells import ALT_G, ALT_Q, ALT_S, CLEAR, SCRIPTS, environment, fish, hung_daemon, line, typed

pytestmark = needs("fish")


def test_a_key_puts_the_phrase_behind_the_cursor(daemon, tmp_path):
    with fish(tmp_path, daemon.environment) as terminal:
        for text, whole in (("git ch", "git checkout main"), ("docker ", "docker compose up --detach")):
            terminal.press(CLEAR + text + ALT_G)
            terminal.until(lambda: line(terminal) == typed(terminal) == whole)  # noqa: B023
        terminal.press(CLEAR + "echo caf" + ALT_G)
        terminal.until(lambda: typed(terminal) == "echo café")


def test_the_key_is_there_when_fish_edits_like_vi(daemon, tmp_path):
    with fish(tmp_path, daemon.environment, "set --global fish_key_bindings fish_vi_key_bindings") as terminal:
        terminal.press("git ch" + ALT_G)
        terminal.until(lambda: typed(terminal).endswith("git checkout main"))


def test_what_is_run_is_learned_unless_it_starts_with_a_space(own_daemon, tmp_path):
    with fish(tmp_path, own_daemon.environment) as terminal:
        terminal.press(" echo secret | tr a-z A-Z\r")
        terminal.shows("SECRET")
        terminal.press("echo plain | tr a-z A-Z\r")
        terminal.shows("PLAIN")
        wait_for(lambda: own_daemon.status()["learned"] > 0)
    assert own_daemon.status()["learned"] == 1


def test_a_daemon_that_hangs_holds_no_key(tmp_path):
    path = tmp_path / "run" / "socket"
    with hung_daemon(path), fish(tmp_path, {"LSTM_COMPLETE_SOCKET": str(path)}) as terminal:
        terminal.press("git ch" + ALT_G + "eck")
        terminal.until(lambda: typed(terminal) == "git check")


def test_a_key_turns_it_off_and_on(daemon, tmp_path):
    with fish(tmp_path, daemon.environment) as terminal:
        terminal.press(ALT_Q)
        terminal.shows("lstm-complete: off")
        terminal.press("git ch" + ALT_G + "x")
        terminal.until(lambda: typed(terminal) == "git chx")
        terminal.press(CLEAR + ALT_Q)
        terminal.shows("lstm-complete: on")
        terminal.press("git ch" + ALT_G)
        terminal.until(lambda: typed(terminal) == "git checkout main")


def test_off_in_the_environment_offers_and_learns_nothing(own_daemon, tmp_path):
    with fish(tmp_path, {**own_daemon.environment, "LSTM_COMPLETE": "off"}) as terminal:
        terminal.press("git ch" + ALT_G + "x")
        terminal.until(lambda: typed(terminal) == "git chx")
        assert own_daemon.status()["answered"] == 0
        terminal.press(CLEAR + "echo off | tr a-z A-Z\r")
        terminal.shows("OFF")
        terminal.press("set LSTM_COMPLETE on; echo next | tr a-z A-Z\recho learned | tr a-z A-Z\r")
        terminal.shows("LEARNED")
        wait_for(lambda: own_daemon.status()["learned"] > 0)
    assert own_daemon.status()["learned"] == 1


def bound(text):
    """Mode and key of each binding that is Alt and a letter."""
    return set(re.findall(r"^bind (?:--preset )?(?:-M (\S+) )?(?:-m \S+ )?(\\e\w) ", text, re.MULTILINE))


@pytest.mark.parametrize("keys", ["fish_default_key_bindings", "fish_vi_key_bindings"])
def test_the_keys_that_fish_has_keep_their_meaning(daemon, tmp_path, keys):
    sudo = tmp_path / "bin" / "sudo"
    sudo.parent.mkdir()
    sudo.write_text("#!/bin/sh\n")
    sudo.chmod(0o755)
    lines = (f"set --global fish_key_bindings {keys}", f"set --prepend PATH {sudo.parent}")
    with fish(tmp_path, daemon.environment, *lines) as terminal:
        terminal.press("bind --preset >~/preset; bind --user >~/user; echo all | tr a-z A-Z\r")
        terminal.shows("ALL")
        terminal.press("echo a" + ALT_S)
        terminal.shows("sudo echo a")
    preset, ours = (bound((tmp_path / name).read_text()) for name in ("preset", "user"))
    assert preset
    assert ours
    assert preset & ours == set()


def test_a_command_does_not_wait_for_what_is_learned(own_daemon, tmp_path):
    halt(own_daemon.process)
    with fish(tmp_path, own_daemon.environment) as terminal:  # which would let it wait for minutes
        terminal.press("echo learned | tr a-z A-Z\recho next | tr a-z A-Z\r")
        terminal.shows("NEXT")


def command_lines():
    """Of all processes that one may look at: what stands on their command lines, by their folder in /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            yield folder, (folder / "cmdline").read_bytes()


def clients_of(path):
    """The processes that ask the daemon of this place, without that daemon."""
    for folder, words in command_lines():
        with suppress(OSError):
            if b"client.py" in words and os.fsencode(path) in (folder / "environ").read_bytes():
                yield folder


def test_what_is_typed_stands_on_no_command_line(own_daemon, tmp_path):
    halt(own_daemon.process)
    folder, ran, typing = (f"{word}-{os.getpid()}" for word in ("folder", "ran", "typing"))
    (tmp_path / folder).mkdir()
    with fish(tmp_path, own_daemon.environment) as terminal:  # its clients wait for the daemon, and can be looked at
        terminal.press(f"cd {folder}; set TOKEN {ran}\rset NEXT {ran}\r")
        wait_for(lambda: len(list(clients_of(own_daemon.path))) == 2)
        terminal.press(f"git {typing}" + ALT_G)
        wait_for(lambda: len(list(clients_of(own_daemon.path))) == 3)
        seen = b"\n".join(words for _, words in command_lines())
    assert [word for word in (folder, ran, typing) if word.encode() in seen] == []


def test_without_a_python_one_can_still_type(tmp_path):
    with fish(tmp_path, {"LSTM_COMPLETE_PYTHON": "/nowhere/python"}) as terminal:
        terminal.press("echo a" + ALT_G + "bc | tr a-z A-Z\r")
        terminal.shows("ABC")
        assert "nowhere" not in terminal.text
        terminal.press("echo next | tr a-z A-Z\r")
        terminal.shows("NEXT")
        assert "nowhere" not in terminal.text


def test_a_script_is_left_alone(tmp_path):
    folder = tmp_path / ".config" / "fish"
    folder.mkdir(parents=True)
    (folder / "config.fish").write_text(f"source {SCRIPTS}/lstm_complete.fish\n")
    command = ["fish", "-c", "functions --all --names; set --names"]
    surroundings = {**environment(tmp_path, {}), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    assert "_lstm_complete" not in done.stdout


def test_load_unload_load_and_unload_leaves_no_trace(daemon, tmp_path):
    load = f"source {SCRIPTS}/lstm_complete.fish"
    dump = "function dump; functions --all --names; set --global --names; bind; bind --mode insert; end"
    with fish(tmp_path, daemon.environment, dump) as terminal:
        for command in ("lstm_complete_unload", "dump >~/one", load, "dump >~/loaded", "lstm_complete_unload", load):
            terminal.press(command + "\r")
        for command in ("lstm_complete_unload", "dump >~/two", "echo all | tr a-z A-Z"):
            terminal.press(command + "\r")
        terminal.shows("ALL")
    one, loaded, two = ((tmp_path / name).read_text() for name in ("one", "loaded", "two"))
    assert "_lstm_complete" in loaded
    assert one == two
    assert "lstm_complete" not in one
