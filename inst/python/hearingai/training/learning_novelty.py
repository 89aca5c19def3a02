"""learn_novelty(): what lies too far from the clips of a classifier to be any of its labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Device, OnError, Progress
from ..classifier.model import AudioClassifier, check_keras
from ..errors import HearingAIError
from ..inference.embedding import embed
from ..inference.novelty import Novelty, novelty_of
from ..runtime.arguments import number
from ..runtime.shared_options import shared_options
from ..tables.clip_table import check_clips
from ..tables.label_sets import truth_matrix
from .calibrating import parts_of
from .fine_tuning import copy_of

_FEWEST = 20  # clips


@shared_options
def learn_novelty(
    classifier: AudioClassifier,
    clips: Any,
    *,
    rate: float = 0.05,
    batch_size: int = 64,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
) -> AudioClassifier:
    """Teach a classifier which sounds are like none that it was taught.

    A network answers to any sound, also to what it never heard the like of. The embeddings of the
    clips (see `embed`) tell where its labels lie: the distance of a sound is that to the nearest
    label's mean, in units of how the clips of a label differ (Mahalanobis' distance, in the 64 main
    directions). Its `novelty` is 1 at the distance that a share `rate` of such clips exceeds.
    `predict(unknown=True)` gives it, and takes what is beyond 1 for `unknown`.

    Args:
        classifier: An `AudioClassifier`; it stays as it is.
        clips: A table of labelled clips of all labels; best those that it was trained on and
            others.
        rate: Share of known sounds that may be taken for unknown.
        batch_size: Recordings per step.
        device: See `predict`.
        on_error: See `predict`.
        partial: {partial}
        progress: See `predict`.

    Returns:
        A new `AudioClassifier`. Its record has `novelty`, with `rate` as wanted and `measured_rate`
        on clips that were not learnt from, in five parts, by speaker or recording where the table
        names them; the distance that counts as 1 is that of these parts.

    Raises:
        HearingAIError: There are fewer than 20 clips, or a label has none.

    Source:
        K. Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and
        Adversarial Attacks" (2018).

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.create_classifier(
        ...     "speech-commands-small", ["no", "yes"], seed=1
        ... )
        >>> known = hearingai.learn_novelty(classifier, clips, rate=0.1)
        >>> known.record["novelty"]["rate"]
        0.1
    """
    check_keras(classifier)
    wanted = number("rate", rate)
    if not 0 < wanted < 1:
        raise HearingAIError(f"`rate` must be between 0 and 1. Received: {rate!r}")
    table = check_clips(clips, classifier.labels)
    found = embed(
        classifier,
        table,
        batch_size=batch_size,
        device=device,
        on_error=on_error,
        partial=partial,
        progress=progress,
    )
    good = found["error"].isna().to_numpy()
    vectors = found.filter(like="embedding_").to_numpy("float64")[good]
    table = table[good].reset_index(drop=True)
    groups = truth_matrix(table, classifier.labels)
    lacking = np.flatnonzero(~groups.any(axis=0))
    if len(table) < _FEWEST:
        raise HearingAIError(f"`clips` must be {_FEWEST} or more. Received: {len(table)}")
    if len(lacking):
        raise HearingAIError(
            f"`clips` has none of {', '.join(classifier.labels[i] for i in lacking)}"
        )
    distances = _apart(vectors, groups, parts_of(table))
    limit = float(np.quantile(distances, 1 - wanted))
    whole = novelty_of(vectors, groups)
    learnt = Novelty(whole.center, whole.directions, whole.means, limit)
    twin = copy_of(classifier)
    rates = {"rate": wanted, "measured_rate": float((distances > limit).mean())}
    twin.record["novelty"] = learnt.to_record() | rates | {"n": len(table)}
    return twin


def _apart(vectors: np.ndarray, groups: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """The distance of each clip from those of the other parts."""
    found = np.full(len(vectors), np.nan)
    for part in sorted(set(parts)):
        here = parts == part
        known = groups[~here].any(axis=0) if (~here).any() else groups.any(axis=0)
        others = ~here if (~here).any() else here
        rows = others & groups[:, known].any(axis=1) if known.any() else others
        found[here] = novelty_of(vectors[rows], groups[rows][:, known]).scores(vectors[here])
    return found
