"""Logistic regression with an L2 penalty: multinomial of classes, or one of each label."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit

_PARTS = 5  # in which clips are left out
_POWERS = (-3.0, 4.0)  # of e, between which the factor of the logits lies
_SOLVER = {"maxiter": 2000, "maxfun": 10_000, "ftol": 1e-15, "gtol": 1e-4, "maxcor": 20}


def solve(
    values: np.ndarray,
    truth: np.ndarray,
    n_classes: int,
    penalty: float,
    weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Multinomial logistic regression, or one of each label, with an L2 penalty.

    On standardised values.

    What is minimised is convex and has one minimum, looked for where there are fewer clips than
    values in the space that the clips span.

    Args:
        values: Array `(clips, values)`, float64.
        truth: Class of each clip, from 0; or the labels that it has, see `Store`.
        n_classes: Number of classes or labels.
        penalty: Weight of half the squared coefficients beside the summed loss.
        weights: Of each clip in the sum; `None` is 1.

    Returns:
        `(kernel, bias, history)`: the weights of a dense layer for the values as they are, and
        `loss` (per clip, of labels also per label, without the penalty) and of classes `accuracy`
        on the clips.
    """
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    deviation[deviation < 1e-6 * max(1.0, np.abs(values).max())] = np.inf  # constant
    x, right = (values - mean) / deviation, None
    if x.shape[1] > len(x):
        left, sizes, right = np.linalg.svd(x, full_matrices=False)
        x = left * sizes
    x = np.column_stack([x, np.ones(len(values))])
    weight = np.full((x.shape[1], 1), float(penalty))
    weight[-1] = 1e-6  # almost none: the bias is free, but unique
    several = truth.ndim == 2
    targets = truth.astype("float64") if several else np.eye(n_classes)[truth]
    each = np.ones((len(x), 1)) if weights is None else np.asarray(weights, "float64")[:, None]

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(x.shape[1], n_classes)
        losses, answers = (_of_labels if several else _of_classes)(x @ w, targets)
        loss = np.sum(each * losses) + 0.5 * np.sum(weight * w**2)
        slope = x.T @ (each * (answers - targets)) + weight * w
        return float(loss), slope.ravel()

    start = np.zeros(x.shape[1] * n_classes)
    solved = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options=_SOLVER)
    ahead = solved.x.reshape(x.shape[1], n_classes)
    kernel = (ahead[:-1] if right is None else right.T @ ahead[:-1]) / deviation[:, None]
    bias = ahead[-1] - mean @ kernel
    if several:
        return kernel, bias, {"loss": loss_at(x @ ahead, truth)}
    answers = _softmax(x @ ahead)
    loss = -np.log(np.maximum(answers[np.arange(len(x)), truth], 1e-300)).mean()
    right_ones = float((answers.argmax(axis=1) == truth).mean())
    return kernel, bias, {"loss": float(loss), "accuracy": right_ones}


def _of_classes(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The losses of classes, and their probabilities."""
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    sums = powers.sum(axis=1, keepdims=True)
    return targets * (np.log(sums) - logits), powers / sums


def _of_labels(logits: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The losses of labels, and their probabilities."""
    return np.logaddexp(0, logits) - targets * logits, expit(logits)


def sharpness(values: np.ndarray, truth: np.ndarray, n_classes: int, penalty: float) -> float:
    """The factor of the logits at which the probabilities of clips left out fit best.

    Every clip is left out once, in as many as five parts that share out each class.

    Args:
        values: As in `solve`, like the others.
        truth: Class of each clip, or its labels.
        n_classes: Number of classes or labels.
        penalty: The weight of the coefficients.

    Returns:
        The factor; 1 where a class has a single clip.
    """
    kinds, counts = truth, np.bincount(truth.ravel(), minlength=n_classes)
    if truth.ndim == 2:  # clips are shared out by their rarest label
        counts = truth.sum(axis=0, dtype=int)
        rarest = np.where(truth == 1, counts, len(truth) + 1)
        kinds = np.where(truth.any(axis=1), rarest.argmin(axis=1), -1)
    turn = pd.Series(kinds).groupby(kinds).cumcount().to_numpy()
    parts = min(_PARTS, counts.min())
    if parts < 2:
        return 1.0
    logits = np.empty((len(values), n_classes))
    for part in range(parts):
        out = turn % parts == part
        kernel, bias, _ = solve(values[~out], truth[~out], n_classes, penalty)
        logits[out] = values[out] @ kernel + bias
    best = minimize_scalar(
        lambda power: loss_at(np.exp(power) * logits, truth), bounds=_POWERS, method="bounded"
    )
    return float(np.exp(best.x))


def loss_at(logits: np.ndarray, truth: np.ndarray) -> float:
    """The loss per clip, of labels also per label, see `solve`."""
    if truth.ndim == 2:
        return float(_of_labels(logits, truth)[0].mean())
    answers = _softmax(logits)[np.arange(len(logits)), truth]
    return float(-np.log(np.maximum(answers, 1e-300)).mean())


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
