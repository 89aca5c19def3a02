"""Count the frames of MPEG audio: an mp3 written to a stream has no header with their number."""

import mmap
import struct
from dataclasses import dataclass, field
from functools import cache

from ..runtime.remote_files import Source
from ._sections import Layout, Section, mapped

Data = bytes | mmap.mmap

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_V1, _V2 = 3, 2  # MPEG 1; MPEG 2 and 2.5
_KBPS = {
    (_V1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (_V1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (_V1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (_V2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (_V2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (_V2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MONO = 0xC0
_LISTED = (b"Xing", b"Info", b"VBRI")  # a first frame with the number of frames and no sound
_FRAMES_AND_BYTES, _NUMBERS = 3, 16  # the flags of both; bytes with the name


@dataclass(frozen=True)
class Frame:
    """The contents of a frame header of four bytes.

    Attributes:
        size: Bytes, including the header.
        samples: Samples of each channel.
        rate: Hz.
        version: 3, 2 and 0 for MPEG 1, 2 and 2.5.
        layer: 1 to 3.
        mono: Whether it has one channel.
    """

    size: int
    samples: int
    rate: int
    version: int
    layer: int
    mono: bool

    @property
    def kind(self) -> tuple[int, int, int]:
        """What frames of one recording have in common."""
        return self.version, self.layer, self.rate

    @property
    def side(self) -> int:
        """Bytes between the header and the sound of a frame of layer 3."""
        return {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}[
            self.version == _V1, self.mono
        ]


@dataclass
class Frames:
    """The frames of a file.

    Attributes:
        first: The first frame and its position; `None` where there is none.
        count: The number of frames.
        stretches: `[begin, end]` of the byte ranges that they fill without a gap.
    """

    first: tuple[int, Frame] | None = None
    count: int = 0
    stretches: list[list[int]] = field(default_factory=list)


def frame_of(head: bytes) -> Frame | None:
    """Parse a frame header of four bytes; `None` where it is not one."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    level, rate_id, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or level in (0, 15) or rate_id == 3:
        return None
    rate = _RATES[version][rate_id]
    bits = 1000 * _KBPS[min(max(version, _V2), _V1), layer][level - 1]
    samples = 384 if layer == 1 else 1152 if layer == 2 or version == _V1 else 576
    slot = 4 if layer == 1 else 1
    size = (samples // 8 // slot * bits // rate + padding) * slot
    return Frame(size, samples, rate, version, layer, head[3] & _MONO == _MONO)


@cache
def _frame_of(first: int, second: int, mono: int) -> Frame | None:
    """Parse a frame header by what decides it: a file has few different ones, each many times."""
    return frame_of(bytes((0xFF, first, second, mono)))


def frames_of(data: Data) -> Frames:
    """Walk from frame to frame; tags and damage between them are skipped.

    A frame counts where it follows another frame, or where another one follows it.
    """
    found, n, at = Frames(), len(data), 0
    while at + 4 <= n:
        frame = _frame_at(data, at, found.first)
        follows = bool(found.stretches) and found.stretches[-1][1] == at
        if frame is not None and at + frame.size <= n:
            end = at + frame.size
            if follows or end == n or _frame_at(data, end, (at, frame)) is not None:
                found.first = found.first or (at, frame)
                found.count += 1
                if follows:
                    found.stretches[-1][1] = end
                else:
                    found.stretches.append([at, end])
                at = end
                continue
        at = _next(data, at)
    return found


def _frame_at(data: Data, at: int, first: tuple[int, Frame] | None) -> Frame | None:
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] < 0xE0:
        return None
    frame = _frame_of(head[1], head[2], _MONO if head[3] & _MONO == _MONO else 0)
    return None if frame is None or (first and frame.kind != first[1].kind) else frame


def _next(data: Data, at: int) -> int:
    """The next position where a frame may begin: after a tag, or at a byte that starts headers."""
    if data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        size = 0
        for byte in data[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        return at + 10 + size
    tag, head = data.find(b"ID3", at + 1), data.find(b"\xff", at + 1)
    places = [place for place in (tag, head) if place >= 0]
    return min(places, default=len(data))


def layout_of_mp3(path: Source, size: int) -> Layout | None:
    """Count the frames; where the file lacks a header with their number, one is added.

    Returns:
        `None` where the file holds no frames.
    """
    with mapped(path) as data:
        found = frames_of(data)
        if found.first is None:
            return None
        at, frame = found.first
        listed = data[at : at + frame.size]
    numbers = next((listed.find(name) for name in _LISTED if name in listed), -1)
    if frame.layer != 3:  # has no such header; libsndfile reads it to its end
        return Layout((Section(samples=found.count * frame.samples),))
    count, stretches = found.count, found.stretches
    loss = None
    if numbers >= 0:
        count, stretches = count - 1, [[at + frame.size, stretches[0][1]], *stretches[1:]]
        told = _told(listed[numbers:])
        if told == count and len(stretches) == 1:
            return Layout()
        if told is not None and told > count:
            seconds = [n * frame.samples / frame.rate for n in (count, told)]
            loss = f"is truncated: {seconds[0]:.2f} of {seconds[1]:.2f} s are there"
    if not count:
        return None
    total = sum(end - begin for begin, end in stretches)
    head = _counting_frame(listed[:4], count, total)
    sound = [(begin, end) for begin, end in stretches if end > begin]
    return Layout((Section((head, *sound)),), loss=loss)


def _told(numbers: bytes) -> int | None:
    """The number of frames by a Xing, Info or VBRI frame."""
    if numbers[:4] == b"VBRI":
        return struct.unpack(">I", numbers[14:18])[0] if len(numbers) >= 18 else None
    flags = int.from_bytes(numbers[4:8], "big")
    return int.from_bytes(numbers[8:12], "big") if flags & 1 and len(numbers) >= 12 else None


def _counting_frame(head: bytes, count: int, n_bytes: int) -> bytes:
    """A frame without sound that declares the number and the bytes of the following frames."""
    new = bytearray(head)
    new[1] |= 1  # no checksum
    for level in range(1, 15):
        new[2] = level << 4 | new[2] & 0x0C
        frame = frame_of(bytes(new))
        if frame is not None and frame.size >= 4 + frame.side + _NUMBERS:
            numbers = struct.pack(">III", _FRAMES_AND_BYTES, count, n_bytes + frame.size)
            sound = bytes(frame.side) + b"Xing" + numbers
            return (bytes(new) + sound).ljust(frame.size, b"\0")
    raise ValueError("no frame of this kind has room for the header")
