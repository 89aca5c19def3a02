"""Exported files that several files of tests make."""

NAMES = {"saved_model": "mödel", "onnx": "mödel.onnx", "litert": "mödel.tflite"}
LIBRARIES = {"saved_model": ["tensorflow"], "onnx": ["onnxruntime", "tf2onnx"]}
LIBRARIES |= {"litert": ["tensorflow", "ai_edge_litert"]}
LABELS = ["größer", "no, or", "yes"]


def decided(classifier):
    """The classifier with answers as sure as a trained one's."""
    last = classifier.network.layers[-1]
    last.set_weights([10 * weight for weight in last.get_weights()])
    return classifier
