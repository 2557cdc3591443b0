"""What the daemon knows: the models that were asked for, and what each shell has typed since it began."""

from __future__ import annotations

import logging
import os
import resource
import sys
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lstm_complete import places
from lstm_complete.errors import LSTMCompleteError
from lstm_complete.forgetting import forget, in_background
from lstm_complete.settings import DEFAULT_NAME
from lstm_complete.suggest import Suggester

if TYPE_CHECKING:
    from concurrent.futures import Future

    from lstm_complete.daemon.requests import Request
    from lstm_complete.forgetting import Outcome

logger = logging.getLogger("lstm_complete")

# A model costs its size in memory, a session a few megabytes.
MOST_MODELS = 4
MOST_SESSIONS = 16

# What tells a model file from the one that a later training put in its place; None where there is none.
_Signature = tuple[str, int, int, int] | None


@dataclass
class _Model:
    signature: _Signature
    suggester: Suggester | None
    sessions: OrderedDict[str, Suggester]


class Sessions:
    """Answers requests from the models in the store, and never raises.

    A model is read when it is first asked for, and again once its file has changed: what the sessions have typed until
    then is in the new one, or no longer recent.
    """

    def __init__(self) -> None:
        self._models: OrderedDict[str, _Model] = OrderedDict()
        self._learned = 0
        self._last_problem = ""

    def warm(self, name: str) -> None:
        """Read a model, if it is there."""
        self._model(name)

    def answer(self, request: Request) -> list[str]:
        """What there is to say to a question, and `forgotten` to `forget`; nothing, to what cannot be answered."""
        try:
            suggester = self._suggester(request.model or DEFAULT_NAME, request.session)
            self._learned += request.kind == "learn" and suggester is not None
            return _answer(suggester, request) if suggester else []
        except Exception as error:  # noqa: BLE001 - one shell's trouble is not to end all others' suggestions
            self._report(error)
            return []

    def status(self) -> dict[str, object]:
        """What can be said of it in a line or two."""
        return {
            "pid": os.getpid(),
            "loaded": [name for name, model in self._models.items() if model.suggester],
            "sessions": sum(len(model.sessions) for model in self._models.values()),
            "megabytes": round(_peak_bytes() / 2**20),
            "learned": self._learned,
            "problem": self._last_problem,
        }

    def _suggester(self, name: str, session: str) -> Suggester | None:
        model = self._model(name)
        if model.suggester is None:
            return None
        if session not in model.sessions:
            model.sessions[session] = model.suggester.alongside()
        model.sessions.move_to_end(session)
        if len(model.sessions) > MOST_SESSIONS:
            model.sessions.popitem(last=False)
        return model.sessions[session]

    def _model(self, name: str) -> _Model:
        """The model as its file is now. One that cannot be read is not read again before it has changed."""
        signature = _signature(name)
        model = self._models.get(name)
        if model is None or model.signature != signature:
            model = self._models[name] = _Model(signature, self._read(name), OrderedDict())
        self._models.move_to_end(name)
        if len(self._models) > MOST_MODELS:
            self._models.popitem(last=False)
        return model

    def _read(self, name: str) -> Suggester | None:
        try:
            return Suggester.load(name)
        except LSTMCompleteError as error:
            self._report(error)
            return None

    def _report(self, error: Exception) -> None:
        problem = f"{type(error).__name__}: {error}"
        if problem != self._last_problem:
            self._last_problem = problem
            logger.warning("no suggestion: %s", problem, exc_info=not isinstance(error, LSTMCompleteError))


def _answer(suggester: Suggester, request: Request) -> list[str]:
    if request.kind == "learn":
        suggester.learn(request.text)
        return []
    if request.kind == "forget":
        name, line = suggester.name, request.text
        suggester.forget(line)
        if name is not None:
            in_background(lambda: forget(name, [line])).add_done_callback(_report_failure)
        return ["forgotten"]
    if request.kind == "continuation":
        phrase = suggester.continuation(request.text, context=request.context)
        return [_first_line(phrase.text)] if phrase else []
    words = [
        _first_line(word.text)
        for word in suggester.suggest(request.text, suggester.settings.limit, context=request.context)
    ]
    return list(dict.fromkeys(filter(None, words)))


def _report_failure(forgetting: Future[Outcome]) -> None:
    error = forgetting.exception()
    if error is not None:
        logger.warning("blocked until the model is read anew, and not out of its file: %s", error)


def _first_line(text: str) -> str:
    """Up to the line's end, where a shell would run it; "" where that leaves nothing to see."""
    line = text.partition("\n")[0]
    return line if line.strip() and line.isprintable() else ""


def _signature(name: str) -> _Signature:
    try:
        path = places.path_of(name)
        status = path.stat()
    except (LSTMCompleteError, OSError):
        return None
    return str(path), status.st_ino, status.st_mtime_ns, status.st_size


def _peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
