"""How far a fit goes from the weights it began with."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch

from lstm_complete.settings import ModelShape
from lstm_complete.training.interpolation import go_as_far_as_is_sure
from lstm_complete.training.network import Losses, Network


@pytest.fixture
def network() -> Network:
    return Network(ModelShape(vocabulary_size=12, embedding_size=4, hidden_size=6, gated=True), 0.0)


@pytest.mark.parametrize("wanted", [0.0, 0.25, 0.55, 0.7, 1.0])
def test_weights_stop_where_the_loss_is_least(network: Network, wanted: float) -> None:
    first = deepcopy(network.state_dict())
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(1.0)

    def losses() -> Losses:
        gone = (network.state_dict()["gate.shares.bias"] - first["gate.shares.bias"]).mean()
        return Losses(*[(gone - wanted).abs().repeat(50)] * 3)

    gone, there = go_as_far_as_is_sure(first, network, losses(), losses)
    assert gone == wanted
    assert torch.equal(there.mixture, losses().mixture), "the losses are those of the weights as they are then"
    for name, weights in network.state_dict().items():
        torch.testing.assert_close(weights, first[name] + wanted)


@pytest.mark.parametrize(("noise", "least", "most"), [(0.01, 0.55, 0.85), (30.0, 0.0, 0.25)])
def test_the_less_the_text_kept_back_says_the_less_weights_are_moved(
    network: Network, noise: float, least: float, most: float
) -> None:
    first = deepcopy(network.state_dict())
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(1.0)
    unsure = torch.from_numpy(np.random.default_rng(0).normal(0, noise, 100)).float()
    unsure -= unsure.mean()

    def losses() -> Losses:
        gone = (network.state_dict()["gate.shares.bias"] - first["gate.shares.bias"]).mean()
        return Losses(*[(gone - 0.85).square() + unsure * gone] * 3)  # best at 0.85, token by token elsewhere

    gone, there = go_as_far_as_is_sure(first, network, losses(), losses)
    assert least <= gone <= most
    assert torch.equal(there.mixture, losses().mixture)
