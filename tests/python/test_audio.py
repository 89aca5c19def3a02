import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from hearingai import audio
from hearingai.audio import (
    audio_info,
    fit_channels,
    fit_length,
    read_audio,
    resample,
    write_audio,
)
from hearingai.errors import AudioFileError, HearingAIError

FIVE = np.array([0.0, 0.5, -0.5, 0.25, -1.0])


def tone(rate, seconds=1.0, frequency=440.0):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


@pytest.fixture
def wav(tmp_path):
    """A second of a 440 Hz tone at 16 kHz, 16 bit."""
    path = tmp_path / "tone.wav"
    write_audio(path, tone(16000), 16000)
    return path


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        *(("a.wav", s) for s in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")),
        *(("a.flac", "PCM_16"), ("a.flac", "PCM_24"), ("a.aiff", "PCM_16"), ("a.au", "PCM_16")),
        *(("a.aiff", s) for s in ("PCM_24", "PCM_32", "FLOAT", "DOUBLE")),
        *(("a.caf", "PCM_16"), ("a.rf64", "PCM_24"), ("a.w64", "FLOAT")),
    ],
)
def test_lossless_formats_keep_every_sample(tmp_path, name, subtype):
    path = tmp_path / name
    write_audio(path, FIVE, 8000, subtype=subtype)
    waveform, rate = read_audio(path)
    assert (waveform.dtype, rate) == (np.float32, 8000)
    assert waveform.tolist() == FIVE.tolist()
    info = audio_info(path)
    assert (info["samples"], info["channels"], info["subtype"]) == (5, 1, subtype)
    assert info["duration"] == 5 / 8000


@pytest.mark.parametrize("name", ["a.ogg", "a.mp3"])
def test_lossy_formats_keep_length_and_shape(tmp_path, name):
    path, wanted = tmp_path / name, tone(44100)
    write_audio(path, wanted, 44100)
    waveform, rate = read_audio(path)
    assert (len(waveform), rate) == (44100, 44100)
    assert np.abs(waveform - wanted).max() < 0.02


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000, 192000])
def test_reading_resamples(tmp_path, rate):
    path = tmp_path / "a.wav"
    write_audio(path, tone(rate), rate, subtype="FLOAT")
    waveform, new_rate = read_audio(path, sample_rate=16000.0)
    assert (len(waveform), new_rate) == (16000, 16000)
    assert np.abs(waveform - tone(16000))[500:-500].max() < 2e-3


@pytest.mark.parametrize(("old", "new"), [(8000, 16000), (44100, 16000), (16000, 22050)])
def test_resample_agrees_with_scipy(old, new):
    waveform = tone(old, 0.5) + tone(old, 0.5, 1000)
    expected = resample_poly(waveform, new, old)
    found = resample(waveform, old, new)
    assert found.dtype == np.float32
    assert len(found) == round(len(waveform) * new / old)
    assert np.abs(found[500:-500] - expected[500 : len(found) - 500]).max() < 5e-3
    assert np.array_equal(resample(np.stack([waveform, waveform]), old, new)[1], found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((FIVE, 0, 16000), "`from_rate` must be a positive number. Received: 0"),
        ((FIVE, 16000, "x"), "`to_rate` must be a positive number. Received: 'x'"),
        ((0.5, 8000, 16000), r"`waveform` must have shape .* Received: \(\)"),
        ((np.array([0, 9000], "int16"), 8000, 16000), "must be float in -1...1. Received: int16"),
    ],
)
def test_arguments_of_resampling_are_checked(arguments, message):
    with pytest.raises(HearingAIError, match=message):
        resample(*arguments)


def test_resampling_removes_what_the_new_rate_cannot_hold():
    assert np.abs(resample(tone(44100, 1, 12000), 44100, 16000)[500:-500]).max() < 1e-3


