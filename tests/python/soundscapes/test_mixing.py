"""Clips lie where the truth says, as loud as the ratio says, whatever the length."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import AudioFileError, HearingAIError, HearingAIWarning
from hearingai.soundscapes import _background as looping
from hearingai.soundscapes import mixing

RATE = 8000


@pytest.fixture
def noise(tmp_path):
    """Two recordings of noise, three and four seconds, the second four times as loud."""
    rng = np.random.default_rng(1)
    paths = []
    for i, seconds in enumerate((3, 4)):
        paths.append(str(tmp_path / f"noise {i}.wav"))
        sound = 0.01 * 4**i * rng.standard_normal(seconds * RATE)
        hearingai.write_audio(paths[-1], sound, RATE, subtype="FLOAT")
    return paths


@pytest.fixture
def clips(tmp_path):
    """Two clips: a tone of 0.3 s in a second of silence, and one of 0.5 s that fills its file."""
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    first = np.zeros(RATE)
    first[1600:4000] = tone[:2400]
    paths = [str(tmp_path / name) for name in ("ein.wav", "zwölf.wav")]
    for path, sound in zip(paths, (first, tone[:4000]), strict=True):
        hearingai.write_audio(path, sound, RATE, subtype="FLOAT")
    return hearingai.clip_table(paths, ["one", "twelve"])


def lay(noise, clips, tmp_path, name="long.wav", **options):
    options = {"sample_rate": RATE, "subtype": "FLOAT", "seed": 1} | options
    truth = hearingai.lay_clips(noise, clips, tmp_path / name, **options)
    return truth, hearingai.read_audio(tmp_path / name)[0]


def power(x):
    return float(np.square(x, dtype="float64").mean())


def test_clips_lie_at_their_times_at_their_ratio(noise, clips, tmp_path):
    truth, sound = lay(noise[0], clips, tmp_path, times=[1.0, 0.25], snr_db=6.0)
    assert list(truth) == ["fname", "start", "end", "label", "snr_db", "gain_db", "clip", "at"]
    assert truth["label"].tolist() == ["twelve", "one"]  # in the order of time
    assert truth["at"].tolist() == [0.25, 1.0]
    assert truth[["start", "end"]].to_numpy().tolist() == [[0.25, 0.75], [1.2, 1.5]]
    assert truth["fname"].tolist() == [str(tmp_path / "long.wav")] * 2
    ground = hearingai.read_audio(noise[0])[0]
    assert len(sound) == len(ground)
    laid = sound - ground
    for row in truth.itertuples():
        a, b = round(row.start * RATE), round(row.end * RATE)
        ratio = 10 * np.log10(power(laid[a:b]) / power(ground[a:b]))
        assert ratio == pytest.approx(6.0, abs=1e-3)
        laid[a:b] = 0
    np.testing.assert_array_equal(laid, 0)  # nothing anywhere else


def test_silence_around_a_word_changes_no_ratio():
    rng = np.random.default_rng(0)
    word, noise = rng.standard_normal(1600), 0.1 * rng.standard_normal(16000)
    inside = np.zeros(16000)
    inside[3200:4800] = word
    assert mixing.active_span(inside, 16000)[:2] == (3200, 4800)
    alone = mixing.snr_gain(word, noise[3200:4800], 16000, 3)
    assert mixing.snr_gain(inside, noise, 16000, 3) == pytest.approx(alone)
    ratio = power(alone * word) / power(noise[3200:4800])
    assert 10 * np.log10(ratio) == pytest.approx(3)


def test_frames_that_are_20_db_softer_are_not_active():
    loud, soft = np.ones(320), np.full(320, 10 ** (-21 / 20))
    sound = np.concatenate([soft, loud, soft, loud, soft])
    assert mixing.active_span(sound, 16000) == (320, 1280, 1.0)
    softer = np.concatenate([soft, np.full(320, 10 ** (-19 / 20)), loud])
    assert mixing.active_span(softer, 16000)[:2] == (320, 960)
    assert mixing.active_span([], 16000) == (0, 0, 0.0)
    assert mixing.active_span(np.ones(5), 16000) == (0, 5, 1.0)  # less than a frame
    # the rest after the last whole frame counts by its own length
    assert mixing.active_span(np.ones(350), 16000) == (0, 350, 1.0)


def test_what_is_drawn_lies_one_in_each_stretch(noise, clips, tmp_path):
    truth, sound = lay(noise, clips, tmp_path, every=1.5, duration=15, snr_db=[0.0, 20.0])
    assert len(truth) == 10
    assert len(sound) == 15 * RATE
    assert truth["label"].value_counts().tolist() == [5, 5]
    lengths = truth["label"].map({"one": 1.0, "twelve": 0.5})
    stretch = truth["at"] // 1.5
    assert stretch.tolist() == list(range(10))
    assert ((truth["at"] + lengths) <= 1.5 * (stretch + 1) + 1e-3).all()
    assert set(truth["snr_db"]) == {0.0, 20.0}
    again, same = lay(noise, clips, tmp_path, "b.wav", every=1.5, duration=15, snr_db=[0.0, 20.0])
    np.testing.assert_array_equal(sound, same)
    other, _ = lay(noise, clips, tmp_path, "c.wav", every=1.5, duration=15, seed=2)
    assert (other["at"] != again["at"]).all()


def test_what_is_written_at_a_time_changes_nothing(noise, clips, tmp_path, monkeypatch):
    truth, sound = lay(noise, clips, tmp_path, duration=20, every=1)
    monkeypatch.setattr(mixing, "_BLOCK", 777)
    monkeypatch.setattr(looping, "_PIECE_S", 0.1)
    again, small = lay(noise, clips, tmp_path, "b.wav", duration=20, every=1)
    np.testing.assert_allclose(sound, small, atol=1e-7)
    pd.testing.assert_frame_equal(truth.drop(columns="fname"), again.drop(columns="fname"))


def test_clips_may_overlap(noise, clips, tmp_path):
    together, sound = lay(noise[0], clips, tmp_path, times=[0.5, 0.8])
    ground = hearingai.read_audio(noise[0])[0]
    alone = [
        lay(noise[0], clips[i : i + 1], tmp_path, f"{i}.wav", times=[t])[1] - ground
        for i, t in enumerate((0.5, 0.8))
    ]
    np.testing.assert_allclose(sound - ground, sum(alone), atol=1e-6)
    assert together["at"].tolist() == [0.5, 0.8]


def test_so_many_clips_may_sound_at_once(noise, clips, tmp_path):
    given = {"every": 1.2, "duration": 12, "snr_db": [-10.0, 0.0]}
    truth, sound = lay(noise, clips, tmp_path, polyphony=3, **given)
    assert len(truth) == 30
    assert truth["label"].value_counts().to_dict() == {"one": 15, "twelve": 15}
    assert (truth["at"] // 1.2).value_counts().tolist() == [3] * 10
    assert truth["at"].is_monotonic_increasing
    ends = truth["at"] + truth["label"].map({"one": 1.0, "twelve": 0.5})
    together = [((truth["at"] <= t) & (t < ends)).sum() for t in truth["at"]]
    assert max(together) == 3  # and never more
    again, same = lay(noise, clips, tmp_path, "b.wav", polyphony=3, **given)
    np.testing.assert_array_equal(sound, same)
    pd.testing.assert_frame_equal(truth.drop(columns="fname"), again.drop(columns="fname"))


def test_one_clip_at_a_time_is_drawn_as_ever(noise, clips, tmp_path):
    truth, _ = lay(noise, clips, tmp_path, every=1.2, duration=12)
    rng = np.random.default_rng(1)
    chosen = np.concatenate([rng.permutation(2) for _ in range(5)])
    starts = 1.2 * np.arange(10) + rng.random(10) * (1.2 - np.array([1.0, 0.5])[chosen])
    np.testing.assert_array_equal(truth["at"], np.round(starts * RATE) / RATE)
    assert truth["clip"].tolist() == clips["fname"][chosen].tolist()


def test_backgrounds_follow_each_other_and_begin_anew(noise, tmp_path):
    parts = [(name, 0.0, None) for name in noise]
    fade = RATE // 2
    once, joined = looping.looped(parts, RATE)
    assert once == 7 * RATE - fade
    assert len(np.concatenate([*joined])) == once
    sound = np.concatenate([*looping.looped(parts, RATE, once + RATE)[1]])
    assert len(sound) == 2 * once - fade
    first, second = (hearingai.read_audio(name)[0] for name in noise)
    np.testing.assert_array_equal(sound[: 3 * RATE - fade], first[:-fade])
    np.testing.assert_array_equal(sound[3 * RATE : once - fade], second[fade:-fade])
    np.testing.assert_array_equal(sound[once : once + RATE], first[fade : fade + RATE])
    up = np.sin(np.pi / 2 * (np.arange(fade) + 0.5) / fade)
    joint = first[-fade:] * up[::-1] + second[:fade] * up
    np.testing.assert_allclose(sound[3 * RATE - fade : 3 * RATE], joint, atol=1e-6)


def test_a_background_is_brought_to_a_level(noise, clips, tmp_path):
    for name in noise:
        _, pieces = looping.looped([(name, 0.0, None)], RATE, level_db=-40)
        assert 10 * np.log10(power(np.concatenate([*pieces]))) == pytest.approx(-40)


def test_backgrounds_of_other_rates_and_parts(noise, clips, tmp_path):
    half = pd.DataFrame({"fname": noise, "start": [1.0, 2.0], "end": [3.0, 4.0]})
    truth, sound = lay(half, clips, tmp_path, sample_rate=16000, every=1)
    assert hearingai.audio_info(tmp_path / "long.wav")["sample_rate"] == 16000
    assert len(sound) == 4 * 16000 - 8000
    whole = hearingai.resample(hearingai.read_audio(noise[0], start=1.0)[0], RATE, 16000)
    once, pieces = looping.looped([(noise[0], 1.0, 2.0)], 16000)
    np.testing.assert_allclose(np.concatenate([*pieces]), whole, atol=1e-6)
    assert once == 32000
    assert truth["end"].max() <= 3.5


def test_over_digital_silence_a_clip_keeps_its_level(clips, tmp_path):
    hearingai.write_audio(tmp_path / "none.wav", np.zeros(3 * RATE), RATE)
    truth, sound = lay(tmp_path / "none.wav", clips[:1], tmp_path, times=[1.0])
    assert truth["snr_db"].tolist() == [np.inf]
    assert truth["gain_db"].tolist() == [0.0]
    assert np.abs(sound).max() == pytest.approx(0.3, abs=1e-3)


def test_too_loud_a_sum_is_told(noise, clips, tmp_path):
    with pytest.warns(HearingAIWarning, match="2 of 2 clips exceed full scale"):
        _, sound = lay(noise[:1], clips, tmp_path, times=[0, 1], snr_db=60)
    assert np.abs(sound).max() == 1


def test_nothing_is_overwritten_or_left_half_written(noise, clips, tmp_path):
    out = tmp_path / "long.wav"
    lay(noise, clips, tmp_path)
    before = out.read_bytes()
    with pytest.raises(HearingAIError, match="exists; `overwrite=True`"):
        lay(noise, clips, tmp_path)
    hearingai.write_audio(tmp_path / "silent.wav", np.zeros(800), RATE)
    silent = hearingai.clip_table([clips["fname"][0], tmp_path / "silent.wav"], ["a", "b"])
    with pytest.raises(HearingAIError, match="contains a silent clip: .*silent.wav"):
        lay(noise, silent, tmp_path, every=2, overwrite=True)
    assert out.read_bytes() == before
    assert not list(tmp_path.glob(".part-*"))
    lay(noise, clips, tmp_path, seed=2, overwrite=True)
    assert out.read_bytes() != before


def test_no_recording_is_replaced_by_its_mixture(noise, clips, tmp_path):
    for source in (noise[0], clips["fname"][0]):
        given = {"background": noise, "clips": clips, "sample_rate": RATE, "overwrite": True}
        before = Path(source).read_bytes()
        (tmp_path / "link.wav").unlink(missing_ok=True)
        (tmp_path / "link.wav").symlink_to(source)
        for path in (source, tmp_path / "link.wav"):
            with pytest.raises(HearingAIError, match="is one of the recordings that are mixed"):
                hearingai.lay_clips(path=path, **given)
        assert Path(source).read_bytes() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"times": [1.0]}, "`times` must hold .* each of the 2 clips"),
        ({"times": [1.0, 2.0, 3.0]}, "`times` must hold .* Received: 3 of them"),
        ({"times": [1.0, np.nan]}, "`times` must hold a finite number.* nan among them"),
        ({"times": [-1.0, 0.0]}, "`times` must be 0 or more"),
        ({"times": [1.7e18, 0.0]}, "`times` must place each clip within the 6.5 s"),
        ({"snr_db": 800}, "`snr_db` must be a number from -200 to 200"),
        ({"level_db": 7000}, "`level_db` must be a number from -200 to 200"),
        ({"duration": 1e12}, "`duration` must be a positive number .*31622400"),
        ({"times": [6.0, 0.0]}, "`times` must place each clip within the 6.5 s. Received 6 for"),
        ({"every": 0.9}, "`every` must be at least as long .*ein.wav lasts 1 s"),
        ({"polyphony": 0}, "`polyphony` must be a positive whole number"),
        ({"every": 10}, "`every` must fit into the 6.5 s"),
        ({"snr_db": []}, "`snr_db` must be a number, or a list"),
        ({"snr_db": "loud"}, "`snr_db` must be a number from -200 to 200. Received: 'loud'"),
        ({"snr_db": [1, float("nan")]}, "`snr_db` must be a number"),
        ({"duration": 0}, "`duration` must be a positive number"),
        ({"level_db": "low"}, "`level_db` must be a number"),
        ({"sample_rate": 0}, "`sample_rate` must be a positive whole number"),
        ({"seed": -1}, "`seed` must be a whole number"),
        ({"subtype": "MP3"}, "`subtype` must be one of .*'PCM_16'"),
        ({"background": 5}, "`background` must be a recording, a list"),
        ({"background": [0.1] * 100000}, r"`background` must be .*0.1, \.\.\.\]$"),
        ({"background": pd.DataFrame({"file": ["a"]})}, "`background` must name recordings"),
        ({"background": []}, "`background` must name recordings"),
        ({"background": "nowhere.wav"}, "nowhere.wav: does not exist"),
        ({"path": "nowhere/long.wav"}, "its folder does not exist"),
        ({"path": "long.txt"}, "`path` must end in a format's name"),
        ({"clips": "clips.csv"}, "`clips` must be a table"),
    ],
)
def test_unfit_arguments_are_named(options, message, noise, clips, tmp_path):
    given = {"background": noise, "clips": clips, "path": tmp_path / "x.wav", "sample_rate": RATE}
    with pytest.raises(HearingAIError, match=message):
        hearingai.lay_clips(**given | options)
    assert not (tmp_path / "x.wav").exists()


def test_backgrounds_that_do_not_serve_are_named(noise, clips, tmp_path):
    hearingai.write_audio(tmp_path / "short.wav", np.full(RATE, 0.1), RATE)
    with pytest.raises(AudioFileError, match="short.wav: is too short for a background: 1 s"):
        lay(tmp_path / "short.wav", clips, tmp_path)
    hearingai.write_audio(tmp_path / "none.wav", np.zeros(3 * RATE), RATE)
    with pytest.raises(AudioFileError, match="none.wav: is silent"):
        lay(tmp_path / "none.wav", clips, tmp_path, level_db=-40)


def test_what_is_laid_can_be_measured(noise, clips, tmp_path):
    truth, _ = lay(noise, clips, tmp_path, every=2, duration=20)
    result = hearingai.detection_metrics(truth.assign(score=1.0), truth, duration=20)
    assert result.summary["f1"].item() == 1
