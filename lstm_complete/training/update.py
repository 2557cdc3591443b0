"""Update a model: learn what is new in the places that it was trained on, and keep a way back."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, fields, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from lstm_complete import model_file, store
from lstm_complete.corpus import read_corpus
from lstm_complete.corpus.histories import Places, is_there
from lstm_complete.forgetting import without
from lstm_complete.forgotten import Forgotten
from lstm_complete.ledger import Ledger
from lstm_complete.secrets import SecretFilter
from lstm_complete.settings import UPDATE_SHARE, TrainingSettings
from lstm_complete.training.extras import loading_torch
from lstm_complete.training.progress import no_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from lstm_complete.corpus import Corpus, Document
    from lstm_complete.model_file import Contents
    from lstm_complete.training.trainer import Progress


@dataclass(frozen=True)
class News:
    """What an update would learn.

    Attributes:
        ledger: Of the model as it is.
        corpus: What was read again.
        documents: What is new in it.
        gone: Files, folders and histories that it was trained on and that are not there any more.
    """

    ledger: Ledger
    corpus: Corpus
    documents: list[Document]
    gone: tuple[str, ...] = ()

    @property
    def characters(self) -> int:
        """Of all the new text."""
        return sum(len(document.text) for document in self.documents)


@dataclass(frozen=True)
class Outcome:
    """What an update came to.

    Attributes:
        path: The model's file.
        before: Bits a character on all text kept back, with the old weights.
        after: The same with the best new weights.
        recalled: Whether the new text is recalled, whatever the weights.
    """

    path: Path
    before: float
    after: float
    recalled: bool

    @property
    def improved(self) -> bool:
        """Whether the new weights are kept."""
        return self.after < self.before


def find_news(contents: Contents) -> News:
    """Read again where a model was trained, files that have not changed aside.

    What was deleted since stays in the model, and keeps nobody from learning the rest.

    Raises:
        ModelFormatError: The model does not know what it was trained on.
        CorpusError: A file or a folder that it was trained on cannot be read.
    """
    ledger = Ledger.from_contents(contents)
    there, gone = still_there(ledger)
    corpus = read_again(contents, there, known=ledger.digests)
    news = without(ledger.news(corpus), Forgotten.of(contents.metadata))
    return News(ledger, corpus, list(news), gone)


def still_there(ledger: Ledger) -> tuple[Ledger, tuple[str, ...]]:
    """A ledger without the files, folders and histories to read that are not there any more; and these."""
    places = Places.of_this_user()
    paths = tuple(path for path in ledger.paths if os.path.lexists(path))
    histories = tuple(history for history in ledger.histories if is_there(history, places))
    gone = tuple(each for each in (*ledger.paths, *ledger.histories) if each not in {*paths, *histories})
    return replace(ledger, paths=paths, histories=histories), gone


def read_again(contents: Contents, ledger: Ledger, known: Collection[str] | None = None) -> Corpus:
    """Read what a model was trained on where it stands now, as it was read then.

    Args:
        contents: The model.
        ledger: Its own.
        known: Digests of files that need not be read, where only what is new is wanted.

    Raises:
        CorpusError: A file, a folder or a history that it was trained on is not there any more, or cannot be read.
    """
    settings = settings_of(contents)
    secrets = SecretFilter.of_user(settings.exclude)
    return read_corpus(ledger.paths, histories=ledger.histories, lines=settings.lines, secrets=secrets, known=known)


def update(
    name: str,
    *,
    budget_s: float | None = None,
    epochs: int | None = None,
    on_news: Callable[[News], None] = lambda _: None,
    on_progress: Callable[[Progress], None] = no_progress,
) -> Outcome | None:
    """Learn what is new since a model was trained or last updated.

    The new text is recalled as soon as it has been read. Then the weights are fitted on, from where they are, to the
    old text and the new; they are replaced where that lowers the loss on text kept back of both. A model without recall
    learns by its weights alone: where they are not replaced, it stays as it was. `store.undo` brings back the model
    from before.

    Args:
        name: The model.
        budget_s: Seconds that the fitting may take; None for a share of what the training took.
        epochs: Passes over the text, in place of a budget.
        on_news: Told what was found before it is learned.
        on_progress: Told where the fitting is.

    Returns:
        None where there is nothing new.

    Raises:
        UnknownModelError: There is no such model.
        StoreError: Somebody else is writing it, or it cannot be written.
        ModelFormatError: It is damaged, or does not know what it was trained on.
        CorpusError: What it was trained on cannot be read, or nothing is left to tell better weights by.
        MissingExtraError: torch is not installed.
    """
    with loading_torch():
        from lstm_complete.training.refit import refit  # noqa: PLC0415 - loads torch
    with store.writing(name) as path:
        old = store.load(path)
        started = time.monotonic()
        news = find_news(old)
        on_news(news)
        if not news.documents:
            return None
        seconds = None if epochs else budget_s or UPDATE_SHARE * old.metadata["report"]["seconds"]
        settings = replace(settings_of(old), budget_s=seconds, epochs=epochs)
        ledger = news.ledger.with_news(news.corpus, news.documents)
        recalling, fitting = refit(old, news.documents, settings, on_progress)
        if settings.recall:
            store.save(name, _told(recalling, ledger), keep_old=True)
        fitted, before, after = fitting()
        account = {
            "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "characters": news.characters,
            "documents": len(news.documents),
            "seconds": time.monotonic() - started,
            "before": before,
            "after": after,
        }
        outcome = Outcome(path, before, after, settings.recall)
        new = _told(fitted, ledger.with_update(account))
        if outcome.recalled:
            model_file.write(path, new)
        elif outcome.improved:
            store.save(name, new, keep_old=True)
        return outcome


def _told(contents: Contents, ledger: Ledger) -> Contents:
    """A model whose report names the sources that the ledger does."""
    report = {**contents.metadata["report"], "trained_on": ledger.trained_on()}
    return ledger.kept_in(replace(contents, metadata={**contents.metadata, "report": report}))


def settings_of(contents: Contents) -> TrainingSettings:
    """What a model was trained with; what a later version stated beside it has no meaning here."""
    known = {field.name for field in fields(TrainingSettings)}
    stated = {name: value for name, value in contents.metadata["training_settings"].items() if name in known}
    return TrainingSettings(**{**stated, "exclude": tuple(stated.get("exclude", ()))})
