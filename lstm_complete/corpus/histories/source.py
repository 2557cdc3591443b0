"""Which histories there are, and where this machine has them: `zsh`, `zsh:PATH`, `git:PATH`, `all`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lstm_complete.corpus.histories import (
    bash,
    fish,
    git,
    ipython,
    mysql,
    node,
    prompt_toolkit,
    psql,
    python,
    sqlite,
    xonsh,
    zsh,
)
from lstm_complete.corpus.histories.entry import Entries, Format
from lstm_complete.errors import CorpusError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lstm_complete.corpus.decoding import NotText
    from lstm_complete.corpus.histories.places import Places

ALL = "all"

FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        bash.FORMAT,
        zsh.FORMAT,
        fish.FORMAT,
        xonsh.FORMAT,
        ipython.FORMAT,
        prompt_toolkit.PTPYTHON,
        prompt_toolkit.LITECLI,
        prompt_toolkit.PGCLI,
        prompt_toolkit.MYCLI,
        python.FORMAT,
        psql.FORMAT,
        sqlite.FORMAT,
        mysql.FORMAT,
        node.FORMAT,
    )
}
# Of a repository there is no usual place: it is always named.
_REPOSITORIES: dict[str, Callable[[Path], Entries | NotText]] = {"git": git.read_own, "git-all": git.read_all}


@dataclass(frozen=True)
class Source:
    """A history to read.

    Attributes:
        path: Its file or folder.
        format: How it is read.
        named: Whether the user named it, so that failing to read it is an error.
    """

    path: Path
    format: Format
    named: bool


def find(history: str, places: Places) -> Iterator[Source]:
    """What a history that the user named stands for: `zsh`, `zsh:PATH`, `git:PATH`, `all`.

    Raises:
        SettingsError: There is no such format.
        CorpusError: There is no history of that format where its program keeps it.
    """
    name, colon, path = history.partition(":")
    if name in _REPOSITORIES:
        if not path:
            raise SettingsError(f"expected a repository, found none; name one: --history {name}:PATH")
        yield Source(Path(path), Format(name, lambda _: (), _REPOSITORIES[name]), named=True)
    elif history == ALL:
        yield from found_on_this_machine(places)
    elif name not in FORMATS or (colon and not path):
        known = ", ".join([*FORMATS, *(f"{name}:PATH" for name in _REPOSITORIES), ALL])
        raise SettingsError(f'expected a history among {known}; found "{history}"')
    elif path:
        yield Source(Path(path), FORMATS[name], named=True)
    else:
        yield from _usual(FORMATS[name], places)


def placed(history: str) -> str:
    """A history that the user named, its path absolute and its ~ expanded: the shell leaves `git:~/notes` as it is."""
    name, _, path = history.partition(":")
    return f"{name}:{os.path.abspath(os.path.expanduser(path))}" if path else history  # noqa: PTH100, PTH111 - links stay


def is_there(history: str, places: Places) -> bool:
    """Whether there is anything at what a history stands for; `all` is whatever there is."""
    name, _, path = history.partition(":")
    if path:
        return os.path.lexists(path)
    return name not in FORMATS or bool(_existing(FORMATS[name], places))


def found_on_this_machine(places: Places) -> list[Source]:
    """Every history that is where its program keeps it."""
    return [Source(path, format_, named=False) for format_ in FORMATS.values() for path in _existing(format_, places)]


def format_of(path: str) -> Format | None:
    """The format that a file's name tells, wherever it lies."""
    name = Path(path).name
    return next((format_ for format_ in FORMATS.values() if name in format_.file_names), None)


def _usual(format_: Format, places: Places) -> Iterator[Source]:
    existing = _existing(format_, places)
    if not existing:
        looked_at = ", ".join(dict.fromkeys(str(path) for path in format_.places(places))) or "the usual places"
        raise CorpusError(
            f"There is no history of {format_.name}: looked at {looked_at}. Name it: --history {format_.name}:PATH"
        )
    for path in existing:
        yield Source(path, format_, named=True)


def _existing(format_: Format, places: Places) -> Sequence[Path]:
    return [path for path in dict.fromkeys(format_.places(places)) if _holds_something(path)]


def _holds_something(path: Path) -> bool:
    """What may not be looked at holds nothing that could be told."""
    try:
        return path.is_dir() or path.stat().st_size > 0
    except OSError:
        return False
