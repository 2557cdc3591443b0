"""A real bash in a pseudo-terminal, a real daemon; and what ble.sh would call."""

from __future__ import annotations

import subprocess

import pytest
from daemon import halt, wait_for
from hosts import needs
from shells import (
    ALT_G,
    ALT_S,
    CLEAR,
    CTRL_G,
    CTRL_T,
    ESCAPE,
    PROMPT,
    SCRIPTS,
    bash,
    end_every_daemon,
    environment,
    hung_daemon,
    line,
    typed,
)
from terminal import Terminal

pytestmark = needs("bash")


def test_a_key_puts_the_phrase_behind_the_cursor(daemon, tmp_path):
    with bash(tmp_path, daemon.environment) as terminal:
        for text, whole in (("git ch", "git checkout main"), ("docker ", "docker compose up --detach")):
            terminal.press(CLEAR + text + ALT_G)
            terminal.until(lambda: line(terminal) == typed(terminal) == whole)  # noqa: B023
        terminal.press(CLEAR + "echo caf" + ALT_G)
        terminal.until(lambda: typed(terminal) == "echo café")
        terminal.press("s\r")
        terminal.shows("\ncafés\n")
        assert "[1]" not in terminal.text


def test_what_is_run_is_learned_unless_it_starts_with_a_space(own_daemon, tmp_path):
    with bash(tmp_path, own_daemon.environment) as terminal:
        terminal.press(" echo secret | tr a-z A-Z\r")
        terminal.shows("SECRET")
        terminal.press("echo plain | tr a-z A-Z\r")
        terminal.shows("PLAIN")
        wait_for(lambda: own_daemon.status()["learned"] > 0)
        terminal.press("jobs; echo done | tr a-z A-Z\r")
        terminal.shows("DONE")
        assert "Running" not in terminal.text
        wait_for(lambda: own_daemon.status()["learned"] > 1)
    assert own_daemon.status()["learned"] == 2


def test_a_daemon_that_hangs_holds_no_key(tmp_path):
    path = tmp_path / "run" / "socket"
    with hung_daemon(path), bash(tmp_path, {"LSTM_COMPLETE_SOCKET": str(path)}) as terminal:
        terminal.press("git ch" + ALT_G + "eck")
        terminal.until(lambda: typed(terminal) == "git check")
        terminal.press(CLEAR + "echo typed | tr a-z A-Z\r")
        terminal.shows("TYPED")


def test_a_key_and_the_environment_turn_it_off(daemon, tmp_path):
    with bash(tmp_path, daemon.environment) as terminal:
        terminal.press(ALT_S)
        terminal.shows("lstm-complete: off")
        terminal.press("git ch" + ALT_G + "x")
        terminal.until(lambda: typed(terminal) == "git chx")
        terminal.press(CLEAR + ALT_S)
        terminal.shows("lstm-complete: on")
        terminal.press("git ch" + ALT_G)
        terminal.until(lambda: typed(terminal) == "git checkout main")
        terminal.press(CLEAR + "export LSTM_COMPLETE=off; echo gone | tr a-z A-Z\r")
        terminal.shows(f"GONE\n{PROMPT.strip()}")
        terminal.press("git ch" + ALT_G + "x")
        terminal.until(lambda: typed(terminal) == "git chx")


@pytest.mark.parametrize("when", ["before", "later"])
def test_in_vi_mode_escape_and_a_letter_are_two_keys(daemon, tmp_path, when):
    before, lines = (("set -o vi",), ()) if when == "before" else ((), ("set -o vi",))
    with bash(tmp_path, daemon.environment, *lines, before=before) as terminal:
        terminal.press("git ch" + ESCAPE + "seck")
        terminal.until(lambda: typed(terminal) == "git ceck")
        assert "lstm-complete" not in terminal.text


