"""All that recall has read, read back out of it: the documents that it was built from, in their order.

The entries are sorted by what stands before them, and each knows the one before it; followed the other way round, from
the start of each document to its end, they spell the text. What is forgotten or added later needs no other copy of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lstm_complete.corpus import Document
from lstm_complete.errors import ModelFormatError
from lstm_complete.provenance import Provenance
from lstm_complete.recall import Recall
from lstm_complete.text import Vocabulary

if TYPE_CHECKING:
    from lstm_complete.model_file import Contents


def holds_text(contents: Contents) -> bool:
    """Whether a model recalls the text that it has read."""
    return "recall.followers" in contents.tensors


def documents(contents: Contents) -> list[Document]:
    """The text that a model recalls, to the letter; nothing of a model without recall.

    Raises:
        ModelFormatError: What the file holds was not built from documents, or by an earlier version.
    """
    if not holds_text(contents):
        return []
    vocabulary = Vocabulary.from_dict(contents.metadata["vocabulary"])
    recalled = Recall.from_tensors(contents.tensors, len(vocabulary))
    provenance = Provenance.from_contents(contents)
    read = [vocabulary.decode(tokens) for tokens in token_ids(recalled, vocabulary.newline)]
    if provenance is None or len(provenance.start) != len(read):
        raise ModelFormatError("expected to know where each text came from, found a model that does not; retrain it")
    times = [None] * len(read) if provenance.time is None else provenance.time.tolist()
    return [
        Document(text, provenance.sources[source], line, None if time is None or np.isnan(time) else time)
        for text, source, line, time in zip(
            read, provenance.source.tolist(), provenance.line.tolist(), times, strict=True
        )
    ]


def token_ids(recalled: Recall, newline: int) -> list[list[int]]:
    """The documents as `recall.build` was given them. Takes about a second for ten megabytes of text.

    Args:
        recalled: Built with `whole` contexts in order.
        newline: The token that starts and ends every document.

    Raises:
        ModelFormatError: The entries lead nowhere.
    """
    entries, first = len(recalled.followers), int(recalled.starts[newline])
    count = int(np.count_nonzero(recalled.positions[first : int(recalled.starts[newline + 1])] == 0))
    succeeding = np.flatnonzero(recalled.positions)
    preceding = recalled.positions[succeeding].astype(np.int64) - 1
    if len(preceding) and int(preceding.max()) >= entries:
        raise ModelFormatError("expected recall's entries to lead to one another, found some beyond the end")
    following = np.full(entries, -1, np.int64)
    following[preceding] = succeeding
    step, token = following.data, recalled.followers.data  # an item is a plain number, sooner than one of an array
    found, left = [], entries
    for start in range(first, first + count):
        document, entry = [], start
        while (then := step[entry]) >= 0 and left:  # the last of a document leads to its end, which leads nowhere
            document.append(token[entry])
            entry = then
            left -= 1
        found.append(document)
        left -= 1
    if left:
        raise ModelFormatError("expected recall's entries to be those of documents, found others; retrain the model")
    return found
