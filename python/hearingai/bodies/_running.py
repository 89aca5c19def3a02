"""Networks in files, run on the CPU: LiteRT, ONNX and SavedModel; and what the files say."""

from __future__ import annotations

import hashlib
import math
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.extras import need
from ..runtime.using_keras import check_not_forked
from .body import sha256_of

NEEDS = "this body"
_MOST = 2**24  # samples of an input and values of an output, at most


@dataclass(frozen=True)
class Opened:
    """A network in a file.

    Attributes:
        run: A function from waveforms `(n, samples)` to embeddings `(n, size)`.
        samples: Samples of its input.
        size: Values of its output.
        input: Name of its input.
        shape: Shape of its input.
        output: Name of its output.
        sha256: Hash of what was opened.
    """

    run: Callable[[np.ndarray], np.ndarray]
    samples: int
    size: int
    input: str
    shape: tuple[int, ...]
    output: str
    sha256: str


@dataclass(frozen=True)
class Tensor:
    """An input or an output, as the file describes it; -1 is a size that is open."""

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Network:
    """What a file says of itself, and how to run it.

    Attributes:
        inputs: Its inputs.
        outputs: Its outputs.
        tensors: All that it can answer with, also its outputs.
        answer: A function of the input's array and the name of one of `tensors`.
        sha256: Hash of what was opened.
        before: What the last layer with weights takes, where the file tells its layers.
    """

    inputs: list[Tensor]
    outputs: list[Tensor]
    tensors: list[Tensor]
    answer: Callable[[np.ndarray, str], np.ndarray]
    sha256: str
    before: Tensor | None = None


