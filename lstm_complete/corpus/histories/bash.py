"""bash: a line an entry, or with HISTTIMEFORMAT a line `#1795445595` before each, which may then span lines."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, text_file
from lstm_complete.corpus.histories.patterns import ignored_by_bash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

_TIME = re.compile(r"#(\d{9,10})")
# 1973 to 2106. Fewer digits are the number of an issue, more are a time of no shell.
_TIMES = range(100_000_000, 2**32)


def parse(text: str) -> Iterator[Entry]:
    """Lines between two times are one entry, all others entries of their own.

    Those before the first time were written before times were asked for, and those behind the last one may have been
    when they no longer were: to take the last entry apart costs less than to take the rest of a history for one entry.
    """
    lines = text.split("\n")
    times = [(index, time) for index, line in enumerate(lines) if (time := _time(line))]
    first, last = (times[0][0], times[-1][0]) if times else (len(lines), len(lines))
    for index in range(first):
        yield Entry(lines[index], index + 1)
    for (index, time), (following, _) in pairwise(times):
        if following > index + 1:
            yield Entry("\n".join(lines[index + 1 : following]), index + 2, time)
    for index in range(last + 1, len(lines)):
        yield Entry(lines[index], index + 1, times[-1][1] if index == last + 1 else None)


def _time(line: str) -> float | None:
    """Seconds since 1970, where a line is a time that bash wrote, and no comment that a person did."""
    stamp = _TIME.fullmatch(line)
    return float(stamp[1]) if stamp and int(stamp[1]) in _TIMES else None


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
