"""Of a body, `embed` has a row for each window of each recording."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai import AudioFileError, HearingAIError

SOUND = np.arange(32, dtype="float32") / 64


@pytest.fixture
def body(tmp_path):
    """The sums of the quarters of a window of a second, every half; 16 samples a second."""
    (tmp_path / "sums").write_text("no weights")

    def sums(sound, starts):
        return np.array([sound[start : start + 16].reshape(4, 4).sum(1) for start in starts])

    told = {"licence": "MIT", "source": "a test", "duration": 1.0}
    return hearingai.Body("sums", 16, 16, 8, 4, files=(tmp_path / "sums",), compute=sums, **told)


@pytest.fixture
def ramp(tmp_path):
    """Two seconds, each sample 1/64 above the last."""
    path = tmp_path / "sounds" / "ramp.wav"
    path.parent.mkdir()
    hearingai.write_audio(path, SOUND, 16)
    return str(path)


def test_a_row_is_a_window_at_its_time(body, ramp):
    table = hearingai.embed(body, ramp)
    names = [f"embedding_{i}" for i in (1, 2, 3, 4)]
    assert list(table) == ["row", "fname", "start", "end", *names, "error"]
    assert table["start"].tolist() == [0, 0.5, 1] and table["end"].tolist() == [1, 1.5, 2]
    sums = [SOUND[start : start + 16].reshape(4, 4).sum(1) for start in (0, 8, 16)]
    np.testing.assert_allclose(table[names], sums, atol=1e-4)
    assert set(table[names].dtypes) == {np.dtype("float32")}
    assert table["error"].isna().all() and set(table["fname"]) == {ramp}


def test_parts_are_at_their_times_in_the_recording(body, ramp):
    parts = pd.DataFrame({"fname": ramp, "start": [1.0, 0.5], "end": [2.0, np.nan]})
    found, whole = hearingai.embed(body, parts), hearingai.embed(body, ramp)
    assert found["row"].tolist() == [0, 1, 1]
    expected = whole.iloc[[2, 1, 2]].drop(columns="row").reset_index(drop=True)
    pd.testing.assert_frame_equal(found.drop(columns="row"), expected, atol=1e-4)


def test_sound_has_the_rows_of_its_file(body, ramp):
    whole = hearingai.embed(body, ramp)
    for given in (SOUND, [(np.stack([SOUND, SOUND]), 16)]):
        found = hearingai.embed(body, given)
        assert found["fname"].tolist() == [None] * 3
        kept = ["row", "fname"]
        pd.testing.assert_frame_equal(found.drop(columns=kept), whole.drop(columns=kept), atol=1e-4)
    assert hearingai.embed(body, np.stack([SOUND] * 2))["row"].tolist() == [0, 0, 0, 1, 1, 1]


def test_one_bad_file_loses_no_other(body, ramp, tmp_path):
    bad = tmp_path / "sounds" / "bad.wav"
    bad.write_text("no sound")
    found = hearingai.embed(body, tmp_path / "sounds")
    assert found["row"].tolist() == [0, 1, 1, 1]
    assert found.loc[0, "fname"] == str(bad) and "not audio" in found.loc[0, "error"]
    assert found.loc[0, ["start", "end", "embedding_1"]].isna().all()
    assert found["error"].isna().tolist() == [False, True, True, True]
    with pytest.raises(AudioFileError, match="bad.wav"):
        hearingai.embed(body, tmp_path / "sounds", on_error="raise")


def test_what_is_there_of_a_truncated_file_is_heard_and_told(body, tmp_path):
    path = tmp_path / "cut.wav"
    hearingai.write_audio(path, np.tile(SOUND, 1000), 16)
    path.write_bytes(path.read_bytes()[:-32000])
    assert "truncated" in hearingai.embed(body, path).loc[0, "error"]
    with pytest.warns(hearingai.HearingAIWarning, match="truncated"):
        found = hearingai.embed(body, path, partial=True)
    assert found["end"].max() == 1000 and "1000.00 of 2000.00 s" in found.loc[0, "note"]


def test_of_no_recordings_there_are_no_rows(body, ramp):
    none = hearingai.embed(body, pd.DataFrame({"fname": []}))
    assert len(none) == 0 and list(none) == list(hearingai.embed(body, ramp))


@pytest.mark.parametrize(
    "given", [{"layer": "a"}, {"runtime": "onnx"}, {"workers": 2}, {"device": "gpu"}]
)
def test_a_body_takes_nothing_of_networks_and_runs(body, ramp, given):
    with pytest.raises(HearingAIError, match=f"`{next(iter(given))}` is for classifiers"):
        hearingai.embed(body, ramp, **given)


def test_what_is_beyond_full_scale_is_cut_off(body, tmp_path):
    import soundfile

    loud = (1.4 * np.sin(np.arange(32))).astype("float32")
    soundfile.write(tmp_path / "loud.wav", loud, 16, subtype="FLOAT")
    expected = hearingai.embed(body, loud.clip(-1, 1)).filter(like="embedding_")
    with pytest.warns(hearingai.HearingAIWarning, match="clipped"):
        found = hearingai.embed(body, loud)
    for table in (found, hearingai.embed(body, tmp_path / "loud.wav")):
        np.testing.assert_allclose(table.filter(like="embedding_"), expected, atol=1e-6)


def test_nothing_to_hear_is_told(body):
    with pytest.warns(hearingai.HearingAIWarning, match="none of 1 can be heard"):
        assert len(hearingai.embed(body, "nowhere.wav")) == 1
