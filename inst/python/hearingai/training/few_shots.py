"""New classes from a few clips each: embed them once, and solve for the head."""

import time
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.optimize import minimize, minimize_scalar

from .._typing import Device, OnError, Progress
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..classifier.model import AudioClassifier
from ..clips.digests import fingerprint
from ..clips.labelled import read_stores
from ..errors import HearingAIError, warn
from ..inference.embedding import embed_clips
from ..recipes.registry import create_classifier, get_recipe, recipe_of
from ..runtime.arguments import flag, positive
from ..runtime.backend import draw_seed, on_device, versions
from ..runtime.shared_options import shared_options
from ..tables.class_types import classes_of
from ..tables.clip_table import check_clips
from ..tables.recordings import group_of, recordings_of
from .background import Background
from .fine_tuning import labels_for, on_same_body
from .settings import Recorded

_PENALTY, _PENALTY_OF_BODIES = 10.0, 100.0
_PARTS = 5  # in which clips are left out
_POWERS = (-3.0, 4.0)  # of e, between which the factor of the logits lies
_SOLVER = {"maxiter": 2000, "maxfun": 10_000, "ftol": 1e-15, "gtol": 1e-4, "maxcor": 20}


@shared_options
@collected_doubts()
def few_shot(
    classifier: AudioClassifier | Body | str,
    clips: pd.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    shots: int | None = None,
    penalty: float | None = None,
    duration: float | None = None,
    background: Recorded | None = None,
    seed: int | None = None,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
) -> AudioClassifier:
    """Learn a new task from a few clips per class, in seconds.

    Front end and body stay as they are; each clip is embedded once, see `embed`, and the head is
    the multinomial logistic regression of the labels on the standardised embeddings, solved to
    its optimum. The result is a classifier like any other; `fit` trains it further. With enough
    clips to train the body too, use `fine_tune`.

    Args:
        classifier: A trained `AudioClassifier`, or a `Body` or its name, see `get_body`.
        clips: A table with at least `fname` and `class`; rows whose `split` is `test` are not
            touched.
        labels: The classes of the new task, in the order of the probabilities; `None` takes those
            of the table, sorted.
        shots: Clips per class to learn from, drawn from different speakers, sources or folds as far
            as the table names them and has them; `None` takes all.
        penalty: Weight of the squared coefficients beside the loss summed over the clips; more
            makes the probabilities less extreme. `None` takes 10; on a body, with its long
            embeddings, 100, and then makes the probabilities as sure as they are right on clips
            left out in turn.
        duration: Length that every recording is fitted to, seconds, for a `Body`; `None` takes the
            body's. A longer clip has more embeddings, which the head puts together.
        background: {background}
        seed: Whole number that decides which clips `shots` and `background` draw; `None` draws one.
        device: {device}
        on_error: `"report"` leaves unreadable recordings out with a warning; `"raise"` stops at the
            first.
        partial: {partial}
        progress: {progress}

    Returns:
        A new `AudioClassifier`. Its record says in `tuned_from` the fingerprint of the one it
        came from, and that one's training clips count as its own too.

    Raises:
        HearingAIError: A label has no clip that can be read, or an argument is out of range.

    Source:
        W.-Y. Chen et al., "A Closer Look at Few-shot Classification" (2019): with a good body, a
        linear head is hard to beat.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["down", "no", "up", "yes"], n=20, seed=1)
        >>> old = clips[clips["class"].isin(["no", "yes"])]
        >>> new = clips[clips["class"].isin(["down", "up"])]
        >>> first = hearingai.fit("speech-commands-small", old, epochs=1, seed=1)
        >>> second = hearingai.few_shot(first, new, shots=5, seed=1)
        >>> second.labels, second.record["n_train"]
        (['down', 'up'], 10)
    """
    started, seed = time.perf_counter(), draw_seed(seed)
    labels = labels_for(clips, labels, background is not None)
    on_body = isinstance(classifier, (Body, str))
    if isinstance(classifier, (Body, str)):
        recipe = get_recipe("head", body=classifier, network_options={"hidden": 0})
        classifier = create_classifier(recipe, labels, duration=duration, seed=seed)
    elif duration is not None:
        raise HearingAIError("`duration` is for a `Body`: a classifier has its own")
    calibrates = penalty is None and getattr(classifier, "body", None) is not None
    usual = _PENALTY_OF_BODIES if calibrates else _PENALTY
    penalty = usual if penalty is None else positive("penalty", penalty)
    classes = classes_of(clips)
    clips = check_clips(clips, labels)
    tested = None
    if "split" in clips:
        tested = clips[clips["split"] == "test"]
        clips = apart_from_tests(clips)
    if shots is not None:
        clips = draw_shots(clips, positive("shots", shots, whole=True), seed)
    tuned = classifier if on_body else on_same_body(classifier, labels, seed)
    if background is not None:
        form = None if tuned.hears_embeddings else tuned.clip_format
        noise = Background(background, form, seed, partial)
        split = {"train": clips, "validation": None, "test": tested}
        clips = noise.in_split(split, labels)["train"]
    place = recipe_of(tuned).place
    read, _ = read_stores(
        tuned,
        clips,
        on_error=on_error,
        seed=seed,
        place=place,
        store=None if tuned.body is not None else False,
        progress=progress,
        partial=flag("partial", partial),
    )
    missing = sorted(set(range(len(labels))) - set(read.truth))
    if missing:
        raise HearingAIError(f"`clips` has no clip of: {', '.join(labels[i] for i in missing)}")
    with on_device(device):
        values = embed_clips(tuned, read.clips).astype("float64")
    kernel, bias, history = solve(values, read.truth, len(labels), penalty)
    if calibrates:
        scale = sharpness(values, read.truth, len(labels), penalty)
        kernel, bias = scale * kernel, scale * bias
        history["loss"] = _loss(values @ kernel + bias, read.truth)
    tuned.network.layers[-1].set_weights([kernel, bias])
    heard = set(read.clips.digests())
    if classes is not None:
        tuned.record["classes"] = classes
    tuned.record |= {
        "seed": seed,
        "n_train": len(read),
        "penalty": penalty,
        "shots": shots,
        "data_fingerprint": fingerprint(read.clips.digests(), read.truth),
        "trained_on": sorted(heard | set(tuned.record.get("trained_on", ()))),
        "frozen": [layer.name for layer in tuned.network.layers[:-1] if layer.weights],
        "history": [{"epoch": 1} | history],
        "seconds": round(time.perf_counter() - started, 2),
        "versions": versions(),
    } | ({"notes": read.notes} if read.notes else {})
    return tuned


