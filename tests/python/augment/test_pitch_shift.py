"""Pitch moves by the semitones that are asked for, and nothing moves in time."""

import keras
import numpy as np
import pytest

import hearingai

RATE = 16000
SEMITONES = (-12.0, -5.0, -0.5, 0.3, 2.0, 7.0, 12.0)


def shifted(x, semitones, rate=RATE):
    layer = hearingai.PitchShift(sample_rate=rate)
    return keras.ops.convert_to_numpy(layer.apply(x, semitones=semitones))


def tone(frequency, samples=RATE, rate=RATE):
    return np.sin(2 * np.pi * frequency * np.arange(samples) / rate).astype("float32")


def level(x):
    return np.sqrt(np.mean(np.square(x), axis=-1))


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_a_chord_moves_as_a_whole_and_keeps_its_level(rate):
    chord = tone(440, rate, rate) + 0.5 * tone(1320, rate, rate)
    moved = shifted(np.stack([chord] * len(SEMITONES)), SEMITONES, rate)
    assert moved.shape == (len(SEMITONES), rate)
    np.testing.assert_allclose(level(moved), level(chord), rtol=0.02)
    power = np.abs(np.fft.rfft(moved * np.hanning(rate))) ** 2  # a bin is a hertz
    for row, semitones in zip(power, SEMITONES, strict=True):
        ratio = 2 ** (semitones / 12)
        assert abs(row.argmax() - 440 * ratio) < 1
        near = [row[round(f * ratio) - 5 : round(f * ratio) + 6].sum() for f in (440, 1320)]
        assert sum(near) > 0.9999 * row.sum()
        assert near[0] / near[1] == pytest.approx(4, rel=0.02)


def test_no_shift_changes_nothing():
    x = np.random.default_rng(0).normal(size=(2, 2, 5001)).astype("float32")
    x = (x[..., 1:] + x[..., :-1]) / 2  # little at the Nyquist frequency
    np.testing.assert_allclose(shifted(x, [0.0, 0.0]), x, atol=1e-3)


def test_what_would_be_above_the_nyquist_frequency_is_left_out():
    moved = shifted(np.stack([tone(3000), tone(6000)]), [7.0, 7.0])
    np.testing.assert_allclose(level(moved) / level(tone(3000)), [1, 0], atol=0.03)


def test_beats_keep_their_place_in_time():
    gate = np.repeat([0, 1, 0, 0, 1, 0, 1, 0], 2000).astype("float32")
    for semitones in (-7.0, 4.0):
        moved = shifted((gate * tone(700))[None], [semitones])[0]
        loud = level(moved.reshape(8, 2000)) > 0.35
        np.testing.assert_array_equal(loud, gate[::2000] > 0)


def test_channels_and_clips_are_their_own():
    stereo = np.stack([[tone(300), tone(500)], [tone(700), 0 * tone(900)]])
    moved = shifted(stereo, [12.0, -12.0])
    found = np.abs(np.fft.rfft(moved)).argmax(axis=-1)
    assert found.tolist() == [[600, 1000], [350, 0]]
    assert not moved[1, 1].any()


def test_a_clip_shorter_than_a_window_keeps_its_length():
    moved = shifted(np.ones((1, 7), "float32"), [3.0])
    assert moved.shape == (1, 7)
    assert np.isfinite(moved).all()
