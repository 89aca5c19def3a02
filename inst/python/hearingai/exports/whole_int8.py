"""A network wholly in int8, for small devices: its weights, its activations, images and logits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from ..errors import HearingAIError
from ..frontends import LogMel
from ..networks.label_groups import LabelGroups
from .float_front_end import FloatFrontEnd, description_of
from .formats import need

IMAGE, LOGITS = "image", "logits"


@dataclass
class Parts:
    """A classifier's parts: what is computed in float, and the network between.

    Attributes:
        front_end: The description of the front end, with the normalisation of images.
        image: The Keras tensor with which the network in int8 begins.
        dense: The dense layer whose logits it ends with.
        label_of: The place of the label that each logit counts for.
    """

    front_end: dict[str, Any]
    image: Any
    dense: layers.Dense
    label_of: list[int]


def parts_of(classifier: Any) -> Parts:
    """Divide a classifier, or raise an error that says why it cannot stand in int8.

    The normalisation of an image by its own mean and deviation is left to the front end, as its
    values span too many powers of ten for 8 bits. So are softmax and merged labels: probabilities
    in steps of 1/256 would bound thresholds, and lose what many labels add up to.
    """
    front_end, network = classifier.frontend, classifier.network
    if classifier.body is not None or classifier.hears_embeddings:
        raise _not_small("its front end is a body, or it takes embeddings")
    if not isinstance(front_end, LogMel):
        raise _not_small(f"its front end is {type(front_end).__name__}")
    padded = front_end.padding not in ("none", "fft")
    if classifier.channels != 1 or front_end.log != "natural" or padded:
        raise _not_small("its LogMel has several channels, decibels or padding")
    found = [each for each in network.layers if not isinstance(each, layers.InputLayer)]
    label_of, merged = list(range(len(classifier.labels))), found[-1]
    if isinstance(merged, LabelGroups):
        label_of, found = _merged(merged), found[:-1]
    first, last = found[0], found[-1]
    if not isinstance(last, layers.Dense) or last.activation is not keras.activations.softmax:
        raise _not_small("its network does not end in a dense layer with softmax")
    image, epsilon = network.inputs[0], None
    if isinstance(first, layers.LayerNormalization):
        if tuple(first.axis) != (1, 2, 3) or first.center or first.scale or first.rms_scaling:
            raise _not_small("its first layer is a normalisation with weights, or along some axes")
        image, epsilon = first.output, first.epsilon
    described = description_of(front_end, classifier.samples, epsilon)
    try:
        FloatFrontEnd(described, classifier.samples)
    except ValueError:
        raise _not_small("its LogMel pads clips with frames, or is very large") from None
    return Parts(described, image, last, label_of)


def _merged(groups: LabelGroups) -> list[int]:
    members = [[i] for i in groups.kept] + groups.groups
    places = {i: label for label, group in enumerate(members) for i in group}
    return [places[i] for i in sorted(places)]


def _not_small(why: str) -> HearingAIError:
    return HearingAIError(
        f"`format`: int8 and c take classifiers with a LogMel and a small convolutional network, "
        f"as the recipe words makes them; {why}"
    )


def write_whole_int8(classifier: Any, path: Path, examples: np.ndarray) -> None:
    """Write the network as a LiteRT file from images to logits, both int8.

    Args:
        classifier: The classifier.
        path: The file.
        examples: Typical clips; the ranges of values on them decide the scales.

    Raises:
        HearingAIError: LiteRT has no integer version of one of its operations.
    """
    import tensorflow as tf

    parts = parts_of(classifier)
    images = FloatFrontEnd(parts.front_end, classifier.samples).images(examples)
    network = keras.Model(parts.image, parts.dense.output)
    shape = tf.TensorSpec((1, *images.shape[1:]), tf.float32, name=IMAGE)
    module = tf.Module()
    module.weights = [weight.value for weight in network.weights]
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, _logits_of(parts.dense):
        module.answer = tf.function(lambda image: {LOGITS: network(image)}, input_signature=[shape])
        tf.saved_model.save(module, folder, signatures={"serving_default": module.answer})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([image[None]] for image in images)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
        try:
            model = converter.convert()
        except (RuntimeError, ValueError) as error:
            reason = str(error).strip().split("\n")[0][:200]
            raise _not_small(f"LiteRT cannot compute its network in integers: {reason}") from None
    path.write_bytes(_unnamed(model))


def _unnamed(model: bytes) -> bytes:
    """The same model without names within, which count what a session has made: a few kilobytes."""
    from tensorflow.lite.tools import flatbuffer_utils

    parts = flatbuffer_utils.convert_bytearray_to_object(model)
    graph = parts.subgraphs[0]
    for i, tensor in enumerate(graph.tensors):
        tensor.name = {graph.inputs[0]: IMAGE, graph.outputs[0]: LOGITS}.get(i, "")
    return bytes(flatbuffer_utils.convert_object_to_bytearray(parts))


def tensors_of(classifier: Any, path: Path) -> dict[str, Any]:
    """The metadata of such a file: its front end, its input and its output.

    Args:
        classifier: The classifier it was made of.
        path: The file.
    """
    parts = parts_of(classifier)
    model = path.read_bytes()  # LiteRT cannot open non-ASCII paths on all systems
    interpreter = need("ai_edge_litert.interpreter").Interpreter(model_content=model)
    taken, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    return {
        "front_end": parts.front_end,
        "input": {"name": IMAGE, "holds": "images of the front end"} | _numbers(taken),
        "output": {"name": LOGITS, "label_of": parts.label_of} | _numbers(given),
    }


def _numbers(tensor: dict[str, Any]) -> dict[str, Any]:
    scale, zero = tensor["quantization"]
    shape = [int(n) for n in tensor["shape"]]
    return {"shape": shape, "type": "int8", "scale": float(scale), "zero_point": int(zero)}


@contextmanager
def _logits_of(dense: layers.Dense) -> Iterator[None]:
    """Within this context, a layer gives what goes into its softmax."""
    try:
        dense.activation = keras.activations.linear
        yield
    finally:
        dense.activation = keras.activations.softmax
