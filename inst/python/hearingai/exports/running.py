"""Running exported files: by TensorFlow, ONNX Runtime or LiteRT, without Keras."""

import hashlib
import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import Device, PathLike
from ..audio.cuts import Cuts
from ..audio.samples import as_samples, refuse_samples_first, to_float32
from ..bodies.body import Body, refuse_no_body
from ..bodies.saved import found_again
from ..classifier.clips_taken import TakesClips, labels_in_words
from ..classifier.handing_over import Handed
from ..classifier.protocol import Embedder, OfSound
from ..errors import HearingAIError
from ..runtime.arguments import choose, path_of, positive
from .formats import (
    EMBEDDING,
    HEADER,
    LEARNT,
    NETWORK,
    OUTPUT,
    attached,
    format_of,
    need,
    understood,
)
from .runtimes import RUNTIMES, Runtime

_ASIDE = ("hearingai", "recipe", "fingerprint", "body")  # of a description, they decide no answer


def load_exported(
    path: PathLike, threads: int | None = None, *, body: Body | None = None
) -> "ExportedClassifier":
    """Open an exported classifier.

    ONNX files need onnxruntime, LiteRT files ai-edge-litert, SavedModels TensorFlow; none needs
    Keras or a backend of it. These functions take the result like a classifier: `predict`,
    `evaluate`, `embed`, `annotate`, `Stream`, `listen`, `gate`, `Gate` and `explore`.

    Args:
        path: A file or folder that `export` wrote.
        threads: Cores to compute on; `None` leaves it to the runtime. TensorFlow has one setting
            per process, which cannot be changed later.
        body: The `Body` of a file that holds a head alone, see `export`; `None` looks for it beside
            the file and where it was. It must be the one that the classifier was trained with.

    Returns:
        An `ExportedClassifier`.

    Raises:
        HearingAIError: The path is missing, the file is empty, truncated, damaged or no exported
            classifier, its body is not to be found or is another, or its runtime is not installed.

    Example:
        >>> import hearingai, os, tempfile
        >>> classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "speech")
        >>> hearingai.load_exported(hearingai.export(classifier, path).path).labels
        ['other', 'speech']
    """
    path = path_of("path", path)
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    if path.suffix == ".keras":
        raise HearingAIError(f"`{path}` is a .keras file; load_classifier() opens it")
    if (path / HEADER).is_file():
        raise HearingAIError(
            f"`{path}` holds C sources, which are compiled; {NETWORK} in it can be opened"
        )
    for part in [path, *path.rglob("*")] if path.is_dir() else [path]:
        if not (part.is_file() or part.is_dir()):
            raise HearingAIError(f"`{part}` is no regular file")
    if path.is_file() and not path.stat().st_size:
        raise HearingAIError(f"`{path}` is empty")
    return ExportedClassifier(path, threads, body)


