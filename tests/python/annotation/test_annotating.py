"""annotate(): recordings of any length, on disk and in memory, with and without errors."""

import json
import threading

import numpy as np
import pandas as pd
import pytest
import soundfile

import hearingai
from hearingai.annotation import _run as annotation_run
from hearingai.classifier.protocol import heard_by

RATE = 100  # of the stand-in for a classifier
USUAL = {"ignore": "quiet", "hop": 0.5, "batch_size": 16}  # several batches a recording


def bursts(seconds, at, rate=RATE):
    """Silence with bursts of a second and a half at these seconds."""
    sound = np.zeros(int(seconds * rate), "float32")
    for second in at:
        sound[int(second * rate) : int((second + 1.5) * rate)] = 0.9
    return sound


@pytest.fixture
def recordings(tmp_path):
    """Three recordings, one of them in a folder below."""
    (tmp_path / "below").mkdir()
    files = [tmp_path / "a.wav", tmp_path / "b ö.wav", tmp_path / "below" / "c.flac"]
    for file, at in zip(files, ([2, 7], [4], []), strict=True):
        hearingai.write_audio(file, bursts(12, at), RATE)
    return [str(file) for file in files]


def annotate(classifier, recordings, **options):
    return hearingai.annotate(classifier, recordings, **USUAL | options)


def test_events_of_several_recordings_in_their_order(ear, recordings):
    found = annotate(ear(), recordings[::-1], smooth=0)
    assert list(found.events.columns) == ["fname", "start", "end", "label", "score"]
    assert list(found.events["fname"]) == [recordings[1], recordings[0], recordings[0]]
    # opened by a window that is loud throughout, kept open by one that is half so
    np.testing.assert_allclose(found.events["start"], [4.25, 2.25, 7.25])
    np.testing.assert_allclose(found.events["end"], [5.75, 3.75, 8.75])
    np.testing.assert_allclose(found.events["score"], 0.9, atol=1e-3)
    assert set(found.events["label"]) == {"loud"}
    assert found.seconds == 36
    assert found.speed > 0
    assert found.recordings["seconds"].tolist() == [12.0] * 3
    assert len(found.errors) == 0
    assert "3 events in 3 recordings of 36 s" in repr(found)
    assert "loud 3" in repr(found)


def test_a_folder_is_all_that_is_in_it(ear, recordings, tmp_path):
    (tmp_path / "notes.txt").write_text("no sound")
    assert list(annotate(ear(), tmp_path).recordings["fname"]) == recordings
    (tmp_path / "empty").mkdir()
    with pytest.raises(hearingai.HearingAIError, match="empty contains no recordings"):
        annotate(ear(), tmp_path / "empty")


def test_windows_tell_what_was_heard(ear):
    sound = bursts(3.2, [1])
    windows = annotate(ear(), sound).windows
    assert list(windows.columns) == ["fname", "start", "end", "prob_loud", "prob_quiet"]
    assert windows["start"].tolist() == [0, 0.5, 1, 1.5, 2, 2.5]
    assert windows["end"].tolist() == [1, 1.5, 2, 2.5, 3, 3.2]
    assert windows["fname"].isna().all()
    assert windows["prob_loud"].dtype == "float32"
    expected = [np.abs(sound[s : s + 100]).sum() / 100 for s in range(0, 300, 50)]
    np.testing.assert_allclose(windows["prob_loud"], expected, atol=1e-6)
    assert annotate(ear(), sound, keep_windows=False).windows is None


def test_probabilities_are_those_of_predict():
    classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
    sound = np.random.default_rng(1).normal(0, 0.1, 40000).astype("float32")
    found = hearingai.annotate(classifier, sound, hop=0.5, batch_size=3).windows
    pieces = [sound[s : s + 16000] for s in (0, 8000, 16000, 24000)]
    expected = hearingai.predict(classifier, pieces)
    np.testing.assert_allclose(found["prob_a"], expected["prob_a"], atol=1e-6)


