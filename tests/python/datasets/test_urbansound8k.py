import numpy as np
import pytest
import soundfile

from hearingai.audio.writing import write_audio
from hearingai.datasets import urbansound8k
from hearingai.errors import HearingAIError, HearingAIWarning

HEADER = "slice_file_name,fsID,start,end,salience,fold,classID,class"


def corpus(folder, *rows, header=HEADER, without=()):
    """Lay out rows of the official table, and a recording for each that is complete."""
    (folder / "metadata").mkdir(parents=True)
    (folder / "audio").mkdir()
    (folder / "metadata" / "UrbanSound8K.csv").write_text("\n".join([header, *rows]) + "\n")
    for row in rows:
        parts = row.split(",")
        if len(parts) == 8 and parts[0] not in without:
            place = folder / "audio" / f"fold{parts[5]}"
            place.mkdir(exist_ok=True)
            write_audio(place / parts[0], np.zeros(800), 8000)
    return folder


GOOD = (
    "7061-6-0-0.wav,7061,0.0,0.340279,1,3,6,gun_shot",
    "100032-3-0-0.wav,100032,0.0,0.317551,2,10,3,dog_bark",
    "7061-6-1-0.wav,7061,12.5,16.5,1,3,6,gun_shot",
)


@pytest.mark.parametrize("parent", [False, True])
def test_the_official_layout(tmp_path, parent):
    folder = corpus(tmp_path / "UrbanSound8K", *GOOD)
    clips = urbansound8k(tmp_path if parent else str(folder))
    audio = folder / "audio"
    expected = {
        "fname": [
            str(audio / "fold3" / "7061-6-0-0.wav"),
            str(audio / "fold10" / "100032-3-0-0.wav"),
            str(audio / "fold3" / "7061-6-1-0.wav"),
        ],
        "class": ["gun_shot", "dog_bark", "gun_shot"],
        "class_id": [1, 0, 1],
        "fold": [3, 10, 3],
        "source": ["7061", "100032", "7061"],
        "salience": [1, 2, 1],
        "source_start": [0.0, 0.0, 12.5],
        "source_end": [0.340279, 0.317551, 16.5],
    }
    assert clips.to_dict("list") == expected
    assert clips["fold"].dtype.kind == "i"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a.wav,1,0,1,1,3,6", "line 3: has 7 values, the header 8"),
        ("a.wav,1,0,1,1,11,6,siren", "line 3: fold is out of range: '11'"),
        ("a.wav,1,0,1,1,x,6,siren", "line 3: fold is not a number: 'x'"),
        ("a.wav,1,0,nan,1,1,6,siren", "line 3: end is out of range: 'nan'"),
        ("a.wav,1,2,1,1,1,6,siren", "line 3: end is out of range: '1'"),
        ("a.wav,1,0,1,1,1,6, ", "line 3: class is missing"),
        ("../a.wav,1,0,1,1,1,6,siren", r"line 3: has an invalid file name: '\.\./a\.wav'"),
        ('"a.wav,1,0,1,1,1,6,siren', "line 3: is malformed"),
        ('"a"b.wav,1,0,1,1,1,6,siren', "line 3: is malformed"),
        ("é.wav,1,0,1,1,1,6,siren", "line 3: is malformed"),
        (GOOD[0], "line 3: lists 7061-6-0-0.wav a second time"),
    ],
)
def test_malformed_rows_are_named_and_left_out(tmp_path, row, reason):
    folder = corpus(tmp_path / "u", GOOD[0], GOOD[1])
    table = folder / "metadata" / "UrbanSound8K.csv"
    table.write_text("\n".join([HEADER, GOOD[0], row, GOOD[1]]), encoding="latin-1")
    with pytest.warns(HearingAIWarning, match=f"left out 1 .*{reason}") as caught:
        assert len(urbansound8k(folder)) == 2
    assert caught[0].filename == __file__


def test_bad_recordings_are_named_and_left_out(tmp_path):
    rows = [f"{k}.wav,1,0,1,1,1,6,siren" for k in range(9)]
    folder = corpus(tmp_path / "u", *rows, without=("0.wav",))
    place = folder / "audio" / "fold1"
    (place / "1.wav").write_bytes(b"")
    (place / "2.wav").write_text("no sound")
    soundfile.write(place / "3.wav", np.zeros(0), 8000)
    for k in (4, 5, 6):
        (place / f"{k}.wav").unlink()
    with pytest.warns(HearingAIWarning) as caught:
        clips = urbansound8k(folder)
    assert [name[-5:] for name in clips["fname"]] == ["7.wav", "8.wav"]
    text = str(caught[0].message)
    assert "left out 7 " in text
    assert "0.wav does not exist" in text
    assert "1.wav is empty" in text
    assert "2.wav is not audio" in text
    assert text.endswith(" and 2 more")


def test_what_is_missing_is_named_with_where_to_get_it(tmp_path):
    with pytest.raises(HearingAIError, match="does not exist"):
        urbansound8k(tmp_path / "gone")
    with pytest.raises(HearingAIError, match=r"without `metadata.*licence.*urbansounddataset"):
        urbansound8k(tmp_path)
    folder = corpus(tmp_path / "u")
    with pytest.raises(HearingAIError, match="no recording"):
        urbansound8k(folder)
    (folder / "audio").rmdir()
    with pytest.raises(HearingAIError, match="without the folder `audio`"):
        urbansound8k(folder)
    with pytest.raises(HearingAIError, match="no column fold"):
        urbansound8k(corpus(tmp_path / "v", header=HEADER.replace("fold", "crease")))
