"""The backend of Keras: seeds, determinism, devices, versions."""

from __future__ import annotations

import json
import logging
import os
import platform
import random
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._typing import Device, TrainingDevice
from ..errors import HearingAIError, MissingBackendError, first_line
from ._lazy_parts import lazy_parts
from ._quiet_start import quiet_start
from .arguments import check_seed, choose
from .using_keras import using_keras

_INSTALL = {
    "tensorflow": '`pip install "hearingai[tensorflow]"`',
    "jax": '`pip install "hearingai[jax]"`',
    "torch": '`pip install "hearingai[torch]"`',
}
BACKENDS = tuple(_INSTALL)
_FASTER = (
    "On a CPU TensorFlow trains faster, large networks several times as fast: set "
    f"KERAS_BACKEND=tensorflow before Python starts; where it is missing, {_INSTALL['tensorflow']}"
)
ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
_STEPS = 16  # steps of a small network are faster than a few of Python's calls


def require_keras() -> Any:
    """Import Keras, or raise an error that says what to install."""
    import keras

    return keras


def usable_cores() -> int:
    """Cores that this process may use: more threads would wait for each other."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    if told.isdigit() and int(told):  # what other libraries heed too
        return min(int(told), _cores())
    return _cores()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def sharing_cores(n: int) -> dict[str, str]:
    """The environment of one of `n` processes that share this one's cores."""
    return with_threads(usable_cores() // n)


def with_threads(n: int) -> dict[str, str]:
    """The environment of a process that computes with `n` threads, at least one."""
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, str(max(1, n)))


def same_backend() -> dict[str, str]:
    """The environment of a process that computes with this one's backend, where it has one."""
    if "keras" not in sys.modules:
        return {}
    return {"KERAS_BACKEND": require_keras().backend.backend()}


@contextmanager
def starting_keras() -> Iterator[None]:
    """Import Keras within: quietly and without what few use, and a one-line error if it fails.

    GPU memory grows as it is needed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # leave GPU memory to others
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    if platform.machine() in ("x86_64", "AMD64"):
        # TensorFlow leaves oneDNN off on older processors, where its own kernels are slower and
        # give the memory of large tensors back to the system at each step.
        os.environ.setdefault(ONEDNN, "1")
    drawn = random.getstate()  # libraries draw while they are imported
    try:
        with quiet_start(), lazy_parts():
            yield
    except (ImportError, ValueError, TypeError, AttributeError) as error:
        raise _not_started(error) from None
    finally:
        random.setstate(drawn)


def _not_started(error: Exception) -> MissingBackendError:
    """Why Keras cannot be imported, by the settings of the user that it follows."""
    path = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "keras.json"
    where, name = "KERAS_BACKEND", os.environ.get("KERAS_BACKEND")
    if not name:
        where, name = str(path), _backend_in(path)
    if name in _INSTALL and isinstance(error, ImportError):
        return MissingBackendError(
            f"Keras cannot start on `{name}` ({error}). Type: {_INSTALL[name]}"
        )
    if name not in _INSTALL:
        return MissingBackendError(
            f"Keras cannot start on `{name}`, which {where} names; it can be "
            f"{', '.join(_INSTALL)} ({first_line(error)})"
        )
    return MissingBackendError(
        f"Keras cannot start ({first_line(error)}). Its settings are in {path}; without that file "
        f"it takes its own"
    )


def _backend_in(path: Path) -> str:
    """The backend that the settings of Keras name."""
    try:
        return str(json.loads(path.read_text()).get("backend", "tensorflow"))
    except (OSError, ValueError, AttributeError):
        return "tensorflow"


def quieten_tensorflow() -> None:
    """Drop TensorFlow's retracing warnings, which many folds and trials cause."""
    logging.getLogger("tensorflow").addFilter(_worth_telling)


def _worth_telling(record: logging.LogRecord) -> bool:
    return "retracing" not in record.getMessage()


def draw_seed(seed: int | None = None) -> int:
    """Check a seed; draw one where none is given, so that a run can always be repeated."""
    if seed is None:
        return secrets.randbelow(2**31)
    return check_seed(seed)


