"""What recall was built from can be read back out of it, to the letter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import model_file, recall
from lstm_complete.errors import ModelFormatError
from lstm_complete.recollection import documents, token_ids
from lstm_complete.suggest import Suggester

NEWLINE = 3


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(0, 5), max_size=40), min_size=1, max_size=12))
def test_documents_of_tokens_are_read_back(read):
    assert token_ids(recall.build(read, 6, NEWLINE), NEWLINE) == read


def test_a_model_knows_every_line_it_has_read_with_its_place(model_path, text_path):
    contents = model_file.read(model_path)
    lines = text_path.read_text("utf-8").splitlines()
    found = documents(contents)
    assert sorted([*(each.text for each in found), *contents.metadata["held_out_text"]]) == sorted(lines)
    assert all(each.source == str(text_path) and lines[each.line - 1] == each.text for each in found)


def test_a_model_without_recall_has_nothing_to_tell(model_path):
    contents = model_file.read(model_path)
    weights = {name: tensor for name, tensor in contents.tensors.items() if name.startswith("network.")}
    assert documents(model_file.Contents(contents.metadata, weights)) == []
    Suggester(model_file.Contents(contents.metadata, weights))


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_entries_that_lead_in_circles_end(seed):
    random = np.random.default_rng(seed)
    good = recall.build([random.integers(0, 6, 50).tolist() for _ in range(4)], 6, NEWLINE)
    positions = good.positions.copy()
    positions[random.integers(0, len(positions), 10)] = random.integers(0, len(positions) + 5, 10)
    bad = recall.Recall(good.followers, positions, good.novelty, good.starts, good.discounts)
    try:
        found = token_ids(bad, NEWLINE)
    except ModelFormatError:
        return
    assert sum(len(document) + 1 for document in found) == len(positions)


def test_a_model_of_an_earlier_version_says_to_retrain(model_path):
    contents = model_file.read(model_path)
    old = {name: tensor for name, tensor in contents.tensors.items() if not name.startswith("documents.")}
    with pytest.raises(ModelFormatError, match="retrain"):
        documents(model_file.Contents(contents.metadata, old))
