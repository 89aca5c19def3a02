"""What a stranger's file says of a body: nothing is opened or read before it is checked."""

import os

import keras
import pytest

import hearingai
from bodies import write_onnx

TELLS = pytest.mark.parametrize("load", [hearingai.load_classifier, keras.saving.load_model])


@TELLS
def test_another_hash_is_refused_before_anything_is_opened(changed, tmp_path, opened, load):
    other = write_onnx(tmp_path / "other.onnx", seed=1)
    file = changed(lambda config: config["body"].update(path=str(other)))
    with pytest.raises((hearingai.HearingAIError, TypeError), match="is another than the one it"):
        load(file)
    assert opened == {"opened": [], "hashed": [str(other)]}


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
