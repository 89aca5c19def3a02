"""Clips to learn from: windows over annotated recordings, with the labels that lie in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from .._typing import PathLike
from ..audio.files import read_headers, warn_left_out
from ..audio.reading import seconds_in
from ..clips.recordings import recording_parts
from ..errors import AudioFileError, HearingAIError, warn
from ..events.annotations import read_annotations
from ..runtime.arguments import choose, flag, name_list, number, positive, scalar, share
from ..runtime.backend import draw_seed
from ..runtime.shared_options import shared_options
from ..tables.clip_table import clip_table
from ..tables.rest_labels import BACKGROUND, SILENCE
from ._grid import Covered, grid
from ._names import EMPTY, OTHER, Names

_OWN = ("fname", "start", "end", "class", "class_id", "labels", "label", "score", "low", "high")
_KINDS = ("unannotated", "annotated")
_LISTED = "'unannotated', 'annotated' or a number"


@shared_options
def clips_from_annotations(
    recordings: PathLike | Sequence[PathLike] | pd.DataFrame,
    annotations: PathLike | Sequence[PathLike] | pd.DataFrame,
    window: float,
    hop: float | None = None,
    *,
    min_overlap: float = 0.25,
    negative_overlap: float = 0.0,
    of: Literal["annotation", "window"] = "annotation",
    negatives: Literal["unannotated", "annotated"] | float = "unannotated",
    labels: Sequence[str] | Mapping[str, str | None] | pd.DataFrame | None = None,
    empty: str | Sequence[str] = (BACKGROUND, SILENCE),
    one_label: bool = False,
    seed: int | None = None,
    partial: bool = False,
) -> pd.DataFrame:
    """Make a table of clips of annotated recordings: windows, with the labels that lie in them.

    Windows begin every `hop`; the last one of a recording ends where it does, and a recording that
    is shorter than a window is one clip. A window has each label of which it holds enough. One
    that holds too little of a label and enough of none is left out: it is neither an example of
    the label nor of its absence, unless `negative_overlap` says so. `label_counts` tells how many
    clips each label has.

    Args:
        recordings: The recordings that were listened to, also those in which nothing was found: a
            path, a folder (with all below it), a list of those, or a table with `fname`, and
            `start` and `end` where only a part was; its further columns, such as `site` or
            `fold`, are those of the clips.
        annotations: What `read_annotations` returned, or what it reads.
        window: Length of a clip, seconds.
        hop: Seconds from one to the next; `None` means `window`.
        min_overlap: Share that must overlap for a clip to have a label, 0 (anything) to 1.
        negative_overlap: Share up to which a window without any label still is an example of the
            label's absence, at most `min_overlap`: 0.5 teaches a detector that half a word, or half
            a call, is none. With 0 a window that an annotation touches never is one.
        of: Of what these are shares: `"annotation"`, of which no more than a window counts, so that
            a window within a long one has its label; or `"window"`, where annotations of one label
            add up. A label without a duration is in the windows around it; of a window it is none.
        negatives: Which clips have no label: `"unannotated"`, all windows that no annotation
            touches, or too little for `negative_overlap`; `"annotated"`, those that annotations say
            are empty, where others were not searched; or a number: so many for each with a label,
            drawn from the unannotated, or all where there are fewer.
        labels: `None` takes all; a list, these: what holds others only is known to hold none of
            them. A dict of old and new names, or a table with the columns `label` and `new`,
            renames and merges; what it does not name stays. `None` as a new name marks the
            doubtful: no clip has such a label, and none that it touches is without labels.
        empty: Labels of annotations which say that nothing is there.
        one_label: Give each clip one `class`, for classifiers of one label: that which covers most
            of it, or `background` where there is none.
        seed: Whole number that seeds the drawing of negatives; `None` draws one.
        partial: {partial}

    Returns:
        A table of clips: `fname`, `labels` (a tuple of sorted names; an empty one where there is
        none), or `class` and `class_id`, then `start`, `end` (seconds), `recording`, and further
        columns of `recordings`; recordings in their order, clips by their start.

    Raises:
        HearingAIError: An argument is out of range, the annotations cannot be read, or there is no
            clip.

    Warns:
        HearingAIWarning: Annotations that are doubtful, see `read_annotations`; recordings that
            cannot be read; labels that no annotation or no clip has; fewer negatives than asked.

    Example:
        >>> import hearingai, numpy, os, pandas, tempfile
        >>> night = os.path.join(tempfile.mkdtemp(), "night.wav")
        >>> hearingai.write_audio(numpy.zeros(80000), night, 16000)
        >>> marks = pandas.DataFrame(
        ...     {"fname": night, "start": [0.2, 0.8], "end": [0.9, 2.0], "label": ["owl", "wren"]}
        ... )
        >>> clips = hearingai.clips_from_annotations(night, marks, window=1)
        >>> clips["labels"].tolist()
        [('owl',), ('wren',), (), (), ()]
    """
    length, step = positive("window", window), positive("hop", window if hop is None else hop)
    least, one_label = share("min_overlap", min_overlap), flag("one_label", one_label)
    absent = share("negative_overlap", negative_overlap)
    if absent > least:
        raise HearingAIError(
            f"`negative_overlap` must be at most `min_overlap`, {least}, not {absent}"
        )
    of_window = choose("of", of, ("annotation", "window")) == "window"
    ratio = number("negatives", negatives, low=0) if scalar(negatives) is not None else None
    kind = choose("negatives", negatives, _KINDS, _LISTED) if ratio is None else None
    rest, seed = {str(n) for n in name_list("empty", empty)}, draw_seed(seed)
    marks = read_annotations(annotations, recordings, partial=flag("partial", partial))
    of_file = _by_file(marks)
    there = {label for found in of_file.values() for label in found}
    names = Names(labels, there - rest)
    rows = []
    for fname, begin, end, columns in _parts(recordings, partial):
        spans = grid(begin, end, length, step)
        covered = Covered(*spans)
        for label, times in names.gathered(of_file.get(fname, {}), rest).items():
            if label is EMPTY:
                covered.add_empty(times)
            elif label is None:
                covered.add_unknown(times)
            elif label is not OTHER:
                covered.add(label, times, least, of_window, absent)
        rows += [
            _Row(held, {"fname": fname, **times, **columns})
            for held, times in _rows(covered, spans, kind == "annotated")
        ]
    rows = _drawn(rows, ratio, seed)
    if one_label:
        rows = [_Row(_longest(row.held), row.columns) for row in rows]
    _tell_lost(of_file, names, rest, rows, one_label)
    if not rows and ratio is not None:
        raise HearingAIError(
            f"no window holds enough of a label, and `negatives={ratio:g}` is for each that does; "
            f'`negatives="unannotated"` takes all without one'
        )
    if not rows:
        raise HearingAIError("no window of the recordings holds enough of a label, or is empty")
    return _table(rows, one_label)


class _Row(NamedTuple):
    """A window: how many seconds of which labels it holds, and its columns."""

    held: dict[str, float]
    columns: dict[str, Any]


def _by_file(table: pd.DataFrame) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Start and end of the annotations of each recording and label."""
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    rows = zip(*(table[name] for name in ("fname", "label", "start", "end")), strict=True)
    for fname, label, start, end in rows:
        found.setdefault(fname, {}).setdefault(label, []).append((start, end))
    return found


