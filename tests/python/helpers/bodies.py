"""Networks in files that stand for bodies: two dense layers over windows of 100 samples."""

import numpy as np

RATE, WINDOW, SIZE, CLASSES = 1000, 100, 8, 3


def weights(seed=0):
    """Two matrices and two vectors."""
    rng = np.random.default_rng(seed)
    shapes = [(WINDOW, SIZE), (SIZE,), (SIZE, CLASSES), (CLASSES,)]
    return [rng.normal(0, 0.3, shape).astype("float32") for shape in shapes]


def expected(windows, seed=0):
    """The embeddings of windows, by NumPy: what the last layer takes."""
    kernel, bias, *_ = weights(seed)
    return np.maximum(windows @ kernel + bias, 0)


def write_onnx(path, seed=0, shape=(1, WINDOW), external=False):
    """The network as an ONNX file; its outputs are classes, the tensor before is `hidden`."""
    from onnx import TensorProto, helper, numpy_helper, save

    names = ("kernel", "bias", "kernel2", "bias2")
    told = [numpy_helper.from_array(w, n) for n, w in zip(names, weights(seed), strict=True)]
    nodes = [
        helper.make_node("MatMul", ["sound", "kernel"], ["a"]),
        helper.make_node("Add", ["a", "bias"], ["b"]),
        helper.make_node("Relu", ["b"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "kernel2"], ["c"]),
        helper.make_node("Add", ["c", "bias2"], ["classes"]),
    ]
    inputs = [helper.make_tensor_value_info("sound", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info("classes", TensorProto.FLOAT, (1, CLASSES))]
    graph = helper.make_graph(nodes, "small", inputs, outputs, told)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    beside = {"save_as_external_data": True, "location": "weights.bin", "size_threshold": 0}
    save(model, str(path), **(beside if external else {}))
    return path


def network(seed=0):
    """The network as a function of TensorFlow, with both layers as outputs."""
    import tensorflow as tf

    module = tf.Module()
    kernel, bias, kernel2, bias2 = module.weights = [tf.Variable(w) for w in weights(seed)]

    @tf.function(input_signature=[tf.TensorSpec((1, WINDOW), tf.float32, "sound")])
    def answer(sound):
        hidden = tf.nn.relu(sound @ kernel + bias)
        return {"embeddings": hidden, "classes": hidden @ kernel2 + bias2}

    module.answer = answer
    return module


def write_saved_model(path, seed=0):
    """The network as a SavedModel, which names its embeddings."""
    import tensorflow as tf

    module = network(seed)
    tf.saved_model.save(module, str(path), signatures=module.answer)
    return path


def write_litert(path, seed=0):
    """The network as a LiteRT file; its outputs are classes alone."""
    import tensorflow as tf

    module = network(seed)
    classes = tf.function(
        lambda sound: module.answer(sound)["classes"],
        input_signature=[tf.TensorSpec((1, WINDOW), tf.float32, "sound")],
    ).get_concrete_function()
    made = tf.lite.TFLiteConverter.from_concrete_functions([classes], module).convert()
    path.write_bytes(made)
    return path
