"""Front ends: Keras layers that turn waveforms into images, on every backend."""

import keras
import numpy as np
from keras import ops

from .errors import HearingAIError, positive


@keras.saving.register_keras_serializable(package="hearingai")
class LogSpectrogram(keras.layers.Layer):
    """Logarithm of the power spectrogram.

    The signal is cut into frames that lie wholly inside it, each frame is weighted by a periodic
    Hann window, padded with zeros to the next power of two and Fourier transformed; the image is
    `log(|S|^2 + offset)`. One second at 16 kHz becomes 98 frames of 257 bins. The values equal
    `tf.raw_ops.AudioSpectrogram(magnitude_squared=True)` followed by the logarithm.

    Args:
        window_size_ms: Length of a frame, milliseconds.
        window_stride_ms: Distance from frame to frame, milliseconds.
        sample_rate: Rate of the waveforms, Hz.
        offset: Added to the power before the logarithm, so that silence stays finite.

    Input shape:
        `(batch, samples)`, float32 in -1...1.

    Output shape:
        `(batch, frames, bins, 1)`, float32.

    Raises:
        HearingAIError: An argument is not positive, or the waveforms are shorter than a window.

    Source:
        The word classifier of the TensorFlow and Keras-for-R tutorials on Speech Commands.

    Example:
        >>> import hearingai, numpy
        >>> front_end = hearingai.LogSpectrogram(window_size_ms=30, window_stride_ms=10)
        >>> tuple(front_end(numpy.zeros((2, 16000), "float32")).shape)
        (2, 98, 257, 1)
    """

    def __init__(
        self, window_size_ms=30, window_stride_ms=10, sample_rate=16000, offset=0.01, **kwargs
    ):
        kwargs.setdefault("dtype", "float32")
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.window_size_ms = positive("window_size_ms", window_size_ms)
        self.window_stride_ms = positive("window_stride_ms", window_stride_ms)
        self.sample_rate = positive("sample_rate", sample_rate, whole=True)
        self.offset = positive("offset", offset)
        self.window_size, self.window_stride, self.fft_size = frame_sizes(
            self.window_size_ms, self.window_stride_ms, self.sample_rate
        )

    def call(self, waveforms):
        """Compute the images of a batch of waveforms."""
        self.compute_output_shape(waveforms.shape)
        frames = ops.extract_sequences(waveforms, self.window_size, self.window_stride)
        real, imaginary = ops.rfft(frames * hann(self.window_size), fft_length=self.fft_size)
        power = ops.square(real) + ops.square(imaginary)
        return ops.expand_dims(ops.log(power + self.offset), -1)

    def compute_output_shape(self, input_shape):
        """Shape of the images for waveforms of shape `(batch, samples)`."""
        if len(input_shape) != 2:
            raise HearingAIError(
                f"waveforms must have the shape (batch, samples). Received: {tuple(input_shape)}"
            )
        batch, samples = input_shape
        frames = None
        if samples is not None:
            frames = n_frames(samples, self.window_size, self.window_stride)
        return (batch, frames, self.fft_size // 2 + 1, 1)

    def get_config(self):
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "window_size_ms": self.window_size_ms,
            "window_stride_ms": self.window_stride_ms,
            "sample_rate": self.sample_rate,
            "offset": self.offset,
        }


def frame_sizes(window_size_ms, window_stride_ms, sample_rate):
    """Window, stride and FFT size in samples; the FFT size is the next power of two."""
    window_size = int(round(sample_rate * window_size_ms / 1000, 6))
    window_stride = int(round(sample_rate * window_stride_ms / 1000, 6))
    if window_size < 2 or window_stride < 1:
        raise HearingAIError(
            f"a window of {window_size_ms} ms every {window_stride_ms} ms has fewer than two "
            f"samples, or no stride, at {sample_rate} Hz; use longer ones"
        )
    return window_size, window_stride, 1 << (window_size - 1).bit_length()


def n_frames(samples, window_size, window_stride):
    """Number of whole frames in a signal."""
    if samples < window_size:
        raise HearingAIError(
            f"waveforms of {samples} samples are shorter than one window of {window_size}"
        )
    return 1 + (samples - window_size) // window_stride


def hann(size):
    """Periodic Hann window, as spectral analysis wants it (the symmetric one is for filters)."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype("float32")
