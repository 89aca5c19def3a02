"""What of a training is known already: validation clips that are trained on, and clips twice."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ..clips.labelled import Store
from ..errors import first_few, readable, warn
from ..tables.label_sets import is_multi_label

_NAMED = 2  # clips that a warning names


def warn_of_copies(train: Store, held: Store | None) -> None:
    """Warn where a sound is both trained and validated on, or has two classes in training."""
    digests = train.clips.digests()
    if held is not None:
        known = set(digests)
        copies = [i for i, digest in enumerate(held.clips.digests()) if digest in known]
        if copies:
            warn(
                f"{len(copies)} of {len(held)} validation clips sound byte for byte like training "
                f"clips ({_named(held, copies)}); the validation numbers flatter the classifier, "
                f"and early stopping goes by them. Take the copies out on one side"
            )
    first: dict[str, int] = {}
    several = []
    for i, digest in enumerate(digests):
        before = first.setdefault(digest, i)
        if np.any(train.truth[before] != train.truth[i]):
            several.append((before, i))
    if several:
        (a, b), column = several[0], "labels" if is_multi_label(train.table) else "class"
        classes = " and ".join(f"{str(train.table[column].iloc[i])!r}" for i in (a, b))
        other = "other labels" if column == "labels" else "another class"
        warn(
            f"{len(several)} training clips have the sound of one of {other}, such as "
            f"{_named(train, (a, b))} ({classes}); keep the one that is right"
        )


def _named(store: Store, rows: Iterable[int]) -> str:
    """The names of some clips."""
    names = [readable(Path(str(store.table["fname"].iloc[row])).name) for row in rows]
    return first_few(names, _NAMED)
