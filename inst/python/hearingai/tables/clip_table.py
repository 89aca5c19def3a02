"""The table of clips: a row a clip, with a class (`class_id` from 0), or any number of labels."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from .._typing import PathLike
from ..errors import HearingAIError, as_utf8, readable, warn
from ..runtime.addresses import address_of, joined
from ..runtime.arguments import name_list
from ..runtime.remote_files import file_here
from .columns import blank, check_columns, check_paths, clip_times, refuse_blank
from .label_sets import LABELS, check_one_kind, class_names, is_multi_label, label_sets
from .recordings import GROUPS
from .text_tables import guess_types, read_text_table

SPLITS = ("train", "validation", "test")


def clip_table(
    fname: Any, class_: Any = None, *, labels: Any = None, **columns: Any
) -> pd.DataFrame:
    """Build a table of clips.

    Args:
        fname: Paths of the recordings.
        class_: The class of each, where each has one.
        labels: The labels of each, in the place of its class where clips may have any number of
            them: a list of lists, tuples, sets or texts with `;` between; empty for a clip without.
        **columns: Further columns, such as `speaker`, `fold` or `split`.

    Returns:
        A DataFrame with `fname`, `class`, `class_id` and the further columns; the classes are
        sorted and `class_id` counts them from 0. With `labels`, that column stands in the place of
        `class` and `class_id`; it holds tuples, sorted.

    Examples:
        >>> import hearingai
        >>> clips = hearingai.clip_table(["a.wav", "b.wav"], ["yes", "no"], speaker=["ann", "bob"])
        >>> clips["class_id"].tolist()
        [1, 0]
        >>> clips = hearingai.clip_table(["a.wav", "b.wav"], labels=[["owl", "frog"], []])
        >>> clips["labels"].tolist()
        [('frog', 'owl'), ()]
    """
    if (class_ is None) == (labels is None):
        raise HearingAIError(
            f"`class_`, one class a clip, or `labels`, any number of them, must be given. "
            f"Received: {'neither' if labels is None else 'both'}"
        )
    lists = {"fname": _column("fname", fname)}
    if labels is None:
        lists["class"] = [_class_name(name) for name in _column("class_", class_)]
    else:
        lists[LABELS] = list(label_sets(LABELS, _column(LABELS, labels)))
    lists |= {n: _column(n, v) if _has_length(v) else v for n, v in columns.items()}
    for name, values in lists.items():
        if _has_length(values) and len(values) != len(lists["fname"]):
            raise HearingAIError(
                f"`{name}` must have a value for each of the {len(lists['fname'])} of `fname`. "
                f"Received: {len(values)}"
            )
    objects = {n: pd.Series(lists[n], dtype=object) for n in ("fname", LABELS) if n in lists}
    return checked_once(pd.DataFrame(lists | objects))


def _has_length(values: Any) -> bool:
    return isinstance(values, Collection) and not isinstance(values, (str, bytes))


def _column(name: str, values: Any) -> list:
    """The values of a column, a list."""
    if not _has_length(values) or isinstance(values, dict) or getattr(values, "ndim", 1) != 1:
        raise HearingAIError(f"`{name}` must be a list. Received: {values!r}")
    return list(values)


def checked_once(clips: pd.DataFrame) -> pd.DataFrame:
    """A new table of clips, checked; warns of recordings that are listed under two classes."""
    clips = check_clips(clips)
    warn_of_two_classes(clips)
    return clips


def warn_of_two_classes(clips: pd.DataFrame, recording: str = "fname") -> None:
    """Warn of recordings that a checked table lists under two classes, or sets of labels.

    Args:
        clips: The table.
        recording: The column that tells recordings apart.
    """
    part = [column for column in (recording, "start", "end", "record") if column in clips]
    twice = clips[clips.duplicated(part, keep=False)]
    keys = [pd.factorize(twice[c].to_numpy())[0] for c in part]  # pandas groups by UTF-8 alone
    truth, kind = ("labels", "sets of labels") if is_multi_label(clips) else ("class", "classes")
    several = twice.groupby(keys)[truth].transform("nunique") > 1
    if several.any():
        both = twice[several]
        first = both["fname"].iloc[0]
        named = both[truth][both[recording] == both[recording].iloc[0]]
        classes = sorted({str(one) or "none" for one in named})
        warn(
            f"{both[recording].nunique()} recording(s) are listed under several {kind}; all rows "
            f"stay. The first: {readable(first)}, as {', '.join(classes)}"
        )


def names_of(paths: Iterable[PathLike], index: Any = None) -> pd.Series:
    """Paths as a column: objects, since pandas' own text refuses names that are not UTF-8."""
    return pd.Series([os.fspath(path) for path in paths], index=index, dtype=object)


def _class_name(name: object) -> object:
    """The name of a class, which files and messages take."""
    return as_utf8(name) if isinstance(name, str) else name


