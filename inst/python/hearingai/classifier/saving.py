"""A classifier as one file, written atomically."""

from pathlib import Path

import keras

from .._typing import PathLike
from ..bodies.body import Body, refuse_no_body
from ..errors import HearingAIError
from ..runtime.addresses import address_of
from ..runtime.buckets import written_at
from ..runtime.files import writable_artifact, written
from ..runtime.generators import kept_generators
from ..runtime.using_keras import check_not_forked, using_keras
from ._safety import archive_at, check_file, not_opened
from ._safety import check_config as check_config
from ._sizes import check_arrays as check_arrays
from ._sizes import weights_within as weights_within
from .configuration import body_given
from .model import AudioClassifier, check_keras


def save_classifier(classifier: AudioClassifier, path: PathLike, *, overwrite: bool = False) -> str:
    """Save a classifier to one file.

    The file holds weights, labels, front end, recipe and training record; Python and R open it.
    It is renamed to its path only when it is complete.

    Args:
        classifier: An `AudioClassifier`.
        path: The file, ending in `.keras`; `s3://`, `gs://` or `az://` saves into an object store.
        overwrite: Replace a file of that name.

    Returns:
        The path, as text.

    Raises:
        HearingAIError: The extension is another, the folder does not exist, the file exists and
            `overwrite` is false, or it cannot be written completely.

    Example:
        >>> import hearingai, os, tempfile
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "words.keras")
        >>> path == hearingai.save_classifier(classifier, path)
        True
    """
    check_keras(classifier)
    address = address_of(path)
    path = writable_artifact(path, overwrite) if address is None else path
    with (
        written(Path(path)) if address is None else written_at(address, overwrite) as partial,
        kept_generators(),
    ):
        classifier.save(partial)
    return address or str(path)


def load_classifier(path: PathLike, *, body: Body | None = None) -> AudioClassifier:
    """Open a saved classifier; an untrusted file runs no code.

    Args:
        path: A `.keras` file that `save_classifier` wrote, in Python or R, here or at `s3://`,
            `https://` and the like; or `"hf://owner/name"`,
            a repository of the Hugging Face Hub that `push_to_hub` wrote, at its newest state or
            `"hf://owner/name@revision"`: it is downloaded once, into the Hub's cache. Needs the
            extra `hub`.
        body: The `Body` of a classifier with one, see `get_body` and `open_body`; `None` looks for
            it where it was. It must be the one that the classifier was trained with.

    Returns:
        The `AudioClassifier`, as it was trained.

    Raises:
        HearingAIError: The file is missing, empty, truncated or damaged, is not a hearingai
            classifier, names a class that could run code or open files, or promises more than it
            holds; or its body is not to be found or is another; or it cannot be downloaded.

    Example:
        >>> import hearingai, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "words.keras")
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"])
        >>> path = hearingai.save_classifier(classifier, path)
        >>> hearingai.load_classifier(path).labels
        ['no', 'yes']
    """
    refuse_no_body(body)
    path = archive_at(path)
    check_not_forked()
    try:
        with (
            weights_within(check_file(path)[0]),
            using_keras(),
            kept_generators(),
            body_given(body),
        ):
            model = keras.saving.load_model(path, safe_mode=True)
    except Exception as error:
        raise not_opened(path, _reason(error)) from None
    if not isinstance(model, AudioClassifier):
        raise HearingAIError(
            f"`{path}` holds a {type(model).__name__}, not an AudioClassifier. Train one with "
            f"fit(), or wrap the model: AudioClassifier(frontend, network, labels, ...)"
        )
    return model


def _reason(error: BaseException) -> str:
    """Why a file cannot be opened, in our own words where Keras passes them on."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, HearingAIError) and str(cause) in str(error):
            return str(cause)
        cause = cause.__cause__ or cause.__context__
    # Keras's message holds the whole configuration; the reason comes last.
    return str(error).split("Exception encountered:")[-1].strip().split("\n")[0][:200]
