"""Sounds that several files of tests hear."""

import numpy as np


def tone(rate, seconds=1.0, frequency=440.0):
    """A sine of amplitude 0.5, `(samples,)`."""
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


def noise(*shape):
    """The same uniform noise whenever it is asked for, float32 in -1...1."""
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")
