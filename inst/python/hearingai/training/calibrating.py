"""calibrate(): probabilities that come true as often as they say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pandas as pd
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax
from sklearn.isotonic import IsotonicRegression

from .._typing import Device, OnError, Progress
from ..classifier.bodies import head_of, unused_name
from ..classifier.model import AudioClassifier, check_keras
from ..errors import HearingAIError, first_few, warn
from ..evaluation.reliability import expected_error, scored
from ..inference.evaluating import evaluate
from ..networks.calibration import METHODS, Calibration
from ..runtime.arguments import choose
from ..runtime.shared_options import shared_options
from ..runtime.using_keras import using_keras
from ..tables.folds import assign_folds
from .fine_tuning import copy_of, with_network

_FOLDS = 5
_ENOUGH = 50  # clips with and without a label, for points of their own
_FEWEST = 5  # of either, to learn from at all
_POINTS = 64
_LEAST = 1e-7  # of a probability
_LEVELS = 10_001  # at which a curve is computed, to be read backwards
_CLOSE = 1e-6  # as near as float32 computes a probability
_STALE = ("gate", "thresholds")  # of a record: in terms of the probabilities before


@shared_options
@using_keras()
def calibrate(
    classifier: AudioClassifier,
    clips: Any,
    *,
    method: str | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
) -> AudioClassifier:
    """Make the probabilities of a classifier come true as often as they say.

    Networks are surer than they are right. Labelled clips that were not trained on tell by how
    much, and a last layer takes it back: `predict`, `annotate`, `Stream`, `gate` and exported files
    then give calibrated probabilities. Nothing else is trained; with `"temperature"` the most
    probable label stays the same.

    Args:
        classifier: An `AudioClassifier`; it stays as it is. A calibration that it has is replaced.
        clips: A table of labelled clips that were not trained on, best of other speakers or
            recordings.
        method: `"temperature"` divides all logits by one number, which a few dozen clips decide;
            `"platt"` scales and shifts the logit of each label; `"isotonic"` takes any rising curve
            for each label, and that of `"platt"` for labels with fewer than 50 clips. `None` takes
            `"temperature"` where each clip has one label, else `"isotonic"`.
        batch_size: Recordings per step.
        device: See `predict`.
        on_error: See `evaluate`.
        partial: {partial}
        progress: See `predict`.

    Returns:
        A new `AudioClassifier`. Its record has `calibration`: the `method`, `n` (clips), and the
        expected calibration error `before` and `after`, where `after` is measured on clips that
        other clips calibrated, in five parts (by speaker or recording where the table names them;
        `None` where it names but one).
        Its `thresholds` by label are left out, since they were chosen for other probabilities.

    Raises:
        HearingAIError: `method` is unknown, or there are fewer than five clips.

    Warns:
        HearingAIWarning: A label has too few clips, and stays as it is; or clips were trained on.

    Source:
        C. Guo et al., "On Calibration of Modern Neural Networks" (2017).

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.create_classifier(
        ...     "speech-commands-small", ["no", "yes"], seed=1
        ... )
        >>> calibrated = hearingai.calibrate(classifier, clips)
        >>> calibrated.record["calibration"]["method"]
        'temperature'
    """
    check_keras(classifier)
    method = None if method is None else choose("method", method, METHODS)
    head_of(classifier.network)  # raises for networks whose layers cannot be told apart
    plain = without_calibration(classifier)
    found = evaluate(
        plain,
        clips,
        batch_size=batch_size,
        device=device,
        on_error=on_error,
        partial=partial,
        progress=progress,
    )
    labels, said, truth, exclusive = scored(found)
    single = plain.network.output_shape[-1] < len(labels)  # it has the target's probability
    if single:
        place = labels.index(str(plain.target))
        said, truth, labels = said[:, [place]], truth[:, [place]], [labels[place]]
    exclusive = exclusive and not single
    method = method or ("temperature" if exclusive else "isotonic")
    if len(said) < _FOLDS:
        raise HearingAIError(
            f"`clips` must have {_FOLDS} clips or more that can be read. Received: {len(said)}"
        )
    a, b = _curves(method, said, truth, exclusive, labels)
    table = found.predictions
    whole = isinstance(clips, pd.DataFrame) and len(clips) == len(table)
    named = clips.reset_index(drop=True) if whole else table
    parts = parts_of(named[table["error"].isna().to_numpy()].reset_index(drop=True))
    after = np.full_like(said, np.nan)
    for part in sorted(set(parts)):
        curves = _curves(method, said[parts != part], truth[parts != part], exclusive)
        after[parts == part] = _applied(method, exclusive, *curves)(said[parts == part])
    layer = _layer(method, exclusive, a, b, plain.network)
    network = keras.Model(
        plain.network.inputs, layer(plain.network.outputs[0]), name=plain.network.name
    )
    layer.set_curves(a, b)
    threshold = plain.record.get("threshold")
    if threshold is not None:  # the same clips are above it afterwards
        row = np.array([[threshold if n == plain.target else 1 - threshold for n in labels]])
        moved = _applied(method, exclusive, a, b)(row)[0, labels.index(str(plain.target))]
        plain.record["threshold"] = float(moved)
    stale = [name for name in _STALE if plain.record.get(name) is not None]
    if stale:
        warn(
            f"`classifier` had thresholds of its own ({', '.join(stale)}), for the probabilities "
            f"before: choose them again"
        )
    told = {
        "method": method,
        "n": len(said),
        "before": expected_error(said, truth, exclusive),
        "after": expected_error(after, truth, exclusive) if len(set(parts)) > 1 else None,
    }
    record = {k: v for k, v in plain.record.items() if k not in stale} | {"calibration": told}
    return with_network(plain, network, record)


def without_calibration(classifier: AudioClassifier) -> AudioClassifier:
    """A copy of a classifier whose network does not end in a calibration."""
    twin = copy_of(classifier)
    last = twin.network.layers[-1]
    if not isinstance(last, Calibration):
        return twin
    network = keras.Model(twin.network.inputs, last.input, name=twin.network.name)
    record = {name: value for name, value in twin.record.items() if name != "calibration"}
    if record.get("threshold") is not None:
        record["threshold"] = _level_before(last, record["threshold"], twin)
    return with_network(twin, network, record)


def _level_before(calibration: Calibration, threshold: float, classifier: AudioClassifier) -> float:
    """The lowest probability of the target that a calibration turns into `threshold`."""
    levels = np.linspace(0, 1, _LEVELS)
    if calibration.output.shape[-1] == 1:
        rows, column = levels[:, None], 0
    else:
        column = classifier.labels.index(str(classifier.target))
        rows = np.stack([levels if i == column else 1 - levels for i in range(2)], axis=1)
    after = np.asarray(keras.ops.convert_to_numpy(calibration(rows.astype("float32"))))[:, column]
    reached = int(np.searchsorted(np.maximum.accumulate(after), threshold - _CLOSE))
    return float(levels[min(reached, len(levels) - 1)])


def parts_of(clips: pd.DataFrame) -> np.ndarray:
    """The part of five that each clip is measured in; one where too few belong together."""
    for n in range(_FOLDS, 1, -1):
        try:
            return assign_folds(clips, n, 0).to_numpy()
        except HearingAIError:  # fewer speakers or recordings than parts
            continue
    return np.zeros(len(clips), int)


def _curves(
    method: str, said: np.ndarray, truth: np.ndarray, exclusive: bool, labels: Any = None
) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of a `Calibration`; with `labels`, tells of those with too few clips."""
    if method == "temperature":
        return np.array([_factor(said, truth, exclusive)]), np.zeros(1)
    with_it = truth.sum(axis=0)
    fewest = np.minimum(with_it, len(truth) - with_it)
    lines = [
        _line(p, t) if few >= _FEWEST else (1.0, 0.0)
        for p, t, few in zip(said.T, truth.T, fewest, strict=True)
    ]
    if labels is not None and (fewest < _FEWEST).any():
        few = [name for name, n in zip(labels, fewest, strict=True) if n < _FEWEST]
        warn(
            f"`clips`: {len(few)} label(s) stay as they are, since fewer than {_FEWEST} clips have "
            f"them, or lack them: {first_few(few)}"
        )
    if method == "platt":
        return np.array([line[0] for line in lines]), np.array([line[1] for line in lines])
    points = [
        _steps(p, t) if few >= _ENOUGH else _of_line(*line)
        for p, t, few, line in zip(said.T, truth.T, fewest, lines, strict=True)
    ]
    return np.array([x for x, _ in points]), np.array([y for _, y in points])


