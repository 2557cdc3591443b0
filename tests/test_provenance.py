"""Where recall's entries stand in the text: held to a list of all places, sorted the slow way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import provenance, recall, store
from lstm_complete.corpus.documents import Document
from lstm_complete.errors import ModelFormatError
from lstm_complete.model_file import Contents
from lstm_complete.provenance import Provenance

SIZE, NEWLINE = 5, 0
DOCUMENTS = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=40), min_size=1, max_size=6)


def places_in_order(documents: list[list[int]], origins: list[Document]) -> list[tuple[int, int]]:
    """Document and line of every context, sorted by its tokens read backwards; what starts a document comes first."""
    contexts = []
    for index, (document, origin) in enumerate(zip(documents, origins, strict=True)):
        tokens = [NEWLINE, *document]
        for at in range(len(tokens)):
            line = origin.line + tokens[1:at].count(NEWLINE)
            contexts.append(([*tokens[at::-1], -1], index, at, line))
    return [(index, line) for _, index, _, line in sorted(contexts)]


def origins_of(documents: list[list[int]]) -> list[Document]:
    return [Document("", f"{index % 2}.txt", 10 * index + 1) for index in range(len(documents))]


@pytest.mark.parametrize("every", [3, 1024])
@given(documents=DOCUMENTS, repeated=st.lists(st.integers(0, SIZE - 1), min_size=18, max_size=30))
@settings(max_examples=100)
def test_every_entry_is_found_where_it_stands(every: int, documents: list[list[int]], repeated: list[int]) -> None:
    # What stands twice is longer than the contexts that are counted, and than the ranks of their first doublings.
    documents = [*documents, [1, *repeated, 2], [3, *repeated, 4], repeated, repeated]
    origins = origins_of(documents)
    counted = recall.build(documents, SIZE, NEWLINE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "_MARKED_EVERY", every)
        known = Provenance.of(origins, documents, counted, NEWLINE)
        assert len(known.marks) == sum(len(document) // every for document in documents if len(document) > every)
        found = known.places(np.arange(len(counted.followers)), counted, NEWLINE)
    pairs = list(zip(found.document.tolist(), found.line.tolist(), strict=True))
    assert pairs == places_in_order(documents, origins)


def test_a_table_is_read_as_it_was_written() -> None:
    documents = [[1, 2], [3]]
    origins = [replace(origin, time=time) for origin, time in zip(origins_of(documents), (None, 5.0), strict=True)]
    known = Provenance.of(origins, documents, recall.build(documents, SIZE, NEWLINE), NEWLINE)
    assert known.start.tolist() == [0, 4]
    read = Provenance.from_contents(Contents({"sources": list(known.sources)}, known.to_tensors()))
    assert read is not None
    assert read.sources == ("0.txt", "1.txt")
    for name in ("start", "source", "line", "time", "marks"):
        np.testing.assert_array_equal(getattr(read, name), getattr(known, name))


def test_a_table_without_times_takes_no_room_for_them() -> None:
    documents = [[1, 2]]
    known = Provenance.of(origins_of(documents), documents, recall.build(documents, SIZE, NEWLINE), NEWLINE)
    assert known.time is None
    assert "documents.time" not in known.to_tensors()


def test_a_file_without_a_table_has_no_provenance() -> None:
    assert Provenance.from_contents(Contents({}, {})) is None


def test_a_damaged_table_is_refused(model_path) -> None:
    contents = store.load(model_path)
    assert Provenance.from_contents(contents) is not None
    with pytest.raises(ModelFormatError, match=r"expected numbers under 0 in documents\.source"):
        Provenance.from_contents(Contents({"sources": []}, contents.tensors))
    with pytest.raises(ModelFormatError, match="expected the names of the sources"):
        Provenance.from_contents(Contents({}, contents.tensors))
    tensors = {name: tensor for name, tensor in contents.tensors.items() if name != "documents.line"}
    with pytest.raises(ModelFormatError, match=r"expected documents\.line"):
        Provenance.from_contents(Contents(contents.metadata, tensors))
    tensors = {**contents.tensors, "documents.marks": np.full((1, 3), 2**31, np.uint32)}
    with pytest.raises(ModelFormatError, match="expected marks in"):
        Provenance.from_contents(Contents(contents.metadata, tensors))
