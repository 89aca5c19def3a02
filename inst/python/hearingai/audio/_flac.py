"""FLAC files with a wrong header: another length than the frames have, or joined files."""

import mmap

from ..runtime.remote_files import Source
from ._sections import Layout, Section, mapped

_HEAD = b"fLaC\x00\x00\x00\x22"  # and the same with the flag of the last metadata block:
_HEAD_LAST = b"fLaC\x80\x00\x00\x22"
_SAMPLES = slice(18, 26)  # the lower 36 bits are the number of samples
_MASK = 2**36 - 1
_TAIL = 2**18  # bytes at the end in which the last frame begins
_CRC8, _CRC16 = (8, 0x07), (16, 0x8005)  # bits and polynomial: of a frame's header, of a frame
_BLOCK = {
    1: 192,
    **{i: 576 << i - 2 for i in range(2, 6)},
    **{i: 256 << i - 8 for i in range(8, 16)},
}


def layout_of_flac(path: Source, size: int) -> Layout | None:
    """Compare the header's length with the last frame; `None` where it is not a FLAC file."""
    with mapped(path) as data:
        begins = _heads(data)
        if not begins or begins[0] != 0:
            return None
        ends = [*begins[1:], size]
        found = [_one(data, begin, end) for begin, end in zip(begins, ends, strict=True)]
    doubts = [doubt for _, doubt, _ in found if doubt]
    losses = [loss for _, _, loss in found if loss]
    sections = [section for section, _, _ in found]
    if len(sections) > 1:
        doubts.append(
            f"holds {len(sections)} recordings, joined; they are read one after the other"
        )
    return Layout(tuple(sections), "; ".join(doubts) or None, "; ".join(losses) or None)


def _heads(data: mmap.mmap) -> list[int]:
    found = []
    for head in (_HEAD, _HEAD_LAST):
        at = data.find(head)
        while at >= 0:
            found.append(at)
            at = data.find(head, at + 1)
    return sorted(found)


def _one(data: mmap.mmap, begin: int, end: int) -> tuple[Section, str | None, str | None]:
    """The section of one FLAC, the doubt about it and the loss."""
    whole = begin == 0 and end == len(data)
    as_it_is = Section() if whole else Section(((begin, end),))
    head = data[begin : begin + 26]
    if len(head) < 26:
        return as_it_is, None, None
    numbers = int.from_bytes(head[_SAMPLES], "big")
    promised, rate = numbers & _MASK, numbers >> 44
    block = int.from_bytes(head[8:10], "big")  # the smallest
    fixed = block == int.from_bytes(head[10:12], "big")
    last = _last_sample(
        data[max(begin + 26, end - _TAIL) : end], block if fixed else None, promised
    )
    if not promised or last is None or last == promised or not rate:
        return as_it_is, None, None
    unknown = (head[:18] + (numbers & ~_MASK).to_bytes(8, "big"), (begin + 26, end))
    if last < promised:
        reason = f"is truncated: {last / rate:.2f} of {promised / rate:.2f} s are there"
        return Section(unknown), None, reason
    doubt = (
        f"has a header that says {promised / rate:.2f} s, and holds {last / rate:.2f} s, all read"
    )
    return Section(unknown, last), doubt, None


def _last_sample(tail: bytes, block: int | None, promised: int) -> int | None:
    """The number of samples up to the end of the last whole frame; `None` where none is found."""
    last = _last_frame(tail, block)
    if last is None:
        return None
    at, first, end = last
    whole = end == promised or not _crc(tail[at:], *_CRC16)
    return end if whole or not first else first


def _last_frame(tail: bytes, block: int | None) -> tuple[int, int, int] | None:
    """Where the last frame begins, its first sample and the first after it.

    It is the last one before which another ends: sound may look like the head of a frame.
    """
    found: dict[int, tuple[int, int, int]] = {}  # by the first sample
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        frame = _frame(tail[at : at + 16], block)
        if frame is None:
            continue
        if frame[1] in found:
            return found[frame[1]]
        found.setdefault(frame[0], (at, *frame))
    return next(iter(found.values()), None)


def _frame(head: bytes, block: int | None) -> tuple[int, int] | None:
    """The first sample of a frame and the first after it, by its head, if its checksum fits."""
    if len(head) < 6 or head[1] & 0xFC != 0xF8 or (head[1] & 1 == 0) != (block is not None):
        return None
    number, at = _coded(head, 4)
    if number is None:
        return None
    kind, rate = head[2] >> 4, head[2] & 15
    length = _BLOCK.get(kind, 0)
    if kind in (6, 7):
        length, at = int.from_bytes(head[at : at + kind - 5], "big") + 1, at + kind - 5
    at += {12: 1, 13: 2, 14: 2}.get(rate, 0)
    if not length or at >= len(head) or _crc(head[:at], *_CRC8) != head[at]:
        return None
    first = number if block is None else number * block
    return first, first + length


def _coded(head: bytes, at: int) -> tuple[int | None, int]:
    """A number coded like UTF-8, and the position after it."""
    first, more = head[at], 0
    while more < 7 and first << more & 0x80:
        more += 1
    if more == 1 or more == 7 + 1:
        return None, at
    value = first & (0x7F if not more else 0x7F >> more)
    for byte in head[at + 1 : at + max(more, 1)]:
        value = value << 6 | byte & 0x3F
    return value, at + max(more, 1)


def _crc(content: bytes, bits: int, polynomial: int) -> int:
    value, top = 0, 1 << bits - 1
    for byte in content:
        value ^= byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & 2 * top - 1
    return value