def test_in_vi_mode_the_functions_can_be_bound_to_other_keys(daemon, tmp_path):
    names = {"\\C-g": "insert", "\\C-t": "toggle"}
    keys = [f"bind -m vi-insert -x '\"{key}\": _lstm_complete_{name}'" for key, name in names.items()]
    with bash(tmp_path, daemon.environment, "set -o vi", *keys) as terminal:
        terminal.press(CTRL_T)
        terminal.shows("lstm-complete: off")
        terminal.press(CTRL_T)
        terminal.shows("lstm-complete: on")
        terminal.press("git ch" + CTRL_G)
        terminal.until(lambda: typed(terminal) == "git checkout main")


@pytest.mark.parametrize("client", ["exec <&-; exec sleep 1000", "exit 1"])
def test_a_client_that_reads_nothing_does_not_end_the_shell(tmp_path, client):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{client}\n")
    python.chmod(0o755)
    with bash(tmp_path, {"LSTM_COMPLETE_PYTHON": str(python)}) as terminal:
        for word in ("once", "again"):
            terminal.press("git ch" + ALT_G + CLEAR + f"echo {word} | tr a-z A-Z\r")
            terminal.shows(word.upper())


def test_a_prompt_does_not_wait_for_what_is_learned(own_daemon, tmp_path):
    halt(own_daemon.process)
    with bash(tmp_path, own_daemon.environment) as terminal:  # which would let it wait for minutes
        terminal.press("echo learned | tr a-z A-Z\recho next | tr a-z A-Z\r")
        terminal.shows("NEXT")
    end_every_daemon(own_daemon.path)  # the client, which waits yet, would start another


def test_a_script_that_reads_the_lines_is_left_alone(tmp_path):
    script = f"source {SCRIPTS}/lstm_complete.bash; source {SCRIPTS}/lstm_complete.blesh; declare -F; declare -p"
    command = ["bash", "--norc", "-c", script]
    surroundings = environment(tmp_path, {"PATH": "/usr/bin:/bin"})
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "_lstm_complete" not in done.stdout


def test_a_shell_without_line_editing_is_left_alone(tmp_path):
    script = f"source {SCRIPTS}/lstm_complete.bash; source {SCRIPTS}/lstm_complete.blesh; declare -F; declare -p"
    (tmp_path / ".bashrc").write_text(script + "\n")
    command = ["bash", "--noprofile", "--rcfile", str(tmp_path / ".bashrc"), "--noediting", "-i"]
    with Terminal(command, columns=300, rows=100, environment=environment(tmp_path, {"PS1": PROMPT})) as terminal:
        terminal.press("echo all | tr a-z A-Z\r")
        terminal.shows("ALL")
    assert "line editing" not in terminal.text
    assert "_lstm_complete" not in terminal.text


def test_loading_starts_no_program_but_one_that_finds_its_folder(tmp_path):
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("dirname", "grep"):
        script = f'echo {name} >>{tmp_path}/started; PATH=/usr/bin:/bin exec {name} "$@"'
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    with bash(tmp_path, {"PATH": f"{folder}:/usr/bin:/bin", "LSTM_COMPLETE": "off"}) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: typed(terminal) == "git ch")
    assert (tmp_path / "started").read_text() == "dirname\n"


def test_a_key_with_a_meaning_of_the_users_keeps_it(daemon, tmp_path):
    mine = ('bind \'"\\eg": "mine"\'', "said() { echo said; }", "bind -x '\"\\es\": said'")
    with bash(tmp_path, daemon.environment, before=mine) as terminal:
        terminal.press("git ch" + ALT_G)
        terminal.until(lambda: typed(terminal) == "git chmine")
        terminal.press(ALT_S)
        terminal.shows("said")


CHANGES_ALWAYS = " _=|LINENO|RANDOM|SECONDS|EPOCH|BASH_|FUNCNAME|HISTCMD|PIPESTATUS"
BINDINGS = "bind -p; bind -X; bind -m vi-insert -p; bind -m vi-insert -X"
DUMP = f"dump() {{ declare -F; declare -p | grep -Ev '{CHANGES_ALWAYS}'; {BINDINGS}; }}"


