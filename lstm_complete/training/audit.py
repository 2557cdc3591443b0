"""The audit: plant canaries in the text that a model was trained on, train again beside it, and see what was kept."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from lstm_complete import starter
from lstm_complete.corpus.withholding import withhold
from lstm_complete.errors import CorpusError
from lstm_complete.exposure import CHANCE_BITS, exposure, log_probabilities
from lstm_complete.forgetting import without
from lstm_complete.forgotten import Forgotten
from lstm_complete.ledger import Ledger
from lstm_complete.predictor import Predictor
from lstm_complete.secrets import SecretFilter
from lstm_complete.settings import ModelShape
from lstm_complete.text import Vocabulary
from lstm_complete.training.canaries import drawn, planted
from lstm_complete.training.extras import loading_torch
from lstm_complete.training.progress import no_progress
from lstm_complete.training.update import read_again, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lstm_complete.corpus import Document
    from lstm_complete.model_file import Contents
    from lstm_complete.training.canaries import Canary
    from lstm_complete.training.trainer import Progress

CANARIES_EACH = 4
# Each canary is ranked among so many others, which bounds its exposure: 9 bits.
OTHERS = 511

# Means of chance that are further off than this many standard errors come once in some hundred audits.
_FURTHEST = 3.0


@dataclass(frozen=True)
class Exposed:
    """A canary, and its exposure in bits to each of the model's sources; see `lstm_complete.exposure`."""

    canary: Canary
    bits: Mapping[str, float]


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        unfiltered: Of the model that was trained with the filter off.
        filtered: Of the one that was trained with it on.
        planted: Lines that were planted.
        cut: How many of them the filter cut.
    """

    unfiltered: tuple[Exposed, ...]
    filtered: tuple[Exposed, ...]
    planted: int
    cut: int

    @property
    def is_chance(self) -> bool:
        """Whether what is exposed with the filter on is no more than random texts are that were never read."""
        most = CHANCE_BITS + _FURTHEST * spread_of_chance(len(self.filtered))
        return all(mean_bits(self.filtered, source) <= most for source in self.filtered[0].bits)


def spread_of_chance(canaries: int) -> float:
    """Standard deviation, in bits, of the mean exposure of so many texts that were never read."""
    return CHANCE_BITS / math.sqrt(canaries)


def mean_bits(exposed: Sequence[Exposed], source: str) -> float:
    """Mean exposure of some canaries to a source."""
    return sum(each.bits[source] for each in exposed) / len(exposed)


def audit(
    contents: Contents,
    *,
    budget_s: float | None,
    epochs: int | None = None,
    seed: int = 0,
    others: int = OTHERS,
    on_training: Callable[[str], None] = lambda _: None,
    on_progress: Callable[[Progress], None] = no_progress,
) -> Audit:
    """Train a model twice on the text that it was trained on, with canaries in it; nothing is written anywhere.

    Lines that the filter cuts of the text itself are in neither training: what the filter is turned off for is the
    canaries alone.

    Args:
        contents: The model.
        budget_s: Seconds for each training.
        epochs: Passes over the text, in place of a budget.
        seed: Of the canaries and of where they are planted.
        others: Among how many that are not planted each canary is ranked.
        on_training: Told whether the filter is "off" or "on" before each training.
        on_progress: Told where the training is.

    Raises:
        ModelFormatError: The model does not know what it was trained on.
        CorpusError: That cannot be read any more.
        MissingExtraError: torch or tokenizers is not installed.
    """
    with loading_torch():
        from lstm_complete.training.start import Start  # noqa: PLC0415 - loads torch
        from lstm_complete.training.trainer import fit  # noqa: PLC0415
    settings = replace(settings_of(contents), budget_s=None if epochs else budget_s, epochs=epochs)
    start = None if settings.from_scratch else Start(starter.contents())
    chance = random.Random(seed)  # noqa: S311 - to be drawn again, and secret to nobody
    canaries = drawn(chance, CANARIES_EACH)
    text = planted(_text_of(contents), canaries, chance)
    kept, cut = _filtered(text, SecretFilter.of_user(settings.exclude))

    def exposed_after(documents: Sequence[Document], filtering: str) -> tuple[Exposed, ...]:
        on_training(filtering)
        return exposures(fit(documents, settings, on_progress, start), canaries, others, seed)

    return Audit(exposed_after(text, "off"), exposed_after(kept, "on"), sum(canary.times for canary in canaries), cut)


def exposures(contents: Contents, canaries: Sequence[Canary], others: int, seed: int) -> tuple[Exposed, ...]:
    """How much of each canary a model has kept: its rank among others of its format, the same for all of one."""
    vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
    shape = ModelShape(**contents.metadata["shape"])
    predictor = Predictor.from_tensors(contents.tensors, shape, vocabulary.newline)
    chance = random.Random(f"others {seed}")  # noqa: S311 - as above
    found = []
    for kind, group in groupby(canaries, key=lambda canary: canary.format):
        of_kind = list(group)
        texts = [canary.text for canary in of_kind] + [kind.draw(chance) for _ in range(others)]
        scores = log_probabilities(predictor, [vocabulary.encode(text) for text in texts])
        for index, canary in enumerate(of_kind):
            bits = {source: exposure(scored[index], scored[len(of_kind) :]) for source, scored in scores.items()}
            found.append(Exposed(canary, bits))
    return tuple(found)


def _text_of(contents: Contents) -> list[Document]:
    """What a model was trained on, read again where it stands, without what it was told to forget."""
    ledger = Ledger.from_contents(contents)
    if not (ledger.paths or ledger.histories):
        raise CorpusError(
            "expected files or histories to read again, found a model that was trained on standard input alone; "
            "--quick looks into its file only"
        )
    corpus = read_again(contents, ledger)
    return list(without(corpus.documents, Forgotten.of(contents.metadata)))


def _filtered(documents: Sequence[Document], secrets: SecretFilter) -> tuple[list[Document], int]:
    """What a training with the filter reads, and how many lines it does not."""
    kept: list[Document] = []
    cut = 0
    for _, of_source in groupby(documents, key=lambda document: document.source):
        documents_kept, cuts = withhold(of_source, secrets)
        kept += documents_kept
        cut += len(cuts)
    return kept, cut
