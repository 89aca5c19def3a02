"""choose_thresholds(): a threshold for each label, by what is wanted of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, Progress, Recordings
from ..annotation.recordings import recordings_of
from ..audio.doubts import collected_doubts
from ..classifier.model import AudioClassifier, check_keras
from ..errors import HearingAIError, first_few, readable, warn
from ..evaluation.detection import detection_metrics
from ..evaluation.events import check_events, check_rule, check_tolerance, pair_within
from ..events.options import HearingOptions, TimeOptions, WindowOptions
from ..events.rules import event_rules
from ..events.tracking import event_table
from ..events.windows import Grid, grid_of
from ..runtime.arguments import flag, number, positive
from ..runtime.shared_options import pick, shared_options
from ..tables.label_sets import LABELS, label_sets
from ._heard import Hearing, hear
from ._search import last_that_fits, peaks_of
from .chosen_thresholds import ChosenThresholds, of_clips, with_thresholds

_ABOVE = 1e-3  # of the way to 1, by which a threshold lies above a probability


@shared_options
@collected_doubts()
def choose_thresholds(
    classifier: AudioClassifier,
    recordings: Recordings,
    truth: Any = None,
    *,
    wanted_per_hour: float | None = None,
    wanted_precision: float | None = None,
    best_f1: bool = False,
    lowest: float = 0.1,
    tolerance: float = 0.5,
    by: str = "midpoint",
    sample_rate: int | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    **options: Unpack[HearingOptions],
) -> ChosenThresholds:
    """Choose the threshold of each label: for false accepts an hour, a precision, or the best F1.

    For false accepts an hour, the recordings are heard as `annotate` hears them. Each label may
    have an equal share of the false accepts: of 0.5 an hour and ten labels, 0.05 an hour each. Its
    threshold is the lowest at which it has at most so many: just above the loudest that would be
    one too many, by the rules of events that are given, with `low` at 0.7 of it.

    For a precision or the best F1, labelled clips are heard as `evaluate` hears them. The threshold
    is the lowest at which so many of the clips above it have the label, by a rising curve through
    the clips, since the luckiest of many thresholds would do worse on others; or the one with the
    best F1. `calibrate` first, then choose, on other clips than those of a final evaluation.

    The thresholds are stored in a copy of the classifier, where `annotate`, `Stream`, `listen` and
    `explore` take them from, unless they are given others; saved and exported files keep them. Use
    them with the windows and times that they were chosen with.

    Short recordings say little: where a label's share is less than one false accept in all that is
    heard, its threshold is above everything heard. Take hours, and other recordings than those of
    a final evaluation.

    Args:
        classifier: An `AudioClassifier` of sound.
        recordings: See `annotate`. Without `truth`, none of the labels may occur in them. For a
            precision or the best F1, a table of labelled clips.
        truth: The true events, where there are some: `fname`, `start`, `end`, `label`. False
            accepts are then the events without a match, see `detection_metrics`. Of sound in
            memory, `fname` is `""`.
        wanted_per_hour: False accepts an hour, of all labels together; 0.5 if nothing else is
            wanted.
        wanted_precision: Share of the clips above a label's threshold that have the label.
        best_f1: Take the threshold with the best F1.
        lowest: No threshold is below this.
        tolerance: How far an event may be off a true one, seconds.
        by: What must be within the tolerance, see `detection_metrics`.
        **options: Windows and rules of events, see `EventOptions`.
        sample_rate: {sample_rate}
        batch_size: Windows a batch.
        device: {device}
        on_error: {on_error}
        partial: {partial}
        progress: {progress} It counts seconds of sound.

    Returns:
        A `ChosenThresholds`, with the false accepts an hour at these thresholds, and with `truth`
        the false rejects.

    Raises:
        HearingAIError: An argument is out of range, the classifier takes embeddings, or no
            recording can be read.

    Warns:
        HearingAIWarning: A label has more false accepts than its share even at the highest
            threshold; or no event of `truth` is of a label, or of a recording that was heard.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
        >>> noise = numpy.random.default_rng(1).normal(0, 0.1, 80000)
        >>> chosen = hearingai.choose_thresholds(classifier, noise, hop=0.5)
        >>> chosen.summary["false_accepts"].item()
        0
        >>> chosen.classifier.record["thresholds"] == chosen.thresholds
        True
    """
    check_keras(classifier)
    lowest = _level("lowest", lowest)
    wanted: Any = {"wanted_per_hour": wanted_per_hour, "wanted_precision": wanted_precision}
    wanted["best_f1"] = flag("best_f1", best_f1) or None
    given = [name for name, value in wanted.items() if value is not None]
    if len(given) > 1 or (truth is not None and given not in ([], ["wanted_per_hour"])):
        told = [*given, "truth"] if len(given) == 1 else given
        raise HearingAIError(f"give one of {' and '.join(f'`{name}`' for name in told)}")
    if given not in ([], ["wanted_per_hour"]):
        precise = None if best_f1 else _level("wanted_precision", wanted_precision)
        if isinstance(recordings, (str, Path, np.ndarray, list, tuple)):
            raise HearingAIError(
                f"`recordings` must be a table of labelled clips where `{given[0]}` is wanted, "
                f"with `fname` and `class`. Received: {type(recordings).__name__}"
            )
        heard: Any = {"batch_size": batch_size, "device": device, "on_error": on_error}
        heard |= {"partial": partial, "progress": progress}
        return of_clips(classifier, recordings, precise, lowest, heard)
    per_hour = positive("wanted_per_hour", 0.5 if wanted_per_hour is None else wanted_per_hour)
    grid = grid_of(classifier, **pick(WindowOptions, options))
    times = pick(TimeOptions, options)
    rules = event_rules(classifier.labels, grid, **times)
    labels = [classifier.labels[i] for i in rules.reported]
    tolerance, by = check_tolerance(tolerance), check_rule(by)
    if truth is None:
        _refuse_labelled(recordings, labels)
    there = _truth_of(truth, labels)
    hearing = hear(
        classifier,
        recordings_of(recordings, sample_rate, grid.sample_rate, partial=flag("partial", partial)),
        pick(WindowOptions, options),
        batch_size=positive("batch_size", batch_size, whole=True),
        device=device,
        on_error=on_error,
        partial=partial,
        progress=progress,
        text="Choosing thresholds",
    )
    _warn_of_other_names(there, hearing)
    allowed = int(per_hour * hearing.hours / len(labels) + 1e-9)
    counting = _Counting(hearing, classifier.labels, grid, times, there, tolerance, by)
    chosen = {name: float(counting.threshold(name, allowed, lowest)) for name in labels}
    rules = event_rules(
        classifier.labels, grid, chosen, **times | {"labels": labels, "ignore": None}
    )
    measured = detection_metrics(
        hearing.events(rules, grid),
        there,
        tolerance=tolerance,
        by=by,
        duration=hearing.hours * 3600,
    )
    counts = measured.per_label.set_index("label").reindex(labels)
    per_label = _told(counts, measured.summary["hours"].item())
    summary = _told(measured.summary, measured.summary["hours"].item())
    summary.insert(0, "hours", measured.summary["hours"])
    summary.insert(0, "wanted_per_hour", per_hour)
    per_label.insert(0, "threshold", list(chosen.values()))
    per_label = per_label.rename_axis("label").reset_index()
    _warn_of_excess(per_label, allowed)
    twin = with_thresholds(classifier, chosen)
    return ChosenThresholds(twin, chosen, per_label, summary, hearing.errors, hearing.notes)


@dataclass(frozen=True)
class _Counting:
    """Counts the false accepts of one label at any threshold."""

    hearing: Hearing
    labels: Sequence[str]
    grid: Grid
    times: TimeOptions
    truth: pd.DataFrame
    tolerance: float
    by: str

    def false_accepts(self, label: str, threshold: float) -> int:
        """How many events of the label have no match."""
        alone: Any = self.times | {"labels": label, "ignore": None, "threshold": threshold}
        found = self.hearing.events(event_rules(self.labels, self.grid, **alone), self.grid)
        if not len(self.truth):
            return len(found)
        events = check_events("events", found, scored=True)
        keys = ["fname", "label"]
        partner, _ = pair_within(keys, events, self.truth, self.tolerance, self.by)
        return int((partner < 0).sum())

    def threshold(self, label: str, allowed: int, lowest: float) -> float:
        """The lowest threshold at which a label has at most so many false accepts."""
        levels = [min(1.0, p + _ABOVE * (1 - p)) for p in self._peaks(label, lowest)] + [lowest]

        def fits(k: int) -> bool:
            return self.false_accepts(label, levels[k]) <= allowed

        return levels[last_that_fits(fits, min(allowed, len(levels) - 1), len(levels) - 1)]

    def _peaks(self, label: str, lowest: float) -> np.ndarray:
        """The peaks of a label's smoothed probability, the highest first."""
        alone: Any = self.times | {"labels": label, "ignore": None}
        rules = event_rules(self.labels, self.grid, **alone)
        found = [np.zeros(0)]
        for one in self.hearing.recordings:
            values = one.smoothed(rules, self.grid)[:, 0]
            found.append(values[peaks_of(values, lowest)])
        return np.sort(np.concatenate(found))[::-1]


