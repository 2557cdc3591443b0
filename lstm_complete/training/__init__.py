"""Fitting a model to a person's text. Importing this loads neither torch nor tokenizers; training does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete import places, starter, store
from lstm_complete.corpus import read_corpus
from lstm_complete.ledger import Ledger
from lstm_complete.secrets import SecretFilter
from lstm_complete.settings import DEFAULT_NAME, TrainingSettings
from lstm_complete.training.extras import loading_torch
from lstm_complete.training.progress import no_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lstm_complete.corpus import Corpus
    from lstm_complete.training.trainer import Progress

__all__ = ["train", "train_corpus"]


def train(
    paths: Sequence[str | Path],
    name: str = DEFAULT_NAME,
    settings: TrainingSettings = TrainingSettings(),
    on_progress: Callable[[Progress], None] = no_progress,
    *,
    histories: Sequence[str] = (),
) -> Path:
    """Fit a model to text files, folders and histories, and save it.

    Args:
        paths: Files, folders (read with all that is below them), or "-" for standard input.
        name: What the model is called in the store; a model of that name is replaced once the new one is complete.
        settings: How to train.
        on_progress: Called several times a second with where the training is.
        histories: Programs whose histories are read: "zsh", "zsh:PATH", "git:PATH"; see `read_corpus`.

    Returns:
        The model's file.

    Raises:
        CorpusError: A path cannot be read, or there is too little text.
        MissingExtraError: torch or tokenizers is not installed.
        TrainingError: The training cannot go on.
        StoreError: The name does not fit, or the file cannot be written.
    """
    places.place_of(name)  # an impossible name shows now, not when all the work is done
    secrets = SecretFilter.of_user(settings.exclude)
    corpus = read_corpus(paths, histories=histories, lines=settings.lines, secrets=secrets)
    return train_corpus(corpus, name, settings, on_progress)


def train_corpus(
    corpus: Corpus,
    name: str,
    settings: TrainingSettings,
    on_progress: Callable[[Progress], None] = no_progress,
) -> Path:
    """Fit a model to a corpus that is read already, and save it; see `train`."""
    with loading_torch():
        from lstm_complete.training.start import Start  # noqa: PLC0415 - loads torch
        from lstm_complete.training.trainer import fit  # noqa: PLC0415
    start = None if settings.from_scratch else Start(starter.contents())
    with store.writing(name):  # from the start: of two trainings of one name the second is told now
        return store.save(name, Ledger.of(corpus).kept_in(fit(corpus.documents, settings, on_progress, start)))
