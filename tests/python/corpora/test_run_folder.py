"""The folder of a run: of few recordings, of odd ones, and where something is amiss."""

import os

import pandas as pd
import pytest

import hearingai
from hearingai.corpora.merging import merge_run
from loud_ears import OPTIONS, LoudEar

TABLES = ("events", "windows", "recordings", "errors", "notes")


def annotate(recordings, out=None, **options):
    return hearingai.annotate(LoudEar(), recordings, out=out, **OPTIONS | options)


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


@pytest.fixture
def few(season):
    """Three recordings, in two shards or three."""
    return sorted(season.glob("1[123].wav"))


def test_a_slice_without_shards_is_empty(few, tmp_path):
    whole = annotate(few)
    for _ in range(2):  # before any of the others is done, and after
        found = annotate(few, tmp_path / "run", shard="16/16")
        for name in TABLES:
            nothing = getattr(whole, name).iloc[:0]
            pd.testing.assert_frame_equal(getattr(found, name), nothing)
        assert found.seconds == 0
        assert_same(annotate(few, tmp_path / "run"), whole)


def test_a_shard_of_which_nothing_can_be_read_is_done(season, tmp_path):
    bad = [season / "05b.wav"]
    assert_same(annotate(bad, tmp_path / "run"), annotate(bad))


@pytest.mark.parametrize("name", ["all.csv", "all.parquet"])
def test_of_a_run_with_nothing_done_nothing_is_merged(few, tmp_path, name):
    annotate(few, tmp_path / "run", shard="16/16")
    with pytest.raises(hearingai.HearingAIError, match="run`: no shard is done yet"):
        merge_run(tmp_path / "run", tmp_path / name)
    assert not (tmp_path / name).exists()


def test_names_of_any_bytes_come_from_all_shards(few, tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    with open(odd, "wb") as file:
        file.write(few[0].read_bytes())
    names = pd.Series([*map(str, few), odd, str(tmp_path / "caf\udce9-none.wav")], dtype=object)
    table = names.to_frame("fname")
    found = annotate(table, tmp_path / "run")
    assert hearingai.read_run(tmp_path / "run", "manifest")["shard"].tolist()[-2] > 0
    assert_same(found, annotate(table))
    assert odd in found.events["fname"].tolist()
    read = hearingai.read_run(tmp_path / "run", "recordings")
    assert read["fname"].tolist() == names.tolist()


def test_errors_that_are_there_are_raised_too(season, tmp_path):
    annotate(season, tmp_path / "run")
    with pytest.raises(hearingai.AudioFileError, match="05b.wav") as caught:
        annotate(season, tmp_path / "run", on_error="raise")
    assert caught.value.path == str(season / "05b.wav")


def test_a_recording_is_noted_once_whatever_its_parts(few, tmp_path):
    cut = tmp_path / "cut.wav"
    cut.write_bytes(few[0].read_bytes()[:4000])
    parts = pd.DataFrame({"fname": [str(cut)] * 2, "start": [0.0, 5.0], "end": [5.0, 10.0]})
    with pytest.warns(hearingai.HearingAIWarning, match="cut.wav is truncated"):
        without = annotate(parts, partial=True)
    with pytest.warns(hearingai.HearingAIWarning, match="cut.wav is truncated"):
        found = annotate(parts, tmp_path / "run", partial=True)
    assert len(without.notes) == 1
    assert_same(found, without)


def test_a_manifest_that_is_not_the_run_s_is_told(few, tmp_path):
    for name in ("run", "other"):
        annotate(few[: len(name) - 2], tmp_path / name)
    other = (tmp_path / "other/manifest.parquet").read_bytes()
    (tmp_path / "run/manifest.parquet").write_bytes(other)
    with pytest.raises(hearingai.HearingAIError, match="manifest.parquet is damaged"):
        hearingai.read_run(tmp_path / "run", "manifest")
