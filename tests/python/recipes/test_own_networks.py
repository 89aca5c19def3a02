"""Networks of one's own in recipes: what is taken, and what is refused."""

import keras
import numpy as np
import pytest
from keras import layers

import hearingai
from own_networks import RECIPE, SHAPE, branched, flat, made, small


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


def test_one_file_holds_it(tmp_path):
    classifier = made(branched)
    path = hearingai.save_classifier(classifier, tmp_path / "own.keras")
    assert hearingai.load_classifier(path).fingerprint() == classifier.fingerprint()
    registered = made(flat(Doubled()))
    path = hearingai.save_classifier(registered, tmp_path / "registered.keras")
    assert hearingai.load_classifier(path).fingerprint() == registered.fingerprint()
