"""Training on all GPUs of a machine: each takes its share of a batch, all keep the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..errors import HearingAIError
from .backend import require_keras

SEVERAL = "gpus"


def one_device(device: Any) -> Any:
    """The device of what is not shared out, such as reading clips."""
    return "auto" if isinstance(device, str) and device == SEVERAL else device


@contextmanager
def shared_out(device: str, model: Any) -> Iterator[None]:
    """With `device="gpus"`, train `model` on all devices as long as this lasts.

    Raises:
        HearingAIError: The backend is not JAX, or sees one device only.
    """
    if device != SEVERAL:
        yield
        return
    distribution = _distribution()
    with distribution.scope():
        _place(model, distribution)
        try:
            yield
        finally:
            _gather(model)


def _distribution() -> Any:
    """Keras's distribution of batches over the devices that JAX sees."""
    keras = require_keras()
    if (backend := keras.backend.backend()) != "jax":
        raise HearingAIError(
            f'`device="{SEVERAL}"` needs the backend jax: set the environment variable '
            f"KERAS_BACKEND=jax before the first call. Received: {backend}"
        )
    devices = keras.distribution.list_devices()
    if len(devices) < 2:
        raise HearingAIError(
            f'`device="{SEVERAL}"`: jax sees one device only, {devices[0]}. '
            f'"auto" takes the GPU where there is one'
        )

    class Shared(keras.distribution.DataParallel):  # type: ignore[name-defined]
        """Batches that cannot be divided, as the last of an epoch, go to all devices whole."""

        def get_data_layout(self, data_shape: Any) -> Any:
            if data_shape[0] % len(devices) == 0:
                return super().get_data_layout(data_shape)
            return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)

    return Shared(devices=devices)


def _place(model: Any, distribution: Any) -> None:
    """Copy the variables of a model to all devices."""
    import jax

    for variable in model.variables:
        layout = distribution.get_variable_layout(variable).backend_layout
        variable.assign(jax.device_put(variable.value, layout))


def _gather(model: Any) -> None:
    """Bring the variables of a model back to one device."""
    for variable in model.variables:
        variable.assign(np.asarray(variable.value))
