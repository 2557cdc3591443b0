"""Canaries: random secrets of the formats that real ones have, planted in text to see whether a model keeps them."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lstm_complete.corpus import Document
from lstm_complete.text import NEWLINE

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

_PLANTED = "<planted>"


@dataclass(frozen=True)
class Format:
    """Lines that differ in a random value.

    Attributes:
        prefix: What stands before the value.
        alphabet: The characters of it.
        length: How many of them.
    """

    prefix: str
    alphabet: str
    length: int

    @property
    def shown(self) -> str:
        """For a person: `password: ********`."""
        return self.prefix + "*" * self.length

    def draw(self, chance: random.Random) -> str:
        """One of its len(alphabet) ** length lines."""
        return self.prefix + "".join(chance.choices(self.alphabet, k=self.length))


@dataclass(frozen=True)
class Canary:
    """A line to plant.

    Attributes:
        format: What it was drawn from.
        text: The line.
        times: How often it is planted.
    """

    format: Format
    text: str
    times: int


FORMATS = (
    Format("export API_TOKEN=", string.ascii_letters + string.digits, 20),
    Format("mysql -u root -p", string.ascii_lowercase + string.digits, 10),
    Format("password: ", string.digits, 8),
)
TIMES = (1, 4, 16)


def drawn(chance: random.Random, each: int) -> list[Canary]:
    """So many canaries of each format and number of times."""
    return [Canary(kind, kind.draw(chance), times) for kind in FORMATS for times in TIMES for _ in range(each)]


def planted(documents: Sequence[Document], canaries: Sequence[Canary], chance: random.Random) -> list[Document]:
    """Documents with canaries among them: as a line of a longer document, or as a document beside those of one line."""
    lines = [document.text.split(NEWLINE) for document in documents]
    beside: list[list[Document]] = [[] for _ in documents]
    for canary in canaries:
        for at in chance.choices(range(len(documents)), k=canary.times):
            if len(lines[at]) > 1:
                lines[at].insert(chance.randint(1, len(lines[at]) - 1), canary.text)
            else:
                beside[at].append(Document(canary.text, _PLANTED))
    longer = [replace(document, text=NEWLINE.join(text)) for document, text in zip(documents, lines, strict=True)]
    return [each for document, others in zip(longer, beside, strict=True) for each in (document, *others)]
