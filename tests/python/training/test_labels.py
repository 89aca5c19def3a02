"""Training with any number of labels a clip: loss, sampling, what is monitored, files."""

import keras
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, log_loss

import hearingai
from chords import chord
from hearingai.errors import HearingAIError
from hearingai.recipes.losses import LabelCrossEntropy
from hearingai.recipes.own_networks import answers_to_noise
from hearingai.recipes.registry import RECIPES, for_labels
from hearingai.training._batches import ClipBatches
from hearingai.training._objectives import loss_of_a_guess, monitored
from hearingai.training.class_weights import balanced_odds, class_weights

TRUTH = np.array([[1, 0, 1], [0, 0, 1], [0, 0, 0], [1, 0, 1]], "int8")
ANSWERS = np.array([[0.9, 0.2, 0.6], [0.4, 0.1, 0.8], [0.3, 0.3, 0.5], [0.5, 0.5, 0.25]])
FAST = {"seed": 1, "progress": False, "precision": "float32"}


@pytest.fixture
def learnt(chord_classifier):
    return chord_classifier


# --- The loss ---


def test_the_loss_is_that_of_keras_and_scikit_learn():
    found = float(LabelCrossEntropy()(TRUTH, ANSWERS))
    assert found == pytest.approx(log_loss(TRUTH.ravel(), ANSWERS.ravel()), abs=1e-6)
    focal = keras.losses.BinaryFocalCrossentropy(gamma=2.0, label_smoothing=0.2)
    ours = LabelCrossEntropy(focus=2.0, label_smoothing=0.2)
    plain = keras.losses.BinaryCrossentropy(label_smoothing=0.2)
    smoothed = LabelCrossEntropy(label_smoothing=0.2)
    assert float(smoothed(TRUTH, ANSWERS)) == pytest.approx(float(plain(TRUTH, ANSWERS)), abs=1e-5)
    hard = LabelCrossEntropy(focus=2.0), keras.losses.BinaryFocalCrossentropy(gamma=2.0)
    assert float(hard[0](TRUTH, ANSWERS)) == pytest.approx(float(hard[1](TRUTH, ANSWERS)), abs=1e-5)
    assert np.isfinite(float(ours(TRUTH, ANSWERS))) and np.isfinite(float(focal(TRUTH, ANSWERS)))


def test_weights_count_where_a_clip_has_the_label():
    weighed = LabelCrossEntropy([3.0, 1.0, 1.0])(TRUTH[:1], ANSWERS[:1])
    expected = -(3 * np.log(0.9) + np.log(0.8) + np.log(0.6)) / 3
    assert float(weighed) == pytest.approx(expected, abs=1e-6)
    again = LabelCrossEntropy.from_config(LabelCrossEntropy([3.0], 2.0, 0.1).get_config())
    assert (again.weights, again.focus, again.label_smoothing) == ([3.0], 2.0, 0.1)


def test_class_weights_and_chance():
    assert class_weights("balanced", TRUTH, "abc").tolist() == [1.0, 4.0, pytest.approx(1 / 3)]
    assert class_weights({"b": 2}, TRUTH, "abc").tolist() == [1.0, 2.0, 1.0]
    shares = np.tile([0.5, 0, 0.75], (4, 1))
    expected = log_loss(TRUTH.ravel(), shares.ravel())
    assert loss_of_a_guess(TRUTH, 3, None) == pytest.approx(expected, abs=1e-5)
    assert loss_of_a_guess(TRUTH, 3, np.ones(3)) == np.inf


# --- The clips of an epoch ---


def test_balanced_odds_make_labels_and_their_lack_as_likely():
    odds = balanced_odds(TRUTH)
    # a: 2 clips, c: 3 clips, none: 1 clip
    expected = np.array([1 / 2 + 1 / 3, 1 / 3, 1, 1 / 2 + 1 / 3])
    np.testing.assert_allclose(odds, expected / expected.sum())
    np.testing.assert_allclose(balanced_odds(np.array([0, 0, 1])), [0.25, 0.25, 0.5])


def test_an_epoch_is_drawn_by_the_odds_the_seed_and_its_number():
    clips, truth = np.arange(400)[:, None].astype("float32"), np.zeros((400, 2), "int8")
    truth[:4, 0], truth[4:, 1] = 1, 1
    batches = ClipBatches(clips, truth, 2, 64, seed=1, odds=balanced_odds(truth))
    shares = []
    for epoch in (0, 1, 0):
        batches.start_epoch(epoch)
        x, y = (np.concatenate(part) for part in zip(*(batches[i] for i in range(7)), strict=True))
        assert len(x) == 400
        shares.append((y[:, 0].mean(), x[:5].tolist()))
    assert shares[0] == shares[2] != shares[1]
    assert all(0.4 < share < 0.6 for share, _ in shares)


def test_what_is_monitored():
    gate, gru = RECIPES["gate"], RECIPES["embedding-gru"]  # val_loss and val_accuracy
    assert monitored(gate, True, True) == "val_loss"
    assert monitored(gru, True, True) == "val_map"
    assert monitored(gru, True, False) == "loss"
    assert monitored(gru, False, True) == "val_accuracy"
    with pytest.raises(HearingAIError, match="`monitor`: val_map is of clips with any number"):
        monitored(hearingai.get_recipe("gate", monitor="val_map"), False, True)


