"""A detector of bursts whose probabilities are known, and sounds that it takes for words."""

import keras
import numpy as np

import hearingai
from small_bodies import RATE, WINDOW, energy_body

SLOPE, QUIET = 20.0, -10.0  # the logit is 20 times the energy, less 10
SECONDS = 36.0  # a hundredth of an hour
LABELS = ("word", "unknown")


def detector(labels=LABELS, body=None, kernel=None):
    """A classifier of a tenth of a second; the first label is as probable as a burst is loud."""
    body = energy_body(duration=0.1) if body is None else body
    clip = keras.Input((1, body.size))
    head = keras.layers.Dense(len(labels), activation="softmax", name="head")
    network = keras.Model(clip, head(keras.layers.GlobalAveragePooling1D()(clip)))
    if kernel is None:
        kernel = np.zeros((body.size, len(labels)), "float32")
        kernel[0, 0] = SLOPE
    head.set_weights([kernel, np.array([QUIET] + [0.0] * (len(labels) - 1), "float32")])
    return hearingai.AudioClassifier(
        None, network, labels, sample_rate=RATE, duration=0.1, body=body
    )


def loudness(probability):
    """The level at which `word` is so probable beside one other label."""
    logit = np.log(probability / (1 - probability))
    return float(np.sqrt((logit - QUIET) / SLOPE))


def sound(bursts, seconds=SECONDS):
    """Silence with a burst of a tenth of a second at each of these tenths, so probable each."""
    waveform = np.zeros(round(seconds * RATE), "float32")
    for tenth, probability in bursts.items():
        waveform[tenth * WINDOW : (tenth + 1) * WINDOW] = loudness(probability)
    return waveform


def small_network(input_shape, n_classes):
    """A network that is trained in a moment."""
    image = keras.Input(input_shape)
    pooled = keras.layers.GlobalAveragePooling2D()(image)
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(pooled))
