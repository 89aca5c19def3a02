import keras
import numpy as np
import pytest

import hearingai
from hearingai.networks import small_resnet


def test_it_is_small():
    network = small_resnet((98, 40, 1), 36)
    assert network.count_params() <= 100_000
    convolutions = [n for n in network.layers if isinstance(n, keras.layers.Conv2D)]
    products = sum(np.prod(c.kernel.shape) * np.prod(c.output.shape[1:3]) for c in convolutions)
    assert products < 5.5e6


def test_each_block_halves_the_image():
    network = small_resnet((98, 40, 1), 12)
    sums = [n.output.shape[1:] for n in network.layers if isinstance(n, keras.layers.Add)]
    assert sums == [(25, 10, 24), (13, 5, 40), (7, 3, 56)]


def test_it_hears_no_gain():
    network = small_resnet((20, 40, 1), 3)
    image = np.random.default_rng(0).normal(size=(1, 20, 40, 1)).astype("float32")
    np.testing.assert_allclose(network(image), network(image - 7), atol=1e-5)


def test_a_wrong_dropout_is_refused():
    with pytest.raises(hearingai.HearingAIError, match="`dropout`"):
        small_resnet((20, 40, 1), 3, dropout=1)
