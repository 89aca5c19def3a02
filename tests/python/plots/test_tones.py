"""Pure tones are made as told, and found again."""

import numpy as np
import pytest

from hearingai.audio.tones import find_tones, two_tone
from hearingai.errors import HearingAIError


def test_the_base_case_is_two_sines_of_half_the_range_each():
    tone = two_tone()
    time = np.arange(22050) / 22050
    expected = 0.5 * np.sin(2 * np.pi * 440 * time) + 0.5 * np.sin(2 * np.pi * 2000 * time)
    assert tone.dtype == "float32"
    np.testing.assert_allclose(tone, expected, atol=1e-6)


def test_tones_have_the_amplitudes_given():
    tone = two_tone((100, 300), duration=0.5, sample_rate=1000, amplitudes=(0.6, 0.2))
    levels = np.abs(np.fft.rfft(tone)) / 250  # whole periods: one bin a tone
    assert levels[[50, 150]] == pytest.approx([0.6, 0.2], abs=1e-6)
    assert np.delete(levels, [50, 150]).max() < 1e-6
    assert len(two_tone(50, sample_rate=200)) == 200


@pytest.mark.parametrize("tones", [(440, 2000), (123.4, 131.9, 5000.3), (60, 10_900)])
@pytest.mark.parametrize("duration", [1.0, 2.37])
def test_tones_are_found_within_a_tenth_of_a_bin(tones, duration):
    waveform = two_tone(tones, duration, sample_rate=22050)
    found = find_tones(waveform, 22050, n=len(tones))
    np.testing.assert_allclose(found, tones, atol=0.1 / duration)
    np.testing.assert_array_equal(find_tones(np.stack([waveform, waveform]), 22050, n=9), found)


def test_tones_are_found_in_noise_and_beside_a_louder_one():
    waveform = two_tone((440, 460), 1, sample_rate=22050, amplitudes=(0.9, 0.01))
    np.testing.assert_allclose(find_tones(waveform, 22050), [440, 460], atol=0.5)
    noise = np.random.default_rng(0).normal(0, 0.3, 22050)
    np.testing.assert_allclose(find_tones(two_tone() + noise, 22050), [440, 2000], atol=0.5)


def test_the_strongest_are_found_first_and_no_more_than_there_are():
    waveform = two_tone((500, 1500, 3000), amplitudes=(0.2, 0.5, 0.3))
    np.testing.assert_allclose(find_tones(waveform, 22050, n=1), [1500], atol=0.1)
    np.testing.assert_allclose(find_tones(waveform, 22050), [1500, 3000], atol=0.1)
    assert len(find_tones(waveform, 22050, n=10)) == 3
    assert len(find_tones(np.zeros(1000), 8000)) == 0
    assert len(find_tones(np.full(1000, 0.7), 8000)) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: two_tone((440, 11025)), "`frequencies` must be below .* 11025 Hz"),
        (lambda: two_tone((440, -1)), "`frequencies` must be a positive number"),
        (lambda: two_tone(()), "`frequencies`"),
        (lambda: two_tone(duration=0), "`duration`"),
        (lambda: two_tone(sample_rate="fast"), "`sample_rate`"),
        (lambda: two_tone(amplitudes=(0.9, 0.9)), "`amplitudes` must be 2 numbers.* 1 or less"),
        (lambda: two_tone(amplitudes=(0.9,)), "`amplitudes` must be 2 numbers"),
        (lambda: find_tones("a.wav", 8000), "`waveform` .*Received: str"),
        (lambda: find_tones(np.zeros(15), 8000), "`waveform` must have 16 samples or more"),
        (lambda: find_tones(np.full(99, np.nan), 8000), "`waveform` must be finite"),
        (lambda: find_tones(np.zeros(99), 8000, n=0), "`n` must be a positive whole number"),
    ],
)
def test_unfit_arguments_are_named(call, message):
    with pytest.raises(HearingAIError, match=message):
        call()
