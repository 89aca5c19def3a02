"""A small network that learns the answers of a head on a body."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..audio.samples import to_float32
from ..classifier.model import AudioClassifier
from ..clips.labelled import Store, read_stores
from ..clips.packed import PackedClips
from ..inference.prediction import predict
from ..recipes.creation import create_classifier
from ..training.fitting import fit_read
from ..training.settings import training_settings
from ..training.teaching import OWN
from ._learning import Taught, answers, thresholds
from ._making import Made, left_out

_RECIPE, _EPOCHS = "words", 30
_REPEATED = 10  # times that a clip of real people is in an epoch


def distilled(
    teacher: AudioClassifier,
    made: Made,
    taught: Taught,
    table: pd.DataFrame | None,
    settings: dict[str, Any],
) -> tuple[AudioClassifier, dict[str, Any]]:
    """Train the network of the recipe `words` on the clips that a head has learnt.

    Args:
        teacher: The head.
        made: The made clips.
        taught: What the head learnt from: made clips first, those of real people last.
        table: The table of these, or `None`.
        settings: Of the training: `epochs`, `seed`, `device`, `progress` and so on.

    Returns:
        `(classifier, facts)`: the network, and what its record says of it.
    """
    labels, seed = teacher.labels, settings["seed"]
    settings = settings | {"epochs": settings["epochs"] or _EPOCHS}
    chosen = training_settings(_RECIPE, **settings)
    student = create_classifier(chosen.recipe, labels, duration=teacher.duration, seed=seed)
    rows = np.arange(len(made.class_id))
    waveforms, class_id = made.waveforms, made.class_id
    out = left_out(made.speaker)
    if table is not None:
        read, _ = read_stores(
            student, table, on_error=chosen.on_error, seed=seed, partial=chosen.partial
        )
        real = np.arange(len(taught.class_id) - len(read), len(taught.class_id))
        waveforms = np.concatenate([waveforms, *[read.clips[np.arange(len(read))]] * _REPEATED])
        class_id = np.concatenate([class_id, *[read.truth] * _REPEATED])
        rows = np.concatenate([rows, *[real] * _REPEATED])
        out = np.concatenate([out, np.zeros(len(read) * _REPEATED, bool)])
    answered = answers(teacher, taught.only(rows))
    targets = OWN * np.eye(len(labels))[class_id] + (1 - OWN) * answered
    train, held = (
        Store(
            PackedClips(waveforms[side]),
            class_id[side],
            pd.DataFrame({"fname": "", "class": np.array(labels, object)[class_id[side]]}),
            targets=targets[None, side],
        )
        for side in (~out, out)
    )
    fit_read(student, train, held, chosen)
    found = predict(student, to_float32(waveforms[out]), device=settings["device"], progress=False)
    unseen = found[[f"prob_{label}" for label in labels]].to_numpy()
    return student, {"thresholds": thresholds(unseen, class_id[out], labels)}
