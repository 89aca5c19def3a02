"""mine_false_alarms(): pulses are as loud as the word, and become `unknown`."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from burst_words import detector, small_network
from fresh import need
from hearingai.annotation.recordings import Part
from hearingai.events.windows import Grid, exact
from hearingai.words._apart import divided
from small_bodies import RATE, WINDOW, energy_body

PLAIN = {"hop": 0.1, "smooth": 0.0, "seed": 1, "progress": False}
SECONDS = 9.0
KIND = {"type": "factor", "levels": ["word", "unknown"]}


def mean_and_energy(waveform, starts):
    parts = [waveform[s : s + WINDOW] for s in starts]
    return np.array([[part.mean(), np.square(part).mean()] for part in parts])


@pytest.fixture(scope="module")
def body():
    return energy_body(name="mean", compute=mean_and_energy, duration=0.1)


def word(level):
    return np.full(WINDOW, level, "float32")


def pulse(level):
    """As loud on average as the word, with more energy."""
    return np.tile(np.array([level - 0.3, level + 0.3], "float32"), WINDOW // 2)


def write(path, pieces, seconds=0.1):
    sound = np.zeros(round(seconds * RATE), "float32")
    for tenth, piece in pieces.items():
        sound[tenth * WINDOW : (tenth + 1) * WINDOW] = piece
    hearingai.write_audio(path, sound, RATE)
    return str(path)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Words and silence, a third of them to test on."""
    folder, rows = tmp_path_factory.mktemp("clips"), []
    for i in range(12):
        split = "test" if i % 3 == 0 else "train"
        level = 0.55 + i / 100
        rows.append((write(folder / f"w{i}.wav", {0: word(level)}), "word", split))
        rows.append((write(folder / f"s{i}.wav", {0: word(0.001 + i / 200)}), "unknown", split))
    return pd.DataFrame(rows, columns=["fname", "class", "split"])


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """Four recordings with ten pulses each."""
    folder = tmp_path_factory.mktemp("hours")
    for i in range(4):
        pulses = {5 + 8 * k: pulse(0.55 + (k + i) / 100) for k in range(10)}
        write(folder / f"{i}.wav", pulses, SECONDS)
    return folder


@pytest.fixture(scope="module")
def mined(body, clips, recordings):
    classifier = detector(body=body)
    classifier.record |= {"thresholds": {"word": 0.6}, "classes": KIND}
    found = hearingai.mine_false_alarms(
        classifier, recordings, clips=clips, rounds=2, penalty=0.01, **PLAIN
    )
    return found, classifier


def test_false_accepts_are_counted_before_and_after_on_recordings_kept_apart(mined):
    found, classifier = mined
    before, after = found.summary.iloc[0], found.summary.iloc[1]
    assert (before["round"], before["n_mined"], before["false_accepts"]) == (0, 0, 20)
    assert before["false_accepts_per_hour"] == pytest.approx(20 * 3600 / (2 * SECONDS))
    assert (after["n_mined"], after["false_accepts"]) == (20, 0)
    assert found.per_label["label"].tolist() == ["word"]
    assert found.per_label[["before", "after"]].to_numpy().tolist() == [[4000.0, 0.0]]
    assert before["accuracy"] == after["accuracy"] == 1.0  # no word is lost
    assert "20 clips mined; 4e+03 false accepts an hour before, 0 after" in repr(found)
    assert classifier.labels == found.classifier.labels == ["word", "unknown"]


def test_what_was_mined_is_told_and_nothing_of_what_is_kept_apart(mined):
    found, _ = mined
    sides = found.recordings.groupby("side")["fname"].agg(set)
    assert len(sides["mined"]) == len(sides["test"]) == 2
    assert not sides["mined"] & sides["test"]
    assert set(found.mined["fname"]) == sides["mined"]
    assert list(found.mined) == ["fname", "start", "end", "class", "label", "score", "round"]
    assert set(found.mined["class"]) == {"unknown"}
    assert set(found.mined["label"]) == {"word"}
    assert found.mined["score"].is_monotonic_decreasing
    starts = sorted(found.mined["start"][found.mined["fname"] == min(sides["mined"])])
    np.testing.assert_allclose(starts, [0.5 + 0.8 * k for k in range(10)], atol=1e-9)
    np.testing.assert_allclose(found.mined["end"] - found.mined["start"], 0.1)


