"""Fit a model to documents: tokens, recall, then the network and the gate together, within a budget.

split -> vocabulary -> recall, scored held out -> network and gate -> figures on what was kept back
"""

from __future__ import annotations

import math
import random
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lstm_complete import __version__, recall
from lstm_complete.errors import CorpusError
from lstm_complete.model_file import Contents
from lstm_complete.provenance import Provenance
from lstm_complete.training import held_out
from lstm_complete.training.checking import check
from lstm_complete.training.examples import Examples, split
from lstm_complete.training.optimization import Optimization, Validation, losses_of
from lstm_complete.training.plan import plan
from lstm_complete.training.progress import no_progress
from lstm_complete.training.vocabulary import learn_vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lstm_complete.corpus import Document
    from lstm_complete.recall import Recall
    from lstm_complete.settings import TrainingSettings
    from lstm_complete.text import Vocabulary
    from lstm_complete.training.network import Network
    from lstm_complete.training.start import Start, Weights

# Share of a budget kept for what comes after the network: the last figures, and writing the file.
_AFTERWARDS = 0.03
_MEASURABLE = 0.02  # of the schedule
_SAMPLES = 3
_SAMPLE_TOKENS = 10  # all of them are printed, and all stay in the file


@dataclass(frozen=True)
class Progress:
    """Where a training is.

    Attributes:
        phase: "vocabulary", "recall", "network" or "check".
        fraction: Of the phase, 0 to 1.
        seconds_left: Until the whole training ends, as far as can be told.
        training_loss: Nats a token, running mean; None before the network.
        validation_loss: Nats a token on held-out text; None before the first validation.
        accuracy: Share of held-out tokens whose argmax is right.
    """

    phase: str
    fraction: float
    seconds_left: float
    training_loss: float | None = None
    validation_loss: float | None = None
    accuracy: float | None = None


@dataclass(frozen=True)
class Prepared:
    """All that is known before the network is trained."""

    weights: Weights | None
    vocabulary: Vocabulary
    recalled: Recall | None
    provenance: Provenance | None
    training: Examples
    validation: Examples
    kept_back: list[str]


def fit(
    documents: Sequence[Document],
    settings: TrainingSettings,
    on_progress: Callable[[Progress], None] = no_progress,
    start: Start | None = None,
) -> Contents:
    """Fit a model.

    Args:
        documents: The text; each document stands for itself.
        settings: How to train. With `epochs` the same text, settings and seed give the same weights on the same machine
            with one thread.
        on_progress: Called at every step. Ctrl-C while the network trains ends it with the best so far.
        start: A model whose vocabulary and weights to begin with; None to begin with neither. Of the settings, those
            of tokens and shape are then its.

    Returns:
        The model file's contents.

    Raises:
        CorpusError: Too little text.
        SettingsError: A setting outside what makes sense.
        MissingExtraError: The tokenizers library is not installed.
        TrainingError: The loss is not finite.
    """
    check(documents, settings)
    started = time.monotonic()
    with seeded(settings):
        prepared = _prepare(documents, settings, start, on_progress)
        optimization = optimization_of(prepared, settings, time.monotonic() - started, on_progress)
        network = optimization.run(settings.seed)
        on_progress(Progress("check", 0.0, 0.0))
        report = {
            **figures(network, optimization.reached, optimization, prepared),
            "trained_on": _sources(documents),
            "characters": _characters(documents),
            "seconds": time.monotonic() - started,
        }
    about = described(prepared, settings, lines=_is_lines(documents))
    metadata = {**about, "shape": asdict(network.shape), "report": report}
    on_progress(Progress("check", 1.0, 0.0))
    return Contents(metadata, tensors_of(network, prepared))


@contextmanager
def seeded(settings: TrainingSettings) -> Iterator[None]:
    """Seed everything, and leave the caller's generators and threads as they were."""
    plain, numbers = random.getstate(), np.random.get_state()  # noqa: NPY002 - see below
    random.seed(settings.seed)
    np.random.seed(settings.seed % 2**32)  # noqa: NPY002 - libraries below may use the global generator
    threads = torch.get_num_threads()
    if settings.threads:
        torch.set_num_threads(settings.threads)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(settings.seed)
            yield
    finally:
        torch.set_num_threads(threads)
        np.random.set_state(numbers)  # noqa: NPY002
        random.setstate(plain)


def _prepare(
    documents: Sequence[Document],
    settings: TrainingSettings,
    start: Start | None,
    on_progress: Callable[[Progress], None],
) -> Prepared:
    left = settings.budget_s if settings.budget_s is not None else math.nan
    rng = np.random.default_rng(settings.seed)
    on_progress(Progress("vocabulary", 0.0, left))
    kept, kept_back = split(documents, rng)
    training = [document.text for document in kept]
    if not training or not kept_back:
        raise CorpusError("expected text of several lines, to keep some of them back; found one; add more text")
    weights = start.on(training) if start else None
    if weights is not None:
        vocabulary = weights.vocabulary
    else:
        vocabulary = learn_vocabulary(training, settings.tokens, settings.vocabulary_size)
    return laid_out(kept, kept_back, vocabulary, weights, settings=settings, rng=rng, on_progress=on_progress)


