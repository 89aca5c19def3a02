"""A worker on Ray: an actor, in a process of its own on any machine of a cluster."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import HearingAIError, HearingAIWarning
from ..version import __version__


@dataclass(frozen=True)
class Answer:
    """What a worker answers: a value or an error of ours, and warnings."""

    value: Any
    error: HearingAIError | None
    warnings: tuple[str, ...]


class Worker:
    """A worker itself, an actor of Ray's."""

    def __init__(self) -> None:
        self._do: Callable[[Any, Callable[[float], object]], Any]
        self._told = 0.0

    def begin(self, start: tuple[str, str, str, Any]) -> Answer:
        """Open what all items need; the answer is the machine that this is on."""
        return _answer(lambda: self._begun(*start))

    def do(self, item: Any) -> Answer:
        """Do an item."""
        self._told = 0.0
        return _answer(lambda: self._do(item, self._tell))

    def told(self) -> float:
        """How far the item is that is being done."""
        return self._told

    def _begun(self, version: str, folder: str, make: str, start: Any) -> str:
        from ray import get_runtime_context

        if version != __version__:
            raise HearingAIError(
                f"the machines of the cluster of Ray must have hearingai {version}, as this one. "
                f"Found: {__version__}"
            )
        if os.path.isdir(folder):  # noqa: PTH112  # relative paths are those of the caller
            os.chdir(folder)
        module, _, function = make.partition(":")
        self._do = getattr(importlib.import_module(module), function)(start)
        return get_runtime_context().get_node_id()

    def _tell(self, far: float) -> None:
        self._told = float(far)


def _answer(work: Callable[[], Any]) -> Answer:
    value, error = None, None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HearingAIWarning)
        try:
            value = work()
        except HearingAIError as raised:
            error = raised
    texts = [str(w.message) for w in caught if issubclass(w.category, HearingAIWarning)]
    return Answer(value, error, tuple(texts))
