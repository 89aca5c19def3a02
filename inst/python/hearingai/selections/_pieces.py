"""Pieces of recordings in files of their own, as they were recorded, and pictures of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..audio.reading import audio_info, read_audio, seconds_in
from ..audio.writing import can_write, sound_file
from ..errors import AudioFileError

_FRAME_S, _STEP_S = 0.02, 0.005  # of spectrograms
_KEPT = ("PCM_", "FLOAT", "DOUBLE")  # encodings without loss


@dataclass(frozen=True)
class Sound:
    """What is known of a recording before it is read.

    Attributes:
        fname: The file.
        seconds: Its length.
        form: The format, encoding and ending of clips of it.
    """

    fname: str
    seconds: float
    form: tuple[str, str | None, str]


@dataclass(frozen=True)
class Piece:
    """A piece of a recording.

    Attributes:
        sound: The recording.
        start: Where it begins, seconds.
        end: Where it ends, seconds.
    """

    sound: Sound
    start: float
    end: float


def sound_of(fname: str, partial: bool) -> Sound:
    """Describe a recording."""
    info = audio_info(fname, partial=partial)
    kind, own = info["format"], info["subtype"]
    form: tuple[str, str | None, str] = ("FLAC", None, ".flac")
    if (
        own
        and own.startswith(_KEPT)
        and can_write(info["sample_rate"], info["channels"], kind, own)
    ):
        form = kind, own, Path(fname).suffix.lower()
    return Sound(fname, seconds_in(fname, partial=partial), form)


def piece_of(sound: Sound, start: float, end: float, context: float) -> Piece:
    """The piece around an event, as far as the recording reaches.

    Raises:
        AudioFileError: There is none.
    """
    first, last = max(0.0, start - context), min(sound.seconds, end + context)
    if start > sound.seconds:
        where = f"ends at {sound.seconds:g} s, before the event at {start:g} s"
        raise AudioFileError(sound.fname, where)
    if last <= first:
        where = f"has an event without a duration at {start:g} s; `context` gives it some"
        raise AudioFileError(sound.fname, where)
    return Piece(sound, first, last)


def cut(piece: Piece, path: Path, event: pd.Series | None, partial: bool) -> None:
    """Write a piece to a file and, where there is an event, its picture beside it."""
    length = piece.end - piece.start
    samples, rate = read_audio(
        piece.sound.fname, mono=False, start=piece.start, duration=length, partial=partial
    )
    samples = np.atleast_2d(samples)
    kind, subtype, _ = piece.sound.form
    with sound_file(path, rate, len(samples), kind, subtype) as file:
        file.write(samples.T)
    if event is not None:
        _draw(samples.mean(axis=0), rate, piece, event).savefig(path.with_suffix(".png"))


def _draw(wave: np.ndarray, rate: int, piece: Piece, event: pd.Series) -> Any:
    """The spectrogram of a clip; lines show where the event begins and ends."""
    from ..runtime.backend import require_keras

    require_keras()
    from ..frontends import LogSpectrogram
    from ..plots.images import spectrum_of
    from ..plots.panels import draw_panels

    step = max(_STEP_S, 2 / rate)
    layer = LogSpectrogram(max(_FRAME_S, 4 * step) * 1000, step * 1000, rate)
    wave = np.pad(wave, (0, max(0, layer.window_size - len(wave))))
    image = spectrum_of(wave.astype("float32"), rate, layer)
    image.title = str(event["label"])
    if not pd.isna(event["score"]):
        image.title += f", {event['score']:.3f}"
    figure = draw_panels([image])
    for time in (event["start"], event["end"]):
        if piece.start < time < piece.end:
            figure.axes[0].axvline(time - piece.start, color="white", linewidth=1, linestyle="--")
    return figure
