"""Train a model again on the text that it has learned: what was forgotten leaves the weights and the subwords, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lstm_complete import forgetting, starter, store
from lstm_complete.corpus import Document
from lstm_complete.ledger import Ledger
from lstm_complete.model_file import Contents
from lstm_complete.training.extras import loading_torch
from lstm_complete.training.learned import learned
from lstm_complete.training.progress import no_progress
from lstm_complete.training.update import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lstm_complete.training.trainer import Progress

_KEPT_BACK = "<kept back>"


def retrain(
    name: str,
    lines: Sequence[str],
    on_progress: Callable[[Progress], None] = no_progress,
    since: float | None = None,
) -> Path:
    """Forget some lines, and fit the weights to all that is left, from where a training starts.

    The lines are gone from recall before the fitting begins. What a training without them cannot know is said again
    where it comes of itself; the lines as such stay blocked.

    Raises:
        CorpusError: Too little text is left to train on; or the model holds none, and what it has read is not there any
            more.
        MissingExtraError: torch or tokenizers is not installed.
        LSTMCompleteError: What `forgetting.forget` raises, and `train`.
    """
    with loading_torch():
        from lstm_complete.training.start import Start  # noqa: PLC0415 - loads torch
        from lstm_complete.training.trainer import fit  # noqa: PLC0415
    with store.writing(name) as path:
        old = forgetting.forgetting(store.load(path), lines, since).contents
        ledger, kept = Ledger.from_contents(old), learned(old)
        store.save(name, old)
        settings = settings_of(old)
        kept_back = [Document(text, _KEPT_BACK) for text in old.metadata["held_out_text"]]
        start = None if settings.from_scratch else Start(starter.contents())
        new = ledger.kept_in(fit([*kept, *kept_back], settings, on_progress, start))
        forgotten = {**old.metadata["forgotten"], "pieces": []}
        return store.save(name, Contents({**new.metadata, "forgotten": forgotten}, new.tensors))
