"""Google's speech embedding: 96 values every 80 ms of speech."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..audio.cuts import Cuts
from ._litert import LiteRT, taken_by
from ._packages import file_in
from ._silence import frames_between_silence
from .body import Body

_FRAMES = 76  # of the mel spectrogram, that one embedding hears
_HOP = 160  # samples from frame to frame
_STRIDE = 8  # frames from one embedding to the next
_AT_ONCE = 64  # embeddings; the first maps of the network take 24 kB an embedding
_LOST = 3  # frames that the spectrogram is shorter than its sound
_FRAME = 512  # samples that a frame hears
_RANGE = np.float32(80)  # decibels below the loudest of a clip, at which its frames are cut off
FACTS: dict[str, Any] = {
    "sample_rate": 16000,
    "window": (_FRAMES + _LOST) * _HOP,
    "size": 96,
    "licence": "Apache-2.0",
}
_FRAMES_AT_ONCE = 4096  # of the mel spectrogram; they need 110 MB
_FULL_SCALE = 32768  # it takes samples of 16 bits, as floats


def speech_embedding_files(path: Any = None) -> tuple[str, ...]:
    """The two files in a folder, or in the package pyopen-wakeword; not opened."""
    names = ("melspectrogram.tflite", "embedding_model.tflite")
    return tuple(file_in(path, "pyopen_wakeword", f"models/{name}", "speech") for name in names)


def speech_embedding(path: Any = None) -> Body:
    """Find Google's speech embedding and the mel front end that belongs to it.

    Args:
        path: A folder with `melspectrogram.tflite` and `embedding_model.tflite`; `None` takes those
            of the package pyopen-wakeword.

    Source:
        J. Lin et al., "Training Keyword Spotters with Limited and Synthesized Speech Data" (2020);
        front end and conversion by openWakeWord.
    """
    files = speech_embedding_files(path)
    contents = [Path(file).read_bytes() for file in files]
    decibels = LiteRT(contents[0], taken_by("REDUCE_MAX"))  # before they are cut off
    embed = LiteRT(contents[1])

    def frames_of(sound: np.ndarray) -> np.ndarray:
        step = _FRAMES_AT_ONCE * _HOP
        firsts = range(0, max(1, len(sound) - _FRAME + 1), step)
        pieces = [sound[first : first + step - _HOP + _FRAME] for first in firsts]
        return np.concatenate([decibels(piece[None] * _FULL_SCALE)[0, 0] for piece in pieces])

    def image_of(frames: np.ndarray) -> np.ndarray:
        return np.maximum(frames, frames.max() - _RANGE) / 10 + 2

    def embeddings_of(images: Sequence[np.ndarray], starts: np.ndarray) -> np.ndarray:
        first = starts // _HOP
        cuts = np.flatnonzero(np.diff(first) != _STRIDE) + 1
        cuts = np.union1d(cuts, np.arange(_AT_ONCE, len(first), _AT_ONCE))
        # It is convolutional in time and pads none, so the embeddings of a run are one pass.
        runs = [slice(run[0], run[-1] + _FRAMES) for run in np.split(first, cuts)]
        found = embed.each([image[None, run, :, None] for image in images for run in runs])
        return np.concatenate([passed[0, :, 0] for passed in found]).reshape(
            len(images), len(starts), -1
        )

    def compute(waveform: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return embeddings_of([image_of(frames_of(waveform))], starts)[0]

    def hear(cuts: Cuts, before: int, after: int, starts: np.ndarray) -> np.ndarray:
        long = min(before, cuts.samples) >= _FRAME and before % _HOP == 0
        if long and cuts.are_spaced_by(_HOP):
            frames = frames_between_silence(frames_of, cuts, before, after, _FRAME, _HOP)
        else:
            frames = (frames_of(np.pad(clip, (before, after))) for clip in cuts)
        return embeddings_of([image_of(each) for each in frames], starts)

    return Body(
        name="speech-embedding",
        hop=_STRIDE * _HOP,
        **FACTS,
        source="Google's speech embedding, in the PyPI package pyopen-wakeword",
        files=files,
        duration=1.0,
        padding=4000,
        pooling="statistics",
        path=None if path is None else str(Path(path).absolute()),
        compute=compute,
        hear=hear,
        sha256=hashlib.sha256(b"".join(contents)).hexdigest(),
    )
