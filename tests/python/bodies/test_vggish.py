"""VGGish: front end, network and post-processing against references written anew."""

import os
import random
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import hearingai
from fresh import python
from hearingai import networks
from hearingai.bodies.vggish import FRONT_END, HOP, SAMPLE_RATE, WINDOW, postprocess, vggish
from vggish_files import NAMES


@pytest.fixture(scope="module")
def opened(files):
    return vggish(*files)


@pytest.fixture(scope="module")
def sound():
    """Three examples: noise that grows, with a tone in it."""
    t = np.arange(2 * HOP + WINDOW) / SAMPLE_RATE
    noise = np.random.default_rng(2).normal(size=len(t)) * 0.1 * t
    return (noise + 0.2 * np.sin(2 * np.pi * 700 * t)).astype("float32")


def windows(sound):
    return np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]


def examples_of(sound):
    """The published steps from a recording to its examples, in double precision."""
    sound = np.asarray(sound, "float64")
    n = np.arange(400)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * n / 400)
    starts = range(0, len(sound) - 400 + 1, 160)
    magnitudes = np.array([abs(np.fft.rfft(sound[s : s + 400] * hann, 512)) for s in starts])

    def mel(hz):
        return 1127.0 * np.log(1 + np.asarray(hz) / 700.0)

    pitch = mel(np.linspace(0, 8000, 257))
    edges = np.linspace(mel(125.0), mel(7500.0), 66)
    bands = np.zeros((257, 64))
    for k, p in enumerate(pitch):
        for i, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
            bands[k, i] = max(0, min((p - low) / (centre - low), (high - p) / (high - centre)))
    bands[0] = 0
    image = np.log(magnitudes @ bands + 0.01)
    return np.array([image[s : s + 96] for s in range(0, len(image) - 96 + 1, 96)])


def embeddings_of(examples, weights):
    """The published graph, from TensorFlow's own operations."""
    x = tf.constant(examples[..., None], "float32")
    for name in NAMES:
        kernel, bias = weights[name], weights[name.replace("weights", "biases")]
        if kernel.ndim == 4:
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)
            if "_1" not in name:
                x = tf.nn.max_pool2d(x, 2, 2, "SAME")
        else:
            x = tf.reshape(x, (len(x), -1)) @ kernel + bias
            x = x if "fc2" in name else tf.nn.relu(x)
    return x.numpy()


def bytes_of(embeddings, components):
    """The published post-processing, value by value."""
    made = []
    for embedding in embeddings.astype("float64"):
        centred = embedding - components["pca_means"][:, 0]
        applied = [sum(row * centred) for row in components["pca_eigen_vectors"].astype("float64")]
        made.append([int((min(max(value, -2), 2) + 2) * 63.75) for value in applied])
    return np.array(made)


def test_the_network_has_the_published_size_and_layers(opened):
    network = opened[1].get_layer("vggish")
    assert network.count_params() == 72_141_184
    assert network.input_shape == (None, 96, 64, 1)
    assert network.output_shape == (None, 128)
    pooled = [layer.output.shape[1:] for layer in network.layers if "pool" in layer.name]
    assert pooled == [(48, 32, 64), (24, 16, 128), (12, 8, 256), (6, 4, 512)]
    assert network.layers[-1].activation.__name__ == "linear"


