"""Whole commands, each killed (SIGKILL) at random lines that it runs; run as a program, by test_robustness.

    killed_commands.py LINES NEWS OTHER

trains "m" on the file LINES; then kills `forget`, `import` of the file OTHER, and `update` once the text of NEWS was
added to LINES. Prints how often it killed each, and how often it found the old model and the new.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from killed_at import PACKAGE, killed

from lstm_complete import Suggester, TrainingSettings, places, store, train
from lstm_complete.cli import main as command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SETTINGS = TrainingSettings(budget_s=None, epochs=1, tokens="char", embedding_size=0, hidden_size=8, threads=1)
WRITING = ("store.py", "model_file.py", "locking.py")
KILLS = 20


def ran(*arguments: str) -> None:
    """Run a command as its user does, and silently."""
    with Path(os.devnull).open("w", encoding="utf-8") as sys.stdout:
        code = command(list(arguments))
    sys.stdout = sys.__stdout__
    assert code == 0, arguments


def lines_of(operation: Callable[[], object]) -> list[str]:
    """Run an operation, and say of each line of the package that it ran, in order, the file that it stands in."""
    lines = []

    def trace(frame, event, _argument):
        name = frame.f_code.co_filename
        if not name.startswith(PACKAGE):
            return None
        if event == "line":
            lines.append(name)
        return trace

    sys.settrace(trace)
    try:
        operation()
    finally:
        sys.settrace(None)
    return lines


def moments(lines: Sequence[str], chance: random.Random) -> list[int]:
    """Where to kill: at random lines, as many again of those that write, and the first and the last of these."""
    writing = [at for at, name in enumerate(lines, 1) if name.endswith(WRITING)]
    chosen = {*chance.choices(range(1, len(lines) + 1), k=KILLS), *chance.choices(writing, k=KILLS)}
    return sorted({*chosen, writing[0], writing[-1], len(lines)})


def kill(arguments: Sequence[str], before: Path, chance: random.Random) -> dict[str, int]:
    """Kill a command again and again, each time on a copy of a store, and look what it has left."""
    home = places.home()

    def restore() -> None:
        shutil.rmtree(home)
        shutil.copytree(before, home)

    old = (before / "m.safetensors").read_bytes()
    found: Counter[str] = Counter()
    restore()
    for at in moments(lines_of(lambda: ran(*arguments)), chance):
        restore()
        found["killed"] += killed(lambda: ran(*arguments), at)
        assert places.names() == ["m"], (arguments, at, places.names())
        found["old" if places.path_of("m").read_bytes() == old else "new"] += 1
        Suggester.load("m").suggest("Return the ")
        previous = home / "m.previous"
        assert not previous.exists() or previous.read_bytes() == old, (arguments, at)
        with store.writing("m"):  # the next writer
            left = {path.name for path in home.iterdir()} - {"m.safetensors", "m.previous", ".m.safetensors.lock"}
        assert not left, (arguments, at, left)
    return dict(found)


def main() -> None:
    lines, news, other = map(Path, sys.argv[1:])
    chance = random.Random(7)  # noqa: S311 - the same lines at each run
    train([lines], "m", SETTINGS)
    before = places.home().with_name("before")
    shutil.copytree(places.home(), before)
    kills = {"forget": kill(["forget", "m", "Return the"], before, chance)}
    kills["import"] = kill(["import", str(other), "--name", "m", "--force"], before, chance)
    lines.write_text(lines.read_text("utf-8") + news.read_text("utf-8"), "utf-8")
    kills["update"] = kill(["update", "m", "--epochs", "1", "--quiet"], before, chance)
    sys.stdout.write(json.dumps(kills))


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        sys.stdout = sys.__stdout__
        traceback.print_exc()
        raise
