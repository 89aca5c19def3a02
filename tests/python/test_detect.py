from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai


def test_the_layout_of_speech_commands_is_recognised(words):
    folder = Path(words["fname"][0]).parents[1]
    pd.testing.assert_frame_equal(hearingai.load_clips(folder), words)
    only = hearingai.load_clips(folder, words=["no", "yes"])
    assert sorted(set(only["class"])) == ["no", "yes"]
    assert set(only["class_id"]) == {0, 1}


@pytest.fixture
def folder(tmp_path):
    for name in ("high", "low"):
        (tmp_path / name).mkdir()
        hearingai.write_audio(tmp_path / name / "a.flac", np.zeros(100), 8000)
    return tmp_path


def test_any_other_folder_is_one_of_class_folders(folder):
    assert list(hearingai.load_clips(folder)["class"]) == ["high", "low"]
    assert "speaker" not in hearingai.load_clips(folder)


def test_a_table_is_read_from_its_own_folder(folder):
    (folder / "t.csv").write_text("fname,class\nlow/a.flac,quiet\nhigh/a.flac,shrill\n")
    clips = hearingai.load_clips(folder / "t.csv")
    assert [Path(f).exists() for f in clips["fname"]] == [True, True]
    assert list(clips["class"]) == ["quiet", "shrill"]


def test_what_is_no_data_set_is_named(folder):
    with pytest.raises(hearingai.HearingAIError, match="does not exist"):
        hearingai.load_clips(folder / "none")
    (folder / "x.txt").touch()
    with pytest.raises(hearingai.HearingAIError, match="neither"):
        hearingai.load_clips(folder / "x.txt")
    with pytest.raises(hearingai.HearingAIError, match="no clips of: mid"):
        hearingai.load_clips(folder, words=["low", "mid"])
    with pytest.raises(hearingai.HearingAIError, match="kind"):
        hearingai.load_clips(folder, kind="esc99")