def windowed(
    run: Callable[[np.ndarray], np.ndarray], window: int
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A function of a waveform and the starts of its windows, from one of windows."""

    def compute(waveform: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return run(np.stack([waveform[start : start + window] for start in starts]))

    return compute


def open_file(
    path: Path,
    *,
    samples: int | None = None,
    input: str | None = None,
    output: str | None = None,
) -> Opened:
    """Open a network from waveforms to vectors, and try it on silence.

    Args:
        path: The file, or the folder of a SavedModel.
        samples: Samples of its input, where the file leaves them open.
        input: Name of the input; `None` where there is one.
        output: Name of the output or, in ONNX and LiteRT files, of any tensor; `None` takes the
            output whose name says embedding, else the layer before the last.
    """
    network = open_network(path, output)
    place = _choose("input", input, network.inputs, path)
    shape = _waveform_shape(place, samples, path)
    name = _output_of(network, output, path)
    told = next(tensor.shape for tensor in network.tensors if tensor.name == name)
    if math.prod(n for n in told if n > 0) > _MOST:  # it is not run, since that takes the memory
        raise HearingAIError(f"`{path}`: `{name}` is no vector, but of shape {told}")

    def one(window: np.ndarray) -> np.ndarray:
        return np.asarray(network.answer(window.reshape(shape).astype("float32"), name))

    try:
        tried = one(np.zeros(max(shape), "float32"))
    except HearingAIError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise HearingAIError(f"`{path}` cannot be run on {max(shape)} samples: {reason}") from None
    if tried.dtype.kind != "f" or tried.size != max(tried.shape, default=0) or tried.size < 2:
        raise HearingAIError(
            f"`{path}`: `{name}` is no vector, but {tried.dtype} of shape {tried.shape}; name "
            f"another `output`, see body_info()"
        )
    size = tried.size
    return Opened(
        lambda windows: np.stack([one(window).reshape(size) for window in windows]),
        max(shape),
        size,
        place.name,
        shape,
        name,
        network.sha256,
    )


def open_network(path: Path, wanted: str | None = None) -> Network:
    """Open a file by what its name ends in."""
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    kinds = {".tflite": _litert_network, ".onnx": _onnx_network}
    opens = kinds.get(path.suffix.lower())
    if opens is None and not path.is_dir():
        raise HearingAIError(
            f"`{path}` must be an .onnx or .tflite file or the folder of a SavedModel"
        )
    try:
        if opens is None or path.is_dir():
            return _saved_model(path)
        return opens(path, path.read_bytes(), wanted)
    except HearingAIError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise HearingAIError(f"`{path}` is no network that can be opened: {reason}") from None


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
            num_threads=os.cpu_count() or 1,
            experimental_preserve_all_tensors=inner,
        )


def _litert_network(path: Path, content: bytes, wanted: str | None) -> Network:
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


def _onnx_network(path: Path, content: bytes, wanted: str | None) -> Network:
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
        lambda x, name: session.run([name], {inputs[0].name: x})[0],
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


def _saved_model(path: Path) -> Network:
    tensorflow = need("tensorflow", NEEDS)
    check_not_forked()
    sha256 = sha256_of([str(path)])
    with tensorflow.device("CPU"):
        model = tensorflow.saved_model.load(str(path))
    function = model.signatures.get("serving_default")
    if function is None:
        raise HearingAIError(f"`{path}` has no signature `serving_default`")
    inputs = [
        Tensor(name, tuple(-1 if n is None else n for n in spec.shape), spec.dtype.name)
        for name, spec in function.structured_input_signature[1].items()
    ]
    outputs = [
        Tensor(name, tuple(-1 if n is None else n for n in spec.shape), spec.dtype.name)
        for name, spec in function.structured_outputs.items()
    ]

    def answer(values: np.ndarray, name: str) -> np.ndarray:
        check_not_forked()
        with tensorflow.device("CPU"):
            return function(**{inputs[0].name: tensorflow.constant(values)})[name].numpy()

    return Network(inputs, outputs, outputs, answer, sha256)


def _choose(argument: str, name: str | None, tensors: list[Tensor], path: Path) -> Tensor:
    listed = ", ".join(f"{t.name} {t.shape}" for t in tensors)
    if len(tensors) != 1:
        raise HearingAIError(f"`{path}` must have one input. It has {len(tensors)}: {listed}")
    if name not in (None, tensors[0].name):
        raise HearingAIError(f"`{argument}`: `{path}` has no `{name}`. It has: {listed}")
    return tensors[0]


def _waveform_shape(tensor: Tensor, samples: int | None, path: Path) -> tuple[int, ...]:
    """The shape of the input for one waveform of so many samples."""
    fixed = [n for n in tensor.shape if n > 1]
    if "float" not in tensor.dtype or len(fixed) > 1 or len(tensor.shape) > 4 or not tensor.shape:
        raise HearingAIError(
            f"`{path}` takes {tensor.dtype} of shape {tensor.shape}, which is no waveform"
        )
    known = fixed[0] if fixed else None
    if known is not None and samples not in (None, known):
        raise HearingAIError(f"`{path}` takes {known} samples, and `window` is {samples}")
    length = known or samples
    if length is None:
        raise HearingAIError(f"`window` must be given: `{path}` takes any number of samples")
    if not 2 <= length <= _MOST:
        raise HearingAIError(f"`{path}` takes {length} samples at once, which is no waveform")
    place = len(tensor.shape) - 1
    if fixed:
        place = tensor.shape.index(known)
    elif any(n < 0 for n in tensor.shape):
        place = max(i for i, n in enumerate(tensor.shape) if n < 0)
    return tuple(length if i == place else 1 for i in range(len(tensor.shape)))


def _output_of(network: Network, wanted: str | None, path: Path) -> str:
    if wanted is not None:
        names = [tensor.name for tensor in network.outputs]
        if path.is_dir() and wanted not in names:
            raise HearingAIError(
                f"`output`: `{path}` has no output `{wanted}`. It has: {', '.join(names)}"
            )
        return wanted
    named = [t.name for t in network.outputs if "embedding" in t.name.lower()]
    if len(named) == 1:
        return named[0]
    if network.before is not None:
        return network.before.name
    if len(network.outputs) == 1:
        return network.outputs[0].name
    listed = ", ".join(f"{t.name} {t.shape}" for t in network.outputs)
    raise HearingAIError(f"`output` must be named: `{path}` has {listed}")
