"""Clips mixed into a background at known times and signal-to-noise ratios, in pieces.

The ratio is that of the powers of the clip where it is active and of the background under it. A
clip is active in the frames of 20 ms whose power is within 20 dB of its loudest frame: silence
around a word changes neither the ratio nor the times in the truth.
"""

import os
import reprlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .._typing import PathLike, Progress
from ..audio.doubts import collected_doubts
from ..audio.levels import active_frames, soft_edges
from ..audio.own_rates import has_rate
from ..audio.reading import read_audio
from ..audio.writing import sound_file, sound_format, write_audio
from ..clips.decoding import parts_of
from ..errors import HearingAIError, warn
from ..runtime.arguments import check_rate, flag, path_of, positive, recording_path
from ..runtime.backend import draw_seed
from ..runtime.files import refuse_to_lose, refuse_to_replace
from ..runtime.progress import progress_bar
from ..runtime.shared_options import shared_options
from ..tables.clip_table import check_classes, names_of
from ._background import looped
from ._placing import Laid, plan

FRAME_S = 0.02
ACTIVE_DB = 20.0  # dB below the loudest frame
_BLOCK = 2**18  # samples written at a time
_LONGEST = 366 * 86400  # seconds


@shared_options
@collected_doubts()
def lay_clips(
    background: PathLike | Sequence[PathLike] | pd.DataFrame | tuple[np.ndarray, int],
    clips: pd.DataFrame,
    path: PathLike,
    *,
    snr_db: float | Sequence[float] = 10.0,
    times: Sequence[float] | np.ndarray | None = None,
    every: float = 4.0,
    duration: float | None = None,
    level_db: float | None = None,
    sample_rate: int = 16000,
    subtype: str | None = None,
    seed: int | None = None,
    overwrite: bool = False,
    partial: bool = False,
    progress: Progress = None,
    polyphony: int = 1,
) -> pd.DataFrame:
    """Mix clips into a background at known times: a long recording whose events are known.

    The background's recordings follow each other, cross-faded over half a second, and repeat where
    they are too short. Each clip is scaled to its signal-to-noise ratio: its power where it is
    active (frames of 20 ms within 20 dB of its loudest) over that of the background under it. Over
    digital silence it keeps its own level. The sound is written as it is made: hours cost no more
    memory than a clip.

    Args:
        background: A recording, a list of them, or a table with `fname`, such as
            `background_noise` gives, and `start` and `end` (seconds) where only a part is meant;
            or sound with its rate, a pair as `read_audio` returns it.
        clips: A table of clips: `fname`, `class` and, for parts of recordings, `start` and `end`.
        path: The file to write; its ending chooses the format. Mono.
        snr_db: Signal-to-noise ratio, dB; from a list, one is drawn for each clip.
        times: Start of each clip of the table, seconds; `None` draws them: one clip in every
            `every` seconds, each clip of the table once before any is repeated.
        every: Seconds in which one clip is placed at random.
        duration: Length of the recording, seconds; `None` takes the background once.
        level_db: RMS level that each recording of the background is scaled to, dBFS, such as
            -50; `None` leaves it as it is.
        sample_rate: Rate of the recording, Hz.
        subtype: The encoding, see `write_audio`.
        seed: Whole number that seeds the random choices; `None` draws one.
        overwrite: Replace `path`, which may be none of the recordings that are mixed.
        partial: {partial} That holds for the clips; the background must be whole.
        progress: {progress}
        polyphony: How many clips are placed, each at random, in every `every` seconds; so many
            may sound at once. Times that are given may overlap as they like.

    Returns:
        The truth, as `detection_metrics` takes it: a DataFrame with `fname` (that is `path`),
        `start` and `end` (seconds, of the part where the clip is active), `label`, `snr_db`
        (infinite over digital silence), `gain_db` (the clip's gain), `clip` (its file) and `at`
        (where the clip starts), a row a clip, in the order of `at`.

    Raises:
        HearingAIError: The file exists, is one of those that are mixed or cannot be written, a
            clip is silent, longer than `every` or does not fit, the background is shorter than a
            second, or an argument is out of range.
        AudioFileError: A recording cannot be read.

    Warns:
        HearingAIWarning: The mixture exceeds -1...1 in some clips and is clipped there.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> folder, rng = tempfile.mkdtemp(), numpy.random.default_rng(1)
        >>> noise, out = os.path.join(folder, "noise.wav"), os.path.join(folder, "long.wav")
        >>> hearingai.write_audio(0.01 * rng.standard_normal(48000), noise, 16000)
        >>> clips = hearingai.spoken_words(["no", "yes"], n=2, seed=1)
        >>> truth = hearingai.lay_clips(noise, clips, out, every=5, duration=20, seed=1)
        >>> len(truth), hearingai.audio_info(out)["duration"]
        (4, 20.0)
    """
    partial = flag("partial", partial)
    rate, clips = check_rate(sample_rate), check_classes(clips)
    voices = positive("polyphony", polyphony, whole=True)
    path, seed = path_of("path", path).expanduser(), draw_seed(seed)
    form = sound_format(path, subtype)
    refuse_to_replace(path, overwrite)
    with _on_disk(background) as recordings:
        parts = _background_parts(recordings)
        samples = None
        if duration is not None:
            samples = round(positive("duration", duration, most=_LONGEST) * rate)
        total, ground = looped(parts, rate, samples, level_db)
        rng = np.random.default_rng(seed)
        laid = plan(clips, times, every, snr_db, total, rate, rng, partial, voices)
        refuse_to_lose(path, (*(part[0] for part in parts), *clips["fname"]))
        rows, cut = [], 0
        with (
            sound_file(path, rate, 1, *form) as file,
            progress_bar("Laying clips", total, progress) as bar,
        ):
            tape = _Tape(ground, file, bar)
            for clip in laid:
                row, over = _lay(clip, tape, rate, partial)
                rows.append({"fname": str(path)} | row)
                cut += over
            tape.roll(total)
    if cut:
        warn(
            f"{cut} of {len(rows)} clips exceed full scale and are cut off; their ratio differs. "
            f"Choose a lower `level_db`"
        )
    table = pd.DataFrame([list(row.values()) for row in rows], columns=_COLUMNS, dtype=object)
    return table.astype(dict.fromkeys(_NUMBERS, float))


