"""Keras classifiers whose network another runtime computes, behind their own front end."""

from __future__ import annotations

import importlib.util
import json
import queue
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import keras
import numpy as np

from .._typing import Device, PathLike
from ..audio.cuts import Cuts, as_array
from ..audio.samples import to_float32
from ..classifier.bodies import embedding_size
from ..classifier.handing_over import Handed, opened
from ..classifier.keras_models import answer, compiled
from ..classifier.model import AudioClassifier
from ..classifier.protocol import Embedder
from ..classifier.shared_frames import SharedFrames, shares_frames
from ..errors import HearingAIError, first_line
from ..runtime import extras
from ..runtime.backend import kind_of, usable_cores
from ..runtime.files import written
from ..runtime.generators import kept_generators
from ._kept_networks import home, name_of, tidy, touch
from .conversion import convert
from .formats import EMBEDDING, ENDINGS, OUTPUT
from .runtimes import RUNTIMES
from .verification import made_up

TOLERANCE = 1e-5  # by how much answers may differ from those of Keras
_LIBRARIES = {"onnx": ("onnxruntime", "onnx", "tf2onnx"), "litert": ("ai_edge_litert",)}
_WORTH = 5000  # clips from which the time is gained again that another runtime takes to open
_ROUNDS = 5
_GAIN = 0.9  # of the time of Keras: what gains less is not worth other last digits
_PART = 32  # images that a thread computes at once: more do not stay in its caches


