"""Fit a model on: from its own weights and vocabulary, to the text that it has read and to new text."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_complete.errors import CorpusError
from lstm_complete.model_file import Contents
from lstm_complete.training.examples import split
from lstm_complete.training.learned import learned
from lstm_complete.training.network import Network
from lstm_complete.training.optimization import evaluate
from lstm_complete.training.start import Start
from lstm_complete.training.trainer import figures, laid_out, optimization_of, seeded, tensors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lstm_complete.corpus import Document
    from lstm_complete.settings import TrainingSettings
    from lstm_complete.training.start import Weights
    from lstm_complete.training.trainer import Prepared, Progress

# The highest of the cycle: a fifth of a training's. Weights that are good already are lost at more.
_LEARNING_RATE = 1e-3
_EPOCHS = 4


def refit(
    old: Contents, news: Sequence[Document], settings: TrainingSettings, on_progress: Callable[[Progress], None]
) -> tuple[Contents, Callable[[], tuple[Contents, float, float]]]:
    """Fit a model to more text.

    Args:
        old: The model.
        news: What it has not read; a part of it is kept back, as in a training.
        settings: Those of its training, with the budget or the epochs of this fitting.
        on_progress: Told where the fitting is.

    Returns:
        The model with its old weights and a recall of all text, and what fits the weights on. That returns the model
        with the better weights, and the bits a character on text kept back before and after.

    Raises:
        ModelFormatError: The model does not know what it was trained on.
        CorpusError: What it has read cannot be read again where it holds none of it; or nothing is kept back, neither
            of that nor of the news.
    """
    started = time.monotonic()
    weights = Start(old, adapt=False).on([])
    shape = weights.shape(gated=settings.recall)
    prepared = _prepare(old, news, settings, weights, on_progress)
    start = Network(shape, dropout=0.0).eval()
    weights.give(start)
    metadata = {
        **old.metadata,
        "held_out_text": prepared.kept_back,
        "sources": list(prepared.provenance.sources) if prepared.provenance else [],
    }

    def fitting() -> tuple[Contents, float, float]:
        with seeded(settings):
            optimization = optimization_of(prepared, settings, time.monotonic() - started, on_progress)
            planned = replace(optimization.plan, learning_rate=_LEARNING_RATE, epochs=settings.epochs or _EPOCHS)
            optimization.plan = planned
            before = evaluate(start.to(planned.device), optimization.validation, planned)
            fitted = optimization.run(settings.seed)
            after = optimization.reached
            best, found = (fitted, after) if after.loss < before.loss else (start, before)
            report = {**old.metadata["report"], **figures(best, found, optimization, prepared)}
        bits = len(prepared.validation.targets) / prepared.validation.characters / math.log(2)
        better = {**metadata, "report": {**report, "characters": _characters(report, news)}}
        return Contents(better, tensors_of(best, prepared)), before.loss * bits, after.loss * bits

    return Contents(metadata, tensors_of(start, prepared)), fitting


def _prepare(
    old: Contents,
    news: Sequence[Document],
    settings: TrainingSettings,
    weights: Weights,
    on_progress: Callable[[Progress], None],
) -> Prepared:
    rng = np.random.default_rng(settings.seed)
    added, kept_from_news = split(news, rng)
    documents = [*learned(old), *added]
    kept_back = [*old.metadata["held_out_text"], *kept_from_news]
    if not kept_back:
        raise CorpusError(
            "expected text that was kept back, to tell whether new weights are better; found none, and nothing in a "
            "single new line to keep back; update again when more is new"
        )
    vocabulary = weights.vocabulary
    return laid_out(documents, kept_back, vocabulary, weights, settings=settings, rng=rng, on_progress=on_progress)


def _characters(report: dict[str, Any], news: Sequence[Document]) -> int:
    return int(report["characters"]) + sum(len(document.text) for document in news)
