"""How far to go from the weights that a training began with to those it ended with.

A network fitted on little text gains what is particular to it and loses what it knew; on the straight line between
the two there is a better one (Wortsman et al. 2022, arXiv 2109.01903), and text kept back tells where. That text comes
from the same documents, and flatters what was learned of them; so of all places that are no worse than the best by more
than a standard error of the difference, the one nearest to the first weights is taken (Breiman et al. 1984, section
3.4.3). Bits a character of other documents by who wrote a little text, the gate left where it is / all of it:

                        all of the way  to the best    within an error  best of all places
    10 KB of commands   2.21   2.21     2.20   2.20            2.21     2.20
    50 KB of commands   1.92   1.92     1.91   1.91            1.91     1.91
    10 KB of notes      1.08   1.08     1.08   1.03            1.03     0.98
    50 KB of notes      1.01   1.01     0.97   0.97            0.96     0.95
    10 KB of Python     1.02   1.02     1.02   1.02            1.00     0.98
    50 KB of Python     1.00   1.00     0.96   0.96            0.96     0.96
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from lstm_complete.training.network import Losses

# Tried in this order, until one is worse than the best by more than an error.
_SHARES = (1.0, 0.85, 0.7, 0.55, 0.4, 0.25, 0.1, 0.0)


def go_as_far_as_is_sure(
    first: Mapping[str, Tensor], network: nn.Module, at_end: Losses, losses: Callable[[], Losses]
) -> tuple[float, Losses]:
    """Set a network's weights to those between the first and its own that do best, or as well but are nearer the first.

    Args:
        first: Its `state_dict` when the training began.
        network: As it is at the end.
        at_end: Its losses as it is, token by token on text kept back.
        losses: What they are when asked.

    Returns:
        The share of the way that was gone, and the losses there.
    """
    last = {name: weights.clone() for name, weights in network.state_dict().items()}
    gone, there, best = 1.0, at_end, at_end.mixture
    for share in _SHARES[1:]:
        _go(first, last, share, network)
        found = losses()
        worse = found.mixture - best
        if float(worse.mean()) > float(worse.std()) / math.sqrt(len(worse)):
            break
        gone, there, best = share, found, min(found.mixture, best, key=lambda each: float(each.mean()))
    _go(first, last, gone, network)
    return gone, there


def _go(first: Mapping[str, Tensor], last: Mapping[str, Tensor], share: float, network: nn.Module) -> None:
    for name, weights in network.state_dict().items():
        weights.copy_(first[name].lerp(last[name], share))