def test_channels(tmp_path):
    path = tmp_path / "stereo.wav"
    both = np.array([[0.5, 0.25, 0.0], [-0.5, 0.25, 1.0]])
    write_audio(path, both, 44100, subtype="FLOAT")
    assert read_audio(path)[0].tolist() == [0.0, 0.25, 0.5]
    waveform, _ = read_audio(path, mono=False)
    assert waveform.tolist() == both.tolist()
    assert waveform.flags["C_CONTIGUOUS"]
    write_audio(path, np.zeros((2, 44100)), 44100)
    assert read_audio(path, sample_rate=16000, mono=False)[0].shape == (2, 16000)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_part_equals_that_part_of_the_whole(tmp_path, name):
    path = tmp_path / name
    write_audio(path, tone(16000, 20), 16000)
    whole, _ = read_audio(path)
    part, _ = read_audio(path, start=8.25, duration=0.5)
    assert np.abs(part - whole[132000:140000]).max() < 1e-5
    assert len(read_audio(path, start=19.75, duration=9)[0]) == 4000
    assert len(read_audio(path, start=19.75)[0]) == 4000


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.wav", "GSM610"), ("a.aiff", "GSM610"), ("a.wav", "NMS_ADPCM_16"), ("a.au", "G723_24")],
)
def test_what_cannot_be_sought_in_is_read_from_its_start(tmp_path, name, subtype):
    path = tmp_path / name
    write_audio(path, tone(8000), 8000, subtype=subtype)
    whole, _ = read_audio(path)
    assert np.abs(whole[:8000] - tone(8000))[1000:].max() < 0.2
    part, _ = read_audio(path, start=0.5, duration=0.25)
    assert part.tolist() == whole[4000:6000].tolist()


def test_a_duration_is_a_sample_or_more(wav):
    assert len(read_audio(wav, duration=1e-6)[0]) == 1


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_a_part_of_a_long_file_costs_the_memory_of_the_part(tmp_path, name):
    path = tmp_path / name
    rng = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", samplerate=16000, channels=1) as file:
        for _ in range(10):
            file.write(0.1 * rng.standard_normal(60 * 16000))
    tracemalloc.start()
    try:
        part, _ = read_audio(path, start=500, duration=1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert part.shape == (16000,)
    assert part.any()
    assert peak < 1_000_000  # the whole, as float32, is 38 MB


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": 1.5}, "tone.wav: ends before `start` = 1.5 s"),
        ({"start": -1}, "`start` must be a positive number. Received: -1"),
        ({"start": float("nan")}, "`start` must be a positive number"),
        ({"duration": 0}, "`duration` must be a positive number. Received: 0"),
        ({"sample_rate": 0}, "`sample_rate` must be a positive whole number"),
        ({"channels": 0}, "`channels` must be a positive whole number. Received: 0"),
        ({"sample_rate": 16000.5}, "`sample_rate` must be a positive whole number"),
    ],
)
def test_arguments_of_reading_are_checked(wav, arguments, message):
    with pytest.raises(HearingAIError, match=message):
        read_audio(wav, **arguments)


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


def test_what_is_no_path():
    with pytest.raises(HearingAIError, match="`path` must name a file. Received: 3"):
        audio_info(3)
    with pytest.raises(HearingAIError, match="`path` must name a file. Received: None"):
        read_audio(None)
    with pytest.raises(HearingAIError, match="`path` must name a file. Received: None"):
        write_audio(None, FIVE, 8000)


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


def test_fit_length():
    assert fit_length([1, 2], 4).tolist() == [1, 2, 0, 0]
    assert fit_length([1, 2, 3], 2).tolist() == [1, 2]
    assert fit_length([0, 1, 3, 1, 0], 3, crop="loudest").tolist() == [1, 3, 1]
    assert fit_length([1, 2], 4, crop="loudest").tolist() == [1, 2, 0, 0]
    both = [[0, 0, 5], [1, 0, 0]]
    assert fit_length(both, 2, crop="loudest").tolist() == [[0, 5], [0, 0]]
    assert fit_length(both, 4).shape == (2, 4)
    assert fit_length([], 2).tolist() == [0, 0]
    with pytest.raises(HearingAIError, match="`samples` must be a positive whole number"):
        fit_length([1], 0)
    with pytest.raises(HearingAIError, match=r"`waveform` must have shape \(..., samples\)"):
        fit_length(0.5, 3)


