"""Sounds fitted to a rate, a length and a number of channels."""

import numpy as np
import pytest
from scipy.signal import resample_poly

import hearingai
from hearingai.audio.fitting import fit_channels, fit_length
from hearingai.audio.reading import read_audio
from hearingai.audio.resampling import resample
from hearingai.audio.writing import write_audio
from hearingai.errors import HearingAIError
from sounds import tone


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
        ((np.zeros(5), 0, 16000), "`from_rate` must be a positive number. Received: 0"),
        ((np.zeros(5), 16000, "x"), "`to_rate` must be a positive number. Received: 'x'"),
        ((0.5, 8000, 16000), r"`waveform` must have shape .* Received: \(\)"),
        ((np.array([0, 9000]), 8000, 16000), "must be float in -1...1, or int16. Received: int64"),
    ],
)
def test_arguments_of_resampling_are_checked(arguments, message):
    with pytest.raises(HearingAIError, match=message):
        resample(*arguments)


def test_resampling_removes_what_the_new_rate_cannot_hold():
    assert np.abs(resample(tone(44100, 1, 12000), 44100, 16000)[500:-500]).max() < 1e-3


def test_fit_length():
    assert fit_length([1.0, 2.0], 4).tolist() == [1, 2, 0, 0]
    assert fit_length([1.0, 2.0, 3.0], 2).tolist() == [1, 2]
    assert fit_length([0.0, 1.0, 3.0, 1.0, 0.0], 3, crop="loudest").tolist() == [1, 3, 1]
    assert fit_length([1.0, 2.0], 4, crop="loudest").tolist() == [1, 2, 0, 0]
    both = [[0.0, 0.0, 5.0], [1.0, 0.0, 0.0]]
    assert fit_length(both, 2, crop="loudest").tolist() == [[0, 5], [0, 0]]
    assert fit_length(both, 4).shape == (2, 4)
    assert fit_length([], 2).tolist() == [0, 0]
    with pytest.raises(HearingAIError, match="`samples` must be a positive whole number"):
        fit_length([1.0], 0)
    with pytest.raises(HearingAIError, match=r"`waveform` must have shape \(..., samples\)"):
        fit_length(0.5, 3)


def test_a_longer_sound_is_cropped_where_asked():
    assert fit_length([1.0, 2.0, 3.0, 4.0], 3, crop="end").tolist() == [2, 3, 4]
    found = {tuple(fit_length([1.0, 2.0, 3.0, 4.0], 3, crop="random", seed=s)) for s in range(20)}
    assert found == {(1, 2, 3), (2, 3, 4)}
    both = fit_length([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]], 2, crop="random", seed=2)
    assert (both[1] - both[0]).tolist() == [4, 4]
    for crop in ("start", "end", "loudest", "random"):
        assert fit_length([1.0, 2.0, 3.0], 3, crop=crop).tolist() == [1, 2, 3]


def test_a_shorter_sound_sits_where_asked():
    assert fit_length([1.0, 2.0], 4, place="end").tolist() == [0, 0, 1, 2]
    found = {tuple(fit_length([1.0, 2.0], 4, place="random", seed=s)) for s in range(40)}
    assert found == {(1, 2, 0, 0), (0, 1, 2, 0), (0, 0, 1, 2)}
    both = fit_length([[1.0, 2.0], [3.0, 4.0]], 4, place="random", seed=1)
    assert both.dtype == np.float32
    assert np.argmax(both[0] == 1) == np.argmax(both[1] == 3)


def test_a_shorter_sound_is_repeated():
    assert fit_length([1.0, 2.0, 3.0], 8, pad="loop").tolist() == [1, 2, 3, 1, 2, 3, 1, 2]
    assert fit_length([1.0, 2.0, 3.0], 8, pad="loop", place="end").tolist() == [
        2,
        3,
        1,
        2,
        3,
        1,
        2,
        3,
    ]
    assert fit_length([[1.0], [2.0]], 3, pad="loop").tolist() == [[1, 1, 1], [2, 2, 2]]
    assert fit_length([], 2, pad="loop").tolist() == [0, 0]
    assert fit_length([1.0, 2.0, 3.0], 2, pad="loop").tolist() == [1, 2]


@pytest.mark.parametrize("choice", [{"crop": "random"}, {"place": "random"}])
def test_a_seed_decides_what_is_drawn(choice):
    sound = np.arange(1, 1001) / 1001
    samples = 400 if "crop" in choice else 4000

    def first(seed):
        fitted = fit_length(sound, samples, seed=seed, **choice)
        return int(np.argmax(fitted > 0)) + round(1001 * float(fitted[0]))

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
        ({"seed": 0.5}, "`seed` must be a whole number from 0 to 2147483647. Received: 0.5"),
        ({"seed": [1, -1]}, "`seed` must be a whole number from 0. Received: -1"),
        ({"seed": []}, r"`seed` must be a whole number from 0 to 2147483647. Received: \[\]"),
        ({"seed": -1}, "`seed` must be a whole number from 0 to 2147483647. Received: -1"),
    ],
)
def test_arguments_of_fitting_are_checked(arguments, message):
    with pytest.raises(HearingAIError, match=message):
        fit_length([1.0], 2, **arguments)


def test_fit_channels():
    assert fit_channels([1.0, 2.0], 1).tolist() == [1, 2]
    assert fit_channels([1.0, 2.0], 2).tolist() == [[1, 2], [1, 2]]
    assert fit_channels([[1.0, 2.0]], 1).tolist() == [1, 2]
    assert fit_channels([[1.0, 2.0]], 2).tolist() == [[1, 2], [1, 2]]
    assert fit_channels([[1.0, 2.0], [3.0, 6.0]], 1).tolist() == [2, 4]
    assert fit_channels([[1.0, 2.0], [3.0, 6.0]], 2).tolist() == [[1, 2], [3, 6]]
    assert fit_channels([[1.0, 2.0], [3.0, 6.0]], 3).tolist() == [[2, 4]] * 3
    assert fit_channels([[1.0, 2.0], [3.0, 6.0], [2.0, 4.0]], 2).tolist() == [[2, 4]] * 2
    assert fit_channels([1.0, 2.0], 2).dtype == np.float32
    with pytest.raises(HearingAIError, match="`channels` must be a positive whole number"):
        fit_channels([1.0], 0)
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


def test_channels_that_cancel_each_other_are_named(tmp_path, recwarn):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 8000)
    hearingai.write_audio(tmp_path / "a.wav", np.stack([sound, sound]), 8000)
    hearingai.write_audio(tmp_path / "b.wav", np.zeros((2, 8000)), 8000)
    hearingai.write_audio(tmp_path / "c.wav", np.stack([sound, -sound]), 8000)
    for name in "ab":
        hearingai.read_audio(tmp_path / f"{name}.wav")
    hearingai.read_audio(tmp_path / "c.wav", mono=False)
    assert not recwarn
    with pytest.warns(hearingai.HearingAIWarning, match=r"c\.wav has channels that cancel"):
        hearingai.read_audio(tmp_path / "c.wav")


def test_what_does_not_fit_into_memory_is_named():
    with pytest.raises(hearingai.HearingAIError, match="`channels` must be .* at most 1024"):
        hearingai.fit_channels(np.zeros(8), 2**31 - 1)
    with pytest.raises(hearingai.HearingAIError, match="`to_rate`: .* do not fit into memory"):
        hearingai.resample(np.zeros(2**24), 1, 10_000_000)
