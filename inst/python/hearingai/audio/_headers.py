"""Headers of recordings: wav, w64, aiff, au, ogg and opus.

libsndfile reads truncated files without an error and returns what is there.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from ..runtime.remote_files import Source, open_binary, size_of

_STREAMED = (0, 0x7FFFFFFF, 0x7FFFFFFF + 1, 0xFFFFFFFF)  # sizes left by writers that could not seek
_CHUNKED = {  # the first four bytes: (byte order, the kinds, the chunk that holds the sound)
    b"RIFF": ("<", (b"WAVE",), b"data"),
    b"RIFX": (">", (b"WAVE",), b"data"),
    b"RF64": ("<", (b"WAVE",), b"data"),
    b"FORM": (">", (b"AIFF", b"AIFC"), b"SSND"),
}
_FORMATS = {(1, bits): f"{'u' if bits == 8 else ''}int{bits}" for bits in (8, 16, 24, 32)}
_FORMATS |= {(3, bits): f"float{bits}" for bits in (32, 64)}
_W64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"
_OGG_HEAD, _OGG_LONGEST, _OGG_END = 27, 2**16, 0x04  # bytes, bytes, the flag of the last page


def missing_bytes(path: Source) -> int:
    """Count the bytes that a header declares beyond the end of the file.

    Args:
        path: A file; for one of another format the result is 0.

    Returns:
        A whole number; 0 for a complete file, and for one written to a stream, without its size.
        Of ogg and opus only the last page is known, so that more may be missing.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.aiff")
        >>> hearingai.write_audio(numpy.zeros(1000), path, 16000)
        >>> os.truncate(path, os.path.getsize(path) - 500)
        >>> missing_bytes(path)
        500
    """
    with open_binary(path) as file:
        size = size_of(file)
        head = file.read(12)
        if head[:4] == b".snd" and len(head) == 12:
            begin, length = struct.unpack(">II", head[4:])
            return 0 if length in _STREAMED else max(0, begin + length - size)
        if head == _W64:
            length = int.from_bytes(file.read(12)[4:], "little")  # of the whole file
            return max(0, length - size) if length < 2**63 else 0
        if head[:4] == b"OggS":
            return _missing_in_pages(file, size)
        order, kinds, sound = _CHUNKED.get(head[:4], ("<", (), b""))
        if head[8:] not in kinds:
            return 0
        return _missing_in_chunks(file, size, order, sound)


def _missing_in_chunks(file: BinaryIO, size: int, order: str, sound: bytes) -> int:
    long_length = 0  # an RF64 file of more than 4 GB has its size in an earlier chunk
    for name, length, begin in _chunks(file, order):
        if name == b"ds64" and len(sizes := file.read(16)) == 16:
            long_length = struct.unpack("<QQ", sizes)[1]
        if name == sound:
            return max(0, begin + (long_length if length in _STREAMED else length) - size)
    return 0


def _chunks(file: BinaryIO, order: str = "<") -> Iterator[tuple[bytes, int, int]]:
    """Yield the name, the length and the position of each chunk, from the file's position on."""
    while len(chunk := file.read(8)) == 8:
        name, length, begin = chunk[:4], struct.unpack(f"{order}I", chunk[4:])[0], file.tell()
        yield name, length, begin
        file.seek(begin + length + length % 2)


class WavHead(NamedTuple):
    """The contents of a wav header.

    Attributes:
        sample_rate: Hz.
        channels: How many.
        format: `"uint8"`, `"int16"`, `"int24"`, `"int32"`, `"float32"`, `"float64"`, or else the
            name of the coding.
        begin: Position of the first sample, in bytes.
        length: Bytes of samples by the header.
    """

    sample_rate: int
    channels: int
    format: str
    begin: int
    length: int


def head_of_wav(content: bytes, *, complete: bool = False) -> WavHead | None | Literal[False]:
    """Parse the beginning of a wav.

    Args:
        content: The first bytes of a file.
        complete: Whether these are all bytes.

    Returns:
        A `WavHead`; `None` where more bytes are needed; `False` where it is not a wav.
    """
    kinds = [kind for kind in (b"RIFF", b"RF64") if kind.startswith(content[:4])]
    if not kinds or content[8:12] != b"WAVE"[: max(0, len(content) - 8)]:
        return False
    file, found = io.BytesIO(content), None
    file.seek(12)
    for name, length, begin in _chunks(file):
        if name == b"data":
            return WavHead(*found, begin, length) if found else False
        if name == b"fmt " and length >= 16 and len(content) >= begin + 16:
            found = _wav_format(content[begin : begin + length])
    return False if complete else None


def _wav_format(chunk: bytes) -> tuple[int, int, str]:
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", chunk[:16])
    if tag == 0xFFFE and len(chunk) >= 26:  # the actual tag follows
        tag = struct.unpack("<H", chunk[24:26])[0]
    return rate, channels, _FORMATS.get((tag, bits), f"coding {tag} of {bits} bits")


def _missing_in_pages(file: BinaryIO, size: int) -> int:
    """The bytes missing of the last page; after a complete one that ends no stream, a header."""
    file.seek(max(0, size - _OGG_LONGEST))
    tail = file.read()
    first = tail.rfind(b"OggS\0")
    page = tail[first:] if first >= 0 else b""
    head = page[:_OGG_HEAD].ljust(_OGG_HEAD, b"\0")
    lengths = page[_OGG_HEAD : _OGG_HEAD + head[26]]
    missing = max(0, _OGG_HEAD + head[26] + sum(lengths) - len(page))
    return missing or (0 if head[5] & _OGG_END else _OGG_HEAD)
