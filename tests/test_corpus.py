"""Reading the user's text: what is found, what is left out and why, and what counts as a line."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from text_files import read_names, skipped, tree

from lstm_complete.corpus import read_corpus
from lstm_complete.errors import CorpusError

ROOT = Path(__file__).parents[1]
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="no such files")


def test_folders_are_read_recursively_in_the_order_of_names(tmp_path):
    tree(tmp_path, {"b.txt": "b", "a/z.txt": "z", "a/b/c.txt": "c", "c.txt": "c", ".profile": "p"})
    corpus = read_corpus([tmp_path])
    assert read_names(corpus, tmp_path) == [".profile", "a/b/c.txt", "a/z.txt", "b.txt", "c.txt"]
    assert [document.text for document in corpus.documents] == ["p", "c", "z", "b", "c"]
    assert corpus.documents[0].source == str(tmp_path / ".profile")


def test_the_account_says_how_many_characters_and_documents(tmp_path):
    tree(tmp_path, {"été.txt": "été\n", "two.txt": "one\n\n two\n"})
    corpus = read_corpus([tmp_path], lines=True)
    assert [(file.characters, file.documents, file.lines) for file in corpus.files] == [(10, 2, True), (4, 1, True)]
    assert [document.text for document in corpus.documents] == ["one", " two", "été"]
    assert corpus.characters == 14


def test_a_document_knows_the_line_that_it_starts_at(tmp_path):
    tree(tmp_path, {"notes.txt": "one\n\n\ntwo\n"})
    assert [document.line for document in read_corpus([tmp_path], lines=True).documents] == [1, 4]
    assert [document.line for document in read_corpus([tmp_path], lines=False).documents] == [1]


def test_what_is_no_text_of_the_users_is_skipped_with_the_reason(tmp_path):
    tree(
        tmp_path,
        {
            "a.txt": "text",
            "image.png": b"\x89PNG\0\0",
            "utf16-unmarked.txt": "text".encode("utf-16-le"),
            "latin.txt": "àéîõü ÀÉÎÕÜ".encode("latin-1"),
            "empty": "",
            "blank.txt": " \n\n",
            ".git/config": "x",
            ".hg/store": "x",
            "sub/.svn/entries": "x",
            "node_modules/x/index.js": "x",
            "sub/__pycache__/x.py": "x",
            ".venv/lib/x.py": "x",
        },
    )
    assert skipped(read_corpus([tmp_path]), tmp_path) == {
        "image.png": "binary",
        "utf16-unmarked.txt": "binary",
        "latin.txt": "neither UTF-8 nor UTF-16: 10 of 11 characters are invalid",
        "empty": "empty",
        "blank.txt": "only white space",
        ".git": "version control",
        ".hg": "version control",
        "sub/.svn": "version control",
        "node_modules": "a cache or installed packages",
        "sub/__pycache__": "a cache or installed packages",
        ".venv": "a cache or installed packages",
    }


def test_no_file_is_read_twice(tmp_path):
    tree(tmp_path, {"a.txt": "a", "sub/b.txt": "b"})
    corpus = read_corpus([tmp_path / "sub", tmp_path, tmp_path / "a.txt", tmp_path / "sub" / ".." / "a.txt"])
    assert [document.text for document in corpus.documents] == ["b", "a"]
    assert [item.reason.partition(" as ")[0] for item in corpus.skipped] == ["read already"] * 3


@posix_only
def test_links_neither_loop_nor_lead_out_of_a_folder(tmp_path):
    tree(tmp_path, {"in/a.txt": "a", "in/sub/b.txt": "b", "out/c.txt": "c", "out/d.txt": "d"})
    for link, target in {"loop": ".", "self": "self", "away": "../out", "c.txt": "../out/c.txt", "gone": "no"}.items():
        (tmp_path / "in" / link).symlink_to(target)
    corpus = read_corpus([tmp_path / "in"])
    assert read_names(corpus, tmp_path / "in") == ["a.txt", "c.txt", "sub/b.txt"]
    reasons = skipped(corpus, tmp_path / "in")
    assert reasons["loop"] == reasons["away"] == "a link to a folder: name it to have it read"
    assert reasons["gone"].startswith("cannot be read: No such file")
    assert reasons["self"].startswith("cannot be read: Too many levels of symbolic links")
    assert read_names(read_corpus([tmp_path / "in" / "away"]), tmp_path) == ["in/away/c.txt", "in/away/d.txt"]


@posix_only
def test_what_is_no_regular_file_in_a_folder_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.txt").write_text("a")
    assert skipped(read_corpus([tmp_path]), tmp_path) == {"pipe": "not a regular file"}


@posix_only
def test_an_endless_file_is_read_up_to_the_limit(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    corpus = read_corpus([tmp_path, "/dev/zero"])
    assert [(item.path, item.reason) for item in corpus.skipped] == [("/dev/zero", "larger than 64 MB")]


@posix_only
def test_a_name_that_is_no_utf_8_can_be_shown(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("a")
    except OSError:
        pytest.skip("this file system takes UTF-8 alone")
    assert Path(read_corpus([tmp_path]).documents[0].source).name == "caf\ufffd.txt"


def test_folders_deeper_than_frames_are_read(tmp_path):
    folders = [tmp_path / "d"]
    while len(folders) < 1100:
        folders.append(folders[-1] / "d")
    for folder in folders:
        folder.mkdir()
    file = folders[-1] / "a.txt"
    file.write_text("a")
    try:
        assert len(read_corpus([tmp_path]).documents) == 1
    finally:
        file.unlink()
        for folder in reversed(folders):  # rmtree, which pytest calls, would not get down there
            folder.rmdir()


@pytest.mark.parametrize("name", ["none.txt", "a.txt/b", "x" * 5000, "a\0b"])
def test_a_named_path_that_cannot_be_read_is_an_error_that_names_it(tmp_path, name):
    tree(tmp_path, {"a.txt": "a"})
    with pytest.raises(CorpusError, match=r"does not exist|cannot be read") as error:
        read_corpus([tmp_path / "a.txt", f"{tmp_path}/{name}"])
    assert f"{tmp_path}/{name}".replace("\0", "\\0") in str(error.value)


def test_no_path_and_an_empty_path_are_errors(tmp_path, monkeypatch):
    monkeypatch.chdir(tree(tmp_path, {"a.txt": "a"}))
    with pytest.raises(CorpusError, match="An empty path names nothing"):
        read_corpus([""])
    with pytest.raises(CorpusError, match="No text in no path at all"):
        read_corpus([])


AS_NOBODY = """
import os, sys
from lstm_complete.corpus import read_corpus
from lstm_complete.errors import CorpusError
import encodings.utf_16
from lstm_complete.secrets.detectors import detected
list(detected("loaded while it may still be"))
os.environ["LSTM_COMPLETE_CONFIG"] = sys.argv[1]
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
os.chdir(sys.argv[1])
print([(item.path, item.reason) for item in read_corpus(["."]).skipped])
for path in ["shut.txt", "shut"]:
    try:
        read_corpus(["a.txt", path])
    except CorpusError as error:
        print(error)
