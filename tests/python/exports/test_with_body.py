"""Classifiers with a body as files: both in one where both are ONNX, else the head alone."""

import json
from dataclasses import replace

import numpy as np
import pytest

import hearingai
from exported import LIBRARIES, NAMES
from fresh import need, python
from hearingai import HearingAIError
from hearingai.exports.with_body import is_inside
from slow import first_quick
from small_bodies import RATE, WINDOW, energy_body, on_body, write_litert, write_onnx

LABELS = ["a", "b", "c"]


@pytest.fixture
def clips():
    return np.random.default_rng(3).uniform(-1, 1, (5, 4000)).astype("float32")


def opened_onnx(path, **options):
    need("onnx", "onnxruntime", "tf2onnx")
    path = write_onnx(path, **options)
    return hearingai.open_body(path, sample_rate=RATE, hop=0.06, licence="MIT")


def same(classifier, exported, clips):
    """Equal probabilities and embeddings, of any number of clips and of 16-bit samples."""
    np.testing.assert_allclose(
        exported.probabilities(clips), classifier.probabilities(clips), atol=1e-5
    )
    found = exported.embedder().embeddings(clips[:1])
    np.testing.assert_allclose(found, classifier.embedder().embeddings(clips[:1]), atol=1e-5)
    whole = (clips * 32767).astype("int16")
    np.testing.assert_allclose(
        exported.probabilities(whole), classifier.probabilities(whole), atol=1e-5
    )
    assert exported.probabilities(clips[:0]).shape == (0, len(classifier.labels))


@pytest.mark.parametrize(
    ("opset", "batch", "duration"), [(13, 1, 0.5), (17, "n", 0.1), (17, "n", 0.5), (20, 1, 0.05)]
)
def test_an_onnx_body_and_its_head_are_one_file(tmp_path, clips, opset, batch, duration):
    """Windows overlap; the last ends with the clip, a short clip lies in a window's middle."""
    body = opened_onnx(tmp_path / "body.onnx", opset=opset, batch=batch)
    classifier = on_body(LABELS, body, duration)
    done = hearingai.export(classifier, tmp_path / "one.onnx")
    assert (done.body, done.n, done.agreement) == (None, 16, 1.0)
    (tmp_path / "body.onnx").unlink()
    exported = hearingai.load_exported(done.path)
    assert exported.body is None
    assert exported.clip_shape == (round(duration * RATE),)
    same(classifier, exported, clips[:, : round(duration * RATE)])