_NUMBERS = ["start", "end", "snr_db", "gain_db", "at"]
_COLUMNS = ["fname", "start", "end", "label", "snr_db", "gain_db", "clip", "at"]


def active_span(waveform: ArrayLike, sample_rate: int) -> tuple[int, int, float]:
    """Find where a waveform is active.

    Args:
        waveform: `(samples,)`, float.
        sample_rate: Hz.

    Returns:
        `(first, last, power)`: the samples from the first active frame to the end of the last,
        and the mean square over the active frames. `(0, 0, 0.0)` for silence.

    Example:
        >>> from hearingai.soundscapes.mixing import active_span
        >>> active_span([0.0] * 2 + [1.0] * 4 + [0.01] * 2, 100)
        (2, 6, 1.0)
    """
    frames = active_frames(waveform, sample_rate, seconds=FRAME_S, below_db=ACTIVE_DB)
    found = np.flatnonzero(frames.active)
    if not len(found):
        return 0, 0, 0.0
    power = frames.energy[found].sum() / np.diff(frames.bounds)[found].sum()
    return int(frames.bounds[found[0]]), int(frames.bounds[found[-1] + 1]), float(power)


def snr_gain(clip: np.ndarray, background: np.ndarray, sample_rate: int, snr_db: float) -> float:
    """Find the factor that scales a clip to a signal-to-noise ratio over a background.

    Args:
        clip: `(samples,)`, float.
        background: The background under the clip, of the same shape.
        sample_rate: Hz.
        snr_db: The ratio of the clip's power where it is active to the background's from the
            clip's first active frame to its last, dB.

    Returns:
        The factor; 1 where the clip or the background under it is silent.

    Example:
        >>> import numpy
        >>> from hearingai.soundscapes.mixing import snr_gain
        >>> clip, noise = numpy.ones(1600), numpy.full(1600, 0.1)
        >>> round(snr_gain(clip, noise, 16000, 6), 4)
        0.1995
    """
    first, last, power = active_span(clip, sample_rate)
    under = float(np.square(np.asarray(background[first:last], "float64")).mean()) if power else 0.0
    return float(np.sqrt(under / power) * 10 ** (snr_db / 20)) if under else 1.0


