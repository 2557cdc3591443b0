"""A user's model that needs no training: it knows some lines by heart."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from patience import PATIENCE_S

LINES = ("git checkout main", "git cherry-pick abc", "git commit --amend", "ls -la /tmp")


@dataclass(frozen=True)
class Offer:
    text: str
    probability: float


class WordList:
    """Offers what comes after the text in the lines it knows.

    Attributes:
        asked: Every text that a ghost was asked for, in order.
        open: Cleared to let questions wait, as a slow model would.
        started: Set as soon as a question is under way.
        error: Raised at each question, if set.
        when_asked: Called at each question, in the thread that asks.
    """

    def __init__(self, lines=LINES):
        self.lines = list(lines)
        self.asked = []
        self.threads = set()
        self.open = threading.Event()
        self.open.set()
        self.started = threading.Event()
        self.error = None
        self.when_asked = lambda: None

    def suggest(self, text, limit=None):
        self._think()
        words = [re.match(r"\s*[^\s]+", rest).group() for rest in self._rests(text)]
        return [Offer(word, 0.41 / (rank + 1)) for rank, word in enumerate(dict.fromkeys(words))][:limit]

    def continuation(self, text):
        self.asked.append(text)
        return next(iter(self.continuations(text, 1)), None)

    def continuations(self, text, limit):
        self._think()
        return [Offer(rest, 0.6 / (rank + 1)) for rank, rest in enumerate(self._rests(text)[:limit])]

    def partial_word(self, text):
        return re.search(r"[^\s]*$", text).group()

    def learn(self, line):
        self.lines.insert(0, line)

    def _rests(self, text):
        return [line[len(text) :] for line in self.lines if line.startswith(text) and line != text]

    def _think(self):
        self.threads.add(threading.current_thread())
        self.started.set()
        self.when_asked()
        assert self.open.wait(PATIENCE_S), "the test never let the model go on"
        if self.error:
            raise self.error
