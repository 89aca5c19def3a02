"""Writing recordings: every format that is read."""

import os
import sys

import numpy as np
import pytest

from hearingai.audio.reading import audio_info, read_audio
from hearingai.audio.writing import write_audio
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.runtime import files as writing
from sounds import tone


def test_writing_clips_and_takes_whole_numbers_between(tmp_path):
    path = tmp_path / "a.wav"
    with pytest.warns(HearingAIWarning, match="`waveform` reaches 2: .* is clipped"):
        write_audio([2.0, -2.0, 0.5], path, 16000, subtype="PCM_24")
    np.testing.assert_allclose(read_audio(path)[0], [1.0, -1.0, 0.5], atol=1e-6)
    write_audio([0, -1, 0], path, 16000, overwrite=True)
    assert read_audio(path)[0].tolist() == [0.0, -1.0, 0.0]


def test_nothing_is_replaced_unasked(tmp_path):
    path = tmp_path / "a.wav"
    write_audio(np.zeros(100), path, 8000)
    with pytest.raises(HearingAIError, match=r"a.wav` exists; `overwrite=True` replaces it"):
        write_audio(np.ones(100), path, 8000)
    assert not read_audio(path)[0].any()


def test_the_path_may_come_first_and_a_sound_may_bring_its_rate(tmp_path):
    first, second = tmp_path / "a.wav", tmp_path / "b.wav"
    write_audio(first, tone(8000), 8000)
    write_audio(read_audio(first), second)
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises(HearingAIError, match="`sample_rate` contradicts.*8000 Hz. Received: 4000"):
        write_audio(read_audio(first), second, 4000, overwrite=True)


@pytest.mark.parametrize(
    ("name", "waveform", "message"),
    [
        ("a.wav", [0.0, np.nan], "`waveform` must be finite"),
        ("a.wav", np.array([0, 9000]), "must be float in -1...1, or int16. Received: int64"),
        ("a.wav", "abc", "must be samples, float in -1...1 or int16. Received: str"),
        ("a.wav", np.zeros((2, 3, 4)), r"must have shape \(samples,\) or \(channels, samples\)"),
        ("a.wav", [], r"holds no samples. Received: shape \(0,\)"),
        ("a.wav", np.zeros((2, 0)), r"holds no samples. Received: shape \(2, 0\)"),
        ("a.wav", np.zeros((8, 2)), r"shape .*\(channels, samples\).*\(8, 2\), more channels"),
        ("a.wav", 0.5, r"`waveform` must have shape .* Received: \(\)"),
        ("a.xyz", [0.0], "`path` must end in a format's name.*a.xyz"),
        ("a", [0.0], "`path` must end in a format's name"),
        ("gone/a.wav", [0.0], "its folder does not exist"),
    ],
)
def test_writing_is_checked(tmp_path, name, waveform, message):
    with pytest.raises(HearingAIError, match=message):
        write_audio(waveform, tmp_path / name, 16000)
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
        write_audio([0.0], tmp_path / "a.wav", 8000, overwrite=True)
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


def test_what_a_file_of_floats_holds_is_not_clipped(tmp_path):
    loud = np.array([0.5, -1.5, 3.0], "float32")
    write_audio(loud, tmp_path / "a.wav", 8000, subtype="FLOAT")
    np.testing.assert_array_equal(read_audio(tmp_path / "a.wav")[0], loud)
