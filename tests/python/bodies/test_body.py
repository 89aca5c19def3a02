"""How a body cuts clips into windows, what identifies it, and how it reaches another process."""

import dataclasses
import hashlib
import pickle

import numpy as np
import pytest

import hearingai
from bodies import write_litert, write_onnx, write_saved_model
from fresh import need
from hearingai.bodies.body import Body, sha256_of
from hearingai.bodies.graphs import onnx_body


def cutter(window=4, hop=2, padding=0):
    """A body whose embeddings are the samples of a window and where it begins."""

    def compute(waveform, starts):
        return np.stack([np.append(waveform[s : s + window], s) for s in starts])

    facts = {"licence": "none", "source": "a test", "files": (), "duration": 1.0}
    return Body("cutter", 10, window, hop, window + 1, compute=compute, padding=padding, **facts)


def starts(body, samples):
    return body.embeddings(np.zeros((1, samples), "float32"))[0, :, -1].astype(int).tolist()


@pytest.mark.parametrize(
    ("window", "hop", "samples", "expected"),
    [
        (4, 2, 4, [0]),
        (4, 2, 8, [0, 2, 4]),
        (4, 2, 9, [0, 2, 4]),
        (4, 4, 10, [0, 4]),
        (4, 4, 11, [0, 4, 7]),  # more than half a window would be left over
        (6, 6, 10, [0, 4]),
        (6, 6, 9, [0]),
        (4, 8, 20, [0, 8, 16]),
    ],
)
def test_windows_lie_a_hop_apart_and_the_last_ends_with_the_clip(window, hop, samples, expected):
    body = cutter(window, hop)
    assert starts(body, samples) == expected
    assert body.frames(samples) == len(expected)


def test_a_clip_shorter_than_a_window_lies_in_its_middle():
    found = cutter(5, 5).embeddings(np.float32([[1, 2]]))
    assert found.tolist() == [[[0, 1, 2, 0, 0, 0]]]


def test_padding_is_silence_before_and_after():
    found = cutter(4, 2, padding=1).embeddings(np.float32([[1, 2, 3, 4]]))
    assert found[0, :, :4].tolist() == [[0, 1, 2, 3], [2, 3, 4, 0]]
    assert cutter(6, 6, padding=1).embeddings(np.float32([[1]]))[0, 0, :6].tolist() == [
        *(0, 0, 1, 0, 0, 0)
    ]


def test_no_clips_have_no_embeddings():
    assert cutter().embeddings(np.zeros((0, 8), "float32")).shape == (0, 3, 5)


def test_answers_that_are_not_finite_are_refused():
    with pytest.raises(
        hearingai.HearingAIError, match="`cutter` answered with values that are not"
    ):
        cutter().embeddings(np.float32([[0, np.nan, 0, 0]]))


def test_the_hash_of_one_file_is_what_sha256sum_says(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"weights")
    assert sha256_of([str(path)]) == hashlib.sha256(b"weights").hexdigest()
    assert sha256_of([str(path), str(path)]) == hashlib.sha256(b"weightsweights").hexdigest()


def test_the_hash_of_a_folder_knows_which_file_holds_what(tmp_path):
    for name, content in (("one", "ab"), ("two", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(content)
    (tmp_path / "two/b").write_text("b")
    one, two = (sha256_of([str(tmp_path / name)]) for name in ("one", "two"))
    assert one != two
    (tmp_path / "two/.DS_Store").write_text("what a file manager writes")
    assert sha256_of([str(tmp_path / "two")]) == two


def test_what_changes_embeddings_changes_the_identity(tmp_path):
    pytest.importorskip("onnx")
    first = hearingai.open_body(write_onnx(tmp_path / "a.onnx"), sample_rate=1000)
    others = [
        hearingai.open_body(tmp_path / "a.onnx", sample_rate=1000, hop=0.05),
        hearingai.open_body(tmp_path / "a.onnx", sample_rate=2000),
        hearingai.open_body(tmp_path / "a.onnx", sample_rate=1000, output="b"),
        hearingai.open_body(write_onnx(tmp_path / "b.onnx", seed=1), sample_rate=1000),
        dataclasses.replace(first, padding=1),
    ]
    again = hearingai.open_body(tmp_path / "a.onnx", sample_rate=1000, window=0.1, output="hidden")
    assert again.identity == first.identity
    assert len({body.identity for body in [first, *others]}) == 6


def test_a_body_is_told_in_a_line(tmp_path):
    pytest.importorskip("onnx")
    body = hearingai.open_body(write_onnx(tmp_path / "a.onnx"), sample_rate=1000, hop=0.05)
    told = "<Body a.onnx: 8 values from 0.1 s every 0.05 s at 1000 Hz, licence unknown>"
    assert repr(body) == told


@pytest.mark.parametrize("write", [write_onnx, write_saved_model], ids=["onnx", "saved_model"])
def test_a_body_reaches_another_process_by_its_description(tmp_path, write):
    pytest.importorskip("onnx")
    pytest.importorskip("tensorflow")
    body = hearingai.open_body(write(tmp_path / "a.onnx"), sample_rate=1000, hop=0.05)
    body = dataclasses.replace(body, name="mine", licence="MIT")
    twin = pickle.loads(pickle.dumps(body))
    sound = np.random.default_rng(0).normal(0, 0.1, (1, 300)).astype("float32")
    assert (twin.name, twin.licence, twin.options) == ("mine", "MIT", body.options)
    assert (twin.embeddings(sound) == body.embeddings(sound)).all()


@pytest.mark.parametrize("write", [write_onnx, write_litert], ids=["onnx", "litert"])
def test_a_file_that_changes_after_it_was_opened_is_told_from_what_was_opened(tmp_path, write):
    need("onnx", "onnxruntime", "tensorflow", "ai_edge_litert")
    path = tmp_path / ("a.onnx" if write is write_onnx else "a.tflite")
    content = write(path).read_bytes()
    body = hearingai.open_body(path, sample_rate=1000)
    write(path, seed=1)
    assert body.sha256 == hashlib.sha256(content).hexdigest() != sha256_of(body.files)
    with pytest.raises(hearingai.HearingAIError, match="`a.* is another than the one it was"):
        pickle.loads(pickle.dumps(body))
    if write is write_onnx:
        with pytest.raises(hearingai.HearingAIError, match="`a.onnx` is another than the one"):
            onnx_body(body)


def test_a_body_that_holds_a_function_says_why_it_reaches_no_other_process():
    with pytest.raises(hearingai.HearingAIError, match="`cutter` cannot be sent .* open_body"):
        pickle.dumps(cutter())


@pytest.mark.parametrize("entry", [{"licence": ""}, {"source": "x" * 1001}, {"name": ""}])
def test_what_a_file_could_not_say_again_is_refused(entry):
    (name,) = entry
    with pytest.raises(hearingai.HearingAIError, match=f"`{name}` of a body must be text"):
        dataclasses.replace(cutter(), **entry)


def test_another_way_of_computing_changes_the_identity(monkeypatch):
    first = cutter().identity
    assert dataclasses.replace(cutter(), runtime="jax").identity != first
    monkeypatch.setattr("hearingai.bodies.body._VERSION", 0)
    assert cutter().identity != first
