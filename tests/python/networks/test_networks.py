import inspect

import numpy as np
import pytest

import hearingai
from hearingai import networks
from slow import slow

SMALL = {
    "speech_cnn": (46, 46, 1),
    "speech_cnn_small": (44, 88, 1),
    "dcase_vgg": (47, 47, 3),
    "sound_cnn": (1, 1, 1),
    "gate_cnn": (1, 1, 1),
    "bc_resnet": (1, 33, 1),
    "small_resnet": (1, 1, 1),
}
LEAST = SMALL | {
    "gru_tagger": (1, 1),
    "attention_gru_tagger": (1, 1),
    "attention_tagger": (1, 1),
    "linear_tagger": (1, 1),
    "embedding_head": (1, 1),
    "conv1d_tagger": (2, 1),
    "conv2d_tagger": (6, 6),
    "lstm_tagger": (1, 1),
    "transformer_tagger": (1, 4),
}
IMAGES = sorted(SMALL)
TAGGERS = sorted(set(LEAST) - set(SMALL) - {"embedding_head"})  # whose inputs are bytes


def random_input(name, n=2):
    """Random images, or embeddings of which the first clip is padded by two frames of zeros."""
    random = np.random.default_rng(0)
    if name in IMAGES:
        return random.normal(size=(n, 98, 100, 1)).astype("float32")
    clips = random.integers(1, 256, (n, 10, 128)).astype("float32")
    clips[0, :2] = 0
    return clips


def build(name, n_classes, **options):
    return networks.network(name, random_input(name).shape[1:], n_classes, **options)


def test_every_network_is_tested():
    assert set(networks.NETWORKS) == set(LEAST)


@pytest.mark.parametrize(
    "name, shape, n_classes, parameters, trainable",
    [
        ("speech_cnn", (98, 257, 1), 30, 2_226_846, 2_226_846),
        ("dcase_vgg", (150, 150, 3), 10, 1_448_786, 1_445_310),
        ("sound_cnn", (344, 64, 2), 10, 25_842, 25_602),
        ("gru_tagger", (10, 128), 1, 201_217, 200_961),
        ("attention_gru_tagger", (10, 128), 1, 199_179, 198_923),
        ("attention_tagger", (10, 128), 527, 867_353, 864_025),
    ],
)
def test_published_parameter_counts(name, shape, n_classes, parameters, trainable):
    network = networks.network(name, shape, n_classes)
    assert network.count_params() == parameters
    assert sum(int(np.prod(w.shape)) for w in network.trainable_weights) == trainable


def test_speech_cnn_has_the_published_layers():
    layers = [layer.__class__.__name__ for layer in networks.speech_cnn((98, 257, 1), 30).layers]
    convolutions = ["Conv2D", "MaxPooling2D"] * 4
    head = ["Dropout", "Flatten", "Dense", "Dropout", "Dense"]
    assert layers == ["InputLayer", *convolutions, *head]


def test_the_small_network_has_fewer_layers_and_weights():
    small = networks.speech_cnn_small((98, 257, 1), 30)
    large = networks.speech_cnn((98, 257, 1), 30)
    assert small.count_params() == 256_350
    assert len(small.weights) < len(large.weights)


def test_the_small_network_does_not_hear_gain():
    small = networks.speech_cnn_small((98, 257, 1), 3)
    image = np.random.default_rng(0).normal(size=(1, 98, 257, 1)).astype("float32")
    louder = image + np.log(4).astype("float32")  # twice the amplitude, in log power
    np.testing.assert_allclose(small(image), small(louder), atol=1e-5)