def check_clips(clips: Any, labels: Sequence[str] | None = None) -> pd.DataFrame:
    """Check a table of clips, and number its classes where each clip has one.

    Args:
        clips: A DataFrame with at least `fname`, and `class` or `labels`.
        labels: The known classes or labels; `None` takes the sorted ones of the table.

    Returns:
        A copy with `class` as text and `class_id` as the position in `labels`, or with `labels`,
        each a `LabelSet`; blank speakers, sources and folds are missing values.

    Raises:
        HearingAIError: A column is missing, a value is missing, there are no rows, a class is not
            among `labels`, or the table has both a class and labels.
    """
    truth = LABELS if is_multi_label(clips) else "class"
    for column in ("fname", truth):
        check_columns("clips", clips, (column,))
    check_one_kind(clips)
    for column in ("fname", "class"):
        if column in clips:
            refuse_blank("clips", clips, column)
    if not len(clips):
        raise HearingAIError("`clips` has no rows")
    clip_times("clips", clips)
    groups = {c: clips[c].mask(blank(clips[c]), None) for c in GROUPS if c in clips}
    fname = names_of(check_paths("clips", clips), clips.index)
    known = None if labels is None else [str(n) for n in name_list("labels", labels)]
    numbered = (_labelled if truth == LABELS else _classified)(clips, known)
    checked = clips.assign(**groups, fname=fname, **numbered)
    first = ["fname", *numbered]
    return checked[first + [c for c in clips if c not in first]].reset_index(drop=True)


def check_classes(clips: Any, labels: Sequence[str] | None = None) -> pd.DataFrame:
    """Check a table of clips that have one class each, see `check_clips`.

    Raises:
        HearingAIError: They have any number of labels; or as `check_clips`.
    """
    if is_multi_label(clips) and "class" not in clips:
        raise HearingAIError(
            "`clips` must have a column `class`: one class a clip is needed here, and a column "
            "`labels` gives any number of them"
        )
    return check_clips(clips, labels)


def _classified(clips: pd.DataFrame, known: list[str] | None) -> dict[str, pd.Series]:
    """The columns `class` and `class_id`."""
    names = clips["class"].map(_class_name).astype(str)
    known = sorted(set(names)) if known is None else known
    _refuse_unknown("classes", set(names), known)
    position = {name: i for i, name in enumerate(known)}
    return {"class": names, "class_id": names.map(position)}


def _labelled(clips: pd.DataFrame, known: list[str] | None) -> dict[str, pd.Series]:
    """The column `labels`."""
    found = label_sets(f'clips["{LABELS}"]', clips[LABELS], clips.index)
    if known is not None:
        _refuse_unknown("labels", set(class_names(found.to_frame(LABELS))), known)
    return {LABELS: found}


def _refuse_unknown(what: str, found: set[str], known: Sequence[str]) -> None:
    unknown = sorted(found - set(known))
    if unknown:
        raise HearingAIError(
            f"{what} that are none of the labels: {', '.join(unknown)}. "
            f"The labels: {', '.join(known)}"
        )


def beside(table: PathLike, name: object) -> PathLike:
    """A recording that a table names, relative to the table's folder; both may be addresses."""
    address, fname = address_of(table), str(name)
    if address is None and address_of(fname) is None:
        return Path(table).parent / fname
    return joined(str(Path(table).parent) if address is None else address.rpartition("/")[0], fname)


def read_clips(path: PathLike) -> pd.DataFrame:
    """Read a table of clips from a CSV file; paths in it are relative to its folder.

    Classes and file names are text as it stands, so that a class may be called NA, None, TRUE or
    007; blanks around a class are none of it. Where clips have any number of labels, the column
    `labels` has them with `;` between, and nothing for a clip without. In other columns NA is a
    missing value, and what looks like 007 is text. Where semicolons or tabs part the columns, 1,5
    is a number.

    Args:
        path: A CSV file with at least the columns `fname` and `class`, or `fname` and `labels`, in
            UTF-8 or UTF-16; also at `s3://`, `https://` and the like.

    Returns:
        The table of clips.

    Raises:
        HearingAIError: The file is no such table, a row is longer than the header, or a column is
            named twice.

    Warns:
        HearingAIWarning: The same recording is listed under two classes, or the file is neither
            UTF-8 nor UTF-16 and taken for Latin-1.

    Examples:
        >>> import tempfile
        >>> import hearingai
        >>> from pathlib import Path
        >>> path = Path(tempfile.mkdtemp()) / "clips.csv"
        >>> hearingai.clip_table(["a.wav", "b.wav"], ["yes", "no"]).to_csv(path)
        >>> hearingai.read_clips(path)["class"].tolist()
        ['yes', 'no']
    """
    texts, separator = read_text_table(file_here("path", path))
    clips = guess_types(texts, ("fname", "class", LABELS), decimal_comma=separator != ",")
    if LABELS in clips:
        clips[LABELS] = label_sets(LABELS, (text or "" for text in texts[LABELS]), texts.index)
    for column in {"class", "speaker", "split"} & set(clips):  # names, whatever they look like
        stripped = [text and text.strip() for text in texts[column]]
        names = pd.Series(stripped, texts.index, dtype=object)
        clips[column] = names if column == "class" else names.where(names != "NA", None)
    if "fname" in clips and not clips["fname"].isna().any():
        clips["fname"] = names_of((beside(path, name) for name in clips["fname"]), clips.index)
    return checked_once(clips)
