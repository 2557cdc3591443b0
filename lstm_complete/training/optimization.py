"""The loop: gradients, schedule, averaged weights, validation, and when to stop."""

from __future__ import annotations

import math
import time
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from lstm_complete.errors import TrainingError
from lstm_complete.training.batches import PADDING, Batches, Window
from lstm_complete.training.interpolation import go_as_far_as_is_best
from lstm_complete.training.network import LSTM_LOSS_WEIGHT, Known, Losses, Network, State
from lstm_complete.training.sampling import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lstm_complete.training.examples import Examples
    from lstm_complete.training.plan import Plan

_WARM_UP = 0.1  # of the schedule
_LAST_RATE = 0.01  # of the highest learning rate
_CLIP = 1.0
_AVERAGE = 0.998  # decay of the averaged weights, an update
_VALIDATIONS = 15  # in a training, at most; none comes before an epoch's twentieth
_PATIENCE = 0.35  # of the schedule without a better validation loss, before it stops


class Validation(NamedTuple):
    """The model on held-out text: nats a token, and the share of tokens whose argmax is right."""

    loss: float
    lstm_loss: float
    accuracy: float


@dataclass
class Optimization:
    """One training of one network, from start to stop.

    Attributes:
        plan: Sizes and schedule.
        training: What to learn.
        validation: What to stop by.
        on_step: Told the share done, the running loss and the last validation.
        curve: A point for each validation.
        stopped: Why it ended.
        gone: The share of the way from the weights it began with, where it began with any.
    """

    plan: Plan
    training: Examples
    validation: Examples
    on_step: Callable[[float, float, Validation | None], None]
    curve: list[dict[str, float | None]] = field(default_factory=list)
    stopped: str = "budget"
    gone: float = 1.0
    _averaged: AveragedModel = field(init=False)
    _latest: Validation | None = field(default=None, init=False)
    _best: tuple[float, dict[str, Any]] = field(default=(math.inf, {}), init=False)
    _best_at: int = field(default=0, init=False)

    def run(self, seed: int) -> Network:
        """Train until the time or the epochs are over, or nothing improves; Ctrl-C ends it with the best so far.

        Raises:
            TrainingError: The loss is not finite any more.
        """
        plan = self.plan
        network = Network(plan.shape, plan.dropout)
        if plan.weights is not None:
            plan.weights.give(network)
        network = network.to(plan.device)
        first = deepcopy(network.state_dict())
        sampler = Sampler.of(self.training.targets, plan.shape.vocabulary_size, plan.tokens)
        self.training = self.training._replace(sampler=sampler)
        self._averaged = AveragedModel(network, avg_fn=_average)
        try:
            self._loop(network, np.random.default_rng(seed))
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        if not self._best[1]:
            self._validate(0, 0.0, None)
        if not self._best[1]:
            raise TrainingError(
                "expected a finite loss on held-out text, found none; train again with another --seed, "
                "or with --precision float32"
            )
        best = Network(plan.shape, plan.dropout).to(plan.device)
        best.load_state_dict(self._best[1])
        if plan.weights is not None and not plan.weights.start.frozen:
            self.gone = go_as_far_as_is_best(first, best, lambda network: evaluate(network, self.validation, plan).loss)
        return best.eval()

    def _loop(self, network: Network, rng: np.random.Generator) -> None:
        plan = self.plan
        groups = _groups(network, plan.weight_decay)
        optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.99), fused=True)
        batches = Batches(self.training.ranges, plan.tokens, plan.sequence_length)
        steps = sum(1 for _ in batches.epoch())
        started = time.monotonic()
        taken, validated = 0, 0.0
        running: float | None = None
        for epoch in range(plan.epochs):
            state: State | None = None
            for window in batches.epoch(rng):
                done = taken / (plan.epochs * steps)
                if plan.budget_s is not None:
                    done = max(done, (time.monotonic() - started) / plan.budget_s)
                if done >= 1:
                    break
                for group in optimizer.param_groups:
                    group["lr"] = plan.learning_rate * one_cycle(done)
                loss, state = self._step(network, optimizer, window, state if window.carries else None)
                taken += 1
                running = loss if running is None else 0.98 * running + 0.02 * loss
                if done - validated >= 1 / _VALIDATIONS:
                    validated = done
                    self._validate(epoch, time.monotonic() - started, running)
                    if self._stale(done):
                        self.stopped = "early"
                        return
                self.on_step(done, running, self._latest)
            if plan.budget_s is not None and time.monotonic() - started >= plan.budget_s:
                break
        else:
            self.stopped = "epochs"
            epoch = plan.epochs
        self._validate(epoch, time.monotonic() - started, running)

    def _step(
        self, network: Network, optimizer: torch.optim.Optimizer, window: Window, state: State | None
    ) -> tuple[float, State]:
        network.train()
        losses, state = read_window(network, self.training, window, state, self.plan)
        loss = losses.mixture.sum()
        if network.gate is not None:
            loss = loss + LSTM_LOSS_WEIGHT * losses.lstm.sum()
        loss = loss / self.plan.tokens  # a window of few tokens has as little to say
        value = losses.mixture.detach().mean().item()
        if not math.isfinite(value):
            raise TrainingError(
                f"expected a finite loss, found {value}; train again with another --seed, or with --precision float32"
            )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        self._averaged.update_parameters(network)
        return value, state

    def _validate(self, epoch: int, seconds: float, training_loss: float | None) -> None:
        network = cast("Network", self._averaged.module)
        self._latest = found = evaluate(network, self.validation, self.plan)
        self.curve.append(
            {
                "seconds": seconds,
                "epoch": epoch,
                "training_loss": training_loss,
                "validation_loss": found.loss,
                "validation_accuracy": found.accuracy,
            }
        )
        if found.loss < self._best[0]:
            self._best = (found.loss, deepcopy(network.state_dict()))
            self._best_at = len(self.curve)

    def _stale(self, done: float) -> bool:
        return done > _PATIENCE and len(self.curve) - self._best_at > _PATIENCE * _VALIDATIONS


