"""Where the time of TensorFlow's operations goes, and what this machine multiplies at best."""

import re
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from sizes import multiply_adds

KINDS = {  # of an operation that its name tells, the first that fits
    "convolutions %": r":\w*(Conv2D|DepthwiseConv2dNative)$",
    "their kernels' gradients %": r":\w*Conv2D(Native)?BackpropFilter\w*$",
    "their images' gradients %": r":\w*Conv2D(Native)?BackpropInput\w*$",
    "normalisation %": r"normalization",
    "pooling %": r":\w*Pool\w*$",
    "other operations %": r"[^:]:\w+$",
}
SIZE = 4096


def shares(run):
    """What each kind of operation takes of the time of all in `run()`, by TensorFlow's profiler."""
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    traced = xplane_pb2.XSpace()
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            run()
        (file,) = Path(folder).rglob("*.xplane.pb")
        traced.ParseFromString(file.read_bytes())
    spent = Counter()
    for plane in traced.planes:
        for line in plane.lines:
            if line.name.startswith("tf_Compute"):  # not what operations hand to other threads
                for event in line.events:
                    name = plane.event_metadata[event.metadata_id].name
                    kind = next((k for k, told in KINDS.items() if re.search(told, name)), None)
                    spent[kind] += event.duration_ps
    spent.pop(None, None)
    return {kind: 100 * spent[kind] / spent.total() for kind in KINDS if spent[kind]}


def limit(network, peaks, passes=3):
    """Clips a second if arithmetic alone took time: an answer is a pass, a step of training three.

    Args:
        network: A Keras model.
        peaks: What `peak()` measured, several times.
        passes: How often the arithmetic of an answer is done.
    """
    operations = 2 * passes * 1e6 * multiply_adds(network)  # which are told in millions
    return float(np.median(peaks)) / operations


def peak(precision):
    """Float operations a second of one large product of matrices in a precision."""
    import tensorflow as tf

    matrix = tf.ones((SIZE, SIZE), precision)
    product = tf.function(lambda: tf.linalg.matmul(matrix, matrix)[0, 0], autograph=False)
    product().numpy()
    began = time.perf_counter()
    product().numpy()
    return 2 * SIZE**3 / (time.perf_counter() - began)
