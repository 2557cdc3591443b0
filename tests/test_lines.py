"""Which text is lines, each of them a document: histories and queries, and not prose or programs."""

import argparse
import inspect
import json
import pydoc_data.topics
import random
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete.corpus import looks_like_lines, names_a_history


def session_history(seed, size, *, repeats=True):
    """A shell's history as people have it: sessions about one thing, in which lines take after each other."""
    choose = random.Random(seed)  # noqa: S311 - the same at each run
    sessions = [
        ["git status", "git diff {f}", "git add {f}", "git commit -m 'Fix {w}'", "git push", "git log --oneline"],
        ["python {f}", "pytest -x", "pytest -x -k {w}", "vim {f}", "pip install {w}", "ls -la", "tail -f {p}.log"],
        ["docker ps -a", "docker build -t {p} .", "docker run --rm -it {p} bash", "docker logs -f {p}"],
        ["ssh {w}@{p}", "sudo systemctl restart nginx", "journalctl -u nginx -f", "exit", "df -h", "scp {f} {p}:/srv"],
        ["ls", "cd ..", "pwd", "cat {f}", "grep -rn {w} .", "make", "make clean && make", "rm -rf build", "echo Done."],
    ]
    lines = []
    while len(lines) < size:
        project = choose.choice(["webapp", "dotfiles", "thesis", "api-server", "notes"])
        lines.append(f"cd ~/src/{project}")
        session = choose.choice(sessions)
        for _ in range(choose.randint(4, 20)):
            file = choose.choice(["main.py", "app.py", "README.md", "train.py", "notes.md"])
            word = choose.choice(["login", "parse", "store", "typo", "numpy", "tests"])
            lines.append(choose.choice(session).format(f=file, w=word, p=project))
    return "\n".join(lines if repeats else dict.fromkeys(lines)) + "\n"


REPL_HISTORY = """import numpy as np
x = np.linspace(0, 10, 100)
x.mean()
for row in x:
    print(row)
def f(x):
    return x ** 2

f(3)
[f(i) for i in range(10)]
help(f)
from collections import Counter
Counter("abracadabra").most_common(3)
import os
os.getcwd()
os.listdir(".")
exit()
""" + "".join(f"x[{i}]\nprint(x[{i}] + {i})\n" for i in range(10))


def topics():
    return "\n".join(pydoc_data.topics.topics.values())


def paragraph_a_line(text):
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n".join(paragraph for paragraph in paragraphs if len(paragraph) > 60)


def queries():
    choose = random.Random(5)  # noqa: S311 - the same at each run
    columns, tables = ["name", "price", "city", "id"], ["users", "orders", "towns"]
    query = "SELECT {} FROM {} WHERE {} = {} ;\n".format
    return "".join(
        query(choose.choice(columns), choose.choice(tables), choose.choice(columns), number) for number in range(300)
    )


def questions():
    choose = random.Random(6)  # noqa: S311 - the same at each run
    verbs, things = ["list", "rename", "open", "sort", "count"], ["files", "branches", "rows", "users", "images"]
    asked = ["How do I {} all {}?", "What is the way to {} many {}?", "Can one {} the newest {} at once?"]
    return "\n".join(choose.choice(asked).format(choose.choice(verbs), choose.choice(things)) for _ in range(600))


@pytest.mark.parametrize(
    "text",
    [
        session_history(1, 40),
        session_history(2, 2000),
        session_history(3, 2000, repeats=False),
        "\n".join(sorted(session_history(4, 500).splitlines())),
        session_history(7, 100).replace("\n", "\r\n"),
        REPL_HISTORY,
        queries(),
        questions(),
        "id,name,city\n" + "".join(f"{n},{'xyz'[n % 3]},{n * 7 % 11}\n" for n in range(50)),
    ],
    ids=["short", "sessions", "distinct", "sorted", "crlf", "repl", "sql", "questions", "csv"],
)
def test_text_typed_line_by_line_looks_like_lines(text):
    assert looks_like_lines(text)


MARKDOWN = (
    """# Notes

Some words on it.

- one
- two

    git status

"""
    * 20
)


@pytest.mark.parametrize(
    "text",
    [
        topics(),
        paragraph_a_line(topics()),
        "\n".join(line.strip() for line in textwrap.wrap(" ".join(topics()[:50_000].split()), 72)),
        inspect.getsource(inspect),
        inspect.getsource(json),
        inspect.getsource(argparse),
        MARKDOWN,
        json.dumps({"a": list(range(50))}, indent=1),
        "",
        "\n\n\n",
        "ls\ncd\n",
        "这是第一段。它有两句。\n" * 3 + "这是另一段。\n" * 30,
    ],
    ids=[
        "topics",
        "paragraphs",
        "wrapped",
        "inspect",
        "json",
        "argparse",
        "markdown",
        "dump",
        "empty",
        "blank",
        "few",
        "zh",
    ],
)
def test_text_that_hangs_together_does_not_look_like_lines(text):
    assert not looks_like_lines(text)


def test_none_of_the_standard_library_looks_like_lines():
    sources = sorted(Path(inspect.__file__).parent.glob("*.py"))
    assert len(sources) > 50
    assert [path.name for path in sources if looks_like_lines(path.read_text("utf-8", "replace"))] == []


@settings(max_examples=200)
@given(st.one_of(st.text(), st.lists(st.text(alphabet=" \taB.é\x85\u2028", max_size=9)).map("\n".join)))
def test_any_text_gets_a_verdict(text):
    assert looks_like_lines(text) in {True, False}


def test_histories_are_known_by_their_names():
    histories = [
        ".bash_history",
        ".zsh_history",
        ".history",
        ".zhistory",
        ".histfile",
        ".python_history",
        "psql_history",
    ]
    assert all(names_a_history(f"folder/{name}") for name in [*histories, "ConsoleHost_history.txt", "fish_history"])
    assert not any(names_a_history(name) for name in ["HISTORY.md", "history.txt", "history", "my_history.py", "a"])
