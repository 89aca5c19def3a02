"""The head on embeddings: what it computes, and its sizes."""

import keras
import numpy as np
import pytest

import hearingai
from hearingai.networks import embedding_head


def layers_of(network):
    return [type(layer).__name__ for layer in network.layers]


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        ({}, 4 * 9 * 96 + (9 * 96 + 1) * 192 + 193 * 10),
        ({"hidden": 0}, 4 * 9 * 96 + (9 * 96 + 1) * 10),
        ({"pooling": "mean", "hidden": 0}, 4 * 96 + 97 * 10),
        ({"pooling": "mean", "hidden": 5}, 4 * 96 + 97 * 5 + 6 * 10),
    ],
)
def test_its_parameters_are_those_of_its_layers(options, parameters):
    network = embedding_head((9, 96), 10, **options)
    assert network.count_params() == parameters
    assert network.output_shape == (None, 10)


def test_a_linear_head_on_the_mean_is_what_numpy_says():
    network = embedding_head((3, 4), 2, hidden=0, pooling="mean")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 3, 4)).astype("float32")
    gamma, beta, mean, variance, kernel, bias = (
        rng.uniform(0.5, 1.5, w.shape).astype("float32") for w in network.get_weights()
    )
    assert [w.shape for w in (kernel, bias)] == [(4, 2), (2,)]
    network.set_weights([gamma, beta, mean, variance, kernel, bias])
    normal = gamma * (x.mean(axis=1) - mean) / np.sqrt(variance + 1e-3) + beta
    powers = np.exp(normal @ kernel + bias)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.predict(x, verbose=0), expected, rtol=1e-4)


def test_flattening_keeps_the_order_of_embeddings_and_the_mean_does_not():
    x = np.random.default_rng(0).normal(size=(1, 3, 4)).astype("float32")
    for pooling, equal in (("flatten", False), ("mean", True)):
        network = embedding_head((3, 4), 2, pooling=pooling)
        answers = [network.predict(part, verbose=0) for part in (x, x[:, ::-1])]
        assert np.allclose(*answers, atol=1e-6) == equal


def test_one_output_is_the_probability_of_a_target():
    network = embedding_head((3, 4), 1)
    assert network.output_shape == (None, 1)
    assert network.layers[-1].activation is keras.activations.sigmoid


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hidden": -1}, "`hidden` must be a positive whole number"),
        ({"hidden": 1.5}, "`hidden` must be a positive whole number"),
        ({"pooling": "max"}, "`pooling` must be one of"),
        ({"dropout": 1}, "`dropout`"),
    ],
)
def test_arguments_out_of_range_are_refused(options, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        embedding_head((3, 4), 2, **options)