def test_the_size_of_blocks_and_of_steps_changes_nothing(ear, recordings, monkeypatch):
    whole = annotate(ear(), recordings)
    monkeypatch.setattr("hearingai.audio.blocks._BLOCK", 37)
    pd.testing.assert_frame_equal(annotate(ear(), recordings, batch_size=5).events, whole.events)
    pd.testing.assert_frame_equal(annotate(ear(), recordings, batch_size=1).windows, whole.windows)


def test_parts_of_a_table_have_times_of_the_recording(ear, recordings):
    table = pd.DataFrame({"fname": recordings[:1] * 2, "start": [1, 6], "end": [5, np.nan]})
    found = annotate(ear(), table, smooth=0)
    np.testing.assert_allclose(found.events["start"], [2.25, 7.25])
    assert found.seconds == 10
    assert found.windows["start"].tolist()[:2] == [1, 1.5]
    assert found.windows["end"].max() == 12


def test_a_recording_of_another_rate_and_of_two_channels(ear, tmp_path):
    sound = bursts(12, [4], 8000)
    hearingai.write_audio(tmp_path / "a.wav", np.stack([sound, sound]), 8000)
    by_file = annotate(ear(), tmp_path / "a.wav", smooth=0).events
    np.testing.assert_allclose(by_file[["start", "end"]], [[4.25, 5.75]])
    by_array = annotate(ear(), sound, sample_rate=8000, smooth=0).events
    np.testing.assert_allclose(by_array[["start", "end"]], [[4.25, 5.75]])


