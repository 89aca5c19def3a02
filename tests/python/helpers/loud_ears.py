"""A stand-in for a classifier that other processes open at once, and that can end them."""

import contextlib
import hashlib
import os
import signal

import numpy as np

from hearingai.clips.clip_format import ClipFormat

RATE = 100
OPTIONS = {"hop": 0.5, "ignore": "quiet", "threshold": 0.7, "batch_size": 4}
DEADLY = 0.75  # windows of nothing else kill the process, where that is asked


class LoudEar:
    """`loud` is as probable as the sound of a window is strong."""

    labels = ["loud", "quiet"]
    hears_embeddings, recipe, target, multi_label = False, None, None, False
    trained_on = None
    sample_rate, duration, channels, samples = RATE, 1.0, 1, RATE

    def __init__(self, name="ear", deadly=False, pause=0.0):
        self.name, self.deadly, self.pause, self.record = name, deadly, pause, {}
        self.clip_format = ClipFormat(RATE, RATE, 1)
        self.clip_shape = self.clip_format.shape

    def fingerprint(self):
        return self.name

    def configuration(self):
        return ""

    def on_device(self, device):
        return contextlib.nullcontext()

    def handed_over(self, folder, name):
        told = {"name": self.name, "deadly": self.deadly, "pause": self.pause}
        return {"open": "loud_ears:LoudEar", "arguments": told}

    def probabilities(self, clips):
        import time

        time.sleep(self.pause)
        strength = np.abs(clips).reshape(len(clips), -1).mean(axis=1).clip(0, 1)
        if self.deadly and (np.abs(clips - DEADLY) < 0.001).all(axis=1).any():
            os.kill(os.getpid(), signal.SIGKILL)
        return np.stack([strength, 1 - strength], axis=1).astype("float32")


def digests(run):
    """What the files of a run's tables hold, byte for byte."""
    files = sorted(run.glob("*/*.parquet"))
    return {str(f.relative_to(run)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
