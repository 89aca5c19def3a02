"""What is no recording, or no whole one."""

import os
import struct

import numpy as np
import pytest
import soundfile

from hearingai.audio.reading import audio_info, read_audio
from hearingai.audio.writing import write_audio
from hearingai.errors import AudioFileError
from sounds import tone


@pytest.mark.parametrize("read", [audio_info, read_audio])
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("gone.wav", None, "does not exist"),
        ("empty.wav", b"", "is empty"),
        ("text.wav", b"no audio", "is not audio that can be read (format not recognised)"),
        ("text.mp3", b"no audio at all " * 99, "is not audio that can be read (format not"),
        ("riff.wav", b"RIFF", "is not audio that can be read (format not recognised)"),
    ],
)
def test_what_is_no_recording(tmp_path, read, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioFileError) as caught:
        read(path)
    assert caught.value.reason.startswith(reason)
    assert caught.value.path == str(path)
    assert str(caught.value) == f"{path}: {caught.value.reason}"


@pytest.mark.parametrize("read", [audio_info, read_audio])
def test_a_directory(tmp_path, read):
    with pytest.raises(AudioFileError, match="is a directory"):
        read(tmp_path)


def test_a_truncated_wav_is_told_before_it_is_decoded(wav):
    wav.write_bytes(wav.read_bytes()[:1044])
    for read in (audio_info, read_audio):
        with pytest.raises(AudioFileError, match="is truncated: at least 31000 bytes are missing"):
            read(wav)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.aiff", {"subtype": "PCM_16"}),
        ("a.aiff", {"subtype": "FLOAT"}),
        ("a.aiff", {"subtype": "PCM_16", "endian": "LITTLE"}),
        ("a.wav", {"endian": "BIG"}),
        ("a.wav", {"format": "WAVEX", "subtype": "PCM_24"}),
        ("a.rf64", {}),
        ("a.w64", {}),
        ("a.au", {}),
    ],
)
def test_a_truncated_file_without_compression(tmp_path, name, options):
    path = tmp_path / name
    soundfile.write(path, tone(16000), 16000, **options)
    assert len(read_audio(path)[0]) == 16000
    os.truncate(path, path.stat().st_size - 1000)
    with pytest.raises(AudioFileError, match="is truncated: at least (1000|999) bytes"):
        read_audio(path)


@pytest.mark.parametrize("name", ["a.flac", "a.ogg", "a.opus", "a.mp3"])
@pytest.mark.parametrize("seconds", [1, 6])
def test_a_truncated_file_of_another_format(tmp_path, name, seconds):
    path = tmp_path / name
    write_audio(path, tone(16000, seconds), 16000)
    assert len(read_audio(path)[0]) == 16000 * seconds
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioFileError, match="is truncated|is not audio"):
        read_audio(path)


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["a.ogg", "a.opus"])
def test_an_ogg_without_its_end(tmp_path, name, kept):
    path = tmp_path / name
    write_audio(path, tone(48000, 6), 48000)
    whole = path.read_bytes()
    for size in (int(kept * len(whole)), whole.rfind(b"OggS")):  # within a page, between two
        path.write_bytes(whole[:size])
        with pytest.raises(AudioFileError, match="is truncated: at least"):
            read_audio(path)
    path.write_bytes(whole + b"TAG" + bytes(125))
    assert len(read_audio(path)[0]) == 6 * 48000


@pytest.mark.parametrize("size", [0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_streamed_wav_reads_to_its_end(wav, size):
    data = bytearray(wav.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", size)
    wav.write_bytes(data)
    assert audio_info(wav)["samples"] == 16000
    assert np.abs(read_audio(wav)[0] - tone(16000)).max() < 1e-4


def test_chunks_around_the_sound_are_no_sound(wav):
    data = bytearray(wav.read_bytes())
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    wav.write_bytes(data[:36] + extra + data[36:] + extra)
    assert len(read_audio(wav)[0]) == 16000


def test_values_that_are_not_finite(tmp_path):
    path = tmp_path / "nan.wav"
    soundfile.write(path, np.array([0, np.nan, 1]), 16000, subtype="FLOAT")
    with pytest.raises(AudioFileError, match="not finite"):
        read_audio(path)


def test_no_samples(tmp_path):
    path = tmp_path / "none.wav"
    soundfile.write(path, np.zeros(0), 16000)
    assert audio_info(path)["duration"] == 0
    with pytest.raises(AudioFileError, match="holds no samples"):
        read_audio(path)
