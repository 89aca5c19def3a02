"""A classifier and its training as plain values."""

import copy
from typing import Any

import pandas as pd

from .model import AudioClassifier, check_keras

TOLD_OF_NOVELTY = ("rate", "measured_rate", "n")
TOLD_OF_BODY = ("name", "licence", "source", "sha256")


def training_history(classifier: AudioClassifier) -> pd.DataFrame:
    """The training history of a classifier.

    Args:
        classifier: An `AudioClassifier`.

    Returns:
        A DataFrame with a row per epoch: `epoch` (from 1), `loss`, `accuracy`, `seconds`, and
        where there were validation clips `val_loss` and `val_accuracy`; no rows before training.
        Where clips have any number of labels, `val_map`, the mean average precision of the labels,
        stands in the place of the accuracies.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.fit("speech-commands-small", clips, epochs=2, seed=1)
        >>> hearingai.training_history(classifier)["epoch"].tolist()
        [1, 2]
    """
    check_keras(classifier)
    return pd.DataFrame(classifier.record.get("history", []))


def classifier_info(classifier: AudioClassifier) -> dict[str, Any]:
    """Describe a classifier and its training.

    Args:
        classifier: An `AudioClassifier`.

    Returns:
        A dict of plain values: `recipe`, `network`, `labels`, `target`, `multi_label` (whether a
        clip may have any number of the labels), `sample_rate` (Hz),
        `duration` (seconds), `channels`, `crop`, `body` (its name, licence, source and SHA-256;
        `None` where there is none), `parameters`, `fingerprint`, `compiled` (what `compile` set)
        and, once trained,
        `epochs`, `seed`, `deterministic`, `precision`, `device`, `n_train`, `n_validation`,
        `metrics`, `data_fingerprint`, `seconds`, `interrupted`, `collapsed`, `history` and
        `versions`; `thresholds`, where `choose_thresholds` chose them; `calibration`, where
        `calibrate` made one; and `novelty` (`rate`, `measured_rate`, `n`), where `learn_novelty`
        did.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> info = hearingai.classifier_info(classifier)
        >>> info["parameters"], info["sample_rate"]
        (252738, 16000)
    """
    check_keras(classifier)
    record = {k: v for k, v in classifier.record.items() if k != "trained_on"}
    return {
        "recipe": classifier.recipe,
        "network": classifier.network.name,
        "labels": classifier.labels,
        "target": classifier.target,
        "multi_label": classifier.multi_label,
        "sample_rate": classifier.sample_rate,
        "duration": classifier.duration,
        "channels": classifier.channels,
        "crop": classifier.crop,
        "body": _body_of(classifier),
        "parameters": classifier.count_params(),
        "fingerprint": classifier.fingerprint(),
        "compiled": copy.deepcopy(classifier.compile_settings),
        "epochs": len(record.get("history", [])),
    } | copy.deepcopy(_told(record))


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what only programs read: the numbers of what `learn_novelty` learnt."""
    novelty = record.get("novelty")
    if not isinstance(novelty, dict):
        return record
    return record | {"novelty": {k: v for k, v in novelty.items() if k in TOLD_OF_NOVELTY}}


def _body_of(classifier: AudioClassifier) -> dict[str, Any] | None:
    if classifier.body is None:
        return None
    facts = classifier.body.description()
    return {name: facts[name] for name in TOLD_OF_BODY}