@pytest.mark.parametrize("hooks", ["unset PROMPT_COMMAND", "PROMPT_COMMAND=:", "PROMPT_COMMAND=(: true)"])
def test_load_unload_load_and_unload_leaves_no_trace(daemon, tmp_path, hooks):
    load = f"source {SCRIPTS}/lstm_complete.bash"
    with bash(tmp_path, daemon.environment, DUMP, before=(hooks,)) as terminal:
        for command in ("lstm_complete_unload", "dump >~/one", load, "dump >~/loaded", "lstm_complete_unload", load):
            terminal.press(command + "\r")
        terminal.press("echo loaded | tr a-z A-Z\r")
        terminal.shows(f"LOADED\n{PROMPT.strip()}")
        terminal.press("git ch" + ALT_G)
        terminal.until(lambda: typed(terminal) == "git checkout main")
        terminal.press(CLEAR + "lstm_complete_unload\rdump >~/two\recho all | tr a-z A-Z\r")
        terminal.shows("ALL")
    one, loaded, two = ((tmp_path / name).read_text() for name in ("one", "loaded", "two"))
    assert "_lstm_complete" in loaded
    assert one == two
    assert "_lstm_complete" not in one


BLESH = """
# The functions of ble.sh that its wiki names, as far as a source of its auto-complete meets them.
BLE_VERSION=0.4
_ble_complete_auto_source=(history syntax)
ble/util/import/eval-after-load() { eval "$2"; }
ble/array#unshift() { eval "$1=(\\"\\$2\\" \\"\\${$1[@]}\\")"; }
ble/array#remove() {
  local -n array=$1
  local kept=() one
  for one in "${array[@]}"; do [[ $one == "$2" ]] || kept+=("$one"); done
  array=("${kept[@]}")
}
ble/complete/auto-complete/enter() { printf 'enter'; printf ' <%s>' "$@"; echo; }
offer() {
  _ble_edit_str=$1 _ble_edit_ind=${2-${#1}}
  ble/complete/auto-complete/source:lstm-complete || echo "next: $1"
}
"""


def test_ble_sh_is_given_a_ghost_by_a_source_of_its_own(daemon, tmp_path):
    (tmp_path / "blesh").write_text(BLESH)
    script = f"""
    source {tmp_path}/blesh
    source {SCRIPTS}/lstm_complete.blesh
    echo "${{_ble_complete_auto_source[@]}}"
    offer 'git ch'
    offer 'git ch' 3
    offer 'nothing known '
    LSTM_COMPLETE=off offer 'git ch'
    LSTM_COMPLETE_GHOST=key offer 'git ch'
    lstm_complete_unload
    echo "${{_ble_complete_auto_source[@]}}"
    declare -F | grep lstm
    """
    command = ["bash", "--norc", "-i", "-c", script]
    surroundings = {**environment(tmp_path, daemon.environment), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "lstm-complete history syntax",
        "enter <h> <0> <eckout main> <> <git checkout main>",
        "next: git ch",
        "next: nothing known ",
        "next: git ch",
        "next: git ch",
        "history syntax",
    ]


def test_without_ble_sh_its_lines_do_what_those_of_bash_do(daemon, tmp_path):
    (tmp_path / ".bashrc").write_text(f"PS1='{PROMPT}'\nsource {SCRIPTS}/lstm_complete.blesh\n")
    command = ["bash", "--noprofile", "--rcfile", str(tmp_path / ".bashrc"), "-i"]
    with Terminal(command, environment=environment(tmp_path, daemon.environment)) as terminal:
        terminal.press("git ch" + ALT_G)
        terminal.until(lambda: typed(terminal) == "git checkout main")
        terminal.press(CLEAR + "lstm_complete_unload; echo all | tr a-z A-Z\r")
        terminal.shows("ALL")
        assert "bash:" not in terminal.text
