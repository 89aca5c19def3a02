"""Windows that overlap share the first layers of a network, and get the answers of each alone."""

import keras
import numpy as np
import pytest
from keras import layers

import hearingai
from hearingai.classifier.shared_convolutions import SharedLayers
from hearingai.classifier.shared_frames import SharedFrames

FRAMES, BINS, WINDOWS = 40, 12, 16
CHAINS = {
    "convolutions and pooling": lambda: [
        layers.Conv2D(3, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(4, (3, 2), activation="tanh"),
        layers.AveragePooling2D((3, 2)),
    ],
    "strides and dilation": lambda: [
        layers.Conv2D(3, (5, 3), strides=(2, 1), use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.Conv2D(4, 2, dilation_rate=(3, 1)),
        layers.Dropout(0.5),
        layers.MaxPooling2D((3, 1), strides=(2, 1)),
        layers.Activation("gelu"),
    ],
}


def network_of(*first):
    """A network with these layers first, whose averages are not those of a new one."""
    keras.utils.set_random_seed(1)
    last = [layers.Flatten(), layers.Dense(3, activation="softmax")]
    network = keras.Sequential([keras.Input((FRAMES, BINS, 2)), *first, *last])
    rng = np.random.default_rng(1)
    network.set_weights([w + rng.uniform(0, 0.2, w.shape) for w in network.get_weights()])
    return network


def image_of(starts):
    rng = np.random.default_rng(2)
    return rng.normal(size=(1, starts[-1] + FRAMES, BINS, 2)).astype("float32")


def alone(network, image, starts):
    return network.predict_on_batch(np.stack([image[0, s : s + FRAMES] for s in starts]))


@pytest.mark.parametrize("kind", list(CHAINS))
@pytest.mark.parametrize("hop", [1, 2, 3, 4, 6, 10, 12])
def test_each_window_is_answered_as_it_is_alone(kind, hop):
    network, starts = network_of(*CHAINS[kind]()), np.arange(WINDOWS) * hop
    image, shared = image_of(starts), SharedLayers(network, FRAMES, starts)
    assert len(shared) >= 2
    expected = alone(network, image, starts)
    assert np.ptp(expected[:, 0]) > 0.01
    np.testing.assert_allclose(shared(image), expected, rtol=0, atol=1e-6)


def test_windows_need_not_be_equally_far_apart():
    network, starts = network_of(*CHAINS["convolutions and pooling"]()), np.array([0, 3, 4, 9, 10])
    image, shared = image_of(starts), SharedLayers(network, FRAMES, starts)
    assert len(shared)
    expected = alone(network, image, starts)
    np.testing.assert_allclose(shared(image), expected, rtol=0, atol=1e-6)


def test_layers_are_shared_as_long_as_that_saves_something():
    """Pooling by two after hops of four: once shared whole, then by two tracks, then by four."""
    pooled = [layer for _ in range(3) for layer in (layers.Conv2D(2, 1), layers.MaxPooling2D(2))]
    network = network_of(*pooled)
    lengths = {hop: len(SharedLayers(network, FRAMES, np.arange(8) * hop)) for hop in (4, 7, 40)}
    assert lengths == {4: 6, 7: 3, 40: 0}


@pytest.mark.parametrize(
    "first",
    [
        lambda: layers.Conv2D(3, 3, padding="same"),
        lambda: layers.Conv2D(3, 3, activation="softmax"),
        lambda: layers.LayerNormalization(axis=(1, 2, 3)),
        lambda: layers.BatchNormalization(axis=1),
        lambda: layers.ZeroPadding2D(1),
        lambda: layers.Conv2D(3, 3, dtype="mixed_bfloat16"),
        lambda: keras.Sequential([layers.Conv2D(3, 3)]),
    ],
)
def test_layers_that_look_further_are_computed_window_by_window(first):
    network = network_of(first(), layers.Conv2D(2, 3))
    assert len(SharedLayers(network, FRAMES, np.arange(WINDOWS) * 2)) == 0


def test_a_network_with_branches_shares_nothing():
    image = keras.Input((FRAMES, BINS, 2))
    x = layers.Conv2D(2, 3)(image)
    x = layers.Add()([x, layers.Conv2D(2, 1)(x)])
    network = keras.Model(image, layers.Dense(2)(layers.Flatten()(x)))
    assert len(SharedLayers(network, FRAMES, np.arange(WINDOWS) * 2)) == 0


class Scaled(layers.Layer):
    def call(self, x, factor=1.0):
        return factor * x


class Reversed(keras.Sequential):
    def call(self, x, training=None, mask=None):
        return super().call(x, training=training)[:, ::-1]


def functional(last, shape=(FRAMES, BINS, 2), **options):
    image = keras.Input(shape, **options)
    return keras.Model(image, last(layers.Flatten()(layers.Conv2D(2, 3)(image))))


@pytest.mark.parametrize(
    "make",
    [
        lambda: functional(lambda x: Scaled()(layers.Dense(2)(x), factor=5.0)),
        lambda: functional(lambda x: layers.Softmax()(layers.Dense(2)(x), mask=np.array([1, 0]))),
        lambda: functional(layers.Dense(2), dtype="bfloat16"),
        lambda: functional(lambda x: layers.Dropout(0.5)(layers.Dense(2)(x), training=True)),
        lambda: Reversed([keras.Input((FRAMES, BINS, 2)), layers.Conv2D(2, 3), layers.Flatten()]),
        lambda: keras.Sequential([keras.Input((FRAMES, BINS)), layers.ReLU(), layers.GRU(2)]),
    ],
)
def test_networks_that_are_called_in_another_way_share_nothing(make):
    assert len(SharedLayers(make(), FRAMES, np.arange(WINDOWS) * 2)) == 0


def test_copies_of_a_network_share_what_it_shares():
    network, starts = network_of(*CHAINS["convolutions and pooling"]()), np.arange(WINDOWS) * 4
    copy = keras.Sequential.from_config(network.get_config())
    copy.set_weights(network.get_weights())
    image, shared = image_of(starts), SharedLayers(copy, FRAMES, starts)
    assert len(shared) == len(SharedLayers(network, FRAMES, starts)) > 0
    np.testing.assert_allclose(shared(image), alone(network, image, starts), rtol=0, atol=1e-6)


def test_few_hops_stay_compiled():
    classifier = hearingai.create_classifier("speech-commands", ["a", "b"], seed=1)
    heard(classifier, np.zeros(32000), 0.1)
    shared = classifier._shared
    used = shared._shared_layers(4, 10, 98)
    for hop in range(1, 40):
        shared._shared_layers(4, hop, 98)
        assert shared._shared_layers(4, 10, 98) is used
    assert len(shared._of_windows) == 16
    assert (4, 39, 98) in shared._of_windows


def heard(classifier, sound, hop):
    found = hearingai.annotate(classifier, sound, hop=hop, progress=False)
    return found.windows.filter(like="prob_").to_numpy()


@pytest.mark.parametrize("hop", [0.1, 0.16, 0.25])
def test_the_published_word_classifier_answers_as_predict_does(monkeypatch, hop):
    """Also where the last batch is not full."""
    shared, made = SharedFrames._shared_layers, []
    monkeypatch.setattr(
        SharedFrames, "_shared_layers", lambda *args: made.append(shared(*args)) or made[-1]
    )
    classifier = hearingai.create_classifier("speech-commands", ["a", "b", "c"], seed=1)
    rng = np.random.default_rng(3)
    sound = (rng.normal(0, 0.2, 16000 * 9) * np.linspace(0, 1, 16000 * 9)).clip(-1, 1)
    step = round(hop * 16000)
    clips = np.stack([sound[s : s + 16000] for s in range(0, len(sound) - 16000 + 1, step)])
    expected = hearingai.predict(classifier, clips).filter(like="prob_").to_numpy()
    np.testing.assert_allclose(heard(classifier, sound, hop), expected, rtol=0, atol=1e-6)
    assert made and all(function is not None for function in made)


class Doubled(hearingai.LogMel):
    """A layer of a user's, whose images are not frames side by side."""

    def images_of(self, frames):
        return frames - keras.ops.max(frames, axis=(1, 2, 3), keepdims=True)


@pytest.mark.parametrize(
    ("frontend", "shares"),
    [
        (lambda: hearingai.LogMel(8000, n_mels=20), True),
        (lambda: hearingai.MFCC(8000, n_mels=20), True),
        (lambda: hearingai.LogMel(8000, n_mels=20, log="decibel", floor_db=40), False),
        (lambda: hearingai.LogMel(8000, n_mels=20, frames=40), False),
        (lambda: Doubled(8000, n_mels=20), False),
        (lambda: keras.Sequential([hearingai.LogMel(8000, n_mels=20), hearingai.Deltas()]), False),
    ],
)
def test_images_that_depend_on_the_whole_window_stay_apart(frontend, shares):
    keras.utils.set_random_seed(1)
    first = frontend()
    image = keras.Input(first.compute_output_shape((None, 4000))[1:])
    x = layers.MaxPooling2D(2)(layers.Conv2D(4, 3, activation="relu")(image))
    network = keras.Model(image, layers.Dense(2, activation="softmax")(layers.Flatten()(x)))
    told = {"sample_rate": 8000, "duration": 0.5}
    classifier = hearingai.AudioClassifier(first, network, ["a", "b"], **told)
    sound = np.random.default_rng(4).normal(0, 0.2, 16000) * np.linspace(0, 1, 16000)
    sound = sound.clip(-1, 1)
    clips = np.stack([sound[s : s + 4000] for s in range(0, 12001, 400)])
    expected = hearingai.predict(classifier, clips).filter(like="prob_").to_numpy()
    np.testing.assert_allclose(heard(classifier, sound, 0.05), expected, rtol=0, atol=1e-6)
    made = [made.function for made in classifier._shared._of_windows.values()]
    assert (any(made), len(made) > 0) == (shares, shares)


def test_weights_that_change_change_the_answers():
    make = hearingai.create_classifier
    classifier, other = (make("speech-commands", ["a", "b"], seed=seed) for seed in (1, 2))
    sound = np.random.default_rng(5).uniform(-0.5, 0.5, 16000 * 2)
    before = heard(classifier, sound, 0.1)
    classifier.set_weights(other.get_weights())
    after = heard(classifier, sound, 0.1)
    assert np.abs(before - after).max() > 1e-4
    np.testing.assert_allclose(after, heard(other, sound, 0.1), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("hop", "convolutions"), [(8, 4), (10, 4), (16, 4), (20, 4), (25, 2)])
def test_so_many_convolutions_of_the_tutorials_network_are_shared(hop, convolutions):
    network = hearingai.networks.network("speech_cnn", (98, 257, 1), 2)
    shared = SharedLayers(network, 98, np.arange(64) * hop)
    kinds = [type(layer).__name__ for layer in network.layers[1 : len(shared) + 1]]
    assert kinds.count("Conv2D") == convolutions
