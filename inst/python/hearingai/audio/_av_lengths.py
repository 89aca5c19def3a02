"""How many samples the packets of a file are decoded to, without decoding all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._av import decode, fresh_decoder
from ._sound import BrokenSoundError

if TYPE_CHECKING:
    from ._av_packets import Walk

# Codings whose packets are decoded without delay, given some before them. A packet of these always
# holds as many samples as another,
_EVEN = ("aac", "ac3", "eac3", "mp1float", "mp2float", "mp3float", "mp2", "mp3", "amrnb", "amrwb")
# and one of these as many as its duration says.
_TIMED = ("alac", "flac", "opus", "speex", "tta", "vorbis", "wavpack")
LAST = 8  # packets at the end that are decoded, since the last one may be cut
_WARM = 2  # of them, until the decoder gives whole packets
_PADDED = 3  # most packets of padding at the end


def ends_of(container: Any, stream: Any, walk: Walk, rate: int) -> np.ndarray | None:
    """The number of samples after each packet; `None` where only decoding all of them tells.

    Args:
        container: The file.
        stream: Its sound.
        walk: Its packets.
        rate: Of the samples, Hz.
    """
    size, tick = max(walk.counts, default=0), stream.time_base * rate
    durations = np.array(walk.durations, "int64") * float(tick)
    counts = _counts(stream.codec_context.name, durations, size, float(tick))
    if counts is None or not size:
        return None
    first = int(np.flatnonzero(walk.counts)[0])
    delay = int(counts[: first + 1].sum()) - walk.counts[first]  # what the decoder leaves out
    if delay < 0:
        return None
    told = min(len(counts), len(walk.counts))
    if len(counts) > told:
        _correct(counts, _last_counts(stream, walk))
    else:
        _correct(counts[first + 1 :], walk.counts[first + 1 :])
    ends = np.maximum(np.cumsum(counts) - delay, 0)
    exact = tick.denominator == 1 and np.all(durations[:-1] == counts[:-1])
    if exact and container.format.name.startswith("mov") and stream.duration:
        stated = int(stream.duration * tick)  # by its edit list
        if 0 < ends[-1] - stated <= _PADDED * size:
            ends = np.minimum(ends, stated)
    return ends


def _counts(name: str, durations: np.ndarray, size: int, tick: float) -> np.ndarray | None:
    """The samples of each packet, as its coding and its duration tell them."""
    even = np.full(len(durations), size, "int64")
    if name in _EVEN:
        return even
    if name not in _TIMED and not name.startswith("pcm_"):
        return None
    if tick == int(tick) and (durations > 0).all():
        return durations.astype("int64")
    within = durations[1:-1]  # the first may have none, the last may be cut
    return even if np.all(np.abs(within - size) <= 1.5 * tick) else None


def _correct(counts: np.ndarray, decoded: list[int]) -> None:
    """Take fewer samples than expected at the end as they are decoded."""
    if decoded:
        counts[-len(decoded) :] = np.minimum(counts[-len(decoded) :], decoded)


def _last_counts(stream: Any, walk: Walk) -> list[int]:
    """The samples of the last packets, as they are decoded."""
    decoder, found = fresh_decoder(stream), []
    for packet in walk.last:
        try:
            found.append(sum(frame.samples for frame in decode(decoder, packet)))
        except BrokenSoundError:  # told when it is read
            return []
    return found[_WARM:]
