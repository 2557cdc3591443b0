"""The model file under attack: whatever the bytes, a ModelFormatError at most, and nothing large allocated."""

import json
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_complete import model_file
from lstm_complete.errors import ModelFormatError
from lstm_complete.model_file import Contents

TENSORS = {
    "weight": np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4),
    "half": np.arange(5, dtype=np.float16),
    "ids": np.arange(9, dtype=np.uint32),
    "empty": np.zeros((0, 5), dtype=np.float32),
}


@pytest.fixture(scope="module")
def blob():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        model_file.write(path, Contents({"text": "é"}, TENSORS))
        return path.read_bytes()


def read_bytes(data, *, check=True):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        path.write_bytes(data)
        return model_file.read(path, check=check)


LIES = st.sampled_from(
    [0, 1, -1, 4, 2**31, 2**60, 2**63, 2**64, 10**30, True, 1.5, float("nan"), "F32", "F99", None, [], [2**60], {}]
)


@settings(max_examples=300)
@given(data=st.data())
def test_a_header_that_lies_neither_crashes_nor_allocates(blob, data):
    end = 8 + int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8:end])
    name = data.draw(st.sampled_from(sorted(TENSORS)))
    field = data.draw(st.sampled_from(["dtype", "shape", "data_offsets"]))
    value = data.draw(st.one_of(LIES, st.lists(LIES, max_size=9)))
    header[name][field] = value
    if data.draw(st.booleans()):
        other = data.draw(st.sampled_from(["dtype", "shape", "data_offsets"]))
        header[name][other] = data.draw(st.one_of(LIES, st.lists(LIES, max_size=3)))
    text = json.dumps(header).encode()
    tracemalloc.start()
    try:
        contents = read_bytes(len(text).to_bytes(8, "little") + text + blob[end:], check=False)
    except ModelFormatError:
        pass
    else:
        assert sum(tensor.nbytes for tensor in contents.tensors.values()) == len(blob) - end
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


def with_header(blob, header):
    """The same data behind another header."""
    end = 8 + int.from_bytes(blob[:8], "little")
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + blob[end:]


def header_of(blob):
    return json.loads(blob[8 : 8 + int.from_bytes(blob[:8], "little")])


@pytest.mark.parametrize("size", [200_000_000, 2**60, 2**64 - 1])
def test_a_header_larger_than_any_is_refused_before_it_is_read(tmp_path, size):
    path = tmp_path / "a.safetensors"
    with path.open("wb") as stream:
        stream.write(size.to_bytes(8, "little") + b"{")
        stream.truncate(300_000_000)
    tracemalloc.start()
    with pytest.raises(ModelFormatError, match=f"its header takes {size:,} bytes"):
        model_file.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("name", "shape"), [("empty", [0, 2**40, 2**40]), ("empty", [2**62, 2**62, 0]), ("half", [5, *[1] * 70])]
)
def test_a_shape_that_numpy_cannot_have_is_refused(blob, name, shape):
    header = header_of(blob)
    header[name]["shape"] = shape
    with pytest.raises(ModelFormatError, match=f"'{name}'"):
        read_bytes(with_header(blob, header), check=False)


def test_tensors_that_share_bytes_are_refused(blob):
    header = header_of(blob)
    _, second, *_ = sorted(header.keys() - {"__metadata__", "empty"}, key=lambda name: header[name]["data_offsets"])
    header[second]["data_offsets"] = [place - 2 for place in header[second]["data_offsets"]]
    with pytest.raises(ModelFormatError, match=f"'{second}' starts at byte"):
        read_bytes(with_header(blob, header), check=False)


def test_an_entry_that_stands_twice_is_refused_though_it_says_the_same(blob):
    header = header_of(blob)
    again = json.dumps({"half": header["half"]}).encode()[1:]
    with pytest.raises(ModelFormatError):
        read_bytes(with_header(blob, json.dumps(header).encode()[:-1] + b", " + again), check=False)


@settings(max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 700), st.integers(0, 300))
def test_bytes_put_anywhere_are_found(blob, inserted, position, removed):
    damaged = blob[:position] + inserted + blob[position + removed :]
    if damaged != blob:
        with pytest.raises(ModelFormatError):
            read_bytes(damaged)


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data):
    with pytest.raises(ModelFormatError):
        read_bytes(data)
