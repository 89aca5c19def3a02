"""A teacher: a classifier whose answers another one learns, beside the classes of the clips."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Device, Progress
from ..classifier.clips_taken import clips_in_words, labels_in_words
from ..classifier.model import AudioClassifier
from ..classifier.protocol import Classifier, check_classifier
from ..clips.labelled import Store
from ..errors import HearingAIError, warn
from ..inference.answers import NO_ANSWER
from ..runtime.progress import progress_bar

OWN = 0.5  # of a target that is the clip's own class; the rest is the teacher's answer
_BATCH = 32  # clips that it answers at once


def check_teacher(teacher: Classifier, classifier: AudioClassifier) -> None:
    """Refuse a teacher that does not answer the clips of a classifier with its labels."""
    check_classifier(teacher, "teacher")
    if classifier.body is not None:
        raise HearingAIError(
            "`teacher` suits recipes that hear the clips themselves, such as `words`. Received one "
            f"for the recipe `{classifier.recipe}`, which has a body"
        )
    if set(teacher.labels) != set(classifier.labels):
        raise HearingAIError(
            f"`teacher` must have the labels of the clips, {labels_in_words(classifier.labels)}. "
            f"It has {labels_in_words(teacher.labels)}"
        )
    if teacher.multi_label != classifier.multi_label:
        raise HearingAIError(
            "`teacher` must give a clip as many labels as the table does: one, or any number"
        )
    if (teacher.sample_rate, teacher.clip_shape) != (classifier.sample_rate, classifier.clip_shape):
        raise HearingAIError(
            f"`teacher` must hear the same clips as the classifier: {clips_in_words(classifier)}. "
            f"It hears {clips_in_words(teacher)}"
        )


def teach(
    teacher: Classifier,
    classifier: AudioClassifier,
    train: Store,
    held: Store | None,
    device: Device = "auto",
    progress: Progress = None,
) -> dict[str, Any]:
    """Let a teacher answer the training clips and their copies, and set them as targets.

    Args:
        teacher: A checked teacher.
        classifier: Who learns them.
        train: The clips; their `targets` are set.
        held: The clips to validate on: a warning tells of those that the teacher was trained on.
        device: Where the teacher computes.
        progress: Whether to show a bar.

    Returns:
        Entries of the training record: `teacher`, and `trained_on`, what that was trained on, or
        `from_generator` where it does not know.
    """
    versions = [train.clips, *train.copies]
    order = [teacher.labels.index(label) for label in classifier.labels]
    own = train.truth if train.truth.ndim == 2 else np.eye(len(order))[train.truth]
    train.targets = np.empty((len(versions), *own.shape), "float32")
    total = len(versions) * len(train)
    with teacher.on_device(device), progress_bar("Asking the teacher", total, progress) as bar:
        for version, clips in enumerate(versions):
            for first in range(0, len(train), _BATCH):
                rows = np.arange(first, min(first + _BATCH, len(train)))
                answers = teacher.probabilities(clips[rows])[:, order]
                if np.isnan(answers).any():
                    raise HearingAIError(f"`teacher`: {NO_ANSWER}")
                train.targets[version, rows] = OWN * own[rows] + (1 - OWN) * answers
                bar(version * len(train) + int(rows[-1]) + 1)
    _warn_of_known(teacher, held)
    told: dict[str, Any] = {"fingerprint": teacher.fingerprint()}
    told |= {"bodies": _bodies_taught_by(classifier) | _bodies_behind(teacher)}
    if teacher.trained_on is None:
        return {"teacher": told, "from_generator": True}  # as little is known of its clips
    return {"teacher": told, "trained_on": teacher.trained_on}


def _bodies_behind(classifier: Classifier) -> dict[str, str]:
    """The licences of the bodies that a classifier, its members or its teachers have, by name."""
    found = _bodies_taught_by(classifier)
    for member in getattr(classifier, "classifiers", ()):
        found |= _bodies_behind(member)
    body = getattr(classifier, "body", None)
    return found if body is None else found | {body.name: body.licence}


def _bodies_taught_by(classifier: Classifier) -> dict[str, str]:
    teacher = classifier.record.get("teacher")
    bodies = teacher.get("bodies") if isinstance(teacher, dict) else None
    return dict(bodies) if isinstance(bodies, dict) else {}


def _warn_of_known(teacher: Classifier, held: Store | None) -> None:
    if held is None or not teacher.trained_on:
        return
    known = sum(digest in teacher.trained_on for digest in held.clips.digests())
    if known:
        warn(
            f"the teacher was trained on {known} of {len(held)} validation clips, and passes on "
            f"what it knows of them; the validation numbers flatter the classifier"
        )
