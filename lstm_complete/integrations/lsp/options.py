"""What an editor may set: the `initializationOptions` of its configuration."""

from __future__ import annotations

from dataclasses import dataclass, fields

from lstm_complete.errors import SettingsError
from lstm_complete.settings import DEFAULT_NAME, SuggestSettings


@dataclass(frozen=True)
class Options:
    """One name each, the same in JSON.

    Attributes:
        model: A name in the store, or a path.
        limit: Most words in the menu.
        precision: Least probability of its first word at which grey text is shown.
        menu: Whether completion is offered at all.
        ghost: Whether inline completion is.
        candidates: Phrases that an editor gets to choose from, as it asks while one types. Asked by a key it gets five.
    """

    model: str = DEFAULT_NAME
    limit: int = SuggestSettings().limit
    precision: float = SuggestSettings().precision
    menu: bool = True
    ghost: bool = True
    candidates: int = 1

    def __post_init__(self) -> None:
        for name in ("limit", "candidates"):
            if getattr(self, name) < 1:
                raise _refused(name, "a whole number of 1 or more", getattr(self, name))
        if not 0 <= self.precision <= 1:
            raise _refused("precision", "a number from 0 to 1", self.precision)

    @property
    def settings(self) -> SuggestSettings:
        """How the model is to be asked."""
        return SuggestSettings(limit=self.limit, precision=self.precision)


_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def options_from(given: object, model: str = DEFAULT_NAME) -> Options:
    """The options that an editor gave, over the defaults.

    Args:
        given: What came as `initializationOptions`; None where nothing did.
        model: The model where the editor names none.

    Raises:
        SettingsError: It is none of our options, or holds what it cannot.
    """
    if given is None:
        return Options(model=model)
    if not isinstance(given, dict):
        raise SettingsError(f"initializationOptions: expected an object, found {given!r}")
    defaults = {field.name: field.default for field in fields(Options)}
    for name, value in given.items():
        if name not in defaults:
            raise SettingsError(f'initializationOptions: no "{name}"; there are {", ".join(defaults)}')
        kind = type(defaults[name])
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise _refused(name, _KINDS[kind], value)
    return Options(**{"model": model, **given})


def _refused(name: str, expected: str, found: object) -> SettingsError:
    return SettingsError(f'initializationOptions: expected "{name}" to be {expected}, found {found!r}')
