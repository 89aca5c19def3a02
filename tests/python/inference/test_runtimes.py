"""`runtime`: other runtimes than Keras give its answers, are chosen where they gain, and say so."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai import HearingAIError
from hearingai.audio.cuts import Cuts
from hearingai.exports import in_runtimes
from slow import slow

LABELS = ["a", "b", "c"]


def clips_for(classifier, n=5):
    """Noise from loud to soft, or embeddings."""
    rng, shape = np.random.default_rng(1), classifier.clip_shape
    if classifier.hears_embeddings:
        return rng.integers(0, 256, (n, *shape)).astype("float32")
    return rng.uniform(-1, 1, (n, *shape)) * np.logspace(0, -2, n).reshape(-1, *[1] * len(shape))


def values(table):
    """The numbers of a table."""
    return table.filter(regex="^(prob|embedding)_").to_numpy()


def waves(folder, n=4):
    """Recordings of noise."""
    for i in range(n):
        sound = np.random.default_rng(i).uniform(-0.5, 0.5, 24000)
        hearingai.write_audio(folder / f"{i}.wav", sound, 16000)
    return folder


@pytest.fixture(params=["onnx", "litert"])
def runtime(request):
    """Each runtime."""
    need("onnxruntime" if request.param == "onnx" else "ai_edge_litert")
    return request.param


@pytest.fixture
def small():
    """A classifier of sound."""
    return hearingai.create_classifier("speech-commands-small", LABELS, seed=1)


def recipes():
    """Those that need no body."""
    return [name for name in hearingai.list_recipes()["name"] if name != "head"]


@pytest.mark.parametrize(
    "recipe, runtime",
    [("gate", "litert"), ("audio-gate", "litert"), ("sounds", "onnx"), ("embedding-gru", "onnx")]
    + [slow(n, "onnx") for n in recipes() if n not in ("sounds", "embedding-gru")],
    indirect=["runtime"],
)
def test_every_recipe_gets_the_answers_of_keras(recipe, runtime):
    classifier = hearingai.create_classifier(recipe, ["other", "speech"], seed=1)
    clips = clips_for(classifier)
    told = hearingai.predict(classifier, clips)
    found = hearingai.predict(classifier, clips, runtime=runtime)
    assert found.attrs["runtime"] == runtime
    assert np.abs(values(found) - values(told)).max() <= 1e-5
    assert list(found["label"]) == list(told["label"])


def test_the_default_and_keras_by_name_are_equal_to_the_last_bit(small):
    clips = clips_for(small)
    told = small.probabilities(clips.astype("float32"))
    default, named = (
        hearingai.predict(small, clips),
        hearingai.predict(small, clips, runtime="keras"),
    )
    assert np.array_equal(values(default), told)
    assert np.array_equal(values(named), told)
    assert "runtime" not in default.attrs
    assert named.attrs["runtime"] == "keras"


@pytest.mark.slow
def test_embeddings_and_several_sizes_of_batches(small, runtime):
    clips = clips_for(small, 70)
    told = values(hearingai.embed(small, clips))
    found = values(hearingai.embed(small, clips, runtime=runtime))
    assert np.abs(found - told).max() <= 1e-5 * np.abs(told).max()
    one = hearingai.embed(small, clips[:3], runtime=runtime, batch_size=1)
    assert np.abs(values(one) - told[:3]).max() <= 1e-5 * np.abs(told).max()


def test_any_number_of_labels_and_two_channels(runtime):
    classifier = hearingai.create_classifier(
        hearingai.get_recipe("gate", channels=2), LABELS, seed=1, multi_label=True
    )
    clips = clips_for(classifier)
    told = hearingai.predict(classifier, clips)
    found = hearingai.predict(classifier, clips, runtime=runtime)
    assert np.abs(values(found) - values(told)).max() <= 1e-5
    assert list(found["labels"]) == list(told["labels"])


def test_evaluations_and_annotations(small, tmp_path, runtime):
    folder = waves(tmp_path)
    clips = hearingai.clip_table(sorted(map(str, folder.glob("*.wav"))), ["a", "b", "a", "c"])
    told = hearingai.evaluate(small, clips)
    found = hearingai.evaluate(small, clips, runtime=runtime)
    assert found.accuracy == told.accuracy
    assert found.n_seen == told.n_seen
    assert found.predictions.attrs["runtime"] == runtime
    told = hearingai.annotate(small, folder)
    found = hearingai.annotate(small, folder, runtime=runtime)
    assert np.abs(values(found.windows) - values(told.windows)).max() <= 1e-5
    assert found.recordings.attrs["runtime"] == runtime
    apart = hearingai.annotate(small, folder, hop=0.3333, runtime=runtime)  # no frames in common
    told = hearingai.annotate(small, folder, hop=0.3333)
    assert np.abs(values(apart.windows) - values(told.windows)).max() <= 1e-5


@pytest.mark.slow
def test_what_is_unknown(trained, words, runtime):
    known = hearingai.learn_novelty(trained, words, progress=False)
    told = hearingai.predict(known, words[:6], unknown=True)
    found = hearingai.predict(known, words[:6], unknown=True, runtime=runtime)
    assert np.allclose(found["novelty"], told["novelty"], rtol=1e-4)


def test_a_network_is_converted_once(small, runtime, monkeypatch):
    clips = clips_for(small)
    first = hearingai.predict(small, clips, runtime=runtime)
    monkeypatch.setattr(in_runtimes, "convert", None)
    pd.testing.assert_frame_equal(hearingai.predict(small, clips, runtime=runtime), first)


def test_auto_stays_with_keras_where_there_is_little_to_do(small, monkeypatch):
    monkeypatch.setattr(in_runtimes, "_measured", None)
    found = hearingai.predict(small, clips_for(small), runtime="auto")
    assert found.attrs["runtime"] == "keras"
    assert np.array_equal(values(found), values(hearingai.predict(small, clips_for(small))))


@pytest.mark.parametrize("chosen", ["keras", "onnx"])
def test_auto_measures_once(small, monkeypatch, tmp_path, chosen):
    need("onnxruntime")
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    asked = []

    def measured(classifier, names, batch, starts):
        assert starts is None
        asked.append((names, batch))
        return chosen

    monkeypatch.setattr(in_runtimes, "_WORTH", 5)
    monkeypatch.setattr(in_runtimes, "_measured", measured)
    for n, told in ((5, chosen), (5, chosen), (4, "keras")):  # opening another pays for many
        table = hearingai.predict(small, clips_for(small)[:n], runtime="auto")
        assert table.attrs["runtime"] == told
    assert [batch for _, batch in asked] == [64]
    assert "onnx" in asked[0][0]


def test_auto_measures_what_is_installed_and_agrees(monkeypatch, tmp_path):
    need("onnxruntime")
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    monkeypatch.setattr(in_runtimes, "_WORTH", 1)
    monkeypatch.setattr(in_runtimes, "_GAIN", 1e9)  # however the race ends
    classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
    clips = clips_for(classifier)
    found = hearingai.predict(classifier, clips, runtime="auto")
    told = hearingai.predict(classifier, clips)
    assert found.attrs["runtime"] in ("keras", "onnx", "litert")
    assert np.abs(values(found) - values(told)).max() <= 1e-5
    monkeypatch.setattr(in_runtimes, "TOLERANCE", -1.0)
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "other"))
    found = hearingai.predict(classifier, clips, runtime="auto")
    assert found.attrs["runtime"] == "keras"


@pytest.mark.slow
def test_auto_measures_windows_as_they_are_heard(monkeypatch, tmp_path):
    """At the hop of `annotate`, by which neighbours share frames and layers."""
    need("onnxruntime")
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    monkeypatch.setattr(in_runtimes, "_WORTH", 1)
    classifier = hearingai.create_classifier("speech-commands", LABELS, seed=1)
    heard = {}
    for kind in (type(classifier), in_runtimes.InRuntime):

        def counted(self, x, kind=kind, ask=kind.probabilities):
            heard.setdefault(kind, []).append(x)
            return ask(self, x)

        monkeypatch.setattr(kind, "probabilities", counted)
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, 32000)
    found = hearingai.annotate(classifier, sound, hop=0.1, batch_size=8, runtime="auto")
    assert len(heard) == 2
    for asked in heard.values():
        measured = [clips for clips in asked if isinstance(clips, Cuts) and len(clips) == 8]
        assert {tuple(np.diff(clips.starts)) for clips in measured} == {(1600,) * 7}
        assert len(measured) > in_runtimes._ROUNDS
    told = hearingai.annotate(classifier, sound, hop=0.1).windows
    probabilities = [frame.filter(like="prob_").to_numpy() for frame in (found.windows, told)]
    np.testing.assert_allclose(*probabilities, rtol=0, atol=1e-5)


def test_other_answers_are_refused_and_not_kept(small, runtime, monkeypatch, tmp_path):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    monkeypatch.setattr(in_runtimes, "TOLERANCE", 0.0)
    monkeypatch.setattr(in_runtimes.InRuntime, "probabilities", lambda self, clips: clips[:, :3])
    with pytest.raises(HearingAIError, match=f"{runtime} does not answer as Keras does"):
        hearingai.predict(small, clips_for(small), runtime=runtime)
    assert list((tmp_path / "networks").iterdir()) == []


def test_a_damaged_note_is_measured_anew(small, monkeypatch, tmp_path):
    need("onnxruntime")
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    monkeypatch.setattr(in_runtimes, "_WORTH", 1)
    monkeypatch.setattr(in_runtimes, "_measured", lambda *_: "keras")
    hearingai.predict(small, clips_for(small), runtime="auto")
    (note,) = (tmp_path / "networks").glob("*.json")
    note.write_text('{"runtime": "another"}')
    monkeypatch.setattr(in_runtimes, "_measured", lambda *_: "onnx")
    table = hearingai.predict(small, clips_for(small), runtime="auto")
    assert table.attrs["runtime"] == "onnx"


def test_the_cache_keeps_what_was_used_last(small, monkeypatch, tmp_path):
    need("onnxruntime")
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))
    monkeypatch.setattr("hearingai.exports._kept_networks._KEPT", 1)
    other = hearingai.create_classifier("speech-commands-small", LABELS, seed=2)
    for classifier in (small, other):
        hearingai.predict(classifier, clips_for(classifier), runtime="onnx")
    assert len(list((tmp_path / "networks").iterdir())) == 1


@pytest.mark.slow
def test_runs_in_a_folder_tell_the_runtime(small, tmp_path):
    need("onnxruntime")
    folder, run = waves(tmp_path), tmp_path / "run"
    told = hearingai.predict(small, folder)
    found = hearingai.predict(small, folder, runtime="onnx", out=run, workers=2)
    assert np.abs(values(found) - values(told)).max() <= 1e-5
    again = hearingai.predict(small, folder, runtime="onnx", out=run)
    assert np.array_equal(values(again), values(found))
    with pytest.raises(HearingAIError, match='runtime is "onnx" there and not told here'):
        hearingai.predict(small, folder, out=run)
    with pytest.raises(HearingAIError, match="name the runtime of a run in a folder"):
        hearingai.predict(small, folder, runtime="auto", out=run)
    found = hearingai.annotate(small, folder, runtime="onnx", out=tmp_path / "events")
    told = hearingai.annotate(small, folder)
    assert np.abs(values(found.windows) - values(told.windows)).max() <= 1e-5


def test_errors_tell_what_is_wrong(small, tmp_path, monkeypatch):
    clips = clips_for(small)
    with pytest.raises(HearingAIError, match="`runtime` must be"):
        hearingai.predict(small, clips, runtime="tensorrt")
    with pytest.raises(HearingAIError, match='`device`: `runtime="onnx"` computes on the CPU'):
        hearingai.predict(small, clips, runtime="onnx", device="gpu")
    with pytest.raises(HearingAIError, match="`layer`: Keras alone computes other layers"):
        hearingai.embed(small, clips, layer="dense", runtime="onnx")
    both = hearingai.ensemble([small, small])
    with pytest.raises(HearingAIError, match="is for an AudioClassifier. Received: Ensemble"):
        hearingai.predict(both, clips, runtime="onnx")
    need("onnxruntime")
    path = tmp_path / "small.onnx"
    hearingai.export(small, path, verify=False)
    with pytest.raises(HearingAIError, match="small.onnx` is an exported file already"):
        hearingai.predict(hearingai.load_exported(path), clips, runtime="auto")


def test_a_runtime_that_is_not_installed_names_its_extra(small, runtime, monkeypatch):
    def absent(name):
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr("hearingai.runtime.extras.importlib.import_module", absent)
    with pytest.raises(HearingAIError, match=rf"pip install \"hearingai\[{runtime}\]\""):
        in_runtimes.in_runtime(small, runtime, 1, 64, "auto")


def test_a_network_that_no_converter_knows(small, runtime, monkeypatch, tmp_path):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path))

    def refused(*_):
        raise TypeError("no such operation\nand a long trace")

    monkeypatch.setattr(in_runtimes, "convert", refused)
    with pytest.raises(HearingAIError, match=f"cannot be converted to {runtime}: no such operati"):
        hearingai.predict(small, clips_for(small), runtime=runtime)
