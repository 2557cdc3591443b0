"""What a caller knows beside the text before the cursor."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """Where a text is typed. All of it is optional; "" stands for unknown.

    Attributes:
        host: The program that is typed in: "zsh", "ipython". Not used: no text that is trained on says what it was
            typed in.
        directory: The working directory. Not used, for the same reason.
        previous: The line entered before, without its line break. It stands in for `learn` where the caller keeps no
            session, and counts once where it was learned too.
    """

    host: str = ""
    directory: str = ""
    previous: str = ""