class _Tape:
    """The mixture in progress: samples before `position` are written and no longer in memory."""

    def __init__(self, ground, file, bar):
        self.ground, self.file, self.bar, self.position = ground, file, bar, 0
        self.bare, self.sound = np.empty(0, "float32"), np.empty(0, "float32")

    def roll(self, to: int) -> None:
        """Write all before the sample `to`."""
        while self.position < to:
            n = min(_BLOCK, to - self.position)
            self.hold(n)
            self.file.write(np.clip(self.sound[:n], -1, 1))
            self.bare, self.sound, self.position = self.bare[n:], self.sound[n:], self.position + n
            self.bar(self.position)

    def hold(self, n: int) -> None:
        """Load `n` samples of the background into memory."""
        fresh: list[np.ndarray] = []
        more = n - len(self.bare)
        while more > 0:
            # a resampled part may end a sample early
            fresh.append(next(self.ground, np.zeros(more, "float32")))
            more -= len(fresh[-1])
        if fresh:
            self.bare = np.concatenate([self.bare, *fresh])
            self.sound = np.concatenate([self.sound, *fresh])


def _lay(clip: Laid, tape: _Tape, rate: int, partial: bool) -> tuple[dict[str, Any], bool]:
    """Add a clip to the tape; returns its row of the truth, and whether the sum is clipped."""
    wave = _read(clip.part, rate, partial)
    tape.roll(clip.first)
    tape.hold(len(wave))
    gain = snr_gain(wave, tape.bare[: len(wave)], rate, clip.snr_db)
    first, last, power = active_span(wave, rate)
    if not power:
        raise HearingAIError(f"`clips` contains a silent clip: {clip.part[0]}")
    heard = np.square(tape.bare[first:last]).any()
    tape.sound[: len(wave)] += (gain * wave).astype("float32")
    row = {
        "start": (clip.first + first) / rate,
        "end": (clip.first + last) / rate,
        "label": clip.label,
        "snr_db": clip.snr_db if heard else np.inf,
        "gain_db": 20 * np.log10(gain),
        "clip": clip.part[0],
        "at": clip.first / rate,
    }
    return row, bool(np.abs(tape.sound[: len(wave)]).max() > 1)


def _read(part: tuple, rate: int, partial: bool) -> np.ndarray:
    """Read a clip, with a short fade at both ends."""
    fname, start, length = part
    wave, _ = read_audio(fname, sample_rate=rate, start=start, duration=length, partial=partial)
    return soft_edges(wave, rate)


@contextmanager
def _on_disk(background: Any) -> Iterator[Any]:
    """The background as recordings: sound in memory is in a file meanwhile."""
    if not has_rate(background):
        yield background
        return
    with tempfile.TemporaryDirectory(prefix="hearingai-") as folder:
        path = Path(folder, "background.wav")
        write_audio(background, path, subtype="FLOAT")
        yield path


def _background_parts(background: Any) -> list[tuple]:
    """`(fname, start, duration)` of each recording of a background."""
    if not isinstance(background, pd.DataFrame):
        several = isinstance(background, (list, tuple, pd.Series, np.ndarray))
        names = background if several else [background]
        if not all(isinstance(name, (str, os.PathLike)) for name in names):
            raise HearingAIError(
                "`background` must be a recording, a list of them, or a table with `fname`. "
                f"Received: {reprlib.repr(background)}"
            )
        found = names_of(recording_path("background", name) for name in names)
        background = pd.DataFrame({"fname": found})
    if "fname" not in background or not len(background) or background["fname"].isna().any():
        raise HearingAIError(
            "`background` must name recordings in a column `fname`. Received "
            f"{len(background)} rows of: {', '.join(map(str, background)) or 'none'}"
        )
    return parts_of(background, "background")
