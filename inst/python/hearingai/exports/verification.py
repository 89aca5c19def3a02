"""Comparing an exported file with the classifier it was made from."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import PathLike
from ..bodies.body import Body
from ..classifier.protocol import Classifier
from ..clips.labelled import as_clips
from ..errors import HearingAIError, warn
from ..inference.answers import label_thresholds
from .running import ExportedClassifier, load_exported

MOVED = 0.05  # in int8: share of the probability that may move to other labels, on average
_MOVED_IN_INT8 = 0.2  # share of the embeddings
_BATCH = 16
_MOST = 256  # clips to run an exported file on, and to calibrate int8 on
_TIMED = 10


def answers(compute: Callable[[np.ndarray], np.ndarray], clips: np.ndarray) -> np.ndarray:
    """The outputs for clips, computed in small batches."""
    parts = [clips[i : i + _BATCH] for i in range(0, len(clips), _BATCH)]
    return np.concatenate([compute(part) for part in parts])


def compare(
    path: PathLike,
    clips: np.ndarray,
    expected: np.ndarray,
    tolerance: float,
    *,
    int8: bool = False,
    embeddings: np.ndarray | None = None,
    body: Body | None = None,
) -> dict[str, Any]:
    """Run an exported file on clips and compare its outputs with the classifier's.

    Args:
        path: The file.
        clips: An array of clips.
        expected: The classifier's probabilities for them.
        tolerance: By how much a probability may differ, without `int8`.
        int8: Whether its products are rounded to 8 bits, which changes every output a little.
        embeddings: The classifier's embeddings of them, where the file holds such.
        body: The body of a file that holds a head alone.

    Returns:
        A dict: `n`, `max_difference`, `agreement`, `milliseconds`, see `Exported`, and
        `probabilities`.

    Raises:
        HearingAIError: The outputs differ by more.
    """
    exported = load_exported(path, threads=1, body=body)
    found = answers(exported.probabilities, clips)
    milliseconds = _milliseconds(exported, clips)
    difference = np.abs(found - expected)
    worst = float(difference.max())
    moved = float(difference.sum(axis=1).mean() / 2)
    if exported.multi_label:  # each label has a probability by itself
        moved = float(difference.mean())
    if not np.isfinite(found).all() or (moved > MOVED if int8 else worst > tolerance):
        clip = int(difference.max(axis=1).argmax()) + 1
        raise HearingAIError(
            f"the exported file does not match the classifier: its probabilities differ by up "
            f"to {worst:.2g}, of clip {clip} of {len(clips)}. It was not kept; a higher "
            f"`tolerance` or `verify=False` keeps one"
        )
    if embeddings is not None:
        _compare_embeddings(exported, clips, embeddings, tolerance, int8)
    agreement = float((_answers(exported, found) == _answers(exported, expected)).mean())
    return {
        "n": len(clips),
        "max_difference": worst,
        "agreement": agreement,
        "milliseconds": milliseconds,
        "probabilities": found,
    }


def _answers(exported: ExportedClassifier, probabilities: np.ndarray) -> np.ndarray:
    """The label of each clip, or whether it has each label, `(clips, 1 or labels)`."""
    if exported.multi_label:
        return probabilities >= label_thresholds(exported)
    return probabilities.argmax(axis=1)[:, None]


def _compare_embeddings(
    exported: ExportedClassifier,
    clips: np.ndarray,
    expected: np.ndarray,
    tolerance: float,
    int8: bool,
) -> None:
    """Raise an error where embeddings differ by more than the tolerance times their size."""
    difference = np.abs(answers(exported.embedder().embeddings, clips) - expected)
    worst = float(difference.max() / max(1.0, np.abs(expected).max()))
    moved = float(difference.sum() / max(np.abs(expected).sum(), 1e-9))
    if not np.isfinite(difference).all() or (moved > _MOVED_IN_INT8 if int8 else worst > tolerance):
        by = f"{100 * moved:.2g} % in the mean" if int8 else f"up to {worst:.2g} of the largest"
        raise HearingAIError(
            f"the exported file has other embeddings than the classifier; they differ by {by}. It "
            f"was not kept; a higher `tolerance` or verify=False keeps one"
        )


def _milliseconds(exported: ExportedClassifier, clips: np.ndarray) -> float:
    """The median time of one clip, after warming up."""
    took = []
    for i in range(_TIMED + 1):
        clip = clips[i % len(clips)][None]
        began = time.perf_counter()
        exported.probabilities(clip)
        took.append(time.perf_counter() - began)
    return 1000 * float(np.median(took[1:]))


def given(classifier: Any, clips: Any) -> tuple[np.ndarray, list[str] | None]:
    """At most 256 clips as one array, and their classes where a table names them."""
    from ..inference.batches import batches_of_files, table_of

    table = table_of(classifier, clips)
    if table is None:
        sound = as_clips(classifier, clips)
        return sound[_some(len(sound))], None
    table = table.iloc[_some(len(table))].reset_index(drop=True)
    heard, rows, reasons = list[np.ndarray](), list[int](), list[str]()
    for numbers, batch, good, bad in batches_of_files(classifier, table, _MOST, "report"):
        heard.extend(np.asarray(batch, "float32")[: len(good)])
        rows.extend(numbers[good])
        reasons.extend(bad)
    if not rows:
        raise HearingAIError(f"`clips`: none of the {len(table)} recordings can be read")
    if reasons:
        warn(f"{len(reasons)} of {len(table)} clips cannot be read; the first: {reasons[0]}")
    return np.stack(heard), [table["class"][i] for i in rows] if "class" in table else None


def _some(n: int) -> np.ndarray:
    """Positions of at most 256 of `n` clips, at even intervals."""
    if not n:
        raise HearingAIError("`clips` is empty")
    return np.unique(np.linspace(0, n - 1, min(n, _MOST)).round().astype(int))


def made_up(classifier: Classifier) -> np.ndarray:
    """Synthetic clips: noise from loud to soft, shorter noise, a tone."""
    rng, shape = np.random.default_rng(0), classifier.clip_shape
    if classifier.hears_embeddings:
        clips = rng.integers(0, 256, (16, *shape)).astype("float32")
        for i in range(4):  # shorter ones have zeros in front
            clips[i, : round(shape[0] * i / 4)] = 0
        return clips
    clips = rng.normal(0, 0.2, (16, *shape)).astype("float32")
    # No digital silence: networks that divide by an image's deviation amplify rounding there.
    clips *= np.logspace(0, -2, 16).reshape(-1, *[1] * len(shape)).astype("float32")
    clips[1, ..., shape[-1] // 3 :] = 0
    clips[2] = 0.5 * np.sin(2 * np.pi * 440 * np.arange(shape[-1]) / classifier.sample_rate)
    return np.clip(clips, -1, 1)
