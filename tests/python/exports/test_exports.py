"""Exported classifiers answer as the classifiers they were made of."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest

import hearingai
from exported import LABELS, LIBRARIES, NAMES
from fresh import need, python


@pytest.fixture(scope="module", params=list(NAMES))
def exported(request, classifier, tmp_path_factory):
    """The file in each format, and what `export` said."""
    need(*LIBRARIES[request.param])
    path = tmp_path_factory.mktemp("exported") / NAMES[request.param]
    return hearingai.export(classifier, path), hearingai.load_exported(path)


def test_the_answers_are_the_classifier_s(classifier, exported, sounds):
    of_file = hearingai.predict(exported[1], sounds)
    of_classifier = hearingai.predict(classifier, sounds)
    columns = [f"prob_{label}" for label in LABELS]
    assert list(of_file.columns) == list(of_classifier.columns)
    assert of_classifier["label"].nunique() > 1
    assert list(of_file["label"]) == list(of_classifier["label"])
    np.testing.assert_allclose(of_file[columns], of_classifier[columns], atol=1e-4)


def test_silence_is_answered_too(classifier, exported):
    silence = np.zeros((1, 16000), "float32")
    found, expected = (m.probabilities(silence) for m in (exported[1], classifier))
    np.testing.assert_allclose(found, expected, atol=2e-3)  # rounding, enlarged by its deviation


def test_what_export_returns_was_measured(exported, tmp_path):
    record, opened = exported
    assert (record.path, record.format, record.int8) == (opened.path, opened.format, False)
    assert record.n == 16
    assert record.agreement == 1
    assert 0 <= record.max_difference <= 1e-4
    assert record.milliseconds > 0
    assert record.accuracy is None
    assert 1e6 < record.bytes < 1.3e6  # the weights; no large matrix of a Fourier transform


def test_any_number_of_clips_of_any_storage(exported, sounds):
    opened = exported[1]
    whole = opened.probabilities(sounds)
    assert whole.shape == (20, 3)
    assert whole.dtype == np.float32
    by_one = np.concatenate([opened.probabilities(sounds[i : i + 1]) for i in range(20)])
    np.testing.assert_allclose(by_one, whole, atol=1e-5)
    assert opened.probabilities(sounds[:0]).shape == (0, 3)
    as_int16 = np.rint(sounds * 32768).clip(-32768, 32767).astype("int16")
    found = opened.probabilities(as_int16)
    np.testing.assert_allclose(found, opened.probabilities(as_int16 / 32768), atol=1e-6)
    with pytest.raises(hearingai.HearingAIError, match=r"\(batch, 16000\). Received: \(2, 8000\)"):
        opened.probabilities(sounds[:2, :8000])


def test_recordings_are_converted_and_bad_ones_named(classifier, exported, tmp_path):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 60000)).astype("float32")
    hearingai.write_audio(tmp_path / "stereo.flac", sound, 44100)
    hearingai.write_audio(tmp_path / "short.wav", sound[0, :500], 8000)
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    files = [tmp_path / name for name in ("stereo.flac", "bad.wav", "short.wav")]
    found, expected = (hearingai.predict(m, files) for m in (exported[1], classifier))
    pd.testing.assert_series_equal(found["error"], expected["error"])
    np.testing.assert_allclose(found["score"], expected["score"], atol=1e-4)


def test_other_programs_find_labels_and_rate(classifier, exported):
    record, opened = exported
    if record.format == "onnx":
        session = opened._runtime.session
        text = session.get_modelmeta().custom_metadata_map["hearingai.json"]
        assert [i.name for i in session.get_inputs()] == ["clips"]
        assert [o.name for o in session.get_outputs()] == ["probabilities", "embedding"]
    elif record.format == "litert":
        with zipfile.ZipFile(record.path) as archive:
            text = archive.read("hearingai.json").decode()
            assert archive.read("labels.txt").decode().splitlines() == LABELS
    else:
        with open(f"{record.path}/assets.extra/hearingai.json", encoding="utf-8") as file:
            text = file.read()
    facts = json.loads(text)
    assert facts["labels"] == opened.labels == LABELS
    assert facts["configuration"] == classifier.configuration() != opened.configuration()
    assert (facts["sample_rate"], facts["crop"], facts["channels"]) == (16000, "loudest", 1)
    assert facts["input"]["shape"] == [None, 16000]
    assert opened.recipe == "speech-commands-small"


def test_no_step_that_other_runtimes_lack(exported):
    record, opened = exported
    if record.format == "onnx":
        need("onnx")
        import onnx

        model = onnx.load(record.path)
        steps = {node.op_type for node in model.graph.node}
        assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
        assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param  # any number
    elif record.format == "litert":
        steps = {step["op_name"] for step in opened._runtime.interpreter._get_ops_details()}
    else:
        steps = {node.op for node in opened._runtime.function.graph.as_graph_def().node}
    unwanted = {s for s in steps if any(w in s.upper() for w in ("FFT", "STFT", "FLEX", "LOOP"))}
    assert not unwanted | (steps & {"DFT", "While", "WHILE", "StatelessWhile", "If"})


def test_evaluate_takes_an_exported_classifier(classifier, exported, sounds, tmp_path):
    files = [tmp_path / f"{i}.wav" for i in range(6)]
    for file, sound in zip(files, sounds, strict=False):
        hearingai.write_audio(file, sound, 16000)
    clips = hearingai.clip_table(files, ["yes", "no, or"] * 3)
    found, expected = (hearingai.evaluate(m, clips) for m in (exported[1], classifier))
    assert found.accuracy == expected.accuracy
    assert found.loss == pytest.approx(expected.loss, abs=1e-3)
    assert (found.n_seen, expected.n_seen) == (None, 0)


@pytest.mark.parametrize("exported", ["onnx", "litert"], indirect=True)
def test_a_file_runs_without_keras(exported, sounds, tmp_path):
    np.save(tmp_path / "sounds.npy", sounds)
    code = f"""
import hearingai, numpy, sys
opened = hearingai.load_exported({exported[0].path!r}, threads=1)
table = hearingai.predict(opened, numpy.load({str(tmp_path / "sounds.npy")!r}))
assert not {{"keras", "tensorflow"}} & set(sys.modules)
print(*table["prob_yes"])
"""
    answers = np.array(python(code).stdout.split(), float)
    expected = exported[1].probabilities(sounds)[:, 2]
    np.testing.assert_allclose(answers, expected, atol=1e-5)


def test_exported_files_run_on_the_cpu(exported, sounds):
    if exported[0].format == "saved_model":
        assert len(hearingai.predict(exported[1], sounds[:1], device="cpu")) == 1
        return
    with pytest.raises(hearingai.HearingAIError, match="are run on the CPU"):
        hearingai.predict(exported[1], sounds[:1], device="gpu")
