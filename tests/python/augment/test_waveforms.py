import pickle

import keras
import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import CubicHermiteSpline

import hearingai
from hearingai.recipes.recipe import as_text
from hearingai.training._optimizers import plain_config

FIVE = np.array([[1, 2, 3, 4, 5], [10, 20, 30, 40, 50]], "float32")


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def drawn(layer, shape=(2000, 50)):
    return {name: array(value) for name, value in layer.draw(shape).items()}


@pytest.fixture(scope="module")
def clips(data_dir):
    table = hearingai.speech_commands(data_dir / "speech_commands", words=["yes", "marvin"])
    sound = [hearingai.read_audio(f)[0] for f in table["fname"][:40]]
    return np.stack([hearingai.fit_length(s, 16000) for s in sound])


def test_time_shift_is_circular():
    shifted = array(hearingai.TimeShift().apply(FIVE, share=[0.4, -0.2]))
    np.testing.assert_array_equal(shifted, [[4, 5, 1, 2, 3], [20, 30, 40, 50, 10]])


def test_time_shift_fills_with_silence():
    shifted = array(hearingai.TimeShift(circular=False).apply(FIVE, share=[0.4, -0.2]))
    np.testing.assert_array_equal(shifted, [[0, 0, 1, 2, 3], [20, 30, 40, 50, 0]])


def test_time_shift_moves_all_channels_together():
    stereo = np.stack([FIVE, -FIVE], axis=1)
    for circular in (True, False):
        layer = hearingai.TimeShift(circular=circular)
        left = array(layer.apply(FIVE, share=[0.2, 0.6]))
        shifted = array(layer.apply(stereo, share=[0.2, 0.6]))
        np.testing.assert_array_equal(shifted, np.stack([left, -left], axis=1))


def test_time_shift_draws_both_ways_up_to_the_limit():
    share = drawn(hearingai.TimeShift(limit=0.4, seed=1))["share"]
    assert -0.4 <= share.min() < -0.39
    assert 0.39 < share.max() <= 0.4


def test_gain_is_in_decibels():
    louder = array(hearingai.Gain().apply(FIVE, gain_db=[-20.0, 20 * np.log10(2)]))
    np.testing.assert_allclose(louder, [FIVE[0] / 10, FIVE[1] * 2], rtol=1e-6)
    gain_db = drawn(hearingai.Gain((-12, 0), seed=1))["gain_db"]
    assert -12 <= gain_db.min() < -11.9
    assert -0.1 < gain_db.max() <= 0


def test_noise_is_added_at_its_volume():
    noise = [[1, -1, 1, -1, 1], [1, 1, 1, 1, 1]]
    noisy = array(hearingai.BackgroundNoise().apply(FIVE, noise=noise, volume=[0.5, 2.0]))
    np.testing.assert_allclose(noisy, [[1.5, 1.5, 3.5, 3.5, 5.5], [12, 22, 32, 42, 52]])


def test_noise_reaches_the_ratio_on_real_clips(clips, data_dir):
    files = sorted((data_dir / "speech_commands" / "_background_noise_").glob("*.wav"))
    noise = [hearingai.read_audio(f)[0] for f in files] or None
    layer = hearingai.BackgroundNoise(noise, snr_db=(-5, 20), probability=1, seed=2)
    draw = layer.draw(clips.shape)
    added = array(layer.apply(clips, **draw)).astype("float64") - clips
    snr_db = 10 * np.log10(np.mean(np.float64(clips) ** 2, -1) / np.mean(added**2, -1))
    np.testing.assert_allclose(snr_db, array(draw["snr_db"]), atol=1e-3)
    assert np.ptp(snr_db) > 5


def test_the_ratio_counts_all_channels():
    stereo = np.stack([FIVE, 0 * FIVE], axis=1)
    noise = [[1, -1, 1, -1, 1]] * 2
    added = array(hearingai.BackgroundNoise().apply(stereo, noise=noise, snr_db=[0.0, 0.0]))
    added = added - stereo
    np.testing.assert_allclose(
        np.mean(added**2, axis=(1, 2)), np.mean(stereo**2, axis=(1, 2)), rtol=1e-5
    )


def test_silence_stays_finite():
    layer = hearingai.BackgroundNoise(np.zeros(9, "float32"), probability=1, seed=1)
    np.testing.assert_array_equal(array(layer(FIVE, training=True)), FIVE)
    layer = hearingai.BackgroundNoise(probability=1, seed=1)
    np.testing.assert_array_equal(array(layer(0 * FIVE, training=True)), 0 * FIVE)


def test_a_stretch_lies_inside_one_recording_and_all_places_are_drawn():
    long, short = np.arange(1.0, 9) / 8, np.array([-0.125, -0.25, -0.5])
    layer = hearingai.BackgroundNoise([long, short], seed=1)
    stretches = {tuple(s) for s in drawn(layer, (2000, 5))["noise"].tolist()}
    assert stretches == {tuple(long[i : i + 5]) for i in range(4)} | {
        (-0.125, -0.25, -0.5, -0.125, -0.25),
        (-0.25, -0.5, -0.125, -0.25, -0.5),
        (-0.5, -0.125, -0.25, -0.5, -0.125),
    }


