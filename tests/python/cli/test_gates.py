"""`hearingai gate` and `hearingai train-gate`."""

import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import hearingai


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)


@pytest.fixture(scope="module")
def model(classifier, tmp_path_factory):
    return hearingai.save_classifier(classifier, tmp_path_factory.mktemp("model") / "m.keras")


@pytest.fixture
def recording(tmp_path):
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 12000)).astype("float32")
    hearingai.write_audio(tmp_path / "in.wav", noise, 22050)
    return tmp_path / "in.wav"


def test_a_file_is_gated(run, model, recording, tmp_path):
    out = tmp_path / "out.wav"
    status, text, _ = run(
        *("gate", model, recording, out, "--threshold", 1, "--range", -20, "--json")
    )
    assert status == 0
    told = json.loads(text)
    assert told["settings"]["threshold"] == 1
    assert told["open"] == 0
    assert told["track"][0]["gain_db"] == pytest.approx(-20)
    assert hearingai.audio_info(out) == hearingai.audio_info(recording)
    before, after = (hearingai.read_audio(f, mono=False)[0] for f in (recording, out))
    np.testing.assert_allclose(after, before / 10, atol=1 / 32768)
    status, text, err = run("gate", model, recording, out)
    assert (status, text) == (1, "")
    assert "--overwrite" in err
    status, text, _ = run("gate", model, recording, out, "--target", "wanted", "--overwrite")
    assert status == 0
    assert "open" in text


@pytest.mark.parametrize("encoding", ["int16", "float32"])
def test_a_pipe_is_gated_as_its_sound_is(run, classifier, model, monkeypatch, encoding):
    sound = np.random.default_rng(1).normal(0, 0.1, (2, 9001))
    sound = (sound * 32768 if encoding == "int16" else sound).astype(encoding)
    sent = io.BytesIO(sound.T.tobytes() + b"x")  # and a frame that does not end
    received = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=sent))
    monkeypatch.setattr(
        "hearingai.cli.gates.sys.stdout", SimpleNamespace(buffer=received, flush=lambda: None)
    )
    options = ("--rate", 16000, "--channels", 2, "--format", encoding, "--threshold", 0.5)
    assert run("gate", model, "-", "-", *options)[0] == 0
    expected = hearingai.gate(classifier, sound, threshold=0.5).sound
    found = np.frombuffer(received.getvalue(), encoding).reshape(-1, 2).T
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-", "out.wav"), "IN and OUT must both be -"),
        (("-", "-", "--format", "mp3"), "`--format` must be one of int16, float32"),
        (("no.wav", "out.wav"), "no.wav: does not exist"),
        (("no.wav", "out.xyz"), "must end in a format's name"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(run, model, arguments, message):
    status, out, err = run("gate", model, *arguments)
    assert (status, out) == (1, "")
    assert message in err


@pytest.mark.slow
def test_a_gate_is_trained(run, tmp_path):
    rng, time = np.random.default_rng(1), np.arange(8000) / 16000
    for name in ("wanted", "unwanted"):
        (tmp_path / name).mkdir()
    for i in range(4):
        tone = np.sin(2 * np.pi * (400 + 100 * i) * time)
        hearingai.write_audio(tmp_path / "wanted" / f"{i}.wav", tone, 16000)
        noise = np.clip(rng.normal(0, 0.1, 32000), -1, 1)
        hearingai.write_audio(tmp_path / "unwanted" / f"{i}.wav", noise, 16000)
    out = tmp_path / "gate.keras"
    status, text, _ = run(
        *("train-gate", tmp_path / "wanted", tmp_path / "unwanted", "--out", out, "--seed", 1),
        *("--epochs", 1, "--n-mixtures", 2, "--snr-db", 10, "--window", 0.1, "--json"),
    )
    assert status == 0
    told = json.loads(text)
    opened = hearingai.load_classifier(out)
    assert opened.record["gate"] == told["gate"]
    assert opened.record["snr_db"] == [10]
    refused = run("train-gate", tmp_path, tmp_path, "--out", out)
    assert refused[0] == 1
    assert "--overwrite" in refused[2]
    wrong = run("train-gate", tmp_path, tmp_path, "--out", tmp_path / "b.keras", "--snr-db", "x")
    assert "snr" in wrong[2]
    assert "must be numbers" in wrong[2]
