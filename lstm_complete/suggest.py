"""The Suggester: text before the cursor in, words and phrases out."""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from lstm_complete import recency, store
from lstm_complete.errors import ModelFormatError, VocabularyError
from lstm_complete.predictor import Predictor
from lstm_complete.search import Search, is_word
from lstm_complete.settings import ModelShape, SuggestSettings
from lstm_complete.text import NEWLINE, Vocabulary, words_of
from lstm_complete.tree import Node

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lstm_complete.model_file import Contents
    from lstm_complete.predictor import State
    from lstm_complete.search import Found

# Of the places in the text that were last suggested at: the answers, the states, and the trees of what may follow,
# which are large.
_ANSWERS_KEPT = 256
_STATES_KEPT = 16
_ROOTS_KEPT = 2

# A single character costs as much to take as to type: it is in the menu only where it comes more likely than not.
_SHORTEST_IN_MENU = 2
_SURE = 0.5

# The words that a reader takes one by one.
_TAKEN = re.compile(r"\s*(?:\w+|[^\w\s]+)")

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Suggestion:
    """Text that may come next.

    Attributes:
        text: What to insert at the cursor.
        probability: That its first word is the one, with the marks before it.
        source: What had most to say for it: "lstm", "recall" or "recency".
    """

    text: str
    probability: float
    source: str


