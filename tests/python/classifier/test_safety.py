"""Files from strangers: what could run code, open files or fill the memory is refused by name."""

import io
import json
import struct
import time
import tracemalloc
import zipfile

import h5py
import keras
import numpy as np
import pytest

import hearingai
from hearingai.bridge import packing


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """What a good file holds, by name."""
    path = tmp_path_factory.mktemp("good") / "a.keras"
    classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
    hearingai.save_classifier(classifier, path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def load(parts, tmp_path):
    """Loads the good file with some of its parts changed: `load(config=..., weights=..., ...)`."""

    def load(change=None, compression=zipfile.ZIP_STORED, **other):
        config = json.loads(parts["config.json"])
        if change:
            change(config["config"])
        content = parts | {"config.json": json.dumps(config)} | other.get("parts", {})
        path = tmp_path / "a.keras"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        return hearingai.load_classifier(path)

    return load


def layers_of(config):
    return config["network"]["config"]["layers"]


def dense(config):
    return next(layer for layer in layers_of(config) if layer["class_name"] == "Dense")


def test_a_good_file_opens_packed_or_not(load):
    assert load().labels == ["other", "speech"]
    assert load(compression=zipfile.ZIP_DEFLATED).labels == ["other", "speech"]


REFUSED = {
    "Lambda": {"module": "keras.layers", "class_name": "Lambda"},
    "TFSMLayer": {"module": "keras.layers", "class_name": "TFSMLayer"},
    "TorchModuleWrapper": {"module": "keras.layers", "class_name": "TorchModuleWrapper"},
    "JaxLayer": {"module": "keras.layers", "class_name": "JaxLayer"},
    "StringLookup": {"module": "keras.layers", "class_name": "StringLookup"},
    "TextVectorization": {"module": "keras.layers", "class_name": "TextVectorization"},
    "get_file": {"module": "keras.utils", "class_name": "get_file"},
    "legacy": {"module": "keras.src.legacy.layers", "class_name": "RandomHeight"},
    "by its file": {"module": "keras.src.layers.core.lambda_layer", "class_name": "Lambda"},
    "os.system": {"module": "os", "class_name": "system"},
    "function": {"module": "os", "class_name": "function", "config": "system"},
    "function of Keras": {"module": "keras.utils", "class_name": "function", "config": "get_file"},
    "load_model": {"module": "keras.models", "class_name": "load_model"},
    "noise": {
        "module": "hearingai.augment.background_noise",
        "class_name": "BackgroundNoise",
        "registered_name": "hearingai>BackgroundNoise",
        "config": {"noise": "/etc/passwd"},
    },
    "disguised": {
        "module": "keras.layers",
        "class_name": "Dense",
        "registered_name": "hearingai>BackgroundNoise",
    },
    "unknown": {"module": "evil", "class_name": "Evil", "registered_name": "evil>Evil"},
    "lambda": {"class_name": "__lambda__", "config": {"value": "4wAAAA=="}},
    "type": {"class_name": "__typespec__", "config": [], "module": "keras"},
    "without a module": {"class_name": "Dense", "config": {"units": 2}},
    "no text": {"class_name": 3, "module": 4},
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("place", ["a layer", "an activation", "deep within"])
def test_what_could_run_code_or_open_files_is_refused(load, monkeypatch, name, place):
    def never(*arguments, **more):
        raise AssertionError("Keras has seen it")

    def change(config):
        evil = {"config": {}} | REFUSED[name]
        if place == "a layer":
            layers_of(config)[1] = {"name": "a", "inbound_nodes": []} | evil
        elif place == "an activation":
            dense(config)["config"]["activation"] = evil
        else:
            dense(config)["config"]["kernel_initializer"]["config"]["x"] = [[{"y": evil}]]

    monkeypatch.setattr(keras.saving, "load_model", never)
    with pytest.raises(hearingai.HearingAIError, match="cannot be opened|can be opened: it "):
        load(change)


def test_the_message_names_the_class(load):
    def change(config):
        layers_of(config)[1] |= {"class_name": "Lambda", "registered_name": None}

    with pytest.raises(hearingai.HearingAIError, match=r"keras\.layers\.Lambda, which is not"):
        load(change)


def test_a_layer_that_this_session_registered_is_its_own(tmp_path):
    @keras.saving.register_keras_serializable(package="tests")
    class Twice(keras.layers.Layer):
        def call(self, x):
            return 2 * x

    network = keras.Sequential(
        [keras.Input((2, 128)), Twice(), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")]
    )
    made = hearingai.AudioClassifier(None, network, ["a", "b"])
    path = hearingai.save_classifier(made, tmp_path / "own.keras")
    assert hearingai.load_classifier(path).fingerprint() == made.fingerprint()


def refused(load, words, **more):
    """It is refused soon, and no memory is taken for it."""
    tracemalloc.start()
    began = time.monotonic()
    try:
        with pytest.raises(hearingai.HearingAIError, match=words):
            load(**more)
        assert tracemalloc.get_traced_memory()[1] < 300e6
        assert time.monotonic() - began < 30
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("units", "words"),
    [(10**6, "which the file does not hold"), (10**12, "absurd number, `units`")],
)
def test_a_layer_larger_than_the_weights_is_refused(load, units, words):
    refused(load, words, change=lambda c: enlarge(c, units))


def enlarge(config, units):
    dense(config)["config"]["units"] = units


@pytest.mark.parametrize("rate", [10**9, 10**400])  # the second fits into no float
def test_a_clip_of_absurd_length_is_refused(load, rate):
    def change(config):
        config |= {"sample_rate": rate, "duration": float(10**9)}

    refused(load, "more than can be processed at once", change=change)


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_zip_bombs_are_refused(load, name):
    bomb = {name: bytes(10**8)}
    refused(load, "would unpack to", parts=bomb, compression=zipfile.ZIP_DEFLATED)


def test_what_no_classifier_has_is_refused(load):
    refused(load, "which no classifier has", parts={"assets/vocabulary.txt": b"a"})


def hdf5(write):
    file = io.BytesIO()
    with h5py.File(file, "w") as weights:
        write(weights)
    return file.getvalue()


WEIGHTS = {
    "lying": (lambda f: f.create_dataset("a", (10**12,), "f4", chunks=(1000,)), "promise more"),
    "in a huge chunk": (
        lambda f: f.create_dataset("a", (9,), "f4", maxshape=(None,), chunks=(2**28,)),
        "promise more",
    ),
    "none": (lambda f: f.__setitem__("a", h5py.Empty("f4")), "`a` are none"),
    "linked": (lambda f: f.__setitem__("a", h5py.ExternalLink("/etc/passwd", "/x")), "are a link"),
    "soft": (lambda f: f.__setitem__("a", h5py.SoftLink("/b")), "are a link"),
    "linked twice": (
        lambda f: [f.create_group(n) if n == "a" else f.__setitem__(n, f["a"]) for n in "ab"],
        "linked twice",
    ),
    "outside": (
        lambda f: f.create_dataset("a", (10,), "u1", external=[("/etc/passwd", 0, 10)]),
        "another file",
    ),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_that_lie_are_refused(load, name):
    write, words = WEIGHTS[name]
    refused(load, words, parts={"model.weights.h5": hdf5(write)})


def test_packed_bytes_are_checked_alike():
    dense = keras.layers.Dense(3)
    dense.build((None, 2))
    packed = bytes(packing.pack(dense))
    assert packing.unpack(packed).units == 3

    def with_array(name, content):
        file = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(file, "w") as new:
            for part in old.namelist():
                new.writestr(part, content if part == name else old.read(part))
        return file.getvalue()

    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }\n"
    lying = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    with pytest.raises(hearingai.HearingAIError, match="promises more"):
        packing.unpack(with_array("weight-0.npy", lying))
    evil = io.BytesIO()
    config = keras.saving.serialize_keras_object(dense) | {"class_name": "Lambda"}
    np.save(evil, np.frombuffer(json.dumps(config).encode(), "uint8"))
    with pytest.raises(hearingai.HearingAIError, match=r"keras\.layers\.Lambda"):
        packing.unpack(with_array("config.npy", evil.getvalue()))


def kwargs_of(config):
    return layers_of(config)[1]["inbound_nodes"][0]["kwargs"]


def test_nothing_hides_in_what_looks_like_a_record(load):
    evil = {"registered_name": None} | REFUSED["Lambda"]

    def change(config):
        kwargs_of(config)["x"] = {"record": evil, "network": {}, "labels": 0}

    refused(load, "Lambda, which is not", change=change)


def test_a_registered_name_counts_whatever_the_class_is_called(load):
    evil = REFUSED["noise"] | {"class_name": "MelSpectrogram", "module": "keras.layers"}
    refused(load, "BackgroundNoise", change=lambda config: kwargs_of(config).update(x=evil))


@pytest.mark.parametrize("place", ["arguments", "a seed"])
def test_absurd_numbers_of_any_class_are_refused(load, place):
    number = 30_000_000
    name = "seed" if place == "a seed" else "num_thresholds"
    metric = {"module": "keras.metrics", "class_name": "AUC", "config": {name: number}}

    def change(config):
        kwargs_of(config)["x"] = metric | {"registered_name": None}

    words = "absurd number, `num_thresholds`" if name != "seed" else "can be opened: (?!it holds)"
    refused(load, words, change=change)


def test_a_configuration_of_countless_parts_is_refused(load):
    large = {"config.json": b"[" + b"{}," * 2**21 + b"{}]"}
    refused(load, "more parts than any", parts=large)


def test_a_configuration_nested_without_end_is_refused(load):
    def change(config):
        config["record"] = {"x": json.loads("[" * 300 + "]" * 300)}

    refused(load, "nested deeper than", change=change)


@pytest.mark.parametrize(
    "record",
    [
        5,
        {"history": 5},
        {"history": None},
        {"history": [{"loss": "x"}]},
        {"trained_on": 5},
        {"trained_on": [[1]]},
        {"threshold": "x"},
        {"best_epoch": []},
        {"gate": [1]},
        {"gate": {"target": ["nobody"]}},
        {"gate": {"hold": "x"}},
    ],
)
def test_a_damaged_record_is_refused(load, record):
    refused(load, "training record", change=lambda config: config.update(record=record))
