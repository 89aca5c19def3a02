"""Classifiers of AudioSet embeddings that are given the body that makes these of sound."""

from dataclasses import replace

from ..bodies.body import Body
from ..bodies.registry import body_from, check_of_audioset
from ..errors import HearingAIError
from .configuration import body_given
from .model import AudioClassifier, check_keras


def add_body(classifier: AudioClassifier, body: str | Body) -> AudioClassifier:
    """Let a classifier of AudioSet embeddings hear sound.

    Trained on the embeddings that AudioSet was published with, it then takes recordings, which
    VGGish turns into such embeddings: in `predict`, `evaluate`, `annotate`, `Stream`, `gate`, and
    in `fit`, which trains it further. A clip is as long as the classifier's frames reach, 9.615 s
    for ten; a shorter recording ends in silence. It does not know whether it was trained on the
    embeddings of a recording, so `evaluate` cannot warn of that.

    Args:
        classifier: An `AudioClassifier` that takes embeddings, such as the recipes
            `embedding-gru`, `embedding-attention` and `audio-gate` make. It stays as it is.
        body: The body, `get_body("vggish", path)`, or its name.

    Returns:
        A new `AudioClassifier` with the same weights and labels. Its file says what body it has,
        and holds none of the body's weights.

    Raises:
        HearingAIError: The classifier takes sound already, or its embeddings are of another size;
            the body is not VGGish, or not to be found.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.create_classifier("audio-gate", ["Speech", "other"], seed=1)
        >>> body = hearingai.get_body("vggish", "vggish")  # doctest: +SKIP
        >>> hearing = hearingai.add_body(classifier, body)  # doctest: +SKIP
        >>> hearingai.annotate(hearing, "day.wav").events  # doctest: +SKIP
    """
    check_keras(classifier)
    if not classifier.hears_embeddings:
        raise HearingAIError(
            f"`classifier` must take AudioSet embeddings; `{classifier.recipe}` takes sound already"
        )
    body = body_from(body)
    check_of_audioset(body, "`classifier`")
    shape = classifier.clip_shape
    if len(shape) != 2 or shape[0] is None or shape[1] != body.size:
        raise HearingAIError(
            f"`classifier` must take clips of AudioSet embeddings, (frames, {body.size}). It takes "
            f"{shape}"
        )
    sound = {"sample_rate": body.sample_rate, "duration": body.samples(shape[0]) / body.sample_rate}
    config = classifier.get_config() | sound | {"body": body.description()}
    with body_given(body):
        hearing = AudioClassifier.from_config(config)
    hearing.set_weights(classifier.get_weights())
    if classifier.own_recipe is not None:
        hearing.own_recipe = replace(classifier.own_recipe, body=body)
    return hearing
