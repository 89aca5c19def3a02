"""The precision in which a network is trained; front ends stay in float32."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._typing import TrainingDevice
from .arguments import choose
from .backend import ONEDNN, require_keras

_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}
_CPU_FLAGS = {"amx_bf16", "avx512_bf16"}


def precision_of(precision: str, device: TrainingDevice = "auto") -> str:
    """The precision to train in: `"auto"` takes bfloat16 where the hardware supports it.

    Args:
        precision: `"auto"`, `"float32"` or `"bfloat16"`.
        device: The device, see `fit`.

    Returns:
        `"float32"` or `"bfloat16"`.
    """
    choose("precision", precision, ("auto", *_POLICIES))
    choose("device", device, ("auto", "cpu", "gpu", "gpus"))
    if precision != "auto":
        return precision
    return "bfloat16" if _fast_bfloat16(device) else "float32"


def _fast_bfloat16(device: TrainingDevice) -> bool:
    backend = require_keras().backend.backend()
    if device != "cpu" and (capability := _gpu_capability(backend)):
        return capability >= (8, 0)  # tensor cores with bfloat16
    # On a CPU, JAX and PyTorch gained nothing from bfloat16 in measurements; TensorFlow without
    # oneDNN emulates it.
    without = backend != "tensorflow" or os.environ.get(ONEDNN) in ("0", "false")
    return not without and bool(_CPU_FLAGS & _cpu_flags())


def _gpu_capability(backend: str) -> tuple[int, ...] | None:
    """Compute capability of the first GPU, `(major, minor)`; `None` without one."""
    if backend == "tensorflow":
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            return tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0))
    elif backend == "jax":
        import jax

        for gpu in (d for d in jax.devices() if d.platform == "gpu"):
            parts = str(gpu.compute_capability).split(".")
            return tuple(map(int, parts)) if all(p.isdecimal() for p in parts) else (0, 0)
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            return torch.cuda.get_device_capability()
    return None


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return set()
    return set(next((line for line in lines if line.startswith("flags")), "").split())


@contextmanager
def computing_in(precision: str, network: Any) -> Iterator[None]:
    """Within this context, a network computes in `precision`.

    Weights stay in float32, and so do the last layer with weights and what follows it:
    probabilities need full precision.
    """
    layers = [layer for layer in network._flatten_layers() if layer is not network]
    before = [layer.dtype_policy for layer in layers]
    weighty = [i for i, layer in enumerate(network.layers) if layer.weights]
    ends = network.layers[weighty[-1] :] if weighty else network.layers[-1:]
    last = {id(part) for layer in ends for part in layer._flatten_layers()}
    try:
        for layer in layers:
            layer.dtype_policy = "float32" if id(layer) in last else _POLICIES[precision]
        yield
    finally:
        for layer, policy in zip(layers, before, strict=True):
            layer.dtype_policy = policy
