"""What the API answers: `predict` and `annotate` of one recording, and what the classifier is."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..annotation.annotating import annotate
from ..annotation.records import annotation_record
from ..audio.blocks import open_blocks
from ..audio.doubts import noted_doubts
from ..errors import AudioFileError, HearingAIError
from ..events.options import EventOptions
from ..events.rules import grid_and_rules
from ..inference.prediction import predict
from ..inference.records import prediction_records
from ..runtime.plain_values import plain
from ..runtime.shared_options import defaults
from ..version import __version__
from .settings import Settings, event_options
from .turns import StoppedError

PREDICT = ("name", "partial", "unknown")
ANNOTATE = ("name", "partial", *defaults(EventOptions))
_MOST_DECODED = 2**30  # bytes of sound that `predict` holds at once


def described(settings: Settings) -> dict[str, Any]:
    """The classifier, and the options that requests have where they name no others."""
    classifier = settings.classifier
    grid, rules = grid_and_rules(classifier, settings.options)
    names = [classifier.labels[i] for i in rules.reported]
    body = getattr(classifier, "body", None)
    return {
        "labels": list(classifier.labels),
        "multi_label": classifier.multi_label,
        "sample_rate": classifier.sample_rate,
        "channels": classifier.channels,
        "duration": classifier.duration,
        "window": float(grid.window),
        "hop": float(grid.hop),
        "smooth": float(rules.smooth),
        "min_duration": float(rules.min_duration),
        "min_gap": float(rules.min_gap),
        "refractory": float(rules.refractory),
        "reported": names,
        "thresholds": dict(zip(names, rules.threshold.tolist(), strict=True)),
        "recipe": classifier.recipe,
        "body": None if body is None else body.name,
        "fingerprint": classifier.fingerprint(),
        "version": __version__,
    }


def prediction_of(
    settings: Settings, path: Path, name: str, given: dict[str, Any], stop: threading.Event
) -> dict[str, Any]:
    """The answer of `predict`: a recording's record, without an error.

    Args:
        settings: The `Settings`.
        path: The recording.
        name: What the answer calls it.
        given: What the query asks for.
        stop: Set when the work is to stop.

    Raises:
        HearingAIError: It cannot be read, is too long, or an option is out of range.
    """
    options = {key: given[key] for key in ("partial", "unknown") if key in given}
    _check_length(settings, path, options.get("partial", False), stop, whole=True)
    table = predict(
        settings.classifier,
        [str(path)],
        device=settings.device,
        on_error="raise",
        progress=_halting(stop),
        **options,
    )
    return prediction_records(table.assign(fname=name), settings.classifier.labels)[0]


def annotation_of(
    settings: Settings, path: Path, name: str, given: dict[str, Any], stop: threading.Event
) -> dict[str, Any]:
    """The answer of `annotate`, likewise: its tables but that of the windows."""
    options, partial = event_options(settings, given), given.get("partial", False)
    _check_length(settings, path, partial, stop)
    found = annotate(
        settings.classifier,
        [str(path)],
        keep_windows=False,
        device=settings.device,
        on_error="raise",
        partial=partial,
        progress=_halting(stop),
        **options,
    )
    for table in (found.events, found.recordings, found.notes):
        table["fname"] = name
    return annotation_record(found)


def answered(
    answer: Callable[..., dict[str, Any]],
    settings: Settings,
    path: Path,
    name: str,
    given: dict[str, Any],
    stop: threading.Event,
) -> dict[str, Any]:
    """An answer for JSON, with the name of the recording in the place of its path in errors.

    What is doubtful about the recording, and not asked for by `partial`, is under `doubts`.
    """
    try:
        with noted_doubts() as doubts:
            told = answer(settings, path, name, given, stop)
    except AudioFileError as error:
        raise HearingAIError(f"{name}: {error.reason}") from None
    except HearingAIError as error:
        raise HearingAIError(str(error).replace(str(path), name)) from None
    notes = [text for _, text, lost in doubts.found if not lost]
    return plain(told | ({"doubts": notes} if notes else {}))


def _check_length(
    settings: Settings, path: Path, partial: bool, stop: threading.Event, whole: bool = False
) -> None:
    """Raise an error of a recording that is too long, whatever its header says.

    Args:
        settings: The `Settings`.
        path: The recording.
        partial: Whether it may be damaged.
        stop: Set when the work is to stop.
        whole: Whether it is held in memory as a whole.
    """
    tick = _halting(stop)
    with noted_doubts(), open_blocks(path, partial=partial) as sound:
        rate, samples, channels = sound.sample_rate, sound.samples, sound.channels
        longest = settings.max_seconds * rate
        if samples is None:  # a FLAC may not tell
            samples = 0
            for block in sound.read():
                tick(samples, None, "")
                samples += len(block)
                if samples > longest:
                    break
    if samples > longest:
        hours = settings.max_seconds / 3600
        raise AudioFileError(path, f"is longer than {hours:g} hours (`max_hours`)")
    size = 4 * samples * max(channels, settings.classifier.channels)
    if whole and size * max(1, settings.classifier.sample_rate / rate) > _MOST_DECODED:
        raise AudioFileError(
            path, f"is {samples / rate:.0f} s long, too much for one prediction; use /v1/annotate"
        )


def _halting(stop: threading.Event) -> Callable[[float, float | None, str], None]:
    """A function for progress that ends the work when it is to stop."""

    def tick(_done: float, _total: float | None, _text: str) -> None:
        if stop.is_set():
            raise StoppedError

    return tick
