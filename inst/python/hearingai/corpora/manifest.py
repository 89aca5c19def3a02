"""The manifest of a run: every recording, and the shard that it is done in."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HearingAIError, readable
from ..runtime.addresses import refuse_secrets
from ..runtime.places import Place, file_states
from .tables import as_arrow, from_arrow, parquet

NAME = "manifest.parquet"
_RATE = 32_000  # bytes a second of a recording whose length is not known: its cost is its size
_OPENING = 0.1  # seconds of sound that opening a recording costs
_SHORTEST, _LONGEST = 60.0, 3600.0  # seconds of sound in a shard
_MOST = 4096  # shards; of more sound they are longer
_USUAL = 64  # shards of a small run, so that several workers have work
_STATE = ("size", "mtime")


def planned(recordings: pd.DataFrame, step: int = 1) -> pd.DataFrame:
    """A manifest: the recordings with their states, and shards of like cost.

    Shards are runs of recordings in their order. They depend on the recordings alone, not on who
    does them.

    Args:
        recordings: A table with `fname`, for parts `start` and `end` (seconds), and whatever else
            the work needs to know of them.
        step: Recordings that are computed at once: a shard holds whole batches of so many.

    Returns:
        The table, from row 0, with `size` (bytes), `mtime` (ns since 1970; both -1 where a file
        cannot be looked at), `duration` (seconds; NaN where only reading would tell) and `shard`.
    """
    table = recordings.reset_index(drop=True)
    names = [str(fname) for fname in table["fname"]]
    refuse_secrets("recordings", names)
    size, mtime = file_states(names)
    duration = _durations(table)
    table = table.assign(size=size, mtime=mtime, duration=duration)
    return table.assign(shard=shards_of(costs(table), step))


def costs(manifest: pd.DataFrame) -> np.ndarray:
    """What each recording costs, in seconds of sound; guessed of its size where it is not known."""
    guessed = np.maximum(manifest["size"].to_numpy(), 0) / _RATE
    known = manifest["duration"].to_numpy("float64")
    return np.where(np.isnan(known), guessed, known) + _OPENING


def shards_of(cost: np.ndarray, step: int = 1) -> np.ndarray:
    """The shard of each recording, int32 from 0; a recording longer than a shard may be one.

    Example:
        >>> shards_of(np.array([30, 30, 30, 30, 500, 30])).tolist()
        [0, 0, 1, 1, 2, 3]
    """
    if not len(cost):
        return np.zeros(0, "int32")
    blocks = np.arange(len(cost)) // step
    each = np.bincount(blocks, cost)
    total = each.sum()
    length = max(_SHORTEST, min(total / _USUAL, _LONGEST), total / _MOST)
    middles = np.cumsum(each) - each / 2
    _, shard = np.unique((middles / length).astype("int64"), return_inverse=True)
    return shard.astype("int32")[blocks]


def _durations(table: pd.DataFrame) -> np.ndarray:
    """The lengths of parts, where both ends are known."""
    if "duration" in table:
        return table["duration"].to_numpy("float64")
    if "end" not in table:
        return np.full(len(table), np.nan)
    start = table["start"].to_numpy("float64") if "start" in table else 0.0
    return table["end"].to_numpy("float64") - np.nan_to_num(start)


def write_manifest(place: Place, manifest: pd.DataFrame) -> str:
    """Write a manifest; returns its digest."""
    with place.written(NAME) as path:
        parquet().write_table(as_arrow(manifest), path, compression="zstd")
        return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest(place: Place, digest: str) -> pd.DataFrame:
    """The manifest of a run; an error where it is not the one that was written."""
    import pyarrow

    data = place.read(NAME)
    if hashlib.sha256(data).hexdigest() != digest:
        raise HearingAIError(f"`{readable(place)}`: {NAME} is damaged")
    return from_arrow(parquet().read_table(pyarrow.BufferReader(data)))


def check_same(out: str, kept: pd.DataFrame, now: pd.DataFrame) -> None:
    """Raise an error that says what differs, unless a run's recordings are those of a call."""
    text = _difference(kept, now)
    if text:
        raise HearingAIError(
            f"`out`: the run in {readable(out)} is of other recordings: {text}. "
            f"Another folder takes another run, such as one of new files alone; read_run() reads "
            f"this one as it is"
        )


def _difference(kept: pd.DataFrame, now: pd.DataFrame) -> str:
    """How two manifests differ, in words; empty where they do not."""
    asked = [str(name) for name in now if name not in (*_STATE, "shard")]
    told = [str(name) for name in kept if name not in (*_STATE, "shard")]
    if asked != told:
        return f"its table has the columns {', '.join(told)}, and this one {', '.join(asked)}"
    if len(kept) == len(now) and not (uneven := _uneven(kept, now, asked)).any():
        changed = _changed(kept, now)
        return _named(now["fname"][changed], "changed since it began") if changed.any() else ""
    before, after = (pd.MultiIndex.from_frame(_plain(table[asked])) for table in (kept, now))
    more, fewer = ~after.isin(before), ~before.isin(after)
    parts = [_named(now["fname"][more], "not in the run")] if more.any() else []
    parts += [_named(kept["fname"][fewer], "in the run alone")] if fewer.any() else []
    if parts:
        return " and ".join(parts)
    if len(kept) != len(now):
        return f"it has {len(kept)}, and this call names {len(now)}, some more than once"
    return _named(now["fname"][uneven], "in another order")


def _changed(kept: pd.DataFrame, now: pd.DataFrame) -> np.ndarray:
    """Which files changed, as far as they could be looked at both times."""
    changed = np.zeros(len(kept), bool)
    for name in _STATE:
        one, other = kept[name].to_numpy(), now[name].to_numpy()
        changed |= (one != other) & (one != -1) & (other != -1)
    return changed


def _uneven(kept: pd.DataFrame, now: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """In which rows two tables of one length differ."""
    uneven = np.zeros(len(kept), bool)
    for name in columns:
        one, other = (_plain(table[[name]])[name].to_numpy() for table in (kept, now))
        uneven |= ~((one == other) | (pd.isna(one) & pd.isna(other)))
    return uneven


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """The table with lists as tuples, which can be compared."""

    def plain(value: Any) -> Any:
        return tuple(value) if isinstance(value, (list, tuple, np.ndarray)) else value

    texts = [name for name in table if table[name].dtype == object and name != "fname"]
    return table.assign(**{str(name): table[name].map(plain) for name in texts})


def _named(names: pd.Series, what: str) -> str:
    first = readable(names.iloc[0])
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{first}{more}, {what}"
