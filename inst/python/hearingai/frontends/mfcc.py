"""Mel-frequency cepstral coefficients, a Keras layer from waveforms to images."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import positive, whole
from .log_mel import LogMel


@keras.saving.register_keras_serializable(package="hearingai")
class MFCC(LogMel):
    """Mel-frequency cepstral coefficients: the cosine transform of the log mel bands.

    The first few coefficients describe the spectral envelope, the very first one the level. The
    transform is the orthonormal DCT-II; with `log="decibel"` the values equal
    `librosa.feature.mfcc` on the same mel spectrogram.

    Args:
        sample_rate: Rate of the waveforms, Hz.
        n_mfcc: Number of coefficients, at most the number of mel bands.
        lifter: If not 0, coefficient `n` (from 1) is multiplied by
            `1 + lifter / 2 * sin(pi * n / lifter)`, which evens out their magnitudes.
        **kwargs: The other arguments of `LogMel`, with its defaults.

    Input shape:
        `(batch, samples)` or `(batch, channels, samples)`, float32 in -1...1.

    Output shape:
        `(batch, frames, n_mfcc, channels)`, float32.

    Raises:
        HearingAIError: An argument is out of range, or the waveforms are too short for a frame.

    Source:
        S. Davis and P. Mermelstein, IEEE Transactions on Acoustics, Speech and Signal Processing
        28, 1980.

    Example:
        >>> import hearingai, numpy
        >>> front_end = hearingai.MFCC(sample_rate=16000, n_mfcc=13, n_mels=40)
        >>> tuple(front_end(numpy.zeros((2, 16000), "float32")).shape)
        (2, 97, 13, 1)
    """

    def __init__(
        self, sample_rate: int = 16000, n_mfcc: int = 13, *, lifter: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(sample_rate, **kwargs)
        self.n_mfcc = positive("n_mfcc", n_mfcc, whole=True)
        self.lifter = whole("lifter", lifter)
        if self.n_mfcc > self.n_mels:
            raise HearingAIError(
                f"`n_mfcc` must be at most the number of mel bands, {self.n_mels}. "
                f"Received: {n_mfcc!r}"
            )
        self.cosines = _cosines(self.n_mels, self.n_mfcc, self.lifter)

    def images_of(self, frames: Any) -> Any:
        """The images of clips, of which these are the mel frames."""
        return ops.einsum("bfmc,mk->bfkc", super().images_of(frames), self.cosines)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the images for waveforms `(batch, samples)` or `(batch, channels, samples)`."""
        batch, frames, _, channels = super().compute_output_shape(input_shape)
        return (batch, frames, self.n_mfcc, channels)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {"n_mfcc": self.n_mfcc, "lifter": self.lifter}


def _cosines(n_mels: int, n_mfcc: int, lifter: float) -> Any:
    """Matrix `(n_mels, n_mfcc)` of the orthonormal DCT-II, its columns liftered."""
    k = np.arange(n_mfcc)
    matrix = np.cos(np.pi / n_mels * (np.arange(n_mels)[:, None] + 0.5) * k)
    matrix *= np.where(k == 0, np.sqrt(1 / n_mels), np.sqrt(2 / n_mels))
    if lifter:
        matrix *= 1 + lifter / 2 * np.sin(np.pi * (k + 1) / lifter)
    return matrix.astype("float32")
