"""Recipes: complete set-ups that train, save, open, and predict as before."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from embeddings import write_turkeys
from fresh import python
from slow import first_quick

NETWORK_PARAMETERS = {  # as published; audio-gate's networks have a range of sizes
    "speech-commands": (30, 2_226_846),
    "hearing-ai": (10, 1_448_786),
    "sound-classification": (10, 25_842),
    "embedding-gru": (2, 201_217),
}


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory):
    rng = np.random.default_rng(3)
    path = tmp_path_factory.mktemp("embeddings") / "clips.json"
    embeddings = (rng.integers(0, 256, (rng.integers(3, 11), 128)) for _ in range(24))
    return write_turkeys(path, embeddings)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """A dozen recordings of up to half a second, of several rates, mono and stereo."""
    rng = np.random.default_rng(4)
    folder = tmp_path_factory.mktemp("recordings")
    rows = []
    for i in range(12):
        sound = rng.uniform(-0.5, 0.5, (2, 3000 + 500 * i)).astype("float32")
        sound[:, ::2] *= i % 2
        name = str(folder / f"{i}.wav")
        hearingai.write_audio(name, sound if i % 3 else sound[0], (22050, 44100, 8000)[i % 3])
        rows.append((name, ["hum", "hiss"][i % 2]))
    clips = pd.DataFrame(rows, columns=["fname", "class"])
    clips.to_csv(folder / "clips.csv", index=False)
    return folder / "clips.csv"


@pytest.mark.parametrize("name", NETWORK_PARAMETERS)
def test_the_network_is_the_published_one(name):
    n, parameters = NETWORK_PARAMETERS[name]
    classifier = hearingai.create_classifier(name, [f"c{i}" for i in range(n)], seed=1)
    assert classifier.network.count_params() == parameters
    assert classifier.recipe == name


FACTS = {
    "hearing-ai": {
        "sample_rate": 22050,
        "optimizer": "Adamax",
        "optimizer_options": {"learning_rate": 0.01},
        "schedule": "plateau",
        "schedule_options": {"factor": 0.1, "patience": 5, "floor": 1e-7},
        "patience": 20,
        "monitor": "val_loss",
        "batch_size": 256,
        "epochs": 100,
    },
    "sound-classification": {
        "sample_rate": 44100,
        "channels": 2,
        "place": "random",
        "optimizer": "Adam",
        "optimizer_options": {"learning_rate": 1e-3},
        "schedule": "one-cycle",
        "batch_size": 16,
    },
    "embedding-gru": {
        "frames": 10,
        "optimizer": "Nadam",
        "optimizer_options": {"learning_rate": 1e-3},
        "schedule_options": {"factor": 0.1, "patience": 2, "floor": 1e-8},
        "patience": 20,
        "monitor": "val_accuracy",
        "batch_size": 512,
        "epochs": 16,
        "validation": 0.25,
    },
    "audio-gate": {"frames": 10, "optimizer": "Adam", "validation": 0.2},
}


@pytest.mark.parametrize("name", FACTS)
def test_the_settings_are_the_published_ones(name):
    recipe = hearingai.get_recipe(name)
    assert {key: getattr(recipe, key) for key in FACTS[name]} == FACTS[name]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("speech-commands", (98, 257, 1)),
        ("hearing-ai", (150, 150, 3)),
        ("sound-classification", (64, 344, 2)),
    ],
)
def test_the_image_is_the_published_one(name, shape):
    classifier = hearingai.create_classifier(name, ["a", "b"], seed=1)
    found = tuple(classifier.network.input_shape[1:])
    assert sorted(found) == sorted(shape)
    silence = np.zeros((1, *classifier.clip_shape), "float32")
    assert tuple(classifier.frontend(silence).shape[1:]) == found


def trains(name, clips, tmp_path, **options):
    """Train a little, save, open, predict; returns the classifier."""
    fitted = hearingai.fit(name, clips, epochs=2, batch_size=4, seed=2, **options)
    losses = hearingai.training_history(fitted)["loss"]
    assert len(losses) == 2
    assert np.isfinite(losses).all()
    opened = hearingai.load_classifier(hearingai.save_classifier(fitted, tmp_path / "m.keras"))
    assert opened.fingerprint() == fitted.fingerprint()
    assert opened.configuration() == fitted.configuration()
    assert opened.record == fitted.record
    before, after = hearingai.predict(fitted, clips), hearingai.predict(opened, clips)
    pd.testing.assert_frame_equal(before, after)
    probabilities = after[[f"prob_{label}" for label in opened.labels]].to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    return fitted


@pytest.mark.parametrize(
    "name",
    first_quick("sound-classification", "hearing-ai"),
)
def test_recipes_of_recordings_train_save_open_and_predict(name, recordings, tmp_path):
    fitted = trains(name, hearingai.read_clips(recordings), tmp_path)
    assert (fitted.target, fitted.network.output_shape) == ("hum", (None, 2))


@pytest.mark.parametrize("name", first_quick("audio-gate", "embedding-gru"))
def test_recipes_of_embeddings_train_save_open_and_predict(name, embeddings, tmp_path):
    fitted = trains(name, hearingai.turkey(embeddings), tmp_path)
    assert (fitted.target, fitted.network.output_shape) == ("turkey", (None, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["hearing-ai", "sound-classification", "embedding-gru", "audio-gate"]
)
def test_two_fresh_processes_train_the_same_classifier(name, embeddings, recordings):
    data = embeddings if hearingai.get_recipe(name).frontend is None else recordings
    code = (
        "import sys, hearingai\n"
        "clips = hearingai.load_clips(sys.argv[2])\n"
        "options = {'epochs': 2, 'batch_size': 4, 'seed': 6, 'deterministic': True}\n"
        "print(hearingai.fit(sys.argv[1], clips, **options).fingerprint())"
    )
    one, other = (python(code, name, data).stdout.strip() for _ in range(2))
    assert len(one) == 64
    assert one == other


def test_one_sigmoid_output_is_shown_as_two_columns():
    for labels, target in ((["other", "turkey"], None), (["Speech", "other"], "Speech")):
        classifier = hearingai.create_classifier("audio-gate", labels, seed=1, target=target)
        clips = np.random.default_rng(0).integers(0, 256, (5, 10, 128)).astype("float32")
        probability = np.asarray(classifier.network(clips))[:, 0]
        found = np.asarray(classifier(clips))
        at = labels.index(classifier.target)
        assert classifier.target != "other"
        np.testing.assert_allclose(found[:, at], probability, rtol=1e-6)
        np.testing.assert_allclose(found[:, 1 - at], 1 - probability, rtol=1e-5)


def test_the_target_can_be_chosen_and_more_labels_have_none():
    make = hearingai.create_classifier
    assert make("audio-gate", ["a", "b"], seed=1).target == "b"
    assert make("audio-gate", ["a", "b"], seed=1, target="a").target == "a"
    three = make("audio-gate", ["a", "b", "c"], seed=1)
    assert (three.target, three.network.output_shape) == (None, (None, 3))
    with pytest.raises(hearingai.HearingAIError, match="target"):
        make("audio-gate", ["a", "b"], seed=1, target="c")
