"""Files that libsndfile does not read, by their first bytes; and what is missing of them."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import BinaryIO

_WAVPACK = b"wvpk"
_HEADS = (  # from WavPack and Monkey's Audio to RealMedia, Flash, DTS, AC-3 and MPEG
    *(_WAVPACK, b"MAC ", b"TTA1", b"MPCK", b"MP+", b"#!AMR", b"DSD ", b"FRM8", b".RMF", b".ra\xfd"),
    *(b"FLV\x01", b"\x7f\xfe\x80\x01", b"\x0b\x77", b"\x00\x00\x01\xba", b"ADIF"),
)
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")  # of MPEG-4
_IN_OGG = (b"Speex   ", b"\x80theora", b"fishead\0")
_IN_CAF = (b"aac ", b".mp3", b"aach", b"ima4")
_TS, _TS_PACKETS = 0x47, (188, 192, 204)  # the first byte of a packet, and lengths of packets
HEAD = 1024  # bytes that tell what it is


def is_foreign(head: bytes) -> bool:
    r"""Whether a file is sound or film of a format that libsndfile does not read.

    Args:
        head: Its first `HEAD` bytes, without an ID3 tag.

    Example:
        >>> is_foreign(b"\0\0\0\x20ftypM4A "), is_foreign(b"RIFF\0\0\0\0WAVE")
        (True, False)
    """
    if head.startswith((*_HEADS, _ASF, _EBML)) or head[4:8] in _BOXES:
        return True
    if head[:4] == b"RIFF":
        return head[8:12] in (b"AVI ", b"QLCM")
    if head[:4] == b"OggS":
        return head[28:].startswith(_IN_OGG)
    if head[:4] == b"caff":
        return head[28:32] in _IN_CAF
    adts = len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0
    return adts or _ts_packet(head) > 0


def _ts_packet(head: bytes) -> int:
    """The length of the packets of an MPEG transport stream, or 0; a time may precede each."""
    for length in _TS_PACKETS:
        for at in (0, 4):
            if len(head) > at + 3 * length and set(head[at : at + 4 * length : length]) == {_TS}:
                return length
    return 0


def without_id3(file: BinaryIO, head: bytes) -> bytes:
    """The first bytes behind an ID3 tag, or `head` where there is none."""
    if head[:3] != b"ID3" or len(head) < 10:
        return head
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    file.seek(10 + length)
    return file.read(HEAD)


def missing_in_container(file: BinaryIO, size: int) -> int:
    """Count the bytes that a container's own sizes declare beyond the end of the file.

    Args:
        file: A file, open for reading.
        size: Its bytes.

    Returns:
        0 for a complete file, for one that was written to a stream, and for other formats.
    """
    file.seek(0)
    start = file.read(HEAD)
    head = start[:16]
    end_of: Callable[[BinaryIO, int], int] | None = None
    if head[:4] == _EBML:
        end_of = _end_of_matroska
    elif head == _ASF:
        end_of = _end_of_asf
    elif head[4:8] in _BOXES:
        end_of = _end_of_boxes
    elif head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        length = struct.unpack("<I", head[4:8])[0]
        return max(0, length + 8 - size) if length < 2**31 - 1 else 0
    elif head[:4] == _WAVPACK:
        end_of = _end_of_wavpack
    elif length := _ts_packet(start):
        return -size % length
    return 0 if end_of is None else max(0, end_of(file, size) - size)


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Where the last box of an MPEG-4 file ends."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16).ljust(16, b"\0")
        length = struct.unpack(">I", head[:4])[0]
        if length == 1:
            length = struct.unpack(">Q", head[8:])[0]
        if length < 8:  # 0 means to the end; others are damage
            return size
        at += length
    return at


def _end_of_wavpack(file: BinaryIO, size: int) -> int:
    """Where the last block of a WavPack file ends; tags may follow it."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(8)
        if head[:4] != _WAVPACK or len(head) < 8:
            return size
        at += 8 + struct.unpack("<I", head[4:])[0]
    return at


def _end_of_asf(file: BinaryIO, size: int) -> int:
    """Where the data of an ASF file end, which the header precedes; a live one does not tell."""
    file.seek(16)
    at = int.from_bytes(file.read(8), "little")
    file.seek(min(at, size))
    head = file.read(24)
    return at + int.from_bytes(head[16:], "little") if head[:16] == _ASF_DATA else size


def _end_of_matroska(file: BinaryIO, size: int) -> int:
    """Where the segment of a Matroska file ends; a live one does not tell."""
    file.seek(4)
    header = _vint(file)
    if header is None:
        return size
    file.seek(header, os.SEEK_CUR)
    if file.read(4) != _SEGMENT:
        return size
    length = _vint(file)
    return size if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """The number at the file's position, in EBML's coding; `None` where it says "unknown"."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(first + file.read(more), "big") & ((1 << 7 * (more + 1)) - 1)
    return None if value == (1 << 7 * (more + 1)) - 1 else value
