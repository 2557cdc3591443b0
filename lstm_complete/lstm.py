"""The LSTM, stepped in numpy: the same arithmetic as `torch.nn.LSTM`, a token at a time, for a batch of hypotheses.

No state is mutated: it is a value, and a step returns the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lstm_complete.product import Product
from lstm_complete.tensors import take_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lstm_complete.settings import ModelShape

# Input products kept, one a token: at most 8 MB with 512 units.
_INPUT_ROWS_KEPT = 1024


class LSTMState(NamedTuple):
    """What the network remembers, for a batch.

    Attributes:
        hidden: Shape (layers, batch, hidden_size), float32.
        cell: Shape (layers, batch, hidden_size), float32.
    """

    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]


class _Products(NamedTuple):
    """The weights, as the engine multiplies with them: of each layer, and of the output."""

    inputs: tuple[Product, ...]
    recurrent: tuple[Product, ...]
    projection: Product | None
    output: Product


class Part(NamedTuple):
    """Some of the tokens, with what it takes to score them alone.

    Attributes:
        tokens: Their ids, int64, shape (count,).
        output: Their rows of the output weights.
        bias: Shape (count,).
    """

    tokens: NDArray[np.int64]
    output: Product
    bias: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LSTM:
    """The weights, named and laid out as torch names and lays them out.

    Attributes:
        embedding: Shape (vocabulary_size, embedding_size); None for one-hot input.
        input_weights: Of each layer, shape (4 * hidden_size, input_size), gates in torch's order i, f, g, o.
        recurrent_weights: Of each layer, shape (4 * hidden_size, hidden_size).
        biases: Of each layer, the sum of torch's two, shape (4 * hidden_size,).
        projection: Shape (embedding_size, hidden_size), before a tied output of another size; else None.
        output_weights: Shape (vocabulary_size, hidden_size or embedding_size).
        output_bias: Shape (vocabulary_size,).
    """

    embedding: NDArray[np.float32] | None
    input_weights: tuple[NDArray[np.float32], ...]
    recurrent_weights: tuple[NDArray[np.float32], ...]
    biases: tuple[NDArray[np.float32], ...]
    projection: NDArray[np.float32] | None
    output_weights: NDArray[np.float32]
    output_bias: NDArray[np.float32]

    @property
    def layers(self) -> int:
        """How many LSTM layers are stacked."""
        return len(self.input_weights)

    @property
    def hidden_size(self) -> int:
        """Units of each layer."""
        return int(self.recurrent_weights[0].shape[1])

    @property
    def vocabulary_size(self) -> int:
        """Tokens that are scored."""
        return len(self.output_bias)

    @cached_property
    def _products(self) -> _Products:
        return _Products(
            tuple(Product(weights) for weights in self.input_weights),
            tuple(Product(weights) for weights in self.recurrent_weights),
            Product(self.projection) if self.projection is not None else None,
            Product(self.output_weights),
        )

    def initial(self, batch: int = 1) -> LSTMState:
        """The state at the start of a document."""
        zeros = np.zeros((self.layers, batch, self.hidden_size), np.float32)
        return LSTMState(zeros, zeros)

    def step(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        """Advance a batch by one token each (Hochreiter, Schmidhuber 1997; gates as in torch.nn.LSTM).

        Args:
            state: Left unchanged; of a batch as long as `tokens`.
            tokens: Ids, shape (batch,).
        """
        hidden, cell = np.empty_like(state.hidden), np.empty_like(state.cell)
        below = self._input_of(tokens)  # (batch, 4 * hidden_size)
        for layer, recurrent in enumerate(self._products.recurrent):
            if layer:
                below = self._products.inputs[layer](hidden[layer - 1]) + self.biases[layer]
            hidden[layer], cell[layer] = _cell(below + recurrent(state.hidden[layer]), state.cell[layer])
        return LSTMState(hidden, cell)

    def read(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        """Advance one document, a batch of one, by many tokens, layer by layer.

        Args:
            state: Left unchanged; of a batch of one.
            tokens: Ids, shape (length,).
        """
        if not len(tokens):
            return state
        below = self._input_of(tokens)  # (length, 4 * hidden_size)
        hidden, cell = state.hidden.copy(), state.cell.copy()
        for layer, recurrent in enumerate(self._products.recurrent):
            outputs = np.empty((len(tokens), self.hidden_size), np.float32)
            for index, row in enumerate(below):
                hidden[layer], cell[layer] = _cell(row + recurrent(hidden[layer]), cell[layer])
                outputs[index] = hidden[layer, 0]
            if layer + 1 < self.layers:
                below = self._products.inputs[layer + 1](outputs) + self.biases[layer + 1]
        return LSTMState(hidden, cell)

    def logits(self, state: LSTMState, part: Part | None = None) -> NDArray[np.float32]:
        """Unnormalised natural-log scores of the next token, shape (batch, vocabulary_size).

        The caller may change them, and the next call does.

        Args:
            state: After the tokens read.
            part: Score these tokens alone, in their order.
        """
        top = state.hidden[-1]
        if self._products.projection is not None:
            top = self._products.projection(top)
        scores = part.output(top) if part else self._products.output(top)
        scores += part.bias if part else self.output_bias
        return scores

    def part(self, tokens: NDArray[np.int64]) -> Part:
        """Tokens to be scored without the others. Copies their rows."""
        return Part(tokens, Product(self.output_weights[tokens]), self.output_bias[tokens])

    def _input_of(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """The first layer's input product of each token, bias included; of the tokens last seen it is kept."""
        kept = self._input_rows
        new = [token for token in dict.fromkeys(tokens.tolist()) if token not in kept]
        if new:
            if self.embedding is None:
                rows = self.input_weights[0].T[new]
            else:
                rows = self._products.inputs[0](self.embedding[new])
            kept.update(zip(new, rows + self.biases[0], strict=True))
        found = np.array([kept[token] for token in tokens.tolist()])
        for token in tokens.tolist():
            kept[token] = kept.pop(token)  # the last seen come last
        while len(kept) > _INPUT_ROWS_KEPT:
            kept.pop(next(iter(kept)))
        return found

    @cached_property
    def _input_rows(self) -> dict[int, NDArray[np.float32]]:
        return {}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[np.generic]], shape: ModelShape) -> LSTM:
        """Take the weights of a model file.

        Raises:
            ModelFormatError: A weight is missing, or is not what the file's settings say.
        """
        hidden, size, vectors = shape.hidden_size, shape.vocabulary_size, shape.embedding_size

        def weights(name: str, *expected: int) -> NDArray[np.float32]:
            return take_weights(tensors, f"network.{name}", *expected)

        inputs = [vectors or size] + [hidden] * (shape.layers - 1)
        embedding = weights("embedding.weight", size, vectors) if vectors else None
        projected = shape.tied and vectors and vectors != hidden
        return cls(
            embedding=embedding,
            input_weights=tuple(weights(f"lstm.weight_ih_l{n}", 4 * hidden, width) for n, width in enumerate(inputs)),
            recurrent_weights=tuple(weights(f"lstm.weight_hh_l{n}", 4 * hidden, hidden) for n in range(shape.layers)),
            biases=tuple(
                weights(f"lstm.bias_ih_l{n}", 4 * hidden) + weights(f"lstm.bias_hh_l{n}", 4 * hidden)
                for n in range(shape.layers)
            ),
            projection=weights("projection.weight", vectors, hidden) if projected else None,
            output_weights=embedding
            if shape.tied and embedding is not None
            else weights("output.weight", size, hidden),
            output_bias=weights("output.bias", size),
        )


def _cell(gates: NDArray[np.float32], cell: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """C' = f * c + i * g, h' = o * tanh(c'); gates: shape (..., 4 * hidden_size), cell: shape (..., hidden_size)."""
    size = cell.shape[-1]
    i, f, g, o = (gates[..., at : at + size] for at in range(0, 4 * size, size))
    next_cell = _sigmoid(f) * cell + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(next_cell), next_cell


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / (1 + exp(-x)), by tanh: it never overflows."""
    half = np.float32(0.5)
    result: NDArray[np.float32] = half + half * np.tanh(half * x)
    return result
