"""Keras as our code needs it, whatever the user's settings are, and in a process where it works."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import HearingAIError

# The settings that Keras has by default, and that saved files are made with.
_OURS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}
_lock = threading.Lock()
_users: dict[str, Any] = {}  # the user's settings, while ours are in their place
_inside = 0  # how many blocks there are, in all threads
_started_in: int | None = None  # the process in which the backend was started


@contextmanager
def using_keras() -> Iterator[Any]:
    """Keras with its default settings as long as this lasts; then the user's are back.

    A user's `keras.json`, or `keras.config`, may ask for other image layouts and number types than
    our networks, and saved files, are made for.

    Raises:
        HearingAIError: This process was forked after the backend had been started.
    """
    check_not_forked()
    import keras
    from keras.src.backend.common import global_state  # asking keras.config would set the policy

    policy = global_state.get_global_attribute("dtype_policy")  # each thread has its own
    _enter(keras)
    keras.config.set_dtype_policy("float32")
    try:
        yield keras
    finally:
        global_state.set_global_attribute("dtype_policy", policy)
        _leave(keras)


def check_not_forked() -> None:
    """Refuse to go on in a fork: the backend's threads are not in it, and it would wait for ever.

    The first call says which process has started the backend.

    Raises:
        HearingAIError: This is another process.
    """
    global _started_in
    if _started_in is None:
        _started_in = os.getpid()
    if _started_in != os.getpid():
        raise HearingAIError(
            "this process was forked from one in which Keras is at work, and would wait for ever. "
            'Begin processes anew: `multiprocessing.get_context("spawn")`, or fork before the '
            "first classifier is made or opened"
        )


def _enter(keras: Any) -> None:
    global _inside
    with _lock:
        if not _inside:
            _users.update({name: getattr(keras.config, name)() for name in _OURS})
            _put(keras, _OURS)
        _inside += 1


def _leave(keras: Any) -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            _put(keras, _users)


def _put(keras: Any, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        if getattr(keras.config, name)() != value:
            getattr(keras.config, f"set_{name}")(value)
