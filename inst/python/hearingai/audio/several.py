"""One recording, or several at once as a table: described, and read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial as partial_of
from typing import Any, overload

import numpy as np
import pandas as pd

from .._typing import OnError, PathLike
from ..errors import AudioFileError, HearingAIError
from ..runtime.arguments import choose
from ..tables.columns import check_columns, check_paths, clip_times
from . import reading
from .doubts import collected_doubts, for_this_call
from .folders import files_at, is_folder

_FACTS: dict[str, Any] = {  # and the types of their columns, whatever is missing
    **dict.fromkeys(("sample_rate", "channels", "samples"), "Int64"),
    **{"duration": "float64", "format": object, "subtype": object},
}


@overload  # a path is a sequence of texts too
def audio_info(
    path: PathLike, *, partial: bool = False, on_error: OnError = "report"
) -> Any: ...  # a dict; of a folder a table


@overload
def audio_info(
    path: Sequence[PathLike] | pd.DataFrame, *, partial: bool = False, on_error: OnError = "report"
) -> pd.DataFrame: ...


def audio_info(
    path: PathLike | Sequence[PathLike] | pd.DataFrame,
    *,
    partial: bool = False,
    on_error: OnError = "report",
) -> dict[str, Any] | pd.DataFrame:
    """Describe a recording, or several, without decoding them.

    Args:
        path: An audio file: wav, flac, ogg, opus, mp3, aiff and what else libsndfile reads, and
            with the extra `av` what ffmpeg does, such as m4a, wma and the sound of films; or
            several, a folder (with all below it), a list or a table with a column `fname`.
            Wherever recordings are taken they may be addresses: `s3://`, `gs://`, `az://`,
            `hf://datasets/`, `http://` and `https://` (extras `s3`, `gcs`, `azure`, `hub` and
            `remote`); that of a folder ends in `/`.
        partial: Describe what is there of a truncated file, with a warning.
        on_error: Of several files, `"report"` gives the reason why one cannot be read in the
            column `error`; `"raise"` stops at the first.

    Returns:
        A dict with `sample_rate` (Hz), `channels`, `samples` (per channel), `duration`
        (seconds), `format` and `subtype`; `samples` and `duration` are `None` where the file does
        not have them, such as a FLAC that was written to a stream. Of several files a DataFrame
        of these columns, with `fname` before them and `error` (`None` where all went well) behind.

    Raises:
        AudioFileError: The file is missing, empty, truncated or not audio; of several with
            `on_error="raise"`.
        HearingAIError: `path` is of another kind, or a folder without recordings.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "silence.wav")
        >>> hearingai.write_audio(numpy.zeros(8000), path, 16000)
        >>> hearingai.audio_info(path)["duration"]
        0.5
        >>> hearingai.audio_info([path, path])["duration"].tolist()
        [0.5, 0.5]
    """
    if isinstance(path, (str, os.PathLike)):
        if not is_folder(os.fspath(path)):
            return reading.audio_info(path, partial=partial)
        path = [path]
    names = [name for name, _, _ in _parts(path)]
    look = partial_of(reading.audio_info, partial=partial)
    found, errors = _each([partial_of(look, name) for name in names], on_error)
    columns: dict[str, Any] = {"fname": pd.Series(names, dtype=object)}
    for fact, kind in _FACTS.items():
        values = [None if info is None else info[fact] for info in found]
        columns[fact] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns | {"error": pd.Series(errors, dtype=object)})


@overload
def read_audio(  # type: ignore[overload-overlap]
    path: PathLike,
    sample_rate: int | None = None,
    *,
    mono: bool = True,
    start: float = 0.0,
    duration: float | None = None,
    channels: int | None = None,
    partial: bool = False,
    on_error: OnError = "report",
) -> tuple[np.ndarray, int]: ...


@overload
def read_audio(
    path: Sequence[PathLike] | pd.DataFrame,
    sample_rate: int | None = None,
    *,
    mono: bool = True,
    start: float = 0.0,
    duration: float | None = None,
    channels: int | None = None,
    partial: bool = False,
    on_error: OnError = "report",
) -> pd.DataFrame: ...


def read_audio(
    path: PathLike | Sequence[PathLike] | pd.DataFrame,
    sample_rate: int | None = None,
    *,
    mono: bool = True,
    start: float = 0.0,
    duration: float | None = None,
    channels: int | None = None,
    partial: bool = False,
    on_error: OnError = "report",
) -> tuple[np.ndarray, int] | pd.DataFrame:
    """Read a recording, or several, or parts of them, as float32 in -1...1.

    Only the wanted part is decoded, so a second of a day-long file costs a second's memory.

    Args:
        path: An audio file of any rate, bit depth, channel count and length; or several, a list of
            them (and of folders) or a table with a column `fname`, such as that of `audio_info`
            (and `start` and `end`, in seconds, for parts).
        sample_rate: Rate in Hz to resample to (soxr, high quality); `None` keeps the file's own.
        mono: Average the channels into one.
        start: Where to begin, in seconds.
        duration: How much to read, in seconds; `None` reads to the end.
        channels: How many channels to return, as by `fit_channels`; overrides `mono` when given.
        partial: Read what is there of a file that is truncated or damaged, with a warning that
            says how much that is; otherwise it is an error.
        on_error: Of several files, `"report"` gives the reason why one cannot be read in the
            column `error`; `"raise"` stops at the first.

    Returns:
        `(waveform, sample_rate)`; the waveform has shape `(samples,)`, or `(channels, samples)`
        with `mono=False` or with `channels` of 2 or more. Of several files a DataFrame with
        `fname`, `waveform` (an array each, `None` where it cannot be read), `sample_rate` and
        `error` (`None` where all went well).

    Raises:
        AudioFileError: The file is missing, a directory, empty, truncated, not audio, or holds
            values that are not finite; of several with `on_error="raise"`.
        HearingAIError: An argument is out of range.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "tone.wav")
        >>> hearingai.write_audio(numpy.sin(numpy.arange(44100) / 10), path, 44100)
        >>> waveform, rate = hearingai.read_audio(path, sample_rate=16000)
        >>> waveform.shape, rate
        ((16000,), 16000)
        >>> hearingai.read_audio(path, channels=2)[0].shape
        (2, 44100)
        >>> hearingai.read_audio([path, path])["sample_rate"].tolist()
        [44100, 44100]
    """
    given: dict[str, Any] = {"mono": mono, "channels": channels, "partial": partial}
    if isinstance(path, (str, os.PathLike)):
        if is_folder(os.fspath(path)):
            hint = "is a directory; `read_audio(audio_info(path))` reads the recordings in it"
            raise AudioFileError(path, hint)
        return reading.read_audio(path, sample_rate, start=start, duration=duration, **given)
    parts = _parts(path)
    if isinstance(path, pd.DataFrame) and {"start", "end"} & set(path):
        if start or duration is not None:
            raise HearingAIError("`start` and `duration` are in the table already, in each row")
    else:
        parts = [(name, start, duration) for name, _, _ in parts]
    reads = [
        partial_of(reading.read_audio, name, sample_rate, start=begin, duration=length, **given)
        for name, begin, length in parts
    ]
    found, errors = _each(reads, on_error)
    waveforms = pd.Series([None] * len(parts), dtype=object)
    for i, sound in enumerate(found):
        waveforms[i] = None if sound is None else sound[0]
    rates = [None if sound is None else sound[1] for sound in found]
    return pd.DataFrame(
        {
            "fname": pd.Series([name for name, _, _ in parts], dtype=object),
            "waveform": waveforms,
            "sample_rate": pd.Series(rates, dtype="Int64"),
            "error": pd.Series(errors, dtype=object),
        }
    )


def _parts(path: Any) -> list[tuple[str, float, float | None]]:
    """`(fname, start, duration)` of each recording; a duration of `None` is to the end."""
    if isinstance(path, pd.DataFrame):
        check_columns("path", path, ("fname",))
        starts, ends = clip_times("path", path)
        lengths = [None if np.isnan(length) else float(length) for length in ends - starts]
        return list(zip(check_paths("path", path), starts.tolist(), lengths, strict=True))
    several = isinstance(path, Iterable) and not isinstance(path, (bytes, Mapping))
    names = list(path) if several else [path]
    for name in names:
        if not isinstance(name, (str, os.PathLike)):
            raise HearingAIError(
                f"`path` must be a path, a list of paths or a table with a column `fname`. "
                f"Received: {name!r}"
            )
    empty = len(names) > 1  # of several, an empty folder is one that cannot be read
    files = [f for name in names for f in files_at("path", os.fspath(name), empty=empty)]
    return [(file, 0.0, None) for file in files]


def _each(
    calls: Sequence[Callable[[], Any]], on_error: OnError
) -> tuple[list[Any], list[str | None]]:
    """The answers, `None` for recordings that cannot be read, and their reasons; side by side."""
    choose("on_error", on_error, ("report", "raise"))
    answers: list[Any] = []
    errors: list[str | None] = []
    with collected_doubts(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for answer in pool.map(for_this_call(_answer_or_error), calls):
            failed = isinstance(answer, AudioFileError)
            if failed and on_error == "raise":
                raise answer
            answers.append(None if failed else answer)
            errors.append(answer.reason if failed else None)
    return answers, errors


def _answer_or_error(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except AudioFileError as error:
        return error
