"""Size and schedule of a training, from the size of the text, where the settings leave them open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from lstm_complete.errors import SettingsError
from lstm_complete.settings import ModelShape

if TYPE_CHECKING:
    from lstm_complete.settings import TrainingSettings
    from lstm_complete.training.start import Weights


# Measured on a validation part of the shell commands (186,000 tokens), bits a character of the mixture: 384 units with
# dropout 0.35 1.371 after 2,173 steps, 512 units with dropout 0.5 1.368 after 1,624; 640 units, dropout 0.3 and a third
# of the steps 1.431. Epochs, nats a token on text kept back: commands 2.074 at the 15th of 40 and 2.119 at the 28th,
# 2.100 at the end of 16; queries 0.373 at the 12th of 40 and 0.401 at the 22nd; French pages 1.861 at the end of 16.
_HIDDEN_SIZE = 512
_EMBEDDING_SIZE = 256
_MOST_EPOCHS = 24

# Tokens in a window. Bits a character after two minutes from the starter, with 512 / 1,024 / 2,048 / 4,096: queries
# 0.088 / 0.086 / 0.091 / 0.100, notes 1.146 / 1.139 / - / 1.160, commands - / 1.235 / 1.270 / -, Python - / 0.851 / - /
# 0.888. And with the rate of 3e-3 at 2e-3 / 5e-3: queries 0.089 / 0.085, commands 1.244 / 1.231, Python 0.859 /
# 0.848, and commands from scratch - / 1.275 for 1.294.
_TOKENS = 1024
_RATE = 5e-3

# From the starter, with little text: what it knows is worth as much as what there is to learn. Bits a character on
# other text of the same kind, fitted on 50 KB (17,000 tokens) for 8 epochs at 1e-3 / at 3e-3: notes 1.320 / 1.337,
# commands 1.987 / 1.943, Python 0.991 / 0.984, French pages 1.247 / 1.231; on 10 KB of notes 1.315 / 1.353. At 2e-3
# for 8 / 11 / 15 epochs, which have fewer steps since rows are full: commands 1.893 / 1.878 / 1.865, French pages 1.152
# / 1.138 / 1.136, notes 1.510 / 1.513 / 1.515; 10 KB of French 1.331 / 1.310 / 1.299, of the others level. On 200 KB
# (70,000 tokens) so, for 24 epochs at 5e-3, which were stopped at the 10th: commands 1.538 for 1.548, notes 1.482 for
# 1.493. On all commands (190,000 tokens) 24 epochs are better: 1.208 for 1.211 in 12.
_LITTLE, _LITTLE_RATE, _LITTLE_EPOCHS = 100_000, 2e-3, 12

# Tokens of text up to which it is read so often in a budget that it would be learned by heart.
_SMALL, _MEDIUM = 250_000, 600_000


@dataclass(frozen=True)
class Plan:
    """What the loop needs to know.

    Attributes:
        shape: Of the network.
        dropout: Between everything.
        tokens: In a window, over all its rows.
        sequence_length: Of a row.
        learning_rate: The highest of the cycle.
        weight_decay: Of the matrices.
        epochs: Passes over the text, unless the time is up before.
        budget_s: Seconds left for the network; None for no limit.
        device: Where it is trained.
        bfloat16: Whether matrix products are taken in bfloat16.
        weights: To begin with; None for random ones.
    """

    shape: ModelShape
    dropout: float
    tokens: int
    sequence_length: int
    learning_rate: float
    weight_decay: float
    epochs: int
    budget_s: float | None
    device: torch.device
    bfloat16: bool
    weights: Weights | None = None


def plan(
    settings: TrainingSettings,
    vocabulary_size: int,
    training_tokens: int,
    budget_s: float | None,
    weights: Weights | None = None,
) -> Plan:
    """Fill in what the settings leave open.

    Raises:
        SettingsError: A device or a precision that is not there.
    """
    hidden = settings.hidden_size if settings.hidden_size is not None else _HIDDEN_SIZE
    embedding = settings.embedding_size if settings.embedding_size is not None else _EMBEDDING_SIZE
    device = _device(settings.device)
    little = weights is not None and training_tokens < _LITTLE
    scratch = ModelShape(
        vocabulary_size=vocabulary_size,
        embedding_size=embedding,
        hidden_size=hidden,
        layers=settings.layers if settings.layers is not None else 1,
        tied=embedding > 0,
        gated=settings.recall,
    )
    return Plan(
        shape=weights.shape(gated=settings.recall) if weights else scratch,
        dropout=settings.dropout if settings.dropout is not None else _dropout(training_tokens),
        tokens=_TOKENS,
        sequence_length=64,
        learning_rate=_LITTLE_RATE if little else _RATE,
        weight_decay=0.05,
        epochs=settings.epochs or (_LITTLE_EPOCHS if little else _MOST_EPOCHS),
        budget_s=budget_s,
        device=device,
        bfloat16=takes_bfloat16(settings.precision, device),
        weights=weights,
    )


def _dropout(training_tokens: int) -> float:
    if training_tokens < _SMALL:
        return 0.45
    return 0.4 if training_tokens < _MEDIUM else 0.3


def _device(name: str) -> torch.device:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if there[kind])
    if not there.get(name, False):
        found = ", ".join(kind for kind, is_there in there.items() if is_there)
        raise SettingsError(f"expected a device that torch finds here ({found}, or auto); found {name!r}")
    return torch.device(name)


def takes_bfloat16(precision: str, device: torch.device) -> bool:
    """Whether matrix products are taken in bfloat16: as the settings say, or where the device is faster with it.

    Raises:
        SettingsError: A precision that is none.
    """
    if precision not in {"auto", "float32", "bfloat16"}:
        raise SettingsError(f"expected precision auto, float32 or bfloat16; found {precision!r}")
    if precision != "auto":
        return precision == "bfloat16"
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return device.type == "cpu" and any(
        getattr(torch.cpu, f"_is_{feature}_supported", bool)() for feature in ("amx_tile", "avx512_bf16")
    )
