"""A classifier as one file, written whole or not at all."""

import zipfile
from pathlib import Path

import keras

from .._typing import PathLike
from ..errors import HearingAIError
from ..runtime.files import writable_artifact, written
from ..runtime.generators import kept_generators
from ..runtime.using_keras import check_not_forked, using_keras
from .model import AudioClassifier, check_keras


def save_classifier(classifier: AudioClassifier, path: PathLike, *, overwrite: bool = False) -> str:
    """Save a classifier to one file.

    The file holds weights, labels, front end, recipe and training record; Python and R open it.
    It appears under its name only when it is complete.

    Args:
        classifier: An `AudioClassifier`.
        path: The file, ending in `.keras`.
        overwrite: Replace a file of that name.

    Returns:
        The path, as text.

    Raises:
        HearingAIError: The ending is another, the folder does not exist, the file exists and
            `overwrite` is false, or it cannot be written to its end.

    Example:
        >>> import hearingai, os, tempfile
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "words.keras")
        >>> path == hearingai.save_classifier(classifier, path)
        True
    """
    check_keras(classifier)
    path = writable_artifact(path, overwrite)
    with written(path) as partial, kept_generators():
        classifier.save(partial)
    return str(path)


def load_classifier(path: PathLike) -> AudioClassifier:
    """Open a saved classifier; a file from a stranger runs no code.

    Args:
        path: A `.keras` file that `save_classifier` wrote, in Python or R.

    Returns:
        The `AudioClassifier`, as it was trained.

    Raises:
        HearingAIError: The file is missing, empty, truncated or damaged, or is not a hearingai
            classifier.

    Example:
        >>> import hearingai, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "words.keras")
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"])
        >>> path = hearingai.save_classifier(classifier, path)
        >>> hearingai.load_classifier(path).labels
        ['no', 'yes']
    """
    path = Path(path)
    _check_archive(path)
    check_not_forked()
    try:
        with using_keras(), kept_generators():
            model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:
        # Keras tells the whole configuration; its last words are the reason.
        reason = str(error).split("Exception encountered:")[-1].strip().split("\n")[0][:200]
        raise HearingAIError(f"`{path}` is not a classifier that can be opened: {reason}") from None
    if not isinstance(model, AudioClassifier):
        raise HearingAIError(
            f"`{path}` holds a {type(model).__name__}, not an AudioClassifier. Train one with "
            f"fit(), or wrap the model: AudioClassifier(frontend, network, labels, ...)"
        )
    return model


def _check_archive(path: Path) -> None:
    """Refuse what cannot be a `.keras` file, in other words than a reader of archives has."""
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    if path.is_dir() or path.suffix in (".onnx", ".tflite"):
        raise HearingAIError(f"`{path}` is no .keras file; load_exported() opens what was exported")
    if path.suffix != ".keras":  # nor do other formats of Keras keep strangers' code from running
        raise HearingAIError(f"`{path}` must be a .keras file, which save_classifier() writes")
    if not path.stat().st_size:
        raise HearingAIError(f"`{path}` is empty")
    if not zipfile.is_zipfile(path):
        raise HearingAIError(f"`{path}` is no .keras file, or only a part of one")