def test_recordings_are_drawn_in_proportion_to_their_lengths():
    layer = hearingai.BackgroundNoise([np.zeros(300), np.ones(100)], seed=1)
    assert drawn(layer, (8000, 2))["noise"].mean() == pytest.approx(0.25, abs=0.02)


def test_without_recordings_the_noise_is_white():
    noise = drawn(hearingai.BackgroundNoise(seed=1), (4, 20000))["noise"]
    assert noise.std() == pytest.approx(1, abs=0.02)
    power = np.mean(np.abs(np.fft.rfft(noise)[:, :10000].reshape(4, 10, 1000)) ** 2, axis=(0, 2))
    np.testing.assert_allclose(power, 20000, rtol=0.1)


@pytest.mark.parametrize(
    "copied",
    [
        lambda task: pickle.loads(pickle.dumps(task)),
        lambda task: keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(task)
        ),
    ],
)
def test_a_copy_has_the_noise(copied):
    noise = [np.arange(9, dtype="float32"), np.ones(30, "float32")]
    layer = hearingai.BackgroundNoise(noise, volume=1, probability=1, seed=1)
    twin = copied({"options": {"augment": [layer]}})["options"]["augment"][0]
    np.testing.assert_array_equal(twin(FIVE, training=True), layer(FIVE, training=True))


def test_other_noise_is_another_experiment():
    noise, other = np.zeros(5000, "float32"), np.zeros(5000, "float32")
    other[2500] = 1
    for told in (
        lambda n: as_text(("background_noise", {"noise": n})),
        lambda n: as_text(("background_noise", {"noise": pd.DataFrame({"fname": map(str, n)})})),
        lambda n: as_text(hearingai.BackgroundNoise(n)),
        lambda n: plain_config(hearingai.BackgroundNoise(n)),
    ):
        assert told(noise) == told(noise.copy()) != told(other)
    assert len(str(plain_config(hearingai.BackgroundNoise(noise)))) < 500


def test_noise_is_read_from_files_at_the_rate_of_the_clips(tmp_path):
    table = pd.DataFrame({"fname": [str(tmp_path / f"{i}.wav") for i in range(2)]})
    for name in table["fname"]:
        hearingai.write_audio(name, np.sin(np.arange(400.0)), 8000)
    wanted = hearingai.read_audio(name, 16000)[0]
    for given, n in ((table, 2), (list(table["fname"]), 2), (tmp_path / "0.wav", 1)):
        noise = hearingai.BackgroundNoise(given, sample_rate=16000).get_config()["noise"]
        np.testing.assert_array_equal(noise, [wanted] * n)
    with pytest.raises(hearingai.HearingAIError, match="needs `sample_rate`"):
        hearingai.BackgroundNoise(table)
    with pytest.raises(hearingai.HearingAIError, match="`noise`"):
        hearingai.BackgroundNoise(table.rename(columns={"fname": "file"}), sample_rate=16000)


def test_speed_two_takes_every_second_sample_and_ends_in_silence():
    faster = array(hearingai.SpeedChange().apply(FIVE, speed=[2.0, 1.0]))
    np.testing.assert_array_equal(faster, [[1, 3, 5, 0, 0], FIVE[1]])


def test_half_speed_keeps_a_line_straight_and_cuts_the_end():
    slower = array(hearingai.SpeedChange().apply(FIVE[:1], speed=[0.5]))
    # Halfway beside the edge the curve leans on the repeated first sample.
    np.testing.assert_allclose(slower, [[1, 1.4375, 2, 2.5, 3]])


def test_speed_equals_a_catmull_rom_spline_on_real_clips(clips):
    speeds = np.linspace(0.9, 1.1, 4).astype("float32")
    changed = array(hearingai.SpeedChange().apply(clips[:4], speed=speeds))
    for clip, speed, after in zip(np.float64(clips[:4]), np.float64(speeds), changed, strict=True):
        ends = np.pad(clip, 1, mode="edge")
        slopes = (ends[2:] - ends[:-2]) / 2
        slopes[-1] = (clip[-1] - clip[-2]) / 2
        at = np.arange(16000) * speed
        wanted = CubicHermiteSpline(np.arange(16000), clip, slopes)(np.minimum(at, 15999))
        sure = at <= 15999
        np.testing.assert_allclose(after[sure], wanted[sure], atol=2e-4)
        assert not after[at >= 16000].any()


def test_speed_moves_the_pitch_and_keeps_its_place_in_long_clips():
    n = np.arange(400000)
    tone = np.sin(2 * np.pi * 0.02 * n)[None].astype("float32")
    changed = array(hearingai.SpeedChange().apply(tone, speed=[0.93]))[0]
    exact = np.sin(2 * np.pi * 0.02 * float(np.float32(0.93)) * n)
    np.testing.assert_allclose(changed[10:], exact[10:], atol=1e-3)


def test_speeds_are_drawn_between_the_limits():
    speed = drawn(hearingai.SpeedChange((0.9, 1.1), seed=1))["speed"]
    assert 0.9 <= speed.min() < 0.901
    assert 1.099 < speed.max() <= 1.1001
