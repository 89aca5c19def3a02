"""Random numbers: ours are drawn from a seed, and those of the user go on as if nothing were."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from ..errors import HearingAIError
from .backend import BACKENDS, ordered_sums, require_keras


@contextmanager
def seeded(seed: int, deterministic: bool = False) -> Iterator[None]:
    """Seed Python, NumPy, Keras and the backend as long as this lasts.

    Args:
        seed: The seed.
        deterministic: Whether parallel sums have an order too.
    """
    keras = require_keras()
    backend = keras.backend.backend()
    if backend not in BACKENDS:
        raise HearingAIError(
            f"Keras computes with `{backend}` here, which trains no networks. "
            f"`KERAS_BACKEND` can be {', '.join(BACKENDS)}"
        )
    with kept_generators(), ordered_sums(deterministic):
        keras.utils.set_random_seed(seed)
        yield


@contextmanager
def kept_generators() -> Iterator[None]:
    """Leave the global generators as they are found, whatever is drawn from them meanwhile."""
    put_back = [_python(), _numpy(), *map(_of_library, _LIBRARIES)]
    with ExitStack() as stack:
        for restore in put_back:
            if restore is not None:
                stack.callback(restore)
        yield


def _python() -> Callable[[], None]:
    state = random.getstate()
    return lambda: random.setstate(state)


def _numpy() -> Callable[[], None]:
    state = np.random.get_state()  # noqa: NPY002
    return lambda: np.random.set_state(state)  # noqa: NPY002


def _of_library(name: str) -> Callable[[], None] | None:
    """What restores the generators of a library; of one that is not loaded, none are there."""
    module = sys.modules.get(name)
    return None if module is None else _LIBRARIES[name](module)


def _torch(torch: Any) -> Callable[[], None]:
    state = torch.random.get_rng_state()
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []

    def restore() -> None:
        torch.random.set_rng_state(state)
        if cuda:
            torch.cuda.set_rng_state_all(cuda)

    return restore


def _tensorflow(_: Any) -> Callable[[], None] | None:
    """Its global seed, and how far the seeds of its operations have been drawn from that."""
    from tensorflow.python.eager import context  # nothing public tells the seed

    eager = context.context()
    state = {name: getattr(eager, name, None) for name in ("_seed", "_rng")}
    return lambda: eager.__dict__.update(state)


def _keras(_: Any) -> Callable[[], None]:
    from keras.src.backend.common import global_state  # nothing public tells its generator

    names = ("global_random_seed", "global_seed_generator")
    state = {name: global_state.get_global_attribute(name) for name in names}

    def restore() -> None:
        for name, value in state.items():
            setattr(global_state.GLOBAL_STATE_TRACKER, name, value)

    return restore


_LIBRARIES: dict[str, Callable[[Any], Callable[[], None] | None]] = {
    "torch": _torch,
    "tensorflow": _tensorflow,
    "keras": _keras,
}
