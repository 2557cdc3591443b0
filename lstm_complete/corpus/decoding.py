"""Bytes to text, or the reason why they are none."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

# Latin-1 prose in a language with accents has up to one bad byte in ten; compressed data has one in two.
MOST_REPLACED = 0.15
REPLACEMENT = "\ufffd"

_MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Decoded:
    """Text, and how many invalid stretches in it were replaced by U+FFFD."""

    text: str
    replaced: int


@dataclass(frozen=True)
class NotText:
    """Why some bytes are no text to learn from."""

    reason: str


def decode(data: bytes) -> Decoded | NotText:
    """Read bytes as UTF-8, or as UTF-16 where a byte order mark says so.

    Line ends become newlines. What is invalid is replaced and counted, so that one bad byte does not cost a file. Much
    that is invalid means another encoding: it would teach a model nothing but replacement characters.
    """
    mark, encoding = next(((mark, encoding) for mark, encoding in _MARKED if data.startswith(mark)), (b"", "utf-8"))
    body = data[len(mark) :]
    text, replaced = _decode_with_replacement(body, encoding)
    if "\0" in text:
        return NotText("binary")
    if not text.strip():
        return NotText("only white space" if text else "empty")
    if replaced > MOST_REPLACED * len(text):
        return NotText(f"neither UTF-8 nor UTF-16: {replaced:,} of {len(text):,} characters are invalid")
    return Decoded(text.replace("\r\n", "\n"), replaced)


def _decode_with_replacement(body: bytes, encoding: str) -> tuple[str, int]:
    try:
        return body.decode(encoding), 0
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
        written = body.decode(encoding, "ignore").count(REPLACEMENT)  # those that the author wrote
        return text, text.count(REPLACEMENT) - written
