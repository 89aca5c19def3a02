"""Several recordings at once: tables of what they are, and of their sound."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import AudioFileError, HearingAIError


@pytest.fixture
def files(tmp_path):
    paths = [str(tmp_path / name) for name in ("a.wav", "b.flac")]
    hearingai.write_audio(np.full(800, 0.5), paths[0], 8000)
    hearingai.write_audio(np.zeros((2, 3200)), paths[1], 16000)
    return paths


def test_one_is_described_by_a_dict_and_several_by_a_table(files):
    one = hearingai.audio_info(files[0])
    table = hearingai.audio_info([*files, "gone.wav"])
    assert list(table) == ["fname", *one, "error"]
    assert table.loc[0, list(one)].to_dict() == one
    assert table["channels"].tolist()[:2] == [1, 2]
    assert table["error"].tolist() == [None, None, "does not exist"]
    with pytest.raises(AudioFileError, match="gone.wav"):
        hearingai.audio_info([*files, "gone.wav"], on_error="raise")


@pytest.mark.parametrize("kind", [list, tuple, pd.Series, pd.Categorical, np.array])
def test_paths_come_in_lists_of_every_kind(files, kind):
    assert hearingai.audio_info(kind(files))["samples"].tolist() == [800, 3200]


def test_several_are_read_to_a_table(files):
    table = hearingai.read_audio([*files, "gone.wav"], 4000)
    assert [None if w is None else w.shape for w in table["waveform"]] == [(400,), (800,), None]
    assert table["sample_rate"].tolist()[:2] == [4000, 4000]
    assert np.array_equal(table["waveform"][0], hearingai.read_audio(files[0], 4000)[0])


def test_rows_of_a_table_are_parts(files):
    parts = pd.DataFrame({"fname": files, "start": [0.05, 0.0], "end": [0.1, None]})
    table = hearingai.read_audio(parts)
    assert [len(waveform) for waveform in table["waveform"]] == [400, 3200]
    with pytest.raises(HearingAIError, match="`start` and `duration` are in the table already"):
        hearingai.read_audio(parts, duration=0.1)


def test_folders_stand_for_the_recordings_in_them_and_below(files, tmp_path):
    (tmp_path / "below").mkdir()
    last = str(tmp_path / "below" / "c.wav")
    hearingai.write_audio(np.zeros(80), last, 8000)
    table = hearingai.audio_info(tmp_path)
    assert table["fname"].tolist() == [*files, last]
    assert hearingai.read_audio([tmp_path / "below", *files])["fname"].tolist() == [last, *files]
    assert len(hearingai.read_audio(table)) == 3
    with pytest.raises(AudioFileError, match=r"directory.*read_audio\(audio_info\(path\)\)"):
        hearingai.read_audio(tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(HearingAIError, match="none contains no recordings"):
        hearingai.audio_info(tmp_path / "none")
    assert hearingai.audio_info([tmp_path / "none", *files])["error"].notna().sum() == 1


@pytest.mark.parametrize("bad", [[], ["gone.wav"]])
@pytest.mark.parametrize("good", [0, 2])
def test_columns_have_the_same_types_whatever_is_missing(files, good, bad):
    types = dict.fromkeys(("sample_rate", "channels", "samples"), "Int64") | {"duration": "float64"}
    table = hearingai.audio_info(files[:good] + bad)
    assert {name: str(table[name].dtype) for name in types} == types
    assert hearingai.read_audio(files[:good] + bad)["sample_rate"].dtype == "Int64"


@pytest.mark.parametrize("path", [3, None, [1], [None], {"a.wav": 1}, b"a.wav"])
def test_what_is_no_path_is_named(path):
    for function in (hearingai.audio_info, hearingai.read_audio):
        with pytest.raises(HearingAIError, match="`path` must be a path, a list of paths"):
            function(path)


def test_none_is_a_table_without_rows():
    assert len(hearingai.audio_info([])) == len(hearingai.read_audio([])) == 0
