"""Folders of text files to read, and what was read of them, by relative paths."""

from __future__ import annotations

from pathlib import Path


def tree(top, files):
    for name, content in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return top


def read_names(corpus, top):
    return [Path(file.path).relative_to(top).as_posix() for file in corpus.files]


def skipped(corpus, top):
    return {Path(item.path).relative_to(top).as_posix(): item.reason for item in corpus.skipped}
