"""Let a clip sound as in a room."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ..errors import HearingAIError
from ..runtime.arguments import check_rate, whole
from .base import take_samples, with_power_of
from .checks import limits
from .filtering import fft_size, filtered, known_rate
from .recordings import HoldsRecordings, recordings_of
from .shoebox import draw_rooms

_LONGEST = 2**22  # samples of a response: 87 s at 48 kHz


@keras.saving.register_keras_serializable(package="hearingai")
class RoomResponse(HoldsRecordings):
    """Convolve each clip with the impulse response of a room.

    The responses are given, or those of empty rooms with flat walls that are drawn when the layer
    is made: 3 to 10 m long, 3 to 8 m wide, 2.4 to 4 m high, with source and microphone at random
    places. A clip's response is drawn anew each time. The direct sound, the largest value of a
    response, keeps its place in time; the clip keeps its length and its mean power, and may be
    beyond -1...1. All channels get the same response.

    Args:
        responses: Impulse responses, as files or as float arrays at the rate of the clips; a folder
            of files; a list of them; or a table with a column `fname`. Each channel, or row, is a
            response. What lies 60 dB below its largest value at its ends is cut off. `None` draws
            rooms.
        rt60: Lowest and highest reverberation time of the rooms, in which the sound decays by
            60 dB, seconds; one number is that time for all.
        distance: Lowest and highest distance of source and microphone in the rooms, m; a source
            that would be in a wall is moved to 0.3 m before it.
        rooms: How many rooms are drawn.
        sample_rate: Rate of the clips, Hz, for rooms and files. In training, it is the
            classifier's where it is `None`.
        probability: Share of the clips that are changed.
        seed: Whole number that decides what is drawn, the rooms too; they are always the same with
            `None`.

    Input shape:
        Waveforms, `(batch, samples)` or `(batch, channels, samples)`; the samples must be known.

    Output shape:
        That of the input.

    Raises:
        HearingAIError: `responses` holds something other than finite sounds that are not silent and
            last up to 2**22 samples, a file cannot be read, `sample_rate` is not known when clips
            or files come, or another argument is out of range.

    Source:
        Allen and Berkley 1979, "Image method for efficiently simulating small-room acoustics", for
        the first 50 ms after the direct sound; decaying noise of the same power afterwards.

    Example:
        >>> import hearingai, numpy
        >>> layer = hearingai.RoomResponse(responses=[[0.0, 1.0, 0.0, 0.5]], probability=1)
        >>> clip = numpy.array([[2.0, 0.0, 0.0, 0.0]])
        >>> print(numpy.asarray(layer(clip, training=True)).round(2))
        [[1.79 0.   0.89 0.  ]]
        >>> rooms = hearingai.RoomResponse(rt60=(0.2, 0.4), sample_rate=16000, seed=1)
        >>> rooms.draw((8, 16000))["response"].shape[0]
        8
    """

    held = "responses"

    def __init__(
        self,
        responses: Any = None,
        rt60: float | tuple[float, float] = (0.2, 0.8),
        *,
        distance: float | tuple[float, float] = (0.3, 3),
        rooms: int = 64,
        sample_rate: int | None = None,
        probability: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(probability, seed, **kwargs)
        self.rt60 = limits("rt60", rt60, lowest=0.01, highest=5)
        self.distance = limits("distance", distance, lowest=0.01, highest=100)
        self.rooms = whole("rooms", rooms, low=1, high=1000)
        self.sample_rate = None if sample_rate is None else check_rate(sample_rate)
        self.given = responses is not None
        self._bank: Any = None
        if self.given:
            found = recordings_of("responses", responses, self.sample_rate, mono=False)
            trimmed = [_trimmed(response) for response in found]
            longest = max(map(len, trimmed))
            bank = np.stack([np.pad(r, (0, longest - len(r))) for r in trimmed])
            self._bank = ops.convert_to_tensor(bank)
        elif self.sample_rate is not None:
            rng = np.random.default_rng(self.seed or 0)  # a training's seed comes later
            bank = draw_rooms(self.rooms, self.rt60, self.distance, self.sample_rate, rng)
            self._bank = ops.convert_to_tensor(bank)

    def parameters(self, shape: Any) -> dict[str, Any]:
        """Draw `response`, `(batch, taps)`, the response of each clip."""
        if self._bank is None:
            known_rate(self)
        which = self.whole((shape[0],), self._bank.shape[0])
        return {"response": ops.take(self._bank, which, axis=0)}

    def change(self, x: Any, response: Any) -> Any:
        """Convolve the clips."""
        samples = x.shape[-1]
        size = fft_size(samples + response.shape[-1])
        wet = filtered(x, size, *ops.rfft(response, fft_length=size))
        direct = ops.cast(ops.argmax(ops.abs(response), axis=-1), "int32")
        at = direct[:, None] + ops.arange(samples, dtype="int32")[None]
        return with_power_of(x, take_samples(wet, at))

    def get_config(self) -> dict[str, Any]:
        """Arguments that rebuild the layer, given responses as a list of arrays."""
        bank = ops.convert_to_numpy(self._bank) if self.given else ()
        return super().get_config() | {
            "responses": [_trimmed(response) for response in bank] or None,
            "rt60": self.rt60,
            "distance": self.distance,
            "rooms": self.rooms,
            "sample_rate": self.sample_rate,
        }


def _trimmed(response: np.ndarray) -> np.ndarray:
    """A response without what is 60 dB below its largest value at its ends."""
    level = np.abs(response)
    loud = np.flatnonzero(level > level.max() / 1000)
    if not len(loud):
        raise HearingAIError("`responses` holds a response that is silent")
    trimmed = response[loud[0] : loud[-1] + 1]
    if len(trimmed) > _LONGEST:
        raise HearingAIError(
            f"`responses` must be impulse responses, of {_LONGEST} samples at most. Received: one "
            f"of {len(trimmed)}"
        )
    return trimmed
