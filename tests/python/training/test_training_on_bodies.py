"""Every training on a body: what is learnt, kept, saved, and refused."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from bodies import RATE, SIZE, expected, write_onnx
from fresh import need
from hearingai.bodies.body import Body

SECONDS = 0.3  # a clip; the body hears 0.1 s every 0.05 s: five embeddings


@pytest.fixture(scope="module")
def body(tmp_path_factory):
    need("onnx", "onnxruntime")
    path = write_onnx(tmp_path_factory.mktemp("body") / "a.onnx")
    return hearingai.open_body(path, sample_rate=RATE, hop=0.05)


def table_of(folder, rate=RATE, classes=("high", "low", "middle"), n=12):
    """Noise around tones of three pitches, by three speakers; half of them somewhat quieter."""
    folder.mkdir(exist_ok=True)
    rng, rows = np.random.default_rng(0), []
    for class_ in classes:
        pitch = {"low": 40, "middle": 120, "high": 300}[class_]
        for i in range(n):
            time = np.arange(round(rate * SECONDS)) / rate
            sound = 0.3 * np.sin(2 * np.pi * pitch * time) + rng.normal(0, 0.02, len(time))
            path = folder / f"{class_}-{i}.wav"
            hearingai.write_audio(path, sound.astype("float32"), rate)
            rows.append({"fname": str(path), "class": class_, "speaker": f"s{i % 3}"})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    return table_of(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def embedded_clips(monkeypatch):
    """How many clips bodies have embedded."""
    counts, run = [], Body.embeddings

    def counted(self, waveforms):
        counts.append(len(waveforms))
        return run(self, waveforms)

    monkeypatch.setattr(Body, "embeddings", counted)
    return counts


def settings(tmp_path, **more):
    common = {"epochs": 2, "batch_size": 8, "seed": 1, "store": tmp_path / "store"}
    return common | {"duration": SECONDS, "deterministic": True, "progress": False} | more


def few(body, clips, **more):
    return hearingai.few_shot(
        body, clips, duration=SECONDS, penalty=1.0, seed=1, progress=False, **more
    )


@pytest.fixture(scope="module")
def fitted(body, clips, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fitted")
    return hearingai.fit("head", clips, body=body, **settings(folder))


def test_fit_trains_the_head_and_records_what_it_heard(fitted, clips, body):
    assert (fitted.recipe, fitted.body, fitted.duration) == ("head", body, SECONDS)
    assert fitted.network.input_shape == (None, 5, SIZE)
    assert fitted.record["n_train"] + fitted.record["n_validation"] == len(clips)
    assert len(fitted.record["history"]) == 2
    with pytest.warns(hearingai.HearingAIWarning, match="used in training"):
        hearingai.evaluate(fitted, clips, progress=False)


@pytest.mark.slow
def test_a_second_training_embeds_nothing_and_is_the_same(body, clips, tmp_path, embedded_clips):
    first = hearingai.fit("head", clips, body=body, **settings(tmp_path))
    assert sum(embedded_clips) == len(clips)
    second = hearingai.fit("head", clips, body=body, **settings(tmp_path))
    assert sum(embedded_clips) == len(clips)
    assert second.fingerprint() == first.fingerprint()
    other = hearingai.fit("head", clips, body=body, **settings(tmp_path, store=False))
    assert sum(embedded_clips) == 2 * len(clips)
    assert other.fingerprint() == first.fingerprint()


def test_few_shot_finds_the_head_of_the_embeddings_by_numpy(body, clips):
    learnt = few(body, clips)
    assert learnt.labels == ["high", "low", "middle"]
    rows = [hearingai.read_audio(path)[0] for path in clips["fname"]]
    sound = np.stack([np.squeeze(row) for row in rows]).astype("float32")
    windows = np.stack([sound[:, s : s + 100] for s in range(0, 201, 50)], axis=1)
    values = expected(windows).mean(axis=1)
    told = hearingai.embed(learnt, clips, progress=False).filter(like="embedding_").to_numpy()
    np.testing.assert_allclose(told * np.sqrt(1 + 1e-3), values, atol=1e-3)
    kernel, bias = learnt.network.layers[-1].get_weights()
    powers = np.exp(told @ kernel + bias)
    found = hearingai.predict(learnt, clips, progress=False)
    shares = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.filter(like="prob_").to_numpy(), shares, atol=1e-4)
    assert (found["label"].to_numpy() == clips["class"].to_numpy()).mean() > 0.9


def test_a_new_head_came_from_no_classifier(body, clips):
    assert "tuned_from" not in few(body, clips).record


def test_few_shot_again_from_a_classifier_with_a_body(fitted, clips):
    two = clips[clips["class"] != "middle"]
    learnt = hearingai.few_shot(fitted, two, shots=4, penalty=1.0, seed=1, progress=False)
    assert (learnt.labels, learnt.record["n_train"]) == (["high", "low"], 8)
    assert (learnt.body, learnt.duration) == (fitted.body, SECONDS)
    assert learnt.record["tuned_from"] == fitted.fingerprint()
    with pytest.raises(hearingai.HearingAIError, match="`duration` is for a `Body`"):
        hearingai.few_shot(fitted, two, duration=0.2)


def test_the_usual_penalty_is_that_of_long_embeddings(body, clips):
    learnt = hearingai.few_shot(body, clips, seed=1, progress=False)
    assert learnt.record["penalty"] == 100
    assert learnt.duration == body.duration


def test_fine_tune_trains_the_head_alone(fitted, clips):
    two = clips[clips["class"] != "middle"]
    tuned = hearingai.fine_tune(fitted, two, epochs=2, seed=1, store=False, progress=False)
    assert tuned.body is fitted.body and tuned.labels == ["high", "low"]
    before, after = fitted.network.layers[:-1], tuned.network.layers[:-1]
    for one, other in zip(before, after, strict=True):
        assert all(
            (a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True)
        )
    assert tuned.record["frozen"]


def test_a_classifier_is_trained_further_on_its_body(body, clips):
    learnt = few(body, clips)
    before = learnt.fingerprint()
    again = hearingai.fit(learnt, clips, epochs=1, seed=1, store=False, progress=False)
    assert again is learnt and again.body is body
    assert again.fingerprint() != before
    with pytest.raises(hearingai.HearingAIError, match="`body` is for a recipe"):
        hearingai.fit(learnt, clips, body=body)
    with pytest.raises(hearingai.HearingAIError, match="`duration` is for a recipe"):
        hearingai.fit(learnt, clips, duration=1)


def test_evaluate_measures_what_predict_says(fitted, clips, recwarn):
    told = hearingai.predict(fitted, clips, progress=False)
    measured = hearingai.evaluate(fitted, clips, progress=False)
    accuracy = measured.metrics.set_index("metric")["value"]["accuracy"]
    assert accuracy == (told["label"].to_numpy() == clips["class"].to_numpy()).mean()


def test_sound_itself_is_predicted_as_its_file(fitted, clips):
    path = clips["fname"][0]
    sound = hearingai.read_audio(path)[0]
    names = [f"prob_{label}" for label in fitted.labels]
    one, other = (hearingai.predict(fitted, what)[names] for what in (path, np.squeeze(sound)))
    np.testing.assert_allclose(one, other, atol=1e-5)


def test_another_rate_is_resampled_to_the_bodys(body, clips, tmp_path):
    learnt = few(body, clips)
    path = table_of(tmp_path / "clips", rate=4000, n=1)["fname"][0]
    sound = np.squeeze(hearingai.read_audio(path)[0])

    def probabilities(what):
        return hearingai.predict(learnt, what, progress=False).filter(like="prob_").to_numpy()

    found = probabilities(path)
    np.testing.assert_allclose(
        found, probabilities(hearingai.resample(sound, 4000, RATE)), atol=0.01
    )
    assert np.abs(found - probabilities(sound)).max() > 0.1  # read as if it were the body's rate


@pytest.mark.parametrize("parallel", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_cross_validation_embeds_the_clips_to_learn_from_once(
    body, clips, tmp_path, embedded_clips, parallel
):
    result = hearingai.cross_validate(
        "head", clips, body=body, folds="speaker", parallel=parallel, **settings(tmp_path)
    )
    assert len(result.folds) == 3 and len(result.predictions) == len(clips)
    assert result.folds["n_test"].tolist() == [12, 12, 12]
    if parallel == 1:  # each clip to learn from, and to test on
        assert sum(embedded_clips) == 2 * len(clips)


def test_another_body_is_another_cross_validation(body, clips, tmp_path):
    other = hearingai.open_body(write_onnx(tmp_path / "b.onnx", 1), sample_rate=RATE, hop=0.05)
    options = settings(tmp_path, folds="speaker", path=tmp_path / "folds", epochs=1)
    hearingai.cross_validate("head", clips, body=body, **options)
    with pytest.raises(hearingai.HearingAIError, match="holds another cross-validation"):
        hearingai.cross_validate("head", clips, body=other, **options)


def test_tune_embeds_the_clips_once(body, clips, tmp_path, embedded_clips):
    need("optuna")
    options = settings(tmp_path, validation=0.3)
    options.pop("batch_size")
    table = hearingai.tune("head", clips, {"hidden": [0, 4]}, body=body, **options)
    assert sorted(table["hidden"]) == [0, 4]
    assert sum(embedded_clips) == len(clips)


def test_tune_does_not_vary_what_the_clips_are_read_by(body, clips):
    need("optuna")
    for name, values in (("body", [body]), ("duration", [0.1, 0.2])):
        with pytest.raises(hearingai.HearingAIError, match=f"`space` cannot vary `{name}`"):
            hearingai.tune("head", clips, {name: values}, body=body)


def test_a_trained_head_is_saved_and_opened_to_the_last_bit(fitted, clips, tmp_path):
    again = hearingai.load_classifier(
        hearingai.save_classifier(fitted, tmp_path / "a.keras"), body=fitted.body
    )
    first, second = (hearingai.predict(each, clips, progress=False) for each in (fitted, again))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert again.record == fitted.record


def test_long_sound_is_heard_window_by_window(fitted):
    sound = np.random.default_rng(0).normal(0, 0.1, 2000).astype("float32")
    heard = hearingai.annotate(fitted, sound, hop=SECONDS, threshold=0.01, progress=False)
    table = heard.events
    assert set(table["label"]) <= set(fitted.labels) and len(table)


def test_it_gives_its_body_as_sound_to_other_classes(body, clips, tmp_path):
    """The body of a trained classifier can be asked for embeddings itself."""
    learnt = few(body, clips)
    sound = np.random.default_rng(0).normal(0, 0.1, (2, 300)).astype("float32")
    embeddings = learnt.body.embeddings(sound)
    assert embeddings.shape == (2, 5, SIZE)
    assert (learnt.probabilities(sound) == learnt.probabilities(embeddings)).all()
