"""From a classifier to a file; the only part of an export that needs TensorFlow below Keras."""

import logging
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..errors import HearingAIError
from ..frontends.portable import portable
from ..runtime.backend import require_keras
from ..runtime.processes import Child
from .formats import INPUT, OUTPUT, need
from .quantizing import quantized

_OPSET = 17
_CHILD = "hearingai.exports.conversion:work"


def convert(classifier, path, format, examples=None):
    """Write a classifier in another format; on another backend, a child process does it.

    Args:
        classifier: An `AudioClassifier`.
        path: Where to.
        format: `"saved_model"`, `"onnx"` or `"litert"`.
        examples: Clips by which to choose the scales of int8, an array; `None` keeps float32.
    """
    if require_keras().backend.backend() != "tensorflow":
        return _convert_elsewhere(classifier, path, format, examples)
    from .portable_network import portable_network

    with _quietly(), portable(), portable_network(classifier.network):
        if format == "onnx":
            return _write_onnx(classifier, path)
        if format == "saved_model":
            return _write_saved_model(classifier, path)
        return _write_litert(classifier, path, examples)


def _answering(classifier, batch=None):
    """The classifier as a TensorFlow function."""
    import tensorflow as tf

    def answer(clips):
        with tf.name_scope("front_end"):
            images = classifier.images(clips)
        return {OUTPUT: classifier.classify(images)}

    shape = (batch, *classifier.clip_shape)
    return tf.function(answer, input_signature=[tf.TensorSpec(shape, tf.float32, name=INPUT)])


def _write_saved_model(classifier, path, batch=None):
    import tensorflow as tf

    module = tf.Module()
    module.answer = _answering(classifier, batch)
    module.weights = [weight.value for weight in classifier.weights]
    try:
        tf.saved_model.save(module, str(path), signatures={"serving_default": module.answer})
    except tf.errors.OpError as error:  # a full disk, say, in many words
        raise OSError(error.message.split(" [Op:")[0].rpartition("; ")[2]) from None


def _write_onnx(classifier, path):
    onnx, tf2onnx = need("onnx"), need("tf2onnx")
    function = _answering(classifier)
    model, _ = tf2onnx.convert.from_function(function, function.input_signature, opset=_OPSET)
    model.producer_name = "hearingai"
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _write_litert(classifier, path, examples):
    import tensorflow as tf

    with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        _write_saved_model(classifier, folder, batch=1)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        model = converter.convert() if examples is None else quantized(converter, examples)
    Path(path).write_bytes(model)


@contextmanager
def _quietly():
    """Keep what converters tell of their work from those who did not ask."""
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


def _convert_elsewhere(classifier, path, format, examples):
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


def work(task, answer):
    """Convert in this process, as `_convert_elsewhere` asks for."""
    from ..classifier.saving import load_classifier

    examples = np.load(task["examples"]) if "examples" in task else None
    convert(load_classifier(task["classifier"]), task["path"], task["format"], examples)
    answer(None)
