"""The networks compiled on each backend of Keras, in a process of its own."""

import numpy as np
import pytest

from fresh import python
from hearingai import networks

SHAPES = {
    name: (10, 128) if name.endswith(("tagger", "head")) else (48, 88, 1)
    for name in networks.NETWORKS
}

TRAIN = """
import sys
from importlib.machinery import PathFinder

class NoTensorFlow(PathFinder):  # as if it were not installed
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "tensorflow" else super().find_spec(name, path, target)

if sys.argv[1] != "tensorflow":
    sys.meta_path = [NoTensorFlow if f is PathFinder else f for f in sys.meta_path]
import keras, numpy
from hearingai import networks
assert keras.backend.backend() == sys.argv[1]
keras.utils.set_random_seed(1)
clips = numpy.load(sys.argv[2])
for name in networks.NETWORKS:
    network = networks.network(name, clips[name].shape[1:], 2)
    network.compile("adam", "sparse_categorical_crossentropy")
    before = [keras.ops.convert_to_numpy(w).copy() for w in network.trainable_weights]
    network.fit(clips[name], numpy.arange(4) % 2, verbose=0)
    after = [keras.ops.convert_to_numpy(w) for w in network.trainable_weights]
    assert any((a != b).any() for a, b in zip(after, before)), name
    network.save(f"{sys.argv[3]}/{name}.keras")
    numpy.save(f"{sys.argv[3]}/{name}.npy", network.predict(clips[name], verbose=0))
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_networks_train_on_each_backend_and_predict_the_same_here(backend, tmp_path):
    import keras

    random = np.random.default_rng(0)
    clips = {n: random.integers(1, 256, (4, *s)).astype("float32") for n, s in SHAPES.items()}
    clips["attention_gru_tagger"][0, :3] = 0
    np.savez(tmp_path / "clips.npz", **clips)
    python(TRAIN, backend, tmp_path / "clips.npz", tmp_path, backend=backend)
    for name in networks.NETWORKS:
        opened = keras.saving.load_model(tmp_path / f"{name}.keras")
        there = np.load(tmp_path / f"{name}.npy")
        np.testing.assert_allclose(opened.predict(clips[name], verbose=0), there, atol=1e-4)
