"""What PyAV decodes.

A file is decoded in chapters, each by a decoder of its own that hears a few packets before what
counts: a chapter is then the same to the last bit however it is come to, also where a decoder makes
up noise from what it has heard before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from ..runtime.remote_files import Source
from ._av import decode, fresh_decoder, opened, reason, samples_of
from ._av_packets import NO_TIME, Packets, crc
from ._sound import BrokenSoundError

_CHAPTER = 2**21  # samples, at least
_UNSTEADY = ("aac", "ac3", "eac3", "amr", "dts", "loas")  # where a seek ends is a guess there


@contextmanager
def open_av(path: Source, packets: Packets) -> Iterator[AvSound]:
    """Open a file whose packets are known."""
    sound = AvSound(path, packets)
    try:
        yield sound
    finally:
        sound.close()


class AvSound:
    """A `Sound`, made by `open_av`."""

    def __init__(self, path: Source, packets: Packets) -> None:
        self._path, self._packets, self.slack = path, packets, 0
        self.sample_rate, self.channels = packets.sample_rate, packets.channels
        self.format, self.subtype = packets.format, packets.subtype
        self.samples = None if packets.ends is None else int(packets.ends[-1])
        self._frames: Iterator[np.ndarray] | None = None
        self._waiting: list[np.ndarray] = []
        self._broken: BrokenSoundError | None = None

    def go_to(self, place: int, size: int) -> None:
        """Go to a sample: decoding begins with its chapter, and what is before it is dropped."""
        first, begin = _chapter_of(self._packets, place)
        self._frames = _decoded(self._path, self._packets, first)
        drop = place - begin
        while drop:
            drop -= len(self.read(min(size, drop))) or drop

    def read(self, size: int) -> np.ndarray:
        """At most so many samples, float32 `(samples, channels)`; none at the end."""
        if self._frames is None:
            self._frames = _decoded(self._path, self._packets, 0)
        there = sum(map(len, self._waiting))
        try:
            while there < size and self._broken is None:
                frame = next(self._frames, None)
                if frame is None:
                    break
                self._waiting.append(frame)
                there += len(frame)
        except BrokenSoundError as error:  # told when what is before it has been read
            self._broken = error
        if not there:
            if self._broken is not None:
                raise self._broken
            return np.zeros((0, self.channels), "float32")
        found = self._waiting[0] if len(self._waiting) == 1 else np.concatenate(self._waiting)
        self._waiting = [found[size:]] if len(found) > size else []
        return found[:size]

    def close(self) -> None:
        """Close the file."""
        if self._frames is not None:
            self._frames.close()  # type: ignore[attr-defined]


def _chapters(packets: Packets) -> np.ndarray:
    """The packets that chapters begin with."""
    if packets.ends is None or not len(packets.ends):
        return np.zeros(1, "int64")
    size = max(1, int(np.diff(packets.ends[:-1], prepend=0).max(initial=1)))
    return np.arange(0, len(packets.ends), max(1, _CHAPTER // size))


def _chapter_of(packets: Packets, place: int) -> tuple[int, int]:
    """The first packet of the chapter of a sample, and the sample that it begins with."""
    first = 0
    if packets.ends is not None:
        packet = int(np.searchsorted(packets.ends, place, "right"))
        chapters = _chapters(packets)
        first = int(chapters[np.searchsorted(chapters, packet, "right") - 1])
    return first, 0 if not first or packets.ends is None else int(packets.ends[first - 1])


def _decoded(path: Source, packets: Packets, first: int) -> Iterator[np.ndarray]:
    """Decode from a chapter on, packet by packet."""
    chapters = set(_chapters(packets).tolist()) - {0}
    before: deque[Any] = deque(maxlen=packets.lead)
    done = 0 if not first or packets.ends is None else int(packets.ends[first - 1])
    decoder: Any = None
    for i, packet in _from(path, packets, max(0, first - packets.lead)):
        if packet is not None and i >= first:
            if i in chapters:
                decoder = _warmed(packet.stream, before)
            decoder = decoder or packet.stream.codec_context
        if decoder is not None:
            for block in _blocks(decoder, packet, packets):
                block = _kept(block, packets, i, done)
                done += len(block)
                yield block
            _check(packets, i, done)
        before.append(packet)


def _from(path: Source, packets: Packets, first: int) -> Iterator[tuple[int, Any]]:
    """Yield the packets from one on, with their numbers, and `None` at the end."""
    import av

    for seeking in (True, False) if first else (False,):
        with opened(path) as (container, stream):
            sound = (packet for packet in container.demux(stream) if packet.size)
            try:
                found = _sought(container, stream, packets, first) if seeking else 0
                if found is None:
                    continue
                for i, packet in enumerate(sound, found):
                    if i == len(packets.times):  # what is behind is broken
                        break
                    if i >= first:
                        yield i, packet
            except av.error.FFmpegError as error:
                raise BrokenSoundError(f"cannot be read ({reason(error)})") from None
            yield len(packets.times), None
            return


def _sought(container: Any, stream: Any, packets: Packets, first: int) -> int | None:
    """Seek to a packet or one before it; returns its number, `None` where that is not certain."""
    import av

    time = int(packets.times[first])
    if time == NO_TIME or container.format.name in _UNSTEADY:
        return None
    with suppress(av.error.FFmpegError):
        container.seek(time, stream=stream)
        packet = next((p for p in container.demux(stream) if p.size), None)
        if packet is not None and packet.pts is not None:
            same = (packets.times == packet.pts) & (packets.sums == crc(packet))
            places = np.flatnonzero(same)
            if len(places) == 1 and places[0] <= first:
                container.seek(time, stream=stream)
                return int(places[0])
    return None


def _warmed(stream: Any, before: deque[Any]) -> Any:
    """A decoder that has heard some packets."""
    decoder = fresh_decoder(stream)
    for packet in before:
        with suppress(BrokenSoundError):  # the first of them need others before
            decode(decoder, packet)
    return decoder


def _blocks(decoder: Any, packet: Any, packets: Packets) -> Iterator[np.ndarray]:
    """The samples of a packet."""
    for frame in decode(decoder, packet):
        found = (len(frame.layout.channels), frame.sample_rate)
        if found != (packets.channels, packets.sample_rate):
            raise BrokenSoundError(
                f"changes from {packets.channels} channel(s) at {packets.sample_rate} Hz to "
                f"{found[0]} at {found[1]} Hz"
            )
        yield samples_of(frame)


def _kept(block: np.ndarray, packets: Packets, i: int, done: int) -> np.ndarray:
    """The part of a block that is sound, and no padding of the last packets."""
    ends = packets.ends
    if ends is None or ends[min(i, len(ends) - 1)] < ends[-1]:
        return block
    return block[: int(ends[-1]) - done]


def _check(packets: Packets, i: int, done: int) -> None:
    """Refuse a packet of another length than all other readers of the file would take it for."""
    if packets.ends is not None and i < len(packets.ends) and done != packets.ends[i]:
        raise BrokenSoundError(
            f"has a damaged packet: there are {done} samples where {packets.ends[i]} are expected"
        )
