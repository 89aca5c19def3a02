"""The other backends of Keras: front end, training and artifacts, each in a process of its own."""

import os
import zipfile

import numpy as np
import pytest

import hearingai
from embeddings import write_turkeys
from fresh import python
from hearingai.runtime import backend
from hearingai.runtime.backend import sharing_cores, usable_cores, with_threads

TRAIN = """
import sys
from importlib.machinery import PathFinder

class NoTensorFlow(PathFinder):  # as if it were not installed
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "tensorflow" else super().find_spec(name, path, target)

sys.meta_path = [NoTensorFlow if f is PathFinder else f for f in sys.meta_path]
import hearingai, numpy, keras
assert keras.backend.backend() == sys.argv[1]
folder, deterministic = sys.argv[2], sys.argv[3] == "twice"
for name in sys.argv[4:]:
    table = hearingai.turkey(folder + "/embeddings.json")
    if hearingai.get_recipe(name).frontend is not None:
        table = hearingai.read_clips(folder + "/clips.csv")
    train = lambda: hearingai.fit(
        name, table, epochs=1, batch_size=8, validation=False, seed=1, deterministic=deterministic
    )
    classifier = train()
    if deterministic:
        assert train().fingerprint() == classifier.fingerprint()
    hearingai.save_classifier(classifier, f"{folder}/{name}.keras")
    answers = hearingai.predict(classifier, table).filter(like="prob_")
    numpy.save(f"{folder}/{name}.npy", answers.to_numpy())
sound = numpy.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
numpy.save(folder + "/image.npy", keras.ops.convert_to_numpy(hearingai.LogSpectrogram()(sound)))
"""


@pytest.fixture
def corpora(words, tmp_path):
    """A folder with a table of recordings and a file of embeddings."""
    clips = words.groupby("class").head(12).drop(columns="speaker")
    clips.to_csv(tmp_path / "clips.csv", index=False)
    write_turkeys(tmp_path / "embeddings.json", random_embeddings(24))
    return tmp_path


def random_embeddings(n):
    return np.random.default_rng(0).integers(0, 256, (n, 10, 128))


def check_here(corpora, recipes):
    """What was trained there answers the same here."""
    for name in recipes:
        with zipfile.ZipFile(corpora / f"{name}.keras") as file:
            assert b"keras.src.backend" not in file.read("config.json")
        opened = hearingai.load_classifier(corpora / f"{name}.keras")
        table = hearingai.turkey(corpora / "embeddings.json")
        if not opened.hears_embeddings:
            table = hearingai.read_clips(corpora / "clips.csv")
        here = hearingai.predict(opened, table).filter(like="prob_").to_numpy()
        np.testing.assert_allclose(np.load(corpora / f"{name}.npy"), here, atol=1e-5)
    sound = np.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
    image = np.asarray(hearingai.LogSpectrogram()(sound))
    np.testing.assert_allclose(np.load(corpora / "image.npy"), image, atol=1e-4)


@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.slow
def test_another_backend_trains_and_its_artifacts_open_here(backend, corpora):
    recipes = ["speech-commands-small", "audio-gate"]
    python(TRAIN, backend, corpora, "once", *recipes, backend=backend)
    check_here(corpora, recipes)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_trains_every_recipe(backend, corpora):
    recipes = hearingai.list_recipes()["name"]
    recipes = recipes[recipes != "head"]  # which needs a body
    python(TRAIN, backend, corpora, "twice", *recipes, backend=backend)
    check_here(corpora, recipes)


RESUME = """
import sys
import hearingai, hearingai.runtime.progress, keras, numpy
assert keras.backend.backend() == sys.argv[1]
hearingai.runtime.progress._PAUSE = 0  # else a fast machine is not told of every epoch
clips = hearingai.turkey(sys.argv[2])
recipe = hearingai.get_recipe(
    "audio-gate", network="linear_tagger", network_options={"hidden": 8, "dropout": 0.3},
    schedule="plateau", schedule_options={"patience": 1, "factor": 0.5, "delta": 9.0}, epochs=4,
)
settings = {"seed": 8, "deterministic": True, "batch_size": 1, "class_weight": "balanced"}
settings["augment"] = ["embedding_jitter", "positive_mix", ("mixup", {"alpha": 1.0})]
whole = hearingai.fit(recipe, clips, **settings)

class Killed(Exception):
    pass

def kill(done, total, text):
    if "Epoch 3/" in text:
        raise Killed

try:
    hearingai.fit(recipe, clips, checkpoint=sys.argv[3], progress=kill, **settings)
except Killed:
    resumed = hearingai.fit(recipe, clips, checkpoint=sys.argv[3], **settings)
assert len(resumed.record["history"]) == 4
assert resumed.fingerprint() == whole.fingerprint()
hearingai.save_classifier(resumed, sys.argv[3], overwrite=True)
numpy.save(sys.argv[4], hearingai.predict(resumed, clips)["prob_turkey"].to_numpy())
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_takes_a_training_up_after_a_break(backend, tmp_path):
    """With augmentations in the step, more than forty steps an epoch and a falling rate."""
    files = [tmp_path / name for name in ("clips.json", "m.keras", "p.npy")]
    write_turkeys(files[0], random_embeddings(60))
    python(RESUME, backend, *files, backend=backend)
    opened = hearingai.load_classifier(files[1])
    here = hearingai.predict(opened, hearingai.turkey(files[0]))["prob_turkey"]
    np.testing.assert_allclose(np.load(files[2]), here, atol=1e-5)


def test_cores_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5}, raising=False)
    assert usable_cores() == 2
    assert set(sharing_cores(2).values()) == set(with_threads(1).values()) == {"1"}
    assert sharing_cores(5).keys() == with_threads(0).keys()
    assert set(with_threads(0).values()) == {"1"}
    monkeypatch.delattr(os, "sched_getaffinity")  # as on macOS and Windows
    assert usable_cores() == 64


@pytest.mark.parametrize(
    ("name", "devices", "told"),
    [
        ("tensorflow", ["CPU:0"], False),
        ("jax", ["TFRT_CPU_0"], True),
        ("jax", ["cuda:0"], False),
        ("torch", ["CPU:0"], True),
        ("torch", ["CPU:0", "GPU:0"], False),
    ],
)
def test_without_a_gpu_tensorflow_is_advised(name, devices, told, monkeypatch):
    monkeypatch.setattr(backend.require_keras().backend, "backend", lambda: name)
    monkeypatch.setattr(backend, "_devices", lambda _: devices)
    advice = hearingai.info()["advice"]
    assert ("KERAS_BACKEND=tensorflow" in advice) if told else advice is None
