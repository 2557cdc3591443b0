"""A model as the hosts see it: named, read before it is asked, shared, timed, and never in the way of a keystroke."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable
from weakref import WeakValueDictionary

from lstm_complete.context import Context
from lstm_complete.errors import LSTMCompleteError
from lstm_complete.integrations.worker import WORKER
from lstm_complete.settings import SuggestSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

    from lstm_complete.why import Why

T = TypeVar("T")

# A file is read so long after a prompt was made, or at the first question: the prompt is drawn first, and the first key
# does not wait. Numpy and the starter take 120 ms, in which two threads would share one interpreter.
READ_AFTER_S = 0.3

logger = logging.getLogger("lstm_complete")
logger.addHandler(logging.NullHandler())  # without it Python prints warnings to the terminal, through the prompt


class Offer(Protocol):
    """What hosts need of a `lstm_complete.Suggestion`."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def probability(self) -> float: ...  # noqa: D102


class Suggests(Protocol):
    """What hosts need of a `lstm_complete.Suggester`; anything that has it will do."""

    def suggest(  # noqa: D102
        self, text: str, limit: int | None = None, *, context: Context | None = None
    ) -> Sequence[Offer]: ...
    def continuation(self, text: str, *, context: Context | None = None) -> Offer | None: ...  # noqa: D102
    def continuations(  # noqa: D102
        self, text: str, limit: int, *, context: Context | None = None
    ) -> Sequence[Offer]: ...
    def partial_word(self, text: str) -> str: ...  # noqa: D102
    def why(  # noqa: D102
        self, text: str, shown: str | None = None, *, context: Context | None = None
    ) -> Why | None: ...
    def learn(self, line: str) -> None: ...  # noqa: D102


@runtime_checkable
class Forgets(Protocol):
    """What hosts need besides, of those who can forget."""

    @property
    def name(self) -> str | None: ...  # noqa: D102
    def forget(self, text: str) -> None: ...  # noqa: D102


class Forgetting(NamedTuple):
    """What comes of forgetting a line.

    Attributes:
        blocked: Done when the line is said no more; None where nothing can be forgotten.
        kept: Done when it is out of the model's file; None where there is none.
    """

    blocked: Future[None] | None
    kept: Future[Any] | None


@dataclass(frozen=True)
class Phrase:
    """An offer, cut to what one line can show."""

    text: str
    probability: float


@dataclass(frozen=True)
class Words:
    """The words that may stand at the cursor.

    Attributes:
        partial_word: The letters of it that are there already.
        offers: What may follow those letters, best first.
    """

    partial_word: str
    offers: Sequence[Phrase]


class Model:
    """A `Suggester`, or the promise of one, that answers every question and raises at none.

    Asked from several threads. An error is logged once for each kind (logger "lstm_complete"), and the answer is then
    that there is nothing to suggest.

    Args:
        read: Called once, when it is first needed.
        at_hand: Whether that takes no time.

    Attributes:
        milliseconds: What the last text asked about took, menu and ghost together.
        error: The last error, or None.
    """

    def __init__(self, read: Callable[[], Suggests], *, at_hand: bool = False) -> None:
        self._read = read
        self._expected = at_hand
        self._reading = threading.Lock()
        self._suggests: Suggests | None = None
        self._context: Context | None = None
        self._unreadable: Exception | None = None
        self._logged: set[type[Exception]] = set()
        self._timed_text: str | None = None
        self.milliseconds = 0.0
        self.error: Exception | None = None

    def expect(self) -> None:
        """Be ready for a first question: it comes once the prompt that was made now is there."""
        if self._expected:
            return
        self._expected = True
        timer = threading.Timer(READ_AFTER_S, WORKER.submit, [partial(self.ghost, ""), self._is_unread])
        timer.daemon = True  # nobody waits for it
        timer.start()

    def words(self, text: str, limit: int | None = None) -> Words:
        """The words that may stand at the end of `text`, at most `limit`."""

        def question(suggests: Suggests) -> Words:
            return Words(suggests.partial_word(text), _phrases(suggests.suggest(text, limit, **self._where(suggests))))

        return self._answer(question, text) or Words("", [])

    def ghost(self, text: str) -> Phrase | None:
        """The phrase worth showing after `text`, or None."""

        def question(suggests: Suggests) -> list[Phrase]:
            offer = suggests.continuation(text, **self._where(suggests))
            return _phrases([offer] if offer else [])

        return next(iter(self._answer(question, text) or []), None)

    def ghosts(self, text: str, limit: int) -> list[Phrase]:
        """At most `limit` phrases that may follow `text`, best first."""

        def question(suggests: Suggests) -> list[Phrase]:
            return _phrases(suggests.continuations(text, limit, **self._where(suggests)))

        return self._answer(question, text) or []

    def why(self, text: str, shown: str | None = None) -> list[str]:
        """What speaks for `shown` after `text`, or for the phrase or word that would be, in a few lines."""

        def question(suggests: Suggests) -> list[str]:
            why = suggests.why(text, shown, **self._where(suggests))
            return list(why.lines(text.rpartition("\n")[2])) if why else []

        return self._guarded(question) or []

    def learn(self, line: str) -> None:
        """Let `line` count from now on, and be the line before what is typed next."""
        self._guarded(lambda suggests: suggests.learn(line))
        self._context = Context(previous=line)

    def forget(self, line: str) -> Forgetting:
        """Say `line` no more, from now on, and take it out of the model's file; both in a thread that is waited for."""
        from lstm_complete.forgetting import forget, in_background  # noqa: PLC0415 - few ask

        suggests = self._guarded(lambda suggests: suggests)
        if not isinstance(suggests, Forgets):
            return Forgetting(None, None)
        name, blocking = suggests.name, partial(suggests.forget, line)
        blocked = in_background(lambda: self._guarded(lambda _: blocking()))
        return Forgetting(blocked, in_background(lambda: forget(name, [line])) if name else None)

    def report(self, error: Exception) -> None:
        """Keep an error for those who show it, and log it where it is the first of its kind."""
        self.error = error
        if type(error) not in self._logged:
            self._logged.add(type(error))
            logger.warning("no suggestion (further errors of this kind are not logged): %s", error, exc_info=error)

    def _is_unread(self) -> bool:
        return self._suggests is None

    def _where(self, suggests: Suggests) -> dict[str, Any]:
        """The line before, for those who can use it."""
        usable = self._context and "context" in signature(suggests.continuation).parameters
        return {"context": self._context} if usable else {}

    def _answer(self, question: Callable[[Suggests], T], text: str) -> T | None:
        started = time.perf_counter()
        answer = self._guarded(question)
        taken = 1000 * (time.perf_counter() - started)
        self.milliseconds = taken + (self.milliseconds if text == self._timed_text else 0.0)
        self._timed_text = text
        return answer

    def _guarded(self, question: Callable[[Suggests], T]) -> T | None:
        try:
            return question(self._suggester())
        except Exception as error:  # noqa: BLE001 - a suggestion is never worth a keystroke
            self.report(error)
            return None

    def _suggester(self) -> Suggests:
        with self._reading:
            if self._unreadable:
                raise self._unreadable
            if self._suggests is None:
                try:
                    self._suggests = self._read()
                except Exception as error:
                    self._unreadable = error  # do not read a damaged file again at each keystroke
                    raise
            return self._suggests


