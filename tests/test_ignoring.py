"""What ignore files exclude from the user's text, as git excludes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from text_files import read_names, skipped, tree

from lstm_complete.corpus import read_corpus
from lstm_complete.errors import MissingExtraError

ROOT = Path(__file__).parents[1]


def test_what_gitignore_files_exclude_is_skipped(tmp_path):
    tree(
        tmp_path,
        {
            ".gitignore": "# a comment\n*.log\nbuild/\n/top.txt\n!\n\\\n",
            "a.log": "x",
            "top.txt": "x",
            "build/x.txt": "x",
            "sub/top.txt": "read",
            "sub/.gitignore": "!keep.log\nsecret*\n",
            "sub/keep.log": "read",
            "sub/secret.txt": "x",
            "sub/deep/secrets/a": "x",
            "other/secret.txt": "read",
        },
    )
    corpus = read_corpus([tmp_path])
    read = ["other/secret.txt", "sub/keep.log", "sub/top.txt"]
    assert [name for name in read_names(corpus, tmp_path) if ".gitignore" not in name] == read
    outer, inner = f"excluded by {tmp_path.name}/.gitignore", "excluded by sub/.gitignore"
    assert skipped(corpus, tmp_path) == {
        "a.log": outer,
        "build": outer,
        "top.txt": outer,
        "sub/secret.txt": inner,
        "sub/deep/secrets": inner,
    }


def test_the_same_files_are_excluded_as_git_excludes(tmp_path):
    rules = "*.log\n!keep.log\nbuild/\n/a/*\n!/a/b\nx/**/y\n**/z\n[ab].txt\nname\\ \n# c\n"
    names = [
        "k.log",
        "keep.log",
        "build/keep.log",
        "a/b/q",
        "a/c",
        "x/1/2/y",
        "x/y",
        "p/z",
        "a.txt",
        "d/b.txt",
        "c.txt",
    ]
    tree(tmp_path, {".gitignore": rules, "d/.gitignore": "!*.txt\nname\n", "d/name": "x", **dict.fromkeys(names, "x")})
    try:
        subprocess.run(["git", "init", "-q", tmp_path], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    command = ["git", "-C", tmp_path, "ls-files", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert sorted(read_names(read_corpus([tmp_path]), tmp_path)) == sorted(listed)


def test_the_rules_of_the_repository_around_hold_in_a_folder_of_it(tmp_path):
    tree(tmp_path, {".git/HEAD": "x", ".gitignore": "*.log\nnotes/\n", "src/a.log": "x", "src/a.txt": "a"})
    assert read_names(read_corpus([tmp_path / "src"]), tmp_path) == ["src/a.txt"]


def test_a_named_path_is_read_even_if_it_is_ignored(tmp_path):
    tree(tmp_path, {".git/HEAD": "x", ".gitignore": "*.log\nnotes/\n", "a.log": "log", "notes/deep/a.txt": "a"})
    named = [tmp_path / "a.log", tmp_path / "notes", tmp_path / "notes" / "deep", tmp_path / ".git" / "HEAD"]
    assert read_names(read_corpus(named), tmp_path) == ["a.log", "notes/deep/a.txt", ".git/HEAD"]


WITHOUT_PATHSPEC = """
import sys
sys.modules["pathspec"] = None
from lstm_complete.corpus import read_corpus
from lstm_complete.errors import MissingExtraError
try:
    read_corpus([sys.argv[1]])
except MissingExtraError as error:
    print(error)
"""


def test_without_pathspec_a_gitignore_is_not_passed_over(tmp_path):
    tree(tmp_path, {".gitignore": "secret\n", "secret": "x"})
    command = [sys.executable, "-c", WITHOUT_PATHSPEC, tmp_path]
    output = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    message = str(MissingExtraError("pathspec", "train", "Reading a folder with a .gitignore"))
    assert output.strip() == message
