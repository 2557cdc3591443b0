"""Which tokens a window's softmax is taken over: all that occur in it, and others by chance.

Of the starter's 8,000 tokens a person's text uses half, and a window a tenth; scoring all of them is more work than
the LSTM. A token that was scored by chance stands for those that were not: its term of the normaliser is weighed by
one over the probability that it is scored, so that the sum is right on average (Bengio, Senecal 2008,
https://doi.org/10.1109/TNN.2007.912312).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

# Tokens scored in a window; more, by as many again, where more occur in it.
_SCORED = 2048


class Sample(NamedTuple):
    """The tokens that are scored.

    Attributes:
        tokens: Ids, shape (scored,).
        weights: Natural log of what each one's term of the normaliser counts for, shape (scored,).
        targets: Where each target stands in `tokens`, shape (targets,).
    """

    tokens: Tensor
    weights: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Sampler:
    """Draws samples for windows of a text.

    Attributes:
        absent: Natural log of each token's probability to occur nowhere in a window, shape (vocabulary_size,).
    """

    absent: Tensor

    @classmethod
    def of(cls, tokens: Tensor, vocabulary_size: int, window: int) -> Sampler | None:
        """For a text's tokens, read in windows of so many; None for a vocabulary so small that all are scored."""
        if vocabulary_size <= _SCORED:
            return None
        counts = torch.bincount(tokens, minlength=vocabulary_size) + 0.5
        return cls(torch.log1p(-(counts / counts.sum()).clamp_max(0.99)) * window)

    def draw(self, targets: Tensor) -> Sample:
        """The targets and others by chance, drawn from torch's generator."""
        size, device = len(self.absent), targets.device
        order = torch.rand(size, device=device)
        order[targets] = 2.0
        present = int((order == 2.0).sum())
        scored = min(-(-present // _SCORED) * _SCORED, size)
        tokens = torch.topk(order, scored, sorted=False).indices
        places = torch.empty(size, dtype=torch.long, device=device)
        places[tokens] = torch.arange(scored, device=device)
        by_chance = (scored - present) / (size - present) if scored < size else 1.0
        weights = -torch.log1p(-torch.exp(self.absent[tokens]) * (1 - by_chance))
        return Sample(tokens, weights, places[targets])
