"""Front ends in model files, and on the other backends."""

import json

import keras
import numpy as np
import pytest

import hearingai
from fresh import python

CHAINS = {
    "spectrogram": [("LogSpectrogram", {"window_size_ms": 25})],
    "mel": [
        ("LogMel", {"window_size": 400, "window_stride": 133, "power": 1, "window": "hamming"}),
        ("Deltas", {"width": 5}),
        ("Scaling", {"axis": "channel"}),
    ],
    "slopes": [("LogMel", {"padding": "fft", "slopes": "mel", "n_mels": 40})],
    "decibel": [
        ("LogMel", {"log": "decibel", "padding": "reflect", "frames": 60, "n_mels": 40}),
        ("Deltas", {"axis": "frequency", "order": 1}),
        ("Scaling", {}),
    ],
    "mfcc": [("MFCC", {"n_mfcc": 20, "lifter": 22, "norm": "slaney", "padding": "zero"})],
}
CHILD = """
import json, sys
sys.modules["tensorflow"] = None  # as if it were not installed
import hearingai, keras, numpy
assert keras.backend.backend() == sys.argv[1]
images = {}
for name, chain in json.loads(sys.argv[2]).items():
    x = numpy.random.default_rng(0).uniform(-1, 1, (3, 8000)).astype("float32")
    for kind, options in chain:
        layer = getattr(hearingai, kind)(**options)
        if kind == "Scaling":
            layer.adapt([x])
        x = layer(x)
    images[name] = keras.ops.convert_to_numpy(x)
numpy.savez(sys.argv[3], **images)
"""


def waveforms():
    return np.random.default_rng(0).uniform(-1, 1, (3, 8000)).astype("float32")


def build(chain):
    """The layers as one model, the scaling adapted to its own images."""
    x, layers = waveforms(), []
    for kind, options in CHAINS[chain]:
        layers.append(getattr(hearingai, kind)(**options))
        if kind == "Scaling":
            layers[-1].adapt(x)
        x = np.asarray(layers[-1](x))
    return keras.Sequential([keras.Input((8000,)), *layers]), x


@pytest.mark.parametrize("chain", CHAINS)
def test_a_model_file_brings_the_front_end_back(chain, tmp_path):
    model, image = build(chain)
    model.save(tmp_path / "model.keras")
    opened = keras.saving.load_model(tmp_path / "model.keras")
    assert opened.output_shape == (None, *image.shape[1:])
    np.testing.assert_array_equal(opened(waveforms()), model(waveforms()))
    np.testing.assert_allclose(opened(waveforms()), image, atol=1e-4)
    for layer, twin in zip(model.layers, opened.layers, strict=True):
        assert layer.get_config() == twin.get_config()
        assert json.loads(json.dumps(layer.get_config())) == layer.get_config()


def test_a_file_that_names_the_folder_of_front_ends_finds_the_layer():
    layer = keras.saving.deserialize_keras_object(
        {
            "module": "hearingai.frontends",
            "class_name": "LogSpectrogram",
            "config": {
                "name": "log_spectrogram",
                "trainable": False,
                "dtype": "float32",
                "window_size_ms": 30.0,
                "window_stride_ms": 10.0,
                "sample_rate": 16000,
                "offset": 0.01,
            },
            "registered_name": "hearingai>LogSpectrogram",
        }
    )
    assert type(layer) is hearingai.LogSpectrogram
    assert layer.compute_output_shape((None, 16000)) == (None, 98, 257, 1)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_give_the_same_images(backend, tmp_path):
    python(CHILD, backend, json.dumps(CHAINS), tmp_path / "images.npz", backend=backend)
    there = np.load(tmp_path / "images.npz")
    for chain in CHAINS:
        np.testing.assert_allclose(there[chain], build(chain)[1], atol=1e-4, err_msg=chain)


def test_clips_of_any_length_and_number_pass_one_model():
    layer = hearingai.LogMel(log="decibel", padding="zero", frames=40)
    inputs = keras.Input((2, None))
    model = keras.Model(inputs, hearingai.Deltas()(layer(inputs)))
    assert model.output_shape == (None, 40, 64, 6)
    for shape in ((1, 2, 3000), (3, 2, 9000)):
        sound = np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")
        expected = hearingai.Deltas()(layer(sound))
        np.testing.assert_allclose(model.predict(sound, verbose=0), expected, atol=1e-4)


@pytest.mark.parametrize("n", [1, 16, 17, 35, 64])
@pytest.mark.parametrize("layer", [hearingai.LogSpectrogram, hearingai.LogMel, hearingai.MFCC])
def test_a_clips_image_is_the_same_in_batches_of_any_size(layer, n):
    front_end = layer()
    sound = np.random.default_rng(n).uniform(-1, 1, (n, 4000)).astype("float32")
    alone = np.concatenate([front_end(clip[None]) for clip in sound])
    np.testing.assert_allclose(front_end(sound), alone, atol=1e-4)
    inputs = keras.Input((4000,))
    model = keras.Model(inputs, front_end(inputs))
    np.testing.assert_allclose(model.predict(sound, batch_size=n, verbose=0), alone, atol=1e-4)


@pytest.mark.parametrize("bands", [1, 40])
def test_scaling_from_a_file_refuses_other_bands(bands, tmp_path):
    images = np.random.default_rng(0).normal(7, 3, (4, 5, bands, 1)).astype("float32")
    model = keras.Sequential([hearingai.Scaling().adapt(images)])
    model(images)
    model.save(tmp_path / "model.keras")
    opened = keras.saving.load_model(tmp_path / "model.keras").layers[0]
    np.testing.assert_array_equal(opened(images), model(images))
    with pytest.raises(hearingai.HearingAIError, match=rf"\({bands}, 1\). .*\(2, 5, 64, 1\)"):
        opened(np.zeros((2, 5, 64, 1), "float32"))


def test_a_band_that_was_constant_in_training_is_shifted_only():
    layer = hearingai.Scaling().adapt(np.full((4, 5, 2, 1), 3, "float32"))
    np.testing.assert_array_equal(
        layer(np.full((1, 5, 2, 1), 5, "float32")), np.full((1, 5, 2, 1), 2)
    )
