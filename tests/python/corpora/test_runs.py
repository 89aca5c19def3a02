"""Runs in a folder: equal to those without, resumed, sliced, refused."""

import errno
import hashlib
import json
import os
import shutil
import warnings

import pandas as pd
import pytest

import hearingai
from hearingai.audio._layouts import layout_of
from loud_ears import LoudEar

OPTIONS = {"hop": 0.5, "ignore": "quiet", "threshold": 0.7}
TABLES = ("events", "windows", "recordings", "errors", "notes")


def annotate(recordings, out=None, ear=None, **options):
    return hearingai.annotate(ear or LoudEar(), recordings, out=out, **OPTIONS | options)


def digests(run):
    """What the files of the tables hold, byte for byte."""
    files = sorted(run.glob("*/*.parquet"))
    return {str(f.relative_to(run)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def assert_same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.seconds == other.seconds


@pytest.fixture(scope="module")
def whole(season, tmp_path_factory):
    """An undisturbed run."""
    run = tmp_path_factory.mktemp("whole") / "run"
    annotate(season, run)
    return run


def test_a_run_finds_what_a_call_without_a_folder_finds(season, tmp_path):
    without, found = annotate(season), annotate(season, tmp_path / "run")
    assert len(found.events) > 20
    assert found.errors["fname"].tolist() == [str(season / "05b.wav")]
    assert_same(without, found)
    assert repr(found).startswith(repr(without).partition(", 1 not read")[0])


def test_a_folder_says_what_was_done(season, whole):
    summary = json.loads((whole / "summary.json").read_text())
    assert (summary["recordings"], summary["errors"]) == (15, 1)
    assert summary["rows"]["recordings"] == 15
    assert summary["rows"]["events"] == len(hearingai.read_run(whole))
    assert summary["identity"]["classifier"] == "ear"
    assert summary["identity"]["hop"] == "1/2"
    assert summary["seconds"] == sum(hearingai.read_run(whole, "recordings")["seconds"].dropna())
    assert (whole / "errors.csv").read_text().splitlines()[0] == "fname,error"
    manifest = hearingai.read_run(whole, "manifest")
    assert manifest["state"].value_counts().to_dict() == {"done": 14, "error": 1}
    assert not list(whole.rglob(".part-*"))


def test_tables_are_read_as_data_sets(whole):
    data = hearingai.read_run(whole, "windows", as_dataset=True)
    assert data.count_rows() == len(hearingai.read_run(whole, "windows"))
    assert data.schema.names == ["row", "fname", "start", "end", "prob_loud", "prob_quiet"]
    with pytest.raises(hearingai.HearingAIError, match="`as_dataset` is for events, windows"):
        hearingai.read_run(whole, "errors", as_dataset=True)
    with pytest.raises(hearingai.HearingAIError, match="`table` must be"):
        hearingai.read_run(whole, "predictions")


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(hearingai.HearingAIError, match="holds no run"):
        hearingai.read_run(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(hearingai.HearingAIError, match="is damaged"):
        hearingai.read_run(tmp_path)


def test_a_run_goes_on_with_what_is_missing(season, whole, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    before = digests(run)
    marks = sorted((run / "recordings").iterdir())
    assert len(marks) > 4
    for mark in marks[1::2]:  # as if it had been killed before the last table of these was there
        mark.unlink()
    (run / "events" / marks[1].name).unlink()
    (run / "summary.json").unlink()
    assert hearingai.read_run(run, "manifest")["state"].eq("waiting").sum() > 1
    times = {mark: mark.stat().st_mtime_ns for mark in marks[::2]}
    assert_same(annotate(season, run), annotate(season))
    assert digests(run) == before
    assert {mark: mark.stat().st_mtime_ns for mark in marks[::2]} == times
    assert (run / "summary.json").is_file()
    assert annotate(season, run).speed is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"ear": LoudEar("other")}, 'classifier is "ear" there and "other" here'),
        ({"hop": 0.25}, 'hop is "1/2" there and "1/4" here'),
        ({"threshold": 0.8}, "low is .*; threshold is"),
        ({"window": 0.5}, "window is"),
        ({"keep_windows": False}, "keep_windows is true there and false here"),
        ({"partial": True}, "partial is false there and true here"),
    ],
)
def test_another_classifier_and_other_options_are_refused(season, whole, change, told):
    before = digests(whole)
    with pytest.raises(hearingai.HearingAIError, match=f"`out`: another run .*{told}"):
        annotate(season, whole, **change)
    assert digests(whole) == before


def test_other_recordings_are_refused(season, whole):
    with pytest.raises(hearingai.HearingAIError, match="14.wav|of other recordings"):
        annotate([season / "00.wav"], whole)


def test_slices_come_to_the_whole(season, whole, tmp_path):
    run = tmp_path / "run"
    parts = [annotate(season, run, shard=f"{i}/3") for i in (3, 1)]
    assert not (run / "summary.json").exists()
    assert {len(part.recordings) for part in parts} < set(range(1, 14))
    annotate(season, run, shard="2/3")
    assert digests(run) == digests(whole)
    assert (run / "summary.json").read_bytes() == (whole / "summary.json").read_bytes()