class ExportedClassifier(TakesClips):
    """A classifier that runs without Keras; `load_exported` opens one.

    Attributes:
        path: Its path, as text.
        format: `"saved_model"`, `"onnx"`, `"litert"` or `"int8"`.
        description: The file's metadata, a dict of plain values: `labels`, `target`,
            `sample_rate` (Hz), `duration` (seconds), `channels`, `crop`, `recipe`, `threshold`,
            `thresholds` (by label, of `choose_thresholds`), `gate` (the settings that `train_gate`
            learnt), `fingerprint` and `configuration` (of the classifier it was made of), `int8`,
            `input`, `output`, `embedding`, `body` (name, licence and source of a body, whether its
            weights are inside, and if not where they are looked for),
            `front_end` (what is computed in float before a network wholly in int8).
        body: The `Body` that runs before the file; `None` where the file takes waveforms itself.
        labels, target, multi_label, sample_rate, duration, channels, crop, recipe: As in
            `AudioClassifier`.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "speech")
        >>> exported = hearingai.load_exported(hearingai.export(classifier, path).path)
        >>> hearingai.predict(exported, numpy.zeros((2, 10, 128))).shape
        (2, 6)
    """

    def __init__(
        self, path: PathLike, threads: int | None = None, body: Body | None = None
    ) -> None:
        threads = None if threads is None else positive("threads", threads, whole=True)
        self.path, self.format = str(path), format_of(path)
        if self.format != "onnx":  # untrusted or truncated files are not run
            told = understood(attached(path, self.format), path)
            self.format = "int8" if told.get("front_end") else self.format
        try:
            self._runtime: Runtime = RUNTIMES[self.format](self.path, threads)
        except HearingAIError:
            raise
        except Exception as error:
            reason = str(error).strip().split("\n")[0][:200]
            raise HearingAIError(f"`{path}` cannot be opened as {self.format}: {reason}") from None
        self.description = understood(self._runtime.document, self.path)
        facts = self.description
        self.target: str | None = facts["target"]
        self.multi_label: bool = facts.get("multi_label", False)
        self.sample_rate: OfSound = facts["sample_rate"]
        self.duration: OfSound = facts["duration"]
        self.channels: int = facts["channels"]
        self.crop: str = facts["crop"]
        self.recipe: str | None = facts["recipe"]
        self.record: dict[str, Any] = {name: facts.get(name) for name in LEARNT}
        self.body = self._body(body)

    def _body(self, given: Body | None) -> Body | None:
        """The body that the file needs."""
        described = self.description.get("body")
        refuse_no_body(given)
        if described is None or described["inside"]:
            if given is not None:
                raise HearingAIError(f"`body`: `{self.path}` needs none")
            return None
        name = str(described.get("path") or "").replace("\\", "/").rpartition("/")[2]
        beside = Path(self.path).absolute().parent / name
        if name and beside.is_file():
            described = described | {"path": str(beside)}
        try:
            body = found_again(described, given)
        except HearingAIError as error:
            raise HearingAIError(f"`{self.path}` cannot be used: {error}") from None
        takes = tuple(self.description["input"]["shape"][1:])
        if takes != (body.frames(self.samples), body.size):
            raise HearingAIError(f"`{self.path}` is no head of its body `{body.name}`")
        return body

    @property
    def labels(self) -> list[str]:
        """Names of the classes, in the order of the probabilities."""
        return list(self.description["labels"])

    def _embeddings_shape(self) -> tuple[int, ...]:
        return tuple(self.description["input"]["shape"][1:])

    @property
    def _is_partly_int8(self) -> bool:
        return bool(self.description["int8"]) and self.format == "litert"

    def fingerprint(self) -> str:
        """Identifies its weights: the classifier's fingerprint, and the format."""
        kind = "litert-int8" if self._is_partly_int8 else self.format
        return f"{self.description['fingerprint']}-{kind}"

    def configuration(self) -> str:
        """Identifies all else that decides its answers: what the file says of the network."""
        told = {k: v for k, v in self.description.items() if k not in (*LEARNT, *_ASIDE)}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def handed_over(self, folder: Path, name: str) -> Handed:
        """How another process opens it, see `handed_over`: where it is."""
        path = str(Path(self.path).absolute())
        return {"open": "hearingai.exports.running:load_exported", "arguments": {"path": path}}

    @property
    def shares(self) -> bool:
        """Whether clips that overlap share something: the embeddings of a body."""
        return self.body is not None

    def probabilities(self, clips: np.ndarray | Cuts) -> np.ndarray:
        """Probabilities of a batch of clips, an array `(batch, labels)`, float32.

        Args:
            clips: Array `(batch, *clip_shape)`: waveforms, float in -1...1 or int16, or embeddings;
                with a body also `Cuts`, clips that overlap.
        """
        return self._answers(clips, {OUTPUT: len(self.labels)})[0]

    def embedder(self, layer: str | None = None) -> Embedder:
        """What turns clips into embeddings, where the file holds them.

        Args:
            layer: `None`: the file holds the input of the head, and of no other layer.
        """
        if layer is not None:
            raise HearingAIError(
                f"`layer`: exported files hold the input of the head alone. Received: {layer!r}"
            )
        size = self._embedding_size()
        both = {OUTPUT: len(self.labels), EMBEDDING: size}
        return Embedder(
            size,
            lambda clips: self._answers(clips, {EMBEDDING: size})[0],
            lambda clips: self._answers(clips, both),
        )

    def _embedding_size(self) -> int:
        if "embedding" not in self.description:
            raise HearingAIError(
                f"`{self.path}` was exported before files held embeddings; export() it anew"
            )
        if self.format == "int8":
            raise HearingAIError(f"`{self.path}` holds no embeddings: files of format int8 do not")
        if self.description["embedding"] is None:
            raise HearingAIError(f"`{self.path}` holds no embeddings: its network has no head")
        return int(self.description["embedding"]["shape"][1])

    def _answers(self, clips: np.ndarray | Cuts, widths: dict[str, int]) -> list[np.ndarray]:
        """Outputs of the file, each so many values wide, from one pass."""
        if isinstance(clips, Cuts):
            assert self.body is not None  # see `shares`
            return self._runtime.answers(self.body.embeddings(clips), list(widths))
        if not self.hears_embeddings:
            clips = as_samples(clips, "clips")
            refuse_samples_first(clips.shape, "clips")
        clips = to_float32(clips)
        if clips.shape[1:] != self.clip_shape:
            shape = ", ".join(map(str, self.clip_shape))
            raise HearingAIError(
                f"`clips` must have the shape (batch, {shape}). Received: {clips.shape}"
            )
        if not len(clips):
            return [np.zeros((0, width), "float32") for width in widths.values()]
        if self.body is not None:
            clips = self.body.embeddings(clips)
        return self._runtime.answers(np.ascontiguousarray(clips), list(widths))

    @property
    def trained_on(self) -> set[str] | None:
        """`None`: a file does not record which clips its classifier was trained on."""
        return None

    def on_device(self, device: Device) -> AbstractContextManager[Any]:
        """A context that sets the device: ONNX and LiteRT files run on the CPU."""
        choose("device", device, ("auto", "cpu", "gpu"))
        if self.format == "saved_model" and device != "auto":
            return need("tensorflow").device(f"/{device}:0")
        if device == "gpu":
            raise HearingAIError(f"`device`: {self.format} files are run on the CPU here")
        return nullcontext()

    def __repr__(self) -> str:
        clip = self._clip_in_words()
        kind = "litert in int8" if self._is_partly_int8 else self.format
        if body := self.description.get("body"):
            clip += f", body {body['name']} (licence {body['licence']})"
        return f"<ExportedClassifier {kind}: {labels_in_words(self.labels)}, {clip}>"
