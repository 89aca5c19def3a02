"""A body and its head in one ONNX file, where the body is an ONNX file itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import PathLike
from ..bodies.body import UNKNOWN_LICENCE, Body
from ..bodies.graphs import OnnxBody, onnx_body
from ..errors import HearingAIError
from .formats import INPUT, need

_HEAD = "head/"
_EMBEDDINGS = f"{_HEAD}{INPUT}"  # what the head takes
_FORBIDDING = ("-NC", "-ND", UNKNOWN_LICENCE)  # licences under which weights are not copied


def is_inside(body: Body | None, format: str) -> bool:
    """Whether an exported file of this format holds the body too; otherwise it names it."""
    if body is None or format != "onnx" or len(body.files) != 1:
        return False
    forbidden = any(part in body.licence for part in _FORBIDDING)
    return Path(body.files[0]).suffix.lower() == ".onnx" and not forbidden


def put_before(body: Body, samples: int, path: PathLike) -> None:
    """Put a body before its head: the file then takes waveforms.

    The body is run window by window, whatever number of windows it would take at once.

    Args:
        body: A body in an ONNX file.
        samples: Samples of a clip.
        path: The ONNX file of the head, which is replaced.
    """
    onnx = need("onnx")
    head, found = onnx.load(str(path)), onnx_body(body)
    version = max(_version(head), _version(found.model))
    try:
        head, model = (_raised(onnx, m, version) for m in (head, found.model))
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise HearingAIError(
            f"the body `{body.name}` and its head cannot be one ONNX file: {reason}"
        ) from None
    outputs = list(head.graph.output)
    graph = onnx.compose.add_prefix_graph(head.graph, _HEAD)
    before, constants = _before(onnx, body, samples, _scanned(onnx, found, model, body.window))
    after = [onnx.helper.make_node("Identity", [_HEAD + o.name], [o.name]) for o in outputs]
    clips = onnx.helper.make_tensor_value_info(INPUT, 1, ["clips", samples])
    merged = onnx.helper.make_graph(
        [*before, *graph.node, *after],
        "classifier",
        [clips],
        outputs,
        [*constants, *graph.initializer],
    )
    domains = {entry.domain: entry for m in (head, model) for entry in m.opset_import}
    result = onnx.helper.make_model(
        merged,
        producer_name=head.producer_name,
        opset_imports=list(domains.values()),
        functions=list(model.functions),
        ir_version=max(head.ir_version, model.ir_version),
    )
    onnx.checker.check_model(result)
    onnx.save(result, str(path))


def _version(model: Any) -> int:
    """The version of ONNX's own operations."""
    return max(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


def _raised(onnx: Any, model: Any, version: int) -> Any:
    if _version(model) == version:
        return model
    return onnx.version_converter.convert_version(model, version)


def _scanned(onnx: Any, found: OnnxBody, model: Any, window: int) -> Any:
    """The body as a graph from one window, `(window,)`, to its embedding, `(size,)`."""
    node = onnx.helper.make_node
    graph = onnx.compose.add_prefix_graph(model.graph, "body/")
    nodes = [
        node("Reshape", ["window", "shape"], [f"body/{found.input}"]),
        *_needed(graph.node, f"body/{found.output}"),
        node("Cast", [f"body/{found.output}"], ["values"], to=1),
        node("Reshape", ["values", "all"], ["vector"]),
    ]
    constants = [
        onnx.numpy_helper.from_array(np.array(found.shape, "int64"), "shape"),
        onnx.numpy_helper.from_array(np.array([found.size], "int64"), "all"),
    ]
    taken = {name for n in nodes for name in _taken(n)}
    return onnx.helper.make_graph(
        nodes,
        "body",
        [onnx.helper.make_tensor_value_info("window", 1, [window])],
        [onnx.helper.make_tensor_value_info("vector", 1, [found.size])],
        [*constants, *(weights for weights in graph.initializer if weights.name in taken)],
    )


def _before(onnx: Any, body: Body, samples: int, scanned: Any) -> tuple[list[Any], list[Any]]:
    """Nodes and constants from clips to the embeddings that the head takes."""
    node = onnx.helper.make_node
    before, after, starts = body.places(samples)
    arrays = {
        "silence": np.array([0, before, 0, after], "int64"),
        "starts": starts.astype("int64")[:, None],
        "first": np.array(0, "int64"),
        "window": np.array(body.window, "int64"),
        "step": np.array(1, "int64"),
        "windows": np.array([-1, body.window], "int64"),
        "sequences": np.array([-1, len(starts), body.size], "int64"),
    }
    nodes = [
        node("Pad", [INPUT, "sound/silence"], ["sound/padded"]),
        node("Range", ["sound/first", "sound/window", "sound/step"], ["sound/within"]),
        node("Add", ["sound/starts", "sound/within"], ["sound/places"]),
        node("Gather", ["sound/padded", "sound/places"], ["sound/cut"], axis=1),
        node("Reshape", ["sound/cut", "sound/windows"], ["sound/each"]),
        node("Scan", ["sound/each"], ["sound/vectors"], body=scanned, num_scan_inputs=1),
        node("Reshape", ["sound/vectors", "sound/sequences"], [_EMBEDDINGS]),
    ]
    named = [onnx.numpy_helper.from_array(a, f"sound/{name}") for name, a in arrays.items()]
    return nodes, named


def _needed(nodes: Sequence[Any], output: str) -> list[Any]:
    """The nodes, in their order, that an output is computed from."""
    made = {name: i for i, each in enumerate(nodes) for name in each.output}
    wanted, kept = [output], set[int]()
    while wanted:
        place = made.get(wanted.pop())
        if place is not None and place not in kept:
            kept.add(place)
            wanted += _taken(nodes[place])
    return [nodes[i] for i in sorted(kept)]


def _taken(node: Any) -> list[str]:
    """The names that a node takes, also those that graphs in it take from outside."""
    graphs = [a.g for a in node.attribute if a.HasField("g")]
    graphs += [graph for a in node.attribute for graph in a.graphs]
    return [*node.input, *(name for graph in graphs for n in graph.node for name in _taken(n))]
