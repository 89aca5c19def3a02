"""Recordings whose names are of any bytes: each is read, or named readably and alone."""

import contextlib
import io
import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.cli.console import print_json, print_line, print_table
from hearingai.datasets.audio_folder import audio_folder
from hearingai.runtime.files import write_table

NAMES = [os.fsdecode(b"caf\xe9.wav"), "a\nb.wav", "été.wav", "\\\\server\\share.wav"]
NAMES += ["x" * 240 + ".wav", "`quoted`.wav"]
MISSING = [os.fsdecode(b"gone\xff.wav"), "y" * 5000 + ".wav", "n\0l.wav", "\\\\server\\gone.wav"]


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)


@pytest.fixture
def recordings(tmp_path):
    paths = [str(tmp_path / name) for name in NAMES]
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 16000)
    plain = tmp_path / "plain"
    hearingai.write_audio(tmp_path / "plain.wav", sound, 16000)
    content = (tmp_path / "plain.wav").read_bytes()
    (tmp_path / "plain.wav").unlink()
    assert not plain.exists()
    for path in paths:
        with open(path, "wb") as file:
            file.write(content)
    return paths


def test_each_is_read_and_what_is_missing_is_named(classifier, recordings):
    given = [*recordings, *MISSING]
    for function in (hearingai.predict, hearingai.embed):
        table = function(classifier, given)
        assert table["fname"].tolist() == given
        assert table["error"].isna().tolist() == [True] * len(recordings) + [False] * len(MISSING)
    found = hearingai.annotate(classifier, given, hop=0.5)
    assert found.recordings["fname"].tolist() == recordings
    assert found.errors["fname"].tolist() == MISSING


def test_messages_can_be_printed(recordings):
    for name in (MISSING[0], "a\ngone.wav"):
        with pytest.raises(hearingai.AudioFileError) as caught:
            hearingai.read_audio(name)
        assert caught.value.path == name
        text = str(caught.value)
        assert text.encode("utf-8") and "\n" not in text
    with pytest.raises(hearingai.HearingAIError) as caught:
        hearingai.save_classifier(None, MISSING[0])
    assert str(caught.value).encode("utf-8")
    with open(recordings[0], "r+b") as file:
        file.truncate(20000)
    with pytest.warns(hearingai.HearingAIWarning, match=r"caf\\xe9\.wav is truncated"):
        hearingai.read_audio(recordings[0], partial=True)


def test_tables_of_them_are_written(classifier, recordings, tmp_path):
    table = hearingai.predict(classifier, recordings)
    for path in (tmp_path / "a.csv", tmp_path / "a.parquet"):
        write_table(table, path)
        again = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        assert again["fname"][0].endswith("caf\\xe9.wav")
        assert again["fname"][2] == recordings[2]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print_json(table.to_dict("records"))
        print_table(table, None)
        print_line(recordings[0])
    assert out.getvalue().encode("utf-8").count(b"caf\\xe9") == 2
    assert json.loads(out.getvalue().split("\n]")[0] + "]")[1]["fname"] == recordings[1]


def test_tables_of_clips_hold_them(classifier, recordings, tmp_path):
    clips = hearingai.clip_table(recordings, ["no", "yes"] * 3)
    assert clips["fname"].tolist() == recordings
    assert hearingai.evaluate(classifier, clips).n == 6
    for _ in range(2):
        prepared = hearingai.prepare(clips, classifier, store=tmp_path / "store")
        assert (prepared.n, len(prepared.errors)) == (6, 0)
    result = hearingai.cross_validate(
        "speech-commands-small", clips, folds=2, epochs=1, seed=1, path=tmp_path / "cv"
    )
    assert sorted(result.predictions["fname"]) == sorted(recordings)
    images, _ = next(iter(hearingai.data_generator(clips, 6, seed=1)))
    assert images.shape[0] == 6


def test_a_folder_of_them(tmp_path):
    for folder in (b"no", b"caf\xe9"):
        os.mkdir(os.path.join(os.fsencode(tmp_path), folder))  # noqa: PTH102, PTH118
        for name in (b"a\xff.wav", b"b.wav", b"c\xff.wav"):
            path = os.fsdecode(os.path.join(os.fsencode(tmp_path), folder, name))  # noqa: PTH118
            hearingai.write_audio(path, np.zeros(800), 8000)
    with open(os.fsdecode(os.fsencode(tmp_path) + b"/no/c\xff.wav"), "wb") as file:
        file.write(b"no sound")
    with pytest.warns(hearingai.HearingAIWarning, match=r"c\\xff\.wav is not audio"):
        clips = audio_folder(tmp_path)
    assert len(clips) == 5
    assert sorted(set(clips["class"])) == ["caf\\xe9", "no"]


def test_events_of_them_are_written_and_kept(classifier, recordings, tmp_path):
    kept = tmp_path / "kept"
    options = {"hop": 0.5, "threshold": 0.01, "path": kept}
    found = hearingai.annotate(classifier, recordings, **options)
    again = hearingai.annotate(classifier, recordings, **options)
    assert again.speed is None
    assert again.events["fname"].tolist() == found.events["fname"].tolist()
    assert set(found.events["fname"]) == set(recordings)
    hearingai.write_events(found.events, tmp_path / "events.csv")
    assert "caf\\xe9.wav" in (tmp_path / "events.csv").read_text("utf-8")
    for format in ("audacity", "raven"):
        hearingai.write_events(found.events, tmp_path / format, format=format)
        assert len(list((tmp_path / format).iterdir())) == len(recordings)
    assert json.loads(next(kept.glob("caf_*.json")).read_text("utf-8"))["fname"] == recordings[0]


def test_a_process_in_the_c_locale_prints_them(recordings, tmp_path):
    code = (
        "import sys, os, hearingai\n"
        "try: hearingai.read_audio(os.fsdecode(b'gone\\xff\\xc3\\xa9.wav'))\n"
        "except hearingai.HearingAIError as error: print(error)"
    )
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert run.returncode == 0, run.stderr.decode()
    assert b"does not exist" in run.stdout


def test_gates_and_soundscapes(recordings, tmp_path):
    gate = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
    out = str(tmp_path / os.fsdecode(b"out\xff.wav"))
    assert hearingai.gate(gate, recordings[0], out=out).out == out
    clips = hearingai.clip_table(recordings[:2], ["yes", "no"])
    noise = str(tmp_path / os.fsdecode(b"noise\xff.wav"))
    hearingai.write_audio(noise, np.full(48000, 0.01), 16000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hearingai.HearingAIWarning)
        truth = hearingai.lay_clips([noise], clips, tmp_path / os.fsdecode(b"l\xff.wav"), every=2)
    assert truth["clip"].tolist()[0] in recordings
