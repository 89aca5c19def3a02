"""Words of unseen speakers laid into background noise: what a detector hears, and what it imagines.

DATA is a copy of Speech Commands, MODEL a `.keras` file: trained here, and saved, where it is not
there yet. Three in ten speakers are laid into the noise and the others teach; of each noise recording
the first half teaches and the second is heard. The words keep their level and the noise is set to
each signal-to-noise ratio below it, so every ratio has the same words at the same times.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import hearingai

WORDS = "yes no up down left right on off stop go".split()
REST = ("_background_", "_unknown_")  # what the detector knows and does not report
RATE = 16000  # Hz
SEED = 1


def corpus(data):
    """The ten words, the others as `_unknown_`, and seconds of noise as `_background_`, split.

    Returns:
        `(clips, heard)`: the table to train on, rows marked `test` left out of it by `fit`, and
        the halves of the noise recordings that the detector does not learn from.
    """
    clips = hearingai.speech_commands(data).drop(columns=["split", "class_id"])
    clips["class"] = clips["class"].where(clips["class"].isin(WORDS), "_unknown_")
    shares = {"train": 0.63, "validation": 0.07, "test": 0.3}
    clips = hearingai.split_clips(clips, shares, by="speaker", seed=SEED).assign(start=0.0)
    noise = hearingai.background_noise(data)
    half = noise["duration"] / 2
    heard = pd.DataFrame({"fname": noise["fname"], "start": half, "end": noise["duration"]})
    seconds = [
        {"fname": row.fname, "start": start, "end": start + 1.0, "speaker": Path(row.fname).stem}
        for row in noise.itertuples()
        for start in np.arange(0.0, row.duration / 2 - 1.0, 0.5)
    ]
    seconds = pd.DataFrame(seconds).assign(**{"class": "_background_", "split": "train"})
    return pd.concat([clips, seconds], ignore_index=True), heard


def train(data, model):
    """Train the detector of this script and save it."""
    clips, heard = corpus(data)
    noise = [
        hearingai.read_audio(row.fname, RATE, duration=row.start)[0] for row in heard.itertuples()
    ]
    augment = ["time_shift", ("background_noise", {"noise": noise, "snr_db": (0, 20)})]
    classifier = hearingai.fit("speech-commands-small", clips, augment=augment, seed=SEED)
    hearingai.save_classifier(classifier, model)
    return classifier
