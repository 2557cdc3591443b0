"""How far a fit goes from the weights it began with."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch

from lstm_complete.settings import ModelShape
from lstm_complete.training.interpolation import go_as_far_as_is_best
from lstm_complete.training.network import Network


@pytest.mark.parametrize("wanted", [0.55, 0.7, 1.0])
def test_weights_stop_where_the_loss_is_least_and_the_gate_is_left_alone(wanted: float) -> None:
    network = Network(ModelShape(vocabulary_size=12, embedding_size=4, hidden_size=6, gated=True), 0.0)
    first = deepcopy(network.state_dict())
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(1.0)
    last = deepcopy(network.state_dict())

    def loss(there: Network) -> float:
        gone = float((there.state_dict()["lstm.bias_hh_l0"] - first["lstm.bias_hh_l0"]).mean())
        return abs(gone - wanted)

    assert go_as_far_as_is_best(first, network, loss) == wanted
    for name, weights in network.state_dict().items():
        there = last[name] if name.startswith("gate.") else first[name] + wanted
        torch.testing.assert_close(weights, there)
