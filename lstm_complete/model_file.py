r"""The model file: a safetensors container that carries its own version, contents and checksum.

Any safetensors reader opens it. Its one metadata entry, "lstm_complete", is JSON: {"format": 1, "crc32": "89abcdef",
"metadata": {...}}. The checksum is that of the whole file with these eight digits read as zeros, so that a bit which
flips anywhere is found. It guards against accidents; against malice stands that nothing in the file is ever executed,
and that every size in it is checked against the file's own before anything is allocated.

Tensors are read as views on the mapped file: opening a model costs no copy, and several prompts share its pages. A file
is replaced as a whole and never written in place, so that a prompt which has the old one mapped keeps it.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, TypeGuard

import numpy as np

from lstm_complete.errors import ModelFormatError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT_VERSION = 1

# What the safetensors library accepts, too.
LARGEST_HEADER_BYTES = 100_000_000

_ENTRY = "lstm_complete"
_NO_CHECKSUM = "00000000"
_BEFORE_CHECKSUM = rb"\"crc32\": \""  # JSON in JSON; the entry is the header's first, and this stands at its start
_LENGTH_BYTES = 8
_TEMPORARY = ".tmp"
_MOST_DIMENSIONS = 8
# An empty tensor may state any size along its other dimensions; numpy multiplies them all the same.
_LARGEST_SHAPE = 2**40

_DTYPES = {
    "BOOL": np.dtype(np.bool_),
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "F16": np.dtype("<f2"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "F32": np.dtype("<f4"),
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F64": np.dtype("<f8"),
}


@dataclass(frozen=True)
class Contents:
    """What a model file holds.

    Attributes:
        metadata: Anything that JSON can say.
        tensors: Arrays by name. Those that were read are read-only views on the mapped file.
    """

    metadata: dict[str, Any]
    tensors: Mapping[str, np.ndarray[Any, Any]]


def write(path: Path, contents: Contents) -> None:
    """Put a model in place, whole or not at all.

    It is written to a temporary file beside its place, flushed to the disk and renamed: whatever happens, `path` holds
    the old model or the new one. Only the user can read it (mode 0600): it has read what they wrote.

    Raises:
        StoreError: If it cannot be written; the old model is still there.
        TypeError: If a tensor is of a kind that the format does not have, or the metadata is no JSON.
    """
    blob = _serialised(contents)
    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_TEMPORARY, dir=path.parent)  # 0600
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        temporary = None
        _flush_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}. What was there before is unchanged; "
            "make room or check permissions, and save again."
        ) from error
    finally:
        if temporary is not None:  # also when interrupted
            with suppress(OSError):
                temporary.unlink()


def remove_leftovers(path: Path) -> None:
    """Delete the temporary files that writers of this file left behind when they were killed.

    Nobody may be writing it meanwhile.
    """
    start = f".{path.name}."
    with suppress(OSError):  # a folder that is not there has none; what cannot be deleted hinders nobody
        for entry in list(path.parent.iterdir()):
            middle = entry.name[len(start) : -len(_TEMPORARY)]
            # A dot in it: a file of another name that starts the same.
            if entry.name == f"{start}{middle}{_TEMPORARY}" and middle and "." not in middle:
                entry.unlink(missing_ok=True)


def read(path: Path, *, check: bool = True) -> Contents:
    """Open a model file, without copying its tensors.

    Args:
        path: The file.
        check: Whether to verify the checksum, which reads all of the file once.

    Raises:
        ModelFormatError: If the file is no model, is damaged, or was written by a newer version.
        StoreError: If it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            raw = _mapped(path, file)
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return _parse(path, raw, check=check)


def _serialised(contents: Contents) -> bytearray:
    from safetensors.numpy import save  # noqa: PLC0415 - reading does without it

    tensors = {name: np.asarray(tensor, order="C") for name, tensor in contents.tensors.items()}
    for name, tensor in tensors.items():
        if tensor.dtype.newbyteorder("<") not in _DTYPES.values():
            raise TypeError(f"expected tensors of {', '.join(map(str, _DTYPES.values()))}; {name!r} is {tensor.dtype}")
    entry = {"format": FORMAT_VERSION, "crc32": _NO_CHECKSUM, "metadata": contents.metadata}
    blob = bytearray(save(tensors, {_ENTRY: json.dumps(entry)}))
    header_end = _LENGTH_BYTES + int.from_bytes(blob[:_LENGTH_BYTES], "little")
    if header_end - _LENGTH_BYTES > LARGEST_HEADER_BYTES:
        raise StoreError(f"the model's metadata take {header_end:,} bytes, of at most {LARGEST_HEADER_BYTES:,}.")
    start = blob.index(_BEFORE_CHECKSUM) + len(_BEFORE_CHECKSUM)
    blob[start : start + len(_NO_CHECKSUM)] = b"%08x" % zlib.crc32(blob)
    return blob


def _flush_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _foreign(path: Path, found: str) -> NoReturn:
    raise ModelFormatError(f'{path} is not a model of lstm-complete: {found}. Train one with "lstm-complete train".')


