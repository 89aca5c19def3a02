"""Split clips into training and validation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, warn
from ..runtime.arguments import number, positive
from .clip_table import SPLITS, check_clips, deal_groups, split_clips
from .recordings import group_of, together, warn_of_straddling


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
        A dict with the tables `train` and `validation` (or `None`), and `split_by`: what decided.
    """
    split = _partition(clips, validation, labels, share, seed)
    lacking = sorted(set(clips["class"]) - set(split["train"]["class"]))
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
    parts = {part: clips[clips["split"] == part] for part in ("train", "validation")}
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


def check_class_weight(class_weight: Any) -> Any:
    """Refuse invalid class weights, before the classes are known."""
    fits = class_weight is None or isinstance(class_weight, dict)
    if not fits and not (isinstance(class_weight, str) and class_weight == "balanced"):
        raise HearingAIError(
            f"`class_weight` must be 'balanced' or weights by label. Received: {class_weight!r}"
        )


def class_weights(class_weight: Any, class_id: Any, labels: Sequence[str]) -> np.ndarray | None:
    """Weight of each class in the loss.

    Args:
        class_weight: `None`; `"balanced"`, inversely proportional to the class's frequency; or a
            dict from label to weight, 1 for labels that are not named.
        class_id: Class of each training clip.
        labels: The classes.
    """
    check_class_weight(class_weight)
    if class_weight is None:
        return None
    if class_weight == "balanced":
        counts = np.bincount(class_id, minlength=len(labels))
        return len(class_id) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    unknown = sorted(set(class_weight) - set(labels))
    if unknown:
        raise HearingAIError(f"`class_weight` names unknown labels: {', '.join(unknown)}")
    return np.array(
        [positive(f"class_weight[{n!r}]", class_weight.get(n, 1)) for n in labels], "float32"
    )
