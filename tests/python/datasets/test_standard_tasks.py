"""The standard tasks of Speech Commands."""

import numpy as np
import pytest

import hearingai
from hearingai.datasets._standard_tasks import _ADDED, _TEN, _THIRTY
from hearingai.datasets.speech_commands import official_split
from hearingai.errors import HearingAIError

NOISES = {"tap": 3, "dishes": 4, "white": 2, "short": 0.5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve clips of each of the ten words, three of three others, and noise."""
    folder = tmp_path_factory.mktemp("commands")
    words = dict.fromkeys(_TEN, 12) | dict.fromkeys(("bed", "cat", "tree"), 40)
    sound = np.zeros(160, "int16")
    sound[0] = 1
    for word, n in words.items():
        (folder / word).mkdir()
        for k in range(n):
            hearingai.write_audio(folder / word / f"{k:08x}_nohash_0.wav", sound, 16000)
    (folder / "_background_noise_").mkdir()
    for name, seconds in NOISES.items():
        noise = np.zeros(int(16000 * seconds))
        hearingai.write_audio(folder / "_background_noise_" / f"{name}.wav", noise, 16000)
    return folder


@pytest.fixture(scope="module")
def clips(folder):
    return hearingai.speech_commands(folder, task=12)


def test_twelve_classes_in_the_published_shares(clips):
    assert sorted(set(clips["class"])) == sorted([*_TEN, "silence", "unknown"])
    counts = clips.groupby(["split", "class"]).size().unstack()
    assert set(clips["split"]) == {"train", "validation", "test"}
    for _, row in counts.iterrows():
        tenth = np.ceil(row[list(_TEN)].sum() / 10)
        assert row["silence"] == row["unknown"] == tenth
    assert (counts.sum()[list(_TEN)] == 12).all()
    of_words = clips[clips["class"] != "silence"]
    names = of_words["fname"].str.replace(r".*[\\/]", "", regex=True)
    assert (names.map(official_split) == of_words["split"]).all()
    assert of_words["start"].isna().all()


def test_no_noise_is_in_two_splits_also_in_a_split_of_ones_own(clips):
    silence = clips[clips["class"] == "silence"]
    assert dict(zip(silence["speaker"], silence["split"], strict=True)) == {
        "dishes": "test",
        "tap": "validation",
        "white": "train",
    }
    assert silence["end"].sub(silence["start"]).round(6).eq(1).all()
    parts = {"train": 0.6, "test": 0.4}
    own = hearingai.split_clips(clips.drop(columns="split"), parts, by="speaker", seed=1)
    assert own.groupby("speaker")["split"].nunique().max() == 1
    assert own[own["class"] == "silence"]["split"].nunique() == 2


def test_everybody_gets_the_same_table(folder, clips, tmp_path):
    other = tmp_path / "elsewhere"
    other.symlink_to(folder)
    again = hearingai.speech_commands(other, task="12")
    moved = again["fname"].str.replace(str(other), str(folder), regex=False)
    assert (moved == clips["fname"]).all()
    assert again.drop(columns="fname").equals(clips.drop(columns="fname"))
    unknown = clips[(clips["class"] == "unknown") & (clips["split"] == "train")]["fname"]
    assert unknown.str.extract(r"(bed|cat|tree)[\\/]\w+\.wav$")[0].nunique() > 1


def test_other_counts_of_classes(folder, data_dir):
    whole = data_dir / "speech_commands"
    for task, words in ((30, _THIRTY), (35, (*_THIRTY, *_ADDED))):
        assert sorted(set(hearingai.speech_commands(whole, task=task)["class"])) == sorted(words)
    assert hearingai.load_clips(whole, task=12)["class"].nunique() == 12


def test_a_part_of_the_data_set_has_silence_of_all_recordings(data_dir):
    clips = hearingai.speech_commands(data_dir / "speech_commands", task=12)
    assert (clips["split"] == "train").mean() < 0.25
    silence = clips[clips["class"] == "silence"]
    counts = silence["speaker"].value_counts()
    assert len(counts) == 6 and counts.min() > 0.1 * len(silence)
    assert len(silence) == pytest.approx(clips["class"].isin(_TEN).sum() / 10, abs=1)


def test_the_archive_of_the_test_set(tmp_path):
    for word in (*_TEN, "_silence_", "_unknown_"):
        (tmp_path / word).mkdir()
        hearingai.write_audio(tmp_path / word / "0a7c2a8d_nohash_0.wav", np.ones(9) / 2, 16000)
    clips = hearingai.speech_commands(tmp_path, task=12)
    assert sorted(clips["class"]) == sorted([*_TEN, "silence", "unknown"])
    assert set(clips["split"]) == {"test"}
    assert hearingai.speech_commands(tmp_path)["class"].nunique() == 10


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"task": 13}, "`task` must be one of '12', '30', '35'. Received: '13'"),
        ({"task": 12, "words": ["yes"]}, "give one of them"),
        ({"task": 35}, "`task=35` needs words that .* has no clips of: backward, bird, dog"),
    ],
)
def test_what_cannot_be_says_so(folder, options, told):
    with pytest.raises(HearingAIError, match=told):
        hearingai.speech_commands(folder, **options)


def test_other_kinds_of_data_have_no_task(folder):
    with pytest.raises(HearingAIError, match="`task` is for speech-commands; .* folder"):
        hearingai.load_clips(folder, "folder", task=12)


def test_silence_and_unknown_need_something_to_be_made_of(folder, tmp_path):
    for word in (*_TEN, "bed"):
        (tmp_path / word).symlink_to(folder / word)
    with pytest.raises(HearingAIError, match="holds no recordings of noise"):
        hearingai.speech_commands(tmp_path, task=12)
    (tmp_path / "_background_noise_").mkdir()
    short = folder / "_background_noise_" / "short.wav"
    (tmp_path / "_background_noise_" / "short.wav").symlink_to(short)
    with pytest.raises(HearingAIError, match="needs recordings of noise of 1 s at least"):
        hearingai.speech_commands(tmp_path, task=12)
    (tmp_path / "bed").unlink()
    with pytest.raises(HearingAIError, match="needs other words than the ten"):
        hearingai.speech_commands(tmp_path, task=12)
