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
        return np.concatenate([embed(image[None, i : i + _FRAMES, :, None])[0, 0] for i in first])

    return Body(
        name="speech-embedding",
        hop=8 * _HOP,
        **FACTS,
        source="Google's speech embedding, in the PyPI package pyopen-wakeword",
        files=files,
        duration=1.0,
        padding=4000,
        pooling="flatten",
        path=None if path is None else str(Path(path).absolute()),
        compute=compute,
        sha256=hashlib.sha256(b"".join(contents)).hexdigest(),
    )
