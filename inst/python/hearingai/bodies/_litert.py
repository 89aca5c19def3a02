"""Networks in LiteRT files."""

from __future__ import annotations

import hashlib
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.backend import usable_cores
from ..runtime.extras import need
from ._network import NEEDS, Network, Tensor


def litert(content: bytes) -> Callable[[np.ndarray], np.ndarray]:
    """A LiteRT file of one input and one output, as a function of arrays of any shape it takes."""
    interpreter = _interpreter(content)
    run, outside = _runner(interpreter), interpreter.get_output_details()[0]["index"]
    return lambda values: run(values.astype("float32"), outside)


def _runner(interpreter: Any) -> Callable[[np.ndarray, int], np.ndarray]:
    """A function of the input's array and the place of a tensor, to that tensor."""
    inside = interpreter.get_input_details()[0]["index"]
    shape: Sequence[int] = ()
    lock = threading.Lock()  # an interpreter computes one thing at a time

    def run(values: np.ndarray, place: int) -> np.ndarray:
        nonlocal shape
        with lock:
            if values.shape != shape:
                interpreter.resize_tensor_input(inside, values.shape)
                interpreter.allocate_tensors()
                shape = values.shape
            interpreter.set_tensor(inside, values)
            interpreter.invoke()
            return interpreter.get_tensor(place)

    return run


def _interpreter(content: bytes, inner: bool = False) -> Any:
    """An interpreter; with `inner` it can be asked for every tensor."""
    interpreter = need("ai_edge_litert.interpreter", NEEDS).Interpreter
    with warnings.catch_warnings():  # of the memory that inner tensors take
        warnings.simplefilter("ignore")
        return interpreter(
            model_content=content,  # LiteRT cannot open non-ASCII paths on all systems
            num_threads=usable_cores(),
            experimental_preserve_all_tensors=inner,
        )


def litert_network(path: Path, content: bytes, wanted: str | None) -> Network:
    """Open a LiteRT file, which can answer with every tensor."""
    interpreter = _interpreter(content, inner=True)
    run = _runner(interpreter)
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    tensors = {d["name"]: d for d in (*interpreter.get_tensor_details(), *outputs)}
    if wanted is not None and wanted not in tensors:
        raise HearingAIError(
            f"`output`: `{path}` has no tensor `{wanted}`. "
            f"Its outputs: {', '.join(d['name'] for d in outputs)}"
        )
    before = _before_last(interpreter, outputs[0]["index"])
    return Network(
        [_tensor(d) for d in inputs],
        [_tensor(d) for d in outputs],
        [_tensor(d) for d in tensors.values()],
        lambda values, name: run(values, tensors[name]["index"]),
        hashlib.sha256(content).hexdigest(),
        next((_tensor(d) for d in tensors.values() if d["index"] == before), None),
    )


def _tensor(details: dict[str, Any]) -> Tensor:
    signature = details["shape_signature"]
    shape = signature if len(signature) else details["shape"]
    return Tensor(details["name"], tuple(int(n) for n in shape), np.dtype(details["dtype"]).name)


def _before_last(interpreter: Any, place: int) -> int | None:
    """The tensor that the last layer with weights of a LiteRT network takes."""
    made = {out: op for op in interpreter._get_ops_details() for out in op["outputs"]}
    ends = {d["index"] for d in interpreter.get_input_details()}
    while place in made:
        layer = made.pop(place)  # each once: a file may run in a circle
        inputs = [int(i) for i in layer["inputs"] if i >= 0]
        computed = [i for i in inputs if i in made or i in ends]
        if len(computed) != 1:
            return None
        if len(inputs) > 1 and _is_matrix(interpreter, [i for i in inputs if i != computed[0]]):
            return computed[0]
        place = computed[0]
    return None


def _is_matrix(interpreter: Any, places: Sequence[int]) -> bool:
    """Whether one of the constants is a matrix, so that a layer multiplies with it."""
    shapes = {d["index"]: d["shape"] for d in interpreter.get_tensor_details()}
    return any(len(shapes[i]) >= 2 and np.prod(shapes[i]) > 1 for i in places if i in shapes)