def test_the_new_classifier_tells_and_keeps_what_is_needed(mined):
    found, classifier = mined
    assert found.classifier.record["mined"] == len(found.mined)
    assert found.classifier.record["thresholds"] == {"word": 0.6}
    assert found.classifier.record["classes"] == KIND
    assert found.classifier.record["tuned_from"] == classifier.fingerprint()
    assert found.classifier.body is classifier.body
    assert len(found.summary) == 2  # nothing was left for the second round


def test_only_the_most_alike_are_mined_and_none_twice(body, clips, recordings):
    found = hearingai.mine_false_alarms(
        detector(body=body), recordings, clips=clips, rounds=3, most=4, penalty=1e6, **PLAIN
    )
    assert found.summary["n_mined"].tolist()[:2] == [0, 4]
    assert not found.mined.duplicated(["fname", "start"]).any()
    first = found.mined[found.mined["round"] == 1]
    assert first["score"].min() > 0.9


def test_a_classifier_without_unknown_gets_it(body, clips, recordings):
    classifier = detector(("word", "silence"), body=body)
    own = clips.replace({"class": {"unknown": "silence"}})
    found = hearingai.mine_false_alarms(
        classifier, recordings, clips=own, penalty=0.01, test=0.3, **PLAIN
    )
    assert found.classifier.labels == ["word", "silence", "unknown"]
    assert found.summary["false_accepts"].tolist() == [10, 0]
    assert found.recordings["side"].tolist().count("test") == 1


def test_a_network_is_trained_further(clips, recordings):
    recipe = hearingai.get_recipe("speech-commands-small", network=small_network, duration=0.1)
    classifier = hearingai.create_classifier(recipe, ["word", "unknown"], seed=1)
    before, settings = classifier.fingerprint(), {"epochs": 1, "above": 0.01, **PLAIN}
    found = hearingai.mine_false_alarms(classifier, recordings, clips=clips, **settings)
    assert classifier.fingerprint() == before != found.classifier.fingerprint()
    assert len(found.classifier.record["history"]) == 1
    assert found.classifier.record["tuned_from"] == before
    assert len(found.mined) > 0
    again = hearingai.mine_false_alarms(classifier, recordings, clips=clips, **settings)
    pd.testing.assert_frame_equal(again.mined, found.mined)


def test_where_nothing_is_mined_the_classifier_is_as_it_was(body, clips, recordings):
    classifier = detector(body=body)
    with pytest.warns(hearingai.HearingAIWarning, match=r"nothing in `recordings`.*above=0\.999"):
        found = hearingai.mine_false_alarms(
            classifier, recordings, clips=clips, above=0.999, **PLAIN
        )
    assert found.classifier is not classifier
    assert found.classifier.fingerprint() == classifier.fingerprint()
    assert found.summary["round"].tolist() == [0]


def sides_of(recordings, share=0.5, seed=1):
    grid = Grid(RATE, WINDOW, exact(0.1))
    return divided(recordings, grid, share, seed, partial=False)


def test_recordings_are_divided_whole_and_by_seed(recordings, tmp_path):
    kept = [tuple(part.fname for part in sides_of(recordings, seed=s)["test"]) for s in range(9)]
    assert len(set(map(frozenset, kept))) > 1
    assert kept[3] == tuple(part.fname for part in sides_of(recordings, seed=3)["test"])
    names = sorted(map(str, recordings.glob("*.wav")))
    parts = pd.DataFrame({"fname": names * 2, "start": [0.0] * 4 + [4.0] * 4})
    parts["end"] = parts["start"] + 2
    by_file = sides_of(parts)
    assert not {p.fname for p in by_file["mined"]} & {p.fname for p in by_file["test"]}
    assert len(by_file["mined"]) == len(by_file["test"]) == 4
    by_day = sides_of(parts.assign(recording=["x", "x", "x", "y"] * 2), share=0.2)
    assert {p.fname for p in by_day["test"]} in ({names[3]}, set(names[:3]))


