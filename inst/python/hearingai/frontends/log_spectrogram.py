"""The logarithm of the power spectrogram, a Keras layer from waveforms to images."""

from typing import Any

import keras
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import check_rate, positive
from ._chunks import in_pieces
from .framing import frame_sizes, hann, n_frames, power_spectrum
from .sound import HearsSound


@keras.saving.register_keras_serializable(package="hearingai")
class LogSpectrogram(HearsSound, keras.layers.Layer):
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
        self,
        window_size_ms: float = 30,
        window_stride_ms: float = 10,
        sample_rate: int = 16000,
        *,
        offset: float = 0.01,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("dtype", "float32")
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.window_size_ms = positive("window_size_ms", window_size_ms)
        self.window_stride_ms = positive("window_stride_ms", window_stride_ms)
        self.sample_rate = check_rate(sample_rate)
        self.offset = positive("offset", offset)
        self.window_size, self.window_stride, self.fft_size = frame_sizes(
            self.window_size_ms, self.window_stride_ms, self.sample_rate
        )

    def call(self, waveforms: Any) -> Any:
        """Compute the images of a batch of waveforms."""
        return in_pieces(self.frames_of, waveforms, self.compute_output_shape(waveforms.shape))

    @property
    def shared_stride(self) -> int:
        """Samples from frame to frame, none of which hears what is beyond a clip's ends."""
        return self.window_stride

    @property
    def frame_by_frame(self) -> bool:
        """Whether `images_of` looks at each frame by itself: images may be cut from longer ones."""
        return True

    def images_of(self, frames: Any) -> Any:
        """The images of clips, of which these are the frames."""
        return frames

    def frames_of(self, waveforms: Any) -> Any:
        """The frames of waveforms, `(batch, frames, bins, 1)`, each by itself."""
        window = hann(self.window_size)
        power = power_spectrum(waveforms, window, self.window_stride, self.fft_size)
        return ops.expand_dims(ops.log(power + self.offset), -1)

    def compute_output_shape(self, input_shape: Any) -> Any:
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

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "window_size_ms": self.window_size_ms,
            "window_stride_ms": self.window_stride_ms,
            "sample_rate": self.sample_rate,
            "offset": self.offset,
        }
