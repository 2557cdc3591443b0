"""A real zsh, with and without zsh-autosuggestions, and a real daemon."""

from __future__ import annotations

import signal
import socket

import pytest
from clock import FROZEN, Clock
from daemon import Daemon, halt, wait_for
from hosts import ZSH_AUTOSUGGESTIONS, needs
from patience import PATIENCE_S
from shells import (
    ALT_F,
    ALT_G,
    ALT_S,
    CLEAR,
    CTRL_G,
    CTRL_T,
    END,
    ESCAPE,
    PROMPT,
    RIGHT,
    UP,
    end_every_daemon,
    hung_daemon,
    kill_daemon,
    line,
    typed,
    zsh,
)

pytestmark = needs("zsh", "zsh-autosuggestions")

PLUGIN = f"source {ZSH_AUTOSUGGESTIONS}"
HISTORY = ("HISTFILE=~/history HISTSIZE=100", "print -s 'git checkout from-history'")
OPTIONS = ("errreturn", "globsubst", "ksharrays", "kshglob", "nounset", "nullglob", "posixbuiltins", "shwordsplit")
SETUPS = {"alone": (), "plugin": (PLUGIN,), "plugin in sync": (PLUGIN, "unset ZSH_AUTOSUGGEST_USE_ASYNC")}


@pytest.fixture(params=SETUPS)
def setup(request):
    return SETUPS[request.param]


@pytest.fixture
def nobody(tmp_path, shell_home):
    """Where no daemon listens; one that a shell starts is ended."""
    path = tmp_path / "run" / "socket"
    yield {
        "LSTM_COMPLETE_SOCKET": str(path),
        "LSTM_COMPLETE_HOME": str(shell_home),
        "LSTM_COMPLETE_WAIT": str(PATIENCE_S),
    }
    end_every_daemon(path)


def types_until_the_ghost_comes(terminal):
    """Go on typing for as long as a daemon needs to start."""
    patience_s = 0.2
    came = False
    while not came and patience_s < PATIENCE_S / 20:
        terminal.press(CLEAR + "zz")
        terminal.until(lambda: typed(terminal) == "zz")
        terminal.press(CLEAR + "git ch")
        came = terminal.comes_to(lambda: line(terminal) == "git checkout main", patience_s)
        patience_s += 0.2
    assert came, terminal.text


def test_the_ghost_shows_and_is_taken_whole_or_by_the_word(daemon, tmp_path, setup):
    with zsh(tmp_path, daemon.environment, before=setup) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git ch"))
        assert terminal.colour_of("eckout main") == "brightblack"
        terminal.press(ALT_F)
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git checkout "))
        terminal.press(RIGHT)
        terminal.until(lambda: typed(terminal) == "git checkout main" and terminal.colour_of("main") == "default")
        terminal.press(CLEAR + "echo caf")
        terminal.until(lambda: line(terminal) == "echo café")
        terminal.press(END)
        terminal.until(lambda: typed(terminal) == "echo café")


@pytest.mark.parametrize(
    "style", ["fg=8", "fg=#888", "underline,fg=8", "fg=8 unread"]
)  # before zsh 5.9 no memo is read, either
@pytest.mark.parametrize("more", ["", "x", "e"], ids=["shown", "gone", "shorter"])
def test_a_ghost_leaves_no_colour_on_the_line_that_is_recalled(daemon, tmp_path, style, more):
    with zsh(tmp_path, {**daemon.environment, "LSTM_COMPLETE_STYLE": style}, *HISTORY) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git ch"))
        assert len(terminal.looks_of("git checkout main")) == 2
        terminal.press(more)
        terminal.until(lambda: typed(terminal) == "git ch" + more)
        terminal.press(UP)
        terminal.until(lambda: typed(terminal) == line(terminal) == "git checkout from-history")
        assert len(terminal.looks_of("git checkout from-history")) == 1


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_the_user_do_not_matter(daemon, tmp_path, option):
    with zsh(tmp_path, daemon.environment, before=(f"setopt {option}",)) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: line(terminal) == "git checkout main")
        assert terminal.text == "$ git checkout main"
        terminal.press(ALT_S)
        terminal.shows("lstm-complete: off")


def test_keys_do_what_they_did_where_no_ghost_is(daemon, tmp_path):
    with zsh(tmp_path, daemon.environment) as terminal:
        terminal.press("zz zz\x01")
        terminal.until(lambda: typed(terminal) == "")
        terminal.press(RIGHT)
        terminal.until(lambda: typed(terminal) == "z")
        terminal.press(ALT_F)
        terminal.until(lambda: typed(terminal) == "zz ")
        terminal.press(END)
        terminal.until(lambda: typed(terminal) == "zz zz")


