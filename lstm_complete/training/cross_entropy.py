"""Cross-entropy of the output layer, with no pass over (tokens, vocabulary) that can be spared.

Scores become probabilities in their own buffer, a slice of tokens at a time, so that the slice stays in the processor's
cache. Backwards there are products alone: what each loss weighs scales a token's vector, not its row of scores.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_SLICE = 256  # tokens


class _CrossEntropy(torch.autograd.Function):
    """See `cross_entropy`."""

    @staticmethod
    def forward(  # noqa: PLR0917 - torch gives them in their order
        ctx: Any,  # noqa: ANN401 - torch's
        vectors: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        own_bias: Tensor | None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        by_scores = torch.addmm(bias, vectors, weight.t())  # the scores, then what the losses would be with other ones
        losses = torch.empty(len(vectors), dtype=torch.float32, device=vectors.device)
        surest = torch.empty_like(losses)
        argmax = torch.empty_like(targets)
        step = _SLICE if vectors.device.type == "cpu" else len(vectors)  # elsewhere each kernel that is started costs
        for at in range(0, len(vectors), step):
            rows = slice(at, at + step)
            scores = by_scores[rows].float()
            if own_bias is not None:
                scores.scatter_add_(1, targets[rows, None], own_bias[rows, None])
            best, argmax[rows] = scores.max(dim=1)
            scores.sub_(best[:, None])
            own = scores.gather(1, targets[rows, None])[:, 0]
            totals = scores.exp_().sum(dim=1)
            surest[rows] = -totals.log()
            losses[rows] = -surest[rows] - own
            by_scores[rows] = scores.mul_(totals.reciprocal()[:, None])
        by_scores.scatter_(1, targets[:, None], torch.expm1(-losses)[:, None].to(by_scores.dtype))
        ctx.save_for_backward(by_scores, vectors, weight)
        ctx.mark_non_differentiable(surest, argmax)
        return losses, surest, argmax

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch's
        by_scores, vectors, weight = ctx.saved_tensors
        by_loss = gradients[0].to(by_scores.dtype)[:, None]
        by_vectors = (by_scores @ weight).mul_(by_loss)
        if not ctx.needs_input_grad[1]:
            return by_vectors, None, None, None, None
        return by_vectors, by_scores.t() @ (vectors * by_loss), (by_scores.t() @ by_loss)[:, 0], None, None


def cross_entropy(
    vectors: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, own_bias: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Negative natural-log probabilities of the targets under softmax(vectors @ weight.T + bias).

    Args:
        vectors: Of any floating type, or of autocast's where that is on, shape (tokens, features). The sums over the
            vocabulary are taken in float32.
        weight: Shape (vocabulary_size, features).
        bias: Shape (vocabulary_size,); it is trained if `weight` is.
        targets: Ids, shape (tokens,).
        own_bias: Added to each target's own score in its own row alone, float32, shape (tokens,).

    Returns:
        The losses, with gradients; the highest log probability; and its token; each of shape (tokens,).
    """
    device = vectors.device.type
    kind = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else vectors.dtype
    losses, surest, argmax = _CrossEntropy.apply(vectors.to(kind), weight.to(kind), bias.to(kind), targets, own_bias)  # type: ignore[no-untyped-call]
    return losses, surest, argmax