def _level(name: str, value: Any) -> float:
    """A probability above 0, checked."""
    level = number(name, value)
    if not 0 < level <= 1:
        raise HearingAIError(f"`{name}` must be a probability above 0. Received: {value!r}")
    return level


def _truth_of(truth: Any, labels: Sequence[str]) -> pd.DataFrame:
    """The true events of these labels; an empty table where there are none."""
    if truth is None:
        return event_table([]).drop(columns="score")
    there = check_events("truth", truth)
    known = there[there["label"].isin(list(labels))].reset_index(drop=True)
    if len(there) and not len(known):
        other = first_few(map(readable, dict.fromkeys(there["label"])))
        warn(f"no event of `truth` has a label of the classifier: it names {other}")
    return known


def _refuse_labelled(recordings: Any, labels: Sequence[str]) -> None:
    """Refuse clips that have labels: what is found in them would all be false accepts."""
    if not isinstance(recordings, pd.DataFrame) or not {"class", LABELS} & set(recordings):
        return
    if LABELS in recordings:
        sets = label_sets("recordings", recordings[LABELS])
        known = {name for names in sets for name in names}
    else:
        known = set(recordings["class"].astype(str))
    if there := sorted(known & set(labels)):
        raise HearingAIError(
            f"`recordings` has clips of {', '.join(there[:3])}, but for false accepts an hour none "
            "of the labels may occur: give `wanted_precision` or `best_f1`, or the events as "
            "`truth`"
        )


