"""What a training is refused for before it begins: too little text, and settings outside what makes sense.

Those of the tokens, the device and the precision are refused where they are looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete.errors import CorpusError, SettingsError
from lstm_complete.settings import MINIMUM_CHARACTERS, MOST_LAYERS, MOST_SEED, MOST_THREADS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lstm_complete.corpus import Document
    from lstm_complete.settings import TrainingSettings


def check(documents: Sequence[Document], settings: TrainingSettings) -> None:
    """Refuse what no training can be made of.

    Raises:
        CorpusError: Too little text.
        SettingsError: A setting outside what makes sense.
    """
    found = sum(len(document.text) for document in documents)
    if found < MINIMUM_CHARACTERS:
        raise CorpusError(
            f"expected at least {MINIMUM_CHARACTERS:,} characters to learn from, found {found:,}; "
            "add more files or folders"
        )
    if settings.epochs is None and settings.budget_s is None:
        raise SettingsError("expected a budget or a number of epochs, found neither; give one")
    if settings.budget_s is not None and not settings.budget_s > 0:
        raise SettingsError(f"expected a budget of more than 0 seconds, found {settings.budget_s}")
    if settings.epochs is not None and settings.epochs < 1:
        raise SettingsError(f"expected at least 1 epoch, found {settings.epochs}")
    if settings.dropout is not None and not 0 <= settings.dropout < 1:
        raise SettingsError(f"expected a dropout of 0 or more and less than 1, found {settings.dropout}")
    if settings.start not in {"starter", "scratch"}:
        raise SettingsError(f"expected to start from starter or scratch, found {settings.start!r}")
    if not 0 <= settings.seed <= MOST_SEED:
        raise SettingsError(f"expected a seed from 0 to {MOST_SEED}, found {settings.seed}")
    if settings.threads is not None and not 1 <= settings.threads <= MOST_THREADS:
        raise SettingsError(f"expected 1 to {MOST_THREADS:,} threads, found {settings.threads}")
    _check_sizes(settings)


def _check_sizes(settings: TrainingSettings) -> None:
    if settings.layers is not None and not 1 <= settings.layers <= MOST_LAYERS:
        raise SettingsError(f"expected 1 to {MOST_LAYERS} layers, found {settings.layers}")
    if settings.hidden_size is not None and settings.hidden_size < 1:
        raise SettingsError(f"expected at least 1 unit in a layer, found {settings.hidden_size}")
    if settings.embedding_size is not None and settings.embedding_size < 0:
        raise SettingsError(f"expected an embedding of 0 or more numbers a token, found {settings.embedding_size}")
