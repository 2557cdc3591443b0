"""Forget: take lines out of what a model recalls, and note that it must not say them again.

Gone at once are the lines of recall, of the text kept back and of the report. The weights and the subwords were learned
from them, too, and are free of them only after a training without them; until then the guard keeps them from prompts.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from lstm_complete import recall, recollection, store
from lstm_complete.corpus import Document
from lstm_complete.forgotten import LONGEST_PIECE, Forgotten, plain_words, whole_windows, windows
from lstm_complete.model_file import Contents
from lstm_complete.provenance import Provenance
from lstm_complete.text import NEWLINE, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

_REBUILT = ("recall.", "documents.")

_BACKGROUND = ThreadPoolExecutor(1, "lstm_complete forgets")

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """A model that has forgotten.

    Attributes:
        contents: Of its file.
        kept: All that it still recalls.
        lines: How many lines of it went.
    """

    contents: Contents
    kept: list[Document]
    lines: int


def lines_in(text: str) -> list[str]:
    """The lines of a text in which there is something to forget, each once."""
    return list(dict.fromkeys(line.strip() for line in text.split(NEWLINE) if plain_words(line)))


def lines_since(contents: Contents, seconds: float) -> list[str]:
    """The lines that a model recalls from a time on, in seconds since 1970, and from no time before.

    What was typed before as well, or stands in a row in what was, is nothing of that time: who typed `ls` in the last
    hour does not mean every `ls -l` of the years before. Text without a time is from before.

    Raises:
        ModelFormatError: It does not know what it was built from.
    """
    recalled = recollection.documents(contents)
    recent = lines_in(NEWLINE.join(each.text for each in recalled if _is_since(each, seconds)))
    wanted = {window for line in recent for window in whole_windows(line)}
    sizes = {len(window) for window in wanted}
    before = (line for each in recalled if not _is_since(each, seconds) for line in each.text.split(NEWLINE))
    known = {
        window
        for words in map(plain_words, before)
        for size in sizes
        for window in windows(words, size)
        if window in wanted
    }
    return [line for line in recent if known.isdisjoint(whole_windows(line))]


def forgetting(contents: Contents, lines: Sequence[str], since: float | None = None) -> Outcome:
    """A model without some lines.

    Args:
        contents: The model.
        lines: What to forget: every line of its text goes in which the words of one of these stand in a row.
        since: A time, in seconds since 1970, from which on nothing is recalled any more; the lines that were typed
            before, too, are recalled from there.

    Raises:
        ModelFormatError: The model does not know what it was built from.
    """
    metadata, tensors = contents.metadata, contents.tensors
    recalled = recollection.documents(contents)
    whole = Forgotten.of(metadata).with_lines(lines, ())
    older = [each for each in recalled if since is None or not _is_since(each, since)]
    kept, kept_back = _remaining(contents, older, whole)
    forgotten = whole
    if recalled:
        forgotten = whole.with_lines((), _only_in(lines, kept, kept_back))
        tensors, metadata = _recalling(contents, kept)
    metadata = {
        **metadata,
        "held_out_text": kept_back,
        "forgotten": forgotten.to_dict(),
        "report": {**metadata["report"], "samples": []},  # they quote the text kept back
    }
    return Outcome(Contents(metadata, tensors), kept, _lines(recalled) - _lines(kept))


def forget(name: str, lines: Sequence[str], since: float | None = None) -> Outcome:
    """Have a model of the store forget some lines; no version from before is kept.

    Args:
        name: What it is called.
        lines: As in `forgetting`.
        since: As in `forgetting`.

    Raises:
        UnknownModelError: There is no such model.
        StoreError: Somebody else is writing it, or it cannot be written.
        ModelFormatError: It is damaged, or does not know what it was built from.
    """
    with store.writing(name) as path:
        outcome = forgetting(store.load(path), lines, since)
        store.save(name, outcome.contents)
        return outcome


def in_background(work: Callable[[], T]) -> Future[T]:
    """Do something of this in a thread of its own, one after the other.

    The end of the process waits for it: what is to be forgotten must not be there at the next start.
    """
    return _BACKGROUND.submit(work)


def pieces_of(contents: Contents, lines: Sequence[str], forgotten: Forgotten) -> set[tuple[str, ...]]:
    """Words, pairs and triples of some lines that stand nowhere else in the text that a model recalls.

    None where it recalls nothing: every word would be one of theirs alone, and no prompt would say `install` again.

    Args:
        contents: The model.
        lines: What is being forgotten.
        forgotten: All that is, these lines among it: it is no longer text of the model.

    Raises:
        ModelFormatError: The model does not know what it was built from.
    """
    recalled = recollection.documents(contents)
    return _only_in(lines, *_remaining(contents, recalled, forgotten)) if recalled else set()


def without(documents: Iterable[Document], forgotten: Forgotten) -> Iterator[Document]:
    """Documents without the lines that are forgotten: what stood before one and what stood behind it are two."""
    for document in documents:
        start, lines = 0, document.text.split(NEWLINE)
        gone = [index for index, line in enumerate(lines) if forgotten.holds(line)] if forgotten else []
        if not gone:
            yield document
            continue
        for end in [*gone, len(lines)]:
            text = NEWLINE.join(lines[start:end])
            if text.strip():
                yield replace(document, text=text, line=document.line + start)
            start = end + 1


def _remaining(
    contents: Contents, recalled: Sequence[Document], forgotten: Forgotten
) -> tuple[list[Document], list[str]]:
    """What is left of the text that a model recalls, and of what was kept back from it."""
    kept_back = [Document(text, "") for text in contents.metadata["held_out_text"]]
    return list(without(recalled, forgotten)), [each.text for each in without(kept_back, forgotten)]


def _recalling(contents: Contents, kept: Sequence[Document]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tensors and the metadata of a model whose recall is built anew."""
    vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
    documents = list(kept) or [Document("", "<nothing>")]
    read = [vocabulary.encode(document.text) for document in documents]
    recalled = recall.build(read, len(vocabulary), vocabulary.newline)
    provenance = Provenance.of(documents, read, recalled, vocabulary.newline)
    others = {name: tensor for name, tensor in contents.tensors.items() if not name.startswith(_REBUILT)}
    tensors = {**others, **recalled.to_tensors(), **provenance.to_tensors()}
    return tensors, {**contents.metadata, "sources": list(provenance.sources)}


def _only_in(lines: Sequence[str], kept: Sequence[Document], kept_back: Sequence[str]) -> set[tuple[str, ...]]:
    """Words, pairs and triples of some lines that stand nowhere else."""

    def pieces(line: str) -> Iterator[tuple[str, ...]]:
        words = plain_words(line)
        return (piece for size in range(1, LONGEST_PIECE + 1) for piece in windows(words, size))

    found = {piece for line in lines for piece in pieces(line)}
    found = {piece for piece in found if any(character.isalnum() for character in "".join(piece))}
    for text in (*(each.text for each in kept), *kept_back):
        for line in text.split(NEWLINE):
            found.difference_update(pieces(line))
    return found


def _is_since(document: Document, seconds: float) -> bool:
    return document.time is not None and document.time >= seconds


def _lines(documents: Iterable[Document]) -> int:
    return sum(sum(bool(line.strip()) for line in document.text.split(NEWLINE)) for document in documents)
