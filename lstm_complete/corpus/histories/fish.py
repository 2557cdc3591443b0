r"""fish: `- cmd: ...`, `  when: 1795445666`, `  paths:`. It looks like YAML; the escapes are `\\` and `\n` alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, text_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places

_COMMAND = "- cmd: "
_TIME = re.compile(r"  when: (\d{1,12})")
_ESCAPE = re.compile(r"\\([\\n])")


def parse(text: str) -> Iterator[Entry]:
    """A command, and the time on the line below it; paths and all else are passed over."""
    found: Entry | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_COMMAND):
            if found:
                yield found
            found = Entry(_unescaped(line[len(_COMMAND) :]), number)
        elif found and (when := _TIME.fullmatch(line)):
            found = found._replace(time=float(when.group(1)))
    if found:
        yield found


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda escape: "\n" if escape.group(1) == "n" else "\\", text)


def _places(places: Places) -> list[Path]:
    """A session of another name has a file of its own."""
    return sorted((places.data / "fish").glob("*_history"))


FORMAT = Format("fish", _places, text_file(parse), frozenset({"fish_history"}), leading_space_hides=True)
