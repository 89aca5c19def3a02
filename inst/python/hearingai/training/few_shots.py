"""New classes from a few clips each: embed them once, and solve for the head."""

import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from .._typing import Device, OnError, Progress
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..bodies.registry import FACTS
from ..classifier.model import AudioClassifier
from ..clips.digests import fingerprint
from ..clips.labelled import read_stores
from ..errors import HearingAIError, warn
from ..inference.embedding import embed_clips
from ..recipes.creation import create_classifier
from ..recipes.registry import get_recipe, recipe_of
from ..runtime.arguments import choose, flag, positive
from ..runtime.backend import draw_seed, on_device, versions
from ..runtime.shared_options import shared_options
from ..tables.class_types import classes_of
from ..tables.clip_table import check_clips
from ..tables.label_sets import LABELS, class_names, is_multi_label, membership
from ..tables.recordings import group_of, recordings_of
from ._record import told_of_clips
from .background import Background
from .fine_tuning import labels_for, on_same_body
from .regression import loss_at, sharpness, solve
from .settings import Recorded

_PENALTY, _PENALTY_OF_BODIES = 10.0, 100.0


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
    its optimum; where clips have any number of labels, a logistic regression of each. The result
    is a classifier like any other; `fit` trains it further. With enough clips to train the body
    too, use `fine_tune`.

    Args:
        classifier: A trained `AudioClassifier`, or a `Body` or its name, see `get_body`.
        clips: A table with at least `fname` and `class`, or `labels`, see `fit`; rows whose `split`
            is `test` are not touched.
        labels: The classes of the new task, in the order of the probabilities; `None` takes those
            of the table, sorted.
        shots: Clips per class to learn from, drawn from different speakers, sources or folds as far
            as the table names them and has them; with any number of labels a clip, so many at
            least with each label, and as many without any; `None` takes all.
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
    multi_label = is_multi_label(clips)
    on_body = isinstance(classifier, (Body, str))
    if isinstance(classifier, (Body, str)):
        if isinstance(classifier, str):
            choose("classifier", classifier, tuple(FACTS))
        recipe = get_recipe("head", body=classifier, network_options={"hidden": 0})
        classifier = create_classifier(
            recipe, labels, duration=duration, seed=seed, multi_label=multi_label
        )
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
    tuned = classifier if on_body else on_same_body(classifier, labels, seed, multi_label)
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
    _check_all_there(read.truth, labels)
    with on_device(device):
        values = embed_clips(tuned, read.clips).astype("float64")
    kernel, bias, history = solve(values, read.truth, len(labels), penalty)
    if calibrates:
        scale = sharpness(values, read.truth, len(labels), penalty)
        kernel, bias = scale * kernel, scale * bias
        history["loss"] = loss_at(values @ kernel + bias, read.truth)
    tuned.network.layers[-1].set_weights([kernel, bias])
    heard = set(read.clips.digests())
    if classes is not None:
        tuned.record["classes"] = classes
    tuned.record |= {
        "seed": seed,
        "n_train": len(read),
        "clips": told_of_clips(labels, read),
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


def _check_all_there(truth: np.ndarray, labels: Sequence[str]) -> None:
    """Raise an error that names the labels without a clip, or that every clip has."""
    lacking = {"of": np.bincount(truth.ravel(), minlength=len(labels)) == 0}
    if truth.ndim == 2:
        lacking = {"of": ~truth.any(axis=0), "without": truth.all(axis=0)}
    for which, rows in lacking.items():
        if rows.any():
            named = ", ".join(label for label, lacks in zip(labels, rows, strict=True) if lacks)
            raise HearingAIError(f"`clips` has no clip {which}: {named}")


def apart_from_tests(clips: pd.DataFrame) -> pd.DataFrame:
    """The clips that are not to be tested on, and that are of no recording which is."""
    kept, recordings = clips["split"] != "test", recordings_of(clips)
    if recordings is None:
        return clips[kept]
    tested = kept & recordings.isin(set(recordings[~kept]))
    if not tested.any():
        return clips[kept]
    if class_names(clips[kept & ~tested]) == class_names(clips[kept]):
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
    if is_multi_label(clips):
        return _draw_labels(clips.iloc[rng.permutation(len(clips))], shots, by)
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


def _draw_labels(drawn: pd.DataFrame, shots: int, by: str | None) -> pd.DataFrame:
    """The first clips of a table, turn by turn of its groups, until there are so many of a label.

    Labels take theirs in turn, the rarest first, from what the others took too.
    """
    if by is not None:
        turn = drawn.groupby(by, dropna=False).cumcount().sort_values(kind="stable")
        drawn = drawn.loc[turn.index]
    labels = class_names(drawn)
    has = membership(drawn[LABELS], labels)
    has = np.column_stack([has, ~has.any(axis=1)])
    kept = np.zeros(len(drawn), bool)
    for column in has.T[np.argsort(has.sum(axis=0), kind="stable")]:
        lacking = max(0, shots - int((kept & column).sum()))
        kept[np.flatnonzero(column & ~kept)[:lacking]] = True
    few = {label: n for label, n in zip(labels, has.sum(axis=0), strict=False) if n < shots}
    if few:
        named = ", ".join(f"{n} of {name}" for name, n in sorted(few.items()))
        warn(f"there are fewer clips than `shots={shots}`: {named}")
    return drawn[kept].sort_index().reset_index(drop=True)
