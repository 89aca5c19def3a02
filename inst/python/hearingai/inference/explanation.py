"""explain(): which parts of a recording speak for a label."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import keras
import numpy as np
import pandas as pd

from .._typing import Device, Progress, Recordings
from ..audio.doubts import collected_doubts
from ..classifier.model import AudioClassifier
from ..classifier.protocol import Classifier, check_classifier
from ..errors import HearingAIError, warn
from ..frontends.coordinates import bin_frequencies, frame_times
from ..frontends.sound import as_float
from ..runtime.arguments import choose, flag, positive
from ..runtime.progress import progress_bar
from ..runtime.shared_options import shared_options
from ..tables.class_types import as_they_were, place_of
from ._grad_cam import grad_cam
from ._gradients import scores_and_gradients
from ._occlusion import NEAREST, SMALLEST, by_occlusion
from .batches import batches_of

Score: TypeAlias = Callable[[Any], Any]
"""From images, or a network's outputs, to the score of a label; tensors `(batch,)`."""

METHODS = ("integrated_gradients", "gradcam", "occlusion")
_AT_ONCE = 16  # images whose gradients are in memory together
_DENSER = 4  # exponent of the path: its steps are denser near silence
_GAP = 0.1  # share of the difference that may be missing without a warning


@dataclass
class Explanation:
    """Which parts of a recording speak for a label.

    Attributes:
        fname: The recording; `None` for sound.
        label: What is explained, of the type of the classes in training, see `predict`.
        probability: The label's probability.
        method: `"integrated_gradients"`, `"gradcam"` or `"occlusion"`.
        score: Log-odds of the label: the logarithm of its probability over that of all others; or
            over that of its absence, where a clip may have any number of labels.
        baseline: The score of silence.
        image: The network's input: `(frames, bins, channels)`, or of embeddings
            `(frames, values)`; by occlusion a spectrogram of the sound.
        relevance: The contribution of each cell of the image to the score, `(frames, bins)`, summed
            over channels; negative where it counts against the label. By occlusion: by how much the
            score falls without the sound around it.
        times: The middle of each frame, seconds from the start of the stretch that is heard, which
            in a longer recording may lie later, see `crop`.
        frequencies: The middle of each bin, Hz; `None` where bins are no frequencies.
        frontend: What made the image; `None` for embeddings.
        note: What is missing of a recording that was read in part; `None` of a whole one.
    """

    fname: str | None
    label: Any
    probability: float
    method: str
    score: float
    baseline: float
    image: np.ndarray
    relevance: np.ndarray
    times: np.ndarray
    frequencies: np.ndarray | None
    frontend: Any = field(default=None, repr=False)
    note: str | None = None

    def __repr__(self) -> str:
        frames, bins = self.relevance.shape
        return (
            f"<Explanation of {self.label!r}, probability {self.probability:.3f}, by "
            f"{self.method}: {frames} frames x {bins} bins>"
        )


