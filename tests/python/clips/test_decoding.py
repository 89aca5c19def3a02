"""Many recordings in one array: their format, their parts, their place."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.audio.plain_wav import read_pcm
from hearingai.clips.clip_format import ClipFormat, as_waveforms
from hearingai.clips.decoding import decode_all
from hearingai.clips.digests import digests, fingerprint

RATE = 1000


@pytest.fixture
def recordings(tmp_path):
    """A ramp of a second, and a short one in stereo."""
    ramp = np.linspace(-0.5, 0.5, RATE).astype("float32")
    hearingai.write_audio(tmp_path / "ramp.wav", ramp, RATE)
    short = np.stack([np.full(200, 0.25), np.full(200, -0.5)]).astype("float32")
    hearingai.write_audio(tmp_path / "short.wav", short, RATE)
    return [str(tmp_path / "ramp.wav"), str(tmp_path / "short.wav")]


def read(clips, samples=400, **format_):
    options = {k: format_.pop(k) for k in ("seeds", "dtype", "on_error") if k in format_}
    waveforms, _, good, errors = decode_all(clips, ClipFormat(RATE, samples, **format_), **options)
    return waveforms, good, errors


def test_start_and_end_of_a_table_are_honoured(recordings):
    clips = pd.DataFrame(
        {"fname": recordings[:1] * 3, "start": [0.1, np.nan, 0.9], "end": [0.3, 0.2, np.nan]}
    )
    waveforms, good, _ = read(clips)
    whole, _ = hearingai.read_audio(recordings[0])
    expected = np.zeros((3, 400), "float32")
    expected[0, :200], expected[1, :200], expected[2, :100] = (
        whole[100:300],
        whole[:200],
        whole[900:],
    )
    np.testing.assert_array_equal(waveforms, expected)
    assert list(good) == [0, 1, 2]


@pytest.mark.parametrize(("start", "end"), [(0.3, 0.1), (0.3, 0.3), (-1.0, 0.5)])
def test_a_part_that_ends_before_it_starts_is_named(recordings, start, end):
    clips = pd.DataFrame({"fname": recordings, "start": [0.0, start], "end": [0.1, end]})
    with pytest.raises(hearingai.HearingAIError, match="row 2"):
        read(clips)


def test_a_part_behind_the_end_is_a_bad_recording(recordings):
    clips = pd.DataFrame({"fname": recordings, "start": [0.0, 5.0]})
    _, good, errors = read(clips)
    assert list(good) == [0]
    assert list(errors["fname"]) == recordings[1:]


def test_stereo_keeps_its_channels_and_mono_is_doubled(recordings):
    waveforms, _, _ = read(recordings, channels=2)
    assert waveforms.shape == (2, 2, 400)
    np.testing.assert_array_equal(waveforms[0, 0], waveforms[0, 1])
    np.testing.assert_array_equal(waveforms[1, :, 0], [0.25, -0.5])
    mono, _, _ = read(recordings)
    np.testing.assert_array_equal(mono[1, :200], np.full(200, -0.125))


def test_how_much_of_a_clip_is_sound_is_told(recordings):
    clip_format = ClipFormat(RATE, 400)
    _, lengths, _, _ = decode_all(recordings, clip_format)
    assert list(lengths) == [400, 200]


def test_a_random_stretch_is_the_same_whenever_it_is_predicted(recordings):
    first, _, _ = read(recordings[:1] * 3, crop="random")
    again, _, _ = read(recordings[:1], crop="random")
    np.testing.assert_array_equal(first, np.repeat(again, 3, axis=0))
    whole, _ = hearingai.read_audio(recordings[0])
    by_array = as_waveforms(whole, ClipFormat(RATE, 400, crop="random"), None)
    np.testing.assert_array_equal(by_array, again)
    seeded = [read(recordings[:1], crop="random", seeds=[s])[0][0, 0] for s in range(4)]
    assert len(set(seeded)) > 1


def test_sixteen_bits_lose_nothing_that_was_sixteen_bits(recordings):
    exact, _, _ = read(recordings)
    stored, _, _ = read(recordings, dtype="int16")
    np.testing.assert_array_equal(stored / np.float32(32768), exact)


def test_bad_recordings_are_left_out_and_the_others_move_up(recordings, tmp_path):
    files = [str(tmp_path / "none.wav"), recordings[0], str(tmp_path), recordings[1]]
    waveforms, good, errors = read(files)
    np.testing.assert_array_equal(waveforms, read(recordings)[0])
    assert list(good) == [1, 3]
    assert list(errors["fname"]) == [files[0], files[2]]
    with pytest.raises(hearingai.AudioFileError, match=r"none\.wav"):
        read(files, on_error="raise")
    with pytest.raises(hearingai.HearingAIError, match="on_error"):
        read(files, on_error="skip")


def test_arrays_come_to_the_same_format():
    sound = np.linspace(-1, 1, 300).astype("float32")
    mono, stereo = ClipFormat(RATE, 400), ClipFormat(RATE, 400, channels=2)
    assert as_waveforms(sound, mono, None).shape == (1, 400)
    assert as_waveforms([sound, sound[:9]], stereo, None).shape == (2, 2, 400)
    both = as_waveforms([np.stack([sound, -sound])], stereo, None)
    np.testing.assert_array_equal(both[0, :, :300], [sound, -sound])
    assert as_waveforms([sound], mono, 2 * RATE)[0, 150:].any() == np.False_
    assert as_waveforms([], mono, None).shape == (0, 400)
    halves = as_waveforms([np.stack([sound, 0 * sound])], mono, None)
    np.testing.assert_allclose(halves[0, :300], sound / 2, atol=1e-7)
    for wrong in ([np.zeros((2, 3, 4))], [np.zeros(0)]):
        with pytest.raises(hearingai.HearingAIError, match="shape"):
            as_waveforms(wrong, mono, None)
    with pytest.raises(hearingai.HearingAIError, match=r"recordings.*number 2.*finite"):
        as_waveforms([sound, sound * np.nan], mono, None)


def test_a_clip_is_recognised_at_any_place_and_no_other_is(recordings):
    start, _, _ = read(recordings[1:], dtype="int16")
    there = np.roll(start, 50, axis=-1)
    assert digests(start) == digests(there)
    other = start.copy()
    other[0, 3] += 1
    assert digests(other) != digests(start)
    stereo, _, _ = read(recordings[1:], dtype="int16", channels=2)
    moved = np.roll(stereo, 50, axis=-1)
    assert digests(stereo) == digests(moved) != digests(stereo[:, ::-1])
    assert len(digests(np.zeros((2, 5), "int16"))) == 2
    embeddings = np.zeros((2, 10, 128), "uint8")
    embeddings[1, 9, 127] = 1
    assert len(set(digests(embeddings))) == 2


def test_the_fingerprint_sees_sound_order_and_classes(recordings):
    sounds = digests(read(recordings, dtype="int16")[0])
    known = fingerprint(sounds, [0, 1])
    assert known == fingerprint(list(sounds), np.array([0, 1], "int32"))
    assert len({known, fingerprint(sounds[::-1], [0, 1]), fingerprint(sounds, [1, 0])}) == 3


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "PCM_U8"])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_quick_way_gives_what_libsndfile_gives(subtype, channels, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    sound = rng.uniform(-1, 1, (channels, 300)).astype("float32")
    path = str(tmp_path / "noise.wav")
    hearingai.write_audio(path, sound, RATE, subtype=subtype)
    found = read([path])[0]
    assert (read_pcm(path) is not None) == (subtype == "PCM_16" and channels == 1)
    monkeypatch.setattr("hearingai.clips.decoding.read_pcm", lambda path: None)
    np.testing.assert_array_equal(found, read([path])[0])


def test_the_quick_way_leaves_what_is_not_whole_to_the_other(recordings, tmp_path):
    whole = Path(recordings[0]).read_bytes()
    for name, content in {
        "cut.wav": whole[:-100],
        "head.wav": whole[:30],
        "empty.wav": b"",
        "text.wav": b"not a recording" * 9,
    }.items():
        (tmp_path / name).write_bytes(content)
        assert read_pcm(tmp_path / name) is None
        assert len(read([str(tmp_path / name)])[2]) == 1
    (tmp_path / "ramp.mp3").write_bytes(whole)  # by its name no wav
    assert read_pcm(tmp_path / "ramp.mp3") is None
    (tmp_path / "more.wav").write_bytes(whole + b"LIST\x04\x00\x00\x00info")
    assert read_pcm(tmp_path / "more.wav") is None
    assert list(read([str(tmp_path / "more.wav")])[1]) == [0]
    assert read_pcm(tmp_path / "none.wav") is None


def test_damaged_wavs_cost_themselves_alone(recordings, tmp_path):
    whole = Path(recordings[0]).read_bytes()
    damaged = [whole[:-201]]
    damaged += [whole[:16] + bytes([3, 10, 0, 0]) + whole[20:]]  # a chunk that ends nowhere
    files = [str(tmp_path / f"{i}.WAV") for i in range(len(damaged))]
    for name, content in zip(files, damaged, strict=True):
        Path(name).write_bytes(content)
    for name in files:
        _, good, errors = read([recordings[0], name, recordings[1]])
        assert list(good) == [0, 2]
        assert list(errors["fname"]) == [name]
