"""Recordings in which any of three tones sound together, and a table of their labels."""

import numpy as np

import hearingai

RATE, SECONDS = 16000, 0.5
PITCHES = {"high": 4000, "low": 500, "middle": 1500}


def chord(names, seed=0):
    """The tones of these names, in noise, float32 `(samples,)`."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(RATE * SECONDS)) / RATE
    sound = rng.normal(0, 0.01, len(time))
    for name in names:
        sound += 0.2 * np.sin(2 * np.pi * PITCHES[name] * time + rng.uniform(0, 6))
    return sound.astype("float32")


def write_chords(folder, n=60, shares=(0.3, 0.5, 0.5), seed=1):
    """Write `n` recordings, each tone in its share of them; gives the table of clips."""
    rng, fnames, sets = np.random.default_rng(seed), [], []
    for i in range(n):
        sets.append([n for n, share in zip(PITCHES, shares, strict=True) if rng.random() < share])
        fnames.append(str(folder / f"{i}.wav"))
        hearingai.write_audio(fnames[-1], chord(sets[-1], [seed, i]), RATE)
    return hearingai.clip_table(fnames, labels=sets)
