"""Which clips train, which validate and which test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, warn
from ..runtime.arguments import check_seed, name_list, number, positive
from ..runtime.backend import draw_seed
from .clip_table import SPLITS, check_clips
from .columns import check_column, refuse_blank
from .label_sets import class_names, counts_by_group
from .recordings import GROUPS, group_of, texts_of, together, warn_of_straddling


def split_clips(
    clips: pd.DataFrame,
    fractions: Mapping[str, float] | None = None,
    *,
    by: str | None = "auto",
    seed: int | None = None,
) -> pd.DataFrame:
    """Split a table of clips so that no group is in two splits and classes stay balanced.

    Parts of one recording (rows of one `fname`, or of one value of a column `recording`) stay
    together, whatever they are grouped by.

    Groups are assigned, the largest first, each to the split whose class counts it brings closest
    to their targets.

    Args:
        clips: A table of clips.
        fractions: A dict from the split's name to its share; the default is
            `{"train": 0.7, "validation": 0.3}`. Shares are scaled to sum to 1.
        by: The column whose values are kept together; `"auto"` takes `speaker`, else `source`,
            else `fold`, where the table has one. `None` splits single recordings, and warns where
            the table names speakers or folds, since the metrics are then too optimistic.
        seed: Whole number that seeds the order of groups of one size; `None` draws one.

    Returns:
        The table with its `split` column set.

    Raises:
        HearingAIError: `by` is not a column, a share is not positive, or there are fewer groups
            than splits.

    Example:
        >>> import hearingai, pandas
        >>> clips = pandas.DataFrame({
        ...     "fname": [f"{i}.wav" for i in range(8)],
        ...     "class": ["yes", "no"] * 4,
        ...     "speaker": ["ann", "ann", "bob", "bob", "cy", "cy", "di", "di"],
        ... })
        >>> table = hearingai.split_clips(clips, {"train": 0.75, "test": 0.25}, seed=1)
        >>> table["split"].value_counts().to_dict()
        {'train': 6, 'test': 2}
    """
    clips = check_clips(clips)
    fractions = {"train": 0.7, "validation": 0.3} if fractions is None else fractions
    if not isinstance(fractions, Mapping) or not fractions:
        raise HearingAIError(
            f"`fractions` must name each split and its share. Received: {fractions!r}"
        )
    name_list("fractions", list(fractions))
    shares = [positive(f"fractions[{name!r}]", f) for name, f in fractions.items()]
    if isinstance(by, str) and by == "auto" and by not in clips:
        by = group_of(clips)
    groups = _groups(clips, by)
    n_groups = len(np.unique(groups))
    if n_groups < len(shares):
        raise HearingAIError(
            f"`clips` has {n_groups} group(s) by {f'`{by}`' if by else 'recording'}, too few for "
            f"{len(shares)} splits; parts of one recording stay together"
        )
    return deal_groups(clips, fractions, groups, draw_seed(seed))


def deal_groups(
    clips: pd.DataFrame, fractions: Mapping[str, float], groups: np.ndarray, seed: int
) -> pd.DataFrame:
    """Set the `split` of a checked table: clips of one group to one split, in balance."""
    _, group = np.unique(groups, return_inverse=True)
    shares = np.array(list(fractions.values()), dtype=float)
    counts = counts_by_group(clips, group)
    chosen = _deal(counts, shares / shares.sum(), np.random.default_rng(check_seed(seed)))
    return clips.assign(split=np.array(list(fractions), dtype=object)[chosen[group]])


def _groups(clips: pd.DataFrame, by: str | None) -> np.ndarray:
    if by is None:
        leaks = [g for g in GROUPS if g in clips and clips[g].nunique() > 1]
        if leaks:
            warn(
                f"a random split leaks: clips of one {leaks[0]} are on both sides and the "
                f"measured accuracy is too high. Use `by={leaks[0]!r}`"
            )
        bound = together(clips, None)
        return np.arange(len(clips)) if bound is None else bound
    (by,) = name_list("by", [by])
    check_column("clips", clips, by, " to split by (`by=None` splits single clips at random)")
    refuse_blank("clips", clips, by)
    bound = together(clips, by)
    return texts_of(clips[by]).to_numpy() if bound is None else bound


def _deal(counts: np.ndarray, shares: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Assign groups (rows of class counts) to splits; returns the split of each group."""
    wanted = shares[:, None] * counts.sum(axis=0)
    scale = 1 / np.maximum(counts.sum(axis=0), 1)
    have = np.zeros_like(wanted)
    chosen = np.zeros(len(counts), dtype=int)
    order = rng.permutation(len(counts))
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    for left, group in zip(range(len(order), 0, -1), order, strict=True):
        lack = ((wanted - have) * scale) @ counts[group] / (shares * counts[group].sum())
        if left <= len(shares):  # the last groups fill empty splits
            empty = ~have.any(axis=1)
            lack[~empty] -= np.inf if empty.sum() >= left else 0
        chosen[group] = np.argmax(lack)
        have[chosen[group]] += counts[group]
    return chosen


