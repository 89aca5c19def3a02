"""From a classifier to a file; the only part of an export that needs TensorFlow below Keras."""

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import PathLike
from ..errors import HearingAIError
from ..frontends.portable import portable
from ..runtime.backend import require_keras
from ..runtime.processes import Child
from .formats import EMBEDDING, INPUT, OUTPUT, need
from .quantizing import quantized

_OPSET = 17
_CHILD = "hearingai.exports.conversion:work"


def convert(
    classifier: Any, path: PathLike, format: str, examples: np.ndarray | None = None
) -> None:
    """Write a classifier in another format; on another backend, a child process does it.

    Args:
        classifier: An `AudioClassifier`.
        path: The file or folder to write.
        format: `"saved_model"`, `"onnx"`, `"litert"` or `"int8"`.
        examples: Clips to calibrate int8 on, an array, with a body their embeddings; `None` keeps
            float32.
    """
    if require_keras().backend.backend() != "tensorflow":
        return _convert_elsewhere(classifier, path, format, examples)
    from .portable_network import portable_network

    if format == "int8":
        from .whole_int8 import write_whole_int8

        with _quietly():
            return write_whole_int8(classifier, Path(path), np.asarray(examples))
    with _quietly(), portable(), portable_network(classifier.network):
        if format == "onnx":
            return _write_onnx(classifier, path)
        if format == "saved_model":
            return _write_saved_model(classifier, path)
        return _write_litert(classifier, path, examples)


def _answering(classifier: Any, batch: int | None = None) -> Any:
    """The classifier as a TensorFlow function: one pass through the network gives all outputs."""
    import keras
    import tensorflow as tf

    from ..classifier.bodies import embedding_size, vectors_of

    network, both = classifier.network, None
    if embedding_size(network) is not None:
        both = keras.Model(network.inputs, [network.outputs[0], vectors_of(network)])

    def answer(clips: Any) -> dict[str, Any]:
        with tf.name_scope("front_end"):
            images = classifier.images(clips)
        if both is None:
            return {OUTPUT: classifier.classify(images)}
        answers, vectors = both(images, training=False)
        return {OUTPUT: classifier.as_columns(answers), EMBEDDING: vectors}

    shape = (batch, *classifier.input_shape_of_clip)
    return tf.function(answer, input_signature=[tf.TensorSpec(shape, tf.float32, name=INPUT)])


def _write_saved_model(classifier: Any, path: PathLike, batch: int | None = None) -> None:
    import tensorflow as tf

    module = tf.Module()
    module.answer = _answering(classifier, batch)
    module.weights = [weight.value for weight in classifier.weights]
    try:
        tf.saved_model.save(module, str(path), signatures={"serving_default": module.answer})
    except tf.errors.OpError as error:  # such as a full disk, in many words
        raise OSError(error.message.split(" [Op:")[0].rpartition("; ")[2]) from None


def _write_onnx(classifier: Any, path: PathLike) -> None:
    onnx, tf2onnx = need("onnx"), need("tf2onnx")
    function = _answering(classifier)
    model, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=_OPSET)
    model.producer_name = "hearingai"
    outputs = sorted(model.graph.output, key=lambda output: output.name != OUTPUT)
    del model.graph.output[:]
    model.graph.output.extend(outputs)  # the probabilities first, for programs that index outputs
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _write_litert(classifier: Any, path: PathLike, examples: np.ndarray | None) -> None:
    import tensorflow as tf

    with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        _write_saved_model(classifier, folder, batch=1)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        model = converter.convert() if examples is None else quantized(converter, examples)
    Path(path).write_bytes(_probabilities_first(model))


def _probabilities_first(model: bytes) -> bytes:
    """The same LiteRT model with its outputs in this order, for programs that index them."""
    from tensorflow.lite.tools import flatbuffer_utils

    parts = flatbuffer_utils.convert_bytearray_to_object(model)
    outputs = parts.signatureDefs[0].outputs
    order = sorted(outputs, key=lambda output: output.name != OUTPUT.encode())
    parts.subgraphs[0].outputs = [output.tensorIndex for output in order]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(parts))


@contextmanager
def _quietly() -> Iterator[None]:
    """Suppress the converters' output."""
    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl", "tf2onnx")]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _convert_elsewhere(
    classifier: Any, path: PathLike, format: str, examples: np.ndarray | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        task = {"classifier": f"{folder}/c.keras", "path": str(path), "format": format}
        classifier.save(task["classifier"])
        if examples is not None:
            task["examples"] = f"{folder}/examples.npy"
            np.save(task["examples"], examples)
        try:
            with Child(_CHILD, task, KERAS_BACKEND="tensorflow") as child:
                child.answer()
        except HearingAIError as error:
            raise HearingAIError(
                f"exporting needs TensorFlow, in a process of its own: {error}"
            ) from None


def work(task: dict[str, Any], answer: Callable[[Any], None]) -> None:
    """Convert in this process, as `_convert_elsewhere` asks for."""
    from ..classifier.saving import load_classifier

    examples = np.load(task["examples"]) if "examples" in task else None
    convert(load_classifier(task["classifier"]), task["path"], task["format"], examples)
    answer(None)