def test_a_longer_sound_is_cropped_where_asked():
    assert fit_length([1, 2, 3, 4], 3, crop="end").tolist() == [2, 3, 4]
    found = {tuple(fit_length([1, 2, 3, 4], 3, crop="random", seed=s)) for s in range(20)}
    assert found == {(1, 2, 3), (2, 3, 4)}
    both = fit_length([[1, 2, 3, 4], [5, 6, 7, 8]], 2, crop="random", seed=2)
    assert (both[1] - both[0]).tolist() == [4, 4]
    for crop in ("start", "end", "loudest", "random"):
        assert fit_length([1, 2, 3], 3, crop=crop).tolist() == [1, 2, 3]


def test_a_shorter_sound_sits_where_asked():
    assert fit_length([1, 2], 4, place="end").tolist() == [0, 0, 1, 2]
    found = {tuple(fit_length([1, 2], 4, place="random", seed=s)) for s in range(40)}
    assert found == {(1, 2, 0, 0), (0, 1, 2, 0), (0, 0, 1, 2)}
    both = fit_length([[1, 2], [3, 4]], 4, place="random", seed=1)
    assert both.dtype == np.float32
    assert np.argmax(both[0] == 1) == np.argmax(both[1] == 3)


def test_a_shorter_sound_is_repeated():
    assert fit_length([1, 2, 3], 8, pad="loop").tolist() == [1, 2, 3, 1, 2, 3, 1, 2]
    assert fit_length([1, 2, 3], 8, pad="loop", place="end").tolist() == [2, 3, 1, 2, 3, 1, 2, 3]
    assert fit_length([[1], [2]], 3, pad="loop").tolist() == [[1, 1, 1], [2, 2, 2]]
    assert fit_length([], 2, pad="loop").tolist() == [0, 0]
    assert fit_length([1, 2, 3], 2, pad="loop").tolist() == [1, 2]


@pytest.mark.parametrize("choice", [{"crop": "random"}, {"place": "random"}])
def test_a_seed_decides_what_is_drawn(choice):
    sound = np.arange(1, 1001)
    samples = 400 if "crop" in choice else 4000

    def first(seed):
        fitted = fit_length(sound, samples, seed=seed, **choice)
        return int(np.argmax(fitted > 0)) + int(fitted[0])

    assert first(3) == first(3)
    assert len({first(s) for s in range(10)}) > 5
    assert len({first(None) for _ in range(10)}) > 1
    assert first([3, 1]) == first((3, 1))
    assert len({first([3, i]) for i in range(10)}) > 5  # a clip's own
    rng = np.random.default_rng(0)
    assert len({first(rng) for _ in range(10)}) > 5  # a generator goes on


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"crop": "middle"}, "`crop` must be one of 'start', 'end', 'loudest', 'random'"),
        ({"pad": "noise"}, "`pad` must be one of 'zero', 'loop'. Received: 'noise'"),
        ({"place": "centre"}, "`place` must be one of 'start', 'end', 'random'"),
        ({"seed": 0.5}, "`seed` must be a whole number from 0. Received: 0.5"),
        ({"seed": [1, -1]}, "`seed` must be a whole number from 0. Received: -1"),
        ({"seed": []}, r"`seed` must be a whole number from 0. Received: \[\]"),
        ({"seed": -1}, "`seed` must be a whole number from 0. Received: -1"),
    ],
)
def test_arguments_of_fitting_are_checked(arguments, message):
    with pytest.raises(HearingAIError, match=message):
        fit_length([1.0], 2, **arguments)


