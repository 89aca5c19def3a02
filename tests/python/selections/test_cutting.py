"""Events cut out: the samples of their recordings, under names that sort."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import hearingai
from hearingai.errors import AudioFileError, HearingAIError, HearingAIWarning

RATE = 1000


@pytest.fixture
def night(tmp_path):
    """Ten seconds in stereo, of 16 bits, in which every sample is another."""
    path = tmp_path / "night.wav"
    samples = np.arange(-10000, 10000, dtype="int16").reshape(-1, 2)
    soundfile.write(path, samples, RATE, subtype="PCM_16")
    return path


def found(night, *rows):
    """Events, `(start, end, label, score)` each."""
    table = pd.DataFrame(rows, columns=["start", "end", "label", "score"])
    return table.assign(fname=str(night))


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*") if p.is_file())


def test_clips_are_the_samples_of_their_recordings(night, tmp_path):
    events = found(night, (1.0, 1.5, "owl", 0.9), (9.9, 10.0, "wren", None)).assign(low=[5.0, 6])
    cut = hearingai.cut_events(events, tmp_path / "out", context=0.25)
    expected = ["owl/owl_0.900_night_00000.750.wav", "wren/wren_night_00009.650.wav"]
    assert names(tmp_path / "out") == expected
    assert cut["fname"].tolist() == [str(tmp_path / "out" / name) for name in expected]
    columns = ["start", "end", "label", "low", "recording", "at"]
    assert cut[columns].values.tolist() == [
        [0.25, 0.75, "owl", 5, str(night), 0.75],
        [0.25, 0.35, "wren", 6, str(night), 9.65],
    ]
    whole, _ = soundfile.read(night, dtype="int16")
    for row, first in zip(cut.itertuples(), (750, 9650), strict=True):
        samples, rate = soundfile.read(row.fname, dtype="int16")
        assert rate == RATE
        np.testing.assert_array_equal(samples, whole[first : first + len(samples)])
        assert len(samples) == (1000 if first == 750 else 350)
    assert len(hearingai.audio_folder(tmp_path / "out")) == 2
    cut = cut.assign(score=1.0)
    metrics = hearingai.detection_metrics(cut, cut, duration=1)
    assert metrics.summary["f1"].item() == 1  # it is a table of events


@pytest.mark.parametrize("subtype", ["PCM_24", "FLOAT", "PCM_U8"])
def test_encodings_stay(tmp_path, subtype):
    rng, path = np.random.default_rng(1), tmp_path / "a.WAV"
    soundfile.write(path, rng.uniform(-1, 1, 2000), RATE, subtype=subtype, format="WAV")
    cut = hearingai.cut_events(found(path, (0.5, 1.25, "x", 0.5)), tmp_path / "out")
    assert soundfile.info(cut["fname"][0]).subtype == subtype
    whole, part = soundfile.read(path)[0], soundfile.read(cut["fname"][0])[0]
    np.testing.assert_array_equal(part, whole[500:1250])


def test_what_is_compressed_with_loss_becomes_flac(tmp_path):
    path = tmp_path / "a.ogg"
    hearingai.write_audio(np.sin(np.arange(16000) / 9) / 2, path, 8000)
    cut = hearingai.cut_events(found(path, (0.5, 1.25, "x", 0.5)), tmp_path / "out")
    info = soundfile.info(cut["fname"][0])
    assert (info.format, info.samplerate, info.frames) == ("FLAC", 8000, 6000)


def test_so_many_are_drawn_of_each_label_by_a_seed(night, tmp_path):
    rows = [(k, k + 0.5, "owl", k / 10) for k in range(8)] + [(9, 9.5, "wren", 0.5)]
    cut = [
        hearingai.cut_events(found(night, *rows), tmp_path / str(i), n=3, seed=seed)
        for i, seed in enumerate((1, 1, 2))
    ]
    assert cut[0]["label"].value_counts().to_dict() == {"owl": 3, "wren": 1}
    assert cut[0]["at"].tolist() == cut[1]["at"].tolist() != cut[2]["at"].tolist()


def test_so_many_are_drawn_of_each_bin_of_scores(night, tmp_path):
    scores = [0.05, 0.06, 0.07, 0.5, 0.95, 0.96, 1.0]
    events = found(night, *[(k, k + 0.5, "owl", score) for k, score in enumerate(scores)])
    given = {"by": "score", "n": 1, "seed": 1}
    cut = hearingai.cut_events(events, tmp_path / "a", **given)
    assert (cut["score"] * 10).clip(upper=9.9).astype(int).tolist() == [0, 5, 9]
    cut = hearingai.cut_events(events, tmp_path / "b", bins=[0, 0.8, 1], **given)
    assert (cut["score"] > 0.8).tolist() == [False, True]
    with pytest.raises(HearingAIError, match="score.* is missing in row 1, and `by` is"):
        hearingai.cut_events(events.assign(score=np.nan), tmp_path / "c", **given)


def test_names_are_plain_and_tell_equal_ones_apart(night, tmp_path):
    rows = [(1, 2, "a/b: c", 0.5), (1, 2, "a/b: c", 0.5), (1, 2, "a-b c", 0.5), (1, 2, "..", 0.5)]
    cut = hearingai.cut_events(found(night, *rows), tmp_path / "out")
    folders = {Path(f).parent.name: label for f, label in zip(cut["fname"], cut["label"])}  # noqa: B905
    assert folders == {"a-b-c": "a-b c", "a-b-c-2": "a/b: c", "none": ".."}
    assert sorted(cut["label"]) == sorted(row[2] for row in rows)
    assert len(set(cut["fname"])) == 4


def test_pictures_lie_beside_the_clips(night, tmp_path):
    events = found(night, (1.0, 1.5, "owl", 0.9), (2, 2.01, "owl", None))
    hearingai.cut_events(events, tmp_path / "out", context=0.0, pictures=True)
    pictures = [name for name in names(tmp_path / "out") if name.endswith(".png")]
    assert pictures == ["owl/owl_0.900_night_00001.000.png", "owl/owl_night_00002.000.png"]
    assert all((tmp_path / "out" / p).read_bytes().startswith(b"\x89PNG") for p in pictures)


def test_nothing_is_replaced_unasked(night, tmp_path):
    events = found(night, (1.0, 1.5, "owl", 0.9), (3.0, 3.5, "owl", 0.8))
    (tmp_path / "out" / "owl").mkdir(parents=True)
    taken = tmp_path / "out" / "owl" / "owl_0.900_night_00001.000.wav"
    taken.write_text("mine")
    with pytest.raises(HearingAIError, match="exists; `overwrite=True`"):
        hearingai.cut_events(events, tmp_path / "out")
    assert names(tmp_path / "out") == ["owl/owl_0.900_night_00001.000.wav"]
    assert taken.read_text() == "mine"
    assert len(hearingai.cut_events(events, tmp_path / "out", overwrite=True)) == 2


def test_events_that_cannot_be_cut_are_named(night, tmp_path):
    events = found(night, (1, 2, "x", 0.5), (3, 3, "x", 0.5), (12, 13, "x", 0.5))
    events = pd.concat([events, found(tmp_path / "none.wav", (1, 2, "x", 0.5))])
    told = r"left out 3 event\(s\).*without a duration at 3 s.*ends at 10 s, before the event at 12"
    with pytest.warns(HearingAIWarning, match=told):
        assert len(hearingai.cut_events(events, tmp_path / "out")) == 1
    with pytest.raises(AudioFileError, match="event without a duration"):
        hearingai.cut_events(events, tmp_path / "raised", on_error="raise")
    assert not (tmp_path / "raised").exists()
    point = hearingai.cut_events(events[1:2], tmp_path / "point", context=0.5)
    assert hearingai.audio_info(point["fname"][0])["duration"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "site"}, "`by` must be one of 'label', 'score'"),
        ({"n": 0}, "`n` must be a positive whole number"),
        ({"context": -1}, "`context` must be a number from 0"),
        ({"by": "score", "bins": [1, 0]}, "`bins` must be edges that rise"),
        ({"by": "score", "bins": "many"}, "`bins` must be a number, or the edges"),
        ({"events": pd.DataFrame({"start": [0], "end": [1], "label": ["x"]})}, "fname.*in row 1"),
        ({"events": 3}, "`events` must be a table"),
    ],
)
def test_unfit_arguments_are_named(night, tmp_path, options, message):
    given = {"events": found(night, (1, 2, "x", 0.5)), "folder": tmp_path / "out"}
    with pytest.raises(HearingAIError, match=message):
        hearingai.cut_events(**given | options)
    assert not (tmp_path / "out").exists()


def test_no_events_are_no_files(night, tmp_path):
    cut = hearingai.cut_events(found(night, (1, 2, "x", 0.5))[:0], tmp_path / "out")
    assert len(cut) == 0
    assert {"fname", "start", "end", "label", "score", "recording", "at"} <= set(cut)


def test_names_are_short_enough_for_every_system(night, tmp_path):
    long = night.with_name("鳴" * 60 + ".wav")
    night.rename(long)
    events = found(long, (1.0, 1.5, "鳥" * 60, 0.9), (2.0, 2.5, "鳥" * 59, 0.9))
    cut = hearingai.cut_events(events, tmp_path / "out", pictures=False)
    parts = [Path(name).relative_to(tmp_path / "out").parts for name in cut["fname"]]
    assert all(len(part.encode()) < 250 for name in parts for part in name)
    assert len({name[0] for name in parts}) == 2
    accent = found(long, (1.0, 1.5, "cafe\u0301", None))
    cut = hearingai.cut_events(accent, tmp_path / "accent")
    assert Path(cut["fname"][0]).parent.name == "caf\u00e9"


@pytest.mark.filterwarnings("ignore::hearingai.HearingAIWarning")
def test_where_nothing_is_cut_columns_keep_their_types(night, tmp_path):
    events = found(night, (1.0, 1.5, "owl", 0.9)).assign(fname="gone.wav", day=3)
    cut = hearingai.cut_events(events, tmp_path / "out")
    assert list(cut)[-3:] == ["day", "recording", "at"]
    assert {name: cut[name].dtype.kind for name in ("start", "score", "day", "at")} == {
        "start": "f",
        "score": "f",
        "day": "i",
        "at": "f",
    }
