"""What a file is read as: notebooks, prose and code; and files that are too large, too long, or change under us."""

import json
import os
import sys
import tracemalloc

import pytest
from text_files import skipped, tree

from lstm_complete.corpus import read_corpus
from lstm_complete.corpus.bounded import LARGEST_FILE_BYTES, read_bytes
from lstm_complete.corpus.contents import LONGEST_LINE, TOO_LONG

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="no such files")


def notebook(*cells, **more):
    return json.dumps({"cells": list(cells), "nbformat": 4, "metadata": {"author": "nobody"}, **more})


def cell(kind, source, **more):
    return {"cell_type": kind, "source": source, "metadata": {}, **more}


def texts(*paths, **options):
    return [document.text for document in read_corpus(paths, **options).documents]


def test_of_a_notebook_the_cells_are_read_and_not_the_outputs(tmp_path):
    written = notebook(
        cell("markdown", ["# Sales\n", "by *region*\n"]),
        cell("code", "import pandas as pd\npd.read_csv('é.csv')", outputs=[{"text": ["an output"]}], execution_count=3),
        cell("markdown", "![](attachment:x.png) ![](data:image/png;base64,iVBORw0KGgo=)", attachments={"x": "aGV="}),
        cell("code", []),
    )
    tree(tmp_path, {"sales.ipynb": written})
    corpus = read_corpus([tmp_path])
    assert [document.text for document in corpus.documents] == [
        "# Sales\nby *region*\n\nimport pandas as pd\npd.read_csv('é.csv')\n\n![](attachment:x.png) ![]()\n"
    ]
    assert corpus.files[0].read_as == "notebook"
    assert corpus.characters == len(corpus.documents[0].text)


def test_of_a_notebook_of_format_3_the_cells_are_read(tmp_path):
    sheet = {"cells": [{"cell_type": "code", "input": ["x = 1\n"], "outputs": []}]}
    tree(tmp_path, {"old.ipynb": json.dumps({"worksheets": [sheet], "nbformat": 3})})
    assert texts(tmp_path) == ["x = 1\n"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("plain", "no notebook: expected JSON with cells"),
        ('{"a": 1}', "no notebook: expected JSON with cells"),
        ("[" * 200_000, "no notebook: expected JSON with cells"),
        (notebook(), "a notebook without text in its cells"),
        (notebook(cell("code", [], outputs=[{"text": "out"}]), 3), "a notebook without text in its cells"),
    ],
)
def test_what_is_no_notebook_is_skipped_with_the_reason(tmp_path, content, reason):
    tree(tmp_path, {"a.txt": "a", "b.ipynb": content})
    assert skipped(read_corpus([tmp_path]), tmp_path) == {"b.ipynb": reason}


def test_half_a_surrogate_pair_in_a_notebook_is_replaced(tmp_path):
    tree(tmp_path, {"a.ipynb": notebook(cell("code", "x = '\ud800'"))})
    texts(tmp_path)[0].encode()


SHORT_LINES = "git status\nmake\nls -la\ncd ..\ngit push\nvim notes.md\ndocker ps\nssh web1\npython train.py\n"


@pytest.mark.parametrize("name", ["a.md", "a.rst", "a.py", "A.SH"])
def test_prose_and_code_are_one_text_whatever_their_lines_look_like(tmp_path, name):
    tree(tmp_path, {name: SHORT_LINES})
    assert texts(tmp_path) == [SHORT_LINES]
    assert len(texts(tmp_path, lines=True)) == 9


def test_a_line_that_no_person_can_have_typed_is_left_out_and_counted(tmp_path):
    tree(tmp_path, {"a.js": "before\n" + "x" * (LONGEST_LINE + 1) + "\nafter\n", "b.txt": "y" * LONGEST_LINE})
    corpus = read_corpus([tmp_path])
    assert [document.text for document in corpus.documents] == ["before\n\nafter\n", "y" * LONGEST_LINE]
    assert [file.left_out for file in corpus.files] == [((TOO_LONG, 1),), ()]


def test_what_stands_behind_a_line_that_is_left_out_keeps_its_number(tmp_path):
    long = "x" * (LONGEST_LINE + 1)
    tree(tmp_path, {"a.js": f'{long}\n{long}\nbefore\n{long}\npassword = "sunshine"\nafter'})
    corpus = read_corpus([tmp_path])
    assert [(document.line, document.text) for document in corpus.documents] == [(1, "\n\nbefore\n"), (6, "after")]
    assert [cut.line for cut in corpus.cut] == [5]


def test_a_file_of_nothing_but_such_lines_is_skipped(tmp_path):
    tree(tmp_path, {"a.txt": "a", "b.js": "\n".join(["x" * (LONGEST_LINE + 1)] * 3)})
    assert skipped(read_corpus([tmp_path]), tmp_path) == {"b.js": f"nothing but {TOO_LONG}"}


def test_the_same_where_each_line_is_a_text_of_its_own(tmp_path):
    tree(tmp_path, {"a.txt": "before\n" + "x" * (LONGEST_LINE + 1) + "\nafter\n"})
    corpus = read_corpus([tmp_path], lines=True)
    assert [(document.line, document.text) for document in corpus.documents] == [(1, "before"), (3, "after")]
    assert [file.left_out for file in corpus.files] == [((TOO_LONG, 1),)]


def test_a_file_of_one_line_of_50_mb_is_skipped(tmp_path):
    tree(tmp_path, {"a.txt": "a", "long.txt": b"x" * 50_000_000})
    assert skipped(read_corpus([tmp_path]), tmp_path) == {"long.txt": f"nothing but {TOO_LONG}"}


@posix_only
def test_of_a_file_that_grows_while_it_is_read_what_was_there_is_read(tmp_path, monkeypatch):
    log = tmp_path / "log.txt"
    log.write_text("there before\n")

    def measure_and_grow(descriptor):
        measured = os.stat(descriptor)  # noqa: PTH116 - no path, a descriptor
        with log.open("a") as stream:
            stream.write("written after it was opened\n")
        return measured

    monkeypatch.setattr(os, "fstat", measure_and_grow)
    assert read_bytes(log) == b"there before\n"


@posix_only
def test_a_file_of_1_gb_is_refused_before_it_is_read(tmp_path):
    tree(tmp_path, {"a.txt": "a"})
    with (tmp_path / "dump.txt").open("wb") as stream:
        stream.truncate(1024**3)
    tracemalloc.start()
    corpus = read_corpus([tmp_path])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert skipped(corpus, tmp_path) == {"dump.txt": "larger than 64 MB"}
    assert most < LARGEST_FILE_BYTES / 10
