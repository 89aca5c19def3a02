"""Classifiers and layers as bytes, for languages that serialise objects themselves."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from .._typing import PathLike
from ..bodies.body import Body
from ..runtime.backend import require_keras


def pack(thing: Any) -> bytearray:
    """A classifier or a layer as bytes: its configuration and its weights, not its optimizer.

    Args:
        thing: An `AudioClassifier`, or a front end.

    Returns:
        A bytearray, for `unpack`.
    """
    keras = require_keras()
    config = keras.saving.serialize_keras_object(thing)
    config.pop("compile_config", None)
    weights = {f"weight-{i}": value for i, value in enumerate(thing.get_weights())}
    file = io.BytesIO()
    np.savez(file, config=np.frombuffer(json.dumps(config).encode(), "uint8"), **weights)
    return bytearray(file.getvalue())


def reopen_body(described: dict[str, Any]) -> Body:
    """Find a body again by its `description`, only if its files are the same."""
    from ..bodies.saved import found_again

    return found_again(described)


def unpack(data: bytes, body: Body | None = None) -> Any:
    """Restore what `pack` returned; no code in the bytes is executed.

    Args:
        data: Bytes.
        body: The `Body` of a classifier with one; `None` looks for it where it was.

    Raises:
        HearingAIError: They name a class that could run code or open files, or promise more than
            they hold.
    """
    keras = require_keras()
    from ..classifier.configuration import body_given
    from ..classifier.saving import check_arrays, check_config, weights_within

    check_arrays(data)
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        config = json.loads(kept["config"].tobytes())
        weights = [kept[f"weight-{i}"] for i in range(len(kept.files) - 1)]
    check_config(config)
    size = sum(weight.size for weight in weights)
    with weights_within(size), body_given(body):
        thing = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if weights:
        thing.set_weights(weights)
    return thing


def pack_file(path: PathLike) -> bytearray:
    """A file, or a folder as a zip, as bytes for `unpack_file`."""
    path = Path(path)
    if path.is_file():
        return bytearray(path.read_bytes())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(path.rglob("*")):
            archive.write(part, part.relative_to(path))
    return bytearray(file.getvalue())


def unpack_file(data: bytes, path: PathLike, folder: bool = False) -> str:
    """Write what `pack_file` returned; the parent folder is created.

    Args:
        data: Bytes.
        path: The file or folder to write.
        folder: Whether it is a folder.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if folder:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(path)
    else:
        path.write_bytes(data)
    return str(path)