def test_a_line_that_is_run_is_not_left_with_a_ghost(daemon, tmp_path):
    with zsh(tmp_path, daemon.environment, before=("alias git=print",)) as terminal:
        terminal.press("git ch")
        terminal.shows("git checkout main")
        terminal.press("\r")
        terminal.shows("\nch\n")
        assert "eckout" not in terminal.text


def test_what_is_run_is_learned_unless_it_starts_with_a_space(own_daemon, tmp_path, setup):
    with zsh(tmp_path, own_daemon.environment, before=setup) as terminal:
        terminal.press(" print secret | tr a-z A-Z\r")
        terminal.shows("SECRET")
        terminal.press("print plain | tr a-z A-Z\r")
        terminal.shows("PLAIN")
        wait_for(lambda: own_daemon.status()["learned"] > 0)
    assert own_daemon.status()["learned"] == 1


@pytest.mark.parametrize("before", [SETUPS["plugin"], SETUPS["plugin in sync"]])
def test_without_a_daemon_the_next_strategy_answers(tmp_path, before):
    asked = {"LSTM_COMPLETE_SOCKET": str(tmp_path / "run" / "socket"), "LSTM_COMPLETE_PYTHON": "/bin/false"}
    with zsh(tmp_path, asked, *HISTORY, before=before) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: line(terminal) == "git checkout from-history")


@pytest.mark.parametrize("before", [SETUPS["plugin"], SETUPS["plugin in sync"]])
def test_where_the_daemon_hangs_the_next_strategy_answers(tmp_path, before):
    path = tmp_path / "run" / "socket"
    with hung_daemon(path), zsh(tmp_path, {"LSTM_COMPLETE_SOCKET": str(path)}, *HISTORY, before=before) as terminal:
        for _ in range(3):
            terminal.press(CLEAR + "git ch")
            terminal.until(lambda: line(terminal) == "git checkout from-history")


def test_a_daemon_that_hangs_holds_no_key(tmp_path):
    path = tmp_path / "run" / "socket"
    with hung_daemon(path), zsh(tmp_path, {"LSTM_COMPLETE_SOCKET": str(path)}) as terminal:
        for letter in "print typed | tr a-z A-":
            terminal.press(letter)
        terminal.until(lambda: typed(terminal) == "print typed | tr a-z A-")
        terminal.press("Z\r")
        terminal.shows("TYPED")


def test_the_descriptors_of_the_user_and_of_commands_are_left_alone(daemon, tmp_path):
    with zsh(tmp_path, daemon.environment) as terminal:
        for command in ("exec 3>~/log", "sh -c 'ls /dev/fd' >~/descriptors"):
            terminal.press("git ch")
            terminal.until(lambda: line(terminal) == "git checkout main")
            terminal.press(CLEAR + command + "\r")
            terminal.until(lambda: typed(terminal) == "")
        terminal.press("git ch")
        terminal.until(lambda: line(terminal) == "git checkout main")
        terminal.press(CLEAR + "lstm_complete_unload; print kept >&3; print all | tr a-z A-Z\r")
        terminal.shows("ALL")
    assert (tmp_path / "log").read_text() == "kept\n"
    assert (tmp_path / "descriptors").read_text().split() == ["0", "1", "2", "3", "4"]  # of the user, and of ls


def test_the_daemon_is_started_at_the_first_prompt(tmp_path, nobody, setup):
    with zsh(tmp_path, nobody, before=setup) as terminal:
        types_until_the_ghost_comes(terminal)


def test_a_killed_daemon_is_replaced(tmp_path, shell_home, setup):
    path = tmp_path / "run" / "socket"
    path.parent.mkdir(mode=0o700)
    with Daemon(path, shell_home) as running, zsh(tmp_path, running.environment, before=setup) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: line(terminal) == "git checkout main")
        running.process.kill()
        running.process.wait()
        terminal.press(CLEAR)
        terminal.until(lambda: typed(terminal) == "")
        types_until_the_ghost_comes(terminal)
    end_every_daemon(path)


