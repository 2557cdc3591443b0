"""Batches, examples, held-out scores and the loop: what each must keep to."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete.corpus import Document
from lstm_complete.errors import SettingsError, TrainingError
from lstm_complete.settings import ModelShape, TrainingSettings
from lstm_complete.training.batches import PADDING, Batches, Window
from lstm_complete.training.cross_entropy import cross_entropy
from lstm_complete.training.examples import Examples, _sections, split
from lstm_complete.training.held_out import FOLDS, score_held_out
from lstm_complete.training.network import ForgetfulLSTM, Network
from lstm_complete.training.optimization import Optimization, evaluate, losses_of, one_cycle, read_window
from lstm_complete.training.plan import Plan, plan

SIZE, NEWLINE = 12, 0
CPU = torch.device("cpu")
LENGTHS = st.lists(st.integers(1, 400), min_size=1, max_size=12)


def ranges_of(lengths: list[int]) -> list[tuple[int, int]]:
    ends = np.cumsum(lengths).tolist()
    return list(zip([0, *ends[:-1]], ends, strict=True))


@given(lengths=LENGTHS, seed=st.one_of(st.none(), st.integers(0, 5)))
@settings(max_examples=100)
def test_an_epoch_reads_every_token_once(lengths: list[int], seed: int | None) -> None:
    rng = None if seed is None else np.random.default_rng(seed)
    windows = list(Batches(ranges_of(lengths), tokens=128, sequence_length=16).epoch(rng))
    read = np.concatenate([window.entries[window.entries != PADDING] for window in windows])
    assert sorted(read.tolist()) == list(range(sum(lengths)))


@given(lengths=LENGTHS)
@settings(max_examples=100)
def test_a_row_goes_on_through_a_document_and_forgets_it_before_another(lengths: list[int]) -> None:
    ranges = ranges_of(lengths)
    document_of = np.repeat(np.arange(len(ranges)), lengths)
    windows = list(Batches(ranges, tokens=128, sequence_length=16).epoch(np.random.default_rng(0)))
    assert [window.carries for window in windows] == [False] + [True] * (len(windows) - 1)
    for row in np.concatenate([window.entries for window in windows], axis=1):
        for entry, then in pairwise(row.tolist()):
            if PADDING not in (entry, then):
                assert then == entry + 1
                assert document_of[then] == document_of[entry]


@given(lengths=st.lists(st.one_of(st.integers(1, 40), st.integers(1, 5000)), min_size=1), seed=st.integers(0, 5))
@settings(max_examples=100)
def test_windows_are_full_whatever_the_lengths_of_the_documents(lengths: list[int], seed: int) -> None:
    windows = list(Batches(ranges_of(lengths), tokens=128, sequence_length=16).epoch(np.random.default_rng(seed)))
    rows = len(windows[0].entries)
    assert rows <= 8
    assert all(window.entries.shape == (rows, 16) for window in windows[:-1])
    assert all((window.entries != PADDING).any() for window in windows)
    pieces = sum(2 + length // 2048 for length in lengths)
    # A place between two pieces, and rows that are cut where a piece ends: 16 tokens further or nearer, at most.
    assert sum(window.entries.size for window in windows) <= sum(lengths) + pieces + rows * (16 + 16 + 8)


def test_documents_are_read_in_another_order_each_time() -> None:
    batches, rng = Batches(ranges_of([5] * 100), tokens=128, sequence_length=16), np.random.default_rng(0)
    one, other = (np.concatenate([each.entries for each in batches.epoch(rng)], axis=1) for _ in range(2))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bfloat16", [False, True])
def test_what_is_read_after_all_was_forgotten_is_read_as_at_the_start(layers: int, bfloat16: bool) -> None:
    torch.manual_seed(0)
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        check_forgetting(layers)


def check_forgetting(layers: int) -> None:
    lstm = ForgetfulLSTM(5, 7, layers, batch_first=True)
    inputs = torch.randn(2, 9, 5, requires_grad=True)
    forgotten = torch.zeros(2, 9, dtype=torch.bool)
    forgotten[0, 4] = forgotten[1, 8] = True
    carried = torch.randn(layers, 2, 7), torch.randn(layers, 2, 7)
    outputs, state = lstm(inputs, carried, forgotten)
    before, (hidden, _) = torch.nn.LSTM.forward(lstm, inputs[:, :8], carried)
    after, (alone, cell) = torch.nn.LSTM.forward(lstm, inputs[:1, 5:])
    torch.testing.assert_close(outputs[1, :8], before[1])
    torch.testing.assert_close(outputs[0, 5:], after[0])
    torch.testing.assert_close(state[0][:, 0], alone[:, 0])
    torch.testing.assert_close(state[1][:, 0], cell[:, 0])
    assert hidden.any()
    assert not state[0][:, 1].any()
    assert not state[1][:, 1].any()
    [gradient] = torch.autograd.grad(outputs[0, 5:].square().sum(), inputs)
    assert not gradient[0, :5].any()
    assert gradient[0, 5:].all()


def examples_of(lengths: list[int], seed: int = 0) -> Examples:
    rng = np.random.default_rng(seed)
    documents = [rng.integers(1, SIZE, length).tolist() for length in lengths]
    return Examples.of(documents, NEWLINE, score_held_out(documents, SIZE, NEWLINE, rng), sum(lengths))


def small_plan(**changes: object) -> Plan:
    shape = ModelShape(SIZE, 8, 12, 1, tied=True, gated=True)
    small = Plan(
        shape=shape,
        dropout=0.0,
        tokens=128,
        sequence_length=16,
        learning_rate=1e-2,
        weight_decay=0.0,
        epochs=2,
        budget_s=None,
        device=CPU,
        bfloat16=False,
    )
    return replace(small, **changes)


def test_targets_are_the_inputs_shifted_by_one() -> None:
    examples = Examples.of([[3, 4], [5]], NEWLINE, None, 3)
    assert examples.inputs.tolist() == [NEWLINE, 3, 4, NEWLINE, 5]
    assert examples.targets.tolist() == [3, 4, NEWLINE, 5, NEWLINE]
    assert examples.ranges == ((0, 3), (3, 5))


@pytest.mark.parametrize("gated", [True, False])
@pytest.mark.parametrize("padding", [1, 7, 50])
def test_the_loss_does_not_change_with_the_amount_of_padding(padding: int, gated: bool) -> None:
    torch.manual_seed(0)
    examples = examples_of([20, 13])
    drawn = small_plan(shape=ModelShape(SIZE, 8, 12, 2, tied=True, gated=gated))
    network = Network(drawn.shape, 0.0)
    entries = np.full((2, 21), PADDING)
    entries[0, :21], entries[1, :14] = np.arange(21), np.arange(21, 35)
    padded = np.pad(entries, ((0, padding), (0, padding)), constant_values=PADDING)
    gradients = []
    for window in (entries, padded):
        network.zero_grad()
        losses, _ = read_window(network, examples, Window(window, carries=False), None, drawn)
        losses.mixture.mean().backward()
        gradients.append((losses.mixture.detach().numpy(), [p.grad.numpy().copy() for p in network.parameters()]))
    np.testing.assert_allclose(gradients[0][0], gradients[1][0], atol=1e-6)
    for one, other in zip(gradients[0][1], gradients[1][1], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_windows_with_carried_state_score_as_one_long_sequence() -> None:
    torch.manual_seed(0)
    examples = examples_of([90])
    drawn = small_plan()
    network = Network(drawn.shape, 0.0).eval()
    whole, _ = read_window(network, examples, Window(np.arange(91)[None], carries=False), None, drawn)
    windows = evaluate(network, examples, replace(drawn, tokens=16))
    assert windows.loss == pytest.approx(whole.mixture.mean().item(), abs=1e-5)


def test_a_document_is_scored_alike_whatever_stands_before_it() -> None:
    torch.manual_seed(0)
    drawn = small_plan(shape=ModelShape(SIZE, 8, 12, 1, tied=True, gated=False))
    network = Network(drawn.shape, 0.0).eval()
    first, both = Examples.of([[5, 6, 7]], NEWLINE, None, 3), Examples.of([[9] * 40, [5, 6, 7]], NEWLINE, None, 43)
    alone, _ = read_window(network, first, Window(np.arange(4)[None], carries=False), None, drawn)
    windows = list(Batches(both.ranges, 16, 16).epoch())
    state, scores = None, {}
    for window in windows:
        losses, state = read_window(network, both, window, state if window.carries else None, drawn)
        scores.update(zip(window.entries[window.entries != PADDING].tolist(), losses.mixture.tolist(), strict=True))
    assert [scores[index] for index in range(41, 45)] == pytest.approx(alone.mixture.tolist(), abs=1e-5)


def test_a_training_that_ends_with_its_epochs_ends_with_its_schedule() -> None:
    torch.manual_seed(0)
    shares: list[float] = []
    examples = Examples.of([[1, 2, 3] * 1000, [4, 5] * 200, [6]], NEWLINE, None, 3401)
    drawn = small_plan(shape=ModelShape(SIZE, 8, 12, 1, tied=True), epochs=3)
    optimization = Optimization(drawn, examples, examples, lambda done, *_: shares.append(done))
    optimization.run(seed=0)
    assert optimization.stopped == "epochs"
    assert shares == sorted(shares)
    assert 1 - shares[-1] < 2 / len(shares)


def test_held_out_scores_come_from_text_without_the_token() -> None:
    rng = np.random.default_rng(0)
    unlike = [[token] * 50 for token in range(1, SIZE)]  # each token is found in its own document alone
    probabilities = score_held_out(unlike, SIZE, NEWLINE, rng).probabilities[:, 0]
    inside = np.concatenate([[False] + [True] * 49 + [False] for _ in unlike])
    assert probabilities[inside].max() < 0.2
    repeated = [[1, 2, 3, 4, 5] * 10 for _ in range(FOLDS * 2)]
    assert np.median(score_held_out(repeated, SIZE, NEWLINE, rng).probabilities[:, 0]) > 0.8


@pytest.mark.parametrize("trained", [True, False])
def test_cross_entropy_has_the_values_and_gradients_of_torch(trained: bool) -> None:
    torch.manual_seed(0)
    targets = torch.randint(0, 40, (600,))
    weights = torch.rand(600)
    parts = [torch.randn(600, 8).mul_(2), torch.randn(40, 8), torch.randn(40)]
    found, expected = ([part.clone().requires_grad_(trained or not at) for at, part in enumerate(parts)] for _ in "12")
    losses, surest, argmax = cross_entropy(*found, targets)
    (losses * weights).sum().backward()
    scores = torch.nn.functional.linear(*expected)
    oracle = torch.nn.functional.cross_entropy(scores, targets, reduction="none")
    (oracle * weights).sum().backward()
    torch.testing.assert_close(losses, oracle)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)
    torch.testing.assert_close(surest, scores.log_softmax(dim=1).max(dim=1).values.detach())
    assert torch.equal(argmax, scores.argmax(dim=1))


def test_means_are_those_of_the_losses_at_every_entry() -> None:
    torch.manual_seed(0)
    examples, drawn = examples_of([90, 40, 7]), small_plan(bfloat16=True)
    network = Network(drawn.shape, 0.5)
    losses, means = losses_of(network, examples, drawn), evaluate(network, examples, drawn)
    right = losses.argmax == examples.targets
    found = [each.double().mean().item() for each in (losses.mixture, losses.lstm, right)]
    assert found == pytest.approx([means.loss, means.lstm_loss, means.accuracy])


def test_losses_of_a_part_are_those_of_its_entries_alone() -> None:
    torch.manual_seed(0)
    examples, drawn = examples_of([12, 9, 7]), small_plan()
    network = Network(drawn.shape, 0.5)
    whole = losses_of(network, examples, drawn)
    part = losses_of(network, examples._replace(ranges=examples.ranges[1:2]), drawn)
    start, end = examples.ranges[1]
    torch.testing.assert_close(part.mixture[start:end], whole.mixture[start:end])
    assert not part.mixture[:start].any()
    assert not part.mixture[end:].any()


def test_one_cycle_rises_and_falls() -> None:
    rates = [one_cycle(done / 100) for done in range(101)]
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert max(rates) == pytest.approx(1, abs=0.02)
    assert rates[-1] < 0.02


def test_a_pattern_is_learned() -> None:
    documents = [[1, 2, 3, 4, 5, 6, 7, 8] * 12 for _ in range(6)]
    examples = Examples.of(documents, NEWLINE, None, 6 * 96)
    drawn = small_plan(shape=ModelShape(SIZE, 8, 24, 1, tied=True, gated=False), epochs=40)
    torch.manual_seed(0)
    optimization = Optimization(drawn, examples, examples, lambda *_: None)
    network = optimization.run(seed=0)
    assert evaluate(network, examples, drawn).accuracy > 0.9
    assert optimization.stopped in {"epochs", "early"}


def test_text_kept_back_is_read_far_less_often_than_what_is_learned() -> None:
    training, validation = examples_of([60] * 8), examples_of([60])
    optimization = Optimization(small_plan(epochs=20), training, validation, lambda *_: None)
    optimization.run(seed=0)
    read = 20 * len(training.targets)
    assert 2 < len(optimization.curve) <= 1 + read / (8 * len(validation.targets))


def test_a_loss_that_is_not_finite_ends_with_an_error() -> None:
    examples = examples_of([60, 60])
    optimization = Optimization(small_plan(learning_rate=1e30), examples, examples, lambda *_: None)
    with pytest.raises(TrainingError, match="expected a finite loss, found nan"):
        optimization.run(seed=0)


def test_an_interrupt_keeps_the_best_so_far() -> None:
    examples = examples_of([200, 200])

    def interrupt(done: float, _loss: float, _last: object) -> None:
        if done > 0.3:
            raise KeyboardInterrupt

    optimization = Optimization(small_plan(epochs=20), examples, examples, interrupt)
    network = optimization.run(seed=0)
    assert optimization.stopped == "interrupted"
    best = min(point["validation_loss"] for point in optimization.curve)
    assert optimization.reached.loss == best
    assert evaluate(network, examples, optimization.plan).loss == pytest.approx(best, abs=1e-5)


def test_an_interrupt_at_the_first_step_still_leaves_a_network_and_a_figure() -> None:
    examples = examples_of([200])

    def interrupt(_done: float, _loss: float, _last: object) -> None:
        raise KeyboardInterrupt

    optimization = Optimization(small_plan(), examples, examples, interrupt)
    network = optimization.run(seed=0)
    [point] = optimization.curve
    assert point["training_loss"] is None
    assert evaluate(network, examples, optimization.plan).loss == point["validation_loss"]


@given(lengths=st.lists(st.integers(1, 900), min_size=1, max_size=30))
@settings(max_examples=50)
def test_a_split_keeps_back_a_little_and_loses_nothing(lengths: list[int]) -> None:
    documents = [
        Document("\n".join(f"{index} {line}" for line in range(1, length + 1)), "f")
        for index, length in enumerate(lengths)
    ]
    training, kept_back = split(documents, np.random.default_rng(0))
    lines = [line for text in (*(run.text for run in training), *kept_back) for line in text.split("\n") if line]
    assert sorted(lines) == sorted(line for document in documents for line in document.text.split("\n") if line)
    for run in training:
        assert [line.split()[1] for line in run.text.splitlines()] == [
            str(run.line + at) for at in range(len(run.text.splitlines()))
        ]
    if sum(lengths) > 300:
        assert 0 < sum(map(len, kept_back)) < 0.2 * sum(len(document.text) for document in documents) + 100


@given(text=st.text(st.sampled_from("ab\n\r\x0b\x0c\x1c\x85\u2028\u2029")), size=st.integers(1, 9))
def test_sections_are_the_text_cut_nowhere_but_behind_line_breaks(text: str, size: int) -> None:
    sections = _sections(text, size)
    assert "".join(sections) == text
    assert all(section.endswith("\n") and len(section) >= size for section in sections[:-1])
    assert all(len(section[: section.rfind("\n", 0, -1) + 1]) < size for section in sections)


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(SettingsError, match="expected a device"):
        plan(TrainingSettings(device="abacus"), SIZE, 1000, 10.0)
    with pytest.raises(SettingsError, match="expected precision"):
        plan(TrainingSettings(precision="float7"), SIZE, 1000, 10.0)
