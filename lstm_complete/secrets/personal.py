"""What a user keeps out in words of their own: patterns in a file, one a line."""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs

from lstm_complete.errors import SettingsError

CONFIG_VARIABLE = "LSTM_COMPLETE_CONFIG"
_FILE = "exclude"


def exclusions_path() -> Path:
    """The file of patterns: `exclude` in LSTM_COMPLETE_CONFIG, else in the platform's config folder. Not created."""
    folder = os.environ.get(CONFIG_VARIABLE)
    return Path(folder or platformdirs.user_config_path("lstm_complete", appauthor=False)) / _FILE


def exclusions() -> tuple[re.Pattern[str], ...]:
    """The user's own patterns; none where there is no file.

    Raises:
        SettingsError: The file cannot be read, or a line of it is no regular expression.
    """
    path = exclusions_path()
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}. Make it a text file that you may read.") from None
    numbered = ((f"{path}, line {number}", line.strip()) for number, line in enumerate(lines, 1))
    return tuple(pattern(line, where) for where, line in numbered if line and not line.startswith("#"))


def pattern(text: str, where: str) -> re.Pattern[str]:
    """A user's regular expression.

    Args:
        text: It.
        where: Where it stands, for the message.

    Raises:
        SettingsError: It is none.
    """
    try:
        return re.compile(text)
    except re.error as error:
        raise SettingsError(f"{where}: expected a regular expression, found {text!r} ({error}); mend it") from None
