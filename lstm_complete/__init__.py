"""Private, offline autocompletion that has read what you wrote.

    from lstm_complete import LSTMAutoSuggest, LSTMCompleter, Suggester, train

The names below are loaded when they are first used: `import lstm_complete` costs next to nothing, and only `train`
ever loads torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_complete.context import Context
    from lstm_complete.errors import (
        CorpusError,
        LSTMCompleteError,
        MissingExtraError,
        ModelFormatError,
        SettingsError,
        StoreError,
        TrainingError,
        UnknownModelError,
        VocabularyError,
    )
    from lstm_complete.integrations.prompt_toolkit import LSTMAutoSuggest, LSTMCompleter, key_bindings
    from lstm_complete.settings import SuggestSettings, TrainingSettings
    from lstm_complete.suggest import Suggester, Suggestion
    from lstm_complete.training import train
    from lstm_complete.why import Place, Why

    __version__: str

__all__ = [
    "Context",
    "CorpusError",
    "LSTMAutoSuggest",
    "LSTMCompleteError",
    "LSTMCompleter",
    "MissingExtraError",
    "ModelFormatError",
    "Place",
    "SettingsError",
    "StoreError",
    "SuggestSettings",
    "Suggester",
    "Suggestion",
    "TrainingError",
    "TrainingSettings",
    "UnknownModelError",
    "VocabularyError",
    "Why",
    "__version__",
    "key_bindings",
    "train",
]

_HOMES = {
    "Context": "context",
    "Place": "why",
    "Why": "why",
    "LSTMAutoSuggest": "integrations.prompt_toolkit",
    "LSTMCompleter": "integrations.prompt_toolkit",
    "SuggestSettings": "settings",
    "Suggester": "suggest",
    "Suggestion": "suggest",
    "TrainingSettings": "settings",
    "key_bindings": "integrations.prompt_toolkit",
    "load_ipython_extension": "integrations.ipython",
    "train": "training",
    "unload_ipython_extension": "integrations.ipython",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load a public name when it is first asked for."""
    if name not in __all__ and name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        value = import_module("importlib.metadata").version("lstm-complete")
    else:
        value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