"""


@posix_only
def test_what_may_not_be_read_is_skipped_in_a_folder_and_an_error_when_named(tmp_path_factory):
    top = tmp_path_factory.mktemp("shared")
    tree(top, {"a.txt": "a", "shut.txt": "x", "shut/b.txt": "b"})
    around = [folder for folder in top.parents if folder.name.startswith("pytest-")]
    for path, mode in [*((folder, 0o755) for folder in (top, *around)), (top / "shut.txt", 0), (top / "shut", 0)]:
        path.chmod(mode)
    command = [sys.executable, "-c", AS_NOBODY, top]
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
    finally:
        for path in (*around, top, top / "shut"):
            path.chmod(0o700)
    denied = "cannot be read: Permission denied"
    assert output[0] == str([("shut", denied), ("shut.txt", denied)])
    assert output[1:] == [
        "shut.txt cannot be read: Permission denied. Give files that you may read.",
        "shut cannot be read: Permission denied. Give text that you may read.",
    ]


def test_a_folder_without_text_says_what_was_skipped(tmp_path):
    tree(tmp_path, {"a.png": b"\0", "b.png": b"\0", "c.png": b"\0", "d.png": b"\0", "e.txt": ""})
    with pytest.raises(CorpusError) as error:
        read_corpus([tmp_path])
    a, b, c, e = (tmp_path / name for name in ["a.png", "b.png", "c.png", "e.txt"])
    assert str(error.value) == (
        f"No text in {tmp_path}. Skipped: 4 binary ({a}, {b}, {c}, …); 1 empty ({e}). "
        "Give files or folders of text in UTF-8."
    )
    (tmp_path / "hollow").mkdir()
    with pytest.raises(CorpusError, match="There are no files"):
        read_corpus([tmp_path / "hollow"])


@pytest.mark.parametrize("stream", [io.BytesIO(b"caf\xc3\xa9\r\n"), io.StringIO("café\r\n")])
def test_standard_input_is_read_once(stream):
    corpus = read_corpus(["-", "-"], stdin=stream)
    assert [(document.text, document.source) for document in corpus.documents] == [("café\n", "<stdin>")]


def test_standard_input_with_lone_surrogates_is_repaired():
    corpus = read_corpus(["-"], stdin=io.StringIO("a long enough text \ud800 with one bad character"))
    assert "\ud800" not in corpus.documents[0].text
    assert corpus.files[0].replaced > 0


def test_invalid_bytes_are_replaced_and_counted(tmp_path):
    tree(tmp_path, {"a.txt": b"a long enough text with \xff one, and \xfe\xfd two; \xef\xbf\xbd was there before"})
    corpus = read_corpus([tmp_path])
    assert corpus.files[0].replaced == 3
    assert corpus.documents[0].text.count("\ufffd") == 4


COMMANDS = "git status\nmake\nls -la\ncd ..\ngit push\nvim notes.md\ndocker ps\nssh web1\npython train.py\n"


def test_lines_are_told_file_by_file_unless_said(tmp_path):
    tree(
        tmp_path, {".bash_history": "ls\ncd\n", "commands.txt": COMMANDS, "notes.md": "# Notes\n\nSome words.\n\n" * 9}
    )
    found = [(Path(file.path).name, file.lines) for file in read_corpus([tmp_path]).files]
    assert found == [(".bash_history", True), ("commands.txt", True), ("notes.md", False)]
    assert not any(file.lines for file in read_corpus([tmp_path], lines=False).files)
    assert all(file.lines for file in read_corpus([tmp_path], lines=True).files)