def test_a_plugin_that_comes_after_the_first_prompt_draws_from_then_on(daemon, tmp_path):
    with zsh(tmp_path, daemon.environment) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: line(terminal) == "git checkout main")
        terminal.press(CLEAR + PLUGIN + "\r")
        terminal.until(lambda: typed(terminal) == "" and terminal.text.count(PROMPT.strip()) == 2)
        terminal.press("print $ZSH_AUTOSUGGEST_STRATEGY\r")
        terminal.shows("\nlstm_complete history\n")
        terminal.press("git ch")
        terminal.until(lambda: line(terminal) == "git checkout main")
        terminal.press(ALT_F)
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git checkout "))
        terminal.press(RIGHT)
        terminal.until(lambda: typed(terminal) == "git checkout main")
        terminal.press(CLEAR + "lstm_complete_unload; print ${(k)functions} | grep -c _lstm_complete_take\r")
        terminal.until(lambda: terminal.text.endswith(PROMPT.strip()))
        terminal.press("git ch")
        terminal.until(lambda: typed(terminal) == "git ch")
        terminal.press(RIGHT + "x")
        terminal.until(lambda: line(terminal) == "git chx")


@needs("faketime")
def test_a_clock_that_is_set_back_does_not_keep_the_ghost_away(tmp_path, nobody, setup):
    clock = Clock(tmp_path / "clock")
    with zsh(tmp_path, {**nobody, **clock.environment}, before=setup) as terminal:
        types_until_the_ghost_comes(terminal)
        clock.set("-1d")
        kill_daemon(tmp_path / "run" / "socket")
        terminal.press(CLEAR)
        terminal.until(lambda: typed(terminal) == "")
        types_until_the_ghost_comes(terminal)


@needs("faketime")
def test_a_daemon_that_was_killed_and_does_not_come_up_is_not_started_at_each_key(tmp_path, setup):
    path, python, clock = tmp_path / "run" / "socket", tmp_path / "python", Clock(tmp_path / "clock")
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(path))
    python.write_text(f"#!/bin/sh\necho started >>{tmp_path}/starts\n")
    python.chmod(0o755)
    clock.set(FROZEN)
    asked = {"LSTM_COMPLETE_SOCKET": str(path), "LSTM_COMPLETE_PYTHON": str(python), **clock.environment}
    with zsh(tmp_path, asked, before=setup) as terminal:
        for _ in range(3):
            for letter in "print typed | tr a-z A-":
                terminal.press(letter)
            terminal.until(lambda: typed(terminal) == "print typed | tr a-z A-")
            terminal.press("Z\r")
            terminal.shows("TYPED")
            terminal.press("\x0c")
            terminal.until(lambda: terminal.text == PROMPT.strip())
        wait_for((tmp_path / "starts").exists)
    assert (tmp_path / "starts").read_text() == "started\n"


@needs("faketime")
def test_a_daemon_that_let_a_key_wait_is_asked_no_other_at_once(own_daemon, tmp_path):
    clock = Clock(tmp_path / "clock")
    clock.set(FROZEN)
    asked = {**own_daemon.environment, "LSTM_COMPLETE_WAIT": "", **clock.environment}
    with zsh(tmp_path, asked, *HISTORY, before=SETUPS["plugin in sync"]) as terminal:
        halt(own_daemon.process)
        for text in ("g", "gi", "git", "gitx", "gitxy", "gitxyz"):
            terminal.press(text[-1])
            terminal.until(lambda: typed(terminal) == text)  # noqa: B023
        own_daemon.process.send_signal(signal.SIGCONT)
        wait_for(lambda: own_daemon.status()["abandoned"] > 0)
    assert own_daemon.status()["abandoned"] == 1


def test_off_in_the_environment_shows_nothing_and_starts_nothing(tmp_path, nobody, setup):
    path = tmp_path / "run"
    with zsh(tmp_path, {**nobody, "LSTM_COMPLETE": "off"}, "git() :", before=setup) as terminal:
        terminal.press("git ch\r")
        terminal.until(lambda: terminal.text.count(PROMPT.strip()) == 2)
        terminal.press("git ch")
        terminal.until(lambda: typed(terminal) == "git ch")
        assert line(terminal) == "git ch"
    assert not path.exists()


def test_a_key_turns_it_off_and_on(daemon, tmp_path, setup):
    with zsh(tmp_path, daemon.environment, before=setup) as terminal:
        terminal.press("git ch")
        terminal.shows("git checkout main")
        terminal.press(ALT_S)
        terminal.until(lambda: line(terminal) == "git ch")
        terminal.shows("lstm-complete: off")
        terminal.press(ALT_S)
        terminal.shows("git checkout main")


