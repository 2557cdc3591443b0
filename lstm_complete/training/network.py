"""The network in torch: what `lstm_complete.lstm` and `lstm_complete.predictor` step, here with gradients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from lstm_complete.predictor import GATE_FEATURES, GATE_UNITS, SOURCES
from lstm_complete.training.cross_entropy import cross_entropy

if TYPE_CHECKING:
    from lstm_complete.settings import ModelShape
    from lstm_complete.training.sampling import Sampler

State = tuple[Tensor, Tensor]

# Weight of the LSTM's own cross-entropy beside that of the mixture. Without it the gate closes in the first steps,
# while recall is ahead, and the LSTM never learns.
LSTM_LOSS_WEIGHT = 0.5

_ROWS_STEP = 256

# What a gate adds up that is shut: its sigmoid is 0, in half the precision, too.
_SHUT = -1e4


class Known(NamedTuple):
    """What the counting sources say of the tokens of a batch, computed before training.

    Attributes:
        probabilities: Of each target under recall and recency, shape (tokens, 2).
        features: The gate's, shape (tokens, GATE_FEATURES - 1).
    """

    probabilities: Tensor
    features: Tensor


class Losses(NamedTuple):
    """Negative natural-log probabilities of the targets, shape (tokens,), and the LSTM's most probable tokens."""

    mixture: Tensor
    lstm: Tensor
    argmax: Tensor


