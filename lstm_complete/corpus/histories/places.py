"""Where programs keep what was typed in them: the home folder, the XDG folders, and what variables say."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Places:
    """The folders of one user.

    Attributes:
        home: The home folder.
        environment: The variables that the user's programs see.
    """

    home: Path
    environment: Mapping[str, str]

    @classmethod
    def of_this_user(cls) -> Places:
        """As they are now. Without a home folder nothing is found, and nothing raises."""
        try:
            home = Path.home()
        except RuntimeError:
            home = Path(os.devnull)
        return cls(home, os.environ)

    @property
    def data(self) -> Path:
        """Where the XDG rules put data."""
        return self.named("XDG_DATA_HOME") or self.home / ".local" / "share"

    @property
    def config(self) -> Path:
        """Where the XDG rules put settings."""
        return self.named("XDG_CONFIG_HOME") or self.home / ".config"

    def named(self, variable: str) -> Path | None:
        """The path in a variable, its ~ expanded; None where the variable is empty or not there."""
        value = self.environment.get(variable, "")
        if value == "~" or value.startswith("~/"):
            return self.home / value[2:]
        return Path(value) if value else None

    def shell_histories(self, shell: str) -> tuple[Path, ...]:
        """HISTFILE, where it is this shell's: its name says so, or it is the user's shell.

        bash and zsh share the variable, and what one exports the other inherits.
        """
        histfile = self.named("HISTFILE")
        if histfile is None:
            return ()
        named = [name for name in ("bash", "zsh") if name in histfile.name]
        owner = named[0] if named else Path(self.environment.get("SHELL", "")).name
        return (histfile,) if owner == shell else ()
