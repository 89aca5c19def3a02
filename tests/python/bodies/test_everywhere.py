"""Whatever takes a classifier takes one with a body too."""

import urllib.request

import numpy as np
import pandas as pd
import pytest

import hearingai
from fresh import need
from hearingai import HearingAIError
from hearingai.bodies._running import each_once, windowed, windowed_cuts
from small_bodies import RATE, WINDOW, energy_body, on_body, write_onnx

LABELS = ["loud", "quiet"]
RULES = {"hop": 0.1, "smooth": 0, "threshold": 0.7, "low": 0.6, "labels": "loud"}


@pytest.fixture(scope="module")
def classifier():
    """Half a second of full scale is as loud as can be; silence is even."""
    return on_body(LABELS)


@pytest.fixture(scope="module")
def sound():
    """Four seconds of silence, with a second of noise from 1.5 s on."""
    sound = np.zeros(4 * RATE, "float32")
    noise = np.random.default_rng(0).uniform(-1, 1, RATE)
    sound[int(1.5 * RATE) : int(2.5 * RATE)] = noise
    return sound


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Twenty-four recordings of noise, half of them soft, by four speakers."""
    folder, rows = tmp_path_factory.mktemp("clips"), []
    for i in range(24):
        noise = np.random.default_rng(i).uniform(-1, 1, RATE // 2) * (0.9 if i % 2 else 0.05)
        hearingai.write_audio(folder / f"{i}.wav", noise, RATE)
        named = {"class": LABELS[1 - i % 2], "speaker": f"s{i // 2 % 4}"}
        rows.append({"fname": str(folder / f"{i}.wav")} | named)
    return pd.DataFrame(rows)


def test_embed_gives_what_the_head_takes(classifier, clips):
    """The mean over the windows of their energies."""
    table = hearingai.embed(classifier, clips)
    for row, fname in zip(table.itertuples(), clips["fname"], strict=True):
        waveform = hearingai.read_audio(fname)[0]
        energy = np.square(waveform.reshape(-1, WINDOW)).mean()
        assert row.embedding_1 == pytest.approx(energy, rel=1e-3)
        assert row.embedding_2 == pytest.approx(-energy, rel=1e-3)


def test_a_recording_of_another_rate_is_converted(classifier, tmp_path):
    """Of a soft tone at 48 kHz the energy is the same."""
    time = np.arange(48000 // 2) / 48000
    hearingai.write_audio(tmp_path / "a.wav", 0.4 * np.sin(2 * np.pi * 500 * time), 48000)
    found = hearingai.embed(classifier, str(tmp_path / "a.wav"))
    assert found["embedding_1"][0] == pytest.approx(0.08, rel=0.02)


def test_annotate_stream_and_listen_find_the_same_events(classifier, sound):
    """Windows of 0.5 s: the noise fills those that begin between 1.5 and 2 s."""
    whole = hearingai.annotate(classifier, sound, **RULES)
    assert whole.windows["prob_loud"].max() == pytest.approx(1 / (1 + np.exp(-20 / 3)), abs=0.01)
    assert whole.windows["prob_loud"].min() == pytest.approx(0.5)
    (event,) = whole.events.itertuples()
    assert (event.label, event.start, event.end) == ("loud", 1.3, 2.7)
    stream = hearingai.Stream(classifier, RATE, **RULES)
    parts = np.split(sound, np.cumsum(np.random.default_rng(1).integers(1, 900, 60)))
    found = [event for part in parts for event in stream.feed(part)] + stream.finish()
    assert [(e.start, e.end) for e in found] == [(event.start, event.end)]
    heard = hearingai.listen(classifier, np.split(sound, 100), **RULES)
    assert [(e.start, e.end) for e in heard] == [(event.start, event.end)]


def test_clips_that_overlap_share_their_embeddings():
    """Ten clips of five windows over fourteen windows of sound: each window is embedded once."""
    heard = []

    def energies(windows):
        heard.extend(windows)
        return [np.square(window).mean() * np.float32([1, -1]) for window in windows]

    run = each_once(energies)
    told = {"compute": windowed(run, WINDOW), "hear": windowed_cuts(run, WINDOW)}
    shared = on_body(LABELS, energy_body(**told))
    alone, rng = on_body(LABELS), np.random.default_rng(2)
    sound = (rng.uniform(-1, 1, 14 * WINDOW) * np.linspace(0.1, 1, 14 * WINDOW)).astype("float32")
    expected = hearingai.annotate(alone, sound, **RULES).windows
    assert expected["prob_loud"].nunique() == 10
    whole = hearingai.annotate(shared, sound, batch_size=3, **RULES).windows
    pd.testing.assert_frame_equal(whole, expected, rtol=0, atol=1e-6)
    assert len(heard) == 14
    for sizes in ([WINDOW] * 13, rng.integers(1, 2000, 20)):
        stream = hearingai.Stream(shared, RATE, **RULES)
        heard.clear()
        found = []
        for block in np.split(sound, np.cumsum(sizes)):
            stream.feed(block)
            found += list(stream.windows["prob_loud"])
        np.testing.assert_allclose(found, expected["prob_loud"], rtol=0, atol=1e-6)
        assert len(heard) == 14
    heard.clear()
    hearingai.annotate(shared, sound, **RULES | {"hop": 0.13})
    assert len(heard) > 14  # embeddings of other samples are others


def test_saved_windows_are_those_of_this_body(classifier, sound, tmp_path):
    hearingai.write_audio(tmp_path / "a.wav", sound, RATE)
    kept = {"path": tmp_path / "kept", **RULES}
    first = hearingai.annotate(classifier, tmp_path / "a.wav", **kept)
    again = hearingai.annotate(classifier, tmp_path / "a.wav", **kept)
    assert (first.speed is None, again.speed) == (False, None)
    other = on_body(LABELS, energy_body(files=(np.__file__,)))
    assert hearingai.annotate(other, tmp_path / "a.wav", **kept).speed is not None


def test_a_gate_opens_for_it(classifier, sound):
    gated = hearingai.gate(classifier, sound, target="loud", threshold=0.7, low=0.6, range_db=-60)
    open_at = gated.track.loc[gated.track["open"], "time"]
    assert 1.1 < open_at.min() < 1.6
    assert 2.4 < open_at.max() < 3.1


@pytest.mark.slow
def test_a_gate_is_trained_on_it():
    """The wanted sound is loud; the energy of its windows tells it apart."""
    time = np.arange(RATE // 2) / RATE
    tones = [np.sin(2 * np.pi * f * time) for f in (400, 600, 800, 1000)]
    hiss = [np.random.default_rng(i).normal(0, 0.02, 2 * RATE) for i in range(4)]
    recipe = hearingai.get_recipe("head", body=energy_body(duration=0.2))
    settings = {"n_mixtures": 12, "epochs": 15, "seed": 1, "snr_db": 30}
    gate = hearingai.train_gate(tones, hiss, recipe=recipe, **settings)
    assert (gate.labels, gate.body.name) == (["unwanted", "wanted"], "energy")
    assert gate.record["gate"]["window"] == 0.2
    assert gate.record["gate"]["lost"] < 0.3
    assert gate.record["gate"]["leaked"] < 0.3
    longer = hearingai.train_gate(tones, hiss, recipe=recipe, **settings | {"window": 0.3})
    assert longer.record["gate"]["window"] == 0.3


def test_tune_varies_the_head_but_not_the_body(clips):
    need("optuna")
    space = {"hidden": [0, 4], "learning_rate": [0.01]}
    table = hearingai.tune("head", clips, space, body=energy_body(), epochs=2, seed=1)
    assert sorted(table["hidden"]) == [0, 4]
    assert len(set(table["parameters"])) == 2
    with pytest.raises(HearingAIError, match="`space` cannot vary `body`"):
        hearingai.tune("head", clips, {"body": [energy_body()]}, body=energy_body(), epochs=1)


def test_prepare_decodes_at_the_body_s_rate(clips, classifier, tmp_path):
    recipe = hearingai.get_recipe("head", body=energy_body())
    for source in (recipe, classifier):
        found = hearingai.prepare(clips, source, store=tmp_path)
        assert (found.n, found.bytes) == (24, 24 * RATE)
    of_embeddings = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    with pytest.raises(HearingAIError, match="takes embeddings"):
        hearingai.prepare(clips, of_embeddings, store=tmp_path)


def test_evaluate_knows_the_clips_it_was_trained_on(clips):
    body = energy_body()
    learnt = hearingai.fit("head", clips, body=body, epochs=30, seed=1, validation=False)
    result = hearingai.evaluate(learnt, clips)
    assert (result.accuracy, result.n_seen) == (1.0, 24)


def test_what_is_told_of_it(classifier):
    info = hearingai.classifier_info(classifier)
    told = classifier.body.description()
    assert info["body"] == {name: told[name] for name in info["body"]}
    assert {"name", "source", "sha256"} < set(info["body"])
    assert info["body"]["licence"] == "CC0-1.0"
    assert (info["parameters"], info["sample_rate"], info["duration"]) == (6, RATE, 0.5)
    assert "0.5 s at 8000 Hz, body energy (licence CC0-1.0)" in repr(classifier)
    assert hearingai.classifier_info(hearingai.create_classifier("gate", LABELS))["body"] is None
    with pytest.raises(HearingAIError, match="`frontend` is a classifier without a front end"):
        hearingai.plot_panels(np.zeros(RATE), RATE, frontend=classifier)


def test_its_training_is_drawn(clips):
    learnt = hearingai.fit("head", clips, body=energy_body(), epochs=2, seed=1)
    assert len(hearingai.training_history(learnt)) == 2
    assert hearingai.plot_history(learnt).axes


@pytest.mark.slow
def test_the_page_opens_it(tmp_path):
    need("onnx", "onnxruntime", "starlette", "uvicorn")
    body = hearingai.open_body(write_onnx(tmp_path / "body.onnx"), sample_rate=RATE)
    with hearingai.explore(on_body(LABELS, body)) as page:
        assert page.running
        with urllib.request.urlopen(page.url) as answer:
            assert answer.status == 200


def test_on_real_recordings_annotate_and_stream_agree(data_dir):
    need("ai_edge_litert", "pyopen_wakeword")
    words = [sorted((data_dir / "speech_commands" / w).glob("*.wav")) for w in ("no", "yes")]
    rows = [(str(p), p.parent.name) for some in words for p in some[:20]]
    clips = pd.DataFrame(rows, columns=["fname", "class"])
    classifier = hearingai.few_shot(hearingai.get_body("speech-embedding"), clips, seed=1)
    spoken = [hearingai.read_audio(p, sample_rate=16000)[0] for p in (words[0][30], words[1][30])]
    pause = np.zeros(16000, "float32")
    sound = np.concatenate([pause, spoken[0], pause, spoken[1], pause])
    rules = {"hop": 0.25, "threshold": 0.6}
    whole = hearingai.annotate(classifier, sound, **rules)
    stream = hearingai.Stream(classifier, 16000, **rules)
    found, windows = [], []
    for first in range(0, len(sound), 1234):
        found += stream.feed(sound[first : first + 1234])
        windows.append(stream.windows)
    found += stream.finish()
    windows.append(stream.windows)
    told = pd.concat(windows, ignore_index=True).filter(like="prob_")
    np.testing.assert_allclose(told, whole.windows.filter(like="prob_"), atol=1e-5)
    assert len(whole.events)
    assert [(e.start, e.end, e.label) for e in sorted(found)] == [
        (row.start, row.end, row.label) for row in whole.events.itertuples()
    ]
