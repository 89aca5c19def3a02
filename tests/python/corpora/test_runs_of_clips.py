"""predict(), embed() and evaluate() in a folder: equal to those without, to the last bit."""

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.corpora import manifest, running
from hearingai.corpora.engines import Serial
from hearingai.corpora.jobs import Outcome
from slow import first_quick


@pytest.fixture(scope="module")
def classifier(words):
    """A classifier whose record knows half of its clips."""
    made = hearingai.create_classifier("speech-commands-small", ["down", "no", "yes"], seed=1)
    from hearingai.clips.decoding import decode_all
    from hearingai.clips.digests import digests

    half = decode_all(words.iloc[::2], made.clip_format, dtype="int16")[0]
    made.record["trained_on"] = list(digests(half))
    return made


@pytest.fixture(scope="module")
def clips(words, tmp_path_factory):
    """Clips, one of them none; shards of sixteen, two batches of eight."""
    bad = tmp_path_factory.mktemp("bad") / "bad.wav"
    bad.write_bytes(b"RIFF of nothing")
    table = words[["fname", "class"]].copy()
    table.loc[37, "fname"] = str(bad)
    return table


@pytest.fixture(autouse=True)
def short_shards(monkeypatch):
    monkeypatch.setattr(manifest, "_RATE", 1000)
    monkeypatch.setattr(manifest, "_SHORTEST", 300.0)


@pytest.mark.parametrize("name", ["predict", "embed"])
def test_a_run_answers_as_a_call_without_a_folder(classifier, clips, tmp_path, name):
    function = getattr(hearingai, name)
    without = function(classifier, clips, batch_size=8)
    found = function(classifier, clips, batch_size=8, out=tmp_path / "run")
    pd.testing.assert_frame_equal(found, without)
    shards = hearingai.read_run(tmp_path / "run", "manifest")["shard"]
    assert shards.max() > 3
    assert (np.flatnonzero(np.diff(shards)) % 8 == 7).all()
    assert hearingai.read_run(tmp_path / "run", "errors")["fname"].tolist() == [clips.fname[37]]
    pd.testing.assert_frame_equal(
        function(classifier, clips, batch_size=8, out=tmp_path / "run"), without
    )
    with pytest.raises(hearingai.HearingAIError, match="batch_size is 8 there and 16 here"):
        function(classifier, clips, batch_size=16, out=tmp_path / "run")


@pytest.mark.parametrize("name", ["predict", "embed", "prepare", "evaluate"])
def test_a_slice_without_shards_is_empty(classifier, clips, tmp_path, name):
    options = {"out": tmp_path / "run", "shard": "200/200"}
    if name == "evaluate":
        with pytest.raises(hearingai.HearingAIError, match="`shard`: this slice .* no clips"):
            hearingai.evaluate(classifier, clips, **options)
        return
    if name == "prepare":
        made = hearingai.prepare(clips, "speech-commands-small", store=tmp_path / "s", **options)
        assert (made.n, len(made.errors), len(made.notes)) == (0, 0, 0)
        return
    function = getattr(hearingai, name)
    without = function(classifier, clips[:2]).iloc[:0]
    pd.testing.assert_frame_equal(function(classifier, clips, **options), without)


def test_of_embeddings_too(turkeys, tmp_path):
    classifier = hearingai.create_classifier("audio-gate", ["other", "turkey"], seed=1)
    found = hearingai.predict(classifier, turkeys, out=tmp_path / "run", shard="200/200")
    pd.testing.assert_frame_equal(found, hearingai.predict(classifier, turkeys).iloc[:0])


