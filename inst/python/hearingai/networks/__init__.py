"""Networks: one file per architecture, each a function from an image's shape to a Keras model.

Networks take images, `(frames, bins, channels)`; taggers take embeddings, `(frames, values)`. These
give probabilities and are in `NETWORKS`. `vggish` is a body: it takes images and gives embeddings.
"""

from typing import Any

import keras

from ..runtime.arguments import choose
from .attention_gru_tagger import attention_gru_tagger
from .attention_pooling import AttentionPooling
from .attention_tagger import attention_tagger
from .bc_resnet import bc_resnet
from .conv1d_tagger import conv1d_tagger
from .conv2d_tagger import conv2d_tagger
from .dcase_vgg import dcase_vgg
from .embedding_head import embedding_head
from .gate_cnn import gate_cnn
from .gru_tagger import gru_tagger
from .label_groups import LabelGroups
from .linear_tagger import linear_tagger
from .lstm_tagger import lstm_tagger
from .sinusoidal_positions import SinusoidalPositions
from .small_resnet import small_resnet
from .sound_cnn import sound_cnn
from .speech_cnn import speech_cnn
from .speech_cnn_small import speech_cnn_small
from .start_end_tokens import StartEndTokens
from .sub_spectral_normalization import SubSpectralNormalization
from .transformer_tagger import transformer_tagger
from .vggish import vggish

NETWORKS = {
    f.__name__: f
    for f in (
        speech_cnn,
        speech_cnn_small,
        dcase_vgg,
        sound_cnn,
        gate_cnn,
        embedding_head,
        bc_resnet,
        small_resnet,
        gru_tagger,
        attention_gru_tagger,
        attention_tagger,
        linear_tagger,
        conv1d_tagger,
        conv2d_tagger,
        lstm_tagger,
        transformer_tagger,
    )
}

__all__ = [
    "NETWORKS",
    "AttentionPooling",
    "LabelGroups",
    "SinusoidalPositions",
    "StartEndTokens",
    "SubSpectralNormalization",
    "network",
    "vggish",
    *NETWORKS,
]


def network(name: str, input_shape: Any, n_classes: int, **options: Any) -> keras.Model:
    """Build a network by its name.

    Args:
        name: One of `hearingai.networks.NETWORKS`.
        input_shape: Shape of one image, `(frames, bins, channels)`, or of one clip's embeddings,
            `(frames, values)`, without the batch.
        n_classes: Number of classes; 1, for taggers only, gives the probability of one target
            class.
        **options: Passed to the network's function.

    Returns:
        A `keras.Model` from images or embeddings to probabilities.

    Raises:
        HearingAIError: No network has that name, or an argument does not suit it.

    Example:
        >>> import hearingai
        >>> hearingai.networks.network("linear_tagger", (10, 128), 1, hidden=16).count_params()
        20513
    """
    return NETWORKS[choose("name", name, tuple(NETWORKS))](input_shape, n_classes, **options)
