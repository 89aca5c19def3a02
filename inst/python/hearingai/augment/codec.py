"""Encode a clip at a low rate, and decode it."""

import io
from typing import Any

import keras
import numpy as np
import soundfile
from keras import ops

from ..audio.fitting import fit_length
from ..audio.resampling import resample
from ..errors import HearingAIError
from ..runtime.arguments import check_rate, choose, name_list
from .base import Augmentation
from .checks import limits
from .filtering import known_rate

CODECS = ("mp3", "opus")
RATES = {  # Hz, that they encode
    "mp3": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
    "opus": (8000, 12000, 16000, 24000, 48000),
}
MP3_DELAY = 1105  # samples, of LAME and mpg123; the latter removes it where the file tells it
SILENCE = 4608  # samples; an encoder needs some to finish the last ones


@keras.saving.register_keras_serializable(package="hearingai")
class Codec(Augmentation):
    """Encode each clip as mp3 or Opus at a low bit rate, and decode it.

    The clip keeps its length and its place in time; samples beyond -1...1 are clipped. Each channel
    is encoded by itself, at the clip's sample rate or the next that the codec knows. A codec needs
    the samples themselves and cannot be in a compiled step: it is for recipes with `copies`, which
    are made before training, and for arrays.

    Args:
        codecs: Which codecs to draw from: `"mp3"`, `"opus"`.
        kbps: Lowest and highest bit rate, kbit/s; one number is that rate for all. The nearest that
            the codec has is taken: mp3 has 8 to 64 below 16 kHz, 8 to 160 below 32 kHz and 32 to
            320 above; Opus has 6 to 256.
        sample_rate: Rate of the clips, Hz. In training, it is the classifier's where it is `None`.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`, with values: no symbolic
        tensors.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: An argument is out of range, `sample_rate` is not known when clips come, or
            they come without values, in a compiled step.

    Source:
        LAME and libopus in libsndfile, with constant (mp3) and variable (Opus) bit rates.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.Codec(sample_rate=16000)
        >>> hiss = numpy.random.default_rng(1).normal(size=(1, 16000)) / 10
        >>> coded = numpy.asarray(layer.apply(hiss, codec=[0], kbps=[16]))  # 0 is mp3
        >>> coded.shape, bool(numpy.corrcoef(hiss, coded)[0, 1] < 0.9)
        ((1, 16000), True)
    """

    in_graph = False

    def __init__(
        self,
        codecs: str | list[str] | tuple[str, ...] = CODECS,
        kbps: float | tuple[float, float] = (8, 32),
        *,
        sample_rate: int | None = None,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.codecs = tuple(choose("codecs", n, CODECS) for n in name_list("codecs", codecs))
        if not self.codecs:
            raise HearingAIError(f"`codecs` is empty; it may hold {', '.join(CODECS)}")
        self.kbps = limits("kbps", kbps, above=0, highest=1000)
        self.sample_rate = None if sample_rate is None else check_rate(sample_rate)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `codec`, a place in `codecs`, and `kbps`, kbit/s, one of each per clip."""
        which = self.whole((shape[0],), len(self.codecs))
        return {"codec": which, "kbps": self.uniform((shape[0],), *self.kbps)}

    def apply(self, x: Any, acts: Any = None, **parameters: Any) -> Any:
        """Change a batch as drawn; the clips that do not act are not encoded."""
        changed = np.array(_values(self.checked(x)))
        acting = np.arange(len(changed)) if acts is None else np.flatnonzero(_values(acts))
        drawn = {name: _values(value)[acting] for name, value in parameters.items()}
        changed[acting] = self.change(changed[acting], **drawn)
        return ops.convert_to_tensor(changed)

    def change(self, x: Any, codec: Any, kbps: Any) -> Any:
        """Encode and decode the clips, an array."""
        rate = known_rate(self)
        for clip, place, kbit_s in zip(x, codec, kbps, strict=True):
            for row in np.atleast_2d(clip):
                row[:] = coded(row, rate, self.codecs[int(place)], float(kbit_s))
        return x

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer."""
        return super().get_config() | {
            "codecs": self.codecs,
            "kbps": self.kbps,
            "sample_rate": self.sample_rate,
        }


def coded(x: np.ndarray, sample_rate: int, codec: str, kbps: float) -> np.ndarray:
    """Encode and decode one waveform `(samples,)`; it keeps its length."""
    rate = next((known for known in RATES[codec] if known >= sample_rate), RATES[codec][-1])
    sound = resample(np.clip(x, -1, 1), sample_rate, rate)
    padded = np.pad(sound, (0, SILENCE))
    decoded = _through(padded, rate, codec, kbps)
    if len(decoded) > len(padded):  # mp3 frames of low bit rates have no room for the delay
        decoded = decoded[MP3_DELAY:]
    return fit_length(resample(decoded[: len(sound)], rate, sample_rate), len(x))


def _through(sound: np.ndarray, rate: int, codec: str, kbps: float) -> np.ndarray:
    """Encode and decode a sound."""
    lowest, highest = (8, 160) if rate >= 16000 else (8, 64)
    form = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT"}
    if codec == "opus":
        lowest, highest = 6, 256
        form = {"format": "OGG", "subtype": "OPUS"}
    elif rate >= 32000:
        lowest, highest = 32, 320
    # libsndfile's level is 0 for the highest bit rate and must be below 1, the lowest.
    level = float(np.clip((highest - kbps) / (highest - lowest), 0, 0.999))
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", rate, 1, compression_level=level, **form) as out:
        out.write(sound)
    file.seek(0)
    decoded: np.ndarray = soundfile.read(file, dtype="float32")[0]
    return decoded


def _values(x: Any) -> np.ndarray:
    """The values of a tensor, which it lacks in a compiled step."""
    try:
        values: np.ndarray = ops.convert_to_numpy(ops.convert_to_tensor(x))
    except Exception as error:  # each backend has its own
        raise HearingAIError(
            "Codec cannot be in a compiled step, where clips have no values yet: it is for recipes "
            "with `copies`, such as get_recipe('head', augment=['codec'], copies=4)"
        ) from error
    return values