class Suggester:
    """Suggests words and phrases at the end of a text.

    Menu and ghost may ask at once, from several threads: answers are remembered, and one search runs at a time.
    """

    def __init__(self, contents: Contents, settings: SuggestSettings = SuggestSettings()) -> None:
        try:
            shape = ModelShape(**contents.metadata["shape"])
            self.vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
            self._lines = bool(contents.metadata["lines"])
        except (KeyError, TypeError, VocabularyError) as error:
            raise ModelFormatError(
                f"expected a model of lstm-complete, found one without its parts ({error}); retrain it"
            ) from None
        if len(self.vocabulary) != shape.vocabulary_size:
            raise ModelFormatError(
                f"expected {shape.vocabulary_size} tokens, as its shape says, found {len(self.vocabulary)}; retrain it"
            )
        self.metadata: dict[str, Any] = contents.metadata
        self.settings = settings
        self._predictor = Predictor.from_tensors(contents.tensors, shape, self.vocabulary.newline)
        self._search = Search(self._predictor, self.vocabulary, settings.beam_width)
        self._session = recency.EMPTY
        self._states: OrderedDict[str, State] = OrderedDict()
        self._roots: OrderedDict[str, Node] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str, int], Any] = OrderedDict()
        self._lock = RLock()

    @classmethod
    def load(cls, name_or_path: str | Path, settings: SuggestSettings = SuggestSettings()) -> Suggester:
        """Open a model.

        Args:
            name_or_path: A name in the store, or a file.
            settings: How to ask it.

        Raises:
            UnknownModelError: There is no such model.
            ModelFormatError: The file is none of ours, or is damaged.
        """
        return cls(store.load(name_or_path), settings)

    def suggest(self, text: str, limit: int | None = None) -> list[Suggestion]:
        """The words that may come, best first, each with the probability that it is the one.

        Args:
            text: All of it before the cursor.
            limit: Most words; None for `settings.limit`.
        """
        limit = self.settings.limit if limit is None else limit
        if limit < 1:
            return []

        def answer() -> list[Suggestion]:
            longer = self._words(text, limit, _SHORTEST_IN_MENU)
            sure = [word for word in self._words(text, limit, 1)[:1] if word.probability >= _SURE]
            words = [*(word for word in sure if len(word.text) < _SHORTEST_IN_MENU), *longer][:limit]
            likely = [word for word in words if word.probability >= self.settings.least_in_menu]
            return [Suggestion(word.text, word.probability, word.source) for word in self._search.extended(likely)]

        return list(self._remembered("menu", text, limit, answer))

    def continuation(self, text: str) -> Suggestion | None:
        """The phrase worth showing after the cursor, or None where its first word is not likely enough.

        It is as long as it saves keys on expectation.
        """
        found = self.continuations(text, 1)
        return found[0] if found else None

    def continuations(self, text: str, limit: int) -> list[Suggestion]:
        """Phrases to choose from, best first. The first is `continuation(text)`; without one there are none."""
        words = self._words(text, max(limit, self.settings.limit), 1)[:limit]
        if not words or words[0].first < self.settings.precision:
            return []
        return self._remembered("phrases", text, limit, lambda: [self._phrase(word) for word in words])

    def learn(self, line: str) -> None:
        """Take a finished line into account from now on, until `reset`."""
        with self._lock:
            tokens = self.vocabulary.encode(line)
            self._session = self._recent_after(self._session, tokens)
            self._forget_answers()

    def reset(self) -> None:
        """Begin a new document: forget what `learn` was told."""
        with self._lock:
            self._session = recency.EMPTY
            self._forget_answers()

    def partial_word(self, text: str) -> str:
        """The letters of the unfinished word at the cursor, "" after a finished one."""
        last = re.search(r"\w+\Z", text[-self.settings.context_characters :])
        return last.group() if last else ""

    def bits_per_character(self, document: str) -> float:
        """How many bits the model needs for a text, a character: the fewer the better it knows it."""
        with self._lock:
            state, bits = self._predictor.initial(), 0.0
            for token in [*self.vocabulary.encode(document), self.vocabulary.newline]:
                [prediction] = self._predictor.predict([state])
                bits -= math.log2(max(float(prediction.probabilities[token]), 1e-30))
                [state] = self._predictor.step([state], [token])
            return bits / (len(document) + 1)

    def _words(self, text: str, limit: int, shortest: int) -> list[Found]:
        def search() -> list[Found]:
            context, partial = _cut(self._recent_part(text))
            return self._search.words(self._root(context), partial, limit, shortest=shortest)

        return self._remembered(f"words of {shortest}", text, limit, search)

    def _phrase(self, word: Found) -> Suggestion:
        """Go on after a word while that saves keys on expectation.

        All of a phrase is taken with one key, and the first n of its words with n where the rest is wrong. One more
        word after n saves a key where it is right, and costs n - 1 where it is not: it must be likelier than
        (n - 1) / n.
        """
        phrase, node = word.text, word.node
        while True:
            words = len(_TAKEN.findall(phrase))
            if words >= self.settings.phrase_words:
                break
            following = self._search.words(node, "", 1, after_word=is_word(phrase[-1]))
            least = max((words - 1) / words, self.settings.least_next_word)
            if not following or following[0].probability < least:
                break
            phrase, node = phrase + following[0].text, following[0].node
        return Suggestion(phrase, word.probability, word.source)

    def _remembered(self, kind: str, text: str, limit: int, answer: Callable[[], _Answer]) -> _Answer:
        key = (kind, text, limit)
        with self._lock:
            if key not in self._answers:
                _keep(self._answers, key, answer(), _ANSWERS_KEPT)
            remembered: _Answer = self._answers[key]
            return remembered

    def _forget_answers(self) -> None:
        self._states.clear()
        self._roots.clear()
        self._answers.clear()

    def _recent_part(self, text: str) -> str:
        """The end of a long text, from a line's start that stays the same while a few thousand characters are typed."""
        most = self.settings.context_characters
        if len(text) <= 2 * most:
            return text
        start = (len(text) - most) // most * most
        line = text.find(NEWLINE, start, start + most)
        return text[start if line < 0 else line + 1 :]

    def _root(self, context: str) -> Node:
        """The node before the unfinished word, with the tree of what may follow while the word is typed."""
        if context not in self._roots:
            _keep(self._roots, context, Node(None, -1, self._state(context)), _ROOTS_KEPT)
        return self._roots[context]

    def _state(self, context: str) -> State:
        """The state after a text, which is read on from the longest part of it that is remembered."""
        if context not in self._states:
            # To a model of lines each line is a document: the text is not read on into the next one.
            since = context.rfind(NEWLINE) + 1 if self._lines else 0
            remembered = (text for text in self._states if len(text) >= since and _continues(text, context))
            known = max(remembered, key=len, default=None)
            state, rest = self._initial(context) if known is None else (self._states[known], context[len(known) :])
            state = self._predictor.read(state, self.vocabulary.encode(rest))
            _keep(self._states, context, state, _STATES_KEPT)
        return self._states[context]

    def _initial(self, context: str) -> tuple[State, str]:
        """The state at the start of a document, and what is to be read of it.

        To a model of lines, the finished lines of a buffer are lines of the session.
        """
        session = self._session
        if self._lines and NEWLINE in context:
            finished, context = context.rsplit(NEWLINE, 1)
            for line in finished.split(NEWLINE):
                session = self._recent_after(session, self.vocabulary.encode(line))
        return self._predictor.initial(session), context

    def _recent_after(self, session: recency.RecencyState, tokens: list[int]) -> recency.RecencyState:
        """The session after one more line."""
        session = recency.begin(session, self.vocabulary.newline)
        for token in [*tokens, self.vocabulary.newline]:
            session = recency.step(session, token)
        return session


def _keep(kept: OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    """Remember a value, and forget the oldest over `most`."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)


def _cut(text: str) -> tuple[str, str]:
    """Text before the cursor as finished words, and the letters of the unfinished one with the space before it."""
    tail = text[text.rfind(NEWLINE) + 1 :]
    words = words_of(tail)
    if not words:
        return text, ""
    last = words[-1]
    unfinished = last.isspace() or is_word(last[-1])
    return (text[: -len(last)], last) if unfinished else (text, "")


def _continues(known: str, context: str) -> bool:
    """Whether a text goes on after a known one, and a word ends where that ends."""
    if not context.startswith(known):
        return False
    if not known or len(known) == len(context):
        return True
    left, right = known[-1], context[len(known)]
    if NEWLINE in (left, right):
        return True
    return not left.isspace() and not (is_word(left) and is_word(right))