@shared_options
def explain(
    classifier: Classifier,
    recording: Recordings,
    *,
    label: str | bool | float | None = None,
    method: str | None = None,
    steps: int = 64,
    layer: str | None = None,
    sample_rate: int | None = None,
    partial: bool = False,
    device: Device = "auto",
    progress: Progress = None,
) -> Explanation:
    """Find which parts of a recording's image speak for a label.

    `"integrated_gradients"` distributes the difference between the label's score and that of
    silence over the cells of the image: the relevances sum to it, but for the error of the
    numerical integration. The score is the log-odds of the label, so that evidence for another
    label counts against it. It works with every network.

    `"gradcam"` weighs each place of the maps of a convolutional network's last convolution by how
    the score grows with it, and by how far it is from silence. It is coarse, shows
    only evidence for the label, and has no unit.

    `"occlusion"` takes parts of the sound away, one after the other: 24 stretches of time in each
    of 8 bands of frequencies. Relevance is by how much the score falls without a part. It needs no
    gradients, so it works with every classifier of sound: with a body, exported, an ensemble.

    Args:
        classifier: An `AudioClassifier`; for `"occlusion"` any classifier of sound.
        recording: One recording, see `predict`: a path, a row of a table, or a waveform.
        label: The label to explain; `None` takes the most probable.
        method: `"integrated_gradients"`, `"gradcam"` or `"occlusion"`; `None` takes the first, or
            `"occlusion"` where there are no gradients.
        steps: Of the integration from silence to the recording; more are more exact.
        layer: For `"gradcam"`, name of the layer of `classifier.network` whose maps are weighed;
            `None` takes the last convolution.
        sample_rate: Rate of the sound, Hz, where `recording` is sound; `None` means the
            classifier's own.
        partial: {partial}
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
        progress: See `predict`.

    Returns:
        An `Explanation`; `plot_explanation` draws it.

    Raises:
        HearingAIError: The label is unknown, there is not one recording, the method does not suit
            the classifier, or the network has no convolutions in a chain of layers and
            `method="gradcam"`.
        AudioFileError: The file cannot be read.

    Warns:
        HearingAIWarning: The integration misses a tenth of the difference or more.

    Source:
        M. Sundararajan et al., "Axiomatic Attribution for Deep Networks" (2017); R. Selvaraju et
        al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization"
        (2017), in the form of R. Draelos and L. Carin, "Use HiResCAM instead of Grad-CAM for
        faithful explanations of convolutional neural networks" (2020); for occlusion M. Zeiler and
        R. Fergus, "Visualizing and Understanding Convolutional Networks" (2014).

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> noise = numpy.random.default_rng(0).uniform(-1, 1, 16000)
        >>> found = hearingai.explain(classifier, noise, label="a", steps=16)
        >>> found.relevance.shape
        (98, 257)
    """
    method = _method_for(classifier, method)
    steps = positive("steps", steps, whole=True)
    labels, classes = classifier.labels, classifier.record.get("classes")
    chosen = None if label is None else place_of(label, labels, classes)
    with collected_doubts() as doubts:
        fname, clip = _one(classifier, recording, sample_rate, flag("partial", partial))
    with classifier.on_device(device):
        answer = classifier.probabilities(clip[None])[0]
        place = int(answer.argmax()) if chosen is None else chosen
        if isinstance(classifier, AudioClassifier) and method != "occlusion":
            found = _by_gradients(classifier, clip, place, method, steps, layer, progress)
        else:
            found = by_occlusion(classifier, clip, place, progress)
    return Explanation(
        fname=fname,
        label=as_they_were(pd.Series(labels, dtype=object), classes, labels).tolist()[place],
        probability=float(answer[place]),
        method=method,
        note=None if fname is None else doubts.notes().get(str(fname)),
        **found,
    )


def _method_for(classifier: Classifier, method: str | None) -> str:
    """The method, or the one that suits the classifier."""
    check_classifier(classifier)
    body = getattr(classifier, "body", None)
    has_gradients = isinstance(classifier, AudioClassifier) and body is None
    if method is None:
        method = "integrated_gradients" if has_gradients else "occlusion"
    choose("method", method, METHODS)
    if method == "occlusion" and classifier.hears_embeddings:
        raise HearingAIError(
            '`classifier` must take sound for `method="occlusion"`; one of embeddings is explained '
            "by its gradients, which an AudioClassifier has, not an exported file"
        )
    if method != "occlusion" and not has_gradients:
        what = f"an {type(classifier).__name__}" if body is None else f"the body `{body.name}`"
        raise HearingAIError(
            f'`method`: {what} gives no gradients; `method="occlusion"` needs none. '
            f"Received: {method!r}"
        )
    return method


