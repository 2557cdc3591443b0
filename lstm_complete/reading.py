"""Reading: the text before the cursor, and the lines of the session, into the place that a search starts from."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from lstm_complete import recency
from lstm_complete.search import is_word
from lstm_complete.text import NEWLINE, words_of
from lstm_complete.tree import Node

if TYPE_CHECKING:
    from lstm_complete.predictor import Predictor, State
    from lstm_complete.text import Vocabulary

# Of the places in the text that were last read up to: the states, and the trees of what may follow, which are large.
_STATES_KEPT = 16
_ROOTS_KEPT = 2
# Each beginning of a word that is asked about grows the tree by half a megabyte: one that grew for so many starts anew.
_BEGINNINGS_OF_A_ROOT = 64


class Reading:
    """What one model has read: the session, and the text before the cursor. Not for several threads at once."""

    def __init__(self, predictor: Predictor, vocabulary: Vocabulary, *, lines: bool, most: int) -> None:
        """Read nothing yet.

        Args:
            predictor: Whose states are kept.
            vocabulary: What cuts text into its tokens.
            lines: Whether each line is a document of its own.
            most: Characters of a text that are always read; of a long one the rest may be left out.
        """
        self._predictor = predictor
        self._vocabulary = vocabulary
        self._lines = lines
        self._most = most
        self._session = recency.EMPTY
        self._learned = ""  # the session's last line
        self._states: OrderedDict[str, State] = OrderedDict()
        self._roots: OrderedDict[str, Node] = OrderedDict()
        self._asked: OrderedDict[str, set[str]] = OrderedDict()  # of each of them, the letters that it was asked about

    def anew(self) -> Reading:
        """One that has read nothing."""
        return Reading(self._predictor, self._vocabulary, lines=self._lines, most=self._most)

    def learn(self, line: str) -> None:
        """Add a line to the session."""
        self._session = self._session_after(self._session, line)
        self._learned = line
        self._forget_states()

    def reset(self) -> None:
        """Forget the session."""
        self._session = recency.EMPTY
        self._learned = ""
        self._forget_states()

    def after(self, previous: str, text: str) -> str:
        """A text with the line before it, which is read as any other finished line.

        To a model of lines that is a line of the session, unless it was learned as one already. A document brings its
        own lines: only at its first one is there another before it.

        Bits a character of three models of lines, on text that follows theirs (code, code, notes; the lines of a file
        taken for those of a session):

            each line for itself                    1.553 1.289 2.380
            after the one before it                 1.469 1.226 2.233
            and the LSTM has read that              1.462 1.225 2.235
            after all before it, by `learn`         1.235 1.065 2.127
            and the LSTM has read the one before    1.242 1.069 2.132

        So recency reads it, and the LSTM, which was fitted to lines on their own, does not.
        """
        known = previous == self._learned if self._lines else NEWLINE in text
        return text if known else f"{previous}{NEWLINE}{text}"

    def root(self, text: str) -> tuple[Node, str]:
        """The node before the unfinished word, and that word's letters with the space before them.

        Below it grows the tree of what may follow, which is kept while the word is typed. Where the tree before that
        word foresaw it, its node there is the root of the next tree.
        """
        context, partial = cut(self.recent_part(text))
        if context not in self._roots:
            root = self._foreseen(context) or Node(None, -1, self._state(context))
            keep(self._roots, context, root, _ROOTS_KEPT)
            keep(self._asked, context, set(), _ROOTS_KEPT)
        elif len(self._asked[context]) >= _BEGINNINGS_OF_A_ROOT:  # nobody types so many, but a program may ask
            self._roots[context] = Node(None, -1, self._state(context))
            self._asked[context].clear()
        self._asked[context].add(partial)
        return self._roots[context], partial

    def _foreseen(self, context: str) -> Node | None:
        """The node of a text in the trees that are kept, where a search has been there."""
        for known, root in self._roots.items():
            rest = context[len(known) :]
            if NEWLINE in rest or not continues(known, context):
                continue
            node: Node | None = root
            for token in self._vocabulary.encode(rest):
                node = node and node.children.get(token)
            if node and node.state:
                keep(self._states, context, node.state, _STATES_KEPT)
                return node
        return None

    def recent_part(self, text: str) -> str:
        """The end of a long text, from a line's start that stays the same while a few thousand characters are typed."""
        if len(text) <= 2 * self._most:
            return text
        start = (len(text) - self._most) // self._most * self._most
        line = text.find(NEWLINE, start, start + self._most)
        return text[start if line < 0 else line + 1 :]

    def _state(self, context: str) -> State:
        """The state after a text, which is read on from the longest part of it that is remembered."""
        if context not in self._states:
            # To a model of lines each line is a document: the text is not read on into the next one.
            since = context.rfind(NEWLINE) + 1 if self._lines else 0
            remembered = (text for text in self._states if len(text) >= since and continues(text, context))
            known = max(remembered, key=len, default=None)
            if known is None:
                state, rest = self._initial(context)
            else:
                self._states.move_to_end(known)  # a run of spaces is read on from its start at each key
                state, rest = self._states[known], context[len(known) :]
            state = self._predictor.read(state, self._vocabulary.encode(rest))
            keep(self._states, context, state, _STATES_KEPT)
        return self._states[context]

    def _initial(self, context: str) -> tuple[State, str]:
        """The state at the start of a document, and what is to be read of it.

        To a model of lines, the finished lines of a buffer are lines of the session.
        """
        session = self._session
        if self._lines and NEWLINE in context:
            finished, context = context.rsplit(NEWLINE, 1)
            for line in finished.split(NEWLINE):
                session = self._session_after(session, line)
        return self._predictor.initial(session), context

    def _session_after(self, session: recency.RecencyState, line: str) -> recency.RecencyState:
        """The session after one more line."""
        session = recency.begin(session, self._vocabulary.newline)
        return recency.read(session, [*self._vocabulary.encode(line), self._vocabulary.newline])

    def _forget_states(self) -> None:
        self._states.clear()
        self._roots.clear()
        self._asked.clear()


def keep(kept: OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    """Remember a value, and forget the oldest over `most`."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)


def cut(text: str) -> tuple[str, str]:
    """Text before the cursor as finished words, and the letters of the unfinished one with the space before it."""
    tail = text[text.rfind(NEWLINE) + 1 :]
    words = words_of(tail)
    if not words:
        return text, ""
    last = words[-1]
    unfinished = last.isspace() or is_word(last[-1])
    return (text[: -len(last)], last) if unfinished else (text, "")


def continues(known: str, context: str) -> bool:
    """Whether a text goes on after a known one, and a word ends where that ends."""
    if not context.startswith(known):
        return False
    if not known or len(known) == len(context):
        return True
    left, right = known[-1], context[len(known)]
    if NEWLINE in (left, right):
        return True
    return not left.isspace() and not (is_word(left) and is_word(right))
