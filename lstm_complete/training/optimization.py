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
from lstm_complete.training.interpolation import go_as_far_as_is_sure
from lstm_complete.training.network import LSTM_LOSS_WEIGHT, Known, Losses, Network, State
from lstm_complete.training.sampling import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lstm_complete.training.examples import Examples
    from lstm_complete.training.plan import Plan

_WARM_UP = 0.1  # of the schedule
_LAST_RATE = 0.01  # of the highest learning rate
_CLIP = 1.0
_AVERAGE = 0.998  # decay of the averaged weights, an update
_PATIENCE = 0.35  # of the schedule without a better validation loss, before it stops

# Validations in a training, at most; and how often the text kept back goes into what is read between two of them, at
# least. With 15 in two minutes, a quarter of the time went into them.
_VALIDATIONS, _READ_BETWEEN = 15, 16

# What comes after the last step takes as long as so many validations: one, and the way there (`interpolation`).
_EVALUATIONS_AFTER = 3


class Validation(NamedTuple):
    """The model on held-out text: nats a token, and the share of tokens whose argmax is right."""

    loss: float
    lstm_loss: float
    accuracy: float


class _Best(NamedTuple):
    """The best weights so far, and their losses on held-out text: the mean, and at each entry."""

    loss: float
    losses: Losses
    weights: dict[str, Any]


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
        reached: The network that came of it, on held-out text; there once it has run.
    """

    plan: Plan
    training: Examples
    validation: Examples
    on_step: Callable[[float, float, Validation | None], None]
    curve: list[dict[str, float | None]] = field(default_factory=list)
    stopped: str = "budget"
    gone: float = 1.0
    reached: Validation = field(init=False)
    _averaged: AveragedModel = field(init=False)
    _latest: Validation | None = field(default=None, init=False)
    _best: _Best | None = field(default=None, init=False)
    _best_at: float = field(default=0.0, init=False)  # share of the schedule
    _evaluation_s: float = field(default=0.0, init=False)

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
        self._averaged = AveragedModel(network, multi_avg_fn=_average)
        try:
            self._loop(network, np.random.default_rng(seed))
        except KeyboardInterrupt:
            self.stopped = "interrupted"
        if self._best is None:
            self._validate(0.0, 0, 0.0, None)
        if self._best is None:
            raise TrainingError(
                "expected a finite loss on held-out text, found none; train again with another --seed, "
                "or with --precision float32"
            )
        best = Network(plan.shape, plan.dropout).to(plan.device)
        best.load_state_dict(self._best.weights)
        losses = self._best.losses
        if plan.weights is not None and not plan.weights.start.frozen:
            self.gone, losses = go_as_far_as_is_sure(
                first, best, losses, lambda: losses_of(best, self.validation, plan)
            )
        self.reached = means_of(losses, self.validation)
        return best.eval()

    def _loop(self, network: Network, rng: np.random.Generator) -> None:
        plan = self.plan
        groups = _groups(network, plan.weight_decay)
        optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.99), fused=True)
        batches = Batches(self.training.ranges, plan.tokens, plan.sequence_length)
        started = time.monotonic()
        validated, read = 0.0, 0
        enough = _READ_BETWEEN * len(self.validation.targets)
        running: float | None = None
        for epoch in range(plan.epochs):
            state: State | None = None
            windows = list(batches.epoch(rng))
            for at, window in enumerate(windows):
                done = max((epoch + at / len(windows)) / plan.epochs, self._time_gone(started))
                if done >= 1:
                    break
                for group in optimizer.param_groups:
                    group["lr"] = plan.learning_rate * one_cycle(done)
                loss, state = self._step(network, optimizer, window, state if window.carries else None)
                read += window.entries.size
                running = loss if running is None else 0.98 * running + 0.02 * loss
                if done - validated >= 1 / _VALIDATIONS and read >= enough:
                    validated, read = done, 0
                    self._validate(done, epoch, time.monotonic() - started, running)
                    if self._stale(done):
                        self.stopped = "early"
                        return
                self.on_step(done, running, self._latest)
            if self._time_gone(started) >= 1:
                break
        else:
            self.stopped = "epochs"
            epoch = plan.epochs
        self._validate(1.0, epoch, time.monotonic() - started, running)

    def _time_gone(self, started: float) -> float:
        """The share of the time for steps that is over; 0 where there is no limit."""
        if self.plan.budget_s is None:
            return 0.0
        return (time.monotonic() - started) / max(self.plan.budget_s - _EVALUATIONS_AFTER * self._evaluation_s, 1.0)

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

    def _validate(self, done: float, epoch: int, seconds: float, training_loss: float | None) -> None:
        network = cast("Network", self._averaged.module)
        started = time.monotonic()
        losses = losses_of(network, self.validation, self.plan)
        self._latest = found = means_of(losses, self.validation)
        self._evaluation_s = time.monotonic() - started
        self.curve.append(
            {
                "seconds": seconds,
                "epoch": epoch,
                "training_loss": training_loss,
                "validation_loss": found.loss,
                "validation_accuracy": found.accuracy,
            }
        )
        if found.loss < (self._best.loss if self._best else math.inf):
            self._best = _Best(found.loss, losses, deepcopy(network.state_dict()))
            self._best_at = done

    def _stale(self, done: float) -> bool:
        return done - self._best_at > _PATIENCE


def _average(averages: Sequence[torch.Tensor], weights: Sequence[torch.Tensor], count: torch.Tensor | int) -> None:
    """Exponential moving average, in place, that forgets its first weights sooner."""
    decay = min(_AVERAGE, (1 + int(count)) / (10 + int(count)))
    for average, present in zip(averages, weights, strict=True):
        average.lerp_(present, 1 - decay)


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
        outputs, state = network(tokens, state, ~real)  # (batch, sequence, hidden_size)
        places = real.flatten().nonzero()[:, 0]
        chosen = entries.flatten()[places]  # (tokens,)
        known = Known(*(part[chosen] for part in examples.known)) if examples.known else None
        # Not `outputs[real]`, which backwards sorts what it adds up: 2 ms.
        read = outputs.flatten(0, 1).index_select(0, places)  # (tokens, hidden_size)
        losses = network.losses(read, examples.targets[chosen], known, examples.sampler)
    return losses, state


def losses_of(network: Network, examples: Examples, plan: Plan) -> Losses:
    """How a network does at every entry, without dropout and without gradients; 0 at those outside all ranges."""
    network.eval()
    found = Losses(
        torch.zeros(examples.targets.shape, device=examples.targets.device),
        torch.zeros(examples.targets.shape, device=examples.targets.device),
        torch.zeros_like(examples.targets),
    )
    state: State | None = None
    with torch.no_grad():
        for window in Batches(examples.ranges, plan.tokens, plan.sequence_length).epoch():
            losses, state = read_window(network, examples, window, state if window.carries else None, plan)
            entries = torch.from_numpy(window.entries[window.entries != PADDING]).to(plan.device)
            for whole, part in zip(found, losses, strict=True):
                whole[entries] = part.to(whole.dtype)
    return found


def evaluate(network: Network, examples: Examples, plan: Plan) -> Validation:
    """Means over all tokens."""
    return means_of(losses_of(network, examples, plan), examples)


def means_of(found: Losses, examples: Examples) -> Validation:
    """The same, of losses that are known."""
    right = found.argmax == examples.targets
    # On the processor: Apple's MPS has no float64.
    return Validation(*(float(each.cpu().double().mean()) for each in (found.mixture, found.lstm, right)))


def _groups(network: Network, weight_decay: float) -> list[dict[str, Any]]:
    """What is trained: matrices decay, biases do not."""
    trained = [weights for weights in network.parameters() if weights.requires_grad]
    matrices = [weights for weights in trained if weights.dim() > 1]
    vectors = [weights for weights in trained if weights.dim() == 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
