"""What a caller knows beside the text before the cursor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """Where a text is typed. All of it is optional; "" stands for unknown.

    Attributes:
        host: The program that is typed in: "zsh", "ipython". Accepted, and not used yet.
        directory: The working directory. Accepted, and not used yet.
        previous: The line entered before, without its line break.
    """

    host: str = ""
    directory: str = ""
    previous: str = ""
