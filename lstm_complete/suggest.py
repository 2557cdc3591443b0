"""The Suggester: text before the cursor in, words and phrases out."""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice, repeat
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from lstm_complete import places, store, worth
from lstm_complete.candidates import Phrase, surest
from lstm_complete.errors import ModelFormatError, SettingsError, VocabularyError
from lstm_complete.forgotten import Forgotten
from lstm_complete.guard import Guard
from lstm_complete.predictor import Predictor
from lstm_complete.reading import Reading, keep
from lstm_complete.search import Search
from lstm_complete.settings import ModelShape, SuggestSettings
from lstm_complete.text import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from lstm_complete.candidates import Found
    from lstm_complete.context import Context
    from lstm_complete.model_file import Contents
    from lstm_complete.why import Explainer, Why

# Of the places in the text that were last suggested at: the answers; and what was found, which keeps trees alive.
_ANSWERS_KEPT = 1024
_FOUND_KEPT = 2

Offer = TypeVar("Offer", "Found", Phrase)

# A single character costs as much to take as to type, and stands where a history may have a whole line to offer: it is
# shown only where it more likely than not finishes the word.
_SHORTEST = 2
_SURE = 0.5

# A menu's first word and its second must be so many times as probable as the least one, and its third; no more are
# looked for. Each stands a key further down, so that a rare one spares none there. Keys saved on text kept back, 200
# cases each (menu / both), of five words from 1 % on, and so, in two thirds of the time: commands 48.4 / 52.6 and
# 48.3 / 52.6, notes 47.5 / 49.3 and 47.4 / 49.3, Python 47.2 / 49.8 and 47.0 / 49.7, French 59.2 / 61.8, 59.0 / 61.6.
_RISE = (1.0, 1.0, 4.0)

# Phrases of a menu come with at least this probability after the word that they begin with.
_SHARE_IN_MENU = 0.5


@dataclass(frozen=True)
class Suggestion:
    """Text that may come next.

    Attributes:
        text: What to insert at the cursor.
        probability: That what comes begins with it: with all of it in a menu; of ghost text with its first word, or the
            part of that which was found, and the marks before it, which decides whether it is shown.
        source: What had most to say for it: "lstm", "recall" or "recency".
    """

    text: str
    probability: float
    source: str