def test_what_is_not_whole_is_told_when_it_is_read(season, tmp_path):
    annotate(season, tmp_path, shard="1/2")
    with pytest.warns(
        hearingai.HearingAIWarning, match=r"\d of \d+ recordings of this run are done"
    ):
        hearingai.read_run(tmp_path)
    annotate(season, tmp_path, shard="2/2")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hearingai.read_run(tmp_path)


@pytest.mark.parametrize("out", ["", "events.csv", "a/Events.PARQUET"])
def test_a_run_needs_a_folder(season, out, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(hearingai.HearingAIError, match="`out` must name the folder of a run"):
        annotate(season, out)
    with pytest.raises(hearingai.HearingAIError, match="`workers`"):
        annotate(season, "run", workers=0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", [None, "run"])
def test_nothing_heard_is_told(tmp_path, out):
    out = out and tmp_path / out
    with pytest.warns(
        hearingai.HearingAIWarning, match="none of 1 can be heard. The first: .*does not exist"
    ):
        found = annotate(tmp_path / "nosuch.wav", out)
    assert len(found.errors) == 1


def test_a_slice_needs_a_folder(season):
    with pytest.raises(hearingai.HearingAIError, match="`out` must name it"):
        annotate(season, shard="1/2")


def test_sound_in_memory_has_no_run(tmp_path):
    import numpy as np

    with pytest.raises(hearingai.HearingAIError, match="`out` and `workers` are for files"):
        annotate(np.zeros(500, "float32"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_parts_of_recordings_and_names_of_any_bytes(season, tmp_path):
    odd = os.fsencode(tmp_path) + b"/caf\xe9.wav"
    with open(odd, "wb") as file:
        file.write((season / "03.wav").read_bytes())
    name = os.fsdecode(odd)
    names = pd.Series([name, str(season / "01.wav"), name], dtype=object)
    parts = pd.DataFrame({"fname": names}).assign(start=[0.0, 0.3, 10.1], end=[9.9, 20, None])
    without, found = annotate(parts), annotate(parts, tmp_path / "run")
    assert_same(without, found)
    assert name in found.events["fname"].tolist()


def test_what_is_read_in_part_is_noted(season, tmp_path):
    cut = tmp_path / "cut.wav"
    data = (season / "04.wav").read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    files = [season / "00.wav", cut]
    with pytest.warns(hearingai.HearingAIWarning, match="cut.wav is truncated"):
        found = annotate(files, tmp_path / "run", partial=True)
    with pytest.warns(hearingai.HearingAIWarning, match="cut.wav is truncated"):
        assert_same(annotate(files, partial=True), found)
    assert found.notes["fname"].tolist() == [str(cut)]
    refused = annotate(files, tmp_path / "other")
    assert refused.errors["fname"].tolist() == [str(cut)]
    assert "truncated" in refused.errors["error"][0]


def test_the_first_unreadable_recording_may_end_a_run(season, tmp_path):
    with pytest.raises(hearingai.AudioFileError, match="05b.wav"):
        annotate(season, tmp_path / "run", on_error="raise")
    assert_same(annotate(season, tmp_path / "run"), annotate(season))


def test_what_could_not_be_opened_is_tried_again(season, whole, tmp_path, monkeypatch):
    def gone(path):
        if path.name == "03.wav":
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(path))
        return layout_of(path)

    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr("hearingai.audio.blocks.layout_kept", gone)
        told = annotate(season, run).errors
    assert told["fname"].tolist() == [str(season / "03.wav"), str(season / "05b.wav")]
    assert "cannot be opened" in told["error"][0]
    done = {mark: mark.stat().st_mtime_ns for mark in (run / "recordings").iterdir()}
    assert_same(annotate(season, run), annotate(season))
    assert sum(mark.stat().st_mtime_ns != time for mark, time in done.items()) == 1
    assert digests(run) == digests(whole)
    assert json.loads((run / "summary.json").read_text())["errors"] == 1
    assert annotate(season, run).speed is None


def test_kept_windows_serve_a_run(season, tmp_path):
    annotate(season, path=tmp_path / "kept")
    silent = LoudEar(pause=1000)  # it would take for ever
    found = annotate(season, tmp_path / "run", ear=silent, path=tmp_path / "kept", threshold=0.8)
    assert_same(found, annotate(season, threshold=0.8))


def test_times_are_added_to_what_is_read(season, tmp_path):
    files = sorted(map(str, season.glob("0[0-3].wav")))
    times = pd.DataFrame({"fname": files, "time": pd.date_range("2024-05-01", periods=4, tz="UTC")})
    without = annotate(files, times=times)
    assert_same(without, annotate(files, tmp_path / "run", times=times))
    assert "time" in without.events