def _average(average: torch.Tensor, weights: torch.Tensor, count: torch.Tensor | int) -> torch.Tensor:
    """Exponential moving average that forgets its first weights sooner."""
    decay = min(_AVERAGE, (1 + int(count)) / (10 + int(count)))
    return average.lerp(weights, 1 - decay)


def one_cycle(done: float) -> float:
    """The learning rate's share of its highest, after a share of the schedule (Smith, Topin 2019, with a cosine)."""
    if done < _WARM_UP:
        return max(done / _WARM_UP, _LAST_RATE)
    fallen = (done - _WARM_UP) / (1 - _WARM_UP)
    return _LAST_RATE + (1 - _LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(fallen, 1.0)))


def read_window(
    network: Network,
    examples: Examples,
    window: Window,
    state: State | None,
    plan: Plan,
) -> tuple[Losses, State]:
    """Run the network over one window.

    The losses are of its real tokens only, and carry no gradient into the window before.
    """
    entries = torch.from_numpy(window.entries).to(plan.device)  # (batch, sequence)
    real = entries != PADDING
    tokens = examples.inputs[entries.clamp_min(0)]
    if state is not None:
        state = (state[0].detach(), state[1].detach())
    with torch.autocast(plan.device.type, dtype=torch.bfloat16, enabled=plan.bfloat16):
        outputs, state = network(tokens, state)  # (batch, sequence, hidden_size)
        chosen = entries[real]  # (tokens,)
        known = Known(*(part[chosen] for part in examples.known)) if examples.known else None
        losses = network.losses(outputs[real], examples.targets[chosen], known, examples.sampler)
    return losses, state


def evaluate(network: Network, examples: Examples, plan: Plan) -> Validation:
    """Mean losses over all tokens, without dropout and without gradients."""
    network.eval()
    sums = np.zeros(3)
    with torch.no_grad():
        for entries, losses in _all_windows(network, examples, plan):
            right = losses.argmax == examples.targets[entries]
            sums += [float(part.sum()) for part in (losses.mixture, losses.lstm, right)]
    loss, lstm, right_share = sums / len(examples.targets)
    return Validation(float(loss), float(lstm), float(right_share))


def predictions(network: Network, examples: Examples, plan: Plan) -> torch.Tensor:
    """The LSTM's most probable next token at every entry, shape (entries,)."""
    network.eval()
    found = torch.zeros_like(examples.targets)
    with torch.no_grad():
        for entries, losses in _all_windows(network, examples, plan):
            found[entries] = losses.argmax
    return found


def _all_windows(network: Network, examples: Examples, plan: Plan) -> Iterator[tuple[torch.Tensor, Losses]]:
    """Which entries each window reads, shape (tokens,), and how the network does on them."""
    state: State | None = None
    for window in Batches(examples.ranges, plan.tokens, plan.sequence_length).epoch():
        losses, state = read_window(network, examples, window, state if window.carries else None, plan)
        yield torch.from_numpy(window.entries[window.entries != PADDING]).to(plan.device), losses


def _groups(network: Network, weight_decay: float) -> list[dict[str, Any]]:
    """What is trained: matrices decay, biases do not."""
    trained = [weights for weights in network.parameters() if weights.requires_grad]
    matrices = [weights for weights in trained if weights.dim() > 1]
    vectors = [weights for weights in trained if weights.dim() == 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
