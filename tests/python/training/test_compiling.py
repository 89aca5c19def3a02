"""compile(): what it sets is what the next training uses, and what the file keeps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import hearingai
from hearingai.classifier.record_checks import check_compile_settings
from hearingai.training.compiling import compiled_options


def tagger():
    recipe = hearingai.get_recipe("audio-gate", network="linear_tagger")
    return hearingai.create_classifier(recipe, ["no", "yes"], seed=1)


@pytest.fixture(scope="module")
def batches():
    rng = np.random.default_rng(0)
    embeddings = rng.uniform(0, 255, (8, 10, 128)).astype("float32")
    classes = np.eye(2, dtype="float32")[np.arange(8) % 2]
    return tf.data.Dataset.from_tensor_slices((embeddings, classes)).batch(4).repeat()


def trained(classifier, batches, **options):
    return hearingai.fit(classifier, batches, steps_per_epoch=2, epochs=1, seed=1, **options)


def optimizer_of(classifier):
    made = classifier.record["optimizer"]
    return made["class_name"], made["config"]["learning_rate"]


def test_the_next_training_uses_it(batches):
    classifier = hearingai.compile(tagger(), "RMSprop", learning_rate=0.02, metrics=["AUC"])
    trained(classifier, batches)
    assert optimizer_of(classifier) == ("RMSprop", pytest.approx(0.02))
    assert "AUC" in hearingai.training_history(classifier)
    trained(classifier, batches)  # and so does the one after
    assert optimizer_of(classifier)[0] == "RMSprop"


def test_what_fit_is_given_goes_before(batches):
    classifier = hearingai.compile(tagger(), "RMSprop", learning_rate=0.02)
    trained(classifier, batches, learning_rate=0.5)
    assert optimizer_of(classifier) == ("RMSprop", pytest.approx(0.5))
    trained(classifier, batches, optimizer="SGD")
    assert optimizer_of(classifier) == ("SGD", pytest.approx(0.01))


def test_the_published_adadelta_has_its_published_rate(batches):
    classifier = tagger()
    classifier.recipe = "speech-commands"
    classifier.own_recipe = None
    trained(hearingai.compile(classifier, "adadelta"), batches)
    assert optimizer_of(classifier) == ("Adadelta", pytest.approx(1.0))


def test_optimizers_losses_and_metrics_that_are_made(batches):
    classifier = hearingai.compile(
        tagger(),
        keras.optimizers.SGD(0.3, momentum=0.5),
        keras.losses.CategoricalFocalCrossentropy(gamma=4.0),
        keras.metrics.TopKCategoricalAccuracy(k=2, name="top"),
    )
    trained(classifier, batches)
    assert classifier.record["optimizer"]["config"]["momentum"] == 0.5
    assert hearingai.training_history(classifier)["top"].tolist() == [1.0]
    plain = hearingai.training_history(trained(tagger(), batches))
    assert hearingai.training_history(classifier)["loss"][0] < 0.5 * plain["loss"][0]
    trained(classifier, batches, learning_rate=0.1)
    assert optimizer_of(classifier) == ("SGD", pytest.approx(0.1))


def test_naming_the_defaults_changes_nothing(batches):
    plain = trained(tagger(), batches, deterministic=True)
    compiled = hearingai.compile(
        tagger(), loss="categorical_crossentropy", metrics=["accuracy", "acc"]
    )
    assert trained(compiled, batches, deterministic=True).fingerprint() == plain.fingerprint()


def test_the_file_keeps_it(batches, tmp_path):
    classifier = hearingai.compile(
        tagger(), keras.optimizers.SGD(0.3), "kl_divergence", ["precision"]
    )
    hearingai.save_classifier(classifier, tmp_path / "a.keras")
    again = hearingai.load_classifier(tmp_path / "a.keras")
    assert again.compile_settings == classifier.compile_settings
    trained(again, batches)
    assert optimizer_of(again) == ("SGD", pytest.approx(0.3))


def test_compiling_again_forgets_what_was_set():
    classifier = hearingai.compile(tagger(), "RMSprop", "kl_divergence")
    assert hearingai.compile(classifier, "SGD").compile_settings == {"optimizer": "SGD"}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"optimizer": "adadelt"}, "Adadelta"),
        ({"optimizer": keras.optimizers.SGD(), "learning_rate": 1.0}, "has its own"),
        ({"learning_rate": -1}, "`learning_rate`"),
        ({"loss": "sparse_categorical_crossentropy"}, "one-hot classes"),
        ({"loss": keras.losses.SparseCategoricalCrossentropy()}, "one-hot classes"),
        ({"loss": "no_such"}, "name of a Keras loss.*'no_such'"),
        ({"loss": lambda truth, found: 0.0}, "name of a Keras loss"),
        ({"metrics": ["accuracy", "no_such"]}, "name of a Keras metric.*'no_such'"),
        ({"metrics": 3}, "name of a Keras metric"),
    ],
)
def test_what_cannot_be_is_named(settings, words):
    classifier = tagger()
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.compile(classifier, **settings)
    assert classifier.compile_settings == {}


DAMAGED = [
    "abc",
    {"optimizer": 5},
    {"optimizer": "adam", "optimizer_options": [1]},
    {"learning_rate": -1},
    {"loss": 5},
    {"metrics": "auc"},
    {"metrics": ["AUC"] * 5000},
    {"metrics": [None]},
    {"other": 1},
]


@pytest.mark.parametrize("settings", DAMAGED)
def test_damaged_settings_are_refused_before_a_file_is_opened(settings):
    with pytest.raises(hearingai.HearingAIError, match="compile_settings` (is|are) damaged"):
        check_compile_settings(settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "adam", "optimizer_options": {"zzz": 1}},
        {"optimizer": "os.system"},
        {"loss": "eval"},
        {"loss": {"module": "builtins", "class_name": "function", "config": "eval"}},
        {"metrics": ["nix"]},
    ],
)
def test_settings_of_which_nothing_can_be_made_are_named(settings):
    classifier = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    classifier.compile_settings = settings
    with pytest.raises(hearingai.HearingAIError):
        compiled_options(classifier, {})


def test_a_metric_is_one_number_and_an_optimizer_one_that_trains():
    classifier = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="one number each. f1_score gives 2"):
        hearingai.compile(classifier, metrics="f1_score")
    hearingai.compile(classifier, metrics=[keras.metrics.F1Score(average="macro")])
    with pytest.raises(hearingai.HearingAIError, match="`optimizer` must be one of"):
        hearingai.compile(classifier, keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()))
