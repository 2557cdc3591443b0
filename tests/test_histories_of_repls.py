"""Histories of REPLs, as the REPLs themselves write them."""

import ast
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from hosts import needs
from prompt_toolkit.history import FileHistory
from typed_history import type_into

from lstm_complete.corpus import read_corpus


def read(history):
    return read_corpus([], histories=[history])


def texts(history):
    return [document.text for document in read(history).documents]


def is_now(moment):
    return abs(moment - time.time()) < 3600


CELLS = ["a = 'é 😀'", "%env X=1", "for i in range(2):\n    print(i)"]
IPYTHON = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
manager = shell.history_manager
manager.db.execute("PRAGMA journal_mode=" + sys.argv[1])
for cell in sys.argv[2:]:
    shell.run_cell(cell, store_history=True)
manager.writeout_cache()
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def running_ipython(tmp_path):
    """An IPython that has run cells and goes on running; returns its history."""
    processes = []

    def start(journal):
        process = subprocess.Popen(
            [sys.executable, "-c", IPYTHON, journal, *CELLS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"IPYTHONDIR": str(tmp_path), "HOME": str(tmp_path)},
            text=True,
        )
        processes.append(process)
        while "written" not in process.stdout.readline():
            assert process.poll() is None
        return tmp_path / "profile_default" / "history.sqlite"

    yield start
    for process in processes:
        process.communicate()


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_ipython_while_it_runs_with_a_cell_as_one_text(running_ipython, journal):
    history = running_ipython(journal)
    with closing(sqlite3.connect(history)) as connection, connection:
        connection.execute("INSERT INTO output_history VALUES (1, 1, 'an output')")
    beside = sorted(history.parent.iterdir())
    corpus = read(f"ipython:{history}")
    assert [document.text for document in corpus.documents] == CELLS
    assert all(is_now(document.time) for document in corpus.documents)
    assert "an output" not in repr(corpus)
    assert sorted(history.parent.iterdir()) == beside


def test_a_log_that_no_program_has_open_is_read_and_nothing_is_left_behind(running_ipython, tmp_path):
    history = running_ipython("WAL")
    alone = tmp_path / "alone"
    alone.mkdir()
    for name in ("history.sqlite", "history.sqlite-wal"):
        shutil.copy(history.parent / name, alone)
    with closing(sqlite3.connect(f"file:{alone}/history.sqlite?immutable=1", uri=True)) as connection:
        assert connection.execute("SELECT * FROM history").fetchall() == [], "what was typed is in the log alone"
    before = sorted((path, path.read_bytes()) for path in alone.iterdir())
    assert texts(f"ipython:{alone}/history.sqlite") == CELLS
    assert sorted((path, path.read_bytes()) for path in alone.iterdir()) == before


def test_a_database_in_write_ahead_mode_without_a_log_is_left_as_it_was(tmp_path):
    history = tmp_path / "xonsh-history.sqlite"
    with closing(sqlite3.connect(history)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE xonsh_history (inp TEXT, rtn INTEGER, tsb REAL)")
        connection.execute("INSERT INTO xonsh_history VALUES ('echo é', 0, 1.0)")
    before = history.read_bytes()
    assert texts(f"xonsh:{history}") == ["echo é"]
    assert list(tmp_path.iterdir()) == [history]
    assert history.read_bytes() == before


def test_what_is_no_database_says_so(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    for name, content in {"junk": b"no database" * 100, "other": None}.items():
        path = tmp_path / name
        if content is None:
            with closing(sqlite3.connect(path)) as connection, connection:
                connection.execute("CREATE TABLE t (a)")
        else:
            path.write_bytes(content)
    corpus = read_corpus([tmp_path / "a.txt"], histories=[f"ipython:{tmp_path}/junk", f"xonsh:{tmp_path}/other"])
    assert [item.reason for item in corpus.skipped] == [
        "no sqlite database: file is not a database",
        "cannot be read as such a history: no such table: xonsh_history",
    ]


@pytest.mark.parametrize("program", ["ptpython", "litecli", "pgcli", "mycli"])
def test_prompt_toolkits_file_history(tmp_path, program):
    entries = ["select 'é 😀'", "select 1\n  from t\n\nwhere x", "# no time", "+ plus"]
    history = FileHistory(tmp_path / "history")
    for entry in entries:
        history.store_string(entry)
    corpus = read(f"{program}:{tmp_path}/history")
    assert [document.text for document in corpus.documents] == entries
    assert all(is_now(document.time) for document in corpus.documents)
    assert corpus.documents[1].line == 6


def test_ptpython(tmp_path, monkeypatch):
    type_into(
        [sys.executable, "-m", "ptpython"],
        ["a = 'é'", "a * 2"],
        prompt=r">>>.*\x1b\[\?25h",
        end="exit()\r",
        home=tmp_path,
        XDG_DATA_HOME=tmp_path / "data",
    )
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert texts("ptpython") == ["a = 'é'", "a * 2", "exit()"]


def test_litecli(tmp_path, monkeypatch):
    type_into(
        [sys.executable, "-c", "from litecli.main import cli; cli()", "x.db"],
        ["select 'é';", "create table t (a);"],
        prompt=r"x.db>.*\x1b\[\?25h",
        end="exit\r",
        home=tmp_path,
        XDG_CONFIG_HOME=tmp_path / "config",
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert texts("litecli") == ["select 'é';", "create table t (a);", "exit"]


PYTHON = """
import readline, sys
for line in {lines}:
    readline.add_history(line)
readline.write_history_file({path!r})
"""


def test_python(tmp_path):
    lines = ["a = 'é 😀'", "def f():", "    return 1", "a\\\\b"]
    path = tmp_path / ".python_history"
    subprocess.run([sys.executable, "-c", PYTHON.format(lines=lines, path=str(path))], check=True)
    assert texts(f"python:{path}") == lines


# As `_pyrepl.readline.write_history_file` of Python 3.13 does it.
def test_python_from_3_13_on_with_newlines_inside_entries(tmp_path):
    entries = ["a = 1", "def f():\n    return 'é'\n", "f()"]
    path = tmp_path / ".python_history"
    path.write_bytes("".join(entry.replace("\n", "\r\n") + "\n" for entry in entries).encode())
    assert texts(f"python:{path}") == [entry.rstrip("\n") for entry in entries]
    assert [document.line for document in read(f"python:{path}").documents] == [1, 2, 5]
    for text in texts(f"python:{path}"):
        ast.parse(text)


def test_python_from_windows(tmp_path):
    (tmp_path / ".python_history").write_bytes(b"a = 1\r\nb = 2\r\n")
    assert texts(f"python:{tmp_path}/.python_history") == ["a = 1", "b = 2"]


@needs("node")
def test_node_newest_first(tmp_path):
    lines = ["const a = 'é'", "function f() {", "  return 1", "}"]
    type_into(["node"], lines, prompt=r"(> |\.\.\. )\x1b\[\d+G", end=".exit\r", home=tmp_path)
    assert texts(f"node:{tmp_path}/.node_repl_history") == [*lines, ".exit"]
