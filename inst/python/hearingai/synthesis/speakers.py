"""Speakers drawn at random: voices of eSpeak NG with a pitch and a speed of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .languages import MEN, WOMEN, accents

_FADE = 0.03  # seconds, where a sound is cut
_QUIET = 0.01  # of the loudest sample: what is below at both ends is silence


@dataclass(frozen=True)
class Speaker:
    """One speaker: eSpeak's voice, words a minute, and pitch and its range in 0...99."""

    voice: str
    speed: float
    pitch: float
    range: float

    def job(self, text: str, seconds: float, rng: np.random.Generator) -> tuple:
        """A job for `speak`: a text, said a little otherwise each time."""
        speed = round(self.speed * rng.uniform(0.9, 1.1))
        pitch = round(np.clip(self.pitch + rng.normal(0, 5), 0, 99))
        return (self.voice, text, speed, pitch, round(self.range), seconds)


def draw_speakers(language: str, n: int, rng: np.random.Generator) -> list[Speaker]:
    """Draw so many speakers of a language, in all its accents, as many women as men."""
    spoken = accents(language)
    voices = [voice for _ in range(n // 20 + 1) for voice in draw_voices(rng)][:n]
    places = rng.integers(len(spoken), size=n)
    return [
        Speaker(
            f"{spoken[place]}+{voice}",
            rng.uniform(120, 200),
            rng.uniform(25, 75),
            rng.uniform(25, 85),
        )
        for voice, place in zip(voices, places, strict=True)
    ]


def draw_voices(rng: np.random.Generator) -> Iterator[str]:
    """The variants in random order: all female ones and as many male ones, in turn."""
    women, men = rng.permutation(WOMEN.split()), rng.permutation(MEN.split())
    for pair in zip(women, men[: len(women)], strict=True):
        yield from map(str, pair)


def trim(sound: np.ndarray, rate: int, most: int) -> np.ndarray:
    """Trim silence from both ends, and cut what exceeds `most` samples, with a fade."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET * np.abs(sound).max())
    sound = sound[loud[0] : loud[-1] + 1]
    if len(sound) > most:
        sound = sound[:most].copy()
        fade = min(round(_FADE * rate), most)
        sound[-fade:] *= np.linspace(1, 0, fade)
    return sound
