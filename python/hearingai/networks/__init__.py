"""Networks: one file an architecture, each a function from an image's shape to a Keras model."""

from ..errors import choose
from .speech_cnn import speech_cnn
from .speech_cnn_small import speech_cnn_small

NETWORKS = {f.__name__: f for f in (speech_cnn, speech_cnn_small)}


def network(name, input_shape, n_classes, **options):
    """Build a network by its name.

    Args:
        name: One of `hearingai.networks.NETWORKS`.
        input_shape: Shape of one image, without the batch: `(frames, bins, channels)`.
        n_classes: Number of classes.
        **options: Passed to the network's function.

    Returns:
        A `keras.Model` from images to probabilities.
    """
    return NETWORKS[choose("name", name, tuple(NETWORKS))](input_shape, n_classes, **options)