def _damaged(path: Path, found: str) -> NoReturn:
    raise ModelFormatError(f'{path} is damaged: {found}. Retrain with "lstm-complete train".')


def _mapped(path: Path, file: BinaryIO) -> np.memmap[Any, Any]:
    size = os.fstat(file.fileno()).st_size
    if size < _LENGTH_BYTES:
        _foreign(path, f"it has {size} bytes")
    return np.memmap(file, dtype=np.uint8, mode="r")


def _parse(path: Path, raw: np.memmap[Any, Any], *, check: bool) -> Contents:
    length = int.from_bytes(raw[:_LENGTH_BYTES].tobytes(), "little")
    data_start = _LENGTH_BYTES + length
    if length > LARGEST_HEADER_BYTES or data_start > raw.size:
        if raw[_LENGTH_BYTES : _LENGTH_BYTES + 1].tobytes() == b"{":
            _damaged(path, f"its header takes {length:,} bytes, and the file has {raw.size:,}")
        _foreign(path, "it is no safetensors file")
    prefix = raw[:data_start].tobytes()
    header = _header(path, prefix[_LENGTH_BYTES:])
    metadata, checksum = _entry(path, header)
    tensors = {
        name: np.ndarray(shape, dtype, buffer=raw, offset=data_start + start)
        for name, dtype, shape, start in _layout(path, header, raw.size - data_start)
    }
    if check:
        _verify(path, prefix, raw[data_start:], checksum)
    return Contents(metadata, tensors)


def _header(path: Path, text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        _foreign(path, "it is no safetensors file, or its header is damaged")
    if not isinstance(header, dict):
        _foreign(path, "it is no safetensors file")
    return header


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two entries with one name, readers take the first or the last: such a file says two things."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name stands twice")
    return named


def _entry(path: Path, header: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Our own entry of the header: the metadata, and the checksum."""
    strings = header.get("__metadata__")
    text = strings.get(_ENTRY) if isinstance(strings, dict) else None
    if not isinstance(text, str):
        _foreign(path, f'it is a safetensors file without an entry "{_ENTRY}"')
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict) or not _is_size(version := entry.get("format")):
        _damaged(path, "its format is not stated")
    if version > FORMAT_VERSION:
        raise ModelFormatError(
            f"{path} has format {version}; this version reads up to {FORMAT_VERSION}. "
            'Upgrade lstm-complete, or retrain with "lstm-complete train".'
        )
    metadata, checksum = entry.get("metadata"), entry.get("crc32")
    if version < 1 or not isinstance(metadata, dict) or not isinstance(checksum, str):
        _damaged(path, "its metadata or its checksum is missing")
    return metadata, checksum


def _is_size(value: object) -> TypeGuard[int]:
    return type(value) is int and value >= 0


def _layout(path: Path, header: dict[str, Any], size: int) -> list[tuple[str, np.dtype[Any], tuple[int, ...], int]]:
    """Name, type, shape and start of each tensor, having made sure that together they are the file's data."""
    found = []
    for name, info in header.items():
        if name == "__metadata__":
            continue
        if not isinstance(info, dict) or set(info) != {"dtype", "shape", "data_offsets"}:
            _damaged(path, f"its tensor {name!r} is not described")
        found.append((name, *_described(path, name, info)))
    end = 0
    for name, _, _, start, stop in sorted(found, key=lambda tensor: tensor[3:]):
        if start != end:
            _damaged(path, f"its tensor {name!r} starts at byte {start}, and {end} was expected")
        end = stop
    if end != size:
        _damaged(path, f"its tensors take {end:,} bytes, and it has {size:,} for them")
    return [tensor[:4] for tensor in found]


def _described(path: Path, name: str, info: dict[str, Any]) -> tuple[np.dtype[Any], tuple[int, ...], int, int]:
    dtype = _DTYPES.get(info["dtype"]) if isinstance(info["dtype"], str) else None
    if dtype is None:
        _damaged(path, f"its tensor {name!r} is of an unknown type")
    shape, offsets = info["shape"], info["data_offsets"]
    if not _are_sizes(shape) or len(shape) > _MOST_DIMENSIONS or not _are_sizes(offsets) or len(offsets) != 2:
        _damaged(path, f"the shape or the place of its tensor {name!r} makes no sense")
    start, stop = offsets
    if (
        math.prod(max(1, length) for length in shape) > _LARGEST_SHAPE
        or math.prod(shape) * dtype.itemsize != stop - start
    ):
        _damaged(path, f"its tensor {name!r} does not fit in its place")
    return dtype, tuple(shape), start, stop


def _are_sizes(values: object) -> bool:
    return isinstance(values, list) and all(map(_is_size, values))


def _verify(path: Path, prefix: bytes, data: np.ndarray[Any, Any], stated: str) -> None:
    before, marker, after = prefix.partition(_BEFORE_CHECKSUM)
    blanked = before + marker + _NO_CHECKSUM.encode() + after[len(_NO_CHECKSUM) :]
    computed = f"{zlib.crc32(data.data, zlib.crc32(blanked)):08x}"
    if computed != stated:
        _damaged(path, f"its checksum should be {stated}, and is {computed}")
