"""The class `background`: how much of it, from where, on which side."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.clips.clip_format import ClipFormat
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.tables.splitting import partition
from hearingai.training.background import Background
from hearingai.training.cross_validation import _tasks

RATE = 8000
FORMAT = ClipFormat(RATE, RATE // 2)


@pytest.fixture(scope="module")
def noises(tmp_path_factory):
    """Six recordings of two to seven seconds."""
    folder = tmp_path_factory.mktemp("noises")
    rng = np.random.default_rng(1)
    for i in range(6):
        noise = rng.normal(0, 0.05, RATE * (2 + i))
        hearingai.write_audio(folder / f"{i}.wav", noise, RATE)
    return folder


@pytest.fixture(scope="module")
def clips():
    """Forty clips of two classes, by eight people."""
    names = [f"{i}.wav" for i in range(40)]
    people = [f"p{i % 8}" for i in range(40)]
    return hearingai.clip_table(names, ["no", "yes"] * 20, speaker=people)


def of_noise(table):
    return table[table["class"] == "background"]


def test_training_and_validation_have_as_many_as_their_mean_class(noises, clips):
    split = {"train": clips[:30], "validation": clips[30:]}
    found = Background(noises, FORMAT, seed=1).in_split(split, ["background", "no", "yes"])
    train, held = of_noise(found["train"]), of_noise(found["validation"])
    assert (len(train), len(held)) == (15, 5)
    assert not set(train["fname"]) & set(held["fname"])
    assert len({*train["fname"], *held["fname"]}) == 6
    assert set(train["class_id"]) == {0}
    np.testing.assert_allclose(train["end"] - train["start"], 0.5)
    assert (train["speaker"] == train["fname"]).all()


def test_the_seed_decides_which_and_where(noises, clips):
    split = {"train": clips, "validation": None}
    first, same, other = (Background(noises, FORMAT, seed=s).in_split(split) for s in (1, 1, 2))
    assert first["train"].equals(same["train"])
    assert not first["train"].equals(other["train"])
    assert first["validation"] is None


def test_of_one_recording_all_train(noises, clips):
    split = {"train": clips[:20], "validation": clips[20:]}
    found = Background(noises / "5.wav", FORMAT, seed=1).in_split(split)
    assert len(of_noise(found["train"])) == 10
    assert len(of_noise(found["validation"])) == 0


def test_a_table_gives_the_parts_to_cut_from(noises, clips):
    table = pd.DataFrame({"fname": [noises / "5.wav"], "start": [3.0], "end": [4.0]})
    cut = of_noise(
        Background(table, FORMAT, 1).in_split({"train": clips, "validation": None})["train"]
    )
    assert cut["start"].min() >= 3 and cut["end"].max() <= 4


def test_folds_share_no_recording(noises, clips):
    noise = Background(noises, FORMAT, seed=1)
    table, tasks = _tasks(clips, 3, "fold", 1, 1, noise)
    assert len(of_noise(table)) == 20
    seen = []
    for task in tasks:
        parts = [set(of_noise(task[part])["fname"]) for part in ("train", "held", "test")]
        assert [len(part) for part in parts] == [2, 2, 2]
        assert len(set.union(*parts)) == 6
        seen += list(task["test"].index)
    assert sorted(seen) == list(range(60))


@pytest.mark.parametrize("column", ["speaker", "fold"])
def test_folds_by_a_column_take_the_noise_in(noises, clips, column):
    clips = clips.assign(fold=[i % 4 for i in range(40)])
    _, tasks = _tasks(clips, column, False, 1, 1, Background(noises, FORMAT, seed=1))
    assert len(tasks) == clips[column].nunique()
    assert sum(len(of_noise(task["test"])) for task in tasks) == 20


def test_a_share_to_validate_on_is_of_other_recordings(noises, clips):
    _, tasks = _tasks(clips, 2, 0.3, 1, 1, Background(noises, FORMAT, seed=1))
    for task in tasks:
        train, held = (set(of_noise(task[part])["fname"]) for part in ("train", "held"))
        assert train and not train & held


@pytest.fixture
def parts(noises):
    """Forty clips of the first second of five recordings, and the rest of all six."""
    names = [str(noises / f"{i % 5}.wav") for i in range(40)]
    starts = np.arange(40) / 100
    clips = hearingai.clip_table(names, ["no", "yes"] * 20, start=starts, end=starts + 0.5)
    return clips, pd.DataFrame({"fname": [noises / f"{i}.wav" for i in range(6)], "start": 1.0})


def sides_of(table, side):
    return {Path(f).stem: s for f, s in zip(table["fname"], side, strict=True)}


def test_of_a_recording_with_clips_all_is_on_their_side(parts):
    clips, rest = parts
    side = [["train", "train", "train", "validation", "test"][i % 5] for i in range(40)]
    split = partition(clips.assign(split=side), None, ["no", "yes"], 0.3, 1)
    for seed in range(4):
        found = Background(rest, FORMAT, seed).in_split(split)
        assert set(of_noise(found["validation"])["fname"].map(lambda f: Path(f).stem)) == {"3"}
        trained = set(of_noise(found["train"])["fname"].map(lambda f: Path(f).stem))
        assert trained == {"0", "1", "2", "5"}
    with pytest.raises(HearingAIError, match="leaves no recording to train on"):
        Background(rest[3:5], FORMAT, 1).in_split(split)


def test_of_a_recording_with_clips_all_is_in_their_fold(parts):
    clips, rest = parts
    dealt = pd.Series([i % 5 % 3 for i in range(40)])
    table, all_dealt = Background(rest, FORMAT, 1).in_folds(clips, dealt)
    noise = table["class"] == "background"
    fold = sides_of(clips, dealt)
    assert fold.items() <= sides_of(table[noise], all_dealt[noise]).items()


def test_a_recording_is_known_by_its_column_and_however_its_path_is_written(
    noises, clips, monkeypatch
):
    monkeypatch.chdir(noises)
    written = ["5.wav", "./5.wav", str(noises / "5.wav")]
    once, thrice = (
        Background(w, FORMAT, 1).in_split({"train": clips, "validation": None})["train"]
        for w in (written[:1], written)
    )
    assert once.equals(thrice)
    files = pd.DataFrame({"fname": ["3.wav", "4.wav", "5.wav"], "recording": ["a", "a", "b"]})
    named = clips.assign(fname="word-" + clips["fname"], recording=["b", "c"] * 20)
    split = {"train": named[1::2], "validation": named[::2]}
    found = Background(files, FORMAT, 1).in_split(split)
    assert set(of_noise(found["train"])["recording"]) == {"a"}
    assert set(of_noise(found["validation"])["fname"]) == {"5.wav"}


def test_too_few_recordings_for_folds(noises, clips):
    noise = Background(noises / "5.wav", FORMAT, seed=1)
    with pytest.raises(HearingAIError, match="too few recordings: none is left to train on"):
        _tasks(clips, 2, False, 1, 1, noise)


def test_what_is_no_background_says_so(noises, clips, tmp_path):
    hearingai.write_audio(tmp_path / "short.wav", np.zeros(RATE // 4), RATE)
    (tmp_path / "empty").mkdir()
    for background, told in (
        (tmp_path / "empty", "the folder .* contains no recordings"),
        (tmp_path / "short.wav", "short.wav is shorter than a clip of 0.5 s$"),
        ([tmp_path / "short.wav", "no.wav"], "no.wav does not exist, and 1 more"),
        ([], "`background` names no recording"),
        (7, "`background` must be paths or a table with a column `fname`. Received: 7"),
    ):
        with pytest.raises(HearingAIError, match=told):
            Background(background, FORMAT, seed=1)
    with pytest.raises(HearingAIError, match="the classifier takes embeddings"):
        Background(noises, None, seed=1)
    with pytest.warns(HearingAIWarning, match="left out 1 .* of `background` .*short.wav"):
        found = Background([noises / "0.wav", tmp_path / "short.wav"], FORMAT, seed=1)
    assert found.recordings == [str(noises / "0.wav")]
    taken = clips.replace({"class": {"no": "background"}})
    with pytest.raises(HearingAIError, match="`clips` has already"):
        found.in_split({"train": taken, "validation": None})


def test_training_hears_it(words, noises):
    clips = words[words["class"] != "down"]
    recipe = "speech-commands-small"
    first = hearingai.fit(recipe, clips, background=noises, epochs=1, seed=1)
    assert first.labels == ["background", "no", "yes"]
    counts = clips["split"].value_counts()
    n = {name: 3 * round(counts[name] / 2) for name in ("train", "validation")}
    assert first.record["n_train"] == pytest.approx(n["train"], abs=1)
    assert first.record["n_validation"] == pytest.approx(n["validation"], abs=1)
    shot = hearingai.few_shot(first, clips, shots=4, background=noises, seed=1)
    assert (shot.labels, shot.record["n_train"]) == (first.labels, 12)
    with pytest.raises(HearingAIError, match="none of the labels: background"):
        plain = hearingai.create_classifier(recipe, ["no", "yes"], seed=1)
        hearingai.fit(plain, clips, background=noises, epochs=1)
    with pytest.raises(HearingAIError, match="`background` needs a table"):
        hearingai.fit(first, iter([]), background=noises)


def test_a_single_class_and_a_background_are_a_task(words, noises):
    clips = words[words["class"] == "no"]
    found = hearingai.fit("speech-commands-small", clips, background=noises, epochs=1, seed=1)
    assert (found.labels, found.target) == (["background", "no"], "no")


def test_clips_without_any_label_take_as_much_noise_as_there_are(noises):
    none = hearingai.clip_table(["a.wav", "b.wav"], labels=[[], []])
    noise = Background(noises, FORMAT, 1, False)
    assert len(noise._beside(none, noise.recordings, ["a"])) == 4
