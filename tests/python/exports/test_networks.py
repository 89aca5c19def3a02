"""Networks, front ends and backends of all kinds in each format."""

import numpy as np
import pytest

import hearingai
from exported import LABELS, LIBRARIES, NAMES, decided
from fresh import need, python
from hearingai.exports.portable_network import portable_network


@pytest.mark.parametrize("format", ["litert", pytest.param("onnx", marks=pytest.mark.slow)])
def test_recurrent_networks_with_padded_clips(format, tmp_path):
    """Masked steps both ways, one probability shown as two."""
    need(*LIBRARIES[format])
    recipe = hearingai.get_recipe(
        "audio-gate", network="attention_gru_tagger", network_options={"units": 6}, frames=4
    )
    classifier = decided(hearingai.create_classifier(recipe, ["turkey", "other"], seed=2))
    clips = np.random.default_rng(0).integers(0, 256, (12, 4, 128)).astype("float32")
    for i in range(4):
        clips[i, : i + 1] = 0
    before = classifier.get_config()
    opened = hearingai.load_exported(
        hearingai.export(classifier, tmp_path / NAMES[format], clips=clips).path
    )
    expected = classifier.probabilities(clips)
    np.testing.assert_allclose(opened.probabilities(clips), expected, atol=1e-4)
    assert expected[:, 0].std() > 0.1
    assert opened.target == "turkey"
    assert opened.hears_embeddings
    assert classifier.get_config() == before


def test_the_network_is_left_as_it_was():
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    image = np.random.default_rng(0).normal(-4, 0.3, (2, 98, 257, 1)).astype("float32")
    before = np.asarray(classifier.network(image))
    with portable_network(classifier.network):
        np.testing.assert_allclose(np.asarray(classifier.network(image)), before, atol=1e-5)
    np.testing.assert_array_equal(np.asarray(classifier.network(image)), before)


ALL = [(name, None) for name in hearingai.list_recipes()["name"]]
ALL += [
    ("audio-gate", network)
    for network in ("linear_tagger", "conv2d_tagger", "lstm_tagger", "transformer_tagger")
]


@pytest.mark.slow
@pytest.mark.parametrize("format", list(NAMES))
@pytest.mark.parametrize(("recipe", "network"), ALL)
def test_every_recipe_in_every_format(recipe, network, format, tmp_path):
    need(*LIBRARIES[format])
    changes = {} if network is None else {"network": network}
    setup = hearingai.get_recipe(recipe, **changes)
    labels = ["other", "speech"] if setup.frontend is None else ["a", "b", "c"]
    classifier = hearingai.create_classifier(setup, labels, seed=1)
    assert hearingai.export(classifier, tmp_path / NAMES[format]).agreement == 1


@pytest.mark.slow
@pytest.mark.parametrize("format", list(NAMES))
def test_every_kind_of_front_end(format, tmp_path):
    """Cepstra in stereo with differences, scaled by what was learnt."""
    need(*LIBRARIES[format])
    import keras

    scaling = hearingai.Scaling()
    layers = [hearingai.MFCC(8000, n_mfcc=12, n_mels=30, log="decibel"), hearingai.Deltas(5, 2)]
    sounds = np.random.default_rng(0).normal(0, 0.2, (12, 2, 4000)).astype("float32")
    sounds *= np.linspace(1, 0.01, 12)[:, None, None].astype("float32")
    frontend = keras.Sequential([*layers, scaling])
    frontend.build((None, 2, 4000))
    images = layers[1](layers[0](sounds))
    scaling.adapt(np.asarray(images))
    network = hearingai.networks.sound_cnn(images.shape[1:], 3)
    classifier = hearingai.AudioClassifier(
        frontend, network, LABELS, sample_rate=8000, duration=0.5, channels=2
    )
    done = hearingai.export(decided(classifier), tmp_path / NAMES[format], clips=sounds)
    assert (done.n, done.agreement) == (12, 1)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_from_another_backend(backend, tmp_path):
    need(*LIBRARIES["onnx"])
    path = tmp_path / "gate.onnx"
    code = f"""
import hearingai, keras
assert keras.backend.backend() == {backend!r}
classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
print(hearingai.export(classifier, {str(path)!r}).agreement, classifier.fingerprint())
"""
    agreement, fingerprint = python(code, backend=backend).stdout.split()
    assert float(agreement) == 1
    assert hearingai.load_exported(path).description["fingerprint"] == fingerprint