def apart_from_tests(clips: pd.DataFrame) -> pd.DataFrame:
    """The clips that are not to be tested on, and that are of no recording which is."""
    kept, recordings = clips["split"] != "test", recordings_of(clips)
    if recordings is None:
        return clips[kept]
    tested = kept & recordings.isin(set(recordings[~kept]))
    if not tested.any():
        return clips[kept]
    if set(clips["class"][kept & ~tested]) == set(clips["class"][kept]):
        warn(
            f"{tested.sum()} clips are left out: other parts of their recordings are marked `test`"
        )
        return clips[kept & ~tested]
    warn(
        f"{tested.sum()} clips to learn from are parts of recordings of which other parts are "
        f"marked `test`, and a class has no others; tested on those, the classifier looks better "
        f"than it is"
    )
    return clips[kept]


def draw_shots(clips: pd.DataFrame, shots: int, seed: int) -> pd.DataFrame:
    """So many clips per class: one of each speaker (source, fold) before a second of any."""
    rng, by = np.random.default_rng(seed), group_of(clips)
    drawn = clips.iloc[rng.permutation(len(clips))]
    turn = drawn.groupby("class").cumcount()
    if by is not None:
        turn = drawn.groupby(["class", by], dropna=False).cumcount()
    drawn = drawn.assign(_turn=turn).sort_values("_turn", kind="stable")
    few = {c: n for c, n in clips["class"].value_counts(sort=False).items() if n < shots}
    if few:
        named = ", ".join(f"{n} of {name}" for name, n in sorted(few.items()))
        warn(f"there are fewer clips than `shots={shots}`: {named}")
    kept = drawn.groupby("class").head(shots).index
    return clips.loc[clips.index.isin(kept)].reset_index(drop=True)


