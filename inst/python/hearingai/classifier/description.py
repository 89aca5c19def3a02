"""A classifier and its training as plain values, of a file without Keras."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import HearingAIError
from ._safety import archive_at, check_file, not_opened
from ._stored_weights import UnknownOrderError, hash_of, stored_weights

if TYPE_CHECKING:
    import pandas as pd

    from .._typing import PathLike
    from .model import AudioClassifier

_TOLD: tuple[str, ...] = (
    "recipe",
    "network",
    "labels",
    "target",
    "multi_label",
    "sample_rate",
    "duration",
)
_TOLD += ("channels", "crop", "body", "parameters", "fingerprint", "compiled")
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
    import pandas as pd

    from .model import check_keras

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
    from .model import check_keras

    check_keras(classifier)
    body = classifier.body
    other = {
        "network": classifier.network.name,
        "body": None if body is None else body.description(),
        "parameters": classifier.count_params(),
        "fingerprint": classifier.fingerprint(),
        "compiled": classifier.compile_settings,
        "record": classifier.record,
    }
    return _facts(other | {name: getattr(classifier, name) for name in _TOLD if name not in other})


def file_info(path: PathLike) -> dict[str, Any] | None:
    """Describe a saved classifier as `classifier_info` does, without starting Keras.

    No object is made of what the file holds, apart from the body that it names. Of one whose body
    is not to be found, `not_opened` says why.

    Returns:
        The dict; `None` where only Keras can tell.

    Raises:
        HearingAIError: The file is none of a classifier, or may not be opened.
    """
    path = archive_at(path)
    try:
        config = check_file(path, making=False)[1]
    except HearingAIError as error:
        raise not_opened(path, error) from None
    try:
        found = _in_file(path, config)
    except (UnknownOrderError, AttributeError, KeyError, TypeError):
        return None
    if found["body"] is not None:
        from ..bodies.saved import found_again

        try:
            found["body"] = found_again(found["body"]).description()
        except HearingAIError as error:
            return _facts(found) | {"not_opened": str(not_opened(path, error))}
    return _facts(found)


def _in_file(path: Path, config: dict[str, Any]) -> dict[str, Any]:
    """What `_facts` needs, from a file with this configuration, which has been checked."""
    told = {"multi_label": False, "compile_settings": {}, "body": None} | config["config"]
    if config["registered_name"] != "hearingai>AudioClassifier" or not _are_texts(told["labels"]):
        raise UnknownOrderError
    weights = list(stored_weights(path, told))
    other = {
        "network": told["network"]["config"]["name"],
        "parameters": sum(weight.size for weight in weights),
        "fingerprint": hash_of(weights, told["body"]["sha256"] if told["body"] else ""),
        "compiled": told["compile_settings"],
        "record": told["record"] or {},
    }
    return other | {name: told[name] for name in _TOLD if name not in other}


def _are_texts(labels: Any) -> bool:
    return isinstance(labels, list) and all(isinstance(label, str) for label in labels)


def _facts(told: dict[str, Any]) -> dict[str, Any]:
    """What is told of a classifier, in one order; `body` is the description of one."""
    record = {k: v for k, v in told["record"].items() if k != "trained_on"}
    facts = {name: told[name] for name in _TOLD} | {"epochs": len(record.get("history", []))}
    if told["body"] is not None:
        facts["body"] = {name: told["body"][name] for name in TOLD_OF_BODY}
    return copy.deepcopy(facts | _told(record))


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """The record without what only programs read: the numbers of what `learn_novelty` learnt."""
    novelty = record.get("novelty")
    if not isinstance(novelty, dict):
        return record
    return record | {"novelty": {k: v for k, v in novelty.items() if k in TOLD_OF_NOVELTY}}
