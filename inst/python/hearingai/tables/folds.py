"""Folds: the clips that are tested together, and those for training and validation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, warn
from ..runtime.arguments import choose, name_list, number, positive
from .clip_table import check_clips
from .columns import blank, check_column, refuse_blank
from .label_sets import stratum
from .recordings import group_of, together, warn_of_straddling
from .splitting import split_clips, split_share


def assign_folds(clips: pd.DataFrame, folds: Any, seed: int) -> pd.Series:
    """The fold of each clip.

    Args:
        clips: A checked table of clips.
        folds: A column, a number of folds, or lists of positions; see `cross_validate`.
        seed: Seeds the assignment to a number of folds.

    Returns:
        A Series, missing for clips that are in no fold.
    """
    if isinstance(folds, str):
        check_column("clips", clips, folds)
        dealt = clips[folds].mask(blank(clips[folds]), None)
        dealt = dealt.convert_dtypes()  # beside a missing value, fold 2 would be 2.0
        if dealt.isna().any():
            warn(f"{dealt.isna().sum()} clips have no `{folds}`; they are left out")
        warn_of_straddling(clips, dealt, f"of the folds by `{folds}`")
    elif hasattr(folds, "__len__"):
        dealt = _by_position(clips, folds)
        if dealt.isna().any():
            warn(f"{dealt.isna().sum()} clips are in none of `folds`; they are left out")
        _warn_of_shared(clips, dealt)
        warn_of_straddling(clips, dealt, "of `folds`")
    else:
        dealt = _dealt(clips, positive("folds", folds, whole=True), seed)
    if dealt.nunique() < 2:
        raise HearingAIError("`folds` must give at least two folds")
    return dealt


def _dealt(clips: pd.DataFrame, n: int, seed: int) -> pd.Series:
    """Assign clips to `n` folds, those of one speaker, source or recording together."""
    by, bound = group_of(clips), together(clips, group_of(clips))
    if by is None and bound is None:
        return _stratified(clips, n, seed)["split"]
    n_groups = clips[by].nunique() if bound is None else len(np.unique(bound))
    if bound is not None and n_groups < n:
        raise HearingAIError(
            f"`folds` can be {n_groups} at most: so many groups of clips have no recording"
            f"{f' and no {by}' if by else ''} in common, and parts of one recording must not be on "
            f"both sides. Received: {n}"
        )
    if bound is None and n_groups < n:
        raise HearingAIError(
            f'`folds` can be {clips[by].nunique()} at most, the values of `clips["{by}"]`, '
            f"since clips of one {by} must not be on both sides. Received: {n}"
        )
    shares = dict.fromkeys([str(i + 1) for i in range(n)], 1 / n)
    return split_clips(clips, shares, by=by, seed=seed)["split"]


def _stratified(clips: pd.DataFrame, n: int, seed: int) -> pd.Series:
    """Assign single clips, class by class, to `n` folds in turn."""
    rng, classes = np.random.default_rng(seed), stratum(clips)
    fold = np.empty(len(clips), dtype=object)
    start = 0
    for _, rows in sorted(classes.groupby(classes).indices.items()):
        rows = rng.permutation(rows)
        fold[rows] = [str((start + i) % n + 1) for i in range(len(rows))]
        start += len(rows)
    return clips.assign(split=fold)


def _by_position(clips: pd.DataFrame, folds: Any) -> pd.Series:
    dealt = pd.Series([None] * len(clips), dtype=object, index=clips.index)
    for i, positions in enumerate(folds):
        positions = _positions(i + 1, positions)
        if len(positions) and not 0 <= positions.min() <= positions.max() < len(clips):
            raise HearingAIError(f"fold {i + 1} of `folds` names clips that are not in the table")
        if dealt.iloc[positions].notna().any():
            raise HearingAIError("a clip is in two of `folds`")
        dealt.iloc[positions] = str(i + 1)
    return dealt


def _positions(fold: int, positions: Any) -> np.ndarray:
    try:
        found = np.asarray(positions)
    except ValueError:
        found = np.empty((0, 0))
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise HearingAIError(
            f"fold {fold} of `folds` must be positions of clips, whole numbers from 0. "
            f"Received: {positions!r}"
        )
    return found.astype(int)


def _warn_of_shared(clips: pd.DataFrame, dealt: pd.Series) -> None:
    """Warn where clips that resemble each other are in several folds."""
    by = group_of(clips)
    if by is None:
        return
    shared = (dealt.groupby(clips[by]).nunique() > 1).sum()
    if shared:
        warn(
            f"clips of one {by} are in several of `folds`, for {shared} of them: trained on some "
            f"and measured on others, a classifier looks better than it is"
        )


def fold_tables(
    clips: pd.DataFrame, dealt: pd.Series, fold: Any, validation: Any, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame]:
    """The tables to train on, to validate on (or `None`) and to test on, for one fold.

    Args:
        clips: A checked table of clips.
        dealt: The fold of each clip.
        fold: The test fold.
        validation: `"fold"` for the fold before it, a share or `False`.
        seed: Seeds the choice of a share.
    """
    test = clips[dealt == fold]
    rest = clips[(dealt != fold) & dealt.notna()]
    if validation is False:
        return rest, None, test
    if isinstance(validation, str):
        choose("validation", validation, ("fold",))
        order = sorted(set(dealt.dropna()), key=in_order)
        if len(order) < 3:
            return rest, None, test
        held = order[order.index(fold) - 1]
        return clips[(dealt != fold) & (dealt != held) & dealt.notna()], clips[dealt == held], test
    share = number("validation", validation, above=0, below=1)
    split = split_share(check_clips(rest), share, seed)[0]["split"].to_numpy()
    return rest[split == "train"], rest[split == "validation"], test


def fold_split(clips: pd.DataFrame, fold: object, *, by: str = "fold") -> pd.DataFrame:
    """Set the `split` of a table by its folds: one to test, the one before it to validate.

    Args:
        clips: A table of clips.
        fold: The fold to test on.
        by: The column of the folds.

    Returns:
        The table with its `split` column set.

    Raises:
        HearingAIError: There is no such column or fold, a clip has none, or there are fewer than
            three folds.

    Example:
        >>> import hearingai, pandas
        >>> clips = pandas.DataFrame({
        ...     "fname": ["a.wav", "b.wav", "c.wav"], "class": ["x", "y", "x"], "fold": [1, 2, 3]
        ... })
        >>> hearingai.fold_split(clips, 3)["split"].tolist()
        ['train', 'validation', 'test']
    """
    clips = check_clips(clips)
    (by,) = name_list("by", [by])
    check_column("clips", clips, by)
    refuse_blank("clips", clips, by)
    names = clips[by].convert_dtypes().astype(str)
    known = sorted(set(names), key=in_order)
    fold = choose("fold", str(fold), tuple(known))
    if len(known) < 3:
        raise HearingAIError(f'`clips["{by}"]` has {len(known)} folds; three are needed at least')
    held = known[known.index(fold) - 1]
    split = np.where(names == fold, "test", np.where(names == held, "validation", "train"))
    warn_of_straddling(clips, split, f"of the split by `{by}`")
    return clips.assign(split=split)


def in_order(fold: object) -> tuple:
    """A key that sorts numbers as numbers and other names after them."""
    text = str(fold)
    return (0, float(text), text) if text.replace(".", "", 1).isdigit() else (1, 0.0, text)
