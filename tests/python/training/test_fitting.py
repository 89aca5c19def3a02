"""Training: what is learnt from which clips, and what is recorded of it."""

import warnings

import keras
import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.clips.labelled import read_stores
from hearingai.training import fitting as training
from hearingai.training._batches import ClipBatches
from hearingai.training._callbacks import EpochSeeds

SMALL = "speech-commands-small"


def test_it_learns_words_of_speakers_it_never_heard(trained, words):
    unseen = words[words["split"] != "train"]
    assert hearingai.evaluate(trained, unseen).accuracy > 0.5  # a guess: 0.33


def test_the_record_tells_how_the_model_came_to_be(trained, words):
    record = hearingai.classifier_info(trained)
    assert record["seed"] == 1
    assert record["epochs"] == 12
    assert record["n_train"] == (words["split"] == "train").sum()
    assert record["n_validation"] == (words["split"] == "validation").sum()
    assert record["versions"]["keras"] == keras.__version__
    assert not record["interrupted"]
    assert not record["collapsed"]
    assert len(record["data_fingerprint"]) == 64
    history = hearingai.training_history(trained)
    assert list(history["epoch"]) == list(range(1, 13))
    assert history["val_accuracy"].iloc[-1] == record["metrics"]["val_accuracy"]
    assert history["loss"].iloc[-1] < 0.5 * history["loss"].iloc[0]


def test_one_seed_one_model(words):
    def train(seed):
        return hearingai.fit(SMALL, words, epochs=2, seed=seed, deterministic=True).fingerprint()

    assert train(5) == train(5) != train(6)


def test_the_history_survives_the_file(trained, tmp_path):
    path = hearingai.save_classifier(trained, tmp_path / "a.keras")
    opened = hearingai.load_classifier(path)
    pd.testing.assert_frame_equal(
        hearingai.training_history(opened), hearingai.training_history(trained)
    )


def test_the_order_depends_on_seed_and_epoch_alone():
    sound = np.arange(10, dtype="int16")[:, None]
    batches = ClipBatches(sound, np.arange(10) % 2, 2, 4, seed=3)

    def order(epoch):
        batches.start_epoch(epoch)
        return [int(x) for i in range(batches.num_batches) for x in batches[i][0][:, 0]]

    first, second = order(0), order(1)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(10))
    assert order(0) == first
    assert [len(batches[i][0]) for i in range(batches.num_batches)] == [4, 4, 2]


def test_epochs_do_not_depend_on_the_epochs_before(words):
    """Dropout and order of epoch 2 are those of (seed, 2), whatever ran before."""
    seen = {}

    for start in (0, 1):
        classifier = hearingai.create_classifier(SMALL, ["down", "no", "yes"], seed=1)
        watcher = EpochSeeds(4, None)
        watcher.set_model(classifier)
        for epoch in range(start, 2):
            watcher.on_epoch_begin(epoch)
        dropout = [x for x in classifier.network.layers if isinstance(x, keras.layers.Dropout)]
        seen[start] = [np.array(x.seed_generator.state).tolist() for x in dropout]
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[0][1]


def test_fit_trains_a_classifier_further_in_place(words, tf, monkeypatch):
    """And TensorFlow traces a step once, though Keras would make variables in it."""
    step, traced = hearingai.AudioClassifier.train_step, []
    monkeypatch.setattr(
        hearingai.AudioClassifier, "train_step", lambda *a: traced.append(1) or step(*a)
    )
    classifier = hearingai.create_classifier(SMALL, ["down", "no", "yes"], seed=1)
    before = classifier.fingerprint()
    assert hearingai.fit(classifier, words, epochs=1, seed=1) is classifier
    assert classifier.fingerprint() != before
    assert len(traced) == 1


def test_rows_marked_test_are_not_touched(words):
    marked = words.copy()
    tests = marked["split"] == "test"
    marked.loc[tests, "fname"] = [f"/no/such/{i}.wav" for i in range(tests.sum())]
    with warnings.catch_warnings():
        warnings.simplefilter("error", hearingai.HearingAIWarning)
        hearingai.fit(SMALL, marked, epochs=1, seed=1, clipnorm=1)


def test_without_a_split_speakers_are_kept_apart(words):
    plain = words.drop(columns="split")
    record = hearingai.fit(SMALL, plain, epochs=1, seed=1, validation=0.2).record
    assert record["n_train"] + record["n_validation"] == len(words)
    assert 0.1 < record["n_validation"] / len(words) < 0.3


def test_validation_can_be_a_table_or_nothing(words):
    held_out = words[words["split"] == "validation"]
    train = words[words["split"] == "train"].drop(columns="split")
    record = hearingai.fit(SMALL, train, validation=held_out, epochs=1, seed=1).record
    assert (record["n_train"], record["n_validation"]) == (len(train), len(held_out))
    record = hearingai.fit(SMALL, words, validation=False, epochs=1, seed=1).record
    assert record["n_train"] == len(words)
    assert "val_loss" not in record["metrics"]


