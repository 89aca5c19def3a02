"""The other backends of Keras: front end, training and artifacts, each in a process of its own."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hearingai

TRAIN = """
import sys
sys.modules["tensorflow"] = None  # as if it were not installed
import hearingai, numpy, keras
assert keras.backend.backend() == sys.argv[1]
clips = hearingai.load_clips(sys.argv[2])
classifier = hearingai.fit("speech-commands-small", clips, epochs=2, seed=1, deterministic=True)
again = hearingai.fit("speech-commands-small", clips, epochs=2, seed=1, deterministic=True)
assert classifier.fingerprint() == again.fingerprint()
hearingai.save_classifier(classifier, sys.argv[3])
table = hearingai.predict(classifier, clips)
numpy.save(sys.argv[4], table[["prob_down", "prob_no", "prob_yes"]].to_numpy())
sound = numpy.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
numpy.save(sys.argv[5], keras.ops.convert_to_numpy(hearingai.LogSpectrogram()(sound)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_trains_and_its_artifact_opens_here(backend, words, tmp_path):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    folder = str(Path(words["fname"][0]).parents[1])
    files = [tmp_path / name for name in ("m.keras", "p.npy", "image.npy")]
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, backend, folder, *map(str, files)],
        env=os.environ | {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    opened = hearingai.load_classifier(files[0])
    here = hearingai.predict(opened, words)[["prob_down", "prob_no", "prob_yes"]].to_numpy()
    np.testing.assert_allclose(np.load(files[1]), here, atol=1e-4)
    sound = np.random.default_rng(0).uniform(-1, 1, (2, 16000)).astype("float32")
    np.testing.assert_allclose(
        np.load(files[2]), np.asarray(hearingai.LogSpectrogram()(sound)), atol=1e-4
    )


RESUME = """
import sys
import hearingai, keras, numpy
assert keras.backend.backend() == sys.argv[1]
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
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    clip = {"start_time_seconds_youtube_clip": 0, "end_time_seconds_youtube_clip": 10}
    values = np.random.default_rng(0).integers(0, 256, (60, 10, 128)).tolist()
    found = [
        clip | {"vid_id": f"v{i}", "audio_embedding": v, "is_turkey": i % 2}
        for i, v in enumerate(values)
    ]
    (tmp_path / "clips.json").write_text(json.dumps(found))
    files = [str(tmp_path / name) for name in ("clips.json", "m.keras", "p.npy")]
    done = subprocess.run(
        [sys.executable, "-c", RESUME, backend, *files],
        env=os.environ | {"KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    opened = hearingai.load_classifier(files[1])
    here = hearingai.predict(opened, hearingai.turkey(files[0]))["prob_turkey"]
    np.testing.assert_allclose(np.load(files[2]), here, atol=1e-5)
