"""The recipe `sounds`: small, and learnt from few recordings without a body."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from sounds import tone


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("sounds", [f"class {i}" for i in range(10)], seed=1)


def test_it_has_at_most_100_000_parameters(classifier):
    assert classifier.network.count_params() == 85_642
    assert classifier.clip_shape == (5 * 22050,)
    assert classifier.network.input_shape == (None, 248, 64, 1)


def test_it_does_not_hear_gain(classifier):
    clip = np.random.default_rng(0).normal(0, 0.05, (1, 5 * 22050)).astype("float32")
    np.testing.assert_allclose(classifier(clip), classifier(clip * 8), atol=1e-3)


@pytest.mark.slow  # six times as much sound a clip as `words`, which is trained always
def test_it_learns_and_opens_the_same(tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    for i in range(16):
        sound = rng.normal(0, 0.05, 2 * 22050)
        kind = ("hiss", "hum")[i % 2]
        if kind == "hum":
            sound = tone(22050, 2, rng.uniform(300, 500)) + sound / 10
        name = tmp_path / f"{i}.wav"
        hearingai.write_audio(name, sound, 22050)
        rows.append({"fname": str(name), "class": kind, "split": "test" if i < 4 else "train"})
    clips = pd.DataFrame(rows)
    train, test = clips[clips["split"] == "train"], clips[clips["split"] == "test"]
    made = hearingai.fit("sounds", train, epochs=4, batch_size=4, validation=False, seed=1)
    losses = [epoch["loss"] for epoch in made.record["history"]]
    assert losses[-1] < 0.9 * losses[0]
    opened = hearingai.load_classifier(hearingai.save_classifier(made, tmp_path / "s.keras"))
    np.testing.assert_array_equal(
        hearingai.predict(opened, test).filter(like="prob_"),
        hearingai.predict(made, test).filter(like="prob_"),
    )
