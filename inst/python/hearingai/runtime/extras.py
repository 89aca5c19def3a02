"""Optional libraries, imported where they are needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from ..errors import HearingAIError

_EXTRAS = {
    "astral": "sun",
    "av": "av",
    "tensorflow": "tensorflow",
    "ai_edge_litert": "litert",
    "onnx": "onnx",
    "onnxruntime": "onnx",
    "ray": "ray",
    "tf2onnx": "onnx",
    "fsspec": "remote",
    "aiohttp": "remote",
    "s3fs": "s3",
    "gcsfs": "gcs",
    "adlfs": "azure",
    "huggingface_hub": "hub",
}


def need(module: str, what: str) -> ModuleType:
    """Import an optional library, or raise an error that says what to install.

    Args:
        module: The library, or a module of it.
        what: What needs it, the subject of the message.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        extra = _EXTRAS[module.partition(".")[0]]
        raise HearingAIError(
            f'{what} needs {module} ({error}). Type: `pip install "hearingai[{extra}]"`'
        ) from None
