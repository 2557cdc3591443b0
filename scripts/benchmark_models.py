"""What the benchmarks type, and the models that they ask: made once, of text that every Python ships, and kept."""

from __future__ import annotations

import os
from pathlib import Path

import standard_library_text

from lstm_complete import TrainingSettings, places, train

FOLDER = Path(".benchmark")

# Millions of weights: tokens, embedding, units.
SIZES = {"1M": (4096, 128, 256), "3M": (5000, 256, 512), "10M": (16_000, 384, 768)}


def use_folder(folder: Path = FOLDER) -> None:
    """Keep models in a folder of the benchmarks' own."""
    os.environ[places.HOME_VARIABLE] = str(folder)


def model(size: str, budget_s: float, folder: Path = FOLDER) -> Path:
    """The model of one of SIZES, trained for a while where there is none yet."""
    path = places.path_of(size)
    if not path.is_file():
        if not (folder / "text").is_dir():
            standard_library_text.write(folder)
        tokens, embedding, units = SIZES[size]
        print(f"training the model of {size} weights for {budget_s:.0f} s, once", flush=True)
        settings = TrainingSettings(
            budget_s=budget_s, vocabulary_size=tokens, embedding_size=embedding, hidden_size=units, lines=False
        )
        train([folder / "text"], size, settings)
    return path


def lines_to_type(count: int, text: Path | None = None, folder: Path = FOLDER) -> list[str]:
    """Lines that the models have not read: of a text of one's own, or of what was kept back."""
    text = text or folder / "held_out.txt"
    lines = [line for line in text.read_text(encoding="utf-8").split("\n") if 20 <= len(line) <= 300]
    return lines[:: max(1, len(lines) // count)][:count]
