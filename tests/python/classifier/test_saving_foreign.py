"""Files that are no classifiers: told in a sentence that names the file."""

import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

import hearingai
from exported import LIBRARIES
from fresh import need
from hearingai.exports import conversion

FORMATS = {".onnx": "onnx", ".tflite": "litert"}


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    """The bytes of a good `.keras` file."""
    path = tmp_path_factory.mktemp("saved") / "a.keras"
    hearingai.save_classifier(classifier, path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def exported(classifier, tmp_path_factory):
    """The path of an exported classifier, by its ending; made when it is asked for."""
    folder, made = tmp_path_factory.mktemp("exported"), {}

    def export(ending):
        need(*LIBRARIES[FORMATS[ending]])
        if ending not in made:
            made[ending] = hearingai.export(classifier, folder / f"a{ending}", verify=False).path
        return made[ending]

    return export


def changed(path, saved, name, content):
    """A good file with another content of one of its parts; `None` leaves it out."""
    path.write_bytes(saved)
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w") as archive:
        for part, kept in parts.items():
            if kept is not None:
                archive.writestr(part, kept)


def plain(path):
    """Somebody's own Keras model."""
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(path)


def damaged(path, saved):
    """A byte of the weights is another."""
    at = saved.index(b"model.weights.h5") + len(saved) // 2
    path.write_bytes(saved[:at] + bytes([saved[at] ^ 255]) + saved[at + 1 :])


CLASSIFIERS = {
    "missing": (lambda p, saved: None, "does not exist"),
    "empty": (lambda p, saved: p.touch(), "is empty"),
    "text": (lambda p, saved: p.write_text("no model"), "no .keras file, or only a part"),
    "half": (lambda p, saved: p.write_bytes(saved[: len(saved) // 2]), "only a part"),
    "last byte": (lambda p, saved: p.write_bytes(saved[:-1]), "only a part"),
    "damaged": (damaged, "is not a classifier that can be opened: "),
    "folder": (lambda p, saved: p.mkdir(), r"load_exported\(\) opens"),
    "other zip": (lambda p, saved: zipfile.ZipFile(p, "w").close(), "cannot|can be opened: "),
    "no weights": (lambda p, s: changed(p, s, "model.weights.h5", None), "can be opened: "),
    "bad weights": (lambda p, s: changed(p, s, "model.weights.h5", b"HDF"), "can be opened: "),
    "no config": (lambda p, s: changed(p, s, "config.json", None), "can be opened: "),
    "no JSON": (lambda p, s: changed(p, s, "config.json", b"{"), "can be opened: "),
    "other JSON": (lambda p, s: changed(p, s, "config.json", b"[]"), "can be opened: "),
    "plain": (lambda p, saved: plain(p), "holds a Sequential, not an AudioClassifier"),
}


@pytest.mark.parametrize("case", CLASSIFIERS)
def test_what_is_no_classifier_is_told_with_its_name(case, saved, tmp_path):
    make, reason = CLASSIFIERS[case]
    path = tmp_path / "strange.keras"
    make(path, saved)
    with pytest.raises(hearingai.HearingAIError, match=rf"`.*strange\.keras` .*({reason})") as told:
        hearingai.load_classifier(path)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 400


def test_other_formats_of_keras_are_not_even_opened(tmp_path):
    for name in ("a.h5", "a.hdf5", "a.pkl", "a"):
        (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n")
        with pytest.raises(hearingai.HearingAIError, match=rf"{name}` must be a \.keras file"):
            hearingai.load_classifier(tmp_path / name)


PART = "cannot be opened as onnx|a part of it is missing"
EXPORTED = {
    "empty": (lambda whole: b"", "is empty"),
    "text": (lambda whole: b"no model", PART),
    "half": (lambda whole: whole[: len(whole) // 2], PART),
    "last byte": (lambda whole: whole[:-1], PART),
}


@pytest.mark.parametrize("ending", [".onnx", ".tflite"])
@pytest.mark.parametrize("case", EXPORTED)
def test_what_is_no_exported_file_is_told_with_its_name(case, ending, exported, tmp_path):
    make, reason = EXPORTED[case]
    with open(exported(ending), "rb") as file:
        content = make(file.read())
    path = tmp_path / f"strange{ending}"
    path.write_bytes(content)
    with pytest.raises(hearingai.HearingAIError, match=rf"`.*strange\{ending}` .*({reason})"):
        hearingai.load_exported(path)


@pytest.mark.parametrize(
    ("format", "name"), [("onnx", "a.onnx"), ("litert", "a.tflite"), ("saved_model", "a")]
)
def test_somebody_elses_export_does_not_say_what_it_means(format, name, classifier, tmp_path):
    need(*LIBRARIES[format])
    conversion.convert(classifier, tmp_path / name, format)
    with pytest.raises(hearingai.HearingAIError, match=rf"{name}` does not say what its labels"):
        hearingai.load_exported(tmp_path / name)


def test_half_an_exported_folder_is_told(classifier, tmp_path):
    need(*LIBRARIES["saved_model"])
    path = tmp_path / "a"
    hearingai.export(classifier, path, verify=False)
    whole = (path / "saved_model.pb").read_bytes()
    (path / "saved_model.pb").write_bytes(whole[:-100])
    with pytest.raises(hearingai.HearingAIError, match="`.*a` cannot be opened as saved_model"):
        hearingai.load_exported(path)
    (path / "saved_model.pb").write_bytes(whole)
    shutil.rmtree(path / "variables")
    with pytest.raises(hearingai.HearingAIError, match="`.*a` cannot be opened as saved_model"):
        hearingai.load_exported(path)


def test_a_document_that_lies_or_comes_from_later_is_told(classifier, exported, tmp_path):
    path = tmp_path / "a.tflite"
    for change, reason in (
        ({"version": 99, "hearingai": "9.9"}, "written by hearingai 9.9; upgrade"),
        ({"labels": ["speech"]}, "does not say what its labels are"),
        ({"input": {"shape": 3}}, "does not say what its labels are"),
    ):
        with open(exported(".tflite"), "rb") as file:
            path.write_bytes(file.read())
        with zipfile.ZipFile(path) as archive:
            facts = json.loads(archive.read("hearingai.json")) | change
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("hearingai.json", json.dumps(facts))
        with pytest.raises(hearingai.HearingAIError, match=reason):
            hearingai.load_exported(path)


def test_each_kind_of_file_names_who_opens_it(saved, exported, tmp_path):
    (tmp_path / "a.keras").write_bytes(saved)
    with pytest.raises(hearingai.HearingAIError, match=r"load_classifier\(\) opens it"):
        hearingai.load_exported(tmp_path / "a.keras")
    with pytest.raises(hearingai.HearingAIError, match=r"load_exported\(\) opens"):
        hearingai.load_classifier(exported(".tflite"))
    with pytest.raises(hearingai.HearingAIError, match=r"none\.onnx` does not exist"):
        hearingai.load_exported(tmp_path / "none.onnx")
    assert np.isfinite(hearingai.load_classifier(tmp_path / "a.keras").get_weights()[0]).all()
