"""Precision and device: what the network computes in and on, and that nothing else changes."""

import keras
import numpy as np
import pytest

import hearingai
from embeddings import write_turkeys
from hearingai import networks
from hearingai.runtime import backend, precision
from hearingai.runtime.precision import computing_in, precision_of
from slow import first_quick


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Embeddings that a network can tell apart."""
    embeddings = np.random.default_rng(0).integers(0, 200, (40, 10, 128))
    embeddings[1::2, :, :64] += 55
    path = tmp_path_factory.mktemp("embeddings") / "clips.json"
    return hearingai.turkey(write_turkeys(path, embeddings))


RECIPE = hearingai.get_recipe(
    "audio-gate", network="linear_tagger", network_options={"hidden": 16, "dropout": 0.0}
)
SETTINGS = {"epochs": 6, "batch_size": 8, "seed": 1, "learning_rate": 0.003}


@pytest.mark.parametrize("name", first_quick(*sorted(networks.NETWORKS)))
def test_every_network_computes_in_bfloat16_and_answers_in_float32(name):
    shape = (10, 128) if name.endswith(("tagger", "embedding_head")) else (98, 88, 1)
    keras.utils.set_random_seed(0)
    network = networks.network(name, shape, 3)
    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    exact = np.asarray(network(x))
    with computing_in("bfloat16", network):
        rough = network(x)
        assert {v.dtype for v in network.variables} <= {"float32", "uint32", "int32", "int64"}
    assert keras.backend.standardize_dtype(rough.dtype) == "float32"
    difference = np.abs(np.asarray(rough) - exact).max()
    assert 0 < difference < 0.02
    np.testing.assert_array_equal(np.asarray(network(x)), exact)


@pytest.mark.slow
def test_a_classifier_trained_in_bfloat16_is_an_ordinary_one(clips, tmp_path):
    exact = hearingai.fit(RECIPE, clips, precision="float32", **SETTINGS)
    rough = hearingai.fit(RECIPE, clips, precision="bfloat16", **SETTINGS)
    assert (exact.record["precision"], rough.record["precision"]) == ("float32", "bfloat16")
    assert exact.fingerprint() != rough.fingerprint()
    mine, theirs = (hearingai.predict(c, clips)["prob_turkey"] for c in (exact, rough))
    np.testing.assert_allclose(mine, theirs, atol=0.1)
    path = hearingai.save_classifier(rough, tmp_path / "a.keras")
    opened = hearingai.load_classifier(path)
    assert {layer.compute_dtype for layer in opened.network._flatten_layers()} == {"float32"}
    np.testing.assert_array_equal(hearingai.predict(opened, clips)["prob_turkey"], theirs)


@pytest.mark.slow
def test_a_checkpoint_is_of_one_precision(clips, tmp_path):
    path = tmp_path / "c.keras"
    short = SETTINGS | {"epochs": 2}
    hearingai.fit(RECIPE, clips, precision="bfloat16", checkpoint=path, **short)
    whole = hearingai.fit(RECIPE, clips, precision="bfloat16", **SETTINGS)
    resumed = hearingai.fit(RECIPE, clips, precision="bfloat16", checkpoint=path, **SETTINGS)
    assert resumed.fingerprint() == whole.fingerprint()
    with pytest.raises(hearingai.HearingAIError, match="its precision differ"):
        hearingai.fit(RECIPE, clips, precision="float32", checkpoint=path, **SETTINGS)


@pytest.mark.parametrize(
    ("flags", "gpu", "device", "expected"),
    [
        ({"avx2"}, None, "auto", "float32"),
        ({"avx2", "amx_bf16"}, None, "auto", "bfloat16"),
        ({"avx512_bf16"}, None, "cpu", "bfloat16"),
        ({"avx2"}, (9, 0), "auto", "bfloat16"),
        ({"avx2"}, (9, 0), "cpu", "float32"),
        ({"amx_bf16"}, (7, 5), "gpu", "float32"),
    ],
)
def test_auto_takes_bfloat16_where_the_chip_has_it(flags, gpu, device, expected, monkeypatch):
    monkeypatch.setattr(precision, "_cpu_flags", lambda: flags)
    monkeypatch.setattr(precision, "_gpu_capability", lambda backend: gpu)
    assert precision_of("auto", device) == expected
    assert precision_of("float32", device) == "float32"
    with pytest.raises(hearingai.HearingAIError, match="precision"):
        precision_of("float16")


@pytest.mark.parametrize(("told", "expected"), [("0", "float32"), ("1", "bfloat16")])
def test_auto_takes_no_bfloat16_that_is_emulated(told, expected, monkeypatch):
    monkeypatch.setattr(precision, "_cpu_flags", lambda: {"amx_bf16"})
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", told)
    assert precision_of("auto", "cpu") == expected


def test_the_device_is_the_one_that_is_named(clips, monkeypatch):
    fitted = hearingai.fit(RECIPE, clips, device="cpu", **SETTINGS)
    assert fitted.record["device"] == "cpu"
    here = hearingai.predict(fitted, clips, device="cpu")["prob_turkey"]
    np.testing.assert_array_equal(here, hearingai.predict(fitted, clips)["prob_turkey"])
    assert hearingai.evaluate(fitted, clips, device="cpu").n == 40
    monkeypatch.setattr(backend, "_devices", lambda _: ["CPU:0"])
    for use in (
        lambda: hearingai.fit(RECIPE, clips, device="gpu", **SETTINGS),
        lambda: hearingai.predict(fitted, clips, device="gpu"),
    ):
        with pytest.raises(hearingai.HearingAIError, match="sees no GPU. It sees: CPU:0"):
            use()
    with pytest.raises(hearingai.HearingAIError, match="device"):
        hearingai.predict(fitted, clips, device="tpu")


def test_what_is_stored_is_heard_as_the_sound_it_is(trained, clips):
    sound = np.random.default_rng(0).integers(-9000, 9000, (3, 16000)).astype("int16")
    by_float = np.asarray(trained(sound.astype("float32") / 32768))
    np.testing.assert_array_equal(np.asarray(trained(sound)), by_float)
    tagger = hearingai.create_classifier(RECIPE, ["other", "turkey"], seed=1)
    values = np.random.default_rng(0).integers(0, 256, (3, 10, 128)).astype("uint8")
    by_float = np.asarray(tagger(values.astype("float32")))
    np.testing.assert_array_equal(np.asarray(tagger(values)), by_float)
