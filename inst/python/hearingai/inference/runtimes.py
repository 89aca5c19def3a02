"""`runtime`: by what a classifier's network is computed, chosen once for all functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .._typing import Device, Runtime
from ..classifier.handing_over import opened
from ..classifier.protocol import Classifier
from ..errors import HearingAIError
from ..runtime.arguments import choose

# By name, as other processes know it: what converts networks lies in a higher layer.
_DOOR = "hearingai.exports.in_runtimes:in_runtime"


def in_runtime(
    classifier: Classifier,
    runtime: Runtime | None,
    n: float,
    batch_size: int,
    device: Device,
    options: Mapping[str, Any],
    starts: Sequence[int] | None = None,
) -> Classifier:
    """The classifier, with its network computed by a runtime.

    Args:
        classifier: A classifier.
        runtime: See `predict`.
        n: How many clips are to be answered.
        batch_size: How many of them at once.
        device: Where to compute.
        options: The `RunOptions` of the call.
        starts: Where the first batch of clips begins in a recording, samples, if they are windows.

    Raises:
        HearingAIError: The runtime is not installed, its answers differ, or it is not for such a
            classifier or such a call.
    """
    if runtime is None:
        return classifier
    choose("runtime", runtime, ("keras", "onnx", "litert", "auto"))
    if kind := getattr(classifier, "format", None):
        raise HearingAIError(
            f"`runtime`: `{getattr(classifier, 'path', '')}` is an exported file already, which "
            f"its own runtime computes (format {kind}); leave `runtime` out"
        )
    if not hasattr(classifier, "classify"):
        raise HearingAIError(
            f"`runtime` is for an AudioClassifier. Received: {type(classifier).__name__}"
        )
    if runtime == "auto" and options["out"] is not None:
        raise HearingAIError(
            '`runtime="auto"` may choose another one when a run goes on: name the runtime of a run '
            'in a folder, "keras", "onnx" or "litert"'
        )
    if device == "gpu" and runtime in ("onnx", "litert"):
        raise HearingAIError(f'`device`: `runtime="{runtime}"` computes on the CPU here')
    if runtime == "keras" or device == "gpu":
        return classifier
    arguments: dict[str, Any] = {"classifier": classifier, "runtime": runtime, "n": n}
    arguments |= {"batch_size": batch_size, "device": device, "starts": starts}
    return opened({"open": _DOOR, "arguments": arguments})


def keras_alone(runtime: Runtime | None, argument: str, what: str) -> None:
    """Raise an error where another runtime is asked for what Keras alone computes."""
    if isinstance(runtime, str) and runtime != "keras":
        raise HearingAIError(
            f"`{argument}`: Keras alone computes {what}; leave `runtime` out. Received: "
            f"runtime={runtime!r}"
        )


def with_runtime(
    table: pd.DataFrame, classifier: Classifier, runtime: Runtime | None
) -> pd.DataFrame:
    """The table, which tells in `attrs` what computed it where a call named a runtime."""
    if (told := computed_by(classifier, runtime)) is not None:
        table.attrs["runtime"] = told
    return table


def computed_by(classifier: Classifier, runtime: Runtime | None) -> str | None:
    """What computes a classifier's network; `None` where a call named no runtime."""
    return None if runtime is None else getattr(classifier, "runtime", "keras")
