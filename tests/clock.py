"""The time of day as a test wants it, by libfaketime under real processes."""

from __future__ import annotations

import subprocess

FROZEN = "2026-01-01 00:00:00"


class Clock:
    """What the processes of `environment` take for the time of day. Nobody can set the time that passes."""

    def __init__(self, file):
        library = subprocess.run(
            ["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, check=True
        )
        self._file = file
        self.environment = {
            "LD_PRELOAD": library.stdout.decode().strip(),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.set("+0")

    def set(self, offset):
        """Be off by so much: "-3650d"; or, at FROZEN, stand."""
        changed = self._file.with_suffix(".new")
        changed.write_text(f"{offset}\n")
        changed.replace(self._file)
