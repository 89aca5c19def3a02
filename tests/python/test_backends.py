"""The other backends of Keras: front end, training and artifacts, each in a process of its own."""

import importlib.util
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
