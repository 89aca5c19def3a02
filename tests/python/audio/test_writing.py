"""Writing recordings: every format that is read."""

import os
import sys

import numpy as np
import pytest

from hearingai.audio.reading import audio_info, read_audio
from hearingai.audio.writing import write_audio
from hearingai.errors import HearingAIError
from hearingai.runtime import files as writing
from sounds import tone


def test_writing_clips_and_takes_whole_numbers_between(tmp_path):
    path = tmp_path / "a.wav"
    write_audio(path, [2.0, -2.0, 0.5], 16000, subtype="FLOAT")
    assert read_audio(path)[0].tolist() == [1.0, -1.0, 0.5]
    write_audio(path, [0, -1, 0], 16000)
    assert read_audio(path)[0].tolist() == [0.0, -1.0, 0.0]


@pytest.mark.parametrize(
    ("name", "waveform", "message"),
    [
        ("a.wav", [0.0, np.nan], "`waveform` must be finite"),
        ("a.wav", np.array([0, 9000]), "must be float in -1...1, or int16. Received: int64"),
        ("a.wav", "abc", "must be samples, float in -1...1 or int16. Received: str"),
        ("a.wav", np.zeros((2, 3, 4)), r"must have shape \(samples,\) or \(channels, samples\)"),
        ("a.wav", np.zeros((8, 2)), r"shape .*\(channels, samples\).*\(8, 2\), more channels"),
        ("a.wav", 0.5, r"`waveform` must have shape .* Received: \(\)"),
        ("a.xyz", [0.0], "`path` must end in a format's name.*a.xyz"),
        ("a", [0.0], "`path` must end in a format's name"),
        ("gone/a.wav", [0.0], "its folder does not exist"),
    ],
)
def test_writing_is_checked(tmp_path, name, waveform, message):
    with pytest.raises(HearingAIError, match=message):
        write_audio(tmp_path / name, waveform, 16000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "written"),
    [("a.aif", "AIFF PCM_16"), ("a.OGA", "OGG VORBIS"), ("a.opus", "OGG OPUS")],
)
def test_every_ending_that_is_read_is_written(tmp_path, name, written):
    write_audio(tmp_path / name, tone(16000), 16000)
    info = audio_info(tmp_path / name)
    assert (f"{info['format']} {info['subtype']}", info["samples"]) == (written, 16000)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_place_that_cannot_be_written_to(tmp_path, monkeypatch):
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(HearingAIError, match=r"cannot write .*a\.wav"):
        write_audio(tmp_path / "a.wav", [0.0], 8000)
    assert [p.name for p in tmp_path.rglob("*")] == ["a.wav"]

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(writing.tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(HearingAIError, match=r"cannot write .*b\.wav`: Permission denied"):
        write_audio(tmp_path / "b.wav", [0.0], 8000)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_a_written_file_has_the_usual_rights(tmp_path):
    old = os.umask(0o027)
    try:
        write_audio(tmp_path / "a.wav", [0.0], 16000)
    finally:
        os.umask(old)
    assert (tmp_path / "a.wav").stat().st_mode & 0o777 == 0o640
