"""Checks of what a classifier is made of."""

from collections.abc import Sequence
from typing import Any

import keras

from ..bodies.body import refuse_no_body
from ..errors import HearingAIError
from ..runtime.arguments import choose
from ..tables.rest_labels import wanted


def check_body(
    body: Any, frontend: Any, network: keras.Model, sample_rate: int, duration: float, channels: int
) -> None:
    """Refuse a body that does not suit what comes before and after it."""
    refuse_no_body(body)
    if frontend is not None or channels != 1:
        wrong = "a front end" if frontend is not None else f"{channels} channels"
        raise HearingAIError(f"a body hears waveforms of one channel. Received: {wrong} beside it")
    if sample_rate != body.sample_rate:
        raise HearingAIError(
            f"`sample_rate` must be that of the body, {body.sample_rate}. Received: {sample_rate}"
        )
    embeddings = (body.frames(round(sample_rate * duration)), body.size)
    if tuple(network.input_shape[1:]) != embeddings:
        raise HearingAIError(
            f"the network takes {tuple(network.input_shape[1:])}, and {duration:g} s give "
            f"{embeddings} embeddings of the body `{body.name}`"
        )


def check_labels(labels: Sequence[str], network: keras.Model, multi_label: bool) -> None:
    """Refuse labels that repeat, or are not those of the network's outputs."""
    if len(set(labels)) != len(labels):
        raise HearingAIError(f"`labels` must differ from each other. Received: {tuple(labels)}")
    outputs = network.output_shape[-1]
    paired = (outputs, len(labels)) == (1, 2) and not multi_label
    if outputs != len(labels) and not paired:
        raise HearingAIError(
            f"`labels` has {len(labels)} names, but the network has {outputs} outputs"
        )


def target_of(target: str | None, labels: Sequence[str], multi_label: bool) -> str | None:
    """The positive class of two labels."""
    if multi_label and target is not None:
        raise HearingAIError(
            f"`target` is for classifiers of one class a clip. Received: {target!r}"
        )
    if target is None:
        if len(labels) != 2 or multi_label:
            return None
        return wanted(labels)[-1]
    return choose("target", target, tuple(labels))
