"""A real pseudo-terminal with a program in it, read off its screen as a person would."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import pexpect
import pyte
from patience import PATIENCE_S


class Terminal:
    """Runs `command`; as a context manager, ends it at the end."""

    def __init__(self, command, *, columns=100, rows=20, environment=None):
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        surroundings = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_COLOR_DEPTH": "DEPTH_24_BIT"}
        surroundings.update(environment or {})
        self._child = pexpect.spawn(command[0], command[1:], dimensions=(rows, columns), env=surroundings)
        # prompt_toolkit asks where the cursor is, and draws no toolbar before it knows.
        self.screen.write_process_input = self._child.send

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.kill(signal.SIGKILL)  # pexpect asks politely first, for half a second
        with contextlib.suppress(pexpect.ExceptionPexpect):
            self._child.wait()
        self._child.close()

    @property
    def text(self):
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def press(self, keys):
        self._child.send(keys)

    def until(self, condition):
        """Read what the program writes until `condition()`; each wait ends with output, not with time."""
        assert self.comes_to(condition, PATIENCE_S), f"the screen never got there; it shows:\n{self.text}"

    def comes_to(self, condition, patience_s):
        """Whether it does so within so many seconds."""
        deadline = time.monotonic() + patience_s
        try:
            while not condition():
                self._stream.feed(self._child.read_nonblocking(65536, timeout=max(0.0, deadline - time.monotonic())))
        except (pexpect.EOF, pexpect.TIMEOUT):
            return False
        return True

    def shows(self, text):
        """Wait until `text` is on the screen."""
        self.until(lambda: text in self.text)

    def settles(self, quiet_s):
        """Read until nothing more has come for a while: for pictures, where there is nothing to wait for by name."""
        with contextlib.suppress(pexpect.TIMEOUT):
            while True:
                self._stream.feed(self._child.read_nonblocking(65536, timeout=quiet_s))

    def ends(self):
        """Wait for the end of the program; returns its exit code."""
        self._child.expect(pexpect.EOF, timeout=PATIENCE_S)
        self._child.close()
        return self._child.exitstatus

    def colour_of(self, text):
        """The colour of the first letters on the screen that read `text`."""
        row, line = next((row, line) for row, line in enumerate(self.screen.display) if text in line)
        return self.screen.buffer[row][line.index(text)].fg

    def looks_of(self, text):
        """All the ways in which the letters on the screen that read `text` are drawn."""
        row, line = next((row, line) for row, line in enumerate(self.screen.display) if text in line)
        first = line.index(text)
        return {self.screen.buffer[row][column][1:] for column in range(first, first + len(text))}
