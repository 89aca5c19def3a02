import json

import numpy as np
import pytest

from hearingai.datasets import read_embeddings, turkey
from hearingai.errors import HearingAIError, HearingAIWarning


def record(label=1, frames=10, **changes):
    one = {
        "vid_id": "kDCk3hLIVXo",
        "start_time_seconds_youtube_clip": 70,
        "end_time_seconds_youtube_clip": 80,
        "audio_embedding": [[k + 1] * 128 for k in range(frames)],
        "is_turkey": label,
    } | changes
    return {name: value for name, value in one.items() if value is not None}


def put(path, *records, lines=False):
    text = "\n".join(map(json.dumps, records)) + "\n" if lines else json.dumps(list(records))
    path.write_text(text)
    return path


@pytest.mark.parametrize("lines", [False, True])
def test_a_file(tmp_path, lines):
    path = put(tmp_path / "x.json", record(), record(0, 3), record(True), lines=lines)
    assert turkey(path).to_dict("list") == {
        "fname": [str(path)] * 3,
        "class": ["turkey", "other", "turkey"],
        "class_id": [1, 0, 1],
        "source": ["kDCk3hLIVXo"] * 3,
        "video_start": [70.0] * 3,
        "video_end": [80.0] * 3,
        "record": [0, 1, 2],
        "frames": [10, 3, 10],
    }


def test_the_files_of_a_folder_are_its_split(tmp_path):
    put(tmp_path / "train.json", record(), record(0))
    assert "split" not in turkey(tmp_path)
    put(tmp_path / "test.json", record(0))
    assert turkey(tmp_path)["split"].tolist() == ["train", "train", "test"]


def test_a_test_set_that_tells_nothing_is_named_once(tmp_path):
    put(tmp_path / "train.json", record(), record(0))
    put(tmp_path / "test.json", record(None), record(None))
    expected = r"left out 1 .*test\.json has `is_turkey` in none of its 2 records"
    with pytest.warns(HearingAIWarning, match=expected) as caught:
        assert len(turkey(tmp_path)) == 2
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (5, "is no object"),
        (record(None), "does not say `is_turkey`"),
        (record("yes"), "`is_turkey` is neither 0 nor 1: 'yes'"),
        (record(vid_id=None), "holds no vid_id"),
        (record(start_time_seconds_youtube_clip="x"), "start_time_.* is no time in seconds: 'x'"),
        (record(end_time_seconds_youtube_clip=60), "ends at 60 s, before it starts at 70 s"),
        (record(end_time_seconds_youtube_clip=float("nan")), "end_time_.* is no time in seconds"),
        (record(frames=0), "holds no frames"),
        (record(audio_embedding=[[1] * 127]), "no list of 128 numbers"),
        (record(audio_embedding=[[1] * 128, 3]), "no list of 128 numbers"),
        (record(audio_embedding=[[256] * 128]), "not whole numbers in 0...255"),
        (record(audio_embedding=[[-1] * 128]), "not whole numbers in 0...255"),
        (record(audio_embedding=[[0.5] * 128]), "not whole numbers in 0...255"),
        (record(audio_embedding=[[float("nan")] * 128]), "not whole numbers"),
        (record(audio_embedding=[["7"] * 128]), "not whole numbers"),
        (record(audio_embedding=[[[1]] * 128]), "not whole numbers"),
        (record(audio_embedding=[[{}] * 128]), "not numbers"),
    ],
)
@pytest.mark.parametrize("lines", [False, True])
def test_malformed_records_are_named_and_left_out(tmp_path, bad, reason, lines):
    path = tmp_path / "train.json"
    put(path, record(), bad, record(0), lines=lines)
    with pytest.warns(HearingAIWarning, match=f"left out 1 .*record 1: .*{reason}"):
        assert turkey(path)["record"].tolist() == [0, 2]


def test_a_line_cut_short_costs_itself(tmp_path):
    path = put(tmp_path / "a.jsonl", record(), record(0), lines=True)
    path.write_text(path.read_text()[:-20])
    with pytest.warns(HearingAIWarning, match=r"record 1: is not JSON"):
        assert turkey(path)["class"].tolist() == ["turkey"]


@pytest.mark.parametrize("content", [b"", b"[1", b"\xff\xfe\x00", b"[]"])
@pytest.mark.filterwarnings("ignore::hearingai.errors.HearingAIWarning")
def test_a_file_without_records_is_refused(tmp_path, content):
    (tmp_path / "train.json").write_bytes(content)
    with pytest.raises(HearingAIError, match="holds no record that can be read"):
        turkey(tmp_path)


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(HearingAIError, match=r"must be a JSON file.*kaggle"):
        turkey(tmp_path)


@pytest.mark.parametrize("lines", [False, True])
def test_embeddings(tmp_path, lines):
    path = put(tmp_path / "x.json", record(), 5, record(0, 3), record(0, 12), lines=lines)
    with pytest.warns(HearingAIWarning):
        clips = turkey(path)
    embeddings, good, errors = read_embeddings(clips)
    assert embeddings.dtype == np.float32
    assert embeddings[:, :, 127].tolist() == [
        list(range(1, 11)),
        [0] * 7 + [1, 2, 3],
        list(range(1, 11)),
    ]
    embeddings, good, errors = read_embeddings(clips.assign(record=[3, 1, 0]))
    assert good.tolist() == [0, 2]
    assert errors["error"].tolist() == ["record 1: is no object"]