def test_the_network_starts_from_the_published_weights():
    network = networks.vggish((16, 16, 1), size=4)
    kernels = [np.asarray(w) for w in network.weights if w.name == "kernel"]
    for kernel in kernels[2:]:
        assert abs(kernel).max() <= 0.02001
        assert kernel.std() == pytest.approx(0.0088, rel=0.05)  # cut off at twice 0.01
    assert all((np.asarray(w) == 0).all() for w in network.weights if w.name == "bias")
    one, other = (network.get_layer(f"conv3_{i}").get_weights()[0] for i in (1, 2))
    assert (one != other[:, :, :128]).any()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"input_shape": (96, 64)}, "input_shape"), ({"size": 0}, "`size`")],
)
def test_arguments_of_the_network_are_named(arguments, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        networks.vggish(**arguments)
    assert "vggish" not in networks.NETWORKS  # these give probabilities


def test_windows_every_hop_are_the_published_examples(sound):
    expected = examples_of(sound)
    assert expected.shape == (3, 96, 64)
    found = np.asarray(hearingai.LogMel(**FRONT_END)(windows(sound)))[..., 0]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_pure_tone_and_silence_are_heard_as_published():
    tone = np.sin(2 * np.pi * 1000 * np.arange(WINDOW) / SAMPLE_RATE).astype("float32")
    for sound in (tone, 0 * tone):
        found = np.asarray(hearingai.LogMel(**FRONT_END)(sound[None]))[..., 0]
        # The Fourier transform of the core is in single precision.
        np.testing.assert_allclose(found, examples_of(sound), atol=5e-3)


def test_windows_become_the_embeddings_of_the_published_graph(opened, weights, sound):
    expected = embeddings_of(examples_of(sound), weights)
    assert 0.1 < expected.std() < 10
    found = opened[1].predict_on_batch(windows(sound))
    np.testing.assert_allclose(found, expected, atol=2e-4 * expected.std())


def test_embeddings_are_quantised_as_published(opened, weights, components, sound):
    run, _ = opened
    many = np.concatenate([windows(sound), windows(sound[::-1])] * 4)[:19]  # more than one batch
    found = run(many)
    assert (found.dtype, found.shape) == ("float32", (19, 128))
    expected = bytes_of(embeddings_of(examples_of(sound), weights), components)
    assert len(np.unique(expected)) > 50
    assert abs(found[:3] - expected).max() <= 1  # where a value lies at the edge of a byte
    assert (found[:3] == expected).mean() > 0.99
    np.testing.assert_allclose(found[6:12], found[:6], atol=1)
    assert run(many[:0]).shape == (0, 128)


def test_post_processing_by_hand(components):
    raw = np.random.default_rng(3).normal(0, 2, (20, 128)).astype("float32")
    found = postprocess(raw, components["pca_eigen_vectors"], components["pca_means"])
    assert found.dtype == "uint8"
    assert {found.min(), found.max()} == {0, 255}
    expected = bytes_of(raw, components)
    assert abs(found - expected).max() <= 1
    assert (found == expected).mean() > 0.999


def test_opening_draws_no_random_numbers(files):
    states = random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    keras.utils.set_random_seed(1)
    before = np.asarray(keras.random.normal((3,)))
    keras.utils.set_random_seed(1)
    run, _ = vggish(*map(str, files))
    np.testing.assert_array_equal(keras.random.normal((3,)), before)
    assert run(np.zeros((1, WINDOW), "float32")).shape == (1, 128)
    random.setstate(states[0])
    np.random.seed(states[1])  # noqa: NPY002


@pytest.mark.parametrize("shape", [(WINDOW,), (1, WINDOW - 1), (1, 1, WINDOW), None])
def test_other_windows_are_refused(opened, shape):
    waveforms = None if shape is None else np.zeros(shape, "float32")
    with pytest.raises(hearingai.HearingAIError, match="windows of 15600 samples"):
        opened[0](waveforms)


def test_the_module_loads_neither_keras_nor_tensorflow():
    python(
        "import hearingai.bodies.vggish, sys; assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_backends_give_the_same(backend, opened, files, sound, tmp_path):
    np.save(tmp_path / "in.npy", windows(sound))
    code = """
import sys, keras, numpy
from hearingai.bodies.vggish import vggish
assert keras.backend.backend() == sys.argv[1]
run, model = vggish(*sys.argv[2:4])
clips = numpy.load(sys.argv[4] + "/in.npy")
numpy.savez(sys.argv[4] + "/out.npz", raw=model.predict_on_batch(clips), bytes=run(clips))
"""
    python(code, backend, *files, tmp_path, backend=backend)
    run, model = opened
    out = np.load(tmp_path / "out.npz")
    raw = model.predict_on_batch(windows(sound))
    np.testing.assert_allclose(out["raw"], raw, atol=1e-3 * raw.std())
    np.testing.assert_allclose(out["bytes"], run(windows(sound)), atol=1)


def test_the_published_weights_pass_the_published_smoke_test():
    """Mean and deviation of the embeddings of a tone of 1 kHz, as vggish_smoke_test.py expects."""
    folder = os.environ.get("HEARINGAI_VGGISH")
    if not folder:
        pytest.skip(
            "HEARINGAI_VGGISH names no folder with vggish_model.ckpt and vggish_pca_params.npz"
        )
    run, model = vggish(Path(folder) / "vggish_model.ckpt", Path(folder) / "vggish_pca_params.npz")
    tone = np.sin(2 * np.pi * 1000 * np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE).astype("float32")
    clips = windows(tone)
    assert len(clips) == 3
    raw, quantised = model.predict_on_batch(clips), run(clips)
    np.testing.assert_allclose([raw.mean(), raw.std()], [0.000657, 0.343], rtol=0.1)
    np.testing.assert_allclose([quantised.mean(), quantised.std()], [126.0, 89.3], rtol=0.1)
