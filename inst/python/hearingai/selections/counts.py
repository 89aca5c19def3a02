"""How often each label occurs, and in how many recordings."""

from __future__ import annotations

import pandas as pd

from ..tables.columns import blank, check_columns, check_paths
from ..tables.label_sets import LABELS, check_one_kind, label_sets
from ..tables.recordings import recording_names

NONE = "(none)"  # stands for clips without labels
_COLUMNS = (LABELS, "class", "label")


def label_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of each label, such as the clips that a training will see.

    Args:
        table: Clips with `labels` or `class`, such as of `clips_from_annotations`; or annotations
            or events, with `label`.

    Returns:
        A DataFrame with a row a label, sorted, and `(none)` last, for rows without one: `label`,
        `n` (rows), `recordings` (how many they are of), and, where the table has `start` and `end`,
        the `seconds` of these rows.

    Raises:
        HearingAIError: `table` is no such table.

    Example:
        >>> import hearingai
        >>> clips = hearingai.clip_table(["a.wav", "b.wav", "c.wav"], ["owl", "owl", "wren"])
        >>> hearingai.label_counts(clips).values.tolist()
        [['owl', 2, 2], ['wren', 1, 1]]
    """
    check_columns("table", table, ("fname",))
    check_one_kind(table, "table")
    found = next((name for name in _COLUMNS if name in table), None)
    if found is None:
        check_columns("table", table, ("label",))
    if found == LABELS:
        rows = [list(labels) or [NONE] for labels in label_sets("table", table[LABELS])]
    else:
        pairs = zip(table[found], blank(table[found]), strict=True)
        rows = [[NONE] if none else [str(label)] for label, none in pairs]
    known = table.assign(fname=table["fname"].where(table["fname"].notna(), ""))
    check_paths("table", known)
    rows_of = pd.DataFrame({"recording": recording_names(known)})
    rows_of["label"] = pd.Series(rows, table.index, dtype=object)
    if {"start", "end"} <= set(table):
        start, end = (pd.to_numeric(table[name], errors="coerce") for name in ("start", "end"))
        rows_of["seconds"] = (end - start).astype("float64")
    groups = rows_of.explode("label").groupby("label", sort=True)
    counts = pd.DataFrame({"n": groups.size(), "recordings": groups["recording"].nunique()})
    if "seconds" in rows_of:
        counts["seconds"] = groups["seconds"].sum()
    counts = counts.reset_index()
    last = counts["label"] == NONE
    return pd.concat([counts[~last], counts[last]], ignore_index=True)
