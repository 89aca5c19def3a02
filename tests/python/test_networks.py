import numpy as np
import pytest

import hearingai
from hearingai import networks


def test_speech_cnn_has_the_published_parameter_count():
    assert networks.speech_cnn((98, 257, 1), 30).count_params() == 2_226_846


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
    network = networks.network(name, (98, 257, 1), 4)
    image = np.random.default_rng(0).normal(size=(2, 98, 257, 1)).astype("float32")
    probabilities = np.asarray(network(image))
    assert probabilities.shape == (2, 4)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_bad_arguments_are_named(name):
    with pytest.raises(hearingai.HearingAIError, match="input_shape"):
        networks.network(name, (10, 10, 1), 4)
    with pytest.raises(hearingai.HearingAIError, match="n_classes"):
        networks.network(name, (98, 257, 1), 1)
    with pytest.raises(hearingai.HearingAIError, match="name"):
        networks.network("no_such", (98, 257, 1), 4)


@pytest.mark.parametrize("name", sorted(networks.NETWORKS))
def test_the_smallest_image_that_is_promised_fits(name):
    least = {"speech_cnn": (46, 46, 1), "speech_cnn_small": (44, 88, 1)}[name]
    assert networks.network(name, least, 2).output_shape == (None, 2)
