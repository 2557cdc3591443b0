"""What the user told a shell to keep out of its history: HISTIGNORE of bash, HISTORY_IGNORE of zsh.

The shell follows them when it writes. Lines from before they were set, or of another machine, still stand in the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lstm_complete.errors import CorpusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lstm_complete.corpus.histories.places import Places

_SAME_AS_BEFORE = "&"  # a matter of repetitions, which count here
_PARTS = r"\\(?P<literal>.)|\[(?P<set>[!^]?\]?[^\]]*)\]|(?P<open>{open})|(?P<close>\))|(?P<any>[*?|])|(?P<other>.)"
_BASH_PARTS = re.compile(_PARTS.format(open=r"[@+*?]\("), re.DOTALL)
_ZSH_PARTS = re.compile(_PARTS.format(open=r"\("), re.DOTALL)
_MEANS = {"*": ".*", "?": ".", "|": "|"}


def ignored_by_bash(places: Places) -> Callable[[str], bool]:
    """Whether a line matches one of the patterns, parted by colons, as a whole."""
    return _matcher("HISTIGNORE", re.findall(r"(?:\\.|[^:\\])+", places.environment.get("HISTIGNORE", "")), _BASH_PARTS)


def ignored_by_zsh(places: Places) -> Callable[[str], bool]:
    """Whether a line matches the one pattern as a whole."""
    pattern = places.environment.get("HISTORY_IGNORE", "")
    return _matcher("HISTORY_IGNORE", [pattern] if pattern else [], _ZSH_PARTS)


def _matcher(variable: str, patterns: list[str], parts: re.Pattern[str]) -> Callable[[str], bool]:
    wanted = [pattern for pattern in patterns if pattern != _SAME_AS_BEFORE]
    try:
        compiled = [re.compile(_translated(pattern, parts), re.DOTALL) for pattern in wanted]
    except re.error as error:
        raise CorpusError(
            f"{variable} holds {':'.join(wanted)}, which is no pattern of a shell ({error}); mend or unset it: "
            "what it was to keep out would be read"
        ) from None
    return lambda line: any(pattern.fullmatch(line) for pattern in compiled)


def _translated(pattern: str, parts: re.Pattern[str]) -> str:
    """A shell's pattern as a regular expression. A group is `(a|b)` in zsh; in bash `@(a|b)`, `*(a|b)`, ..."""
    written: list[str] = []
    repeats: list[str] = []
    for part in parts.finditer(pattern):
        text = part.group()
        if part.lastgroup == "set":
            written.append(_set(part["set"]))
        elif part.lastgroup == "open":
            repeats.append(text[:-1].strip("@"))
            written.append("(?:")
        elif part.lastgroup == "close" and repeats:
            written.append(f"){repeats.pop()}")
        elif part.lastgroup == "any" and (repeats or text != "|"):
            written.append(_MEANS[text])
        else:
            written.append(re.escape(part["literal"] or text))
    return "".join(written)


def _set(inside: str) -> str:
    """`[!a-c]`: the exclamation mark is written as a caret, and what has a meaning to `re` alone is escaped."""
    negated = inside[:1] in ("!", "^")
    members = re.sub(r"[\\\[\]&~|]", r"\\\g<0>", inside[negated:])
    return f"[{'^' if negated else ''}{members}]"
