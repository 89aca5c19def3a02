import keras
import numpy as np
import pytest

import hearingai
from hearingai.networks import bc_resnet


@pytest.mark.parametrize(
    ("width", "published", "exactly"),
    [(1, 9.2, 9_232), (2, 27.3, 27_284), (3, 54.2, 54_168), (8, 321, 321_068)],
)
def test_the_sizes_are_the_published_ones(width, published, exactly):
    network = bc_resnet((101, 40, 1), 12, width=width)
    weights = sum(int(np.prod(w.shape)) for w in network.trainable_weights)
    assert weights == exactly
    assert weights / 1000 == pytest.approx(published, abs=0.1)


def test_the_maps_are_those_of_the_authors():
    network = bc_resnet((101, 40, 1), 12, width=1.5)
    blocks = [layer.output.shape[1:] for layer in network.layers if isinstance(layer, Add)]
    assert (
        blocks
        == [(101, 20, 12)] * 2 + [(101, 10, 18)] * 2 + [(101, 5, 24)] * 4 + [(101, 5, 30)] * 4
    )
    dilations = [layer.dilation_rate for layer in network.layers if isinstance(layer, Depthwise)]
    in_time = [rate[0] for rate in dilations if rate != (1, 1)]
    assert in_time == [2] * 2 + [4] * 4 + [8] * 4


Add, Depthwise = keras.layers.Add, keras.layers.DepthwiseConv2D


def test_other_widths_are_refused():
    with pytest.raises(hearingai.HearingAIError, match="`width` must be one of 1, 1.5, 2, 3, 6, 8"):
        bc_resnet((101, 40, 1), 12, width=4)


def test_images_of_any_number_of_bins_from_33_on_are_heard():
    for bins in (33, 64, 257):
        assert bc_resnet((20, bins, 2), 3).output_shape == (None, 3)
    with pytest.raises(hearingai.HearingAIError, match="at least 1 frames and 33 bins"):
        bc_resnet((20, 32, 1), 3)


def test_it_hears_no_gain():
    network = bc_resnet((20, 40, 1), 3)
    image = np.random.default_rng(0).normal(size=(1, 20, 40, 1)).astype("float32")
    np.testing.assert_allclose(network(image), network(image - 7), atol=1e-5)