def test_bad_recordings_are_named_and_left_out(words, tmp_path):
    (tmp_path / "text.wav").write_text("this is text")
    broken = pd.concat([words, words[:1].assign(fname=str(tmp_path / "text.wav"), split="train")])
    with pytest.warns(hearingai.HearingAIWarning, match=r"text\.wav is not audio"):
        record = hearingai.fit(SMALL, broken, epochs=1, seed=1).record
    assert record["n_train"] == (words["split"] == "train").sum()
    with pytest.raises(hearingai.AudioFileError, match=r"text\.wav"):
        hearingai.fit(SMALL, broken, epochs=1, seed=1, on_error="raise")


def test_a_generator_trains_the_network(words):
    train = hearingai.data_generator(words[words["split"] == "train"], 16, seed=1)
    held_out = hearingai.data_generator(words[words["split"] == "test"], 16, shuffle=False)
    classifier = hearingai.create_classifier(SMALL, ["down", "no", "yes"], seed=1)
    hearingai.fit(classifier, train, validation=held_out, epochs=8, seed=1)
    history = hearingai.training_history(classifier)
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(history)
    assert history["loss"].iloc[-1] < 0.8 * history["loss"].iloc[0]
    # Trained on images, it answers on sound.
    result = hearingai.evaluate(classifier, words[words["split"] == "test"])
    assert result.accuracy == pytest.approx(history["val_accuracy"].iloc[-1], abs=0.1)


@pytest.mark.parametrize(
    ("arguments", "words_"),
    [
        ({"epochs": 0}, "epochs"),
        ({"batch_size": 2.5}, "batch_size"),
        ({"optimizer": "Adagrat"}, "optimizer"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"clipnorm": 0}, "clipnorm"),
        ({"validation": 1.5}, "validation"),
        ({"on_error": "ignore"}, "on_error"),
    ],
)
def test_bad_arguments_are_named(words, arguments, words_):
    with pytest.raises(hearingai.HearingAIError, match=words_):
        hearingai.fit(SMALL, words, **({"epochs": 1} | arguments))


def test_bad_tables_are_refused(words):
    with pytest.raises(hearingai.HearingAIError, match="two classes"):
        hearingai.fit(SMALL, words[words["class"] == "no"], epochs=1)
    classifier = hearingai.create_classifier(SMALL, ["no", "yes"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="none of the labels: down"):
        hearingai.fit(classifier, words, epochs=1)


SCALED = hearingai.get_recipe(
    "hearing-ai", network="sound_cnn", place="random", batch_size=4, epochs=1, duration=0.5
)


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    """Sixteen short tones at 22,050 Hz, low and high."""
    folder = tmp_path_factory.mktemp("tones")
    rng = np.random.default_rng(6)
    rows = []
    for i in range(16):
        time = np.arange(4000 + 200 * i) / 22050
        sound = 0.3 * np.sin(2 * np.pi * (300, 3000)[i % 2] * time) + rng.normal(0, 0.01, len(time))
        hearingai.write_audio(folder / f"{i}.wav", sound.astype("float32"), 22050)
        rows.append((str(folder / f"{i}.wav"), ("low", "high")[i % 2]))
    return hearingai.clip_table(*zip(*rows, strict=True))


def scaling_of(classifier):
    layer = classifier.frontend.layers[-1]
    assert isinstance(layer, hearingai.Scaling)
    return np.array(layer.mean), np.array(layer.variance)


def test_scaling_learns_from_the_training_clips_alone_and_is_saved(tones, tmp_path):
    train, held = tones[:12], tones[12:]
    fitted = hearingai.fit(SCALED, train, validation=held, seed=1)
    mean, variance = scaling_of(fitted)
    store, _ = read_stores(fitted, train.assign(class_id=0), seed=1, place="random")
    images = store.clips[:].astype("float32") / 32768
    for layer in fitted.frontend.layers[:-1]:
        images = np.asarray(layer(images))
    np.testing.assert_allclose(mean, images.mean(axis=(0, 1), dtype="float64"), atol=1e-4)
    np.testing.assert_allclose(variance, images.var(axis=(0, 1), dtype="float64"), rtol=1e-3)
    opened = hearingai.load_classifier(hearingai.save_classifier(fitted, tmp_path / "a.keras"))
    np.testing.assert_array_equal(scaling_of(opened), [mean, variance])
    # Further training on other clips hears through the same scaling.
    hearingai.fit(opened, held, validation=False, epochs=1, seed=1)
    np.testing.assert_array_equal(scaling_of(opened), [mean, variance])
    # Clips are recognised though they lay elsewhere in training.
    with pytest.warns(hearingai.HearingAIWarning, match="used in training"):
        assert hearingai.evaluate(fitted, tones).n_seen == 12


def test_the_seed_decides_where_clips_lie_in_training():
    """See `test_inputs`; here, that `fit` asks for it."""
    seen = []

    def read(classifier, train, held, on_error, *, seed, place, **_):
        seen.append((seed, place))
        raise hearingai.HearingAIError("seen enough")

    clips = hearingai.clip_table(["a.wav", "b.wav"] * 5, ["a", "b"] * 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "read_stores", read)
        with pytest.raises(hearingai.HearingAIError, match="seen enough"):
            hearingai.fit(SCALED, clips, seed=7)
    assert seen == [(7, "random")]
