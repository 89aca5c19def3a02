"""What export() and load_exported() refuse, and what is left then."""

import os
import sys

import numpy as np
import pytest

import hearingai
from exported import decided
from hearingai.exports import conversion, verification


@pytest.fixture(scope="module")
def gate():
    recipe = hearingai.get_recipe("audio-gate", network="linear_tagger")
    return hearingai.create_classifier(recipe, ["other", "speech"], seed=1)


def test_what_answers_otherwise_is_thrown_away(gate, tmp_path, monkeypatch):
    path = tmp_path / "gate"
    first = hearingai.export(gate, path)
    other = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=7)
    convert = conversion.convert
    monkeypatch.setattr(conversion, "convert", lambda _, *rest: convert(decided(other), *rest))
    with pytest.raises(hearingai.HearingAIError, match="does not match the classifier"):
        hearingai.export(gate, tmp_path / "new")
    with pytest.raises(hearingai.HearingAIError, match="does not match"):
        hearingai.export(gate, path, overwrite=True)
    assert [f.name for f in tmp_path.iterdir()] == ["gate"]
    monkeypatch.undo()
    assert hearingai.load_exported(path).description["fingerprint"] == gate.fingerprint()
    again = hearingai.export(gate, path, overwrite=True, verify=False)
    assert (again.n, again.agreement, first.n) == (0, None, 16)
    assert [f.name for f in tmp_path.iterdir()] == ["gate"]


def test_a_wrong_number_anywhere_is_found(gate, tmp_path, monkeypatch):
    opened = hearingai.load_exported(hearingai.export(gate, tmp_path / "gate").path)
    clips = verification.made_up(gate)
    expected = verification.answers(gate.probabilities, clips)
    off = expected.copy()
    off[-1] += [2e-4, -2e-4]
    with pytest.raises(hearingai.HearingAIError, match=r"up to 0.0002, of clip 16 of 16"):
        verification.compare(opened.path, clips, off, 1e-4)
    assert verification.compare(opened.path, clips, off, 1e-4, int8=True)["max_difference"] < 3e-4
    with pytest.raises(hearingai.HearingAIError, match="does not match"):
        verification.compare(opened.path, clips, expected[:, ::-1] * 0.5, 1e-4, int8=True)


def test_a_path_says_the_format_or_is_refused(gate, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "precious.txt").touch()
    (tmp_path / "file").touch()
    for name, options, message in [
        ("gate.pb", {}, "must end in .onnx"),
        ("gate.keras", {"format": "saved_model"}, "to suit `format`, saved_model"),
        ("gate.onnx", {"format": "litert"}, "to suit `format`, litert"),
        ("gate.onnx", {"format": "torch"}, "`format` must be one of"),
        ("no/gate", {}, "folder of .* does not exist"),
        ("file", {}, "exists; `overwrite=True`"),
        ("file", {"overwrite": True}, "is a file, and a SavedModel is a folder"),
        ("folder", {"overwrite": True}, "folder of something else"),
        ("gate", {"int8": True}, "`int8` is for LiteRT"),
        ("gate.tflite", {"int8": True}, "`int8` needs `clips`"),
        ("gate", {"clips": np.zeros((0, 10, 128))}, "`clips` is empty"),
    ]:
        with pytest.raises(hearingai.HearingAIError, match=message):
            hearingai.export(gate, tmp_path / name, **options)
    with pytest.raises(hearingai.HearingAIError, match="`classifier` must be an AudioClassifier"):
        hearingai.export("gate.keras", tmp_path / "gate")
    words = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="none of the 1 recordings can be read"):
        hearingai.export(words, tmp_path / "gate", clips=tmp_path / "file")
    assert sorted(f.name for f in tmp_path.iterdir()) == ["file", "folder"]
    assert hearingai.export(gate, tmp_path / "v1.2", format="saved_model").format == "saved_model"


def test_a_missing_library_is_one_line_with_the_remedy(gate, tmp_path, monkeypatch):
    for library, name, extra in [
        ("tf2onnx", "gate.onnx", "onnx"),
        ("onnxruntime", "gate.onnx", "onnx"),
        ("ai_edge_litert", "gate.tflite", "litert"),
    ]:
        with monkeypatch.context() as without:
            without.setitem(sys.modules, library, None)
            for loaded in [m for m in sys.modules if m.startswith(f"{library}.")]:
                without.setitem(sys.modules, loaded, None)
            with pytest.raises(hearingai.HearingAIError, match=rf'"hearingai\[{extra}\]"'):
                hearingai.export(gate, tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_only_regular_files_are_opened(tmp_path):
    (tmp_path / "model").mkdir()
    for name in ("a.onnx", "a.tflite", "model/saved_model.pb"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(hearingai.HearingAIError, match="is no regular file"):
            hearingai.load_exported(tmp_path / name.split("/")[0])
