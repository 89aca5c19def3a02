"""Rooms against the formulas of room acoustics, and what a response does to a clip."""

import pickle

import keras
import numpy as np
import pytest

import hearingai
from hearingai.augment.shoebox import EARLY_S, SPEED, draw_rooms, shoebox

RATE = 16000
ROOM = np.array([6.0, 5.0, 3.0])
SOURCE, MICROPHONE = np.array([1.0, 1.5, 1.2]), np.array([4.0, 3.5, 1.7])


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def made(rt60=0.4, seed=0, rate=RATE, source=SOURCE):
    return shoebox(ROOM, source, MICROPHONE, rt60, rate, np.random.default_rng(seed))


def decay_time(response, rate=RATE):
    """The reverberation time by Schroeder's integration, from -5 to -25 dB."""
    energy = np.cumsum(response[::-1] ** 2)[::-1]
    db = 10 * np.log10(energy / energy[0] + 1e-30)
    at = np.flatnonzero((db < -5) & (db > -25))
    return -60 / np.polyfit(at / rate, db[at], 1)[0]


def test_the_direct_sound_comes_first_and_the_first_reflections_where_mirrors_put_them():
    response = made()
    direct = np.linalg.norm(SOURCE - MICROPHONE)
    assert response[0] == 1
    volume, walls = ROOM.prod(), 2 * (6 * 5 + 6 * 3 + 5 * 3)
    absorbed = 1 - np.exp(-0.161 * volume / (walls * 0.4))  # Eyring
    mirrors = [SOURCE * np.where(np.arange(3) == i, -1, 1) for i in range(3)]
    mirrors += [m + 2 * ROOM * (m < 0) for m in mirrors]
    places = {}
    for mirror in mirrors:
        way = np.linalg.norm(mirror - MICROPHONE)
        at = round((way - direct) / SPEED * RATE)
        places[at] = places.get(at, 0) - np.sqrt(1 - absorbed) * direct / way
    first = min(places)
    assert not response[1:first].any()
    assert response[first] == pytest.approx(places[first])


@pytest.mark.parametrize(("rt60", "within"), [(0.2, 0.15), (0.5, 0.05), (1.2, 0.05)])
def test_the_sound_decays_in_the_time_that_is_asked_for(rt60, within):
    times = [decay_time(made(rt60, seed)) for seed in range(4)]
    assert np.mean(times) == pytest.approx(rt60, rel=within)


def test_reflections_have_the_power_of_a_diffuse_field():
    """Direct and reverberant power are equal at the critical distance (Sabine)."""
    rng = np.random.default_rng(1)
    ratios = []
    for _ in range(60):
        source, microphone = rng.uniform(0.5, ROOM - 0.5), rng.uniform(0.5, ROOM - 0.5)
        power = shoebox(ROOM, source, microphone, 0.8, RATE, rng) ** 2
        critical2 = 0.161 * ROOM.prod() / 0.8 / (16 * np.pi)
        ratios.append(power[1:].sum() / (np.sum((source - microphone) ** 2) / critical2))
    assert 10 * np.log10(np.mean(ratios)) == pytest.approx(0, abs=1)


def test_early_and_late_reflections_meet_at_one_level():
    early, window = round(EARLY_S * RATE), 160
    powers = np.mean([made(1.0, seed) ** 2 for seed in range(8)], axis=0)
    before = powers[early - 2 * window : early].mean()
    after = powers[early : early + 2 * window].mean()
    assert abs(10 * np.log10(before / after)) < 3


def test_the_responses_of_a_bank_are_within_its_limits():
    bank = draw_rooms(12, (0.2, 0.3), (1, 1.5), RATE, np.random.default_rng(0))
    assert bank.shape == (12, 4800)
    assert (bank[:, 0] == 1).all()
    times = [decay_time(row) for row in bank]
    assert 0.17 < min(times) < max(times) < 0.33


def test_a_response_is_convolved_with_the_direct_sound_in_place():
    rng = np.random.default_rng(2)
    x, response = rng.normal(size=(2, 3, 200)), rng.normal(size=(2, 31)) / 10
    response[0, 4], response[1, 20] = 1, -1
    wet = array(hearingai.RoomResponse().apply(x, response=response))
    for i, lead in enumerate((4, 20)):
        wanted = np.stack([np.convolve(row, response[i])[lead : lead + 200] for row in x[i]])
        wanted *= np.sqrt(np.mean(x[i] ** 2) / np.mean(wanted**2))
        np.testing.assert_allclose(wet[i], wanted, atol=1e-5)
    np.testing.assert_array_equal(hearingai.RoomResponse().apply(0 * x, response=response), 0 * x)


def test_rooms_come_from_the_seed_alone():
    def bank(**options):
        layer = hearingai.RoomResponse(rooms=5, sample_rate=RATE, **options)
        return array(layer.draw((4, 100))["response"]), array(layer._bank)

    np.testing.assert_array_equal(bank(seed=3)[1], bank(seed=3)[1])
    assert not np.array_equal(bank(seed=3)[1], bank(seed=4)[1])
    np.testing.assert_array_equal(bank()[1], bank()[1])
    drawn, rooms = bank(seed=3)
    assert all(any(np.array_equal(row, room) for room in rooms) for row in drawn)


def test_responses_come_from_files_folders_and_arrays(tmp_path):
    rng = np.random.default_rng(0)
    responses = 0.5 * np.exp(-np.arange(800) / 100) * rng.normal(size=(3, 800))
    for i, response in enumerate(responses):
        hearingai.write_audio(tmp_path / f"{i}.wav", response / 4, 8000, subtype="FLOAT")

    def held(given, **options):
        return hearingai.RoomResponse(given, **options).get_config()["responses"]

    folder = held(tmp_path, sample_rate=8000)
    assert len(folder) == 3
    for found, own in zip(folder, responses, strict=True):
        loud = np.flatnonzero(np.abs(own) > np.abs(own).max() / 1000)
        np.testing.assert_allclose(found, own[: loud[-1] + 1][loud[0] :] / 4, atol=1e-6)
    assert len(held(responses)) == 3
    assert len(held([tmp_path / "0.wav", responses[1]], sample_rate=8000)) == 2
    assert len(held(tmp_path / "0.wav", sample_rate=16000)[0]) > 1.5 * len(folder[0])
    assert len(held((responses[:2], 8000), sample_rate=8000)) == 2
    with pytest.raises(hearingai.HearingAIError, match="no recordings in the folder"):
        (tmp_path / "empty").mkdir()
        held(tmp_path / "empty", sample_rate=8000)
    with pytest.raises(hearingai.HearingAIError, match="samples first"):
        held(responses.T)
    with pytest.raises(hearingai.HearingAIError, match="4194304 samples at most"):
        held(np.ones(2**22 + 1, "float32"))


@pytest.mark.parametrize(
    "copied",
    [
        lambda task: pickle.loads(pickle.dumps(task)),
        lambda task: keras.saving.deserialize_keras_object(
            keras.saving.serialize_keras_object(task)
        ),
    ],
)
def test_a_copy_has_the_responses(copied):
    layer = hearingai.RoomResponse([[0.1, 1.0, 0.5], [1.0, 0.0, 0.0, 0.2]], probability=1, seed=1)
    twin = copied({"augment": [layer]})["augment"][0]
    assert twin.get_config()["responses"][0].tolist() == layer.get_config()["responses"][0].tolist()
    x = np.random.default_rng(0).normal(size=(6, 40)).astype("float32")
    np.testing.assert_array_equal(twin(x, training=True), layer(x, training=True))
