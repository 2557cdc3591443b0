"""The tree of what may come after a text: a node a token, stepped and predicted when a search gets there, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lstm_complete.predictor import Prediction, Predictor, State


# Of each node, how many next tokens are looked at; and how much less likely ones than were asked for are noted with
# them: as a word is typed, its search asks the same of the same nodes, and for less each time.
BRANCHES = 12
_NOTED_UNDER = 0.1


class _Likely(NamedTuple):
    """The tokens over a probability, best first, BRANCHES at most."""

    least: float
    tokens: list[tuple[int, float]]


class Node:
    """A place in the tree: a token after its parent. State and prediction come when they are asked for."""

    __slots__ = ("children", "likely", "parent", "prediction", "state", "stops", "token")

    def __init__(self, parent: Node | None, token: int, state: State | None = None) -> None:
        self.parent = parent  # until there is a state
        self.token = token
        self.state = state
        self.prediction: Prediction | None = None
        self.stops: float | None = None  # the probability that a part of a word ends here, once a search has asked
        self.likely: dict[int, _Likely] = {}  # of each set of tokens that was asked for
        self.children: dict[int, Node] = {}

    def child(self, token: int) -> Node:
        """The node one token on."""
        node = self.children.get(token)
        if node is None:
            node = self.children[token] = Node(self, token)
        return node


def predict(predictor: Predictor, nodes: Sequence[Node], *, whole: bool = True) -> None:
    """Give nodes their states and predictions, those that have none, in one batch. Their parents have states.

    Args:
        predictor: What predicts.
        nodes: A batch.
        whole: Whether they need predictions in which all tokens were scored.
    """
    stateless = [node for node in nodes if node.state is None]
    if stateless:
        parents = [node.parent.state for node in stateless if node.parent is not None and node.parent.state is not None]
        states = predictor.step(parents, [node.token for node in stateless])
        for node, state in zip(stateless, states, strict=True):
            node.state, node.parent = state, None  # of a tree in which a word was foreseen the rest can go
    new = [node for node in nodes if node.prediction is None or (whole and not node.prediction.whole)]
    if new:
        states = [node.state for node in new if node.state is not None]
        for node, prediction in zip(new, predictor.predict(states, whole=whole), strict=True):
            node.prediction, node.stops = prediction, None
            node.likely.clear()


def probabilities_at(node: Node) -> NDArray[np.float32]:
    """Of the token after a node that was predicted, shape (vocabulary_size,)."""
    assert node.prediction is not None, "asked before it was predicted"
    return node.prediction.probabilities


def likeliest(node: Node, allowed: NDArray[np.bool_], least: float) -> Sequence[tuple[int, float]]:
    """The BRANCHES tokens, at most, that most likely follow a node that was predicted, with their probabilities.

    Args:
        node: Remembers what is found.
        allowed: Which tokens count, of shape (vocabulary_size,); always the same array for the same tokens.
        least: Those over this probability are wanted; some under it may be among them.

    Returns:
        Best first.
    """
    known = node.likely.get(id(allowed))
    if known is None or known.least > least:
        probabilities = probabilities_at(node)
        likely = (probabilities > least * _NOTED_UNDER).nonzero()[0]
        known = _Likely(least * _NOTED_UNDER, best_of(probabilities, likely[allowed[likely]]))
        node.likely[id(allowed)] = known
    return known.tokens


def best_of(probabilities: NDArray[np.float32], tokens: NDArray[np.int64]) -> list[tuple[int, float]]:
    """The likeliest of some tokens, BRANCHES at most, each with its probability; best first."""
    found = probabilities[tokens]
    best = found.argsort()[: -BRANCHES - 1 : -1] if len(tokens) <= 2 * BRANCHES else _sorted_best(found)
    return list(zip(tokens[best].tolist(), found[best].tolist(), strict=True))


def _sorted_best(found: NDArray[np.float32]) -> NDArray[np.int64]:
    best = found.argpartition(-BRANCHES)[-BRANCHES:]
    return best[found[best].argsort()[::-1]]