class Network(nn.Module):
    """Embedding (or one-hot), LSTM, output, gate.

    The output has a bias, and scores tokens with their own embedding where `shape.tied` (Press, Wolf 2017), through a
    projection where the sizes differ. The gate weighs the LSTM, recall and recency at each step.
    """

    def __init__(self, shape: ModelShape, dropout: float) -> None:
        super().__init__()
        self.shape = shape
        size, vectors, hidden = shape.vocabulary_size, shape.embedding_size, shape.hidden_size
        self.embedding = nn.Embedding(size, vectors) if vectors else None
        self.lstm = ForgetfulLSTM(
            vectors or size, hidden, shape.layers, batch_first=True, dropout=dropout if shape.layers > 1 else 0.0
        )
        self.dropout = LockedDropout(dropout)
        tied = shape.tied and self.embedding is not None
        self.projection = nn.Linear(hidden, vectors, bias=False) if tied and vectors != hidden else None
        self.output = nn.Linear(vectors if tied else hidden, size)
        if self.embedding is not None:
            nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(vectors))
            if tied:
                self.output.weight = self.embedding.weight
        nn.init.zeros_(self.output.bias)
        self.gate = Gate(hidden) if shape.gated else None

    def forward(
        self, tokens: Tensor, state: State | None = None, forgotten: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read a batch.

        Args:
            tokens: Ids, shape (batch, sequence).
            state: Hidden and cell, each (layers, batch, hidden_size); None at the start of documents.
            forgotten: See `ForgetfulLSTM`.

        Returns:
            The top layer's output, shape (batch, sequence, hidden_size), and the state after the last token.
        """
        if self.embedding is None:
            vectors = functional.one_hot(tokens, self.shape.vocabulary_size).float()  # (batch, sequence, vocabulary)
        else:
            vectors = self.dropout(self.embedding(tokens))  # (batch, sequence, embedding)
        outputs, state = self.lstm(vectors, state, forgotten)
        return self.dropout(outputs), state

    def logits(self, outputs: Tensor) -> Tensor:
        """Scores of the next token: (tokens, hidden_size) to (tokens, vocabulary_size)."""
        scores: Tensor = self.output(self._projected(outputs))
        return scores

    def _projected(self, outputs: Tensor) -> Tensor:
        return outputs if self.projection is None else self.projection(outputs)

    def losses(self, outputs: Tensor, targets: Tensor, known: Known | None, sampler: Sampler | None = None) -> Losses:
        """How the mixture and the LSTM alone do on the targets.

        Args:
            outputs: Of real tokens only, never of padding, shape (tokens, hidden_size).
            targets: The next tokens' ids, shape (tokens,).
            known: What recall and recency say; None without a gate.
            sampler: Chooses the tokens that are scored; None for all. The argmax is then one of those.
        """
        tokens = len(outputs)
        outputs = _padded(outputs)
        scored = self._scored(self._projected(outputs), _padded(targets.unsqueeze(1))[:, 0], sampler)
        lstm, argmax = scored[0][:tokens], scored[2][:tokens]
        if self.gate is None or known is None:
            return Losses(lstm, lstm, argmax)
        shares = self.gate(outputs, _padded(known.features), scored[1].unsqueeze(1))[:tokens]  # (tokens, 3)
        sources = torch.cat((-lstm.unsqueeze(1), known.probabilities.clamp_min(1e-12).log()), dim=1)
        return Losses(-torch.logsumexp(shares + sources, dim=1), lstm, argmax)

    def _scored(self, vectors: Tensor, targets: Tensor, sampler: Sampler | None) -> tuple[Tensor, Tensor, Tensor]:
        weight, bias = self.output.weight, self.output.bias
        if sampler is None:
            return cross_entropy(vectors, weight, bias, targets)
        sample = sampler.draw(targets)
        losses, surest, argmax = cross_entropy(
            vectors,
            weight.index_select(0, sample.tokens),  # `weight[sample.tokens]` sorts what it adds up backwards: 3 ms
            bias.index_select(0, sample.tokens) + sample.weights,
            sample.targets,
            -sample.weights[sample.targets],
        )
        return losses, surest, sample.tokens[argmax]


class ForgetfulLSTM(nn.LSTM):
    """A `torch.nn.LSTM`, batch first, that can be told to forget all it has read: what follows is as at the start.

    Its kernels know of no such thing. But where its input, forget and output gates are shut, cell and output are zero,
    and no gradient passes: so they get one more input, with weights that shut them.
    """

    def forward(  # type: ignore[override]
        self, inputs: Tensor, state: State | None = None, forgotten: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Read a batch.

        Args:
            inputs: Shape (batch, sequence, input_size).
            state: Hidden and cell, each (layers, batch, hidden_size); None for zeros.
            forgotten: Where nothing is read, and all is forgotten; bool, shape (batch, sequence). None for nowhere.
        """
        if forgotten is None:
            return super().forward(inputs, state)
        batch = len(inputs)
        hidden, cell = state or (inputs.new_zeros(self.num_layers, batch, self.hidden_size) for _ in range(2))
        shut = forgotten.unsqueeze(2).to(inputs.dtype)  # (batch, sequence, 1)
        closing = inputs.new_tensor([_SHUT, _SHUT, 0.0, _SHUT]).repeat_interleave(self.hidden_size)  # i, f, g, o
        last = []
        for layer, (of_inputs, *others) in enumerate(self.all_weights):
            if layer:
                inputs = functional.dropout(inputs, self.dropout, self.training)
            weights = [torch.cat((of_inputs, closing.unsqueeze(1)), dim=1), *others]
            here = (hidden[layer : layer + 1], cell[layer : layer + 1])
            inputs, *reached = torch.lstm(
                torch.cat((inputs, shut), dim=2),
                here,
                weights,
                has_biases=True,
                num_layers=1,
                dropout=0.0,
                train=self.training,
                bidirectional=False,
                batch_first=True,
            )
            last.append(reached)
        hidden, cell = (torch.cat(parts) for parts in zip(*last, strict=True))
        return inputs, (hidden, cell)


class LockedDropout(nn.Module):
    """Dropout with one mask for all steps of a sequence (Gal, Ghahramani 2016, arXiv 1512.05287)."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, vectors: Tensor) -> Tensor:
        """Drop features of (batch, sequence, features), in training only."""
        if not self.training or not self.share:
            return vectors
        mask = torch.rand(vectors.shape[0], 1, vectors.shape[2], device=vectors.device) >= self.share
        return vectors * (mask / (1 - self.share)).to(vectors.dtype)


class Gate(nn.Module):
    """The share of each source in the mixture, from the LSTM's output and what the counting sources found."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.inner = nn.Linear(hidden_size + GATE_FEATURES, GATE_UNITS)
        self.shares = nn.Linear(GATE_UNITS, len(SOURCES))

    def forward(self, outputs: Tensor, features: Tensor, surest: Tensor) -> Tensor:
        """Natural-log shares, shape (tokens, 3): of the LSTM, of recall, of recency.

        Args:
            outputs: Of the LSTM, shape (tokens, hidden_size).
            features: Of the counting sources, shape (tokens, GATE_FEATURES - 1).
            surest: The LSTM's highest log probability, shape (tokens, 1).
        """
        inputs = torch.cat((outputs.float(), features, surest), dim=1)
        return functional.log_softmax(self.shares(torch.tanh(self.inner(inputs))).float(), dim=1)


def _padded(rows: Tensor) -> Tensor:
    """Rows of zeros added, to one of a few lengths.

    A processor's kernels are made for a shape once, and kept: with every length that occurs they took a gigabyte.
    """
    return functional.pad(rows, (0, 0, 0, -len(rows) % _ROWS_STEP))
