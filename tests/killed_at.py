"""Operations on a store, each killed (SIGKILL) at every line that it runs; run as a program, by test_robustness.

Forks a process for each kill from this one, which has no threads; prints how often it killed each operation.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import lstm_complete
from lstm_complete import places, store
from lstm_complete.errors import UnknownModelError
from lstm_complete.model_file import Contents

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = str(Path(lstm_complete.__file__).parent)


def contents(version: str, size: int = 1000) -> Contents:
    return Contents({"version": version}, {"filled": np.full(size, float(version[1:]), np.float32)})


def killed(operation: Callable[[], object], at_line: int) -> bool:
    """Run an operation in a process that kills itself when it comes to its n-th line in the package."""
    child = os.fork()
    if child == 0:
        lines = 0

        def trace(frame, event, _argument):
            nonlocal lines
            if not frame.f_code.co_filename.startswith(PACKAGE):
                return None
            if event == "line":
                lines += 1
                if lines == at_line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        operation()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def version_of(name: str) -> str:
    """What the store holds, having looked that it is whole."""
    try:
        found = store.load(name)
    except UnknownModelError:
        return "none"
    assert found.tensors["filled"][-1] == float(found.metadata["version"][1:])
    return found.metadata["version"]


def at_every_line(before: Callable[[], object], operation: Callable[[], object], allowed: set[str]) -> int:
    """Kill an operation at line after line, until it ends before it is killed."""
    home = places.home()
    seen = set()
    for line in range(1, 10_000):
        before()
        was_killed = killed(operation, line)
        assert places.names() in (["m"], []), places.names()
        seen.add(version_of("m"))
        assert seen <= allowed, (line, seen)
        if not was_killed:
            assert seen == allowed, "it was killed before and after the moment that counts"
            return line - 1
        store.save("m", contents("v0"))  # the next writer
        left = sorted(path.name for path in home.iterdir())
        assert left == ["m.safetensors"], (line, left)
    raise AssertionError("it never ended")


def temporary_size(home: Path) -> int:
    """Bytes of a model that have been written so far."""
    try:
        return max((path.stat().st_size for path in home.glob(".m.*.tmp")), default=0)
    except FileNotFoundError:  # renamed meanwhile
        return 0


def in_the_middle_of_the_data(times: int) -> int:
    """Kill while the temporary file grows; returns how often it was caught half-written."""
    home, large = places.home(), contents("v2", 2_000_000)
    whole = store.save("m", large).stat().st_size
    store.save("m", contents("v1"))
    caught = 0
    for attempt in range(times):
        child = os.fork()
        if child == 0:
            store.save("m", large)
            os._exit(0)
        size = 0
        while size <= whole * attempt / times and os.waitpid(child, os.WNOHANG) == (0, 0):
            size = temporary_size(home)
        try:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        caught += 0 < size < whole
        assert version_of("m") in {"v1", "v2"}
        store.save("m", contents("v1"))
        assert [path.name for path in home.iterdir()] == ["m.safetensors"]
    return caught


def updated() -> None:
    store.save("m", contents("v1"))
    store.save("m", contents("v2"), keep_old=True)


def main() -> None:
    def old() -> None:
        store.save("m", contents("v1"))

    def nothing() -> None:
        if places.names():
            store.remove("m")

    kills = {
        "save": at_every_line(old, lambda: store.save("m", contents("v2")), {"v1", "v2"}),
        "first save": at_every_line(nothing, lambda: store.save("m", contents("v2")), {"none", "v2"}),
        "update": at_every_line(old, lambda: store.save("m", contents("v2"), keep_old=True), {"v1", "v2"}),
        "undo": at_every_line(updated, lambda: store.undo("m"), {"v1", "v2"}),
        "remove": at_every_line(updated, lambda: store.remove("m"), {"none", "v2"}),
        "half-written": in_the_middle_of_the_data(20),
    }
    sys.stdout.write(json.dumps(kills))


if __name__ == "__main__":
    main()
