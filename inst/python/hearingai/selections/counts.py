"""How many clips each label has, and of how many recordings."""

from __future__ import annotations

import pandas as pd

from ..errors import HearingAIError
from ..tables.columns import check_columns, clip_times
from ..tables.recordings import recording_names

NONE = "(none)"  # stands for clips without labels


def label_counts(clips: pd.DataFrame) -> pd.DataFrame:
    """Count the clips of each label: what a training will see.

    Args:
        clips: A table of clips with `labels` or `class`, such as of `clips_from_annotations`.

    Returns:
        A DataFrame with a row a label, sorted, and `(none)` last, for clips without labels:
        `label`, `clips`, `recordings` (how many they are of), and where the table has `start` and
        `end` the `seconds` of these clips.

    Raises:
        HearingAIError: `clips` is no such table.

    Example:
        >>> import hearingai
        >>> clips = hearingai.clip_table(["a.wav", "b.wav", "c.wav"], ["owl", "owl", "wren"])
        >>> hearingai.label_counts(clips).values.tolist()
        [['owl', 2, 2], ['wren', 1, 1]]
    """
    check_columns("clips", clips, ("fname",))
    if "labels" not in clips:
        check_columns("clips", clips, ("class",))
    starts, ends = clip_times("clips", clips)
    column = clips["labels" if "labels" in clips else "class"]
    sets = [(labels,) if isinstance(labels, str) else labels for labels in column]
    if not all(isinstance(labels, (list, tuple, set, frozenset)) for labels in sets):
        raise HearingAIError("`clips` must have labels in each row: text, or a list of texts")
    table = pd.DataFrame({"recording": recording_names(clips), "seconds": ends - starts})
    table["label"] = pd.Series([sorted(map(str, s)) or [NONE] for s in sets], clips.index)
    groups = table.explode("label").groupby("label", sort=True)
    counts = pd.DataFrame({"clips": groups.size(), "recordings": groups["recording"].nunique()})
    if "end" in clips:
        counts["seconds"] = groups["seconds"].sum()
    counts = counts.reset_index()
    last = counts["label"] == NONE
    return pd.concat([counts[~last], counts[last]], ignore_index=True)