def laid_out(
    documents: Sequence[Document],
    kept_back: list[str],
    vocabulary: Vocabulary,
    weights: Weights | None,
    *,
    settings: TrainingSettings,
    rng: np.random.Generator,
    on_progress: Callable[[Progress], None],
) -> Prepared:
    """What to learn and what was kept back of it in tokens, and what recall says of them."""
    left = settings.budget_s if settings.budget_s is not None else math.nan
    newline = vocabulary.newline
    read = [vocabulary.encode(document.text) for document in documents]
    unread = [vocabulary.encode(text) for text in kept_back]
    on_progress(Progress("recall", 0.0, left))
    recalled = provenance = read_scores = unread_scores = None
    if settings.recall:
        recalled = recall.build(read, len(vocabulary), newline)
        provenance = Provenance.of(documents, read, recalled, newline)
        read_scores = held_out.score_held_out(read, len(vocabulary), newline, rng)
        unread_scores = held_out.score(recalled, unread, newline, rng)
    on_progress(Progress("recall", 1.0, left))
    return Prepared(
        weights,
        vocabulary,
        recalled,
        provenance,
        Examples.of(read, newline, read_scores, _characters(documents)),
        Examples.of(unread, newline, unread_scores, sum(map(len, kept_back))),
        kept_back,
    )


def optimization_of(
    prepared: Prepared, settings: TrainingSettings, spent_s: float, on_progress: Callable[[Progress], None]
) -> Optimization:
    """The loop, with what is left of the budget, ready to run."""
    budget = None
    if settings.budget_s is not None and settings.epochs is None:
        budget = max(settings.budget_s * (1 - _AFTERWARDS) - spent_s, 1.0)
    planned = plan(settings, len(prepared.vocabulary), len(prepared.training.targets), budget, prepared.weights)
    started = time.monotonic()

    def on_step(done: float, loss: float, last: Validation | None) -> None:
        # The first steps are slow, and say little of the rest.
        left = (time.monotonic() - started) * (1 - done) / max(done, 1e-3)
        if budget is not None and done < _MEASURABLE:
            left = budget
        on_progress(Progress("network", done, left, loss, *((last.loss, last.accuracy) if last else (None, None))))

    return Optimization(planned, prepared.training.to(planned.device), prepared.validation.to(planned.device), on_step)


def described(prepared: Prepared, settings: TrainingSettings, *, lines: bool) -> dict[str, Any]:
    """What a model file says of itself beside its shape and its report."""
    return {
        "version": __version__,
        "training_settings": {**asdict(settings), "exclude": list(settings.exclude)},  # JSON has no tuples
        "vocabulary": prepared.vocabulary.to_dict(),
        "lines": lines,
        "held_out_text": prepared.kept_back,
        "sources": list(prepared.provenance.sources) if prepared.provenance else [],
    }


def figures(network: Network, found: Validation, optimization: Optimization, prepared: Prepared) -> dict[str, Any]:
    """What a report says of a network: its course, and how good it was found on text kept back."""
    validation = optimization.validation
    tokens, characters = len(validation.targets), validation.characters
    bits = tokens / characters / math.log(2)
    recalled = None
    if validation.known is not None:
        recalled = -float(validation.known.probabilities[:, 0].log().mean()) * bits
    return {
        "curve": optimization.curve,
        "stopped": optimization.stopped,
        "gone": optimization.gone,
        "parameters": sum(weights.numel() for weights in network.parameters()),
        "tokens": len(optimization.training.targets),
        "held_out": {
            "cross_entropy": found.loss,
            "perplexity": math.exp(found.loss),
            "bits_per_character": found.loss * bits,
            "lstm_bits_per_character": found.lstm_loss * bits,
            "recall_bits_per_character": recalled,
            "accuracy": found.accuracy,
            "characters": characters,
            "tokens": tokens,
        },
        "samples": _samples(network, optimization, prepared.vocabulary),
    }


def _samples(network: Network, optimization: Optimization, vocabulary: Vocabulary) -> list[dict[str, list[str]]]:
    """The first steps of a few held-out documents: what was read, what came, and the argmax."""
    validation = optimization.validation
    every = max(1, len(validation.ranges) // _SAMPLES)
    chosen = validation.ranges[::every][:_SAMPLES]
    beginnings = tuple((start, min(end, start + _SAMPLE_TOKENS)) for start, end in chosen)
    argmax = losses_of(network, validation._replace(ranges=beginnings), optimization.plan).argmax
    samples = []
    for start, end in beginnings:
        steps = slice(start, end)
        columns = {"input": validation.inputs, "target": validation.targets, "prediction": argmax}
        samples.append(
            {name: [vocabulary.decode([index]) for index in ids[steps].tolist()] for name, ids in columns.items()}
        )
    return samples


def tensors_of(network: Network, prepared: Prepared) -> dict[str, np.ndarray[Any, Any]]:
    """What a model file holds: the weights, recall, and where its text came from."""
    weights = {f"network.{name}": value.detach().cpu().numpy() for name, value in network.state_dict().items()}
    if network.shape.tied:
        del weights["network.output.weight"]  # the embedding, once more
    counted = (part.to_tensors() for part in (prepared.recalled, prepared.provenance) if part)
    return {**weights, **{name: tensor for tensors in counted for name, tensor in tensors.items()}}


def _characters(documents: Sequence[Document]) -> int:
    return sum(len(document.text) for document in documents)


def _sources(documents: Sequence[Document]) -> list[dict[str, Any]]:
    sources: dict[str, dict[str, Any]] = {}
    for document in documents:
        source = sources.setdefault(document.source, {"source": document.source, "characters": 0, "documents": 0})
        source["characters"] += len(document.text)
        source["documents"] += 1
    return list(sources.values())


def _is_lines(documents: Sequence[Document]) -> bool:
    return sum("\n" in document.text for document in documents) * 2 < len(documents)
