"""What samples in memory mean: floats are of full scale 1, whole numbers what their type says."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import HearingAIError, warn

LOUDEST = 8.0  # far above full scale: what is beyond it is of another scale
_FULL_SCALE = 32768
_MOST_CHANNELS, _FEWEST_SAMPLES = 8, 512  # in an array that has the samples first


def as_samples(values: Any, argument: str = "waveform", *, item: int | None = None) -> np.ndarray:
    """Decide what samples mean: the one place that does.

    Floats have their full scale at 1. Somewhat louder ones are kept here, and clipped where a
    classifier hears them, in training and afterwards alike; beyond 8 they are of another scale,
    and refused. int16, of any byte order, are 16-bit samples and uint8 are 8-bit ones. Other types
    of whole numbers are refused; a list may hold -1, 0 and 1.

    Args:
        values: An array or a list, of any shape.
        argument: What it is called, for the error.
        item: Its number, where the argument holds several.

    Returns:
        An array of the same shape: int16, float32 or float64, in the machine's byte order.

    Raises:
        HearingAIError: It holds something else, NaN or infinity.

    Example:
        >>> import numpy
        >>> as_samples(numpy.array([0, 128, 255], "uint8")).tolist()
        [-1.0, 0.0, 0.9921875]
        >>> as_samples(numpy.array([1, -2], ">i2")).dtype
        dtype('int16')
    """
    name = f"`{argument}`" + ("" if item is None else f" (number {item})")
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):  # rows of different lengths, or no numbers
        raise _no_numbers(name, type(values).__name__) from None
    if array.dtype.kind == "i" and array.dtype.itemsize == 2:
        return array.astype("int16", copy=False)
    if array.dtype == np.uint8:
        return (array.astype("float32") - 128) / 128
    if array.dtype.kind in "iu":
        return _whole(array, name, typed=hasattr(values, "dtype"))
    if array.dtype.kind != "f":
        raise _no_numbers(name, f"{type(values).__name__} of {array.dtype}")
    if array.size:
        _check_range(float(array.min()), float(array.max()), name)
    return array.astype("float32" if array.dtype.itemsize < 8 else "float64", copy=False)


def as_waveform(
    values: Any, argument: str = "waveform", *, channels: int | None = None
) -> np.ndarray:
    """Return the samples of one sound as float, `(samples,)` or `(channels, samples)`.

    Args:
        values: See `as_samples`.
        argument: What it is called, for the error.
        channels: How many are expected, where that is known; a block of fewer samples is none of
            samples first then.

    Returns:
        float32, or float64 where it came so.

    Raises:
        HearingAIError: It is none, see `as_samples`, or of another shape.
    """
    array = as_samples(values, argument)
    if channels is None or array.shape[:1] != (channels,):
        refuse_samples_first(array.shape, argument)
    if array.ndim not in (1, 2) or (array.ndim == 2 and not len(array)):
        raise HearingAIError(
            f"`{argument}` must have shape (samples,) or (channels, samples). "
            f"Received: {array.shape}"
        )
    return to_float32(array) if array.dtype == np.int16 else array


def refuse_samples_first(shape: tuple[int, ...], argument: str) -> None:
    """Refuse `(samples, channels)`, which would be taken for many channels or many clips.

    Example:
        >>> refuse_samples_first((2, 16000), "waveform")
    """
    if len(shape) == 2 and 1 <= shape[1] <= _MOST_CHANNELS and shape[0] >= _FEWEST_SAMPLES:
        raise HearingAIError(
            f"`{argument}` has the samples first and the channels second, as soundfile.read gives "
            f"them. Received: {shape}\n  `.T` turns it, `[:, 0]` takes the first channel"
        )


def warn_of_clipping(peak: float, argument: str) -> None:
    """Warn where a sound whose largest absolute value is `peak` is to be clipped.

    Example:
        >>> warn_of_clipping(0.9, "waveform")
    """
    if peak > 1:
        warn(
            f"`{argument}` reaches {peak:.3g}: floats are of full scale 1, and what is beyond "
            f"-1...1 is clipped"
        )


def to_int16(waveform: np.ndarray) -> np.ndarray:
    """Return a waveform in -1...1 as int16; exact for what was int16 before.

    Example:
        >>> to_int16(np.array([0.0, 0.5, 1.0])).tolist()
        [0, 16384, 32767]
    """
    waveform = np.asarray(waveform)
    if waveform.dtype == np.int16:
        return waveform
    return np.clip(np.rint(waveform * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("int16")


def to_float32(samples: np.ndarray) -> np.ndarray:
    """Return int16 samples as float32 in -1...1; other numbers keep their values.

    Example:
        >>> to_float32(np.array([0, 16384, -32768], "int16")).tolist()
        [0.0, 0.5, -1.0]
    """
    samples = np.asarray(samples)
    floats = samples.astype("float32")
    return floats * np.float32(1 / _FULL_SCALE) if samples.dtype == np.int16 else floats


def _check_range(low: float, high: float, name: str) -> None:
    if low >= -LOUDEST and high <= LOUDEST:
        return
    peak = max(-low, high)
    if not np.isfinite([low, high]).all():
        raise HearingAIError(f"{name} must be finite; it holds NaN or infinite values")
    raise HearingAIError(
        f"{name} must be float in -1...1, or int16. Received: values up to {peak:g}\n"
        f"  Divide samples by their full scale: 16-bit ones by `32768`, 32-bit ones by `2**31`"
    )


def _whole(array: np.ndarray, name: str, *, typed: bool) -> np.ndarray:
    """Whole numbers whose type, if they have one, does not say what full scale is."""
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    if not typed and low >= -1 and high <= 1:
        return array.astype("float32")
    hint = "32-bit samples are to be divided by `2**31`"
    if low >= -_FULL_SCALE and high < _FULL_SCALE:
        hint = f"16-bit samples become int16 by `.astype('int16')`; {hint}"
    raise HearingAIError(
        f"{name} must be float in -1...1, or int16. Received: {array.dtype}, values up to "
        f"{max(-low, high)}\n  {hint}"
    )


def _no_numbers(name: str, came: str) -> HearingAIError:
    return HearingAIError(f"{name} must be samples, float in -1...1 or int16. Received: {came}")
