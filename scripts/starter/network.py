"""Train the starter's network: passes over much text, in steps that can be interrupted and taken up again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from lstm_complete.training.network import Network
from lstm_complete.training.optimization import one_cycle
from lstm_complete.training.plan import takes_bfloat16
from lstm_complete.training.sampling import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lstm_complete.settings import ModelShape
    from lstm_complete.training.network import State
    from lstm_complete.training.start import Weights

_ROWS = {"cpu": 64, "cuda": 256}  # of a window: as many as keep the device busy
STEPS = 64
_LEARNING_RATE = 3e-3
_FURTHER_RATE = 4e-3  # from weights that know much; after 57 M tokens 1.218 bits a character, at 2e-3 1.224
_DROPOUT = 0.05
_RESET = 0.04  # of the rows, in each window: a document begins without a past
_CLIP = 1.0
_COUNTED = 20_000_000  # tokens that their frequencies are taken from


@dataclass
class Schedule:
    """How long to train: seconds of training all in all, over as many runs as it takes."""

    seconds: float
    save_every_s: float = 240.0


def train(
    shape: ModelShape,
    tokens: np.ndarray[Any, Any],
    checkpoint: Path,
    schedule: Schedule,
    validate: Callable[[Network], str],
    report: Callable[[str], None],
    first: Weights | None = None,
) -> Network:
    """Train until the schedule's seconds are used up, from the checkpoint on where there is one.

    Args:
        shape: Of the network.
        tokens: The text, document after document, shape (tokens,).
        checkpoint: Written every few minutes and at the end.
        schedule: The learning rate follows the seconds used.
        validate: What to say of a network at a checkpoint.
        report: Told a line at a time.
        first: Weights to begin with where there is no checkpoint; None for random ones.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(0)
    network = Network(shape, _DROPOUT).to(device)
    if first is not None:
        first.give(network)
    highest = _LEARNING_RATE if first is None else _FURTHER_RATE
    optimizer = torch.optim.AdamW(network.parameters(), lr=highest, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    used, read = 0.0, 0
    if checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True, map_location=device)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        used, read = kept["used"], kept["read"]
        report(f"from {checkpoint.name}: {used:.0f} of {schedule.seconds:.0f} s are done")
    rows = _rows(tokens, _ROWS[device.type])
    window = len(rows) * STEPS  # tokens
    sampler = _sampler(tokens, shape, window) if device.type == "cpu" else None  # a GPU scores all tokens as fast
    state = None
    saved = last = time.monotonic()
    running: Tensor | None = None
    while used < schedule.seconds:
        for group in optimizer.param_groups:
            group["lr"] = highest * one_cycle(used / schedule.seconds)
        batch = torch.from_numpy(_window(rows, read // window)).to(device)  # (rows, steps + 1)
        loss, state = _loss(network, batch, state, sampler)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        read += window
        running = loss.detach() if running is None else running.lerp(loss.detach(), 0.01)  # read where it is told
        now = time.monotonic()
        used, last = used + now - last, now
        if now - saved > schedule.save_every_s or used >= schedule.seconds:
            _save(checkpoint, network, optimizer, used, read)
            report(f"{used:6.0f} s  {read / 1e6:6.1f} M tokens  loss {running.item():.3f}  {validate(network)}")
            saved = last = time.monotonic()
    return network.eval()


def _save(checkpoint: Path, network: Network, optimizer: torch.optim.Optimizer, used: float, read: int) -> None:
    part = checkpoint.with_suffix(".part")
    kept = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "used": used, "read": read}
    torch.save(kept, part)
    part.replace(checkpoint)


def _rows(tokens: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    """The text as so many readers read it, each its own part: shape (rows, tokens of a part)."""
    length = len(tokens) // count
    return tokens[: length * count].reshape(count, length)


def _window(rows: np.ndarray[Any, Any], index: int) -> np.ndarray[Any, Any]:
    """The next tokens of each row, shape (rows, STEPS + 1); each pass over the text is cut in other places."""
    windows = (rows.shape[1] - 1) // STEPS - 1
    passes, at = divmod(index, windows)
    start = at * STEPS + passes % STEPS
    return rows[:, start : start + STEPS + 1].astype(np.int64)


def _sampler(tokens: np.ndarray[Any, Any], shape: ModelShape, window: int) -> Sampler | None:
    counted = torch.from_numpy(tokens[:_COUNTED].astype(np.int64))
    return Sampler.of(counted, shape.vocabulary_size, window)


def _loss(network: Network, batch: Tensor, state: State | None, sampler: Sampler | None) -> tuple[Tensor, State]:
    network.train()
    inputs, targets = batch[:, :-1], batch[:, 1:].reshape(-1)
    if state is not None:
        kept = (torch.rand(len(batch), 1, device=batch.device) >= _RESET).float()
        state = (state[0].detach() * kept, state[1].detach() * kept)
    with torch.autocast(batch.device.type, dtype=torch.bfloat16, enabled=takes_bfloat16("auto", batch.device)):
        outputs, state = network(inputs, state)  # (rows, steps, hidden_size)
        losses = network.losses(outputs.flatten(0, 1), targets, None, sampler)
    return losses.lstm.mean(), state
