"""A classifier with a body as a file: what it holds, and where the body is found again."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import hearingai
from bodies import RATE, SIZE, weights, write_onnx, write_saved_model
from fresh import need
from hearingai.bodies import saved


def sounds():
    return np.random.default_rng(0).normal(0, 0.2, (5, 200)).astype("float32")


def test_the_same_probabilities_to_the_last_bit(classifier, file):
    again = hearingai.load_classifier(file)
    assert (again.probabilities(sounds()) == classifier.probabilities(sounds())).all()
    assert again.fingerprint() == classifier.fingerprint()
    assert again.body.identity == classifier.body.identity


def test_the_file_names_the_body_and_holds_none_of_its_weights(parts, body):
    told = json.loads(parts["config.json"])["config"]["body"]
    assert (told["licence"], told["source"]) == ("for tests", "here")
    assert (told["sha256"], told["path"]) == (body.sha256, body.path)
    some = weights()[0].tobytes()[:64]
    assert some in Path(body.path).read_bytes()
    assert not any(some in data for data in parts.values())


def test_name_and_licence_survive_a_second_file(file, body, tmp_path):
    second = hearingai.save_classifier(hearingai.load_classifier(file), tmp_path / "b.keras")
    plain = hearingai.open_body(body.path, sample_rate=RATE, hop=0.05)
    twin = hearingai.load_classifier(second, body=plain)
    assert (plain.licence, plain.source) == ("unknown", "a.onnx")
    assert (twin.body.licence, twin.body.source) == ("for tests", "here")


def test_a_missing_body_is_named_with_what_to_give(changed, body, tmp_path):
    file = changed(lambda config: config["body"].update(path=str(tmp_path / "gone.onnx")))
    with pytest.raises(
        hearingai.HearingAIError,
        match=r"LiteRT or ONNX file `.*gone\.onnx`; .*open_body\(\) and give",
    ):
        hearingai.load_classifier(file)
    assert hearingai.load_classifier(file, body=body).body is body


def test_a_body_that_is_given_must_be_the_same(file, body, tmp_path):
    with pytest.raises(hearingai.HearingAIError, match="`body` must be a `Body`.* Received: 'a'"):
        hearingai.load_classifier(file, body="a")
    other = hearingai.open_body(write_onnx(tmp_path / "b.onnx", 1), sample_rate=RATE, hop=0.05)
    with pytest.raises(hearingai.HearingAIError, match="is another than the one it was trained"):
        hearingai.load_classifier(file, body=other)
    for options in ({"hop": 0.1}, {"hop": 0.05, "output": "b"}):
        same_file = hearingai.open_body(body.path, sample_rate=RATE, **options)
        with pytest.raises(hearingai.HearingAIError, match=r"given as `body=open_body\(path, .* R"):
            hearingai.load_classifier(file, body=same_file)


def test_a_saved_model_is_run_only_if_it_is_given(tmp_path):
    """It could write files."""
    need("tensorflow")
    body = hearingai.open_body(write_saved_model(tmp_path / "model"), sample_rate=RATE)
    made = hearingai.create_classifier("head", ["a", "b"], body=body, seed=1)
    file = hearingai.save_classifier(made, tmp_path / "a.keras")
    with pytest.raises(hearingai.HearingAIError, match="is not to be found as a LiteRT or ONNX"):
        hearingai.load_classifier(file)
    again = hearingai.load_classifier(file, body=body)
    assert again.fingerprint() == made.fingerprint()


def test_a_named_body_must_be_opened_by_its_name(body, monkeypatch):
    told = body.description() | {"name": "birdnet", "options": {}}
    with pytest.raises(hearingai.HearingAIError, match=r'as `body=get_body\("birdnet", path\)`'):
        saved.found_again(told, body)
    monkeypatch.setenv("HEARINGAI_BIRDNET", "nowhere")
    line = r'HEARINGAI_BIRDNET.* given as `body=get_body\("birdnet", path\)`'
    with pytest.raises(hearingai.HearingAIError, match=line):
        saved.found_again(told | {"path": None})


def test_a_body_by_its_name_needs_no_path(tmp_path):
    need("pyopen_wakeword", "ai_edge_litert")
    made = hearingai.create_classifier("head", ["a", "b"], seed=1)
    file = hearingai.save_classifier(made, tmp_path / "a.keras")
    again = hearingai.load_classifier(file)
    clips = np.random.default_rng(0).normal(0, 0.1, (2, 16000)).astype("float32")
    assert again.body.path is None
    assert (again.probabilities(clips) == made.probabilities(clips)).all()


def test_where_its_package_is_missing_it_says_what_to_install(tmp_path, monkeypatch):
    need("pyopen_wakeword", "ai_edge_litert")
    made = hearingai.create_classifier("head", ["a", "b"], seed=1)
    file = hearingai.save_classifier(made, tmp_path / "a.keras")
    monkeypatch.setattr("hearingai.bodies._packages.package_folder", lambda name: None)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[speech\]"'):
        hearingai.load_classifier(file)


def test_a_body_is_no_front_end(body):
    network = hearingai.networks.embedding_head((1, SIZE), 2)
    right = {"sample_rate": RATE, "duration": 0.1, "body": body}
    assert hearingai.AudioClassifier(None, network, ["a", "b"], **right).body is body
    for wrong, words in (
        ({"body": "birdnet"}, "`body` must be a `Body`"),
        ({"sample_rate": 500}, "`sample_rate` must be that of the body, 1000"),
        ({"channels": 2}, "Received: 2 channels"),
        ({"duration": 0.5}, r"0.5 s give \(9, 8\) embeddings"),
    ):
        with pytest.raises(hearingai.HearingAIError, match=words):
            hearingai.AudioClassifier(None, network, ["a", "b"], **right | wrong)
    with pytest.raises(hearingai.HearingAIError, match="Received: a front end beside it"):
        front_end = hearingai.LogMel(sample_rate=RATE, n_mels=8)
        hearingai.AudioClassifier(front_end, network, ["a", "b"], **right)


def test_a_named_body_that_has_moved_is_found_in_its_package(tmp_path):
    need("pyopen_wakeword", "ai_edge_litert")
    body = hearingai.get_body("speech-embedding")
    for file in body.files:
        shutil.copy(file, tmp_path)
    told = hearingai.get_body("speech-embedding", tmp_path).description()
    assert saved.found_again(told).path == str(tmp_path)
    (tmp_path / "embedding_model.tflite").write_bytes(b"another")
    with pytest.raises(hearingai.HearingAIError, match="is another than the one"):
        saved.found_again(told)
    assert saved.found_again(told | {"path": str(tmp_path / "gone")}).path is None
    assert saved.found_again(told | {"path": "//server/share"}).path is None


def test_its_info_tells_the_body(classifier, body):
    told = hearingai.classifier_info(classifier)["body"]
    assert (told["name"], told["licence"]) == ("a.onnx", "for tests")


def test_the_licence_of_a_known_body_is_not_taken_from_a_file(body):
    told = body.description() | {"licence": "CC0", "name": "birdnet"}
    for given in (None, dataclasses.replace(body, name="birdnet", licence="CC BY-NC-SA 4.0")):
        assert saved.found_again(told, given).licence == "CC BY-NC-SA 4.0"
    assert saved.found_again(told | {"name": "mine"}).licence == "CC0"


def test_a_checkpoint_of_several_files_is_looked_for(tmp_path, monkeypatch):
    names = ("v.ckpt.index", "v.ckpt.data-00000-of-00001", "vggish_pca_params.npz")
    for name in names:
        (tmp_path / name).write_text(name)
    opened = []
    monkeypatch.setattr(saved, "opened_again", lambda told: opened.append(told["path"]))
    index = str(tmp_path / names[0])
    told = {"name": "vggish", "licence": "a", "source": "b", "path": index, "options": {}}
    sha256 = saved.sha256_of([str(tmp_path / name) for name in names])
    saved.found_again(told | {"sha256": sha256})
    assert opened == [index]