def _by_gradients(
    classifier: AudioClassifier,
    clip: np.ndarray,
    place: int,
    method: str,
    steps: int,
    layer: str | None,
    progress: Progress,
) -> dict[str, Any]:
    """The fields of an explanation by integrated gradients or Grad-CAM."""
    image, silence = (_image(classifier, c) for c in (clip, np.zeros_like(clip)))
    score = _log_odds(classifier, place)
    ends = keras.ops.convert_to_numpy(score(np.stack([image, silence])))
    if method == "gradcam":
        of_outputs = _from_outputs(classifier, place)
        relevance = grad_cam(classifier.network, image, silence, of_outputs, layer)
    else:
        path = image - silence
        slope = _mean_gradient(score, silence, path, steps, progress)
        relevance = slope * path
        _check_sum(relevance.sum(), ends[0] - ends[1], steps)
        relevance = relevance.sum(axis=-1) if relevance.ndim == 3 else relevance
    seconds = len(image) if classifier.hears_embeddings else classifier.duration
    return {
        "score": float(ends[0]),
        "baseline": float(ends[1]),
        "image": image,
        "relevance": relevance.astype("float32"),
        "times": frame_times(classifier.frontend, len(image), seconds),
        "frequencies": bin_frequencies(classifier.frontend, image.shape[1]),
        "frontend": classifier.frontend,
    }


def _one(
    classifier: Classifier, recording: Recordings, sample_rate: int | None, partial: bool
) -> tuple[str | None, np.ndarray]:
    """Name and clip of the one recording."""
    fnames, source = batches_of(classifier, recording, sample_rate, 2, "raise", partial)
    if len(fnames) != 1:
        raise HearingAIError(f"`recording` must be one recording. Received: {len(fnames)}")
    _, clips, _, _ = next(iter(source))
    return fnames[0], np.asarray(clips[0], "float32")


def _image(classifier: AudioClassifier, clip: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(classifier.images(as_float(clip[None])))[0]


def _from_outputs(classifier: AudioClassifier, place: int) -> Score:
    """The log-odds of a label, from the network's outputs."""
    chosen = np.zeros((len(classifier.labels), 1), "float32")
    chosen[place] = 1

    def score(outputs: Any) -> Any:
        probabilities = classifier.as_columns(keras.ops.cast(outputs, "float32"))
        if classifier.multi_label:
            yes = keras.ops.clip(probabilities[:, place], NEAREST, 1 - NEAREST)
            return keras.ops.log(yes) - keras.ops.log(1 - yes)
        # Summing the others keeps the precision that 1 - p would lose.
        pair = [keras.ops.matmul(probabilities, kind) for kind in (chosen, 1 - chosen)]
        yes, no = (keras.ops.log(keras.ops.maximum(p[:, 0], SMALLEST)) for p in pair)
        return yes - no

    return score


def _log_odds(classifier: AudioClassifier, place: int) -> Score:
    of_outputs = _from_outputs(classifier, place)
    return lambda images: of_outputs(classifier.network(images, training=False))


def _mean_gradient(
    score: Score, silence: np.ndarray, path: np.ndarray, steps: int, progress: Progress
) -> np.ndarray:
    """The score's gradient, averaged over the straight path from silence to the image.

    By the midpoint rule, with points denser near silence: a network that normalises its image
    changes its score mostly within the first hundredths of the path.
    """
    edges = np.linspace(0, 1, steps + 1) ** _DENSER
    places, weights = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    total = np.zeros(path.shape, "float64")
    with progress_bar("Explaining", steps, progress) as bar:
        for first in range(0, steps, _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            a = places[part].reshape(-1, *[1] * path.ndim)
            points = (silence + a * path).astype("float32")
            _, gradients = scores_and_gradients(score, points)
            total += np.tensordot(weights[part], gradients.astype("float64"), 1)
            bar(min(first + _AT_ONCE, steps))
    return total


def _check_sum(found: float, wanted: float, steps: int) -> None:
    """Warn if the integration is too coarse."""
    if abs(found - wanted) > _GAP * max(abs(wanted), 1.0):
        warn(
            f"the relevances sum up to {found:.3g}, the score differs from that of silence by "
            f"{wanted:.3g}: more `steps` than {steps} are more exact"
        )
