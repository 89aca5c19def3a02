"""Bodies that are told at a glance, and classifiers on them."""

import keras
import numpy as np

import hearingai
from hearingai.bodies.body import Body

RATE, WINDOW = 8000, 800


def energy_body(**changes):
    """The energy of each window of 0.1 s and its opposite; a window every 0.1 s."""

    def compute(waveform, starts):
        energies = [np.square(waveform[s : s + WINDOW]).mean() for s in starts]
        return np.stack([energies, np.negative(energies)], axis=1)

    facts = {
        "name": "energy",
        "sample_rate": RATE,
        "window": WINDOW,
        "hop": WINDOW,
        "size": 2,
        "licence": "CC0-1.0",
        "source": "these tests",
        "files": (__file__,),
        "duration": 0.5,
        "compute": compute,
    }
    return Body(**facts | changes)


def on_body(labels, body=None, duration=0.5, scale=20.0, multi_label=False):
    """A classifier on a body: the mean of the first value counts for the first label."""
    body = energy_body() if body is None else body
    clip = keras.Input((body.frames(round(duration * body.sample_rate)), body.size))
    activation = "sigmoid" if multi_label else "softmax"
    head = keras.layers.Dense(len(labels), activation=activation, name="head")
    network = keras.Model(clip, head(keras.layers.GlobalAveragePooling1D()(clip)))
    kernel = np.zeros((body.size, len(labels)), "float32")
    kernel[0, 0] = scale
    head.set_weights([kernel, np.zeros(len(labels), "float32")])
    options = {"sample_rate": body.sample_rate, "duration": duration, "multi_label": multi_label}
    return hearingai.AudioClassifier(None, network, labels, body=body, **options)


def write_onnx(path, samples=WINDOW, size=6, *, opset=17, batch=1, classes=300):
    """An ONNX file: a waveform becomes the tanh of sums, and these the scores of many classes."""
    import onnx
    from onnx import helper, numpy_helper

    rng = np.random.default_rng(size)
    kernels = {"sums": (samples, size), "scores": (size, classes)}
    weights = [
        numpy_helper.from_array((rng.normal(size=shape) / shape[0] ** 0.5).astype("float32"), name)
        for name, shape in kernels.items()
    ]
    nodes = [
        helper.make_node("MatMul", ["sound", "sums"], ["summed"]),
        helper.make_node("Tanh", ["summed"], ["squeezed"]),
        helper.make_node("MatMul", ["squeezed", "scores"], ["classes"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("sound", 1, [batch, samples])],
        [helper.make_tensor_value_info("classes", 1, [batch, classes])],
        weights,
    )
    versions = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=8)
    onnx.save(model, str(path))
    return path


def write_litert(path, samples=WINDOW, size=6):
    """A LiteRT file: a waveform becomes the tanh of sums, and these the scores of classes."""
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    sound = keras.Input((samples,), batch_size=1)
    vector = keras.layers.Dense(size, activation="tanh")(sound)
    model = keras.Model(sound, keras.layers.Dense(4)(vector))
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    return path