def test_of_a_body_only_what_is_needed_goes_along(tmp_path):
    need("onnx")
    import onnx

    body = opened_onnx(tmp_path / "body.onnx")
    done = hearingai.export(on_body(LABELS, body), tmp_path / "one.onnx")
    assert done.bytes < (tmp_path / "body.onnx").stat().st_size + 6000
    model = onnx.load(done.path)
    assert [i.name for i in model.graph.input] == ["clips"]
    assert [o.name for o in model.graph.output] == ["probabilities", "embedding"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param
    assert b"body/scores" not in model.SerializeToString()
    (text,) = (entry.value for entry in model.metadata_props)
    told = json.loads(text)["body"]
    assert told == {
        "name": "body.onnx",
        "sha256": body.sha256,
        "licence": "MIT",
        "source": "body.onnx",
        "inside": True,
    }
    assert str(tmp_path) not in text


@pytest.mark.parametrize("format", first_quick("litert", "onnx", "saved_model"))
def test_a_head_alone_finds_its_body_where_it_was_and_beside_it(tmp_path, clips, format):
    need(*LIBRARIES[format], "tensorflow", "ai_edge_litert")
    (tmp_path / "here").mkdir()
    path = write_litert(tmp_path / "here" / "body.tflite")
    body = hearingai.open_body(path, sample_rate=RATE, hop=0.06)
    classifier = on_body(LABELS, body)
    done = hearingai.export(classifier, tmp_path / "here" / NAMES[format])
    assert (done.body, done.agreement) == ("body.tflite", 1.0)
    exported = hearingai.load_exported(done.path)
    same(classifier, exported, clips)
    assert "body body.tflite (licence unknown)" in repr(exported)
    told = exported.description["body"]
    starts = body.places(4000)[2].tolist()
    assert (told["window"], told["silence"], told["starts"]) == (WINDOW, [0, 0], starts)
    assert exported.description["input"]["shape"] == [None, len(starts), 6]
    (tmp_path / "here").rename(tmp_path / "there")
    moved = tmp_path / "there" / NAMES[format]
    same(classifier, hearingai.load_exported(moved), clips)
    (tmp_path / "there" / "body.tflite").rename(tmp_path / "elsewhere.tflite")
    with pytest.raises(
        HearingAIError, match=r"its body `body.tflite` is not to be found .*give it as"
    ):
        hearingai.load_exported(moved)
    elsewhere = hearingai.open_body(tmp_path / "elsewhere.tflite", sample_rate=RATE, hop=0.06)
    same(classifier, hearingai.load_exported(moved, body=elsewhere), clips)


def test_another_body_than_the_one_it_was_trained_with_is_refused(tmp_path):
    done = hearingai.export(on_body(LABELS, energy_body()), tmp_path / "head", verify=False)
    assert done.body == "energy"
    assert hearingai.load_exported(done.path, body=energy_body()).body.name == "energy"
    with pytest.raises(HearingAIError, match="`body` must be a `Body`"):
        hearingai.load_exported(done.path, body="energy")
    other = energy_body(files=(np.__file__,))
    with pytest.raises(HearingAIError, match="`energy` is another than the one it was trained"):
        hearingai.load_exported(done.path, body=other)
    with pytest.raises(HearingAIError, match="is no head of its body"):
        hearingai.load_exported(done.path, body=energy_body(hop=WINDOW // 2))
    plain = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
    path = hearingai.export(plain, tmp_path / "plain", verify=False).path
    with pytest.raises(HearingAIError, match="`body`: .*plain` needs none"):
        hearingai.load_exported(path, body=energy_body())


def test_weights_are_not_copied_where_their_licence_forbids_it(tmp_path, clips):
    body = replace(opened_onnx(tmp_path / "body.onnx"), licence="CC BY-NC-SA 4.0")
    assert not is_inside(body, "onnx")
    assert not is_inside(replace(body, licence="unknown"), "onnx")
    assert is_inside(replace(body, licence="MIT"), "onnx")
    classifier = on_body(LABELS, body)
    done = hearingai.export(classifier, tmp_path / "head.onnx")
    assert done.body == "body.onnx"
    exported = hearingai.load_exported(done.path)
    assert exported.description["body"]["licence"] == "CC BY-NC-SA 4.0"
    same(classifier, exported, clips)


def test_a_head_in_int8(tmp_path, clips):
    need("tensorflow", "ai_edge_litert")
    classifier = on_body(LABELS, energy_body())
    done = hearingai.export(classifier, tmp_path / "head.tflite", int8=True, clips=clips)
    assert (done.int8, done.body, done.n) == (True, "energy", 5)


def test_what_cannot_be_one_file_is_named(tmp_path, monkeypatch):
    need("onnx")
    import onnx

    classifier = on_body(LABELS, opened_onnx(tmp_path / "body.onnx", opset=20))

    def fails(*_):
        raise RuntimeError("no adapter for Softmax")

    monkeypatch.setattr(onnx.version_converter, "convert_version", fails)
    message = "`body.onnx` and its head cannot be one ONNX file: no adapter for Softmax"
    with pytest.raises(HearingAIError, match=message):
        hearingai.export(classifier, tmp_path / "one.onnx")
    assert not (tmp_path / "one.onnx").exists()


@pytest.mark.parametrize("format", first_quick("litert", "onnx", "saved_model"))
def test_the_speech_embedding_s_head_is_exported(tmp_path, data_dir, format):
    need("ai_edge_litert", "pyopen_wakeword", *LIBRARIES[format])
    classifier = hearingai.create_classifier("head", ["no", "yes"], seed=1)
    done = hearingai.export(classifier, tmp_path / NAMES[format])
    assert (done.body, done.agreement) == ("speech-embedding", 1.0)
    exported = hearingai.load_exported(done.path)
    assert exported.description["body"]["licence"] == "Apache-2.0"
    words = [str(p) for p in sorted((data_dir / "speech_commands" / "yes").glob("*.wav"))[:4]]
    found, expected = (hearingai.predict(c, words)["prob_yes"] for c in (exported, classifier))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    if format == "onnx":
        code = f"""
import hearingai, sys
found = hearingai.predict(hearingai.load_exported({done.path!r}), {words!r})
assert not {{"keras", "tensorflow"}} & set(sys.modules)
print(*found["prob_yes"])
"""
        np.testing.assert_allclose(
            np.array(python(code).stdout.split(), float), expected, atol=1e-5
        )
