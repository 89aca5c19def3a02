"""Noise made by numbers."""

import numpy as np


def noise(kind: str, samples: int, rate: int, rng: np.random.Generator) -> np.ndarray:
    """Noise of mean square 1: white, pink (power falls as 1/f) or hum (mains and overtones)."""
    if kind == "white":
        sound = rng.standard_normal(samples)
    elif kind == "pink":
        spectrum = np.fft.rfft(rng.standard_normal(samples))
        spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
        sound = np.fft.irfft(spectrum, samples)
    else:
        mains, overtones = rng.choice([50, 60]), np.arange(1, 9)[:, None]
        phases, time = rng.uniform(0, 2 * np.pi, (8, 1)), np.arange(samples) / rate
        sound = (np.sin(2 * np.pi * mains * overtones * time + phases) / overtones).sum(axis=0)
    return sound / np.sqrt(np.mean(np.square(sound)))
