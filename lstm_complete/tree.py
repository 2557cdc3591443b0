"""The tree of what may come after a text: a node a token, stepped and predicted when a search gets there, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lstm_complete.predictor import Prediction, Predictor, State


class Node:
    """A place in the tree: a token after its parent. State and prediction come when they are asked for."""

    __slots__ = ("children", "ends", "parent", "prediction", "state", "token")

    def __init__(self, parent: Node | None, token: int, state: State | None = None) -> None:
        self.parent = parent  # until there is a state
        self.token = token
        self.state = state
        self.prediction: Prediction | None = None
        self.ends: float | None = None  # the probability that a word ends here, once a search has asked
        self.children: dict[int, Node] = {}

    def child(self, token: int) -> Node:
        """The node one token on."""
        node = self.children.get(token)
        if node is None:
            node = self.children[token] = Node(self, token)
        return node


def predict(predictor: Predictor, nodes: Sequence[Node]) -> None:
    """Give nodes their states and predictions, those that have none, in one batch. Their parents have states."""
    stateless = [node for node in nodes if node.state is None]
    if stateless:
        parents = [node.parent.state for node in stateless if node.parent is not None and node.parent.state is not None]
        states = predictor.step(parents, [node.token for node in stateless])
        for node, state in zip(stateless, states, strict=True):
            node.state, node.parent = state, None  # of a tree in which a word was foreseen the rest can go
    new = [node for node in nodes if node.prediction is None]
    if new:
        states = [node.state for node in new if node.state is not None]
        for node, prediction in zip(new, predictor.predict(states), strict=True):
            node.prediction = prediction


def probabilities_at(node: Node) -> NDArray[np.float32]:
    """Of the token after a node that was predicted, shape (vocabulary_size,)."""
    assert node.prediction is not None, "asked before it was predicted"
    return node.prediction.probabilities
