"""The graph of a body that is an ONNX file, for files that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..runtime.extras import need
from ._network import NEEDS
from ._running import open_file
from .body import Body, check_same


@dataclass(frozen=True)
class OnnxBody:
    """The graph of a body.

    Attributes:
        model: The ONNX model.
        input: Name of its input.
        shape: Shape that the input has for one window.
        output: Name of the tensor that holds the embedding.
        size: Values of an embedding.
    """

    model: Any
    input: str
    shape: tuple[int, ...]
    output: str
    size: int


def onnx_body(body: Body) -> OnnxBody:
    """Open the graph of a body that `open_body` opened from an ONNX file."""
    told, path = dict(body.options), Path(body.files[0])
    opened = open_file(
        path, samples=body.window, input=told.get("input"), output=told.get("output")
    )
    check_same(body.name, body.sha256, opened.sha256, path)
    model = need("onnx", NEEDS).load(str(path), load_external_data=False)
    return OnnxBody(model, opened.input, opened.shape, opened.output, opened.size)
