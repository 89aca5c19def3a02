"""Read TFRecord files of AudioSet's embeddings, without TensorFlow.

A record is its length (8 bytes, little-endian), a checksum of that, the message and a checksum of
the message; both checksums are compared. The message is a protocol buffer, `SequenceExample`:
`context` holds `video_id`, `start_time_seconds`, `end_time_seconds` and `labels`, `feature_lists`
holds `audio_embedding`, a string of 128 bytes a frame.

Sources: https://www.tensorflow.org/tutorials/load_data/tfrecord,
https://protobuf.dev/programming-guides/encoding/,
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/example.proto.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._typing import PathLike
from ..errors import AudioFileError

WIDTH = 128  # bytes an embedding

_CHUNK = 2048  # bytes whose checksum is computed at once
_CASTAGNOLI = 0x82F63B78
_KINDS = {1: "bytes", 2: "float", 3: "int64"}


def payloads(path: PathLike) -> Iterator[bytes | AudioFileError]:
    """Yield each record of a file: its message (bytes), or an `AudioFileError`.

    After a record whose length is damaged nothing more can be read from the file.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        yield AudioFileError(path, f"cannot be opened ({error.strerror})")
        return
    if not data:
        yield AudioFileError(path, "is empty")
    at, number = 0, 0
    while at < len(data):
        if len(data) < at + 12:
            yield AudioFileError(path, f"record {number}: is truncated")
            return
        size, check = struct.unpack_from("<QI", data, at)
        if check != masked_crc32c(data[at : at + 8]):
            yield AudioFileError(path, f"record {number}: its length is damaged; the rest is lost")
            return
        first, at = at + 12, at + 12 + size + 4
        if len(data) < at:
            yield AudioFileError(path, f"record {number}: is truncated")
            return
        message = data[first : first + size]
        if struct.unpack_from("<I", data, at - 4)[0] == masked_crc32c(message):
            yield message
        else:
            yield AudioFileError(path, f"record {number}: its checksum is wrong")
        number += 1


def examples(path: PathLike) -> Iterator[Any]:
    """Yield each record of a file, parsed, or an `AudioFileError`."""
    for number, message in enumerate(payloads(path)):
        if isinstance(message, bytes):
            try:
                yield parse(message)
            except ValueError as error:
                yield AudioFileError(path, f"record {number}: {error}")
        else:
            yield message


def parse(message: bytes) -> Any:
    """Read a `SequenceExample`.

    Returns:
        A dict with `video_id` (text), `start`, `end` (seconds), `labels` (a list of ints) and
        `embedding` (uint8 `(frames, 128)`).

    Raises:
        ValueError: The message is malformed, a part is missing or of another kind or length, or
            the times are invalid.
    """
    context: dict[str, Any] = {}
    lists: dict[str, bytes] = {}
    for field, value in _fields(message):
        if field == 1:
            context.update(_map(value))
        elif field == 2:
            lists.update(_map(value))
    frames = [_one(_feature(f), "bytes", "audio_embedding") for f in _list(lists)]
    if not frames:
        raise ValueError("holds no frames of audio_embedding")
    lengths = {len(frame) for frame in frames}
    if lengths != {WIDTH}:
        wrong = min(lengths - {WIDTH})
        raise ValueError(f"a frame of audio_embedding has {wrong} bytes, not {WIDTH}")
    context = {name: _feature(value) for name, value in context.items()}
    kind, labels = context.get("labels", ("int64", []))
    if kind not in ("int64", None):
        raise ValueError(f"labels is of kind {kind}, not int64")
    start = _one(context.get("start_time_seconds"), "float", "start_time_seconds")
    end = _one(context.get("end_time_seconds"), "float", "end_time_seconds")
    if not 0 <= start <= end < math.inf:
        raise ValueError(f"{start:g} s to {end:g} s is not a part of a video")
    return {
        "video_id": _one(context.get("video_id"), "bytes", "video_id").decode(),
        "start": start,
        "end": end,
        "labels": labels,
        "embedding": np.frombuffer(b"".join(frames), "uint8").reshape(-1, WIDTH),
    }


