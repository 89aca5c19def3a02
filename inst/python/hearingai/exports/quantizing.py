"""Networks quantized to int8, behind front ends that stay in float32."""

from collections.abc import Iterator
from typing import Any

import numpy as np

# Operations that gain from int8 and tolerate it. All others stay in float32: normalisations divide
# by small values, errors of recurrent gates accumulate, and probabilities need full precision.
_IN_INT8 = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}
_PASSED_ON = {"AVERAGE_POOL_2D", "MAX_POOL_2D", "RELU", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "PAD"}


def quantized(converter: Any, examples: np.ndarray) -> bytes:
    """Convert to LiteRT with the products of the network in int8, input and output in float32.

    A spectrum spans many powers of ten, of which 8 bits hold two: with the front end in int8 too,
    a classifier is no better than chance.

    Args:
        converter: A `tf.lite.TFLiteConverter` of a model whose front end has the name scope
            `front_end`.
        examples: Typical clips, an array; the ranges of the network's values on them decide the
            scales.

    Returns:
        The LiteRT model, bytes.
    """
    import tensorflow as tf

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([clip[None]] for clip in examples)
    tools = tf.lite.experimental
    first = tools.QuantizationDebugger(
        converter=converter, debug_dataset=converter.representative_dataset
    )
    in_float = list(_in_float(first.calibrated_model))
    first.options = tools.QuantizationDebugOptions(denylisted_nodes=in_float)
    return first.get_nondebug_quantized_model()


def _in_float(model: bytes) -> Iterator[str]:
    """Names of the operations of a model that stay in float32."""
    from .formats import need

    interpreter = need("ai_edge_litert.interpreter").Interpreter(model_content=model)
    names = {tensor["index"]: tensor["name"] for tensor in interpreter.get_tensor_details()}
    for step in interpreter._get_ops_details():
        for output in step["outputs"]:
            name = names.get(output, "")
            if "front_end" in name or step["op_name"] not in _IN_INT8 | _PASSED_ON:
                yield name
