r"""libedit, in whose encoding mysql and some Pythons write: a first line `_HiStOrY_V2_`, and a blank as `\040`."""

from __future__ import annotations

import re

MARK = b"_HiStOrY_V2_"

_ESCAPE = re.compile(rb"\\(?:(?P<octal>[0-7]{3})|M(?P<meta>[-^])(?P<high>.)|\^(?P<control>.)|(?P<letter>.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a", b"v": b"\v", b"f": b"\f", b"s": b" "}


def decoded(data: bytes) -> bytes:
    """The lines as they were typed, a newline inside an entry as a carriage return; what has no mark stays as it is.

    The encoding is that of vis(3). It is undone on bytes: letters beyond ASCII are written as several of them.
    """
    first, newline, rest = data.partition(b"\n")
    if first.rstrip() != MARK or not newline:
        return b"" if first.rstrip() == MARK else data
    return b"\n".join(_ESCAPE.sub(_byte, line).replace(b"\n", b"\r") for line in rest.split(b"\n"))


def _byte(escape: re.Match[bytes]) -> bytes:
    octal, high, control, letter = (escape[name] for name in ("octal", "high", "control", "letter"))
    if octal:
        return bytes((int(octal, 8) & 0xFF,))
    if high:
        return bytes(((_control(high) if escape["meta"] == b"^" else high[0]) | 0x80,))
    if control:
        return bytes((_control(control),))
    return _LETTERS.get(letter, letter)


def _control(letter: bytes) -> int:
    return 0x7F if letter == b"?" else letter[0] & 0x1F
