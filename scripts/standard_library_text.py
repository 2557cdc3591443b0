"""Write text that every Python ships, to train on: prose (language reference, docstrings) and code (sources).

    python standard_library_text.py FOLDER

makes FOLDER/text with a file for each document, and FOLDER/held_out.txt with lines that stand in none of them.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from pydoc_data import topics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

MODULES = "argparse collections contextlib csv functools json logging pathlib re shutil string textwrap typing".split()  # noqa: SIM905
SOURCES = "bisect heapq json.decoder shutil textwrap".split()  # noqa: SIM905
HELD_OUT_EVERY = 25


def docstrings(module: ModuleType) -> str:
    """The docstrings of a module and of what it defines, each once, in the order of their names."""
    members = [module, *(member for _, member in inspect.getmembers(module) if callable(member))]
    members += [method for member in members if inspect.isclass(member) for method in vars(member).values()]
    texts = (inspect.getdoc(member) for member in members if getattr(member, "__module__", "") or member is module)
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def write(folder: Path) -> int:
    """Write the files into a folder; returns how many characters there are to train on."""
    text, held_out = folder / "text", []
    text.mkdir(parents=True, exist_ok=True)
    for number, (name, topic) in enumerate(sorted(topics.topics.items())):
        if number % HELD_OUT_EVERY == HELD_OUT_EVERY - 1:
            held_out.append(topic)
        else:
            (text / f"topic-{name}.txt").write_text(topic, encoding="utf-8")
    for name in MODULES:
        (text / f"docstrings-{name}.txt").write_text(docstrings(importlib.import_module(name)), encoding="utf-8")
    for name in SOURCES:
        (text / f"source-{name}.py").write_text(inspect.getsource(importlib.import_module(name)), encoding="utf-8")
    (folder / "held_out.txt").write_text("\n".join(held_out), encoding="utf-8")
    return sum(path.stat().st_size for path in text.iterdir())


def main() -> None:
    """Write the files, and say how much there is."""
    folder = Path(sys.argv[1])
    characters = write(folder)
    print(f"Wrote {characters / 1000:,.0f} KB of Python's own documentation and sources to {folder / 'text'}.")


if __name__ == "__main__":
    main()
