"""Networks of one's own in recipes: what is taken, what is refused, and what works with them."""

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

import hearingai
from fresh import need, python
from hearingai.bridge import Layers, describe_network
from hearingai.recipes.architecture import Architecture
from hearingai.recipes.creation import described

RECIPE = hearingai.get_recipe(
    "speech-commands-small", network="gate_cnn", sample_rate=1000, duration=0.5, epochs=1
)
SHAPE = (48, 17, 1)  # of its images


def small(input_shape, n_classes, hidden=4):
    """A network whose layers Keras numbers."""
    return keras.Sequential(
        [
            keras.Input(input_shape),
            layers.Conv2D(3, 5, activation="relu"),
            layers.Dropout(0.2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(hidden, activation="relu"),
            layers.Dense(n_classes, activation="softmax"),
        ]
    )


def branched(input_shape, n_classes):
    image = keras.Input(input_shape)
    high, low = (layers.Conv2D(2, size)(image) for size in (3, 5))
    values = [layers.GlobalAveragePooling2D()(x) for x in (high, low)]
    answers = layers.Dense(n_classes, activation="softmax")(layers.Concatenate()(values) * 2)
    return keras.Model(image, answers)


def made(network, labels=("a", "b"), recipe=RECIPE, **options):
    return hearingai.create_classifier(recipe, labels, network=network, seed=1, **options)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two pitches with noise, half a second at 1 kHz."""
    rng, folder, rows = np.random.default_rng(5), tmp_path_factory.mktemp("clips"), []
    for i in range(16):
        pitch, path = (60, 240)[i % 2], str(folder / f"{i}.wav")
        sound = np.sin(np.arange(500) * 2 * np.pi * pitch / 1000) * 0.5
        hearingai.write_audio(path, sound + rng.uniform(-0.1, 0.1, 500), 1000)
        rows.append((path, "ab"[i % 2], i // 2 % 2, ("train", "validation")[i // 12]))
    return pd.DataFrame(rows, columns=["fname", "class", "fold", "split"])


@pytest.mark.parametrize("make", [small, branched])
def test_a_model_and_the_function_that_makes_it_begin_with_the_same_weights(make):
    of_model, of_function = made(make(SHAPE, 2)), made(make)
    assert of_model.fingerprint() == of_function.fingerprint()
    assert made(make).fingerprint() == of_function.fingerprint()
    other = hearingai.create_classifier(RECIPE, ["a", "b"], network=make, seed=2)
    assert other.fingerprint() != of_function.fingerprint()
    assert of_function.count_params() == make(SHAPE, 2).count_params()


def test_a_model_lends_its_layers_and_stays_as_it_was():
    model = small(SHAPE, 2)
    before = [np.copy(w) for w in model.get_weights()]
    classifier = made(model)
    classifier.set_weights([w + 1 for w in classifier.get_weights()])
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_function_lends_weights_too_and_its_model_stays_as_it_was():
    model = small(SHAPE, 2)
    first, second = made(lambda input_shape, n_classes: model), made(lambda *_: model)
    for mine, theirs in zip(first.network.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    first.set_weights([w + 1 for w in first.get_weights()])
    for mine, theirs in zip(second.network.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_of_a_trained_model_it_is_said_that_its_weights_are_drawn_anew():
    model = small(SHAPE, 2)
    model.compile("sgd", "categorical_crossentropy")
    model.fit(np.zeros((1, *SHAPE)), np.eye(2)[:1], verbose=0)
    with pytest.warns(hearingai.HearingAIWarning, match="its weights are drawn anew by the seed"):
        classifier = made(model)
    assert classifier.fingerprint() == made(small(SHAPE, 2)).fingerprint()


def test_layers_have_the_same_names_in_every_session():
    expected = ["conv2d", "dropout", "global_average_pooling2d", "dense", "dense_1"]
    for _ in range(2):
        classifier = made(small)
        assert [layer.name for layer in classifier.network.layers][1:] == expected
        assert hearingai.classifier_info(classifier)["network"] == "small"
    last = layers.Dense(2, activation="softmax", name="last_3")
    named = keras.Sequential([layers.Flatten(), last], name="mine")
    classifier = made(named)
    assert [layer.name for layer in classifier.network.layers][1:] == ["flatten", "last_3"]
    assert classifier.network.name == "mine"
    assert hearingai.get_recipe(RECIPE, network=named).network_name == "mine"


def test_a_network_may_leave_its_input_open():
    flat = keras.Sequential([layers.Flatten(), layers.Dense(2, activation="softmax")])
    assert made(flat).network.input_shape == (None, *SHAPE)
    image = keras.Input((None, None, 1))
    answers = layers.Dense(2, activation="softmax")(layers.GlobalMaxPooling2D()(image))
    assert made(keras.Model(image, answers)).network.input_shape == (None, *SHAPE)


def test_one_output_is_the_probability_of_the_target():
    one = keras.Sequential([layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    classifier = made(one, labels=("other", "bird"))
    answers = hearingai.predict(classifier, np.zeros(500, "float32"))
    assert answers[["prob_other", "prob_bird"]].sum(axis=1).item() == pytest.approx(1)


@keras.saving.register_keras_serializable(package="tests")
class Doubled(layers.Layer):
    """A layer of somebody's own, registered."""

    def call(self, x):
        return 2 * x


class Unregistered(Doubled):
    """One that is not."""


class Subclassed(keras.Model):
    """A model whose layers nobody can tell apart."""

    def call(self, x):
        return x


def flat(*between, end="softmax", n=2):
    return keras.Sequential([layers.Flatten(), *between, layers.Dense(n, activation=end)])


REFUSED = {
    "a name": ("speech_cn", "`network` must be one of .*Did you mean 'speech_cnn'"),
    "a number": (3, "`network` must be the name of a network, a Keras model, or a function"),
    "a layer": (layers.Dense(3), "Received: Dense, a layer"),
    "a subclass": (Subclassed(), "functional or sequential Keras model.*Received: Subclassed"),
    "one argument": (lambda shape: None, "a function of two arguments, `input_shape` and"),
    "no model": (lambda shape, n: None, "must return a functional or sequential.*NoneType"),
    "an error": (lambda shape, n: 1 / 0, "cannot be made for .* and 2 classes: division by zero"),
    "another input": (small((9, 9, 1), 2), r"48 x 17 x 1 a clip. Received: .* 9 x 9 x 1"),
    "three outputs": (flat(n=3), "as many outputs as there are labels, 2. Received: 3"),
    "a map": (keras.Sequential([layers.Dense(2)]), r"one row a clip.*gives 48 x 17 x 2"),
    "logits": (flat(end=None), 'must give probabilities.*`activation="softmax"`'),
    "one logit": (flat(layers.Rescaling(99.0), end=None, n=1), '`activation="sigmoid"`'),
    "not finite": (flat(layers.Rescaling(float("nan"))), "must give finite values"),
    "a Lambda": (flat(layers.Lambda(lambda x: x)), r"`lambda\w*` \(Lambda\): .*code"),
    "a lambda": (flat(end=lambda x: x), r"no file can hold, `dense\w*` \(Dense\)"),
    "a layer unknown": (flat(Unregistered()), r"`unregistered` \(Unregistered\)"),
    "too deep": (lambda s, n: keras.Sequential([keras.Input(s), layers.Conv2D(2, 99)]), "negative"),
}


@pytest.mark.parametrize(("network", "words"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_suit_is_refused(network, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        made(network)


def test_options_are_those_of_the_function():
    recipe = hearingai.get_recipe(RECIPE, network=small, network_options={"hidden": 8})
    assert made(None, recipe=recipe).network.get_layer("dense").units == 8
    with pytest.raises(hearingai.HearingAIError, match="`small` has no width. It has: hidden"):
        hearingai.get_recipe(RECIPE, network=small, network_options={"width": 8})
    with pytest.raises(hearingai.HearingAIError, match="has no hidden. It has: none"):
        hearingai.get_recipe(RECIPE, network=small(SHAPE, 2), network_options={"hidden": 8})
    assert hearingai.get_recipe(recipe, network="sound_cnn").network_options == {}


def test_a_classifier_of_front_end_and_network_needs_no_recipe():
    ends = [hearingai.LogMel(sample_rate=2000, n_mels=8), hearingai.Scaling()]
    classifier = hearingai.create_classifier(
        frontend=ends, network=small, labels=["a", "b"], seed=1, duration=0.5
    )
    assert (classifier.recipe, classifier.sample_rate, classifier.samples) == (None, 2000, 1000)
    taken = hearingai.create_classifier(network=flat(), labels=["a", "b", "c"][:2], seed=1)
    assert taken.hears_embeddings and taken.clip_shape == (10, 128)
    with pytest.raises(hearingai.HearingAIError, match="`recipe` or `network` must be given"):
        hearingai.create_classifier(labels=["a", "b"])
    with pytest.raises(hearingai.HearingAIError, match="`labels` must be given"):
        hearingai.create_classifier("gate")
    with pytest.raises(hearingai.HearingAIError, match="`frontend` must be a layer such as LogMel"):
        hearingai.get_recipe("gate", frontend=3)


def test_one_file_holds_it_and_opens_elsewhere(tmp_path):
    classifier = made(branched)
    path = hearingai.save_classifier(classifier, tmp_path / "own.keras")
    assert hearingai.load_classifier(path).fingerprint() == classifier.fingerprint()
    told = python(f"import hearingai\nprint(hearingai.load_classifier({path!r}).fingerprint())")
    assert told.stdout.split()[-1] == classifier.fingerprint()
    registered = made(flat(Doubled()))
    path = hearingai.save_classifier(registered, tmp_path / "registered.keras")
    assert hearingai.load_classifier(path).fingerprint() == registered.fingerprint()


@pytest.mark.slow
def test_a_training_resumes_by_what_its_network_is(clips, tmp_path):
    path, options = tmp_path / "state.keras", {"seed": 1, "progress": False}
    whole = hearingai.fit(RECIPE, clips, network=small, epochs=2, **options)
    hearingai.fit(RECIPE, clips, network=small, epochs=1, checkpoint=path, **options)
    again = hearingai.fit(
        RECIPE, clips, network=small(SHAPE, 2), epochs=2, checkpoint=path, **options
    )
    assert len(again.record["history"]) == 2
    assert again.record["settings"] == whole.record["settings"]
    with pytest.raises(hearingai.HearingAIError, match="of another training"):
        hearingai.fit(RECIPE, clips, network=branched, epochs=2, checkpoint=path, **options)
    with pytest.raises(hearingai.HearingAIError, match="`network` is for a recipe"):
        hearingai.fit(whole, clips, network=small)


@pytest.mark.slow
def test_every_fold_begins_with_weights_of_its_own(clips, monkeypatch):
    begun = []
    create = hearingai.create_classifier

    def noted(*args, **options):
        classifier = create(*args, **options)
        begun.append(classifier.fingerprint())
        return classifier

    monkeypatch.setattr("hearingai.training._fold_runs.create_classifier", noted)
    for network in (small(SHAPE, 2), small):
        recipe = hearingai.get_recipe(RECIPE, network=network)
        result = hearingai.cross_validate(recipe, clips, folds="fold", seed=1, progress=False)
        assert len(result.folds) == 2
    assert len(set(begun)) == 2
    assert begun[:2] == begun[2:]


def test_folds_at_once_need_a_network_that_other_processes_find(clips):
    recipe = hearingai.get_recipe(RECIPE, network=lambda *_: small(SHAPE, 2))
    with pytest.raises(hearingai.HearingAIError, match="`parallel` must be 1"):
        hearingai.cross_validate(recipe, clips, folds="fold", parallel=2)


@pytest.mark.slow
def test_folds_at_once_of_a_model_are_those_in_turn(clips):
    recipe = hearingai.get_recipe(RECIPE, network=small(SHAPE, 2))
    options = {"folds": "fold", "seed": 1, "progress": False}
    once, both = (hearingai.cross_validate(recipe, clips, parallel=n, **options) for n in (1, 2))
    assert once.folds["fingerprint"].tolist() == both.folds["fingerprint"].tolist()


def test_what_is_done_with_classifiers_works_with_it(clips, tmp_path):
    classifier = hearingai.fit(RECIPE, clips, network=small, seed=1, progress=False)
    sound = clips["fname"][0]
    assert len(hearingai.embed(classifier, sound).columns) >= 4
    for method in ("gradcam", "integrated_gradients"):
        assert hearingai.explain(classifier, sound, method=method, steps=4).relevance.shape
    tuned = hearingai.fine_tune(classifier, clips, epochs=1, seed=1, progress=False)
    assert tuned.network.name == "small"
    assert hearingai.few_shot(classifier, clips, seed=1, progress=False).labels == ["a", "b"]
    merged = hearingai.merge_labels(made(small, ("a", "b", "c")), {"d": ["a", "b"]})
    assert set(merged.labels) == {"c", "d"}


@pytest.mark.slow
def test_it_is_exported(clips, tmp_path):
    need("onnxruntime")
    classifier = made(branched)
    path = hearingai.export(classifier, tmp_path / "own.onnx").path
    exported = hearingai.load_exported(path)
    sound = clips["fname"][0]
    mine, theirs = (hearingai.predict(c, sound)["prob_a"][0] for c in (classifier, exported))
    assert mine == pytest.approx(theirs, abs=1e-4)


@pytest.mark.slow
def test_networks_are_tuned_by_their_names(clips):
    need("optuna")
    space = {"network": [small, branched(SHAPE, 2), "gate_cnn"]}
    table = hearingai.tune(RECIPE, clips, space, seed=1, progress=False)
    assert set(table["network"]) == {"small", "network", "gate_cnn"}
    space = {"network": [small], "hidden": [2, 3]}
    table = hearingai.tune(RECIPE, clips, space, seed=1, progress=False)
    assert set(table["hidden"]) == {2, 3}
    with pytest.raises(hearingai.HearingAIError, match="networks of different names"):
        hearingai.tune(RECIPE, clips, {"network": [small, small]})


def test_networks_are_compared_by_what_they_are():
    texts = {
        described(hearingai.get_recipe(RECIPE, network=n), ["a", "b"]).network
        for n in (small, small(SHAPE, 2), lambda *shape_and_n: small(*shape_and_n))
    }
    assert len(texts) == 1
    other = hearingai.get_recipe(RECIPE, network=branched)
    assert described(other, ["a", "b"]).network not in texts


def dense(*args, **options):
    return {"layer": "Dense", "args": list(args), "options": options}


def test_a_described_network_is_that_of_keras():
    told = [
        {"layer": "Conv2D", "args": [3, 5], "options": {"activation": "relu"}},
        {"layer": "Dropout", "args": [0.2], "options": {}},
        {"layer": "GlobalAveragePooling2D", "args": [], "options": {}},
        dense(4, activation="relu"),
        dense(2, activation="softmax"),
    ]
    assert made(Layers(told)).fingerprint() == made(small).fingerprint()
    shown = describe_network(Layers(told, SHAPE))
    assert shown["shapes"] == ["44 x 13 x 3", "44 x 13 x 3", "3", "4", "2"]
    assert sum(shown["parameters"]) == made(small).count_params()
    assert describe_network(Architecture(small(SHAPE, 2)))["layers"] == shown["layers"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"layer": "Conv2d", "args": [], "options": {}}, "no layer `Conv2d`. .*`Conv2D`?"),
        ({"layer": "layer_dense", "args": [], "options": {}}, "Did you mean `Dense`?"),
        ({"layer": "Lambda", "args": [], "options": {}}, "`Lambda` cannot be a layer here"),
        (dense(), "missing a required argument: 'units'"),
        (dense(3, activaton="relu"), "no argument `activaton`. Did you mean `activation`?"),
        (dense(3, activation="rellu"), "Dense cannot be made: .*rellu"),
    ],
)
def test_a_misspelt_layer_is_named(told, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        made(Layers([told]))


def test_a_layer_that_cannot_follow_is_counted():
    told = [{"layer": "MaxPooling2D", "args": [16], "options": {}}] * 2
    with pytest.raises(hearingai.HearingAIError, match="layer 2 of `network`, MaxPooling2D, .*3 x"):
        made(Layers(told))
    with pytest.raises(hearingai.HearingAIError, match="must have layers"):
        made(Layers([]))
