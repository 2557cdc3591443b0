"""A word-level LSTM trainer written in the common way: what `benchmark_training` compares ours with.

The most frequent words and one for all others, full softmax, Adam at a fixed rate, shuffled batches of pieces padded to
the longest, float32. The sizes are those of ours: 256 and 512 units.
"""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PADDING, UNKNOWN, NEWLINE = 0, 1, 2
WORD = re.compile(r"\n|\w+|[^\w\n]")
WORDS, PIECE, BATCH, RATE, DROPOUT = 4096, 64, 32, 1e-3, 0.3
VALIDATIONS = 30  # in the time given


class Network(nn.Module):
    """Embedding, LSTM, output."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, 256, padding_idx=PADDING)
        self.lstm = nn.LSTM(256, 512, batch_first=True)
        self.dropout = nn.Dropout(DROPOUT)
        self.output = nn.Linear(512, words)

    def forward(self, words: Tensor) -> Tensor:
        """Scores of the next words: (batch, sequence) to (batch, sequence, words)."""
        outputs, _ = self.lstm(self.dropout(self.embedding(words)))
        scores: Tensor = self.output(self.dropout(outputs))
        return scores


@dataclass(frozen=True)
class PlainTrainer:
    """A text as pieces of word ids, to train on and to validate with.

    Attributes:
        words: How many there are.
        training: Pieces of ids, each beginning with the last word of the piece before.
        validation: The same of the text kept back.
        spelling: Bits that the letters of its unknown words take.
        characters: Of the text kept back, a line break for the end of each document among them.
    """

    words: int
    training: list[Tensor]
    validation: list[Tensor]
    spelling: float
    characters: int

    @classmethod
    def of(cls, training: Sequence[str], validation: Sequence[str]) -> PlainTrainer:
        """Read texts."""
        counts = Counter(word for text in training for word in WORD.findall(text))
        ids = {"\n": NEWLINE}
        for word, _ in counts.most_common(WORDS):
            ids.setdefault(word, NEWLINE + len(ids))
        unknown = [word for text in validation for word in WORD.findall(text) if word not in ids]
        return cls(
            NEWLINE + len(ids),
            [piece for text in training for piece in _pieces(text, ids)],
            [piece for text in validation for piece in _pieces(text, ids)],
            _spelling(unknown, counts),
            sum(map(len, validation)) + len(validation),
        )

    def train(self, budget_s: float) -> Iterator[float]:
        """Bits a character of the text kept back, again and again until the time is over."""
        torch.manual_seed(0)
        network = Network(self.words)
        optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
        started = validated = time.monotonic()
        while time.monotonic() - started < budget_s:
            for rows in torch.randperm(len(self.training)).split(BATCH):
                optimizer.zero_grad()
                _loss(network, [self.training[row] for row in rows.tolist()], "mean").backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                if time.monotonic() - validated >= budget_s / VALIDATIONS:
                    yield self._bits(network)
                    validated = time.monotonic()
                if validated - started >= budget_s:
                    return

    def _bits(self, network: Network) -> float:
        network.eval()
        with torch.no_grad():
            batches = (self.validation[at : at + BATCH] for at in range(0, len(self.validation), BATCH))
            nats = sum(_loss(network, batch, "sum").item() for batch in batches)
        network.train()
        return (nats / math.log(2) + self.spelling) / self.characters


def _pieces(text: str, ids: dict[str, int]) -> Iterator[Tensor]:
    words = [NEWLINE, *(ids.get(word, UNKNOWN) for word in WORD.findall(text)), NEWLINE]
    for at in range(0, len(words) - 1, PIECE):
        yield torch.tensor(words[at : at + PIECE + 1])


def _loss(network: Network, pieces: Sequence[Tensor], reduction: str) -> Tensor:
    words = pad_sequence(list(pieces), batch_first=True, padding_value=PADDING)
    scores = network(words[:, :-1])
    return nn.functional.cross_entropy(
        scores.flatten(0, 1), words[:, 1:].flatten(), ignore_index=PADDING, reduction=reduction
    )


def _spelling(unknown: Sequence[str], counts: Counter[str]) -> float:
    """Bits of words by the frequency of their letters, and of the ends of words, in those of a text."""
    letters: Counter[str] = Counter()
    for word in counts:  # each once: rare words are spelled like other words, not like "the"
        letters.update(word + "\n")
    total = letters.total() + len(letters)
    return sum(math.log2(total / (letters[letter] + 1)) for word in unknown for letter in word + "\n")
