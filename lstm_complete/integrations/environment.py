"""Where a host's settings are read: the environment of the process, or that of a host which has one of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_environments: list[Mapping[str, Any]] = [os.environ]


def setting(name: str) -> str:
    """What a variable says now, or "" where there is none; read at each question, so a host may change it under way."""
    value = _environments[-1].get(name)
    return "" if value is None else str(value).strip()


def enter(environment: Mapping[str, Any]) -> None:
    """Read in this environment from now on."""
    _environments.append(environment)


def leave(environment: Mapping[str, Any]) -> None:
    """Read in it no more."""
    _environments[:] = [each for each in _environments if each is not environment]