def _phrases(offers: Iterable[Offer]) -> list[Phrase]:
    """The offers up to the end of their line, without those in which there is nothing to see, each text once."""
    phrases: dict[str, Phrase] = {}
    for offer in offers:
        text = offer.text.partition("\n")[0]
        if text.strip():
            phrases.setdefault(text, Phrase(text, offer.probability))
    return list(phrases.values())


# So that the menu and the ghost of a prompt, given the same name, hold one model between them.
_MODELS: WeakValueDictionary[Any, Model] = WeakValueDictionary()
_OPENING = threading.Lock()


def open_model(model: str | Path | Suggests | Model, settings: SuggestSettings = SuggestSettings()) -> Model:
    """The model of that name, path or suggester; one object for all who ask.

    A name is looked up now, and its file read when it is needed. A model that was trained anew since is another
    one: prompts that are open keep theirs.

    Args:
        model: Which.
        settings: How to ask a model that is read; a suggester has its own.

    Raises:
        UnknownModelError: No such model.
    """
    if isinstance(model, Model):
        return model
    if isinstance(model, (str, Path)):
        key, read = _promise(model, settings)
    else:
        suggests = model
        key, read = id(suggests), lambda: suggests
    with _OPENING:
        found = _MODELS.get(key)
        if found is None:
            found = _MODELS[key] = Model(read, at_hand=not isinstance(model, (str, Path)))
        return found


def hosted_model(name: str | Suggests) -> Model:
    """The same for a host, which goes on without suggestions where there is no such model; that is logged once."""
    try:
        return open_model(name)
    except LSTMCompleteError as error:
        missing = error

    def read() -> Suggests:
        raise missing

    model = Model(read)
    model.report(missing)  # before anybody asks: a host can say so at once
    return model


def shown_name(model: str | Suggests) -> str:
    """What to call a model in front of the user."""
    from lstm_complete import places  # noqa: PLC0415 - only for models that are named

    return places.answering(model) if isinstance(model, str) else str(model)


def _promise(name_or_path: str | Path, settings: SuggestSettings) -> tuple[object, Callable[[], Suggests]]:
    """What tells a model file from every other, and how to read it."""
    from lstm_complete import places  # noqa: PLC0415 - only for models that are named

    path = places.path_of(name_or_path)
    if not path.is_file():
        from lstm_complete import store  # noqa: PLC0415 - with numpy, which the start of a prompt need not wait for

        store.load(name_or_path)  # raises, and names the models there are
    status = path.stat()

    def read() -> Suggests:
        from lstm_complete.suggest import Suggester  # noqa: PLC0415 - the engine is loaded with the file

        return Suggester.load(path, settings)

    return (path.resolve(), status.st_ino, status.st_mtime_ns, settings), read


def percent(probability: float) -> str:
    """A probability as people read it: "41%"."""
    return "<1%" if 0 < probability < 0.005 else f"{probability:.0%}"
