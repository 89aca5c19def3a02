import numpy as np
import pytest

from hearingai.audio.writing import write_audio
from hearingai.datasets import fsdd
from hearingai.errors import HearingAIError, HearingAIWarning

NAMES = ("2_ann_10.wav", "2_ann_4.wav", "0_bob_lee_5.wav")


@pytest.fixture
def folder(tmp_path):
    """Three recordings."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    for name in NAMES:
        write_audio(folder / name, np.zeros(800), 8000)
    return folder


def test_names_tell_everything(folder):
    expected = {
        "fname": [str(folder / n) for n in ("0_bob_lee_5.wav", "2_ann_4.wav", "2_ann_10.wav")],
        "class": ["0", "2", "2"],
        "class_id": [0, 1, 1],
        "speaker": ["bob_lee", "ann", "ann"],
        "index": [5, 4, 10],
        "split": ["train", "test", "train"],
    }
    assert fsdd(folder).to_dict("list") == expected
    assert fsdd(str(folder.parent)).to_dict("list") == expected


def test_an_ending_in_capitals_is_one(folder):
    for file in folder.iterdir():
        file.rename(file.with_suffix(".WAV"))
    assert [name[-5:] for name in fsdd(folder.parent)["fname"]] == ["5.WAV", "4.WAV", "0.WAV"]


def test_bad_files_are_named(folder):
    (folder / "1_ann_0.wav").write_bytes(b"")
    (folder / "noise.wav").write_bytes(b"x")
    expected = r"left out 2 .*noise\.wav is not named digit_.*; .*1_ann_0\.wav is empty"
    with pytest.warns(HearingAIWarning, match=expected) as caught:
        assert len(fsdd(folder)) == 3
    assert caught[0].filename == __file__


def test_errors(tmp_path):
    (tmp_path / "recordings").mkdir()
    with pytest.raises(HearingAIError, match=r"7_jackson_32\.wav.*github"):
        fsdd(tmp_path)
    with pytest.raises(HearingAIError, match="does not exist"):
        fsdd(tmp_path / "gone")


def test_the_real_one(data_dir):
    clips = fsdd(data_dir / "fsdd")
    assert len(clips) == 3000
    assert clips["speaker"].nunique() == 6
    assert (clips["class"].astype(int) == clips["class_id"]).all()
    assert clips["split"].value_counts().to_dict() == {"train": 2700, "test": 300}
    test = clips[clips["split"] == "test"]
    assert sorted(set(test["index"])) == [0, 1, 2, 3, 4]