def _list(lists: Any) -> Any:
    """The messages of the feature list `audio_embedding`."""
    return [value for field, value in _fields(lists.get("audio_embedding", b"")) if field == 1]


def _one(feature: Any, kind: str, name: str) -> Any:
    """The only value of a feature."""
    if feature is None:
        raise ValueError(f"holds no {name}")
    if feature[0] != kind or len(feature[1]) != 1:
        raise ValueError(f"{name} is not one value of kind {kind}")
    return feature[1][0]


def _map(message: bytes) -> Iterator[tuple[str, bytes]]:
    """A map from names to messages, as bytes."""
    for field, entry in _fields(message):
        if field == 1:
            parts = dict(_fields(entry))
            key = parts.get(1, b"")
            if isinstance(key, int):
                raise ValueError("is no SequenceExample: a name is a number")
            yield key.decode(), parts.get(2, b"")


def _feature(message: bytes) -> tuple[str | None, list]:
    """`(kind, values)` of a `Feature`; the kind is `None` where none is set."""
    kind, values = None, []
    for field, inner in _fields(message):
        kind = _KINDS.get(field)
        values = [v for number, part in _fields(inner) if number == 1 for v in _values(kind, part)]
    return kind, values


def _values(kind: str | None, part: Any) -> Any:
    """The values of one field of a list: packed (bytes) or single (a number)."""
    if kind == "bytes":
        if isinstance(part, int):
            raise ValueError("is no SequenceExample: a number stands where bytes should")
        return [part]
    if kind == "float":
        part = struct.pack("<Q", part)[:4] if isinstance(part, int) else part
        if len(part) % 4:
            raise ValueError("is no SequenceExample: a list of floats is cut short")
        return list(struct.unpack(f"<{len(part) // 4}f", part))
    if isinstance(part, int):
        return [_signed(part)]
    numbers, at = [], 0
    while at < len(part):
        number, at = _varint(part, at)
        numbers.append(_signed(number))
    return numbers


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Yield `(number, value)` of each field of a message: an int, or bytes."""
    if isinstance(message, int):
        raise ValueError("is no SequenceExample: a number stands where a message should")
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            size, at = _varint(message, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"is no SequenceExample: wire type {kind}")
        content, at = message[at : at + size], at + size
        if at > len(message):
            raise ValueError("is no SequenceExample: a field is cut short")
        yield key >> 3, content if kind == 2 else int.from_bytes(content, "little")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """`(number, next position)` of the variable-length number at a position."""
    number = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        number |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            return number & (2**64 - 1), at
    raise ValueError("is no SequenceExample: a number is cut short")


def masked_crc32c(data: bytes) -> int:
    """The checksum of TFRecord: CRC-32C, rotated and shifted."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli) of bytes.

    A CRC is linear: each byte contributes a number that depends on itself and on how many bytes
    follow, so a look-up and an exclusive or over all bytes give the sum.
    """
    table, bytes_ = _contributions(), np.frombuffer(data, "uint8")
    state = 0xFFFFFFFF
    for first in range(0, len(bytes_), _CHUNK):
        chunk = bytes_[first : first + _CHUNK].copy()
        head = min(4, len(chunk))
        chunk[:head] ^= np.frombuffer(struct.pack("<I", state), "uint8")[:head]
        crc = np.bitwise_xor.reduce(table[np.arange(len(chunk) - 1, -1, -1), chunk])
        state = int(crc) ^ (state >> 8 * head)
    return state ^ 0xFFFFFFFF


@functools.cache
def _contributions() -> np.ndarray:
    """uint32 `(bytes that follow, value of the byte)`."""
    row = np.arange(256, dtype="uint32")
    for _ in range(8):
        row = np.where(row & 1, row >> 1 ^ np.uint32(_CASTAGNOLI), row >> 1).astype("uint32")
    table = np.empty((_CHUNK, 256), "uint32")
    table[0] = row
    for k in range(1, _CHUNK):
        table[k] = row[table[k - 1] & 255] ^ (table[k - 1] >> 8)
    return table
