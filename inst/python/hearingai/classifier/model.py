"""AudioClassifier: front end, network and labels in one Keras model and one file."""

import copy
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import keras
import numpy as np

from .._typing import Device
from ..audio.cuts import Cuts, as_array
from ..audio.fitting import CROPS
from ..audio.samples import as_samples, refuse_samples_first, to_float32
from ..bodies.body import Body
from ..errors import HearingAIError
from ..frontends.sound import as_float
from ..runtime.arguments import check_rate, choose, flag, positive
from ..runtime.backend import on_device
from ..runtime.sizes import counted
from ..runtime.using_keras import check_not_forked
from . import bodies
from ._checks import check_body, check_labels, target_of
from .clips_taken import TakesClips, labels_in_words
from .is_saved import IsSaved
from .keras_models import answer, compiled
from .protocol import Embedder, OfSound
from .shared_frames import SharedFrames, answers_of


@keras.saving.register_keras_serializable(package="hearingai")
class AudioClassifier(TakesClips, IsSaved):
    """A Keras model from waveforms (or embeddings) to the probabilities of labels.

    Sample rate, clip length, front end and labels are saved with the weights, so that a recording
    of another rate or length is converted, not misread. `save_classifier` (or `.save()`) writes
    all of it to one `.keras` file that `load_classifier` opens in Python and in R.

    Args:
        frontend: A Keras layer from waveforms to images; `None` for a network that takes
            embeddings.
        body: A `Body`, which turns waveforms into the embeddings that the network takes, in place
            of a front end; it is not trained, and its weights are not saved with the classifier.
            It hears one channel, at its own sample rate.
        network: A Keras model from images or embeddings to probabilities, one column per label; or
            for two labels a single column, the probability of `target`.
        multi_label: Whether a clip may have any number of the labels, each with a probability by
            itself; else it has one of them.
        labels: Names of the classes, in the order of the probabilities.
        sample_rate: Rate of the waveforms, Hz; `None` without a front end.
        duration: Length of a clip, seconds; `None` without a front end.
        channels: Channels of a clip: 1 averages those of a recording, 2 doubles a single one.
        crop: Which part of a longer recording to use: its `"start"`, its `"end"`, its `"loudest"`
            or a `"random"` stretch.
        target: The positive class, of two labels; `None` takes the second, unless it alone is of
            the rest (`other`, `background`, `silence`, `unknown`); of more than two labels none.
        recipe: Name of the recipe it was built by, if any.
        record: The training record, a dict of plain values; `fit` fills it.
        compile_settings: What `compile()` set for the next trainings, a dict of plain values.

    Input shape:
        `(batch, samples)`, float32 in -1...1 or int16, with `samples = sample_rate * duration`;
        with several channels `(batch, channels, samples)`; of embeddings
        `(batch, frames, features)`, float or uint8 in 0...255.

    Output shape:
        `(batch, labels)`, float32; rows sum to 1, unless it is `multi_label`.

    Raises:
        HearingAIError: Labels repeat or do not match the network's outputs.

    Example:
        >>> import hearingai, numpy
        >>> classifier = hearingai.create_classifier("speech-commands", ["no", "yes"], seed=1)
        >>> tuple(classifier(numpy.zeros((3, 16000), "float32")).shape)
        (3, 2)
    """

    @property
    def shares(self) -> bool:
        """Whether it takes `Cuts`; a class derived from this one may hear clips in its own way."""
        return type(self) is AudioClassifier

    def __init__(
        self,
        frontend: keras.layers.Layer | None,
        network: keras.Model,
        labels: Sequence[str],
        *,
        sample_rate: OfSound = None,
        duration: OfSound = None,
        channels: int = 1,
        crop: str = "start",
        target: str | None = None,
        multi_label: bool = False,
        recipe: str | None = None,
        record: dict[str, Any] | None = None,
        body: Body | None = None,
        compile_settings: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("dtype", "float32")  # whatever Keras makes of layers without one
        super().__init__(**kwargs)
        self._labels = tuple(str(label) for label in labels)
        self.multi_label = flag("multi_label", multi_label)
        check_labels(self.labels, network, self.multi_label)
        self.target = target_of(target, self.labels, self.multi_label)
        self.frontend = frontend
        self.network = network
        self.body = body
        if not self.hears_embeddings:
            sample_rate = check_rate(sample_rate)
            duration = positive("duration", duration)
        if body is not None:
            check_body(body, frontend, network, sample_rate, duration, channels)
        self.sample_rate, self.duration = sample_rate, duration
        self.channels = positive("channels", channels, whole=True)
        self.crop = choose("crop", crop, CROPS)
        self.recipe = recipe
        self._shared: SharedFrames | None = None  # made when first used
        self.own_recipe: Any = None  # including changes, if it was made in this session
        self.compile_settings = dict(compile_settings or {})
        self.build((None, *self.input_shape_of_clip))
        compiled(self)
        self.record = copy.deepcopy(dict(record or {}))

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; Keras would wrap lists and dicts of plain data, and count layers."""
        if name in ("record", "compile_settings", "_shared"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def labels(self) -> list[str]:
        """Names of the classes, in the order of the probabilities."""
        return list(self._labels)

    @property
    def hears_embeddings(self) -> bool:
        """Whether it takes embeddings instead of sound."""
        return self.frontend is None and self.body is None

    def _embeddings_shape(self) -> tuple[int, ...]:
        return tuple(self.network.input_shape[1:])

    @property
    def input_shape_of_clip(self) -> tuple[int, ...]:
        """Shape of what the Keras model takes of a clip: of a body, its embeddings."""
        return self._embeddings_shape() if self.frontend is None else self.clip_shape

    @property
    def trained_on(self) -> set[str] | None:
        """Digests of the clips it was trained on, a set; `None` where a generator gave some."""
        if self.record.get("from_generator"):
            return None
        return set(self.record.get("trained_on", ()))

    def on_device(self, device: Device) -> AbstractContextManager[None]:
        """A context that computes on `"cpu"`, `"gpu"` or, with `"auto"`, the backend's default."""
        return on_device(device)

    def probabilities(self, clips: np.ndarray | Cuts) -> np.ndarray:
        """Probabilities of a batch of clips, an array `(batch, labels)`, float32.

        Args:
            clips: Array `(batch, *clip_shape)`: waveforms, float in -1...1 or int16, or embeddings;
                or `Cuts`, whose frames or embeddings are computed once where clips overlap.
        """
        check_not_forked()
        if isinstance(clips, Cuts) and (shared := answers_of(self, clips)) is not None:
            return shared
        return answer(self, self._samples(as_array(clips)))

    def on_images(self) -> keras.Model:
        """A Keras model around the network, from images to a column per label.

        It is not the network itself: a file would have the optimizer's state there, and not where
        the classifier's is looked for.
        """
        images = keras.Input(self.network.input_shape[1:])
        return compiled(keras.Model(images, self.as_columns(self.network(images))))

    def embedder(self, layer: str | None = None) -> Embedder:
        """The function from clips to embeddings: the input of the head, or the output of a layer.

        Args:
            layer: Name of a layer of the network; `None` takes the head's input.
        """
        clips = keras.Input(self.input_shape_of_clip)
        columns, alone, beside = bodies.beside_vectors(self.network, self.images(clips), layer)

        def answers(outputs: Any) -> Callable[[np.ndarray], Any]:
            model = compiled(keras.Model(clips, outputs))
            return lambda heard: answer(model, self.through_body(to_float32(heard)))

        probabilities = self.as_columns(columns)
        return Embedder(alone.shape[-1], answers(alone), answers([probabilities, beside]))

    def through_body(self, clips: np.ndarray) -> np.ndarray:
        """Waveforms `(batch, samples)` as the embeddings of the body, if there is one."""
        if self.body is None or clips.ndim != 2:
            return clips
        return self.body.embeddings(to_float32(clips))

    def build(self, input_shape: Any) -> None:
        """Build the front end; the network arrives built."""
        if self.frontend is not None and not self.frontend.built:
            self.frontend.build(input_shape)
        self.built = True

    def __call__(self, clips: Any, *args: Any, **kwargs: Any) -> Any:
        """Probabilities of a batch of waveforms or embeddings; arrays are checked."""
        if isinstance(clips, np.ndarray):
            clips = self._samples(clips)
        return super().__call__(clips, *args, **kwargs)

    def _samples(self, clips: Any) -> Any:
        """An array of clips, checked: what its samples mean is decided in one place."""
        if self.hears_embeddings or (self.body is not None and np.ndim(clips) == 3):
            return clips
        refuse_samples_first(np.shape(clips), "clips")
        return self.through_body(as_samples(clips, "clips"))

    def call(self, clips: Any, training: bool = False) -> Any:
        """Probabilities of a batch of waveforms or embeddings."""
        kind = keras.backend.standardize_dtype(clips.dtype)
        if self.frontend is not None and "int" in kind and kind != "int16":
            raise HearingAIError(f"`clips` must be float in -1...1 or int16. Received: {kind}")
        return self.classify(self.images(as_float(clips)), training=training)

    def images(self, clips: Any) -> Any:
        """The network's input: the images of a batch of waveforms; embeddings as they are."""
        return clips if self.frontend is None else self.frontend(clips)

    def classify(self, images: Any, training: bool = False) -> Any:
        """Probabilities of a batch of images, one column per label."""
        return self.as_columns(self.network(images, training=training))

    def as_columns(self, probabilities: Any) -> Any:
        """The network's output, one column per label."""
        if probabilities.shape[-1] == len(self.labels):
            return probabilities
        pair = [1 - probabilities, probabilities]
        return keras.ops.concatenate(pair if self.labels[1] == self.target else pair[::-1], -1)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Shape of the probabilities."""
        return (input_shape[0], len(self.labels))

    def __repr__(self) -> str:
        epochs = len(self.record.get("history", []))
        state = f"trained for {counted(epochs, 'epoch')}" if epochs else "untrained"
        state += " in bfloat16" if self.record.get("precision") == "bfloat16" else ""
        clip = self._clip_in_words()
        if self.body is not None:
            clip += f", body {self.body.name} (licence {self.body.licence})"
        return (
            f"<AudioClassifier {self.recipe or self.network.name}: {labels_in_words(self.labels)}"
            f"{', any number a clip' if self.multi_label else ''}, {clip}, "
            f"{self.count_params():,} parameters, {state}>"
        )


def check_keras(classifier: Any) -> None:
    """Raise an error unless `classifier` is an `AudioClassifier`."""
    if not isinstance(classifier, AudioClassifier):
        raise HearingAIError(
            f"`classifier` must be an AudioClassifier, with its network; load_classifier() opens a "
            f".keras file. Received: {type(classifier).__name__}"
        )
