import json
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


def test_a_layout_that_is_known_is_opened_as_what_it_is(tmp_path):
    def sound(name):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        hearingai.write_audio(tmp_path / name, np.zeros(100), 8000)

    def text(name, content):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    sound("u/audio/fold2/7-6-0-0.wav")
    text(
        "u/metadata/UrbanSound8K.csv",
        "slice_file_name,fsID,start,end,salience,fold,classID,class\n"
        "7-6-0-0.wav,7,0,1,1,2,6,gun_shot\n",
    )
    assert hearingai.load_clips(tmp_path / "u")["source"].tolist() == ["7"]
    sound("e/audio/2-7-A-0.wav")
    text(
        "e/meta/esc50.csv",
        "filename,fold,target,category,esc10,src_file,take\n2-7-A-0.wav,2,0,dog,True,7,A\n",
    )
    assert hearingai.load_clips(tmp_path / "e")["fold"].tolist() == [2]
    sound("ten/001 - Dog bark/3-7-A.ogg")
    assert hearingai.load_clips(tmp_path / "ten")["class"].tolist() == ["Dog bark"]
    sound("f/recordings/7_ann_3.wav")
    for place in ("f", "f/recordings"):
        assert hearingai.load_clips(tmp_path / place)["split"].tolist() == ["test"]
    record = {"vid_id": "v", "start_time_seconds_youtube_clip": 0, "is_turkey": 1}
    record |= {"end_time_seconds_youtube_clip": 9, "audio_embedding": [[1] * 128]}
    text("t/train.json", json.dumps([record]))
    for place in ("t", "t/train.json"):
        assert hearingai.load_clips(tmp_path / place)["class"].tolist() == ["turkey"]


def test_a_folder_that_is_only_alike_is_one_of_class_folders(tmp_path):
    for name in ("recordings/a_b_1.wav", "001 - Dog/1.wav", "meta/x.wav"):
        (tmp_path / name).parent.mkdir()
        hearingai.write_audio(tmp_path / name, np.zeros(100), 8000)
    assert list(hearingai.load_clips(tmp_path)["class"]) == ["001 - Dog", "meta", "recordings"]


def test_the_target_goes_where_it_is_understood(folder, data_dir):
    with pytest.raises(hearingai.HearingAIError, match="`target` is for audioset-embeddings"):
        hearingai.load_clips(folder, target="high")
    place = data_dir / "audioset_embeddings"
    one = next((place / "bal_train").glob("*.tfrecord"))
    assert set(hearingai.load_clips(one, target="Speech")["class"]) <= {"Speech", "other"}
    assert "labels" in hearingai.load_clips(one)
    music = hearingai.load_clips(one, words=["Music", "Speech"])
    assert set(music["labels"]) <= {("Music",), ("Music", "Speech"), ("Speech",)}
    with pytest.raises(hearingai.HearingAIError, match="The nearest: 'Turkey'"):
        hearingai.load_clips(place, target="turky")


def test_a_table_of_embeddings_is_read(tmp_path):
    (tmp_path / "t.csv").write_text("fname,class,record\na.tfrecord,Speech,3\n")
    clips = hearingai.load_clips(tmp_path / "t.csv")
    assert clips["record"].tolist() == [3]
    assert clips["fname"].tolist() == [str(tmp_path / "a.tfrecord")]