def test_of_a_single_recording_the_end_is_kept_apart(recordings):
    name = str(recordings / "0.wav")
    sides = sides_of(name, share=0.25)
    assert sides == {"mined": [Part(name, 0.0, 6.75)], "test": [Part(name, 6.75, None)]}
    part = pd.DataFrame({"fname": [name], "start": [1.0], "end": [5.0]})
    sides = sides_of(part)
    assert sides == {"mined": [Part(name, 1.0, 2.0)], "test": [Part(name, 3.0, 2.0)]}
    several = pd.DataFrame({"fname": [name] * 2, "start": [0.0, 5.0], "end": [4.0, 9.0]})
    assert {side: len(parts) for side, parts in sides_of(several).items()} == {
        "mined": 1,
        "test": 1,
    }


def test_what_cannot_be_read_is_mined_and_reported_and_takes_no_place_of_what_can(
    recordings, tmp_path
):
    broken = [str(tmp_path / f"{i}.wav") for i in range(3)]
    for name in broken:
        Path(name).write_bytes(b"no sound")
    good = [str(recordings / f"{i}.wav") for i in range(2)]
    for seed in range(5):
        sides = sides_of([*broken, *good], seed=seed)
        assert [part.fname for part in sides["test"]] in ([good[0]], [good[1]])
        assert {part.fname for part in sides["mined"]} > set(broken)
    sides = sides_of([broken[0], good[0]])
    assert sides["test"] == [Part(good[0], 4.5, None)]
    assert sides["mined"] == [Part(good[0], 0.0, 4.5), Part(broken[0])]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"rounds": 0}, "`rounds`"),
        ({"most": 0}, "`most`"),
        ({"above": 0}, "`above`"),
        ({"test": 1}, "`test`"),
        ({"epochs": 2}, "`epochs` is for classifiers without a body"),
        ({"threshold": {"who": 1}}, "`threshold`"),
    ],
)
def test_wrong_arguments_are_named(body, clips, recordings, options, named):
    with pytest.raises(hearingai.HearingAIError, match=named):
        hearingai.mine_false_alarms(detector(body=body), recordings, clips=clips, **PLAIN | options)


def test_recordings_that_cannot_be_divided_are_refused(body, clips, tmp_path):
    short = write(tmp_path / "a.wav", {}, 0.15)
    with pytest.raises(hearingai.HearingAIError, match="`recordings` must be long enough"):
        hearingai.mine_false_alarms(detector(body=body), short, clips=clips, **PLAIN)
    with pytest.raises(hearingai.HearingAIError, match="none.wav.*does not exist"):
        hearingai.mine_false_alarms(detector(body=body), "none.wav", clips=clips, **PLAIN)
    with pytest.raises(hearingai.HearingAIError, match="`recordings` must be files"):
        hearingai.mine_false_alarms(detector(body=body), np.zeros(RATE), clips=clips, **PLAIN)


@pytest.mark.slow
def test_real_noise_is_taken_for_words_less_often(data_dir):
    """Words of forty people each, and six recordings of noise, of which three are never mined."""
    need("pyopen_wakeword", "ai_edge_litert")
    corpus = data_dir / "speech_commands"
    spoken = hearingai.speech_commands(corpus, words=["no", "up", "yes"])
    clips = spoken.groupby("class").sample(40, random_state=1).reset_index(drop=True)
    clips["class"] = clips["class"].replace("up", "unknown")
    clips["split"] = np.where(np.arange(len(clips)) % 4 == 0, "test", "train")
    classifier = hearingai.few_shot("speech-embedding", clips, seed=1)
    found = hearingai.mine_false_alarms(
        classifier,
        hearingai.background_noise(corpus),
        clips=clips,
        hop=0.5,
        threshold=0.2,
        seed=1,
    )
    before, after = found.summary.iloc[0], found.summary.iloc[1]
    assert before["false_accepts"] >= 3
    assert after["false_accepts"] < before["false_accepts"] / 2
    assert after["accuracy"] > before["accuracy"] - 0.1
    held = found.recordings[found.recordings["side"] == "test"]
    chosen = hearingai.choose_thresholds(found.classifier, list(held["fname"]), hop=0.5)
    assert chosen.summary["false_accepts"].item() == 0
