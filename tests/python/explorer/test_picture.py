"""Columns of the picture are those of the whole sound, however it comes."""

import numpy as np
import pytest

import hearingai
from hearingai.explorer import picture
from hearingai.explorer.picture import Columns, Strip, grouped, power_bytes
from sounds import noise, tone


def columns_of(sound, rate, own=16000, size=10**9, at_once=1024):
    """All columns of a sound that comes in blocks."""
    columns, found = Columns(rate, own, at_once), []
    for first in range(0, len(sound), size):
        found += columns.feed(sound[first : first + size, None])
    found += columns.feed(np.zeros((0, 1), "float32"), last=True)
    return [np.concatenate(parts) for parts in zip(*found, strict=True)]


@pytest.mark.parametrize(("size", "at_once"), [(100, 8), (7919, 1024), (160, 1)])
@pytest.mark.parametrize("rate", [16000, 22050])
def test_blocks_of_any_size_give_the_same_columns(rate, size, at_once):
    sound = noise(rate + 77)
    whole = columns_of(sound, rate)
    for one, other in zip(whole, columns_of(sound, rate, size=size, at_once=at_once), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert len(whole[0]) == 101


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100])
def test_a_column_is_the_spectrogram_around_its_middle(rate):
    sound = noise(rate)
    _, _, power = columns_of(sound, rate, rate)
    layer = hearingai.LogSpectrogram(sample_rate=rate)
    before = (layer.window_size - layer.window_stride) // 2  # silence that the first reaches into
    image = np.asarray(layer(np.pad(sound, (before, 0))[None]))[0, :, :-1, 0]
    expected = np.exp(image).reshape(len(image), 128, -1).mean(axis=2)
    np.testing.assert_allclose(power[: len(expected)], expected, rtol=1e-5)


def test_a_column_holds_the_extremes_of_its_time():
    sound = noise(16000)
    low, high, _ = columns_of(sound, 16000)
    np.testing.assert_array_equal(low, sound.reshape(100, 160).min(axis=1))
    np.testing.assert_array_equal(high, sound.reshape(100, 160).max(axis=1))


@pytest.mark.parametrize("samples", [1, 2, 159, 160, 161])
@pytest.mark.parametrize("rate", [16000, 48000])
def test_the_shortest_sound_is_a_column(samples, rate):
    low, high, power = columns_of(noise(samples), rate)
    assert len(low) == len(high) == len(power) == (2 if (samples, rate) == (161, 16000) else 1)


def test_a_tone_stands_in_its_band():
    _, _, power = columns_of(tone(16000, 1, 1000).astype("float32"), 16000)
    assert (power[5:95].argmax(axis=1) == 1000 // (8000 // 128)).all()


def test_a_long_recording_takes_no_more_room(monkeypatch):
    """Ten minutes in 64 columns are those of the whole, in groups."""
    monkeypatch.setattr(picture, "_MOST", 64)
    sound = np.repeat(noise(6000), 160) * 0.5  # a level a column
    strip = Strip(Columns(16000, 16000))
    for first in range(0, len(sound), 100_000):
        strip.feed(sound[first : first + 100_000, None])
    strip.feed(np.zeros((0, 1), "float32"), last=True)
    start, step, (low, high, power) = strip.view(0, 60, 64)
    assert (start, step) == (0, 1.28)
    assert len(low) == -(-6000 // 128) == 47
    levels = sound[::160]
    np.testing.assert_array_equal(low[:46], levels[: 46 * 128].reshape(46, 128).min(axis=1))
    np.testing.assert_array_equal(high[46], levels[46 * 128 :].max())
    whole = columns_of(sound, 16000)[2]
    np.testing.assert_allclose(
        power[:46], whole[: 46 * 128].reshape(46, 128, 128).mean(axis=1), rtol=1e-3
    )


@pytest.mark.parametrize(
    ("start", "end", "most"), [(0, 1, 10), (0.5, 0.503, 7), (0.99, 5, 3), (3, 4, 2), (0, 1e9, 1)]
)
def test_a_view_is_as_wide_as_it_may_be(start, end, most):
    strip = Strip(Columns(16000, 16000))
    strip.feed(noise(16000)[:, None], last=True)
    first, step, (low, high, power) = strip.view(start, end, most)
    assert 1 <= len(low) == len(high) == len(power) <= most
    assert first <= min(start, 0.99)
    assert first + step * len(low) >= min(end, 1) - 1e-9


def test_the_last_group_may_be_smaller():
    values = np.arange(5.0)
    low, high, power = grouped((values, values, values[:, None]), 2)
    assert low.tolist() == [0, 2, 4]
    assert high.tolist() == [1, 3, 4]
    assert power[:, 0].tolist() == [0.5, 2.5, 4]


def test_bytes_are_even_steps_of_the_logarithm():
    assert power_bytes(np.array([0, 0.01, np.exp(12), 1e9])).tolist() == [0, 0, 255, 255]
    steps = np.diff(power_bytes(np.exp(np.arange(-4, 12))).astype(int))
    assert set(steps.tolist()) <= {15, 16}