@pytest.mark.parametrize("name", ["predict", "embed", "evaluate"])
def test_errors_that_are_there_are_raised_too(classifier, clips, tmp_path, name):
    function, options = getattr(hearingai, name), {"batch_size": 8, "out": tmp_path / "run"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function(classifier, clips, **options)
    with pytest.raises(hearingai.AudioFileError, match="bad.wav"):
        function(classifier, clips, on_error="raise", **options)


@pytest.fixture
def deadly(monkeypatch):
    """A recording at which every process ends: the third."""

    class Mortal(Serial):
        def work(self, tasks, tell):
            for task in tasks:
                if 2 in task.rows.index and 2 not in task.dead:
                    yield Outcome(task, died="it was killed")
                else:
                    yield from super().work([task], tell)

    monkeypatch.setattr(running, "Serial", Mortal)


@pytest.mark.usefixtures("deadly")
def test_a_recording_that_ends_processes_is_an_error_of_any_run(classifier, clips, tmp_path):
    with pytest.warns(hearingai.HearingAIWarning, match="59 of 118 clips were used in training"):
        found = hearingai.evaluate(classifier, clips, batch_size=8, out=tmp_path / "e")
    assert found.errors["fname"].tolist() == clips["fname"][[2, 37]].tolist()
    seen = hearingai.read_run(tmp_path / "e")["seen"]
    assert seen.dtype == bool and not seen[2]
    options = {"store": tmp_path / "store", "out": tmp_path / "p"}
    made = hearingai.prepare(clips, "speech-commands-small", **options)
    assert made.n == 118
    assert made.errors["fname"].tolist() == clips["fname"][[2, 37]].tolist()
    assert "ended the process that read it" in made.errors["error"][0]


def test_another_crop_and_another_front_end_are_another_run(classifier, clips, tmp_path):
    hearingai.predict(classifier, clips[:2], out=tmp_path / "run")
    told = {"labels": classifier.labels, "sample_rate": 16000, "duration": 1.0}
    other = hearingai.AudioClassifier(
        classifier.frontend, classifier.network, **told, crop="random"
    )
    assert other.fingerprint() == classifier.fingerprint()
    with pytest.raises(hearingai.HearingAIError, match='crop is .* there and "random" here'):
        hearingai.predict(other, clips[:2], out=tmp_path / "run")


def test_an_evaluation_is_the_same(classifier, clips, tmp_path):
    with pytest.warns(hearingai.HearingAIWarning):
        without = hearingai.evaluate(classifier, clips, batch_size=8)
    with pytest.warns(hearingai.HearingAIWarning, match="60 of 119 clips were used in training"):
        found = hearingai.evaluate(classifier, clips, batch_size=8, out=tmp_path / "run")
    for field in dataclasses.fields(without):
        one, other = (getattr(result, field.name) for result in (found, without))
        if isinstance(one, pd.DataFrame):
            pd.testing.assert_frame_equal(one, other)
        else:
            assert one == other
    read = hearingai.read_run(tmp_path / "run")
    assert read["class"].tolist() == clips["class"].tolist()
    other = clips.assign(**{"class": clips["class"].to_numpy()[::-1]})
    with pytest.raises(hearingai.HearingAIError, match="of other recordings"):
        hearingai.evaluate(classifier, other, batch_size=8, out=tmp_path / "run")


def test_a_slice_is_evaluated_by_itself(classifier, clips, tmp_path):
    with pytest.warns(hearingai.HearingAIWarning):
        parts = [
            hearingai.evaluate(classifier, clips, batch_size=8, out=tmp_path / "run", shard=part)
            for part in ("1/2", "2/2")
        ]
    assert sum(part.n for part in parts) == 119
    assert all(0 < part.n < 119 for part in parts)
    with pytest.warns(hearingai.HearingAIWarning):
        whole = hearingai.evaluate(classifier, clips, batch_size=8, out=tmp_path / "run")
    assert whole.n == 119


def test_labels_of_any_number(clips, tmp_path):
    classifier = hearingai.create_classifier(
        "speech-commands-small", ["a", "b"], seed=1, multi_label=True
    )
    sets = [("a",), ("a", "b"), (), ("b",)] * 30
    table = hearingai.clip_table(list(clips["fname"]), labels=sets)
    run = tmp_path / "run"
    with pytest.warns(hearingai.HearingAIWarning):
        without = hearingai.evaluate(classifier, table, batch_size=8)
        found = hearingai.evaluate(classifier, table, batch_size=8, out=run)
    pd.testing.assert_frame_equal(found.predictions, without.predictions)
    pd.testing.assert_frame_equal(found.metrics, without.metrics)
    assert hearingai.read_run(run)["true_labels"].tolist()[:3] == [("a",), ("a", "b"), ()]
    pd.testing.assert_frame_equal(
        hearingai.predict(classifier, clips, batch_size=8, out=tmp_path / "other"),
        hearingai.predict(classifier, clips, batch_size=8),
    )


def test_parts_and_notes(classifier, clips, tmp_path):
    parts = clips[["fname"]].iloc[:20].assign(start=0.1, end=[0.4, np.nan] * 10)
    for options in ({"partial": True}, {"partial": False}):
        pd.testing.assert_frame_equal(
            hearingai.predict(classifier, parts, out=tmp_path / str(options), **options),
            hearingai.predict(classifier, parts, **options),
        )


def test_embeddings_of_files(turkeys, tmp_path):
    classifier = hearingai.create_classifier("audio-gate", ["other", "turkey"], seed=1)
    pd.testing.assert_frame_equal(
        hearingai.predict(classifier, turkeys, batch_size=8, out=tmp_path / "run"),
        hearingai.predict(classifier, turkeys, batch_size=8),
    )


def test_what_is_no_recording_has_no_run(classifier, tmp_path):
    for function in (hearingai.predict, hearingai.embed):
        with pytest.raises(hearingai.HearingAIError, match="are for files"):
            function(classifier, np.zeros((2, 16000), "float32"), out=tmp_path / "run")


@pytest.mark.parametrize("kind", first_quick("keras", "onnx", "ensemble"))
@pytest.mark.slow
def test_workers_open_each_kind_of_classifier(classifier, clips, tmp_path, kind):
    if kind == "onnx":
        pytest.importorskip("onnxruntime")
        path = hearingai.export(classifier, tmp_path / "words.onnx").path
        classifier = hearingai.load_exported(path, threads=1)
    elif kind == "ensemble":
        other = hearingai.create_classifier("speech-commands", ["yes", "no", "down"], seed=2)
        classifier = hearingai.ensemble([classifier, other], weights=[1, 2])
    run = tmp_path / "run"
    found = hearingai.predict(classifier, clips, batch_size=8, out=run, workers=2)
    pd.testing.assert_frame_equal(found, hearingai.predict(classifier, clips, batch_size=8))


@pytest.fixture
def prepared(clips, tmp_path):
    """What is prepared without a folder for the run, and what is in its store."""
    made = hearingai.prepare(clips, "speech-commands-small", store=tmp_path / "plain")
    return made, _files(made.path)


def _files(path):
    from pathlib import Path

    return {name: Path(path, name).read_bytes() for name in ("waveforms.i16", "index.tsv")}


@pytest.mark.parametrize("workers", [None, 2])
def test_a_store_made_by_workers_is_the_same(clips, prepared, tmp_path, workers):
    options = {"store": tmp_path / "store", "out": tmp_path / "run"}
    part = hearingai.prepare(clips, "speech-commands-small", **options, shard="1/2")
    assert part.path == str(tmp_path / "run") and 0 < part.n < 119
    assert not (tmp_path / "store").exists()
    made = hearingai.prepare(clips, "speech-commands-small", **options, workers=workers)
    assert _files(made.path) == prepared[1]
    assert (made.n, made.bytes) == (prepared[0].n, prepared[0].bytes)
    pd.testing.assert_frame_equal(made.errors, prepared[0].errors)
    with pytest.raises(hearingai.HearingAIError, match="samples is 16000 there and"):
        hearingai.prepare(clips, "hearing-ai", **options)
