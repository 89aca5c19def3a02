"""Google's speech embedding: 96 values every 80 ms of speech."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from ._litert import litert
from ._packages import file_in
from .body import Body

_FRAMES = 76  # of the mel spectrogram, that one embedding hears
_HOP = 160  # samples from frame to frame
_STRIDE = 8  # frames from one embedding to the next
_AT_ONCE = 64  # embeddings; the first maps of the network take 24 kB an embedding
_LOST = 3  # frames that the spectrogram is shorter than its sound
FACTS: dict[str, Any] = {
    "sample_rate": 16000,
    "window": (_FRAMES + _LOST) * _HOP,
    "size": 96,
    "licence": "Apache-2.0",
}
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
    mel, embed = map(litert, contents)

    def compute(waveform: np.ndarray, starts: np.ndarray) -> np.ndarray:
        image = mel(waveform[None] * _FULL_SCALE)[0, 0] / 10 + 2
        first = starts // _HOP
        cuts = np.flatnonzero(np.diff(first) != _STRIDE) + 1
        cuts = np.union1d(cuts, np.arange(_AT_ONCE, len(first), _AT_ONCE))
        # It is convolutional in time and pads none, so the embeddings of a run are one pass.
        runs = [image[None, run[0] : run[-1] + _FRAMES, :, None] for run in np.split(first, cuts)]
        return np.concatenate([embed(run)[0, :, 0] for run in runs])

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
        sha256=hashlib.sha256(b"".join(contents)).hexdigest(),
    )
