import numpy as np
import pytest

from hearingai.audio.writing import write_audio
from hearingai.datasets import esc50
from hearingai.errors import HearingAIError, HearingAIWarning

ROWS = """filename,fold,target,category,esc10,src_file,take
1-100032-A-0.wav,1,0,dog,True,100032,A
1-100038-A-14.wav,1,14,chirping_birds,False,100038,A
5-9032-A-0.wav,5,0,dog,True,9032,A
"""


@pytest.fixture
def folder(tmp_path):
    """ESC-50 of three clips."""
    folder = tmp_path / "ESC-50-master"
    (folder / "meta").mkdir(parents=True)
    (folder / "audio").mkdir()
    (folder / "meta" / "esc50.csv").write_text(ROWS)
    for row in ROWS.splitlines()[1:]:
        write_audio(folder / "audio" / row.split(",")[0], np.zeros(800), 8000)
    return folder


def test_esc50(folder):
    expected = {
        "fname": [str(folder / "audio" / row.split(",")[0]) for row in ROWS.splitlines()[1:]],
        "class": ["dog", "chirping_birds", "dog"],
        "class_id": [1, 0, 1],
        "fold": [1, 1, 5],
        "source": ["100032", "100038", "9032"],
    }
    assert esc50(folder).to_dict("list") == expected
    assert esc50(folder.parent).to_dict("list") == expected


def test_its_ten_classes_alone(folder):
    assert esc50(folder, esc10=True)["source"].tolist() == ["100032", "9032"]
    assert set(esc50(folder, esc10=True)["class_id"]) == {0}


def test_bad_rows_and_files_are_named(folder):
    with open(folder / "meta" / "esc50.csv", "a") as table:
        table.write("6-1-A-0.wav,6,0,dog,True,1,A\n2-1-A-0.wav,2,0,dog,True,1,A\n")
    (folder / "audio" / "5-9032-A-0.wav").write_bytes(b"")
    expected = r"left out 3 .*line 5: fold is out of range: '6'; .*is empty; .*does not exist"
    with pytest.warns(HearingAIWarning, match=expected) as caught:
        assert len(esc50(folder)) == 2
    assert caught[0].filename == __file__


def test_esc10_layout(tmp_path):
    for name in ("002 - Rain/3-1-A.ogg", "001 - Dog bark/1-22-B.ogg", "001 - Dog bark/odd.ogg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_audio(tmp_path / name, np.zeros(800), 8000)
    (tmp_path / "CREDITS.txt").write_text("thanks")
    with pytest.warns(HearingAIWarning, match="left out 1 .*odd.ogg is not named fold-source"):
        clips = esc50(tmp_path)
    assert clips.drop(columns="fname").to_numpy().tolist() == [
        ["Dog bark", 0, 1, "22"],
        ["Rain", 1, 3, "1"],
    ]


def test_errors(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(HearingAIError, match=r"meta/esc50\.csv.*github"):
        esc50(tmp_path / "empty")
    for file in (folder / "audio").iterdir():
        file.unlink()
    with pytest.warns(HearingAIWarning), pytest.raises(HearingAIError, match="no clip"):
        esc50(folder)


def test_the_real_esc10(data_dir):
    clips = esc50(data_dir / "esc10")
    assert list(clips) == ["fname", "class", "class_id", "fold", "source"]
    assert clips["fold"].value_counts().to_dict() == dict.fromkeys(range(1, 6), 80)
    assert (clips["class"].value_counts() == 40).all()
    assert clips["class"].nunique() == 10
    assert "Dog bark" in set(clips["class"])
    assert (clips.groupby("source")["fold"].nunique() == 1).all()
