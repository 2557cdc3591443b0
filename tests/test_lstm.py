"""The numpy engine, number by number against torch."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from lstm_complete.errors import ModelFormatError
from lstm_complete.lstm import LSTM, LSTMState
from lstm_complete.settings import ModelShape
from lstm_complete.training.network import Network

SIZE = 19
SHAPES = [
    ModelShape(SIZE, embedding, hidden, layers, tied=tied, gated=False)
    for embedding, hidden, layers, tied in itertools.product((0, 12, 16), (16,), (1, 2, 3), (True, False))
    if embedding or not tied
]


def pair(shape: ModelShape) -> tuple[Network, LSTM]:
    torch.manual_seed(3)
    network = Network(shape, dropout=0.5).eval()
    with torch.no_grad():
        network.output.bias.normal_()
    tensors = {f"network.{name}": value.numpy() for name, value in network.state_dict().items()}
    return network, LSTM.from_tensors(tensors, shape)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_steps_of_a_batch_equal_torch(shape: ModelShape) -> None:
    network, lstm = pair(shape)
    tokens = np.random.default_rng(0).integers(0, SIZE, (4, 9))
    state = lstm.initial(batch=4)
    with torch.no_grad():
        outputs, (hidden, cell) = network(torch.from_numpy(tokens))
        for at in range(tokens.shape[1]):
            state = lstm.step(state, tokens[:, at])
            np.testing.assert_allclose(lstm.logits(state), network.logits(outputs[:, at]).numpy(), atol=1e-5)
    np.testing.assert_allclose(state.hidden, hidden.numpy(), atol=1e-5)
    np.testing.assert_allclose(state.cell, cell.numpy(), atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_reading_many_tokens_at_once_equals_stepping(shape: ModelShape) -> None:
    _, lstm = pair(shape)
    tokens = np.random.default_rng(1).integers(0, SIZE, 11)
    stepped = lstm.initial()
    for token in tokens:
        stepped = lstm.step(stepped, np.array([token]))
    read = lstm.read(lstm.read(lstm.initial(), tokens[:4]), tokens[4:])
    np.testing.assert_allclose(read.hidden, stepped.hidden, atol=1e-5)
    np.testing.assert_allclose(read.cell, stepped.cell, atol=1e-5)


def test_stepping_leaves_the_state_as_it_was() -> None:
    _, lstm = pair(SHAPES[0])
    state = lstm.step(lstm.initial(2), np.array([1, 2]))
    before = LSTMState(state.hidden.copy(), state.cell.copy())
    lstm.step(state, np.array([3, 4]))
    np.testing.assert_array_equal(state.hidden, before.hidden)
    np.testing.assert_array_equal(state.cell, before.cell)


def test_large_inputs_do_not_overflow() -> None:
    _, lstm = pair(SHAPES[0])
    state = lstm.initial()
    huge = LSTMState(state.hidden + 1e4, state.cell + 1e4)
    assert np.isfinite(lstm.step(huge, np.array([0])).hidden).all()


def test_a_weight_of_another_shape_is_named() -> None:
    network, _ = pair(SHAPES[0])
    tensors = {f"network.{name}": value.numpy() for name, value in network.state_dict().items()}
    tensors["network.output.bias"] = tensors["network.output.bias"][:-1]
    with pytest.raises(ModelFormatError, match=r"expected network.output.bias of shape \(19\), found shape \(18,\)"):
        LSTM.from_tensors(tensors, SHAPES[0])
    del tensors["network.output.bias"]
    with pytest.raises(ModelFormatError, match="found nothing"):
        LSTM.from_tensors(tensors, SHAPES[0])
