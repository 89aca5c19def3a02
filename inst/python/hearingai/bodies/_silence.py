"""Frames of clips that overlap and lie between silence, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..audio.cuts import Cuts


def frames_between_silence(
    frames_of: Callable[[np.ndarray], np.ndarray],
    cuts: Cuts,
    before: int,
    after: int,
    size: int,
    hop: int,
) -> Iterator[np.ndarray]:
    """The frames of each clip with silence around it.

    Frames that lie within clips are those of the sound that they are cut from, and those within
    silence are all alike; only the few that hear both are a clip's own.

    Args:
        frames_of: A function from a sound to its frames, each of which hears its samples alone.
        cuts: The clips, of `size` samples or more, spaced by `hop`.
        before: Samples of silence before each clip, a multiple of `hop`, `size` or more.
        after: Samples of silence after each clip, `size` or more.
        size: Samples of a frame.
        hop: Samples from frame to frame.

    Yields:
        Array `(frames, values)`, of each clip.
    """
    end = before + cuts.samples
    left = slice((before - size) // hop + 1, before // hop)  # the frames that hear silence too
    right = slice((end - size) // hop + 1, -(-end // hop))
    total = (end + after - size) // hop + 1
    pieces = [cuts.sound]
    for clip in cuts:
        padded = np.pad(clip, (before, after))
        pieces += [padded[f.start * hop : (f.stop - 1) * hop + size] for f in (left, right)]
    pieces.append(np.zeros(size, cuts.sound.dtype))
    whole = [np.pad(piece, (0, -len(piece) % hop)) for piece in pieces]
    frames = frames_of(np.concatenate(whole))
    sound, *edges, silence = np.cumsum([0, *(len(piece) // hop for piece in whole[:-1])])
    for i, start in enumerate(sound + cuts.starts // hop):
        at_left, at_right = edges[2 * i : 2 * i + 2]
        yield np.concatenate(
            [
                frames[silence : silence + 1].repeat(left.start, axis=0),
                frames[at_left : at_left + left.stop - left.start],
                frames[start : start + right.start - left.stop],
                frames[at_right : at_right + right.stop - right.start],
                frames[silence : silence + 1].repeat(total - right.stop, axis=0),
            ]
        )
