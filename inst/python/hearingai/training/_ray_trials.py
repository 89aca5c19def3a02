"""The trials of a tuning on a cluster of Ray: what a worker does with them."""

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from ..errors import HearingAIWarning
from ..runtime.backend import on_device
from ..runtime.distribution import one_device
from ..runtime.generators import seeded
from ..tables.label_sets import is_multi_label
from . import tuning


def trial_worker(start: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """What trains trials, in a worker: reads the clips once, gives the numbers of each."""
    labels, settings = start["labels"], start["settings"]

    def alike() -> ExitStack:
        stack = ExitStack()
        stack.enter_context(on_device(one_device(settings.device)))
        stack.enter_context(seeded(settings.seed, settings.deterministic))
        return stack

    with alike(), warnings.catch_warnings():
        warnings.simplefilter("ignore", HearingAIWarning)  # the caller was told
        reader = tuning.untrained(labels, settings, is_multi_label(start["split"]["train"]))
        clips = tuning.read_clips(reader, settings, start["split"], start["store"], False)

    def do(trial: tuple[int, dict[str, Any]], _: Any) -> dict[str, Any]:
        with alike():
            return tuning.train_trial(trial[1], labels, settings, clips)

    return do
