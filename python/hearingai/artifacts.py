"""A classifier as one file, written whole or not at all."""

from pathlib import Path

import keras

from .classifier import AudioClassifier
from .errors import HearingAIError
from .written import writable_artifact, written


def save_classifier(classifier, path, overwrite=False):
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
    path = writable_artifact(path, overwrite)
    with written(path) as partial:
        classifier.save(partial)
    return str(path)


def load_classifier(path):
    """Open a saved classifier; a file from a stranger runs no code.

    Args:
        path: A `.keras` file that `save_classifier` wrote, in Python or R.

    Returns:
        The `AudioClassifier`, as it was trained.

    Raises:
        HearingAIError: The file is missing, or is not a hearingai classifier.

    Example:
        >>> import hearingai, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "words.keras")
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"])
        >>> path = hearingai.save_classifier(classifier, path)
        >>> hearingai.load_classifier(path).labels
        ['no', 'yes']
    """
    path = Path(path)
    if not path.is_file():
        raise HearingAIError(f"`{path}` does not exist")
    if path.suffix in (".onnx", ".tflite"):
        raise HearingAIError(f"`{path}` is an exported classifier; load_exported() opens it")
    try:
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