def _logits(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, _LEAST, 1 - _LEAST)
    return np.log(p) - np.log1p(-p)


def _factor(said: np.ndarray, truth: np.ndarray, exclusive: bool) -> float:
    """The factor of all logits with the least cross-entropy."""
    logs = np.log(np.clip(said, _LEAST, 1 - _LEAST)) if exclusive else _logits(said)

    def loss(log_factor: float) -> float:
        scaled = logs * np.exp(log_factor)
        if exclusive:
            return -float((log_softmax(scaled, axis=1) * truth).sum()) / len(truth)
        return float(np.mean(np.logaddexp(0, scaled) - truth * scaled))

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 4), method="bounded").x))


def _line(p: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Platt's factor and shift of the logits of a label, which never falls."""
    x, n = _logits(p), truth.sum()
    aims = np.where(truth > 0, (n + 1) / (n + 2), 1 / (len(truth) - n + 2))

    def loss(ab: np.ndarray) -> tuple[float, np.ndarray]:
        z = ab[0] * x + ab[1]
        gap = expit(z) - aims
        slopes = np.array([np.mean(gap * x), np.mean(gap)])
        return float(np.mean(np.logaddexp(0, z) - aims * z)), slopes

    a, b = minimize(
        loss, (1.0, 0.0), jac=True, method="L-BFGS-B", bounds=((0, None), (None,) * 2)
    ).x
    return float(a), float(b)


def _of_line(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of a line of logits."""
    x = expit(np.linspace(-12, 12, _POINTS))
    return x, expit(a * _logits(x) + b)


def _steps(p: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points of the rising curve with the least squares; so few clips make nothing certain."""
    least = 1 / (len(p) + 2)
    curve = IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip").fit(p, truth)
    x, y = curve.X_thresholds_, curve.y_thresholds_
    if len(x) > _POINTS:
        kept = np.unique(np.linspace(0, len(x) - 1, _POINTS).round().astype(int))
        x, y = x[kept], y[kept]
    missing = _POINTS - len(x)
    return np.append(x, np.full(missing, x[-1])), np.append(y, np.full(missing, y[-1]))


def _layer(
    method: str, exclusive: bool, a: np.ndarray, b: np.ndarray, network: keras.Model
) -> Calibration:
    name = unused_name("calibration", network)
    return Calibration(method, exclusive=exclusive, points=a.shape[-1], name=name)


def _applied(
    method: str, exclusive: bool, a: np.ndarray, b: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """The function of a `Calibration`."""
    layer = Calibration(method, exclusive=exclusive, points=a.shape[-1])

    def calibrated(said: np.ndarray) -> np.ndarray:
        said = said.astype("float32")
        layer.build(said.shape)
        layer.set_curves(a, b)
        return np.asarray(keras.ops.convert_to_numpy(layer(said)), "float64")

    return calibrated
