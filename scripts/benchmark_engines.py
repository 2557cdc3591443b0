"""The same network, stepped by others: what stands beside `lstm_complete.lstm.LSTM` in the benchmarks.

Each has the methods that a search asks for, so that the same search runs on each.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_complete.lstm import LSTM, LSTMState, Part
from lstm_complete.product import Product

if TYPE_CHECKING:
    from numpy.typing import NDArray


_SCORES_KEPT = 4096


class Step(nn.Module):
    """A token a row, and the scores of the next: the network as one writes it in torch."""

    def __init__(self, lstm: LSTM) -> None:
        super().__init__()
        assert lstm.embedding is not None
        self.embedding = nn.Embedding(*lstm.embedding.shape)
        self.lstm = nn.LSTM(lstm.embedding.shape[1], lstm.hidden_size, lstm.layers, batch_first=True)
        self.output = nn.Linear(lstm.output_weights.shape[1], len(lstm.output_weights))
        self.projection = nn.Identity() if lstm.projection is None else nn.Linear(*lstm.projection.T.shape, bias=False)
        given = {"embedding.weight": lstm.embedding, "output.weight": lstm.output_weights}
        given |= {"output.bias": lstm.output_bias}
        if lstm.projection is not None:
            given["projection.weight"] = lstm.projection
        for layer in range(lstm.layers):
            given[f"lstm.weight_ih_l{layer}"] = lstm.input_weights[layer]
            given[f"lstm.weight_hh_l{layer}"] = lstm.recurrent_weights[layer]
            given[f"lstm.bias_ih_l{layer}"] = lstm.biases[layer]
            given[f"lstm.bias_hh_l{layer}"] = np.zeros_like(lstm.biases[layer])
        self.load_state_dict({name: torch.from_numpy(np.array(weights)) for name, weights in given.items()})

    def forward(self, tokens: Tensor, hidden: Tensor, cell: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens of shape (batch, length); the next state, and scores of shape (batch, vocabulary_size)."""
        outputs, (hidden, cell) = self.lstm(self.embedding(tokens), (hidden, cell))
        return hidden, cell, self.output(self.projection(outputs[:, -1]))


class _Whole:
    """Steps and scores come together; the scores wait until they are asked for."""

    def __init__(self, lstm: LSTM) -> None:
        self._lstm = lstm
        self.hidden_size, self.vocabulary_size = lstm.hidden_size, lstm.vocabulary_size
        self._scores: dict[bytes, NDArray[np.float32]] = {}

    def initial(self, batch: int = 1) -> LSTMState:
        """As the LSTM's."""
        return self._lstm.initial(batch)

    def step(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        """As the LSTM's."""
        return self._run(state, tokens[:, None])

    def read(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        """As the LSTM's."""
        return self._run(state, tokens[None]) if len(tokens) else state

    def logits(self, state: LSTMState, part: Part | None = None) -> NDArray[np.float32]:
        """The scores that came with the step."""
        scores = np.stack([self._scores[row.tobytes()] for row in state.hidden[-1]])
        return scores[:, part.tokens] if part else scores

    def part(self, tokens: NDArray[np.int64]) -> Part:
        """As the LSTM's."""
        return self._lstm.part(tokens)

    def _run(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        hidden, cell, scores = self._forward(tokens, state)
        self._scores.update((row.tobytes(), score) for row, score in zip(hidden[-1], scores, strict=True))
        while len(self._scores) > _SCORES_KEPT:  # the oldest: of no node that a search may still come back to
            self._scores.pop(next(iter(self._scores)))
        return LSTMState(hidden, cell)

    def _forward(self, tokens: NDArray[np.int64], state: LSTMState) -> Any:  # noqa: ANN401 - three arrays
        raise NotImplementedError


class TorchLSTM(_Whole):
    """torch eager, in inference mode and one thread."""

    def __init__(self, lstm: LSTM) -> None:
        super().__init__(lstm)
        torch.set_num_threads(1)
        self._network = Step(lstm).eval()

    def _forward(self, tokens: NDArray[np.int64], state: LSTMState) -> list[NDArray[Any]]:
        with torch.inference_mode():
            hidden, cell = torch.from_numpy(state.hidden), torch.from_numpy(state.cell)
            return [found.numpy() for found in self._network(torch.from_numpy(tokens), hidden, cell)]


class OnnxLSTM(_Whole):
    """onnxruntime on the exported step, in one thread."""

    def __init__(self, lstm: LSTM) -> None:
        super().__init__(lstm)
        import onnxruntime  # noqa: PLC0415 - an engine of its own

        exported = io.BytesIO()
        state = torch.zeros(lstm.layers, 2, lstm.hidden_size)
        names = ["tokens", "hidden", "cell"]
        axes = {"tokens": {0: "batch", 1: "length"}, "hidden": {1: "batch"}, "cell": {1: "batch"}}
        torch.onnx.export(
            Step(lstm).eval(),
            (torch.zeros(2, 2, dtype=torch.int64), state, state),
            exported,
            input_names=names,
            dynamic_axes=axes,
            dynamo=False,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(exported.getvalue(), options, providers=["CPUExecutionProvider"])

    def _forward(self, tokens: NDArray[np.int64], state: LSTMState) -> list[NDArray[Any]]:
        given = {"tokens": tokens, "hidden": state.hidden, "cell": np.ascontiguousarray(state.cell)}
        found: list[NDArray[Any]] = self._session.run(None, given)
        return found


class Recorded:
    """An LSTM that notes how many rows each of its products has."""

    def __init__(self, lstm: LSTM) -> None:
        self._lstm = lstm
        self.hidden_size, self.vocabulary_size = lstm.hidden_size, lstm.vocabulary_size
        self.steps: list[int] = []
        self.scores: list[tuple[int, Part | None]] = []

    def initial(self, batch: int = 1) -> LSTMState:
        """As the LSTM's."""
        return self._lstm.initial(batch)

    def step(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        """As the LSTM's."""
        self.steps.append(len(tokens))
        return self._lstm.step(state, tokens)

    def read(self, state: LSTMState, tokens: NDArray[np.int64]) -> LSTMState:
        """As the LSTM's."""
        self.steps.extend([1] * len(tokens))
        return self._lstm.read(state, tokens)

    def logits(self, state: LSTMState, part: Part | None = None) -> NDArray[np.float32]:
        """As the LSTM's."""
        self.scores.append((state.hidden.shape[1], part))
        return self._lstm.logits(state, part)

    def part(self, tokens: NDArray[np.int64]) -> Part:
        """As the LSTM's."""
        return self._lstm.part(tokens)


class Floor:
    """The products that a search cannot avoid, and nothing else: recurrent, projection, output, of as many rows."""

    def __init__(self, lstm: LSTM) -> None:
        self._steps = [Product(weights) for weights in (*lstm.recurrent_weights, *lstm.input_weights[1:])]
        self._projection = None if lstm.projection is None else Product(lstm.projection)
        self._output = Product(lstm.output_weights)
        self._hidden = np.ones((64, lstm.hidden_size), np.float32)
        self._projected = np.ones((64, lstm.output_weights.shape[1]), np.float32)

    def multiply(self, recorded: Recorded) -> None:
        """The products that were noted."""
        for batch in recorded.steps:
            for product in self._steps:
                product(self._hidden[:batch])
        for batch, part in recorded.scores:
            if self._projection:
                self._projection(self._hidden[:batch])
            (part.output if part else self._output)(self._projected[:batch])
