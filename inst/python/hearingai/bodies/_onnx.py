"""Networks in ONNX files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.extras import need
from ._network import NEEDS, Network, Tensor, one_by_one


def onnx_network(path: Path, content: bytes, wanted: str | None) -> Network:
    """Open an ONNX file, which can answer with its outputs and one tensor more."""
    onnx, runtime = need("onnx", NEEDS), need("onnxruntime", NEEDS)
    model = onnx.load_model_from_string(content)
    if _is_elsewhere(model):
        raise HearingAIError(
            f"`{path}` keeps its weights in other files. onnx.save(onnx.load(path), one_file) "
            f"makes it one"
        )
    made = {out: node for node in model.graph.node for out in node.output}
    outputs = [output.name for output in model.graph.output]
    before = _before_last_node(model, dict(made), outputs[0])
    extra = wanted if wanted is not None else before
    if wanted is not None and wanted not in made:
        raise HearingAIError(
            f"`output`: `{path}` has no tensor `{wanted}`. Its outputs: {', '.join(outputs)}"
        )
    if extra is not None and extra not in outputs:
        model.graph.output.append(onnx.helper.make_empty_tensor_value_info(extra))
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors
    session = runtime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )

    def described(values: Any) -> list[Tensor]:
        return [
            Tensor(v.name, tuple(n if isinstance(n, int) else -1 for n in v.shape), v.type)
            for v in values
        ]

    inputs = described(session.get_inputs())
    tensors = described(session.get_outputs())
    return Network(
        inputs,
        [tensor for tensor in tensors if tensor.name in outputs],
        tensors,
        one_by_one(lambda x, name: session.run([name], {inputs[0].name: x})[0]),
        hashlib.sha256(content).hexdigest(),
        next((tensor for tensor in tensors if tensor.name == before), None),
    )


def _is_elsewhere(message: Any) -> bool:
    """Whether a tensor anywhere in an ONNX model keeps its values in another file."""
    if message.DESCRIPTOR.name == "TensorProto":
        return bool(message.external_data) or message.data_location == message.EXTERNAL
    values = [value for field, value in message.ListFields() if field.message_type is not None]
    parts = [[value] if hasattr(value, "ListFields") else value for value in values]
    return any(_is_elsewhere(part) for several in parts for part in several)


def _before_last_node(model: Any, made: dict[str, Any], name: str) -> str | None:
    """The tensor that the last layer with weights of an ONNX network takes."""
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    while name in made:
        node = made.pop(name)  # each once: a file may run in a circle
        computed = [i for i in node.input if i and i not in weights]
        if len(computed) != 1:
            return None
        matrices = [weights[i] for i in node.input if i in weights]
        if any(len(matrix.dims) >= 2 and np.prod(matrix.dims) > 1 for matrix in matrices):
            return computed[0] if computed[0] in made else None
        name = computed[0]
    return None
