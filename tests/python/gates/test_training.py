"""train_gate(): what it mixes, what it learns, and that the file keeps it."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.audio.resampling import resample
from hearingai.errors import HearingAIError
from hearingai.gates._curve import GateRules
from hearingai.gates._learning import Judged, judge, learn_rules
from hearingai.gates._mixtures import Mixture, active_rms, activity, mixtures, side_of, split_side
from hearingai.gates._settings import gate_settings

RATE = 16000
TIME = np.arange(RATE // 2) / RATE
TONES = [0.5 * np.sin(2 * np.pi * f * TIME) for f in range(400, 1600, 100)]
NOISES = [np.random.default_rng(i).normal(0, 0.1, 4 * RATE) for i in range(6)]


def made(n=6, snr_db=(0, 10), seed=1):
    sides = side_of("wanted", TONES, RATE), side_of("unwanted", NOISES, RATE)
    rng = np.random.default_rng(seed)
    return list(mixtures(*sides, RATE, 4.0, n, snr_db, rng))


def test_mixtures_have_the_ratio_that_is_asked_for():
    found = made()
    assert [m.snr_db for m in found] == [0, 10, 0, 10, 0, 10]
    for mixture in found:
        bed = active_rms(mixture.unwanted, activity(mixture.unwanted, RATE))
        voice = active_rms(mixture.wanted, mixture.active)
        assert 20 * np.log10(bed) == pytest.approx(-30, abs=0.5)
        assert 20 * np.log10(voice / bed) == pytest.approx(mixture.snr_db, abs=0.5)
        assert 0.1 < mixture.active.mean() < 0.9
        assert not mixture.wanted[~mixture.active].any() or (
            np.abs(mixture.wanted[~mixture.active]).max() < 0.1 * np.abs(mixture.wanted).max()
        )
    np.testing.assert_array_equal(made()[3].sound, found[3].sound)


def test_no_group_is_on_both_sides_of_the_split():
    table = pd.DataFrame(
        {"fname": [f"{i}.wav" for i in range(12)], "speaker": list("aabbccddeeff")}
    )
    train, held = split_side(side_of("wanted", table, RATE), 0.25, np.random.default_rng(1))
    assert not set(train.groups) & set(held.groups)
    assert (len(train), len(held)) == (8, 4)
    one = side_of("unwanted", [np.arange(100.0) / 128], RATE)
    before, behind = split_side(one, 0.25, np.random.default_rng(1))
    np.testing.assert_array_equal(128 * before.parts[0], np.arange(75.0))
    np.testing.assert_array_equal(128 * behind.parts[0], np.arange(75.0, 100))


def test_what_is_lost_and_what_leaks_are_shares_of_energy():
    wanted, unwanted = np.zeros(4000), np.full(4000, 0.1)
    wanted[2000:3000] = 1.0
    judged = [Judged(Mixture(wanted, unwanted, wanted > 0, 20.0), 1000)]
    hop = Fraction(1, 1000)
    keys = np.zeros(4000)
    keys[2250:3000] = 1.0  # a quarter too late
    rules = GateRules(0.5, 0.5, -20, attack=0, hold=0, release=0)
    lost, leaked = judge([keys], judged, rules, hop)
    assert lost == pytest.approx(0.25 * 0.9**2, abs=0.003)
    assert leaked == pytest.approx(0.1**2, abs=0.001)


def test_the_threshold_lies_between_what_it_is_to_tell_apart():
    found = made(4)
    classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
    settings = gate_settings(classifier, hop=0.02)
    keys = [np.where(m.active[:: RATE // 50], 0.62, 0.41) for m in found]
    learnt = learn_rules(keys, found, RATE, settings, 4.0, progress=False)
    assert 0.41 < learnt["threshold"] <= 0.62
    assert 0.41 < learnt["low"] <= learnt["threshold"]
    assert learnt["lost"] < 0.02
    assert learnt["leaked"] < 0.2
    assert learnt["target"] == ["wanted"]


@pytest.mark.slow
def test_a_gate_learns_tones_in_noise(tmp_path):
    classifier = hearingai.train_gate(
        TONES, NOISES, n_mixtures=20, epochs=2, snr_db=(5, 15), window=0.1, seed=1, progress=False
    )
    path = hearingai.save_classifier(classifier, tmp_path / "gate.keras")
    opened = hearingai.load_classifier(path)
    assert opened.record["gate"] == classifier.record["gate"]
    assert hearingai.classifier_info(opened)["gate"]["target"] == ["wanted"]
    rng = np.random.default_rng(9)
    wanted = np.zeros(3 * RATE)
    wanted[RATE : RATE + RATE // 2] = 0.1 * np.sin(2 * np.pi * 730 * TIME)
    unwanted = rng.normal(0, 0.03, 3 * RATE)
    gated = hearingai.gate(opened, wanted + unwanted)
    assert gated.settings["threshold"] == opened.record["gate"]["threshold"]
    levels = hearingai.gate_levels(gated, wanted, unwanted).set_index("part")["change_db"]
    assert levels["wanted"] > -1
    assert levels["unwanted in pauses"] < -5
    mixed = (wanted + unwanted).reshape(-1, 1600)  # an ordinary classifier, it predicts as well
    noise, tone = hearingai.predict(opened, mixed[[3, 13]])["prob_wanted"]
    assert tone > noise


@pytest.mark.parametrize(
    ("wanted", "options", "message"),
    [
        ([], {}, "`wanted` holds no recordings"),
        ([np.zeros(0)], {}, "`wanted` must be a folder"),
        ([np.array([np.nan])], {}, "`wanted` must be finite"),
        (pd.DataFrame({"file": ["a.wav"]}), {}, "`wanted` must have a column `fname`"),
        ([np.zeros(9000), np.zeros(9000)], {}, "`wanted` holds only silence"),
        (TONES, {"snr_db": []}, "`snr_db` must be a number"),
        (TONES, {"snr_db": [np.nan]}, "`snr_db` must be a number"),
        (TONES, {"validation": 1}, "`validation` must be a share"),
        (TONES, {"n_mixtures": 0}, "`n_mixtures` must be a positive whole number"),
        (TONES, {"recipe": "audio-gate"}, "`recipe` must be one for sound"),
        ("nothing is read", {"hop": 1}, "`hop` must be at most the window"),
        ("nothing is read", {"range_db": 1}, "`range_db` must be the gain"),
    ],
)
def test_what_cannot_be_learnt_from_is_named(wanted, options, message):
    with pytest.raises(HearingAIError, match=message):
        hearingai.train_gate(wanted, NOISES, progress=False, **options)


def test_sounds_in_memory_may_bring_their_rate():
    stereo = np.stack([TONES[0], np.zeros(RATE // 2)])
    for given in ([(stereo, 8000), TONES[1]], (stereo, 8000)):
        side = side_of("wanted", given, RATE)
        np.testing.assert_allclose(side.parts[0], resample(stereo.mean(axis=0), 8000, RATE))
    with pytest.raises(HearingAIError, match=r"`wanted` must be .* an array of shape \(2, 2, 2\)"):
        side_of("wanted", [np.zeros((2, 2, 2))], RATE)


def test_a_folder_is_searched_however_deep(tmp_path):
    for i, folder in enumerate(("a", "a/b")):
        (tmp_path / folder).mkdir()
        hearingai.write_audio(tmp_path / folder / f"{i}.flac", TONES[i].astype("float32"), RATE)
    (tmp_path / "notes.txt").write_text("no sound")
    side = side_of("wanted", tmp_path, RATE)
    assert [part[0].rsplit("/", 1)[-1] for part in side.parts] == ["0.flac", "1.flac"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        HearingAIError, match="`unwanted`: the folder .*empty contains no recordings"
    ):
        side_of("unwanted", str(tmp_path / "empty"), RATE)
