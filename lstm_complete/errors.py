"""Everything that lstm_complete raises on purpose.

    LSTMCompleteError
    ├── CorpusError           the text to read: a path, its encoding, its size
    ├── VocabularyError       text that cannot be cut into tokens
    ├── SettingsError         a setting or a flag outside what makes sense
    ├── TrainingError         a training that cannot go on, or has nothing to learn from
    ├── MissingExtraError     an optional dependency that is not installed
    ├── StoreError            the folder of models: names, permissions, a full disk
    │   └── UnknownModelError     a model that is not there
    └── ModelFormatError      a file that is no model of ours, or is damaged

A message says what was expected, what was found, and what to do next. The command line prints it as one line
and ends with `exit_code`.
"""

from __future__ import annotations


class LSTMCompleteError(Exception):
    """The root of the tree: catch this one to catch them all."""

    exit_code = 1


class CorpusError(LSTMCompleteError):
    """Text that was asked for and cannot be read, or is not enough."""

    exit_code = 3


class VocabularyError(LSTMCompleteError):
    """Text that cannot be cut into tokens."""

    exit_code = 3


class SettingsError(LSTMCompleteError):
    """A setting outside what makes sense."""

    exit_code = 2


class TrainingError(LSTMCompleteError):
    """A training that cannot go on, or has nothing to learn from."""

    exit_code = 4


class MissingExtraError(LSTMCompleteError, ImportError):
    """An optional dependency is missing; the message names the pip command."""

    exit_code = 5

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f'{purpose} needs {package}, which is not installed: pip install "lstm-complete[{extra}]"')


class StoreError(LSTMCompleteError):
    """The folder of models cannot be read or written, or a name does not fit."""

    exit_code = 6


class UnknownModelError(StoreError):
    """A model that is not in the store."""


class ModelFormatError(LSTMCompleteError):
    """A file that is no model of ours, is damaged, or is newer than this version."""

    exit_code = 7
