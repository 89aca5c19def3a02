"""Networks in LiteRT files."""

from __future__ import annotations

import hashlib
import queue
import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.backend import usable_cores
from ..runtime.extras import need
from ._network import NEEDS, Network, Tensor

_WORKERS = 4  # at most; each holds the weights once more


class LiteRT:
    """A LiteRT file of one input, as a function of arrays of any shape that it takes.

    Several arrays are computed by interpreters side by side, each with its part of the cores: small
    layers keep one core busy and not two. Further ones are made when there is work for them.

    Args:
        content: The file.
        place: A function from an interpreter to the place of the tensor that is the answer; `None`
            takes the output.

    Attributes:
        interpreter: The first of them, which tells of the file.
    """

    def __init__(self, content: bytes, place: Callable[[Any], int] | None = None) -> None:
        self._content, self._inner = content, place is not None
        self._most = min(usable_cores(), _WORKERS)
        self._threads = max(1, usable_cores() // self._most)
        self._lock, self._made = threading.Lock(), 0
        self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.interpreter = self._another()
        self._place = (place or _outside)(self.interpreter)

    def __call__(self, values: np.ndarray, place: int | None = None) -> np.ndarray:
        """The answer to one array, or the tensor at a place."""
        run = self._free.get()
        try:
            return run(values.astype("float32"), self._place if place is None else place)
        finally:
            self._free.put(run)

    def each(self, several: Sequence[np.ndarray], place: int | None = None) -> list[np.ndarray]:
        """The answers to several arrays, to the last bit those to each alone."""
        workers = min(self._most, len(several))
        if workers < 2:
            return [self(values, place) for values in several]
        with self._lock:
            while self._made < workers:
                self._another()
        with ThreadPoolExecutor(workers, "hearingai-litert") as pool:
            return list(pool.map(lambda values: self(values, place), several))

    def _another(self) -> Any:
        """Make an interpreter, which is then free."""
        made = _interpreter(self._content, self._threads, self._inner)
        self._free.put(_runner(made))
        self._made += 1
        return made


def _outside(interpreter: Any) -> int:
    return interpreter.get_output_details()[0]["index"]


def taken_by(operation: str) -> Callable[[Any], int]:
    """A function from an interpreter to the place of what its first such operation takes."""

    def place(interpreter: Any) -> int:
        for told in interpreter._get_ops_details():
            if told["op_name"] == operation:
                return int(told["inputs"][0])
        raise HearingAIError(f"a LiteRT file of a body has no operation {operation}: it is another")

    return place


def _runner(interpreter: Any) -> Callable[[np.ndarray, int], np.ndarray]:
    """A function of the input's array and the place of a tensor, to that tensor."""
    inside = interpreter.get_input_details()[0]["index"]
    shape: Sequence[int] = ()

    def run(values: np.ndarray, place: int) -> np.ndarray:
        nonlocal shape
        if values.shape != shape:
            shape = ()  # unknown, should it fail
            interpreter.resize_tensor_input(inside, values.shape)
            interpreter.allocate_tensors()
            shape = values.shape
        interpreter.set_tensor(inside, values)
        interpreter.invoke()
        return interpreter.get_tensor(place)

    return run


def _interpreter(content: bytes, threads: int, inner: bool = False) -> Any:
    """An interpreter; with `inner` it can be asked for every tensor."""
    interpreter = need("ai_edge_litert.interpreter", NEEDS).Interpreter
    with warnings.catch_warnings():  # of the memory that inner tensors take
        warnings.simplefilter("ignore")
        return interpreter(
            model_content=content,  # LiteRT cannot open non-ASCII paths on all systems
            num_threads=threads,
            experimental_preserve_all_tensors=inner,
        )


def litert_network(path: Path, content: bytes, wanted: str | None) -> Network:
    """Open a LiteRT file, which can answer with every tensor."""
    opened = LiteRT(content, _outside)
    interpreter = opened.interpreter
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
        lambda several, name: opened.each(several, tensors[name]["index"]),
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