def test_what_a_user_changed_stays_where_clips_have_labels():
    usual = for_labels(RECIPES["embedding-attention"], True)
    assert usual.sampling == "balanced"
    changed = hearingai.get_recipe("embedding-attention", epochs=3, network_options={"units": 8})
    found = for_labels(changed, True)
    assert (found.epochs, found.network_options) == (3, {"units": 8})
    assert found.sampling == "balanced"
    assert for_labels(changed, False) is changed
    assert RECIPES["embedding-attention"].settings() == changed.settings() | {
        name: RECIPES["embedding-attention"].settings()[name]
        for name in ("epochs", "network_options")
    }


# --- Training ---


@pytest.mark.slow
def test_it_learns_tones_that_sound_together(learnt):
    assert learnt.multi_label
    assert learnt.labels == ["high", "low", "middle"]
    history = hearingai.training_history(learnt)
    assert list(history) == ["epoch", "loss", "val_loss", "val_map", "seconds"]
    assert history["val_map"].iloc[-1] > 0.9
    both = learnt.probabilities(np.stack([chord(["low", "high"], 99), chord([], 98)]))
    assert both[0, [0, 1]].min() > both[0, 2]
    assert both[1].max() < 0.5


@pytest.mark.slow
def test_the_score_of_an_epoch_is_scikit_learns(learnt, chords):
    held = chords.iloc[40:]
    again = hearingai.fit("gate", chords[:40], validation=held, epochs=1, **FAST)
    answers = hearingai.predict(again, held).filter(like="prob_").to_numpy()
    truth = np.array([[n in sets for n in again.labels] for sets in held["labels"]])
    expected = average_precision_score(truth, answers, average="macro")
    assert again.record["history"][0]["val_map"] == pytest.approx(expected, abs=1e-6)
    assert again.record["validation_metrics"]["map_macro"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
def test_a_file_keeps_it_and_a_training_goes_on(learnt, chords, tmp_path):
    path = hearingai.save_classifier(learnt, tmp_path / "chords.keras")
    opened = hearingai.load_classifier(path)
    assert opened.multi_label
    assert opened.fingerprint() == learnt.fingerprint()
    assert hearingai.classifier_info(opened)["multi_label"]
    assert "any number a clip" in repr(opened)
    hearingai.fit(opened, chords, epochs=1, class_weight="balanced", **FAST)
    assert opened.fingerprint() != learnt.fingerprint()


@pytest.mark.slow
def test_a_checkpoint_resumes_with_the_same_weights(chords, tmp_path):
    recipe = hearingai.get_recipe("gate", loss="focal", sampling="balanced", epochs=2)
    options = FAST | {"augment": ["mixup"], "batch_size": 16, "deterministic": True}
    whole = hearingai.fit(recipe, chords, **options)

    def stop(epoch, logs):
        raise KeyboardInterrupt

    options["checkpoint"] = tmp_path / "state.keras"
    with pytest.warns(hearingai.HearingAIWarning, match="interrupted"):
        hearingai.fit(recipe, chords, callbacks=lambda e, _: stop(e, _) if e else None, **options)
    resumed = hearingai.fit(recipe, chords, **options)
    assert len(resumed.record["history"]) == 2
    assert resumed.fingerprint() == whole.fingerprint()


def test_the_two_kinds_of_tables_and_classifiers_are_told_apart(learnt, chords):
    classes = hearingai.clip_table(chords["fname"], ["a", "b"] * 30)
    for function in (hearingai.fit, hearingai.evaluate):
        with pytest.raises(HearingAIError, match="must have a column `labels`"):
            function(learnt, classes)
    words = hearingai.create_classifier("gate", ["high", "low", "middle"], seed=1)
    for function in (hearingai.fit, hearingai.evaluate):
        with pytest.raises(HearingAIError, match="must have a column `class`"):
            function(words, chords)
    with pytest.raises(HearingAIError, match="at least one label. No clip has any"):
        hearingai.fit("gate", chords.assign(labels=[[]] * 60))


def test_networks_of_ones_own_end_in_a_sigmoid():
    def network(activation):
        return keras.Sequential(
            [keras.Input((10, 128)), keras.layers.Flatten(), keras.layers.Dense(2, activation)]
        )

    options = {"labels": ["a", "b"], "multi_label": True, "seed": 1}
    made = hearingai.create_classifier(network=network("sigmoid"), **options)
    assert made.multi_label
    with pytest.raises(HearingAIError, match='each by itself.*activation="sigmoid"'):
        hearingai.create_classifier(network=network("softmax"), **options)
    with pytest.raises(HearingAIError, match="sum to 1"):
        hearingai.create_classifier(network=network("sigmoid"), labels=["a", "b"], seed=1)


def test_a_file_that_says_something_else_is_refused(learnt):
    assert "multi_label" not in hearingai.create_classifier("gate", ["a", "b"]).get_config()
    for change, words in (
        ({"multi_label": "yes"}, "`multi_label` must be"),
        ({"target": "low"}, "`target` is for classifiers of one class a clip"),
        ({"labels": ["a", "b"]}, "`labels` has 2 names, but the network has 3 outputs"),
    ):
        with pytest.raises(HearingAIError, match=words):
            hearingai.AudioClassifier.from_config(learnt.get_config() | change)


@pytest.mark.parametrize("name", [n for n in RECIPES if n != "head"])
def test_every_recipe_gives_each_label_a_probability_by_itself(name):
    classifier = hearingai.create_classifier(name, ["a", "b", "c"], multi_label=True, seed=1)
    found = answers_to_noise(classifier.network)
    assert found.shape == (2, 3)
    assert np.abs(found.sum(axis=1) - 1).max() > 1e-3
    assert classifier.target is None
