"""Running exported files: by TensorFlow, ONNX Runtime or LiteRT, without Keras."""

import os
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from ..audio.samples import to_float32
from ..clips.decoding import ClipFormat
from ..errors import HearingAIError
from ..runtime.arguments import choose, positive
from .formats import DOCUMENT, INPUT, OUTPUT, attached, format_of, need, understood


def load_exported(path, threads=None):
    """Open an exported classifier.

    ONNX files need onnxruntime, LiteRT files ai-edge-litert, SavedModels TensorFlow; none needs
    Keras. `predict` and `evaluate` take what this returns as they take a classifier.

    Args:
        path: A file or folder that `export` wrote.
        threads: Cores to compute on; `None` leaves it to the runtime. TensorFlow has one setting
            for all that it does, and keeps to it.

    Returns:
        An `ExportedClassifier`.

    Raises:
        HearingAIError: The path is missing, the file is empty, truncated, damaged or no exported
            classifier, or its runtime is not installed.

    Example:
        >>> import hearingai, os, tempfile
        >>> classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "speech")
        >>> hearingai.load_exported(hearingai.export(classifier, path).path).labels
        ['other', 'speech']
    """
    path = Path(path)
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    if path.suffix == ".keras":
        raise HearingAIError(f"`{path}` is a .keras file; load_classifier() opens it")
    if path.is_file() and not path.stat().st_size:
        raise HearingAIError(f"`{path}` is empty")
    return ExportedClassifier(path, threads)


class ExportedClassifier:
    """A classifier that runs without Keras; `load_exported` opens one.

    Attributes:
        path: Where it lies, as text.
        format: `"saved_model"`, `"onnx"` or `"litert"`.
        description: What the file says of itself, a dict of plain values: `labels`, `target`,
            `sample_rate` (Hz), `duration` (seconds), `channels`, `crop`, `recipe`, `threshold`,
            `fingerprint` (of the classifier it was made of), `int8`, `input`, `output`.
        labels, target, sample_rate, duration, channels, crop, recipe: As in `AudioClassifier`.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> classifier = hearingai.create_classifier("audio-gate", ["other", "speech"], seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "speech")
        >>> exported = hearingai.load_exported(hearingai.export(classifier, path).path)
        >>> hearingai.predict(exported, numpy.zeros((2, 10, 128))).shape
        (2, 6)
    """

    def __init__(self, path, threads=None):
        threads = None if threads is None else positive("threads", threads, whole=True)
        self.path, self.format = str(path), format_of(path)
        if self.format != "onnx":  # a stranger's file, or half of one, is not run at all
            understood(attached(path, self.format), path)
        try:
            self._runtime = _RUNTIMES[self.format](self.path, threads)
        except HearingAIError:
            raise
        except Exception as error:
            reason = str(error).strip().split("\n")[0][:200]
            raise HearingAIError(f"`{path}` cannot be opened as {self.format}: {reason}") from None
        self.description = understood(self._runtime.document, self.path)
        for name in ("target", "sample_rate", "duration", "channels", "crop", "recipe"):
            setattr(self, name, self.description[name])
        self.record = {"threshold": self.description["threshold"]}

    @property
    def labels(self):
        """Names of the classes, in the order of the probabilities."""
        return list(self.description["labels"])

    @property
    def hears_embeddings(self):
        """Whether it takes embeddings instead of sound."""
        return self.sample_rate is None

    @property
    def clip_shape(self):
        """Shape of one clip, without the batch."""
        return tuple(self.description["input"]["shape"][1:])

    @property
    def samples(self):
        """Samples a clip; `None` for embeddings."""
        return None if self.hears_embeddings else self.clip_shape[-1]

    @property
    def clip_format(self):
        """The `ClipFormat` that every recording is brought to."""
        return ClipFormat(self.sample_rate, self.samples, self.channels, self.crop)

    def fingerprint(self):
        """What tells its answers from those of others: that of its classifier, and the format."""
        kind = f"{self.format}-int8" if self.description["int8"] else self.format
        return f"{self.description['fingerprint']}-{kind}"

    def predict_on_batch(self, clips):
        """Probabilities of a batch of clips, an array `(batch, labels)`, float32.

        Args:
            clips: Array `(batch, *clip_shape)`: waveforms, float in -1...1 or int16, or embeddings.
        """
        clips = to_float32(clips)
        if clips.shape[1:] != self.clip_shape:
            shape = ", ".join(map(str, self.clip_shape))
            raise HearingAIError(
                f"`clips` must have the shape (batch, {shape}). Received: {clips.shape}"
            )
        if not len(clips):
            return np.zeros((0, len(self.labels)), "float32")
        return self._runtime.answer(np.ascontiguousarray(clips))

    @property
    def trained_on(self):
        """`None`: a file does not say which clips its classifier was trained on."""
        return None

    def on_device(self, device):
        """Where it computes, as a context: ONNX and LiteRT files on the CPU."""
        choose("device", device, ("auto", "cpu", "gpu"))
        if self.format == "saved_model" and device != "auto":
            return need("tensorflow").device(f"/{device}:0")
        if device == "gpu":
            raise HearingAIError(f"`device`: {self.format} files are run on the CPU here")
        return nullcontext()

    def __repr__(self):
        shown = ", ".join(self.labels[:8]) + (", ..." if len(self.labels) > 8 else "")
        clip = f"embeddings of {' x '.join(map(str, self.clip_shape))}"
        if not self.hears_embeddings:
            clip = f"{self.duration:g} s at {self.sample_rate} Hz"
        kind = f"{self.format} in int8" if self.description["int8"] else self.format
        return f"<ExportedClassifier {kind}: {len(self.labels)} labels ({shown}), {clip}>"


class _Onnx:
    def __init__(self, path, threads):
        runtime = need("onnxruntime")
        options = runtime.SessionOptions()
        options.log_severity_level = 3  # errors
        options.intra_op_num_threads = threads or 0
        self.session = runtime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.document = self.session.get_modelmeta().custom_metadata_map.get(DOCUMENT)

    def answer(self, clips):
        return self.session.run([OUTPUT], {INPUT: clips})[0]


class _LiteRT:
    def __init__(self, path, threads):
        interpreter = need("ai_edge_litert.interpreter").Interpreter
        self.document = attached(path, "litert")
        model = Path(path).read_bytes()  # its own reader knows no names beyond ASCII everywhere
        self.interpreter = interpreter(
            model_content=model, num_threads=threads or os.cpu_count() or 1
        )
        self.interpreter.allocate_tensors()
        self.input = self.interpreter.get_input_details()[0]["index"]
        self.output = self.interpreter.get_output_details()[0]["index"]

    def answer(self, clips):  # a clip at a time: of a known size, its arithmetic is laid out once
        return np.concatenate([self._answer(clips[i : i + 1]) for i in range(len(clips))])

    def _answer(self, clip):
        self.interpreter.set_tensor(self.input, clip)
        self.interpreter.invoke()
        return self.interpreter.get_tensor(self.output)


class _SavedModel:
    def __init__(self, path, threads):
        tensorflow = need("tensorflow")
        self.document = attached(path, "saved_model")
        self.model = tensorflow.saved_model.load(path)
        self.function = self.model.signatures["serving_default"]

    def answer(self, clips):
        return self.function(**{INPUT: clips})[OUTPUT].numpy()


_RUNTIMES = {"saved_model": _SavedModel, "onnx": _Onnx, "litert": _LiteRT}
