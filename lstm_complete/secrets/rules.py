"""What a rule is: letters that must be there before it is worth asking, a pattern, and what makes a value a secret.

A line costs a few microseconds: nearly all rules end at their letters. A pattern is compiled when it is first needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from lstm_complete.secrets.values import is_mixed, is_random, is_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Span(NamedTuple):
    """Where in a line a secret stands, and of what kind it is."""

    start: int
    end: int
    kind: str


def always(_value: str) -> bool:
    """The pattern alone says that it is a secret."""
    return True


@dataclass(frozen=True)
class Rule:
    """One kind of secret.

    Attributes:
        kind: As the account of a reading names it.
        letters: In lower case; one of them is in every line that the pattern matches.
        pattern: The group `secret` is the secret; without one, all of the match is.
        judge: Whether what matched is one, and no placeholder.
        flags: Of the pattern.
    """

    kind: str
    letters: tuple[str, ...]
    pattern: str
    judge: Callable[[str], bool] = is_value
    flags: re.RegexFlag = field(default=re.IGNORECASE)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, compiled when a line first has its letters."""
        return re.compile(self.pattern, self.flags)

    def find(self, line: str) -> Iterator[Span]:
        """The secrets of this kind in a line that has the letters; text without line breaks."""
        group = "secret" if "secret" in self.compiled.groupindex else 0
        for match in self.compiled.finditer(line):
            if match.group(group) and self.judge(match.group(group)):
                yield Span(*match.span(group), self.kind)


__all__ = ["Rule", "Span", "always", "is_mixed", "is_random", "is_value"]
