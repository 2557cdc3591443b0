"""A request as the daemon reads it."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_complete.context import Context
from lstm_complete.daemon.client import FIELD_END, FIELDS


@dataclass(frozen=True)
class Request:
    """What a shell asks or tells.

    Attributes:
        kind: One of `client.KINDS`.
        model: A model's name or path; "" for the default one.
        session: Whose typing counts as recent; "" for nobody's in particular.
        context: Where the text is typed.
        text: What stands before the cursor, or the line to learn.
        echo: The same, as it came.
    """

    kind: str
    model: str
    session: str
    context: Context
    text: str
    echo: bytes

    @classmethod
    def parse(cls, frame: bytes) -> Request | None:
        """Read a frame without its NUL; None where it is no request. What is not UTF-8 is read as U+FFFD."""
        fields = frame.split(FIELD_END, FIELDS - 1)
        if len(fields) != FIELDS:
            return None
        kind, model, session, host, directory, previous, text = (field.decode("utf-8", "replace") for field in fields)
        return cls(kind, model, session, Context(host, directory, previous), text, fields[-1])
