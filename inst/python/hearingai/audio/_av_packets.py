"""The packets of a file that PyAV opens: counted, since a length in a header is a claim alone."""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import AudioFileError
from ..runtime.remote_files import Source, open_binary
from ._av import INSTALL, decode, is_installed, named, opened, reason
from ._av_lengths import LAST, ends_of
from ._containers import missing_in_container
from ._sections import Layout, Section
from ._sound import BrokenSoundError

_STATED = ("wv", "tta", "ape", "mpc", "mpc8")  # containers whose headers say their length
_LEAD = 2.0  # seconds that a decoder hears before what counts
_FIRST = 8  # packets with sound that tell how many samples one holds
_HOPELESS = 64  # packets that cannot be decoded, and none that can
_GAP = 0.1  # seconds without packets that are worth a warning
NO_TIME = int(np.iinfo("int64").min)


@dataclass(frozen=True)
class Packets:
    """The packets of a file, in order, and what they are decoded to.

    Attributes:
        sample_rate: Hz.
        channels: How many.
        format: The kind of file.
        subtype: The coding.
        times: When each begins, in the file's own units; `NO_TIME` where that is not said.
        sums: Checksums, to know them again.
        ends: The number of samples after each; `None` where only decoding tells.
        lead: How many a decoder hears before those that count.
    """

    sample_rate: int
    channels: int
    format: str
    subtype: str
    times: np.ndarray
    sums: np.ndarray
    ends: np.ndarray | None
    lead: int


@dataclass
class Walk:
    """What is met on the way through a file.

    Attributes:
        times: See `Packets`.
        durations: Of each, in the file's own units.
        sums: See `Packets`.
        counts: Samples of the first ones, each.
        last: The last ones.
        frame: The last of the frames that were decoded.
        broken: What is wrong, a clause.
    """

    times: list[int] = field(default_factory=list)
    durations: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    last: deque[Any] = field(default_factory=lambda: deque(maxlen=LAST))
    frame: Any = None
    broken: str | None = None


def layout_of_av(path: Source, size: int) -> Layout:
    """Walk through the packets of a file; a few of them are decoded.

    Raises:
        AudioFileError: PyAV is not installed, or the file holds no sound that can be decoded.
    """
    if not is_installed():
        raise AudioFileError(path, f"is of a format that needs PyAV. {INSTALL}")
    with open_binary(path, whole=True) as file:
        missing = missing_in_container(file, size)
    cut = f"is truncated: at least {missing} bytes are missing" if missing else None
    try:
        with opened(path) as (container, stream):
            walk = _walk(container, stream)
            packets = _packets(container, stream, walk)
            loss = cut or walk.broken or _shorter(container, stream, packets)
            return Layout((Section(packets=packets),), _doubt(container, stream, packets), loss)
    except BrokenSoundError as error:
        where = f"{cut}, and without them the rest cannot be read" if cut else str(error)
        raise AudioFileError(path, where) from None


def crc(packet: Any) -> int:
    """The checksum of a packet, by which it is known again."""
    return zlib.crc32(packet)


def _walk(container: Any, stream: Any) -> Walk:
    """Read all packets, and decode the first ones."""
    import av

    walk, torn = Walk(), list[bool]()
    try:
        for packet in container.demux(stream):
            if not packet.size:
                continue
            walk.times.append(NO_TIME if packet.pts is None else packet.pts)
            walk.durations.append(packet.duration or 0)
            walk.sums.append(crc(packet))
            walk.last.append(packet)
            torn.append(packet.is_corrupt)
            if np.count_nonzero(walk.counts) < _FIRST and not torn[-1]:
                _hear(stream.codec_context, packet, walk)
    except av.error.FFmpegError as error:
        walk.broken = f"is damaged: {len(torn)} packets can be read ({reason(error)})"
    if torn and _is_cut(stream, walk):
        torn[-1] = True
    if any(torn):
        walk.broken = f"is truncated or damaged: {sum(torn)} of {len(torn)} packets are not whole"
    while torn and torn[-1]:  # what is there of it is no packet
        for found in (torn, walk.times, walk.durations, walk.sums, walk.last):
            if found:  # fewer are kept of the last ones
                found.pop()
    del walk.counts[len(torn) :]
    if walk.frame is None:
        for frame in decode(stream.codec_context, None):
            walk.frame = frame
    if walk.frame is None:
        raise BrokenSoundError(walk.broken or "holds no sound that can be decoded; it may be cut")
    return walk


def _is_cut(stream: Any, walk: Walk) -> bool:
    """Whether the end of the last packet is missing, of a coding whose packets are of one size."""
    sizes = [packet.size for packet in walk.last]
    return stream.codec_context.name == "ac3" and sizes[-1] < min(sizes[:-1], default=0)


def _hear(decoder: Any, packet: Any, walk: Walk) -> None:
    """Count the samples of a packet."""
    if not any(walk.counts) and len(walk.counts) >= _HOPELESS and walk.broken:
        raise BrokenSoundError(walk.broken)
    try:
        frames = decode(decoder, packet)
    except BrokenSoundError as error:
        frames, walk.broken = [], str(error)
    walk.counts.append(sum(frame.samples for frame in frames))
    walk.frame = frames[-1] if frames else walk.frame


def _packets(container: Any, stream: Any, walk: Walk) -> Packets:
    rate, channels = walk.frame.sample_rate, len(walk.frame.layout.channels)
    lead = int(_LEAD * rate / max(1, *walk.counts)) + 2
    return Packets(
        rate,
        channels,
        *named(container, stream),
        np.array(walk.times, "int64"),
        np.array(walk.sums, "uint32"),
        ends_of(container, stream, walk, rate),
        lead,
    )


def _shorter(container: Any, stream: Any, packets: Packets) -> str | None:
    """What is missing of the length that a header of a kind that always knows it says."""
    name, rate = container.format.name, packets.sample_rate
    if name not in _STATED or not stream.duration or packets.ends is None:
        return None
    stated, there = float(stream.duration * stream.time_base), packets.ends[-1] / rate
    if round(stated * rate) <= packets.ends[-1]:
        return None
    return f"is truncated: {there:.2f} of {stated:.2f} s are there"


def _doubt(container: Any, stream: Any, packets: Packets) -> str | None:
    """What its user may not expect: other tracks, times without sound."""
    doubts, n = [], len(container.streams.audio)
    if n > 1:
        doubts.append(f"holds {n} tracks of sound, of which the first is read")
    times, ends = packets.times, packets.ends
    if ends is not None and len(times) > 2 and times.min() > NO_TIME:
        last = float((int(times[-1]) - int(times[1])) * stream.time_base)
        gap = last - float(ends[-2] - ends[0]) / packets.sample_rate
        if gap > _GAP:
            doubts.append(
                f"leaves out {gap:.2f} s by its own clock; its sound is read without gaps"
            )
    return "; ".join(doubts) or None