def _warn_of_other_names(truth: pd.DataFrame, hearing: Hearing) -> None:
    """Warn where no true event is of a recording that was heard."""
    heard = {one.fname or "" for one in hearing.recordings}
    if len(truth) and not heard & set(truth["fname"]):
        name = sorted(heard)[0] or "sound in memory, of which `fname` is ''"
        warn(
            f"no event of `truth` is of a recording that was heard: it names {truth['fname'][0]}, "
            f"heard was {name}"
        )


def _told(counts: pd.DataFrame, hours: float) -> pd.DataFrame:
    """The columns of the result, from those of `detection_metrics`."""
    whole = {
        name: counts[name].fillna(0).astype(int) for name in ("false_accepts", "n_truth", "misses")
    }
    columns = {
        "false_accepts": whole["false_accepts"],
        "false_accepts_per_hour": whole["false_accepts"] / hours,
        "n_truth": whole["n_truth"],
        "misses": whole["misses"],
        "false_reject_rate": counts["miss_rate"].astype(float),
    }
    return pd.DataFrame(columns)


def _warn_of_excess(per_label: pd.DataFrame, allowed: int) -> None:
    over = per_label[per_label["false_accepts"] > allowed]
    if len(over):
        named = ", ".join(f"{row.label} ({row.false_accepts})" for row in over.itertuples())
        warn(
            f"`wanted_per_hour` is not reached: the classifier is sure of false accepts, of which "
            f"each label may have {allowed} here: {named}. mine_false_alarms() teaches it better"
        )
