"""A softmax over some of the vocabulary, against the whole one."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete.training import sampling
from lstm_complete.training.cross_entropy import cross_entropy
from lstm_complete.training.sampling import Sampler

SIZE, WINDOW = 6000, 512


def text(seed: int, length: int = 40_000) -> torch.Tensor:
    """Tokens as frequent as words are: the nth in 1 / n of all."""
    frequencies = 1.0 / torch.arange(1, SIZE + 1)
    return torch.multinomial(frequencies, length, replacement=True, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31))
def test_every_target_is_scored_and_no_token_twice(seed: int) -> None:
    torch.manual_seed(seed)
    targets = text(seed, WINDOW)
    sampler = Sampler.of(text(seed + 1), SIZE, WINDOW)
    assert sampler is not None
    sample = sampler.draw(targets)
    assert torch.equal(sample.tokens[sample.targets], targets)
    assert len(sample.tokens.unique()) == len(sample.tokens) < SIZE
    assert (sample.weights >= 0).all()


def test_the_normaliser_is_right_on_average_over_windows() -> None:
    torch.manual_seed(0)
    tokens = text(0, 400 * WINDOW)
    sampler = Sampler.of(tokens, SIZE, WINDOW)
    assert sampler is not None
    scores = torch.randn(SIZE)
    totals = []
    for targets in tokens.split(WINDOW):
        sample = sampler.draw(targets)
        totals.append((scores[sample.tokens] + sample.weights).exp().sum())
    whole = scores.exp().sum()
    found = torch.stack(totals)
    assert abs(found.mean() - whole) < 4 * found.std() / len(totals) ** 0.5
    assert found.std() < 0.05 * whole


def test_the_target_itself_counts_once_in_its_own_row() -> None:
    torch.manual_seed(0)
    tokens = text(0)
    targets = tokens[:WINDOW]
    sampler = Sampler.of(tokens, SIZE, WINDOW)
    assert sampler is not None
    sample = sampler.draw(targets)
    vectors, weight, bias = torch.randn(WINDOW, 8), torch.randn(SIZE, 8), torch.randn(SIZE)
    losses, _, _ = cross_entropy(
        vectors,
        weight[sample.tokens],
        bias[sample.tokens] + sample.weights,
        sample.targets,
        -sample.weights[sample.targets],
    )
    scores = vectors @ weight[sample.tokens].T + bias[sample.tokens]
    weights = sample.weights.repeat(WINDOW, 1)
    weights[torch.arange(WINDOW), sample.targets] = 0
    oracle = torch.logsumexp(scores + weights, dim=1) - scores[torch.arange(WINDOW), sample.targets]
    torch.testing.assert_close(losses, oracle, rtol=1e-4, atol=1e-4)


def test_a_small_vocabulary_is_scored_whole() -> None:
    assert Sampler.of(torch.arange(100), 100, WINDOW) is None


def test_a_window_of_many_kinds_of_tokens_scores_them_all() -> None:
    targets = torch.arange(SIZE)
    sampler = Sampler.of(targets, SIZE, WINDOW)
    assert sampler is not None
    sample = sampler.draw(targets)
    assert len(sample.tokens) == SIZE > sampling._SCORED
    torch.testing.assert_close(sample.weights, torch.zeros(SIZE))
