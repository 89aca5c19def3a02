"""Tones, and a small classifier of them with every kind of state."""

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai

RATE, SECONDS = 8000, 0.3
PITCHES = {"high": 3000, "low": 1000, "middle": 2000}


def tone(pitch, seed, start=None):
    """A tone that swells and fades within 0.1 s, in faint noise; `None` starts it anywhere."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(0, SECONDS - 0.1) if start is None else start
    time = np.arange(round(RATE * SECONDS)) / RATE
    sound = 0.5 * np.sin(2 * np.pi * pitch * time + rng.uniform(0, 6))
    sound *= np.sin(np.pi * np.clip((time - start) / 0.1, 0, 1)) ** 2
    return (sound + rng.normal(0, 0.003, len(time))).astype("float32")


def small_classifier(labels, front_end=None):
    """Scaling in the front end, batch normalisation and dropout in the network."""
    keras.utils.set_random_seed(1)
    mel = hearingai.LogMel(sample_rate=RATE, window_size_ms=32, window_stride_ms=8, n_mels=24)
    front_end = front_end or keras.Sequential([mel, hearingai.Scaling()])
    samples = round(RATE * SECONDS)
    front_end.build((None, samples))
    image = keras.Input(front_end.compute_output_shape((None, samples))[1:])
    x = keras.layers.Conv2D(8, 3, name="first")(image)
    x = keras.layers.BatchNormalization(name="normal")(x)
    x = keras.layers.Conv2D(8, 3, activation="relu", name="second")(x)
    x = keras.layers.MaxPooling2D((4, 1))(x)
    x = keras.layers.Dropout(0.1)(keras.layers.Flatten()(x))
    network = keras.Model(image, keras.layers.Dense(len(labels), activation="softmax")(x))
    return hearingai.AudioClassifier(front_end, network, labels, sample_rate=RATE, duration=SECONDS)


@pytest.fixture(scope="session")
def burst():
    return tone


@pytest.fixture(scope="session")
def small():
    return small_classifier


@pytest.fixture(scope="session")
def tones(tmp_path_factory):
    """The table of 16 recordings of each pitch, by four speakers."""
    folder, rows = tmp_path_factory.mktemp("tones"), []
    for name, pitch in PITCHES.items():
        for i in range(16):
            path = folder / f"{name}-{i}.wav"
            hearingai.write_audio(path, tone(pitch, [i, pitch]), RATE)
            rows.append({"fname": str(path), "class": name, "speaker": f"s{i % 4}"})
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def first_task(tones):
    """A classifier that tells low from high."""
    clips = tones[tones["class"] != "middle"]
    settings = {"epochs": 12, "batch_size": 8, "seed": 1, "validation": False}
    return hearingai.fit(small_classifier(["high", "low"]), clips, **settings)
