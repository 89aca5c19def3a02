"""The levels of a mixture's wanted and unwanted part before and after a gate."""

import numpy as np
import pandas as pd

from ..audio.samples import as_waveform
from ..errors import HearingAIError
from ._mixtures import activity
from .files import Gated


def gate_levels(gated: Gated, wanted: np.ndarray, unwanted: np.ndarray) -> pd.DataFrame:
    """Measure the levels of the parts of a mixture before and after a gate.

    A gate multiplies, so the parts of its output are those of its input times its gain.

    Args:
        gated: What `gate` returned for the sum of both parts.
        wanted: The wanted part, `(samples,)` or `(channels, samples)`, of the same length.
        unwanted: The unwanted part, likewise.

    Returns:
        A DataFrame with the columns `part`, `before_db`, `after_db` and `change_db`, and a row for
        `"wanted"` (where it is active), `"unwanted"` (all of it), `"unwanted in pauses"` (where the
        wanted part is not active) and `"ratio"` (of the first to the second). Levels are RMS in
        dBFS over all channels: minus infinity for silence, missing where there are no samples. The
        wanted part is active in the frames of 10 ms within 30 dB of its loudest frame, and in
        pauses of up to 0.2 s between them.

    Raises:
        HearingAIError: A part is of another length, or not finite.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("gate", ["unwanted", "wanted"], seed=1)
        >>> wanted, unwanted = numpy.zeros(16000), numpy.full(16000, 0.01)
        >>> wanted[8000:] = 0.1
        >>> gated = hearingai.gate(classifier, wanted + unwanted, threshold=1, range_db=-20)
        >>> hearingai.gate_levels(gated, wanted, unwanted)["change_db"].round(2)[:3].tolist()
        [-20.0, -20.0, -20.0]
    """
    if not hasattr(gated, "gain"):
        raise HearingAIError(
            f"`gated` must be what gate() returned. Received: {type(gated).__name__}"
        )
    gain = gated.gain()
    parts = [_power(n, p, len(gain)) for n, p in (("wanted", wanted), ("unwanted", unwanted))]
    active = activity(np.sqrt(parts[0]), gated.sample_rate)
    return level_table(gain, parts[0], parts[1], active)


def level_table(
    gain: np.ndarray, wanted: np.ndarray, unwanted: np.ndarray, active: np.ndarray
) -> pd.DataFrame:
    """The table of `gate_levels` from the gain, the parts' powers and where the wanted is active.

    Args:
        gain: Factors, `(samples,)`.
        wanted: Squares, `(samples,)`.
        unwanted: Squares, `(samples,)`.
        active: bool, `(samples,)`.
    """
    rows = []
    places = (("wanted", wanted, active), ("unwanted", unwanted, slice(None)))
    for name, power, where in (*places, ("unwanted in pauses", unwanted, ~active)):
        rows.append((name, _level(power[where]), _level((power * np.square(gain))[where])))
    with np.errstate(invalid="ignore"):
        ratio = [np.subtract(rows[0][i], rows[1][i]) for i in (1, 2)]
    table = pd.DataFrame([*rows, ("ratio", *ratio)], columns=["part", "before_db", "after_db"])
    with np.errstate(invalid="ignore"):
        table["change_db"] = table["after_db"] - table["before_db"]
    return table


def _power(name: str, part: np.ndarray, samples: int) -> np.ndarray:
    """The mean square over the channels, `(samples,)`."""
    part = as_waveform(part, name)
    if part.shape[-1] != samples:
        raise HearingAIError(
            f"`{name}` must have the shape (samples,) or (channels, samples), with the {samples} "
            f"samples of the sound. Received: {part.shape}"
        )
    return np.square(np.atleast_2d(part), dtype="float64").mean(axis=0)


def _level(power: np.ndarray) -> float:
    if not len(power):
        return np.nan
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(power.mean()))
