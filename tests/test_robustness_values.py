"""A model file whose checksum is right and whose contents are wrong: refused when it is opened, or answered from."""

from __future__ import annotations

import copy
import math
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import model_file
from lstm_complete.errors import ModelFormatError
from lstm_complete.model_file import Contents
from lstm_complete.suggest import Suggester

QUESTIONS = ["Return the ", "é \n  the opt"]
MOST_BYTES = 30_000_000

NUMBERS = st.sampled_from(
    [0, 1, -1, 2, 255, 2**15, 2**31, 2**40, 2**60, 2**63, 10**30, 0.5, -1e300, math.nan, math.inf]
)
ANYTHING = st.one_of(
    NUMBERS,
    st.sampled_from([None, True, "", "a\n", "\ud800", "\x1b[2J", {}, [], [[]], {"a": 1}, "x" * 1000]),
    st.lists(NUMBERS, max_size=6),
)


@pytest.fixture(scope="module")
def contents(model_path):
    found = model_file.read(model_path)
    return Contents(found.metadata, {name: np.array(tensor) for name, tensor in found.tensors.items()})


def refused_or_answered(contents):
    """Open and ask; what is answered must be answers. Warnings are errors. Returns whether the model was taken."""
    try:
        suggester = Suggester(contents)
    except ModelFormatError as error:
        refusal = str(error)
    else:
        refusal = None
    if refusal is not None:
        assert refusal.isprintable()
        return False
    for text in QUESTIONS:
        found = [*suggester.suggest(text), *suggester.continuations(text, 2)]
        assert all(0 <= each.probability <= 1 and each.text for each in found)
    assert math.isfinite(suggester.bits_per_character("Return"))
    return True


def test_the_untouched_model_is_taken(contents):
    assert refused_or_answered(contents)


@settings(max_examples=80)
@given(
    which=st.integers(0, 1000),
    kind=st.sampled_from(["values", "all", "dtype", "shape", "gone"]),
    seed=st.integers(0, 2**32),
    share=st.floats(0, 1),
    dtype=st.sampled_from(["f8", "f2", "i8", "i4", "u1", "i1", "?", "u8"]),
    bad=st.sampled_from([np.nan, np.inf, -np.inf, 1e38, -1e38, 0.0, 1e5, -1e5]),
)
def test_a_tensor_of_other_values_is_refused_or_harmless(contents, *, which, kind, seed, share, dtype, bad):
    names = sorted(name for name, tensor in contents.tensors.items() if tensor.size)
    name = names[which % len(names)]
    tensor = contents.tensors[name].copy()
    tensors = dict(contents.tensors)
    random = np.random.default_rng(seed)
    if kind == "gone":
        del tensors[name]
    elif kind == "shape":
        tensors[name] = tensor.reshape(-1)[: int(share * tensor.size)]
    elif kind == "dtype":
        with np.errstate(all="ignore"):
            tensors[name] = tensor.astype(dtype)
    elif tensor.dtype.kind == "f":
        places = slice(None) if kind == "all" else random.integers(tensor.size, size=3)
        tensor.reshape(-1)[places] = bad
        tensors[name] = tensor
    else:
        places = slice(None) if kind == "all" else random.integers(tensor.size, size=30)
        flat = tensor.reshape(-1)
        flat[places] = random.integers(np.iinfo(tensor.dtype).max, size=flat[places].shape, endpoint=True)
        tensors[name] = tensor
    refused_or_answered(Contents(contents.metadata, tensors))


@settings(max_examples=100)
@given(data=st.data())
def test_metadata_that_lie_are_refused_or_harmless(contents, data):
    metadata = copy.deepcopy(contents.metadata)
    where = data.draw(st.sampled_from(["shape", "vocabulary", "lines"]))
    if where == "lines" or data.draw(st.integers(0, 9)) == 0:
        metadata[where] = data.draw(ANYTHING)
    else:
        key = data.draw(st.sampled_from(sorted(metadata[where])))
        metadata[where][key] = data.draw(ANYTHING)
    tracemalloc.start()
    try:
        with suppress(ModelFormatError):
            Suggester(Contents(metadata, contents.tensors))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES
    refused_or_answered(Contents(metadata, contents.tensors))


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("recall.followers", 400, "expected numbers under 400 in recall.followers, found"),
        ("recall.starts", 7, "expected recall.starts to rise from 0"),
        ("network.output.bias", np.nan, "expected weights within"),
        ("network.gate.shares.bias", np.inf, "expected weights within"),
        ("recall.discounts", np.nan, "expected weights within"),
    ],
)
def test_what_is_wrong_is_said_when_the_model_is_opened(contents, name, values, found):
    tensors = {**contents.tensors, name: np.full_like(contents.tensors[name], values)}
    with pytest.raises(ModelFormatError, match=found):
        Suggester(Contents(contents.metadata, tensors))


def test_merges_that_would_spell_more_than_fits_in_memory_are_refused(contents):
    vocabulary = {**contents.metadata["vocabulary"]}
    end = 256 + len(vocabulary["alphabet"])
    vocabulary["merges"] = [256, 256, *(index for step in range(60) for index in (end + step, end + step))]
    with pytest.raises(ModelFormatError, match="merges tokens to one of 512 characters"):
        Suggester(Contents({**contents.metadata, "vocabulary": vocabulary}, contents.tensors))


@pytest.mark.parametrize("layers", [0, 4, 2**60, True, "1", None])
def test_a_shape_that_is_none_is_refused_before_anything_is_allocated(contents, layers):
    shape = {**contents.metadata["shape"], "layers": layers}
    with pytest.raises(ModelFormatError, match="found one without its parts"):
        Suggester(Contents({**contents.metadata, "shape": shape}, contents.tensors))
