"""Reading recordings: formats, rates, channels and parts."""

import tracemalloc

import numpy as np
import pytest
import soundfile

from fresh import python
from hearingai.audio.reading import audio_info, read_audio
from hearingai.audio.writing import write_audio
from hearingai.errors import HearingAIError
from sounds import tone

FIVE = np.array([0.0, 0.5, -0.5, 0.25, -1.0])


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


def test_channels(tmp_path):
    path = tmp_path / "stereo.wav"
    both = np.array([[0.5, 0.25, 0.0], [-0.5, 0.25, 1.0]])
    write_audio(path, both, 44100, subtype="FLOAT")
    assert read_audio(path)[0].tolist() == [0.0, 0.25, 0.5]
    waveform, _ = read_audio(path, mono=False)
    assert waveform.tolist() == both.tolist()
    assert waveform.flags["C_CONTIGUOUS"]
    write_audio(np.zeros((2, 44100)), path, 44100, overwrite=True)
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
        ({"start": -1}, "`start` must be a number from 0. Received: -1"),
        ({"start": float("nan")}, "`start` must be a number from 0"),
        ({"duration": 0}, "`duration` must be a positive number. Received: 0"),
        ({"sample_rate": 0}, "`sample_rate` must be a positive whole number"),
        ({"channels": 0}, "`channels` must be a positive whole number. Received: 0"),
        ({"sample_rate": 16000.5}, "`sample_rate` must be a positive whole number"),
    ],
)
def test_arguments_of_reading_are_checked(wav, arguments, message):
    with pytest.raises(HearingAIError, match=message):
        read_audio(wav, **arguments)


def test_what_is_no_path():
    with pytest.raises(HearingAIError, match="`path` must name a file or a folder. Received: 3"):
        audio_info(3)
    with pytest.raises(HearingAIError, match="`path` must name a file or a folder. Received: None"):
        read_audio(None)
    with pytest.raises(HearingAIError, match="`path` must name a file or a folder. Received: None"):
        write_audio(FIVE, None, 8000)


def test_needs_neither_keras_nor_tensorflow():
    code = "import sys, hearingai.audio.reading, hearingai.tables.clip_table, hearingai.datasets; "
    code += "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    python(code)


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