class Suggester:
    """Suggests words and phrases at the end of a text.

    Menu and ghost may ask at once, from several threads: answers are remembered, and one search runs at a time.

    Attributes:
        name: What its model is called in the store; None for one that was not read from there.
    """

    name: str | None = None

    def __init__(self, contents: Contents, settings: SuggestSettings = SuggestSettings()) -> None:
        try:
            shape = ModelShape(**contents.metadata["shape"])
            self.vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
            lines = bool(contents.metadata["lines"])
        except (KeyError, TypeError, SettingsError, VocabularyError) as error:
            raise ModelFormatError(
                f"expected a model of lstm-complete, found one without its parts ({error!r}); retrain it"
            ) from None
        if len(self.vocabulary) != shape.vocabulary_size:
            raise ModelFormatError(
                f"expected {shape.vocabulary_size} tokens, as its shape says, found {len(self.vocabulary)}; retrain it"
            )
        # Without the weights: where they were copied, as half the precision is, their place in the file can go.
        others = {name: tensor for name, tensor in contents.tensors.items() if not name.startswith("network.")}
        self._contents = replace(contents, tensors=others)
        self._guard = Guard(Forgotten.of(contents.metadata))
        self.metadata: dict[str, Any] = contents.metadata
        self.settings = settings
        self._predictor = Predictor.from_tensors(contents.tensors, shape, self.vocabulary.newline)
        self._search = Search(self._predictor, self.vocabulary, settings.beam_width)
        self._reading = Reading(self._predictor, self.vocabulary, lines=lines, most=settings.context_characters)
        self._answers: OrderedDict[tuple[str, str, int | None], list[Suggestion]] = OrderedDict()
        self._answered_under = self._guard.forgotten
        self._found: OrderedDict[tuple[str, int | None], list[Found]] = OrderedDict()
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
        suggester = cls(store.load(name_or_path), settings)
        suggester.name = places.name_of(places.path_of(name_or_path))
        return suggester

    def suggest(self, text: str, limit: int | None = None, *, context: Context | None = None) -> list[Suggestion]:
        """The words that may come, each with the phrase that likely follows it; first what saves most keys.

        Args:
            text: All of it before the cursor.
            limit: So many, where there are. None for those alone that are worth reading, `settings.limit` at most.
            context: Where it is typed, as far as the caller knows.
        """
        wanted = self.settings.limit if limit is None else limit
        if wanted < 1:
            return []
        text = self._placed(text, context)

        def answer() -> list[Suggestion]:
            found = self._words(text, limit)
            words = [word for word in found if len(word.text) >= _SHORTEST or word is found[0]]
            if words and _is_idle(words[0].text, words[0]):
                words = words[1:]
            likely = [word for word in words[:wanted] if word.probability >= self.settings.least_in_menu]
            phrases = chain.from_iterable(self._search.phrases(likely, _SHARE_IN_MENU))
            shown = worth.menu(phrases, wanted, lambda shown: self._guard.may_show(text, shown))
            if limit is not None:
                shown += islice(self._harmless(text, worth.others(likely, shown)), wanted - len(shown))
            return [Suggestion(phrase.text, phrase.probability, phrase.word.source) for phrase in shown]

        return list(self._remembered("menu", text, limit, answer))

    def continuation(self, text: str, *, context: Context | None = None) -> Suggestion | None:
        """The phrase worth showing after the cursor, or None where its first word is not likely enough.

        It is as long as it saves keys on expectation.
        """
        found = self.continuations(text, 1, context=context)
        return found[0] if found else None

    def continuations(self, text: str, limit: int, *, context: Context | None = None) -> list[Suggestion]:
        """Phrases to choose from, best first. The first is `continuation(text)`; without one there are none."""
        text = self._placed(text, context)

        def answer() -> list[Suggestion]:
            found = self._words(text, None if limit == 1 else max(limit, self.settings.limit))
            if all(word.first < self.settings.precision for word in found):
                return []  # as at most keys: the guard need not be asked
            best = next(self._harmless(text, found), None)
            if best is None or best.first < self.settings.precision:
                return []
            sure = list(self._harmless(text, surest(best, found, self.settings.precision)))
            others = self._harmless(text, (word for word in found if word not in sure))
            *begun, longest = sure
            grown = self._search.phrases([longest, *islice(others, limit - 1)], self.settings.phrase_share)
            grown[0] = [*map(Phrase.of, begun), *grown[0]]
            shown = [self._best(text, phrases) for phrases in grown]
            if _is_idle(shown[0].text, shown[0].word):
                return []
            return [Suggestion(phrase.text, phrase.word.probability, phrase.word.source) for phrase in shown]

        return list(self._remembered("phrases", text, limit, answer))

    def why(self, text: str, shown: str | None = None, *, context: Context | None = None) -> Why | None:
        """What speaks for a suggestion: the sources' shares in it, and the lines that it was recalled from.

        Args:
            text: All of it before the cursor.
            shown: What is suggested there; None for the continuation, or the first word where there is none.
            context: Where it is typed.

        Returns:
            None where nothing is suggested.

        Raises:
            ModelFormatError: The model's table of sources is damaged.
        """
        if shown is None:
            offers = self.continuations(text, 1, context=context) or self.suggest(text, 1, context=context)
            shown = offers[0].text if offers else None
        if not shown:
            return None
        text = self._placed(text, context)
        with self._lock:
            root, typed = self._reading.root(text)
            assert root.state is not None, "a root is read before it is kept"
            return self._explainer.why(root.state, typed, shown, self._words(text, self.settings.limit))

    @cached_property
    def _explainer(self) -> Explainer:
        from lstm_complete.provenance import Provenance  # noqa: PLC0415 - few ask, and all would wait for it
        from lstm_complete.why import Explainer  # noqa: PLC0415

        return Explainer(self._predictor, self.vocabulary, Provenance.from_contents(self._contents))

    def learn(self, line: str) -> None:
        """Take a finished line into account from now on, until `reset`; one that holds a secret is passed over."""
        if not self._guard.may_learn(line):
            return
        with self._lock:
            self._reading.learn(line)
            self._answers.clear()
            self._found.clear()

    def forget(self, text: str) -> None:
        """Say none of these lines again, nor what stands in them alone, here and in all that share the model.

        It lasts until the model is read anew; `lstm_complete.forgetting` takes them out of its file.
        """
        from lstm_complete import forgetting  # noqa: PLC0415 - few ask, and all would wait for it

        lines = forgetting.lines_in(text)
        self._block(lines, ())  # at once: what follows takes a second for ten megabytes of text
        self._block((), forgetting.pieces_of(self._contents, lines, self._guard.forgotten))

    def _block(self, lines: Iterable[str], pieces: Iterable[tuple[str, ...]]) -> None:
        with self._lock:
            self._guard.forgotten = self._guard.forgotten.with_lines(lines, pieces)

    def reset(self) -> None:
        """Begin a new document: forget what `learn` was told."""
        with self._lock:
            self._reading.reset()
            self._answers.clear()
            self._found.clear()

    def alongside(self) -> Suggester:
        """Another one on the same model, whose session is its own and begins empty: it shares the weights.

        It waits for the other's searches: they work in the same arrays.
        """
        other = copy(self)
        vars(other).update(_reading=self._reading.anew(), _answers=OrderedDict(), _found=OrderedDict())
        return other

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

    def _placed(self, text: str, context: Context | None) -> str:
        """What is read of a text, after the line before it."""
        with self._lock:
            if context is not None and context.previous:
                text = self._reading.after(context.previous, text)
            return self._reading.recent_part(text)

    def _words(self, text: str, limit: int | None) -> list[Found]:
        """One search for menu and ghost, of words for the menu and of shorter ones with them.

        Not all of them may be shown: to ask the guard takes time, and only those that would be shown are worth it.

        Args:
            text: Before the cursor.
            limit: So many, where there are. None for those alone that may be worth reading.
        """
        if limit is None and (text, self.settings.limit) in self._found:
            limit = self.settings.limit  # an editor's menu asks for so many: what it found serves the ghost, too
        if (text, limit) not in self._found:
            root, partial = self._reading.root(text)
            least = min(self.settings.least_in_menu, self.settings.precision)
            rising = chain((least * times for times in _RISE), repeat(1.0))
            leasts = [least] * limit if limit else list(islice(rising, self.settings.limit))
            found = self._search.words(root, partial, leasts, shortest=_SHORTEST)
            keep(self._found, (text, limit), found, _FOUND_KEPT)
        return self._found[text, limit]

    def _harmless(self, text: str, offers: Iterable[Offer]) -> Iterator[Offer]:
        """Those that may be shown after a text, each asked about when it is its turn."""
        return (offer for offer in offers if self._guard.may_show(text, offer.text))

    def _best(self, text: str, phrases: Sequence[Phrase]) -> Phrase:
        """Of a word and what follows it, what saves most keys on expectation and may be shown."""
        return next(self._harmless(text, worth.ghost(phrases, self.settings.phrase_words)), phrases[0])

    def _remembered(
        self, kind: str, text: str, limit: int | None, answer: Callable[[], list[Suggestion]]
    ) -> list[Suggestion]:
        key = (kind, text, limit)
        with self._lock:
            if self._answered_under is not self._guard.forgotten:  # here or in another session on this model
                self._answers.clear()
                self._answered_under = self._guard.forgotten
            if key not in self._answers:
                keep(self._answers, key, answer(), _ANSWERS_KEPT)
            return self._answers[key]


def _is_idle(text: str, word: Found) -> bool:
    """Whether a suggestion that begins with a word spares nobody a key."""
    return len(text) < _SHORTEST and word.finished < _SURE
