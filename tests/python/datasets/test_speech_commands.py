import sys
import tarfile

import numpy as np
import pytest

from hearingai.audio.writing import write_audio
from hearingai.datasets import background_noise, speech_commands
from hearingai.datasets.speech_commands import official_split
from hearingai.errors import HearingAIError, HearingAIWarning

module = sys.modules["hearingai.datasets.speech_commands"]


@pytest.fixture
def folder(tmp_path):
    """Two words in the official layout, with what the archive holds besides."""
    for name in ("yes/b_nohash_1.wav", "yes/a_nohash_0.wav", "no/a_nohash_0.wav", "no/c.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_audio(tmp_path / name, np.zeros(16000), 16000)
    (tmp_path / "_background_noise_").mkdir()
    write_audio(tmp_path / "_background_noise_" / "tap.wav", np.zeros(4000), 8000)
    (tmp_path / "_background_noise_" / "README.md").write_text("noise")
    (tmp_path / ".cache").mkdir()
    write_audio(tmp_path / ".cache" / "x.wav", np.zeros(8), 16000)
    (tmp_path / "notes").mkdir()
    (tmp_path / "testing_list.txt").write_text("yes/a_nohash_0.wav\n")
    return tmp_path


def test_table_is_sorted_by_word_then_name(folder):
    clips = speech_commands(folder)
    assert list(clips) == ["fname", "class", "class_id", "speaker", "split"]
    assert clips["fname"].tolist() == [
        str(folder / name)
        for name in ("no/a_nohash_0.wav", "no/c.wav", "yes/a_nohash_0.wav", "yes/b_nohash_1.wav")
    ]
    assert clips["class"].tolist() == ["no", "no", "yes", "yes"]
    assert clips["class_id"].tolist() == [0, 0, 1, 1]
    assert clips["speaker"].tolist() == ["a", "c", "a", "b"]


def test_folders_without_wav_files_are_named(folder):
    (folder / "maybe").mkdir()
    (folder / "maybe" / "a.m4a").touch()
    with pytest.warns(HearingAIWarning, match="maybe holds no wav file.*notes holds no wav file"):
        assert set(speech_commands(folder)["class"]) == {"no", "yes"}


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("0c40e715_nohash_0.wav", "test"),  # first lines of the official lists
        ("0ea0e2f4_nohash_1.wav", "test"),
        ("026290a7_nohash_0.wav", "validation"),
        ("060cd039_nohash_1.wav", "validation"),
        ("62581901_nohash_0.wav", "train"),
    ],
)
def test_official_split_of_known_names(name, split):
    assert official_split(name) == split


def test_split_agrees_with_the_official_lists(data_dir):
    folder = data_dir / "speech_commands"
    listed = {}
    for split, file in (("test", "testing_list.txt"), ("validation", "validation_list.txt")):
        listed |= dict.fromkeys((folder / file).read_text().split(), split)
    assert all(official_split(name.split("/")[1]) == split for name, split in listed.items())
    clips = speech_commands(folder)
    names = clips["class"] + "/" + clips["fname"].str.replace(r".*[\\/]", "", regex=True)
    truth = names.map(listed)
    assert (clips["split"] == truth)[truth.notna()].all()
    # Beyond the lists of v0.01 the folder has clips of v0.02's test set and of training speakers.
    assert set(clips["split"][truth.isna()]) <= {"train", "test"}
    assert clips.groupby("speaker")["split"].nunique().max() == 1
    assert clips["class"].nunique() == 35


def test_words_choose_classes(folder):
    assert speech_commands(folder, words="yes")["class"].tolist() == ["yes", "yes"]
    assert speech_commands(folder, words=["yes", "no"])["class_id"].tolist() == [0, 0, 1, 1]
    with pytest.raises(HearingAIError, match="words found: no, yes. Received: maybe"):
        speech_commands(folder, words=["yes", "maybe"])
    with pytest.raises(HearingAIError, match="words found"):
        speech_commands(folder, words=[])


def test_empty_files_are_left_out_and_named(folder):
    for k in range(7):
        (folder / "yes" / f"e_nohash_{k}.wav").touch()
    with pytest.warns(HearingAIWarning, match=r"left out 8 .*e_nohash_0.wav is empty.* 3 more"):
        clips = speech_commands(folder)
    assert len(clips) == 4


def test_a_link_to_nothing_is_left_out(folder):
    (folder / "yes" / "z_nohash_0.wav").symlink_to(folder / "gone.wav")
    with pytest.warns(HearingAIWarning, match="z_nohash_0.wav does not exist"):
        assert len(speech_commands(folder)) == 4


@pytest.mark.parametrize("made", [True, False])
def test_no_word_folders_says_what_is_looked_for(tmp_path, made):
    path = tmp_path / "sc"
    if made:
        path.mkdir()
    with pytest.raises(HearingAIError, match="one folder a word.*download=True"):
        speech_commands(path)


def test_version_must_be_known(folder):
    with pytest.raises(HearingAIError, match="`version` must be one of '0.01', '0.02'"):
        speech_commands(folder, version="3")
    assert len(speech_commands(folder, version="v0.02")) == 4


def test_background_noise(folder):
    noise = background_noise(folder)
    assert list(noise) == ["fname", "duration", "sample_rate"]
    row = noise.iloc[0]
    assert (row["duration"], row["sample_rate"]) == (0.5, 8000)
    assert len(noise) == 1


def test_background_noise_must_be_there(folder, tmp_path):
    for file in (folder / "_background_noise_").iterdir():
        file.unlink()
    with pytest.raises(HearingAIError, match="_background_noise_` holds no recordings"):
        background_noise(folder)
    with pytest.raises(HearingAIError, match="does not exist"):
        background_noise(tmp_path / "missing")


def test_real_background_noise(data_dir):
    noise = background_noise(data_dir / "speech_commands")
    assert len(noise) == 6
    assert (noise["sample_rate"] == 16000).all()
    assert (noise["duration"] >= 60).all()


def test_download_fetches_unpacks_and_lists(folder, tmp_path, monkeypatch):
    def fetch(url, archive, sha256):
        calls.append((url, sha256))
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "w:gz") as tar:
            for entry in ("yes", "no", "_background_noise_", "testing_list.txt"):
                tar.add(folder / entry, f"./{entry}")

    calls = []
    monkeypatch.setattr(module, "fetch", fetch)
    target = tmp_path / "new" / "sc"
    clips = speech_commands(target, version="0.02", download=True)
    assert calls == [module._ARCHIVES["0.02"]]
    assert len(clips) == 4
    assert sorted(p.name for p in target.iterdir()) == [
        *("_background_noise_", "no", "testing_list.txt", "yes")
    ]
    assert len(speech_commands(target, download=True)) == 4
    assert len(calls) == 1
