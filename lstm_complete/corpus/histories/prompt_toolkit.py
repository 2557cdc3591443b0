"""prompt_toolkit's FileHistory: `# 2026-11-23 14:39:12.8`, then `+line` for each line of the entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.corpus.histories.entry import Entry, Format, seconds, text_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lstm_complete.corpus.histories.places import Places


def parse(text: str) -> Iterator[Entry]:
    """Lines with a plus one below the other are one entry."""
    lines: list[str] = []
    time: float | None = None
    start = 1
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.startswith("+"):
            start = start if lines else number
            lines.append(line[1:])
            continue
        if lines:
            yield Entry("\n".join(lines), start, time)
            lines = []
        if line.startswith("# "):
            time = seconds(line[2:])


def _format(name: str, places: Callable[[Places], list[Path]], *file_names: str) -> Format:
    return Format(name, places, text_file(parse), frozenset(file_names))


def _ptpython(places: Places) -> list[Path]:
    return [places.data / "ptpython" / "history", places.home / ".ptpython" / "history"]


def _mycli(places: Places) -> list[Path]:
    return [path for path in (places.named("MYCLI_HISTFILE"), places.home / ".mycli-history") if path]


PTPYTHON = _format("ptpython", _ptpython)
LITECLI = _format("litecli", lambda places: [places.config / "litecli" / "history"])
PGCLI = _format("pgcli", lambda places: [places.config / "pgcli" / "history"])
MYCLI = _format("mycli", _mycli, ".mycli-history")
