"""The clips that the classifiers in the package are trained and measured on, dealt to parts."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import hearingai

RATE, PARTS, SEED = 16000, 5, 1
COLUMNS = ["fname", "start", "end", "class", "speaker", "part"]
TEN = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]


def spoken(data: Path) -> pd.DataFrame:
    """Every word of Speech Commands; the speakers are dealt to the parts."""
    clips = hearingai.speech_commands(data)[["fname", "class", "speaker"]]
    shares = {str(part): 1 / PARTS for part in range(1, PARTS + 1)}
    clips = hearingai.split_clips(clips, shares, by="speaker", seed=SEED)
    return clips.assign(part=clips["split"].astype(int), start=0.0)


def noise(data: Path, work: Path) -> pd.DataFrame:
    """Seconds of the recordings of noise, each recording in one part, and of made noise in none."""
    recordings = hearingai.background_noise(data)
    places = [
        (row.fname, row.duration, i % PARTS + 1) for i, row in enumerate(recordings.itertuples())
    ]
    made = work / "noise.wav"
    if not made.exists():
        write_noise(made)
    places.append((str(made), 220.0, 0))
    rows = [
        {"fname": fname, "start": start, "end": start + 1, "speaker": Path(fname).stem, "part": p}
        for fname, duration, p in places
        for start in np.arange(0.0, duration - 0.99, 0.5 if p else 1.0)
    ]
    return pd.DataFrame(rows)


def write_noise(path: Path) -> None:
    """Write 200 s of noise of many colours and levels, and 20 s of zeros."""
    rng, frequencies = np.random.default_rng(SEED), np.maximum(np.arange(RATE // 2 + 1), 20)
    seconds = []
    for slope, level in zip(rng.uniform(0, 2, 200), rng.uniform(-90, -25, 200), strict=True):
        spectrum = np.fft.rfft(rng.normal(size=RATE)) / frequencies ** (slope / 2)
        sound = np.fft.irfft(spectrum, RATE)
        seconds.append(sound / np.sqrt(np.mean(sound**2)) * 10 ** (level / 20))
    sound = np.concatenate([*seconds, np.zeros(20 * RATE)]).clip(-1, 1)
    hearingai.write_audio(sound, path, RATE)


def ten_words(options: Any) -> pd.DataFrame:
    """Words, and silence; with 12 classes the other words are one."""
    words = spoken(options.data)
    if options.classes == 12:
        words["class"] = words["class"].where(words["class"].isin(TEN), "unknown")
    silence = noise(options.data, options.work).assign(**{"class": "silence"})
    return pd.concat([words, silence], ignore_index=True)[COLUMNS]


def ten_words_groups(labels: list[str]) -> dict[str, list[str]]:
    """Which labels become one: the other words are `unknown`."""
    others = [label for label in labels if label not in [*TEN, "silence"]]
    return {word: [word] for word in TEN} | {"unknown": others, "silence": ["silence"]}


def speech(options: Any) -> pd.DataFrame:
    """Words as speech; noise, and each second of the sounds of ESC-10, as anything else."""
    if options.sounds is None:
        raise SystemExit("speech needs --sounds, a copy of ESC-10")
    sounds = hearingai.esc50(options.sounds, esc10=True)
    rows = [
        {"fname": row.fname, "start": s, "end": s + 1, "speaker": row.source, "part": row.fold}
        for row in sounds.itertuples()
        for s in range(5)
    ]
    others = pd.concat([noise(options.data, options.work), pd.DataFrame(rows)])
    words = spoken(options.data).assign(**{"class": "speech"})
    both = [words, others.assign(**{"class": "other"})]
    return pd.concat(both, ignore_index=True)[COLUMNS]
