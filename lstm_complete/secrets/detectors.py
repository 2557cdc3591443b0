"""What detect-secrets sees: a library made for it, asked in training beside our own rules, and never at a prompt.

Of its detectors only the pattern matching is called (`analyze_string`). What it calls verification sends a token to the
service that issued it: that is never called, and could not connect, because the library is given an empty module in
place of `requests` (which opens a socket as soon as it is imported).
"""

from __future__ import annotations

import inspect
import pkgutil
import sys
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from lstm_complete.errors import MissingExtraError
from lstm_complete.secrets.rules import Span, is_value

if TYPE_CHECKING:
    from collections.abc import Iterator

# An address is no secret, and high entropy alone is the mark of a commit's hash and of any id: in notes, 130 lines of
# 50,000 for nothing. Random strings have a rule of our own.
_LEFT_OUT = frozenset({"IPPublicDetector", "HexHighEntropyString", "Base64HighEntropyString"})

# Their patterns take the square of a line's length.
_LONGEST_LINE = 2000


def detected(line: str) -> Iterator[Span]:
    """The secrets that detect-secrets sees in a line.

    Raises:
        MissingExtraError: It is not installed.
    """
    for detector in _detectors():
        for value in detector.analyze_string(line[:_LONGEST_LINE]):
            start = line.find(value)
            if start >= 0 and is_value(f'"{value}"'):
                yield Span(start, start + len(value), str(detector.secret_type).lower())


@cache
def _detectors() -> tuple[Any, ...]:
    with _nothing_to_connect_with():
        try:
            from detect_secrets import plugins  # noqa: PLC0415 - a prompt does without it
            from detect_secrets.plugins.base import BasePlugin  # noqa: PLC0415
        except ImportError:
            raise MissingExtraError("detect-secrets", "train", "Reading text without its secrets") from None
        names = [module.name for module in pkgutil.iter_modules(plugins.__path__)]
        modules = [import_module(f"{plugins.__name__}.{name}") for name in names]
    classes = {each for module in modules for each in vars(module).values() if inspect.isclass(each)}
    found = [
        each
        for each in classes
        if issubclass(each, BasePlugin) and not inspect.isabstract(each) and each.__name__ not in _LEFT_OUT
    ]
    return tuple(each() for each in sorted(found, key=lambda each: each.__name__))


@contextmanager
def _nothing_to_connect_with() -> Iterator[None]:
    """For what is imported meanwhile, `requests` is a module that can send nothing."""
    known = sys.modules.get("requests")
    empty = ModuleType("requests")
    vars(empty).update(Response=object, exceptions=SimpleNamespace(RequestException=OSError))
    sys.modules["requests"] = empty
    try:
        yield
    finally:
        del sys.modules["requests"]
        if known is not None:
            sys.modules["requests"] = known