def test_fit_channels():
    assert fit_channels([1, 2], 1).tolist() == [1, 2]
    assert fit_channels([1, 2], 2).tolist() == [[1, 2], [1, 2]]
    assert fit_channels([[1, 2]], 1).tolist() == [1, 2]
    assert fit_channels([[1, 2]], 2).tolist() == [[1, 2], [1, 2]]
    assert fit_channels([[1, 2], [3, 6]], 1).tolist() == [2, 4]
    assert fit_channels([[1, 2], [3, 6]], 2).tolist() == [[1, 2], [3, 6]]
    assert fit_channels([[1, 2], [3, 6]], 3).tolist() == [[2, 4]] * 3
    assert fit_channels([[1, 2], [3, 6], [2, 4]], 2).tolist() == [[2, 4]] * 2
    assert fit_channels([1, 2], 2).dtype == np.float32
    with pytest.raises(HearingAIError, match="`channels` must be a positive whole number"):
        fit_channels([1], 0)
    for waveform in (1.0, np.zeros((1, 1, 1)), np.zeros((0, 5))):
        with pytest.raises(HearingAIError, match="`waveform` must have shape"):
            fit_channels(waveform, 1)


@pytest.mark.parametrize("own", [1, 2, 4])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("rate", [16000, 44100])
def test_reading_fits_the_channels(tmp_path, own, channels, rate):
    path = tmp_path / "a.wav"
    sound = np.stack([tone(16000, 0.1, 200 * (i + 1)) for i in range(own)])
    write_audio(path, sound, 16000, subtype="FLOAT")
    expected = resample(fit_channels(sound, channels), 16000, rate)
    for mono in (True, False):  # overridden
        found, _ = read_audio(path, rate, mono=mono, channels=channels)
        assert found.shape == (expected.shape if channels > 1 else (round(rate / 10),))
        np.testing.assert_allclose(found, expected, atol=1e-6)


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
        ("a.wav", np.array([0, 9000], "int16"), "must be float in -1...1. Received: int16"),
        ("a.wav", "abc", "must be float"),
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
        write_audio(tmp_path / "a.wav", FIVE, 8000)
    assert [p.name for p in tmp_path.rglob("*")] == ["a.wav"]

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(audio.tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(HearingAIError, match=r"cannot write .*b\.wav`: Permission denied"):
        write_audio(tmp_path / "b.wav", FIVE, 8000)


def test_writing_replaces_only_by_what_is_complete(wav, monkeypatch):
    before = wav.read_bytes()

    def fail(path, *_, **__):
        Path(path).write_bytes(b"half")
        raise soundfile.LibsndfileError(2, "the disk is full: ")

    monkeypatch.setattr(audio.soundfile, "write", fail)
    with pytest.raises(HearingAIError, match="cannot write .*the disk is full"):
        write_audio(wav, [0.0], 16000)
    assert wav.read_bytes() == before
    assert [p.name for p in wav.parent.iterdir()] == ["tone.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_a_written_file_has_the_usual_rights(tmp_path):
    old = os.umask(0o027)
    try:
        write_audio(tmp_path / "a.wav", [0.0], 16000)
    finally:
        os.umask(old)
    assert (tmp_path / "a.wav").stat().st_mode & 0o777 == 0o640


def test_needs_neither_keras_nor_tensorflow():
    code = "import sys, hearingai.audio, hearingai.tables, hearingai.datasets; "
    code += "sys.exit(any(m in sys.modules for m in ('keras', 'tensorflow')))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0


def test_real_recordings(data_dir):
    sources = {
        "fsdd/recordings/*.wav": 8000,
        "esc10/*/*.ogg": 44100,
        "speech_commands/yes/*.wav": 16000,
    }
    for pattern, rate in sources.items():
        path = min(data_dir.glob(pattern))
        assert audio_info(path)["sample_rate"] == rate
        waveform, new_rate = read_audio(path, sample_rate=16000)
        assert new_rate == 16000
        assert abs(len(waveform) / 16000 - audio_info(path)["duration"]) < 1e-3
        assert 0.001 < np.abs(waveform).max() <= 1.1