def test_a_recording_that_cannot_be_read_is_named_and_the_rest_heard(ear, recordings, tmp_path):
    bad = {"missing.wav": "does not exist", "empty.wav": "is empty", "text.wav": "not audio"}
    bad |= {"short.wav": "truncated", "nan.wav": "not finite", "nothing.wav": "no samples"}
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("no sound at all, only a line of text")
    content = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "short.wav").write_bytes(content[: len(content) // 2])
    sound = bursts(12, [2])
    sound[-1] = np.nan
    soundfile.write(tmp_path / "nan.wav", sound, RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "nothing.wav", sound[:0], RATE)
    names = [str(tmp_path / name) for name in bad]
    found = annotate(ear(), [*names[:3], *recordings, *names[3:]])
    assert found.errors["fname"].tolist() == names
    for reason, expected in zip(found.errors["error"], bad.values(), strict=True):
        assert expected in reason
    pd.testing.assert_frame_equal(found.events, annotate(ear(), recordings).events)
    assert found.seconds == 36
    assert "6 not read" in repr(found)
    with pytest.raises(hearingai.AudioFileError, match=r"missing\.wav"):
        annotate(ear(), [*recordings, *names], on_error="raise")
    assert "hearingai-reader" not in [thread.name for thread in threading.enumerate()]


def test_none_that_can_be_read_is_an_empty_answer(ear, tmp_path):
    found = annotate(ear(), tmp_path / "missing.wav")
    assert (len(found.events), len(found.windows), found.seconds, found.speed) == (0, 0, 0, None)
    assert list(found.windows.columns) == ["fname", "start", "end", "prob_loud", "prob_quiet"]


@pytest.fixture
def counted(monkeypatch):
    """How many batches are computed."""
    batches = []

    def compute(classifier, clips):
        batches.append(len(clips))
        return heard_by(classifier, clips)

    monkeypatch.setattr(annotation_run, "probabilities_of", compute)
    return batches


def test_after_a_break_only_what_is_missing_is_computed(ear, recordings, tmp_path, counted):
    kept, whole = tmp_path / "kept", annotate(ear(), recordings)
    n = len(counted)

    broken = ear()
    broken.probabilities = lambda clips: (
        ear().probabilities(clips) if len(counted) < n + 4 else [][1]
    )
    with pytest.raises(IndexError):  # within the second recording
        annotate(broken, recordings, path=kept)
    assert sorted(f.suffix for f in kept.iterdir()) == [".json", ".npy"]
    counted.clear()
    found = annotate(ear(), recordings, path=kept)
    assert len(counted) == n * 2 / 3
    pd.testing.assert_frame_equal(found.events, whole.events)
    pd.testing.assert_frame_equal(found.windows, whole.windows)
    assert found.seconds == whole.seconds
    assert len(list(kept.glob("*.json"))) == 3
    counted.clear()
    again = annotate(ear(), recordings, path=kept, threshold=0.3, smooth=0)
    assert not counted
    assert again.speed is None
    expected = annotate(ear(), recordings, threshold=0.3, smooth=0)
    pd.testing.assert_frame_equal(again.events, expected.events)


def test_what_is_kept_of_something_else_is_not_taken(ear, recordings, tmp_path, counted):
    kept, one = tmp_path / "kept", recordings[0]
    annotate(ear(), one, path=kept)
    for classifier, options in ((ear(channels=2), {}), (ear(), {"hop": 0.25})):
        counted.clear()
        annotate(classifier, one, path=kept, **options)
        assert counted
    hearingai.write_audio(one, bursts(13, [5]), RATE, overwrite=True)
    found = annotate(ear(), one, path=kept)
    pd.testing.assert_frame_equal(found.events, annotate(ear(), one).events)


@pytest.mark.parametrize("damage", ["shorter", "gone", "no json", "other"])
def test_what_is_kept_and_damaged_is_computed_anew(ear, recordings, tmp_path, damage):
    kept = tmp_path / "kept"
    whole = annotate(ear(), recordings[0], path=kept)
    values, note = next(kept.glob("*.npy")), next(kept.glob("*.json"))
    if damage == "shorter":
        values.write_bytes(values.read_bytes()[:-8])
    elif damage == "gone":
        values.unlink()
    elif damage == "no json":
        note.write_text("{")
    else:
        note.write_text(json.dumps(json.loads(note.read_text()) | {"fingerprint": "x"}))
    again = annotate(ear(), recordings[0], path=kept)
    pd.testing.assert_frame_equal(again.windows, whole.windows)
    assert len(list(kept.iterdir())) == 2


def test_a_disk_that_fills_leaves_no_half_written_file(ear, recordings, tmp_path):
    import resource

    kept, before = tmp_path / "kept", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        with pytest.raises(hearingai.HearingAIError, match="cannot write to .*kept.*too large"):
            annotate(ear(), recordings, path=kept)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(kept.iterdir()) == []


def test_progress_is_told_in_seconds_of_sound(ear, recordings):
    told = []
    annotate(ear(), recordings, progress=lambda *step: told.append(step))
    assert told[-1][:2] == (36, 36)
    assert "times real time" in told[-1][2]
    assert [step[0] for step in told] == sorted(step[0] for step in told)


@pytest.mark.parametrize(
    ("recordings", "options", "reason"),
    [
        ([], {}, "names no recording"),
        (pd.DataFrame({"file": ["a"]}), {}, "column `fname`. Received: file"),
        ([3], {}, "must be paths"),
        (3, {}, "must be paths"),
        (np.zeros((2, 3, 4)), {}, "shape"),
        (np.zeros(0), {}, "shape"),
        (np.full(300, np.nan), {}, "finite"),
        (np.zeros(300, "int32"), {}, "int32"),
        (np.zeros(300), {"sample_rate": 0}, "`sample_rate`"),
        (np.zeros(300), {"path": "kept"}, "`path`"),
        (np.zeros(300), {"on_error": "ignore"}, "`on_error`"),
        (np.zeros(300), {"batch_size": 0}, "`batch_size`"),
        (np.zeros(300), {"hop": 2}, "`hop`"),
        (np.zeros(300), {"threshold": 2}, "`threshold`"),
    ],
)
def test_what_cannot_be_is_refused_by_name(ear, recordings, options, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(hearingai.HearingAIError, match=reason):
        annotate(ear(), recordings, **options)


def test_a_classifier_of_embeddings_has_no_windows():
    classifier = hearingai.create_classifier("embedding-gru", ["a", "b"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="embeddings"):
        hearingai.annotate(classifier, np.zeros(16000))
