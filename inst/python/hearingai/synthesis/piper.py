"""Piper's voices, which sound like people, in the place of eSpeak NG's."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.arguments import path_of

_SPEED, _NOISE = (0.8, 1.25), (0.3, 1.0)  # length of a sound, and how much a voice varies


def piper_voice(path: PathLike) -> Callable[[str, int], tuple[np.ndarray, int]]:
    """Open a voice of Piper, to be the `synthesizer` of `word_classifier`.

    A voice of several speakers speaks as another at each call, and every one with a speed and a
    manner of its own.

    Args:
        path: The voice's `.onnx` file; its `.onnx.json` lies beside it.

    Returns:
        A function of a text and a seed to `(waveform, sample_rate)`.

    Raises:
        HearingAIError: The package `piper-tts` or the file is missing.

    Source:
        Piper, https://github.com/OHF-Voice/piper1-gpl: its voices are downloaded one by one, each
        with a licence of its own.

    Example:
        >>> import hearingai
        >>> voice = hearingai.piper_voice("en_US-lessac-medium.onnx")  # doctest: +SKIP
        >>> hearingai.word_classifier("yes", synthesizer=voice, voices=40)  # doctest: +SKIP
    """
    path = path_of("path", path)
    if not path.is_file():
        raise HearingAIError(f"`path`: there is no voice {path}")
    try:
        piper: Any = importlib.import_module("piper")
    except ImportError as error:
        raise HearingAIError(
            f"piper_voice() needs piper ({error}). Type: `pip install piper-tts`"
        ) from None
    voice = piper.PiperVoice.load(os.fspath(path))
    speakers = int(getattr(voice.config, "num_speakers", 1) or 1)

    def speak(text: str, seed: int) -> tuple[np.ndarray, int]:
        rng = np.random.default_rng(seed)
        settings = piper.SynthesisConfig(
            speaker_id=int(rng.integers(speakers)) if speakers > 1 else None,
            length_scale=float(rng.uniform(*_SPEED)),
            noise_scale=float(rng.uniform(*_NOISE)),
            noise_w_scale=float(rng.uniform(*_NOISE)),
        )
        chunks = list(voice.synthesize(text, syn_config=settings))
        if not chunks:
            raise HearingAIError(f"the voice {path} says nothing for {text!r}")
        return np.concatenate([c.audio_float_array for c in chunks]), chunks[0].sample_rate

    return speak