@contextmanager
def ordered_sums(wanted: bool) -> Iterator[None]:
    """Give parallel sums an order as long as this lasts, if that is wanted."""
    backend = require_keras().backend.backend()
    if not wanted or backend not in _SUMS:
        yield
        return
    is_on, switch = _SUMS[backend]()
    before = is_on()
    switch(True)
    try:
        yield
    finally:
        switch(before)


def _sums_of_tensorflow() -> tuple[Callable[[], bool], Callable[[bool], None]]:
    from tensorflow.python.framework import config  # nothing public switches it off

    def switch(on: bool) -> None:
        (config.enable_op_determinism if on else config.disable_op_determinism)()

    return config.is_op_determinism_enabled, switch


def _sums_of_torch() -> tuple[Callable[[], bool], Callable[[bool], None]]:
    import torch

    return torch.are_deterministic_algorithms_enabled, torch.use_deterministic_algorithms


_SUMS = {"tensorflow": _sums_of_tensorflow, "torch": _sums_of_torch}


@contextmanager
def on_device(device: Device) -> Iterator[None]:
    """Compute on the `"cpu"`, the `"gpu"` or, with `"auto"`, on what the backend prefers."""
    choose("device", device, ("auto", "cpu", "gpu"))
    with using_keras() as keras:
        if device == "auto":
            yield
            return
        seen = _devices(keras.backend.backend())
        if device == "gpu" and not _has_gpu(seen):
            raise HearingAIError(
                f"`device`: {keras.backend.backend()} sees no GPU. It sees: {', '.join(seen)}"
            )
        with keras.device(f"{device}:0"):
            yield


def kind_of(device: TrainingDevice) -> str:
    """What `device` means on this machine, `"cpu"` or `"gpu"`."""
    if device in ("cpu", "gpu"):
        return device
    return "gpu" if _has_gpu(_devices(require_keras().backend.backend())) else "cpu"


def _has_gpu(devices: Sequence[str]) -> bool:
    return any(name.lower().startswith(("gpu", "cuda")) for name in devices)


def jit_compile(device: TrainingDevice = "auto") -> str | bool:
    """Whether to compile with XLA: on a CPU TensorFlow gains nothing by it."""
    backend = require_keras().backend.backend()
    return "auto" if backend != "tensorflow" or kind_of(device) == "gpu" else False


def steps_at_once(device: TrainingDevice = "auto") -> int:
    """Training steps in one call of the backend; several on a GPU, to keep it busy."""
    if require_keras().backend.backend() == "torch" or kind_of(device) == "cpu":
        return 1
    return _STEPS


def info() -> dict[str, Any]:
    """Versions, backend and devices.

    Returns:
        A dict with `hearingai`, `python`, `executable`, `platform`, `backend`, `devices` (a
        list), `cores`, `advice` (which backend would train faster here, or `None`) and the version
        of each library, `None` where it is not installed.

    Examples:
        >>> import hearingai
        >>> facts = hearingai.info()
        >>> facts["hearingai"] == hearingai.__version__
        True
    """
    from importlib import metadata

    from ..version import __version__

    backend = require_keras().backend.backend()
    devices = _devices(backend)
    libraries = [*("keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "numpy", "pandas")]
    libraries += ["soundfile", "soxr", "matplotlib", "espeakng-loader"]
    found: dict[str, str | None] = {}
    for name in libraries:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return {
        "hearingai": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": f"{platform.system()} {platform.machine()}",
        "backend": backend,
        "devices": devices,
        "cores": os.cpu_count(),
        "advice": None if backend == "tensorflow" or _has_gpu(devices) else _FASTER,
    } | found


def _devices(backend: str) -> list[str]:
    if backend == "tensorflow":
        import tensorflow as tf

        return [d.name.removeprefix("/physical_device:") for d in tf.config.list_physical_devices()]
    if backend == "jax":
        import jax

        return [str(d) for d in jax.devices()]
    import torch

    return ["CPU:0"] + [f"GPU:{i}" for i in range(torch.cuda.device_count())]


def versions() -> dict[str, Any]:
    """The versions that a training record stores."""
    known = info()
    names = ("hearingai", "python", "backend", "keras", "numpy")
    kept = {name: known[name] for name in names}
    library = known["backend"]
    kept[library] = known.get(library) or known.get(f"{library}-cpu")
    return kept
