"""The texts in the shares and the order that the starter reads them in, and the same as tokens."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_complete.text import Vocabulary
from lstm_complete.training.vocabulary import learn_vocabulary
from starter.clean import Seen, Text, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from starter.gather import Package

VOCABULARY_SIZE = 8000

# Manuals of libraries are most of what there is, and least of what people write.
_PROSE_SHARE = 0.67
_COMMANDS_TOGETHER = 20
_TIMES = {"commands": 3, "shell": 2, "sql": 2}  # what people type, and what there is least of
_VALIDATION = 150  # one text in so many is kept back

# Most characters of each kind that the vocabulary is learned on, in millions: by what people write, not by what there is.
_VOCABULARY_SHARES = {
    "python": 6.0, "javascript": 1.5, "commands": 4.0, "prose": 9.0, "markdown": 8.0, "french": 2.5, "german": 2.0,
    "spanish": 2.0,
}  # fmt: skip
_OTHER_SHARE = 1.0

# What looks like a command and is the sentence of a manual.
_SENTENCE = re.compile(r"(file|which|test|split|time|type|strings|sort|read) [a-z]+ [a-z]+ [a-z]+")


def read_texts(packages: Iterable[Package], path: Path) -> list[Text]:
    """All texts, mixed; cleaned once and kept at `path`, a line each."""
    if not path.exists():
        seen = Seen()
        found = _mixed([text for package in packages for text in texts(package, seen)])
        part = path.with_suffix(".part")
        part.write_text("".join(json.dumps([text.kind, text.source, text.text]) + "\n" for text in found))
        part.rename(path)
    with path.open() as lines:
        return [Text(*json.loads(line)) for line in lines]


def _mixed(found: Sequence[Text]) -> list[Text]:
    chance = random.Random(0)
    commands = [text.text for text in found if text.kind == "commands" and _is_command(text.text)]
    kept = [
        text for text in found
        if text.kind != "commands" and (text.kind != "prose" or chance.random() < _PROSE_SHARE)
    ]  # fmt: skip
    kept += [text for text in kept for _ in range(_TIMES.get(text.kind, 1) - 1)]
    for _ in range(_TIMES["commands"]):
        chance.shuffle(commands)
        sessions = (commands[at : at + _COMMANDS_TOGETHER] for at in range(0, len(commands), _COMMANDS_TOGETHER))
        kept += [Text("commands", "commands", "\n".join(session)) for session in sessions]
    chance.shuffle(kept)
    return kept


def _is_command(line: str) -> bool:
    if line.endswith((".", ",", ":", ";")) or not re.search(r"[-/|*$=~\"']", line) or _SENTENCE.match(line):
        return False
    return ";" in line or not line.startswith(("for ", "while "))


def vocabulary_of(found: Sequence[Text], path: Path) -> Vocabulary:
    """The starter's vocabulary, learned once and kept at `path`."""
    if not path.exists():
        taken: Counter[str] = Counter()
        sample = []
        for text in found:
            if taken[text.kind] < _VOCABULARY_SHARES.get(text.kind, _OTHER_SHARE) * 1e6:
                sample.append(text.text)
                taken[text.kind] += len(text.text)
        path.write_text(json.dumps(learn_vocabulary(sample, "subword", VOCABULARY_SIZE).to_dict()))
    return Vocabulary.from_dict(json.loads(path.read_text()))


def tokens_of(found: Sequence[Text], vocabulary: Vocabulary, path: Path) -> np.ndarray[Any, Any]:
    """The texts to train on in a row, each after a line break: uint16, shape (tokens,); encoded once, kept at `path`."""
    if not path.exists():
        newline = vocabulary.newline
        rows = (np.array([newline, *vocabulary.encode(text.text)], np.uint16) for text in training_part(found))
        np.save(path, np.concatenate(list(rows)))
    tokens: np.ndarray[Any, Any] = np.load(path, mmap_mode="r")
    return tokens


def training_part(found: Sequence[Text]) -> list[Text]:
    """What is trained on."""
    return [text for index, text in enumerate(found) if index % _VALIDATION]


def validation_part(found: Sequence[Text]) -> list[Text]:
    """What is kept back, to see how well the network does."""
    return [text for index, text in enumerate(found) if not index % _VALIDATION]