@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_every_network_gives_probabilities(name):
    probabilities = np.asarray(build(name, 4)(random_input(name)))
    assert probabilities.shape == (2, 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("name", TAGGERS)
def test_a_tagger_with_one_output_gives_the_probability_of_its_target(name):
    network = build(name, 1)
    assert network.layers[-1].activation.__name__ == "sigmoid"
    probabilities = np.asarray(network(random_input(name)))
    assert probabilities.shape == (2, 1)
    assert np.all((probabilities > 0) & (probabilities < 1))


@pytest.mark.parametrize("name", IMAGES)
def test_one_class_is_refused_where_classes_compete(name):
    with pytest.raises(hearingai.HearingAIError, match="`n_classes` must be a whole number from 2"):
        build(name, 1)


@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_bad_arguments_are_named(name):
    for shape in ((0, 10, 1), (0, 10), 10, (10, None), (10,)):
        with pytest.raises(hearingai.HearingAIError, match="input_shape"):
            networks.network(name, shape, 4)
    with pytest.raises(hearingai.HearingAIError, match="n_classes"):
        build(name, 0)
    with pytest.raises(hearingai.HearingAIError, match="name"):
        networks.network("no_such", (98, 257, 1), 4)


@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_the_smallest_input_that_is_promised_fits(name):
    assert networks.network(name, LEAST[name], 2).output_shape == (None, 2)


@pytest.mark.parametrize("name", ["speech_cnn", "speech_cnn_small", "dcase_vgg", "conv2d_tagger"])
@pytest.mark.parametrize("axis", [0, 1])
def test_a_smaller_input_is_refused(name, axis):
    shape = list(LEAST[name])
    shape[axis] -= 1
    with pytest.raises(hearingai.HearingAIError, match="`input_shape` must be"):
        networks.network(name, shape, 2)


@pytest.mark.parametrize("name", TAGGERS)
def test_options_of_taggers_are_checked(name):
    options = set(inspect.signature(networks.NETWORKS[name]).parameters)
    bad = {"dropout": (1, -0.1, "much", True, False)}
    bad |= dict.fromkeys(("units", "hidden", "filters", "kernel_size", "depth"), (0, 1.5, "many"))
    bad["activation"] = ("relu", None, 1)
    bad |= {"layers": (0, 1.5), "heads": (0, 3), "active_layers": (1, 9)}
    assert {"dropout"} <= options <= {"input_shape", "n_classes", *bad}
    for option in options & set(bad):
        for value in bad[option]:
            with pytest.raises(hearingai.HearingAIError, match=f"`{option}`"):
                build(name, 1, **{option: value})


def two_kinds(shape):
    """Sixteen clips of noise, every other one raised in the first half of its bins or values."""
    kind = np.arange(16) % 2
    clips = np.random.default_rng(1).normal(100, 20, (16, *shape)).astype("float32")
    clips[kind == 1, :, : shape[1] // 2] += 80
    return clips, kind


@pytest.mark.parametrize(
    "name, shape, options",
    [
        ("dcase_vgg", (47, 47, 1), {"initializer": "he_normal"}),
        ("sound_cnn", (24, 16, 2), {}),
        ("gate_cnn", (24, 16, 1), {"dropout": 0.0}),
        slow("bc_resnet", (12, 40, 1), {"dropout": 0.0}),
        ("small_resnet", (24, 16, 1), {"dropout": 0.0}),
        slow("gru_tagger", (4, 8), {"units": 8}),
        ("attention_gru_tagger", (4, 8), {"units": 8}),
        ("attention_tagger", (4, 8), {"units": 8, "dropout": 0.0}),
        ("linear_tagger", (4, 8), {}),
        ("conv1d_tagger", (4, 8), {}),
        ("conv2d_tagger", (6, 8), {}),
        slow("lstm_tagger", (4, 8), {}),
        slow("transformer_tagger", (4, 8), {"layers": 1}),
    ],
)
def test_training_learns_two_kinds_apart(name, shape, options):
    import keras

    keras.utils.set_random_seed(1)
    n_classes = 1 if name in TAGGERS else 2
    network = networks.network(name, shape, n_classes, **options)
    clips, kind = two_kinds(shape)
    loss = "binary_crossentropy" if n_classes == 1 else "sparse_categorical_crossentropy"
    network.compile(keras.optimizers.Adam(1e-2), loss, run_eagerly=True)  # tracing takes longer
    losses = network.fit(clips, kind, batch_size=16, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_a_saved_network_opens_in_safe_mode_and_predicts_the_same(name, tmp_path):
    import keras

    network = build(name, 2)
    network.save(tmp_path / "network.keras")
    opened = keras.saving.load_model(tmp_path / "network.keras", safe_mode=True)
    images = random_input(name)
    np.testing.assert_array_equal(np.asarray(network(images)), np.asarray(opened(images)))
    assert not any(type(layer).__name__ == "Lambda" for layer in opened.layers)
