"""bash: a line an entry, or with HISTTIMEFORMAT a line `#1795445595` before each, which may then span lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, text_file
from lstm_complete.corpus.histories.patterns import ignored_by_bash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

_TIME = re.compile(r"#(\d{1,12})")


def parse(text: str) -> Iterator[Entry]:
    """Lines before the first time are entries of their own: they were written before times were asked for."""
    time: float | None = None
    lines: list[str] = []
    start = 1
    for number, line in enumerate(text.split("\n"), 1):
        stamp = _TIME.fullmatch(line)
        if stamp is None and time is None:
            yield Entry(line, number)
        elif stamp is None:
            lines.append(line)
        else:
            if lines:
                yield Entry("\n".join(lines), start, time)
            time, lines, start = float(stamp.group(1)), [], number + 1
    if lines:
        yield Entry("\n".join(lines).rstrip("\n"), start, time)


def _places(places: Places) -> list[Path]:
    return [*places.shell_histories("bash"), places.home / ".bash_history"]


FORMAT = Format(
    "bash",
    _places,
    text_file(parse),
    frozenset({".bash_history", "bash_history"}),
    leading_space_hides=True,
    ignored=ignored_by_bash,
)
