"""Bodies that are told at a glance, and classifiers on them."""

import keras
import numpy as np

import hearingai
from hearingai.bodies.body import Body

RATE, WINDOW = 8000, 800


def energy_body(**changes):
    """The energy of each window of 0.1 s and its opposite; a window every 0.1 s."""

    def compute(waveform, starts):
        energies = [np.square(waveform[s : s + WINDOW]).mean() for s in starts]
        return np.stack([energies, np.negative(energies)], axis=1)

    facts = {
        "name": "energy",
        "sample_rate": RATE,
        "window": WINDOW,
        "hop": WINDOW,
        "size": 2,
        "licence": "CC0-1.0",
        "source": "these tests",
        "files": (__file__,),
        "duration": 0.5,
        "compute": compute,
    }
    return Body(**facts | changes)


def on_body(labels, body=None, duration=0.5, scale=20.0):
    """A classifier on a body: the mean of the first value counts for the first label."""
    body = energy_body() if body is None else body
    clip = keras.Input((body.frames(round(duration * body.sample_rate)), body.size))
    head = keras.layers.Dense(len(labels), activation="softmax", name="head")
    network = keras.Model(clip, head(keras.layers.GlobalAveragePooling1D()(clip)))
    kernel = np.zeros((body.size, len(labels)), "float32")
    kernel[0, 0] = scale
    head.set_weights([kernel, np.zeros(len(labels), "float32")])
    return hearingai.AudioClassifier(
        None, network, labels, sample_rate=body.sample_rate, duration=duration, body=body
    )
