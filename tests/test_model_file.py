"""The model file: what was saved comes back, and nothing else ever does."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save

from lstm_complete import model_file
from lstm_complete.errors import ModelFormatError, StoreError
from lstm_complete.model_file import Contents

METADATA = {"shape": {"hidden_size": 5}, "text": 'é "quoted" \ud83d \\ \n', "nan": float("inf"), "lines": [True, None]}
TENSORS = {
    "weight": np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4),
    "half": np.arange(5, dtype=np.float16),
    "bytes": np.arange(7, dtype=np.uint8),
    "small": np.arange(-3, 3, dtype=np.int8),
    "counts": np.arange(3, dtype=np.uint16),
    "ids": np.arange(9, dtype=np.uint32)[::2],
    "signed": np.arange(4, dtype=np.int32),
    "long": np.array(2**40, dtype=np.int64),
    "empty": np.zeros((0, 5), dtype=np.float32),
    "column": np.asfortranarray(np.arange(6, dtype=np.float64).reshape(2, 3)),
}
CONTENTS = Contents(METADATA, TENSORS)


def written(folder, contents=CONTENTS):
    path = Path(folder) / "model.safetensors"
    model_file.write(path, contents)
    return path


def with_header(path, change):
    """The file again, its header edited and its length put right."""
    blob = path.read_bytes()
    end = 8 + int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8:end])
    change(header)
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + blob[end:])


def with_entry(path, **changes):
    def change(header):
        entry = json.loads(header["__metadata__"]["lstm_complete"]) | changes
        header["__metadata__"]["lstm_complete"] = json.dumps(entry)

    with_header(path, change)


@pytest.fixture(scope="module")
def blob():
    with tempfile.TemporaryDirectory() as folder:
        return written(folder).read_bytes()


def read_bytes(data, *, check=True):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        path.write_bytes(data)
        contents = model_file.read(path, check=check)
        return Contents(contents.metadata, {name: np.array(tensor) for name, tensor in contents.tensors.items()})


def assert_same(contents, expected=CONTENTS):
    assert contents.metadata == expected.metadata
    assert set(contents.tensors) == set(expected.tensors)
    for name, tensor in expected.tensors.items():
        assert contents.tensors[name].dtype == tensor.dtype
        np.testing.assert_array_equal(contents.tensors[name], tensor)


def test_what_was_written_is_read(tmp_path):
    assert_same(model_file.read(written(tmp_path)))


def test_the_safetensors_library_reads_the_same(tmp_path):
    path = written(tmp_path)
    for name, tensor in load_file(path).items():
        np.testing.assert_array_equal(tensor, TENSORS[name])
    with safe_open(path, framework="numpy") as file:
        assert json.loads(file.metadata()["lstm_complete"])["metadata"] == METADATA


def test_the_same_contents_give_the_same_bytes(tmp_path):
    assert written(tmp_path).read_bytes() == written(tmp_path).read_bytes()


def test_tensors_are_read_only_views_on_one_mapped_file(tmp_path):
    tensors = model_file.read(written(tmp_path)).tensors
    maps = {id(tensor.base) for tensor in tensors.values()}
    assert len(maps) == 1
    assert isinstance(tensors["weight"].base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        tensors["weight"][0, 0] = 1.0


def test_only_the_user_can_read_a_model(tmp_path):
    assert stat.S_IMODE(written(tmp_path).stat().st_mode) == 0o600


def test_who_has_the_old_file_mapped_keeps_it(tmp_path):
    path = written(tmp_path)
    old = model_file.read(path)
    model_file.write(path, Contents({"new": True}, {"weight": np.zeros((300, 4), np.float32)}))
    assert_same(old)
    assert model_file.read(path).metadata == {"new": True}


def test_big_endian_tensors_are_turned_round(tmp_path):
    path = written(tmp_path, Contents({}, {"a": np.arange(4, dtype=">f4")}))
    np.testing.assert_array_equal(model_file.read(path).tensors["a"], np.arange(4))


def test_a_tensor_of_a_foreign_kind_is_refused_and_leaves_the_old_model(tmp_path):
    path = written(tmp_path)
    with pytest.raises(TypeError, match="'a' is complex128"):
        model_file.write(path, Contents({}, {"a": np.zeros(2, complex)}))
    assert_same(model_file.read(path))


def test_a_newer_format_asks_for_an_upgrade(tmp_path):
    path = written(tmp_path)
    with_entry(path, format=3)
    with pytest.raises(ModelFormatError) as error:
        model_file.read(path)
    assert str(error.value) == (
        f"{path} has format 3; this version reads up to 1. "
        'Upgrade lstm-complete, or retrain with "lstm-complete train".'
    )


@pytest.mark.parametrize(
    "changes", [{"format": 0}, {"format": "1"}, {"format": True}, {"format": None}, {"metadata": []}, {"crc32": 5}]
)
def test_an_entry_that_makes_no_sense_is_refused(tmp_path, changes):
    path = written(tmp_path)
    with_entry(path, **changes)
    with pytest.raises(ModelFormatError, match="is damaged"):
        model_file.read(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"abc",
        b"#!/bin/sh\necho this is no model\n",
        b"\x02\0\0\0\0\0\0\0{}",
        b"\x02\0\0\0\0\0\0\0[]",
        b"\xff" * 8 + b"{}",
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
        (200_006).to_bytes(8, "little") + b'{"a":' + b"[" * 200_001,
        save({"a": np.zeros(3, np.float32)}),
        save({"a": np.zeros(3, np.float32)}, {"format": "pt"}),
        save({"a": np.zeros(3, np.float32)}, {"lstm_complete": "[" * 50_000}),
        b"\x1e\0\0\0\0\0\0\0" + b'{"__metadata__":' + b"1" * 13 + b"}",
    ],
)
def test_a_foreign_file_is_refused(data):
    with pytest.raises(ModelFormatError, match=r"is not a model of lstm-complete|is damaged"):
        read_bytes(data)


def test_a_number_of_a_million_digits_is_refused():
    text = b'{"a":' + b"1" * 1_000_000 + b"}"
    with pytest.raises(ModelFormatError):
        read_bytes(len(text).to_bytes(8, "little") + text)


def test_a_name_that_stands_twice_is_refused(blob):
    end = 8 + int.from_bytes(blob[:8], "little")
    text = blob[8:end].replace(b'"small":', b'"bytes":')
    with pytest.raises(ModelFormatError):
        read_bytes(len(text).to_bytes(8, "little") + text + blob[end:], check=False)


def test_every_bit_that_flips_is_found():
    with tempfile.TemporaryDirectory() as folder:
        path = written(
            folder, Contents({"text": "é \\ \n", "list": [1, 0.5, None]}, {"a": np.arange(5, dtype=np.float16)})
        )
        blob = path.read_bytes()
        for position in range(len(blob)):
            for bit in range(8):
                damaged = bytearray(blob)
                damaged[position] ^= 1 << bit
                path.write_bytes(damaged)
                with pytest.raises(ModelFormatError):
                    model_file.read(path)


def test_every_truncation_is_found(blob):
    for length in range(len(blob)):
        with pytest.raises(ModelFormatError):
            read_bytes(blob[:length], check=False)


def test_what_is_appended_is_found(blob):
    with pytest.raises(ModelFormatError, match="is damaged"):
        read_bytes(blob + b"\0", check=False)


def test_without_the_check_a_flipped_weight_goes_unseen(blob):
    damaged = bytearray(blob)
    damaged[-1] ^= 1
    assert set(read_bytes(damaged, check=False).tensors) == set(TENSORS)


def test_a_file_that_is_not_there_is_an_error_of_the_store(tmp_path):
    with pytest.raises(StoreError, match="No such file"):
        model_file.read(tmp_path / "none.safetensors")
    with pytest.raises(StoreError, match="cannot be read"):
        model_file.read(tmp_path)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from lstm_complete import model_file
from lstm_complete.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    model_file.write(Path(sys.argv[1]), model_file.Contents({}, {"a": np.zeros(100_000, np.float32)}))
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
def test_a_full_disk_leaves_the_old_model_and_no_rest(tmp_path):
    path = written(tmp_path)
    output = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    ).stdout
    assert output.startswith(f"{path} cannot be written: File too large. What was there before is unchanged")
    assert list(tmp_path.iterdir()) == [path]
    assert_same(model_file.read(path))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="says which file a descriptor is")
def test_the_model_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    """Else a power cut would leave the name with nothing under it."""
    path, flushed, flush = tmp_path / "a.safetensors", [], os.fsync

    def noted(descriptor):
        flush(descriptor)
        flushed.append((Path(f"/proc/self/fd/{descriptor}").resolve(), os.fstat(descriptor).st_size, path.exists()))

    monkeypatch.setattr(os, "fsync", noted)
    model_file.write(path, Contents({}, TENSORS))
    (file, size, was_there), (folder, _, is_there) = flushed
    assert (file.parent, size, was_there) == (tmp_path.resolve(), path.stat().st_size, False)
    assert (folder, is_there) == (tmp_path.resolve(), True)


def test_a_folder_that_is_not_there_is_an_error_of_the_store(tmp_path):
    with pytest.raises(StoreError, match="cannot be written: No such file or directory"):
        model_file.write(tmp_path / "none" / "model.safetensors", CONTENTS)


def test_a_failing_rename_leaves_no_rest(tmp_path):
    (tmp_path / "model.safetensors" / "inside").mkdir(parents=True)  # a folder stands in the way
    with pytest.raises(StoreError, match="cannot be written"):
        written(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