def partition(
    clips: pd.DataFrame, validation: Any, labels: Sequence[str], share: float, seed: int
) -> dict[str, Any]:
    """Split clips into training and validation.

    Args:
        clips: A checked table of clips.
        validation: A table; a share; `False` for none; `None` follows the table's `split` column
            if it marks at least a quarter of the clips `train`, else takes `share`.
        labels: The classes of the classifier.
        share: The recipe's share.
        seed: Seeds a split by share.

    Returns:
        A dict with the tables `train` and `validation` (or `None`), `split_by`: what decided, and
        `test`, where the column `split` did.
    """
    split = _partition(clips, validation, labels, share, seed)
    lacking = sorted(set(class_names(clips)) - set(class_names(split["train"])))
    if lacking:
        warn(f"no clip is left to train on of: {', '.join(lacking)}")
    return split


def _partition(
    clips: pd.DataFrame, validation: Any, labels: Sequence[str], share: float, seed: int
) -> dict[str, Any]:
    if validation is False:
        return {"train": clips, "validation": None, "split_by": None}
    if isinstance(validation, pd.DataFrame):
        held_out = check_clips(validation, labels)
        both = pd.concat([clips.assign(_side=0), held_out.assign(_side=1)], ignore_index=True)
        warn_of_straddling(both, both["_side"], "of training and validation")
        return {"train": clips, "validation": held_out, "split_by": "validation"}
    if validation is None and "split" in clips:
        n_train = (clips["split"] == "train").sum()
        if n_train >= len(clips) / 4:  # with one of three folds to train on, a third
            _warn_of_other_splits(clips["split"])
            warn_of_straddling(clips, clips["split"], "of the table's `split`")
            return {"split_by": "split"} | _marked(clips)
        warn(
            f"`split` marks only {n_train} of {len(clips)} clips to train on, as in a part of a "
            f"data set; they are split anew, {share:g} of them to validate on"
        )
    share = number("validation", share if validation is None else validation, above=0, below=1)
    split, by = split_share(clips, share, seed)
    return {"split_by": by} | _marked(split)


def split_share(clips: pd.DataFrame, share: float, seed: int) -> tuple[pd.DataFrame, str]:
    """Split a share of a checked table off to validate on, by what it names and by recording.

    Where that leaves nothing to tell apart, it is split by less, with a warning.

    Returns:
        `(table, split_by)`: the table with its `split`, and by what it was split.
    """
    by, shares = group_of(clips), {"train": 1 - share, "validation": share}
    bound = together(clips, by)
    if bound is None or len(np.unique(bound)) > 1:
        by_what = by or ("clip" if bound is None else "recording")
        return split_clips(clips, shares, by=by, seed=seed), by_what
    recordings = together(clips, None)
    if recordings is not None and len(np.unique(recordings)) > 1:
        warn(
            f"recordings have several values of `{by}` each, which ties all clips together; they "
            f"are split by recording alone, and clips of one {by} lie on both sides"
        )
        return deal_groups(clips, shares, recordings, seed), "recording"
    warn(
        "all clips are parts of one recording, and lie on both sides of the split: the validation "
        "metrics are then too optimistic. Give `validation` of another recording"
    )
    return deal_groups(clips, shares, np.arange(len(clips)), seed), "clip"


def _marked(clips: pd.DataFrame) -> dict[str, Any]:
    parts = {part: clips[clips["split"] == part] for part in SPLITS}
    return parts if len(parts["validation"]) else parts | {"validation": None}


def _warn_of_other_splits(split: pd.Series) -> None:
    """Count the clips that take no part, since their `split` is none that is known."""
    others = split[~split.isin(SPLITS)]
    if len(others):
        counts = others.fillna("missing").astype(str).value_counts()
        named = ", ".join(f"{n} of {name!r}" for name, n in counts.items())
        warn(
            f"{len(others)} clips are left out, since their `split` is not one of "
            f"{', '.join(SPLITS)}: {named}"
        )