def solve(
    values: np.ndarray,
    class_id: np.ndarray,
    n_classes: int,
    penalty: float,
    weights: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """Multinomial logistic regression with an L2 penalty, on standardised values.

    What is minimised is convex and has one minimum, looked for where there are fewer clips than
    values in the space that the clips span.

    Args:
        values: Array `(clips, values)`, float64.
        class_id: Class of each clip, from 0.
        n_classes: Number of classes.
        penalty: Weight of half the squared coefficients beside the summed loss.
        weights: Of each clip in the sum; `None` is 1.

    Returns:
        `(kernel, bias, history)`: the weights of a dense layer for the values as they are, and
        `loss` (per clip, without the penalty) and `accuracy` on the clips.
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
    truth = np.eye(n_classes)[class_id]
    each = np.ones((len(x), 1)) if weights is None else np.asarray(weights, "float64")[:, None]

    def loss_and_slope(flat: np.ndarray) -> tuple[float, np.ndarray]:
        w = flat.reshape(x.shape[1], n_classes)
        logits = x @ w
        logits -= logits.max(axis=1, keepdims=True)
        powers = np.exp(logits)
        sums = powers.sum(axis=1, keepdims=True)
        loss = np.sum(each * truth * (np.log(sums) - logits)) + 0.5 * np.sum(weight * w**2)
        slope = x.T @ (each * (powers / sums - truth)) + weight * w
        return float(loss), slope.ravel()

    start = np.zeros(x.shape[1] * n_classes)
    solved = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options=_SOLVER)
    ahead = solved.x.reshape(x.shape[1], n_classes)
    answers = _softmax(x @ ahead)
    kernel = (ahead[:-1] if right is None else right.T @ ahead[:-1]) / deviation[:, None]
    loss = -np.log(np.maximum(answers[np.arange(len(x)), class_id], 1e-300)).mean()
    right_ones = float((answers.argmax(axis=1) == class_id).mean())
    bias = ahead[-1] - mean @ kernel
    return kernel, bias, {"loss": float(loss), "accuracy": right_ones}


def sharpness(values: np.ndarray, class_id: np.ndarray, n_classes: int, penalty: float) -> float:
    """The factor of the logits at which the probabilities of clips left out fit best.

    Every clip is left out once, in as many as five parts that share out each class.

    Args:
        values: As in `solve`, like the others.
        class_id: Class of each clip.
        n_classes: Number of classes.
        penalty: The weight of the coefficients.

    Returns:
        The factor; 1 where a class has a single clip.
    """
    turn = pd.Series(class_id).groupby(class_id).cumcount().to_numpy()
    parts = min(_PARTS, np.bincount(class_id, minlength=n_classes).min())
    if parts < 2:
        return 1.0
    logits = np.empty((len(values), n_classes))
    for part in range(parts):
        out = turn % parts == part
        kernel, bias, _ = solve(values[~out], class_id[~out], n_classes, penalty)
        logits[out] = values[out] @ kernel + bias
    best = minimize_scalar(
        lambda power: _loss(np.exp(power) * logits, class_id), bounds=_POWERS, method="bounded"
    )
    return float(np.exp(best.x))


def _loss(logits: np.ndarray, class_id: np.ndarray) -> float:
    answers = _softmax(logits)[np.arange(len(logits)), class_id]
    return float(-np.log(np.maximum(answers, 1e-300)).mean())


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
