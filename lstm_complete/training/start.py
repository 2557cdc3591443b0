"""Weights to start from: those of another model, laid out for the vocabulary of this text.

From scratch a network learns the language from the user's text alone; started from the starter's it only has to learn
what is particular to it (Howard, Ruder 2018, arXiv 1801.06146).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from lstm_complete.settings import ModelShape
from lstm_complete.text import Vocabulary
from lstm_complete.training.adaptation import adapt, unchanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lstm_complete.model_file import Contents
    from lstm_complete.training.adaptation import Adapted
    from lstm_complete.training.network import Network


# What has a row for each token.
_BY_TOKEN = {"embedding.weight", "output.weight", "output.bias"}


@dataclass(frozen=True)
class Start:
    """A model to start from.

    Attributes:
        contents: Its file's.
        adapt: Whether its vocabulary is fitted to the text, or kept as it is.
        frozen: Whether its network stays as it is, and only the gate is trained.
    """

    contents: Contents
    adapt: bool = True
    frozen: bool = False

    def on(self, documents: Sequence[str]) -> Weights:
        """Its weights, for the vocabulary that fits a text.

        Raises:
            MissingExtraError: Without the tokenizers library, where the vocabulary is to be fitted.
        """
        vocabulary = Vocabulary.from_dict(self.contents.metadata["vocabulary"])
        return Weights(self, adapt(vocabulary, documents) if self.adapt else unchanged(vocabulary))


@dataclass(frozen=True)
class Weights:
    """Another model's weights, and what each token of this text's vocabulary was in its own."""

    start: Start
    adapted: Adapted

    @property
    def vocabulary(self) -> Vocabulary:
        """The one fitted to the text."""
        return self.adapted.vocabulary

    def shape(self, *, gated: bool) -> ModelShape:
        """The sizes of the network that starts with them."""
        known = ModelShape(**self.start.contents.metadata["shape"])
        return replace(known, vocabulary_size=len(self.vocabulary), gated=gated)

    def give(self, network: Network) -> None:
        """Copy them into a network of `shape`, and mark what is to be trained; a gate that is new stays random."""
        weights = network.state_dict()
        for name, values in weights.items():
            given = self.start.contents.tensors.get(f"network.{name}")
            if given is None:
                continue  # a gate, or the output that is the embedding once more
            known = torch.from_numpy(np.array(given, np.float32))
            if name in _BY_TOKEN:
                self._give_rows(values, known)
            else:
                values.copy_(known)
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(name.startswith("gate.") or not self.start.frozen)

    def _give_rows(self, rows: torch.Tensor, known: torch.Tensor) -> None:
        """A new token has the mean of what spelled it; one of which nothing is known keeps its random row."""
        for index, pieces in enumerate(self.adapted.pieces):
            if pieces:
                rows[index] = known[list(pieces)].mean(dim=0)
