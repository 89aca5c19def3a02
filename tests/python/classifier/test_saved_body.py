"""A classifier with a body as a file: what it holds, and what is opened when it is loaded."""

import dataclasses
import json
import os
import shutil
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

import hearingai
from bodies import RATE, SIZE, weights, write_onnx, write_saved_model
from fresh import need, python
from hearingai.bodies import saved

TELLS = pytest.mark.parametrize("load", [hearingai.load_classifier, keras.saving.load_model])


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path_factory.mktemp("body") / "a.onnx")
    return dataclasses.replace(
        hearingai.open_body(path, sample_rate=RATE, hop=0.05), licence="for tests", source="here"
    )


@pytest.fixture(scope="module")
def classifier(body):
    return hearingai.create_classifier("head", ["a", "b"], body=body, duration=0.2, seed=1)


@pytest.fixture(scope="module")
def parts(classifier, tmp_path_factory):
    """What its file holds, by name."""
    path = tmp_path_factory.mktemp("file") / "a.keras"
    with zipfile.ZipFile(hearingai.save_classifier(classifier, path)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def changed(parts, tmp_path):
    """The file, with what it says changed by a function of its configuration."""

    def changed(change):
        config = json.loads(parts["config.json"])
        change(config["config"])
        content = parts | {"config.json": json.dumps(config).encode()}
        with zipfile.ZipFile(tmp_path / "changed.keras", "w") as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        return tmp_path / "changed.keras"

    return changed


def test_a_named_body_must_be_opened_by_its_name(body, monkeypatch):
    told = body.description() | {"name": "birdnet", "options": {}}
    with pytest.raises(hearingai.HearingAIError, match=r'as `body=get_body\("birdnet", path\)`'):
        saved.found_again(told, body)
    monkeypatch.setenv("HEARINGAI_BIRDNET", "nowhere")
    line = r'HEARINGAI_BIRDNET.* given as `body=get_body\("birdnet", path\)`'
    with pytest.raises(hearingai.HearingAIError, match=line):
        saved.found_again(told | {"path": None})


@pytest.fixture
def file(changed):
    return changed(lambda config: None)


@pytest.fixture
def opened(monkeypatch):
    """The networks that are opened from now on, and the files that are hashed."""
    seen = {"opened": [], "hashed": []}
    run, hashed = saved.open_body, saved.sha256_of
    monkeypatch.setattr(
        saved, "open_body", lambda path, **o: seen["opened"].append(path) or run(path, **o)
    )
    monkeypatch.setattr(
        saved, "sha256_of", lambda files: seen["hashed"].extend(files) or hashed(files)
    )
    return seen


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


def test_another_process_opens_it(file, classifier, tmp_path):
    np.save(tmp_path / "x.npy", sounds())
    code = (
        "import sys, numpy as np, hearingai\n"
        "c = hearingai.load_classifier(sys.argv[1])\n"
        "print(c.probabilities(np.load(sys.argv[2])).tobytes().hex())"
    )
    found = python(code, file, tmp_path / "x.npy")
    assert classifier.probabilities(sounds()).tobytes().hex() in str(found)


def test_a_missing_body_is_named_with_what_to_give(changed, body, tmp_path):
    file = changed(lambda config: config["body"].update(path=str(tmp_path / "gone.onnx")))
    with pytest.raises(
        hearingai.HearingAIError,
        match=r"LiteRT or ONNX file `.*gone\.onnx`; .*open_body\(\) and give",
    ):
        hearingai.load_classifier(file)
    assert hearingai.load_classifier(file, body=body).body is body


@TELLS
def test_another_hash_is_refused_before_anything_is_opened(changed, tmp_path, opened, load):
    other = write_onnx(tmp_path / "other.onnx", seed=1)
    file = changed(lambda config: config["body"].update(path=str(other)))
    with pytest.raises((hearingai.HearingAIError, TypeError), match="is another than the one it"):
        load(file)
    assert opened == {"opened": [], "hashed": [str(other)]}


def test_a_body_that_is_given_must_be_the_same(file, body, tmp_path):
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


@pytest.fixture
def pipe(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "pipe.onnx")
    return tmp_path / "pipe.onnx"


ODD = {
    "a device": "/dev/zero",
    "a device with an ending": "/dev/zero.onnx",
    "relative": "a.onnx",
    "another machine": "//server/share/a.onnx",
    "another Windows machine": "\\\\server\\share\\a.onnx",
    "the root": "/",
    "secrets": "/etc/passwd",
    "a zero in it": "/a\0.onnx",
    "too long": "/" + "x" * 4000 + ".onnx",
    "nothing": None,
}


@TELLS
@pytest.mark.parametrize("path", ODD.values(), ids=ODD)
def test_a_strangers_path_is_not_read(changed, monkeypatch, tmp_path, opened, path, load):
    monkeypatch.chdir(tmp_path)
    file = changed(lambda config: config["body"].update(path=path))
    with pytest.raises((hearingai.HearingAIError, TypeError), match="is not to be found as"):
        load(file)
    assert opened == {"opened": [], "hashed": []}


@TELLS
def test_a_pipe_is_not_waited_for(changed, pipe, opened, load):
    file = changed(lambda config: config["body"].update(path=str(pipe)))
    with pytest.raises((hearingai.HearingAIError, TypeError), match="is not to be found as"):
        load(file)
    assert opened["hashed"] == []


def test_a_huge_file_is_not_hashed(changed, tmp_path, opened):
    huge = tmp_path / "huge.onnx"
    with huge.open("wb") as file:
        file.truncate(2**31 + 1)
    file = changed(lambda config: config["body"].update(path=str(huge)))
    with pytest.raises(hearingai.HearingAIError, match="is not to be found as"):
        hearingai.load_classifier(file)
    assert opened["hashed"] == []


DAMAGED = {
    "no dict": lambda c: c.update(body="birdnet"),
    "a list": lambda c: c.update(body=[1]),
    "no hash": lambda c: c["body"].pop("sha256"),
    "a short hash": lambda c: c["body"].update(sha256="ab"),
    "a long name": lambda c: c["body"].update(name="x" * 201),
    "a name that is none": lambda c: c["body"].update(name=3),
    "a long licence": lambda c: c["body"].update(licence="x" * 1001),
    "a path that is none": lambda c: c["body"].update(path=["/a.onnx"]),
    "no options": lambda c: c["body"].update(options=None),
    "other options": lambda c: c["body"]["options"].update(path="/a"),
    "a missing option": lambda c: c["body"]["options"].pop("hop"),
    "a hop of nothing": lambda c: c["body"]["options"].update(hop=1e-9),
    "a hop that is no number": lambda c: c["body"]["options"].update(hop=float("nan")),
    "a rate that is text": lambda c: c["body"]["options"].update(sample_rate="fast"),
    "an output that is none": lambda c: c["body"]["options"].update(output=3),
}


@TELLS
@pytest.mark.parametrize("change", DAMAGED.values(), ids=DAMAGED)
def test_what_it_says_of_its_body_is_checked(changed, opened, change, load):
    with pytest.raises(
        (hearingai.HearingAIError, TypeError), match="of a body must be|must be a d"
    ):
        load(changed(change))
    assert opened == {"opened": [], "hashed": []}


def test_a_class_in_place_of_a_body_is_not_made(changed):
    made = {"class_name": "Lambda", "module": "keras.layers", "config": {}, "registered_name": None}
    with pytest.raises(hearingai.HearingAIError, match="of a body must be|may run code"):
        hearingai.load_classifier(changed(lambda config: config.update(body=made)))


def test_an_unknown_name_is_refused(changed):
    file = changed(lambda config: config["body"].update(name="mine", options={}))
    with pytest.raises(hearingai.HearingAIError, match="there is no body `mine`"):
        hearingai.load_classifier(file)


def test_a_network_that_does_not_suit_the_body_is_refused(changed):
    with pytest.raises(
        hearingai.HearingAIError, match=r"the network takes \(3, 8\), and 0.1 s give"
    ):
        hearingai.load_classifier(changed(lambda config: config.update(duration=0.1)))
    with pytest.raises(hearingai.HearingAIError, match="that of the body, 1000. Received: 2000"):
        hearingai.load_classifier(
            changed(lambda config: config.update(sample_rate=2000, duration=0.2))
        )
    with pytest.raises(hearingai.HearingAIError, match="waveforms of one channel. Received: 2 ch"):
        hearingai.load_classifier(
            changed(lambda config: config.update(sample_rate=1000, channels=2))
        )


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
