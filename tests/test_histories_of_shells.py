"""Histories of shells, as the shells themselves write them: the same lines typed into each, and read back."""

import sys
import time

import pytest
from hosts import needs
from hypothesis import given
from hypothesis import strategies as st
from typed_history import type_into

from lstm_complete.corpus import read_corpus
from lstm_complete.corpus.histories.bash import parse

PROMPT = "@@ "
TYPED = [
    "echo é à ń 日本 😀",
    "for i in 1 2",
    "do echo $i",
    "done",
    "echo back\\\\",
    "echo 'two",
    "lines'",
    " echo hidden",
    "echo a\\nb",
]
READ = [
    "echo é à ń 日本 😀",
    "for i in 1 2\ndo echo $i\ndone",
    "echo back\\\\",
    "echo 'two\nlines'",
    "echo a\\nb",
    "exit",
]


def texts(*histories):
    return [document.text for document in read_corpus([], histories=histories).documents]


@pytest.fixture(autouse=True)
def nothing_ignored(monkeypatch):
    for name in ("HISTIGNORE", "HISTORY_IGNORE", "HISTFILE", "ZDOTDIR", "XDG_DATA_HOME", "XONSH_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


def type_into_bash(home, **environment):
    (home / "rc").write_text("PS1='@@ ' PS2='@@ '\nshopt -s cmdhist lithist\n")
    type_into(["bash", "--rcfile", home / "rc", "-i"], TYPED, prompt=PROMPT, end="exit\r", home=home, **environment)


@needs("bash")
def test_bash_with_times(tmp_path):
    type_into_bash(tmp_path, HISTTIMEFORMAT="%s ", HISTCONTROL="")
    corpus = read_corpus([], histories=[f"bash:{tmp_path}/.bash_history"])
    assert [document.text for document in corpus.documents] == READ
    assert all(abs(document.time - time.time()) < 3600 for document in corpus.documents)
    assert [document.line for document in corpus.documents] == [2, 4, 8, 10, 15, 17]
    assert corpus.files[0].left_out == (("lines that start with a space", 1),)


@needs("bash")
def test_bash_without_times_is_read_line_by_line_as_bash_does(tmp_path):
    type_into_bash(tmp_path, HISTCONTROL="")
    assert texts(f"bash:{tmp_path}/.bash_history") == [line for text in READ for line in text.split("\n")]


@needs("bash")
def test_bash_when_times_were_asked_for_later(tmp_path):
    (tmp_path / ".bash_history").write_text("before\nwith a # in it\n")
    type_into_bash(tmp_path, HISTTIMEFORMAT="%s ", HISTCONTROL="")
    assert texts(f"bash:{tmp_path}/.bash_history") == ["before", "with a # in it", *READ]


@pytest.mark.parametrize(
    "comment", ["#4521", "#20261126", "#0000000001", "#9876543210", "#1795445595000", "# 1795445595"]
)
def test_a_number_in_a_comment_of_bash_is_no_time(comment):
    lines = ["ls", comment, "git status", "git pull", "make"]
    assert [(entry.text, entry.line, entry.time) for entry in parse("\n".join(lines))] == [
        (line, number, None) for number, line in enumerate(lines, 1)
    ]


def test_lines_of_bash_are_one_entry_between_two_times_and_behind_the_last_one_each_its_own():
    text = "before\n#1795445595\nfor i in 1\n#4521\ndone\n#999999999\nls\nafter times\nwere asked for no more"
    assert [tuple(entry) for entry in parse(text)] == [
        ("before", 1, None, False),
        ("for i in 1\n#4521\ndone", 3, 1_795_445_595.0, False),
        ("ls", 7, 999_999_999.0, False),
        ("after times", 8, None, False),
        ("were asked for no more", 9, None, False),
    ]


@given(st.lists(st.sampled_from(["ls", "", "#4521", "# a", "#1795445595", "#1795445600", "\u2028"])))
def test_no_line_of_bash_is_lost_or_moved_but_the_times(lines):
    entries = list(parse("\n".join(lines)))
    placed = [place for entry in entries for place in enumerate(entry.text.split("\n"), entry.line)]
    written = enumerate("\n".join(lines).split("\n"), 1)
    assert placed == [(number, line) for number, line in written if not line.startswith("#17954")]


@needs("zsh")
@pytest.mark.parametrize("options", ["", "EXTENDED_HISTORY"])
def test_zsh_metafied_and_over_several_lines(tmp_path, options):
    settings = "HISTFILE=~/.zsh_history HISTSIZE=99 SAVEHIST=99 PS1='@@ ' PS2='@@ '; unsetopt PROMPT_SP PROMPT_CR"
    (tmp_path / ".zshrc").write_text(f"{settings}; setopt {options}\n")
    type_into(["zsh", "-i"], TYPED, prompt=PROMPT, end="exit\r", home=tmp_path)
    history = tmp_path / ".zsh_history"
    assert b"\x83" in history.read_bytes()
    corpus = read_corpus([], histories=[f"zsh:{history}"])
    assert [document.text for document in corpus.documents] == READ
    assert corpus.files[0].replaced == 0
    has_times = bool(options)
    assert all((document.time is not None) == has_times for document in corpus.documents)


@needs("fish")
def test_fish(tmp_path):
    lines = ["echo é à ń 日本 😀", "echo back\\\\", " echo hidden", "echo a\\nb"]
    prompt = "function fish_prompt; echo '@@ '; end; function fish_greeting; end"
    type_into(["fish", "-C", prompt], lines, prompt=PROMPT, end="exit\r", home=tmp_path)
    corpus = read_corpus([], histories=[f"fish:{tmp_path}/.local/share/fish/fish_history"])
    assert [document.text for document in corpus.documents] == [lines[0], lines[1], lines[3], "exit"]
    assert all(abs(document.time - time.time()) < 3600 for document in corpus.documents)


XONSH = [
    sys.executable,
    "-m",
    "xonsh",
    "--no-rc",
    "-i",
    "-DPROMPT=@@ ",
    "-DMULTILINE_PROMPT=@@ ",
    "-DSHELL_TYPE=readline",
]
XONSH_TYPED = ["echo é", "nosuchcommand --flag", "ls nothing", "ls nothing", "x = '''a", "b'''", ""]
XONSH_READ = ["echo é", "ls nothing", "x = '''a\nb'''", "exit"]


@pytest.mark.parametrize("backend", ["json", "sqlite"])
def test_xonsh_with_its_exit_statuses_and_never_its_environment(tmp_path, backend):
    exported = "hunter2-in-the-environment"
    data = tmp_path / "data"
    data.mkdir()
    type_into(
        XONSH,
        XONSH_TYPED,
        prompt=r"@@\S* ",
        end="exit\r",
        home=tmp_path,
        XONSH_DATA_DIR=data,
        XONSH_HISTORY_BACKEND=backend,
        XONSH_STORE_STDOUT="1",
        API_TOKEN=exported,
    )
    path = data / {"json": "history_json", "sqlite": "xonsh-history.sqlite"}[backend]
    corpus = read_corpus([], histories=[f"xonsh:{path}"])
    assert [document.text for document in corpus.documents] == XONSH_READ
    assert corpus.files[0].left_out == (("commands that failed", 2),)
    if backend == "json":
        assert exported in next(path.glob("*.json")).read_text(encoding="utf-8")
    assert exported not in repr(corpus)