class InRuntime:
    """An `AudioClassifier` whose network ONNX Runtime or LiteRT computes.

    Its front end and its body stay the classifier's, so that the network gets the same images, and
    so does a layer that normalises an image by itself: of near silence it magnifies rounding. Each
    core computes a part of a batch, which is faster than the runtimes' own threads: these share out
    every single operation.

    Attributes:
        runtime: `"onnx"` or `"litert"`.
    """

    def __init__(self, classifier: AudioClassifier, network: PathLike, runtime: str) -> None:
        self.runtime = runtime
        self._classifier, self._network = classifier, Path(network)
        first, clips = _split(classifier.network)[0], keras.Input(classifier.input_shape_of_clip)
        images = classifier.images(clips)
        images = images if first is None else first(images)
        self._images_of = None if images is clips else compiled(keras.Model(clips, images))
        self._shared: SharedFrames | None = None
        if shares_frames(classifier.frontend):
            self._shared = SharedFrames(classifier.frontend, first)
        self._cores = usable_cores()
        self._pool = ThreadPoolExecutor(self._cores)
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        first = RUNTIMES[runtime](str(network), 1)
        for i in range(self._cores):  # ONNX Runtime's sessions take many threads, LiteRT's one
            new = runtime == "litert" and i > 0
            self._free.put(RUNTIMES[runtime](str(network), 1) if new else first)

    def __getattr__(self, name: str) -> Any:
        """All else is the classifier's."""
        if name == "_classifier":  # it is not there yet
            raise AttributeError(name)
        return getattr(self._classifier, name)

    def fingerprint(self) -> str:
        """Identifies its weights: the classifier's fingerprint, and the runtime."""
        return f"{self._classifier.fingerprint()}-{self.runtime}"

    def handed_over(self, folder: Path, name: str) -> Handed:
        """How another process opens it, see `handed_over`: its classifier and its network."""
        arguments: Handed = {"classifier": self._classifier.handed_over(folder, name)}
        arguments |= {"network": {"path": str(self._network)}, "runtime": self.runtime}
        return {"open": "hearingai.exports.in_runtimes:reopened", "arguments": arguments}

    def probabilities(self, clips: np.ndarray | Cuts) -> np.ndarray:
        """Probabilities of a batch of clips, an array `(batch, labels)`, float32."""
        return self._answers(clips, {OUTPUT: len(self.labels)})[0]

    def embedder(self, layer: str | None = None) -> Embedder:
        """What turns clips into embeddings, the input of the head."""
        if layer is not None:
            raise HearingAIError(f"`layer` is for Keras alone. Received: {layer!r}")
        own = self._classifier.embedder()
        both = {OUTPUT: len(self.labels), EMBEDDING: own.size}
        return Embedder(
            own.size,
            lambda clips: self._answers(clips, {EMBEDDING: own.size})[0],
            lambda clips: self._answers(clips, both),
        )

    def on_device(self, device: Device) -> AbstractContextManager[Any]:
        """A context that sets the device of the front end."""
        return self._classifier.on_device(device)

    def _answers(self, clips: np.ndarray | Cuts, widths: dict[str, int]) -> list[np.ndarray]:
        if not len(clips):
            return [np.zeros((0, width), "float32") for width in widths.values()]
        images = self._images(clips)
        n = max(min(self._cores, len(images)), -(-len(images) // _PART))
        parts = np.array_split(np.ascontiguousarray(images, "float32"), n)
        found = list(self._pool.map(lambda part: self._compute(part, list(widths)), parts))
        return [np.concatenate(columns) for columns in zip(*found, strict=True)]

    def _images(self, clips: np.ndarray | Cuts) -> np.ndarray:
        classifier = self._classifier
        if isinstance(clips, Cuts):
            if classifier.body is not None:
                return self._imaged(classifier.body.embeddings(clips))
            if self._shared is not None and clips.are_spaced_by(self._shared.stride):
                return self._shared.answers(clips)
        return self._imaged(to_float32(classifier._samples(as_array(clips))))

    def _imaged(self, heard: np.ndarray) -> np.ndarray:
        """Waveforms or embeddings as what the converted network takes."""
        return heard if self._images_of is None else answer(self._images_of, heard)

    def _compute(self, images: np.ndarray, outputs: list[str]) -> list[np.ndarray]:
        runtime = self._free.get()
        try:
            return runtime.answers(images, outputs)
        finally:
            self._free.put(runtime)


def reopened(classifier: Handed, network: dict[str, str], runtime: str) -> InRuntime:
    """One in another process than that which handed it over."""
    return InRuntime(opened(classifier), network["path"], runtime)


def in_runtime(
    classifier: AudioClassifier,
    runtime: str,
    n: float,
    batch_size: int,
    device: Device,
    starts: Sequence[int] | None = None,
) -> Any:
    """See the function of this name in `inference`; of an `AudioClassifier`, on a CPU."""
    with classifier.on_device(device):
        if runtime != "auto":
            return _converted(classifier, runtime)
        return _fastest(classifier, n, batch_size, starts)


def _converted(classifier: AudioClassifier, runtime: str) -> InRuntime:
    """The classifier in a runtime; its network is kept once its answers were compared."""
    library, *makers = _LIBRARIES[runtime]
    extras.need(library, f'`runtime="{runtime}"`')
    path = home() / f"{name_of(classifier, runtime)}{ENDINGS[runtime]}"
    if not path.is_file():
        for maker in makers:
            extras.need(maker, f'`runtime="{runtime}"`')
        with written(path) as partial:
            _convert(classifier, partial, runtime)
        tidy()
    touch(path)
    return InRuntime(classifier, path, runtime)


def _convert(classifier: AudioClassifier, path: Path, runtime: str) -> None:
    told: dict[str, Any] = {"target": classifier.target, "multi_label": classifier.multi_label}
    alone = AudioClassifier(None, _split(classifier.network)[1], classifier.labels, **told)
    try:
        convert(alone, path, runtime)
        _compare(InRuntime(classifier, path, runtime), classifier)
    except (HearingAIError, OSError):
        raise
    except Exception as error:  # of a layer that a converter or a runtime does not know
        raise HearingAIError(
            f"`runtime`: the network cannot be converted to {runtime}: {first_line(error)[:200]}"
        ) from None


def _split(network: keras.Model) -> tuple[keras.Model | None, keras.Model]:
    """The layer that normalises the images, where a network begins with one, and all others."""
    first = next(x for x in network.layers if not isinstance(x, keras.layers.InputLayer))
    if isinstance(first, keras.layers.LayerNormalization) and first.input is network.inputs[0]:
        with suppress(ValueError):  # what else takes the images
            rest = keras.Model(first.output, network.outputs[0])
            with kept_generators():
                alone = keras.models.clone_model(rest)  # layers that are in one network only
            alone.set_weights(rest.get_weights())
            return keras.Model(network.inputs, first.output), alone
    return None, network


def _compare(found: InRuntime, classifier: AudioClassifier) -> None:
    """Raise an error where a runtime's answers are not those of Keras."""
    clips = made_up(classifier)
    worst = np.abs(found.probabilities(clips) - classifier.probabilities(clips)).max()
    if embedding_size(classifier.network) is not None:
        expected = classifier.embedder().embeddings(clips)
        apart = np.abs(found.embedder().embeddings(clips) - expected).max()
        worst = np.maximum(worst, apart / max(1.0, np.abs(expected).max()))
    if not worst <= TOLERANCE:  # also where it is NaN
        raise HearingAIError(
            f"`runtime`: {found.runtime} does not answer as Keras does: by up to {worst:.2g} "
            f"otherwise, where {TOLERANCE:g} is allowed"
        )


def _fastest(
    classifier: AudioClassifier, n: float, batch_size: int, starts: Sequence[int] | None
) -> Any:
    """The classifier in the runtime that is fastest here, as measured once; it may be Keras."""
    names = [name for name in _LIBRARIES if _is_installed(name)]
    if n < _WORTH or not names:
        return classifier
    batch = 1 << (min(batch_size, 256) - 1).bit_length()
    here = (keras.backend.backend(), kind_of("auto"), usable_cores())
    note = home() / f"{name_of(classifier, *names, *here, batch, starts)}.json"
    chosen = _noted(note)
    if chosen is None:
        chosen = _measured(classifier, names, batch, starts)
        with written(note) as partial:
            partial.write_text(json.dumps({"runtime": chosen}))
        tidy()
    return classifier if chosen == "keras" else _converted(classifier, chosen)


def _measured(
    classifier: AudioClassifier, names: list[str], batch: int, starts: Sequence[int] | None
) -> str:
    """The name of the fastest, timed in turn, so that whatever else the machine does hits all."""
    contestants: dict[str, Any] = {"keras": classifier}
    for name in names:
        with suppress(HearingAIError):  # it cannot be converted, or answers otherwise
            contestants[name] = _converted(classifier, name)
    some = made_up(classifier)
    clips: np.ndarray | Cuts = np.resize(some, (batch, *some.shape[1:]))
    if starts is not None:  # windows of a recording have frames and more in common
        places = np.array(starts)
        length = (*some.shape[1:-1], int(places[-1]) + classifier.samples)
        noise = np.random.default_rng(0).normal(0, 0.1, length).clip(-1, 1).astype("float32")
        clips = Cuts(noise, places, classifier.samples)
    seconds = dict.fromkeys(contestants, np.inf)
    for i in range(_ROUNDS + 1):
        for name, contestant in contestants.items():
            began = time.perf_counter()
            contestant.probabilities(clips)
            if i:  # the first round compiles
                seconds[name] = min(seconds[name], time.perf_counter() - began)
    best = min(seconds, key=lambda name: seconds[name])
    return best if seconds[best] < _GAIN * seconds["keras"] else "keras"


def _noted(note: Path) -> str | None:
    """The runtime that was chosen before."""
    with suppress(OSError, ValueError, TypeError, LookupError):
        chosen = json.loads(note.read_text())["runtime"]
        touch(note)
        return chosen if chosen in ("keras", *_LIBRARIES) else None
    return None


def _is_installed(runtime: str) -> bool:
    return all(importlib.util.find_spec(library) is not None for library in _LIBRARIES[runtime])
