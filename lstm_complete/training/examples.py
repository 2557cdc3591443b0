"""Training text as arrays: what is read, what should come next, and what recall and recency said of it."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from lstm_complete.stream import Stream
from lstm_complete.training.network import Known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from lstm_complete.corpus import Document
    from lstm_complete.training.held_out import Scores
    from lstm_complete.training.sampling import Sampler

# Kept back to validate, to stop early, and for the report card.
_HELD_OUT_SHARE = 0.05
_HELD_OUT_MOST_CHARACTERS = 60_000
_SECTIONS = 60  # a long document is cut into sections of this part of the text, to keep some of them back


class Examples(NamedTuple):
    """Tokens in a row, as torch takes them.

    Attributes:
        inputs: Ids, int64, shape (entries,).
        targets: The inputs shifted by one inside each document, int64, shape (entries,).
        known: What recall and recency say of the targets; None for a network alone.
        ranges: First and one past the last entry of each document.
        characters: Of the documents' text, a line break for the end of each among them.
        sampler: Chooses the tokens that are scored where these are read; None for all of them.
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    known: Known | None
    ranges: tuple[tuple[int, int], ...]
    characters: int
    sampler: Sampler | None = None

    @classmethod
    def of(cls, documents: Sequence[Sequence[int]], newline: int, scores: Scores | None, characters: int) -> Examples:
        """Lay documents of token ids in a row: each is read after a line break, and one is expected after it."""
        stream = Stream.of(documents, newline)
        ends = np.cumsum([len(document) + 1 for document in documents])
        return cls(
            torch.from_numpy(stream.tokens[stream.contexts]),
            torch.from_numpy(stream.tokens[stream.contexts + 1]),
            Known(torch.from_numpy(scores.probabilities), torch.from_numpy(scores.features)) if scores else None,
            tuple(zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)),
            characters + len(documents),
        )

    def to(self, device: torch.device) -> Examples:
        """The same, where the network is."""
        known = Known(*(part.to(device) for part in self.known)) if self.known else None
        return self._replace(inputs=self.inputs.to(device), targets=self.targets.to(device), known=known)


def split(documents: Sequence[Document], rng: np.random.Generator) -> tuple[list[Document], list[str]]:
    """Keep some text back: whole short documents, and whole runs of lines of long ones.

    Returns:
        The documents to train on, those that were cut in parts, and the texts kept back.
    """
    total = sum(len(document.text) for document in documents)
    wanted = min(_HELD_OUT_SHARE * total, _HELD_OUT_MOST_CHARACTERS)
    sections = [_sections(document.text, max(1, total // _SECTIONS)) for document in documents]
    places = [(index, at) for index, texts in enumerate(sections) for at in range(len(texts))]
    held_out: list[set[int]] = [set() for _ in documents]
    size = 0
    for taken, place in enumerate(rng.permutation(len(places)), 1):
        index, at = places[place]
        if size >= wanted or taken == len(places):
            break
        held_out[index].add(at)
        size += len(sections[index][at])
    kept_back = [texts[at].strip("\n") for texts, held in zip(sections, held_out, strict=True) for at in sorted(held)]
    parts = zip(documents, sections, held_out, strict=True)
    training = [run for document, texts, held in parts for run in _runs(document, texts, held)]
    return [run for run in training if run.text.strip()], [text for text in kept_back if text.strip()]


def _runs(document: Document, sections: Sequence[str], held_out: Collection[int]) -> Iterator[Document]:
    """What is between the sections held out, each run with the line that it starts at."""
    line = document.line
    for held, run in groupby(range(len(sections)), key=lambda at: at in held_out):
        text = "".join(sections[at] for at in run)
        if not held:
            yield replace(document, text=text, line=line)
        line += text.count("\n")


def _sections(text: str, size: int) -> list[str]:
    """Cut a text at line breaks into runs of about `size` characters; joined they are the text again."""
    sections, run, length = [], [], 0
    for line in StringIO(text, newline="\n"):
        run.append(line)
        length += len(line)
        if length >= size:
            sections.append("".join(run))
            run, length = [], 0
    if run:
        sections.append("".join(run))
    return sections