def _parts(recordings: Any, partial: bool) -> list[tuple[str, float, float, dict[str, Any]]]:
    """`(fname, start, end, columns)` of each recording that can be read, each part once."""
    parts = recording_parts("recordings", recordings)
    further: list[dict[Any, Any]] = [{}] * len(parts)
    if isinstance(recordings, pd.DataFrame):
        others = [name for name in recordings if name not in _OWN]
        further = recordings[others].to_dict("records")
    _, problems = read_headers(list(dict.fromkeys(part[0] for part in parts)), partial=partial)
    unread = {problem.path for problem in problems}
    found: dict[tuple, dict[str, Any]] = {}
    for (fname, start, duration), columns in zip(parts, further, strict=True):
        if fname in unread:
            continue
        whole = seconds_in(fname, partial=partial)
        end = whole if duration is None else min(whole, start + duration)
        if end > start:
            found.setdefault((fname, start, end), {"recording": fname} | _known(columns))
        else:
            problems.append(AudioFileError(fname, f"holds nothing from {start:g} s on"))
    warn_left_out(problems, "recording(s)")
    return [(*part, columns) for part, columns in found.items()]


def _known(columns: dict[str, Any]) -> dict[str, Any]:
    """Further columns of a recording; one without a name is called by its file."""
    return {n: v for n, v in columns.items() if n != "recording" or not pd.isna(v)}


def _rows(covered: Covered, spans: tuple[np.ndarray, np.ndarray], only_empty: bool) -> list[_Row]:
    """The windows of a recording that are known to hold labels, or none: their times."""
    rows = []
    for i, (start, end) in enumerate(zip(*(times.tolist() for times in spans), strict=True)):
        seconds = covered.seconds.get(i, {})
        free = i not in covered.doubtful
        if only_empty:
            free = free and covered.empty[i] >= end - start - 1e-6
        if seconds or free:
            rows.append(_Row(seconds, {"start": start, "end": end}))
    return rows


def _drawn(rows: list[_Row], ratio: float | None, seed: int) -> list[_Row]:
    """All clips with labels, and so many without for each."""
    if ratio is None:
        return rows
    pool = [i for i, row in enumerate(rows) if not row.held]
    n = round(ratio * (len(rows) - len(pool)))
    if n > len(pool):
        warn(
            f"`negatives` asks for {n} clips without a label, and the recordings have {len(pool)}; "
            f"a smaller `hop` makes more"
        )
    left_out = set(np.random.default_rng(seed).permutation(pool)[n:].tolist())
    return [row for i, row in enumerate(rows) if i not in left_out]


def _tell_lost(
    of_file: Mapping[str, Mapping[str, Sequence[Any]]],
    names: Names,
    rest: set[str],
    rows: list[_Row],
    one_label: bool,
) -> None:
    """Warn of labels that no clip has."""
    wanted: dict[str, int] = {}
    for found in of_file.values():
        for label, spans in names.gathered(found, rest).items():
            if isinstance(label, str):
                wanted[label] = wanted.get(label, 0) + len(spans)
    kept = {label for row in rows for label in row.held}
    lost = [f"{label} ({n})" for label, n in sorted(wanted.items()) if label not in kept]
    if lost:
        warn(
            f"no window holds enough of these labels (annotations): {', '.join(lost)}. "
            f"A smaller `min_overlap` or `hop` may find some"
            + (", or `one_label=False`, if longer ones cover them" if one_label else "")
        )


def _table(rows: list[_Row], one_label: bool) -> pd.DataFrame:
    """The table of clips."""
    table = pd.DataFrame([row.columns for row in rows])
    table = table.astype({"fname": object, "recording": object})
    fname, columns = table.pop("fname"), dict(table.items())
    if one_label:
        return clip_table(fname, [next(iter(row.held), BACKGROUND) for row in rows], **columns)
    return clip_table(fname, labels=[list(row.held) for row in rows], **columns)


def _longest(seconds: dict[str, float]) -> dict[str, float]:
    """The label that covers most of a window; of equal ones the first by name."""
    longest = sorted(seconds, key=lambda label: (-seconds[label], label))[:1]
    return {label: seconds[label] for label in longest}
