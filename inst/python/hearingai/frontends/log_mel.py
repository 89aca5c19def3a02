"""The logarithm of the mel spectrogram, a Keras layer from waveforms to images."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import check_rate, choose, positive
from ._chunks import in_pieces
from .framing import (
    WINDOWS,
    frame_sizes,
    n_frames,
    next_power_of_two,
    padded,
    power_spectrum,
    size_of,
)
from .mel import check_range, mel_filters
from .portable import is_portable
from .sound import HearsSound

PADDINGS = {"none": None, "fft": None, "zero": "constant", "reflect": "reflect"}
QUIETEST = 1e-10  # power, so that silence is at -100 dB
ARGUMENTS = (
    *("sample_rate", "window_size_ms", "window_stride_ms", "window_size", "window_stride"),
    *("fft_size", "n_mels", "fmin", "fmax", "scale", "norm", "slopes", "power"),
    *("window", "padding", "log", "offset", "floor_db", "frames"),
)


@keras.saving.register_keras_serializable(package="hearingai")
class LogMel(HearsSound, keras.layers.Layer):
    """Logarithm of the mel spectrogram.

    The signal is cut into frames of `fft_size` samples, each frame is weighted by a periodic
    window that sits in its middle, Fourier transformed, and summed in mel bands. Without padding
    one second at 16 kHz becomes 97 frames of 64 bands. The values equal those of
    `librosa.feature.melspectrogram` followed by the logarithm, as far as single precision goes:
    to 1e-4, or 5e-3 in bands more than 50 dB below the loudest of their frame.

    Args:
        sample_rate: Rate of the waveforms, Hz.
        window_size_ms: Length of the window, milliseconds.
        window_stride_ms: Distance from frame to frame, milliseconds.
        window_size: Length of the window, samples; used instead of `window_size_ms`.
        window_stride: Distance from frame to frame, samples; used instead of `window_stride_ms`.
        fft_size: Length of the Fourier transform, samples; if `None`, the next power of two that
            holds the window.
        n_mels: Number of mel bands.
        fmin: Lowest frequency, Hz.
        fmax: Highest frequency, Hz; half the sample rate if `None`.
        scale: The mel scale, `"htk"` or `"slaney"`: see `mel_filters`.
        norm: `"slaney"` for triangles of the same area, `None` for triangles of height 1.
        slopes: Along what the triangles' sides are straight, `"hertz"` or `"mel"`: see
            `mel_filters`.
        power: What is summed: 2 for the power spectrum, 1 for magnitudes.
        window: `"hann"` or `"hamming"`.
        padding: `"none"` for frames that lie wholly inside the signal; `"fft"` for frames of the
            window's length that do, filled up with zeros to `fft_size`; `"zero"` or `"reflect"` for
            frames centred on every stride, beyond the ends of the signal on zeros or its mirror
            image.
        log: `"natural"` for `log(x + offset)`; `"decibel"` for `10 log10(x)` of a power and
            `20 log10(x)` of a magnitude, nothing below -100 dB.
        offset: Added before the natural logarithm, so that silence stays finite.
        floor_db: With decibels, the dynamic range below the clip's maximum (over its bands,
            frames and channels; no clip depends on others in the batch); `None` for no limit.
        frames: Number of frames to cut or pad to at the end; what is padded looks like silence,
            `log(offset)`, or with decibels the clip's minimum. `None` leaves the number as it is.

    Input shape:
        `(batch, samples)` or `(batch, channels, samples)`, float32 in -1...1.

    Output shape:
        `(batch, frames, n_mels, channels)`, float32.

    Raises:
        HearingAIError: An argument is out of range, or the waveforms are too short for a frame.

    Warns:
        HearingAIWarning: Mel bands are empty.

    Source:
        S. Davis and P. Mermelstein, IEEE Transactions on Acoustics, Speech and Signal Processing
        28, 1980. The input of the urban sound systems and of most audio networks since.

    Example:
        >>> import hearingai, numpy
        >>> front_end = hearingai.LogMel(sample_rate=16000, n_mels=40)
        >>> tuple(front_end(numpy.zeros((2, 16000), "float32")).shape)
        (2, 97, 40, 1)
    """

    def __init__(
        self,
        sample_rate: int = 16000,
        *,
        window_size_ms: float = 25,
        window_stride_ms: float = 10,
        window_size: int | None = None,
        window_stride: int | None = None,
        fft_size: int | None = None,
        n_mels: int = 64,
        fmin: float = 0.0,
        fmax: float | None = None,
        scale: str = "htk",
        norm: str | None = None,
        slopes: str = "hertz",
        power: float = 2.0,
        window: str = "hann",
        padding: str = "none",
        log: str = "natural",
        offset: float = 1e-08,
        floor_db: float | None = 80.0,
        frames: int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("dtype", "float32")
        kwargs.setdefault("trainable", False)
        super().__init__(**kwargs)
        self.sample_rate = check_rate(sample_rate)
        self._set_sizes(window_size_ms, window_stride_ms, window_size, window_stride, fft_size)
        self.power = float(choose("power", power, (1, 2)))
        self.window = choose("window", window, tuple(WINDOWS))
        self.padding = choose("padding", padding, tuple(PADDINGS))
        self.log = choose("log", log, ("natural", "decibel"))
        self.offset = positive("offset", offset)
        self.floor_db = None if floor_db is None else positive("floor_db", floor_db)
        self.frames = None if frames is None else positive("frames", frames, whole=True)
        bank: dict[str, Any] = {"scale": scale, "norm": norm, "slopes": slopes}
        self.filters = mel_filters(
            self.sample_rate, self.fft_size, n_mels, fmin=fmin, fmax=fmax, **bank
        )
        self.n_mels, self.scale, self.norm = self.filters.shape[1], scale, norm
        self.slopes = slopes
        self.fmin, self.fmax = check_range(fmin, fmax, self.sample_rate)

    def _set_sizes(
        self,
        window_size_ms: float,
        window_stride_ms: float,
        window_size: int | None,
        window_stride: int | None,
        fft_size: int | None,
    ) -> None:
        self.window_size_ms = positive("window_size_ms", window_size_ms)
        self.window_stride_ms = positive("window_stride_ms", window_stride_ms)
        if window_size is not None:
            self.window_size = positive("window_size", window_size, whole=True)
            self.window_size_ms = 1000 * self.window_size / self.sample_rate
        if window_stride is not None:
            self.window_stride = positive("window_stride", window_stride, whole=True)
            self.window_stride_ms = 1000 * self.window_stride / self.sample_rate
        if window_size is None or window_stride is None:
            size, stride, _ = frame_sizes(window_size_ms, window_stride_ms, self.sample_rate)
            self.window_size = size if window_size is None else self.window_size
            self.window_stride = stride if window_stride is None else self.window_stride
        if self.window_size < 2:
            raise HearingAIError(f"`window_size` must be 2 or more. Received: {window_size!r}")
        self.fft_size = next_power_of_two(self.window_size)
        if fft_size is not None:
            self.fft_size = positive("fft_size", fft_size, whole=True)
        if self.fft_size < self.window_size:
            raise HearingAIError(
                f"`fft_size` must be at least the window, {self.window_size} samples. "
                f"Received: {fft_size!r}"
            )

    def call(self, waveforms: Any) -> Any:
        """Compute the images of a batch of waveforms."""
        shape = self.compute_output_shape(waveforms.shape)
        return in_pieces(lambda some: self.images_of(self.frames_of(some)), waveforms, shape)

    @property
    def shared_stride(self) -> int | None:
        """Samples from frame to frame; `None` where frames hear what is beyond a clip's ends."""
        return None if PADDINGS[self.padding] else self.window_stride

    def frames_of(self, waveforms: Any) -> Any:
        """The frames of waveforms, `(batch, frames, n_mels, channels)`, each by itself."""
        mel = self._mel(waveforms)
        if self.log == "natural":
            return ops.log(mel + self.offset)
        return 20 / self.power * ops.log10(ops.maximum(mel, QUIETEST ** (self.power / 2)))

    @property
    def frame_by_frame(self) -> bool:
        """Whether `images_of` looks at each frame by itself: images may be cut from longer ones."""
        return self.frames is None and (self.log != "decibel" or self.floor_db is None)

    def images_of(self, frames: Any) -> Any:
        """The images of clips, of which these are the frames."""
        if self.log == "decibel" and self.floor_db is not None:
            peak = ops.max(frames, axis=(1, 2, 3), keepdims=True)
            frames = ops.maximum(frames, peak - self.floor_db)
        return frames if self.frames is None else self._fit_frames(frames)

    def _mel(self, waveforms: Any) -> Any:
        channels = 1 if len(waveforms.shape) == 2 else size_of(waveforms, 1)
        if len(waveforms.shape) == 3:
            waveforms = ops.reshape(waveforms, (-1, size_of(waveforms, 2)))
        mode = PADDINGS[self.padding]
        if mode:
            margin = self.fft_size // 2
            waveforms = padded(waveforms, margin, mode)
        window = WINDOWS[self.window](self.window_size)
        if self.padding != "fft":
            # Samples outside the window have weight 0, and magnitudes do not depend on its place.
            early = (self.fft_size - self.window_size) // 2
            late = self.fft_size - self.window_size - early
            if is_portable():  # LiteRT rounds what is cut out to 8 bits, before a network in int8
                window = np.pad(window, (early, late))
            else:
                waveforms = waveforms[:, early : -late or None]
        mel = power_spectrum(
            waveforms,
            window,
            self.window_stride,
            self.fft_size,
            filters=self.filters,
            power=self.power,
        )
        mel = ops.reshape(mel, (-1, channels, size_of(mel, 1), self.n_mels))
        return ops.transpose(mel, (0, 2, 3, 1))

    def _fit_frames(self, image: Any) -> Any:
        extra = self.frames if image.shape[1] is None else max(0, self.frames - image.shape[1])
        if extra:
            if self.log == "natural":
                silence = math.log(self.offset)
            else:
                silence = ops.min(image, axis=(1, 2, 3), keepdims=True)
            silent = ops.repeat(ops.zeros_like(image[:, :1]) + silence, extra, axis=1)
            image = ops.concatenate([image, silent], axis=1)
        # The reshape only makes the static shape known.
        shape = (-1, self.frames, self.n_mels, size_of(image, 3))
        return ops.reshape(image[:, : self.frames], shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Shape of the images for waveforms `(batch, samples)` or `(batch, channels, samples)`."""
        if len(input_shape) not in (2, 3):
            raise HearingAIError(
                "waveforms must have the shape (batch, samples) or (batch, channels, samples). "
                f"Received: {tuple(input_shape)}"
            )
        channels = 1 if len(input_shape) == 2 else input_shape[1]
        samples, frames = input_shape[-1], self.frames
        if samples is not None:
            available = self._n_frames(samples)
            frames = available if frames is None else frames
        return (input_shape[0], frames, self.n_mels, channels)

    def _n_frames(self, samples: int) -> int:
        margin = self.fft_size // 2
        if not PADDINGS[self.padding]:
            frame = self.fft_size if self.padding == "none" else self.window_size
            return n_frames(samples, frame, self.window_stride)
        least = 1 if self.padding == "zero" else margin + 1  # reflection needs samples to mirror
        if samples < least:
            raise HearingAIError(
                f"waveforms of {samples} samples are too short: with `padding = "
                f'"{self.padding}"` and an FFT of {self.fft_size} they need {least}'
            )
        return n_frames(samples + 2 * margin, self.fft_size, self.window_stride)

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {name: getattr(self, name) for name in ARGUMENTS}