def test_in_vi_mode_escape_and_a_letter_are_two_keys(daemon, tmp_path, setup):
    with zsh(tmp_path, daemon.environment, *HISTORY, "bindkey -v", before=setup) as terminal:
        for keys, left in (("s", "git c"), ("kA", "git checkout from-history")):
            terminal.press("git ch")
            terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git ch"))
            terminal.press(ESCAPE + keys)
            terminal.until(lambda: typed(terminal) == left)  # noqa: B023
            assert "lstm-complete" not in terminal.text
            terminal.press(ESCAPE + "cc")
            terminal.until(lambda: typed(terminal) == "")
    assert daemon.ghost("git ch") == "eckout main"


def test_in_vi_mode_the_ghost_is_taken_while_one_types_and_is_hidden_from_commands(daemon, tmp_path):
    with zsh(tmp_path, daemon.environment, "bindkey -v") as terminal:
        terminal.press("git ch")
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git ch"))
        terminal.press(ESCAPE)
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git ch", "git c"))
        terminal.press("$eA")
        terminal.until(lambda: (line(terminal), typed(terminal)) == ("git checkout main", "git ch"))
        terminal.press(RIGHT)
        terminal.until(lambda: line(terminal) == typed(terminal) == "git checkout main")


def test_in_vi_mode_the_widgets_can_be_bound_to_other_keys(daemon, tmp_path, setup):
    keys = ("bindkey -v", "bindkey '^T' _lstm_complete_toggle '^G' _lstm_complete_now")
    with zsh(tmp_path, {**daemon.environment, "LSTM_COMPLETE_GHOST": "key"}, *keys, before=setup) as terminal:
        terminal.press(CTRL_T)
        terminal.shows("lstm-complete: off")
        terminal.press(CTRL_T)
        terminal.shows("lstm-complete: on")
        terminal.press("git ch")
        terminal.until(lambda: typed(terminal) == line(terminal) == "git ch")
        terminal.press(CTRL_G)
        terminal.shows("eckout main")


def test_a_mark_stands_for_the_colour(daemon, tmp_path):
    with zsh(tmp_path, {**daemon.environment, "LSTM_COMPLETE_GHOST": "mark"}) as terminal:
        terminal.press("git ch")
        terminal.shows("git ch·eckout main")
        assert terminal.colour_of("·eckout") == "default"
        terminal.press(END)
        terminal.until(lambda: line(terminal) == typed(terminal) == "git checkout main")


def test_it_may_show_only_on_a_key(own_daemon, tmp_path, setup):
    with zsh(tmp_path, {**own_daemon.environment, "LSTM_COMPLETE_GHOST": "key"}, before=setup) as terminal:
        terminal.press("git ch")
        terminal.until(lambda: typed(terminal) == "git ch")
        assert own_daemon.status()["answered"] == 0
        assert line(terminal) == "git ch"
        terminal.press(ALT_G)
        terminal.shows("eckout main")
        terminal.press(END)
        terminal.until(lambda: typed(terminal) == "git checkout main")


DUMP = (
    "dump() { print -l ${(ok)functions} ${(okv)widgets} $precmd_functions $preexec_functions ${(ok)parameters}"
    " $ZSH_AUTOSUGGEST_STRATEGY; bindkey -M emacs; bindkey -M viins; bindkey -M vicmd; add-zle-hook-widget -L }"
)
INFRASTRUCTURE = (
    "autoload -Uz add-zsh-hook add-zle-hook-widget is-at-least; add-zle-hook-widget -L; zmodload zsh/net/socket"
    " zsh/system zsh/datetime zsh/zleparameter zsh/parameter; add-zsh-hook precmd nothing; nothing() :"
)


def test_load_unload_load_and_unload_leaves_no_trace(daemon, tmp_path, setup):
    load = "source $script; unset REPLY"
    with zsh(tmp_path, daemon.environment, DUMP, before=(INFRASTRUCTURE, *setup)) as terminal:
        script = (tmp_path / ".zshrc").read_text().split("source ")[-1].splitlines()[0]
        terminal.press("git ch")
        terminal.shows("git checkout main")  # the plugin has made all its own parameters
        terminal.press(CLEAR)
        terminal.until(lambda: typed(terminal) == "")
        for command in (
            f"script={script}; lstm_complete_unload",
            "dump >one",
            load,
            "dump >loaded; lstm_complete_unload",
            load,
            "lstm_complete_unload",
            "dump >two",
            "print all | tr a-z A-Z",
        ):
            terminal.press(f"cd ~ && {command}\r")
        terminal.shows("ALL")
    one, loaded, two = ((tmp_path / name).read_text() for name in ("one", "loaded", "two"))
    assert "lstm_complete" in loaded
    assert one == two
    assert "lstm_complete" not in one
