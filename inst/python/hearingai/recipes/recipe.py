"""What a recipe is; needs no Keras."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bodies.body import Body
from ..bodies.registry import get_body
from ..clips.clip_format import ClipFormat

if TYPE_CHECKING:
    from ..frontends.layers_in_order import FrontEnd
    from .own_networks import Network

_LATER = ("body", "decay", "label_smoothing", "copies", "loss", "sampling")


@dataclass(frozen=True)
class Recipe:
    """A complete recipe: clip format, front end, network and training.

    Attributes:
        name: Its name.
        description: What it is for, in a line.
        source: The publication or tutorial it follows.
        network: Name of the network, see `hearingai.networks`; or a network of one's own: a Keras
            model, or a function `(input_shape, n_classes) -> model`.
        network_options: Its arguments, besides shape and classes.
        frontend: The layer that makes images of waveforms, a list of layers, or a function from the
            sample rate to a layer; `None` for recipes that take embeddings or have a body.
        body: A `Body` or its name, see `list_bodies`: a pretrained network in place of a front end.
            Recipes of AudioSet embeddings take `vggish`, and then sound.
        sample_rate: Rate every recording is converted to, Hz; `None` with a body, which has its
            own.
        duration: Length every recording is fitted to, seconds; `None` takes the body's, or what
            `frames` of its embeddings need.
        channels: 1 averages the channels of a recording, 2 doubles a single one.
        crop: Which part of a longer recording is used, see `fit_length`.
        place: Where a shorter recording is placed within its zero padding, in training.
        frames: Frames an embedding clip is fitted to.
        augment: Augmentations in training: names, `(name, options)` or layers.
        copies: Copies of each training clip that are made before training, changed by the
            augmentations of waveforms, which then change nothing in training; each epoch takes the
            clip or one of its copies. A body embeds them, and a teacher answers them.
        optimizer: Name of the Keras optimizer.
        optimizer_options: Its arguments.
        decay: Which weights an optimizer with `weight_decay` lets decay: `"all"`, or
            `"matrices"`, which leaves out biases and the scales of normalisations.
        label_smoothing: Share of each target in training that is spread over all classes; of
            labels, half of it lies on either answer.
        loss: `"cross-entropy"`, or `"focal"`, which counts clips that are answered right already
            for less.
        sampling: `"shuffled"` shows each training clip once an epoch; `"balanced"` draws as many
            clips, with replacement, so that rare classes and labels come as often as others.
        multi_label: What of the above is otherwise where clips have any number of labels, by name.
        schedule: `"constant"`, `"plateau"`, `"one-cycle"` or `"cosine"`.
        schedule_options: Its arguments.
        patience: Epochs without a better `monitor` before training stops and the best epoch's
            weights are restored; `None` trains all epochs.
        monitor: The metric that plateau and patience monitor. Where clips have any number of labels
            `"val_map"`, their mean average precision, stands in the place of an accuracy.
        batch_size: Clips per step.
        epochs: Passes over the training clips, at most.
        validation: Share of the clips used for validation where the table has no `split`.
    """

    name: str
    description: str
    source: str
    network: Network
    frontend: FrontEnd | None
    optimizer: str
    body: str | Body | None = None
    sample_rate: int | None = None
    duration: float | None = None
    channels: int = 1
    crop: str = "start"
    place: str = "start"
    frames: int | None = None
    network_options: dict[str, Any] = field(default_factory=dict)
    optimizer_options: dict[str, Any] = field(default_factory=dict)
    augment: tuple = ()
    schedule: str = "constant"
    schedule_options: dict[str, Any] = field(default_factory=dict)
    patience: int | None = None
    monitor: str = "val_loss"
    batch_size: int = 32
    epochs: int = 10
    validation: float = 0.3
    decay: str = "all"
    label_smoothing: float = 0.0
    copies: int = 0
    loss: str = "cross-entropy"
    sampling: str = "shuffled"
    multi_label: dict[str, Any] = field(default_factory=dict)

    @property
    def clip_format(self) -> ClipFormat | None:
        """The `ClipFormat` of its clips; `None` for a recipe that takes embeddings."""
        rate, duration = self.sample_rate, self.duration
        if self.body is not None:
            body = get_body(self.body)
            rate, usual = body.sample_rate, body.duration
            if self.frames is not None:
                usual = body.samples(self.frames) / rate
            duration = duration or usual
        if not self.takes_sound or rate is None or duration is None:
            return None
        return ClipFormat(rate, round(rate * duration), self.channels, self.crop)

    @property
    def network_name(self) -> str:
        """Name of the network, or of the model or the function that makes it."""
        return network_name(self.network)

    @property
    def takes_sound(self) -> bool:
        """Whether it takes sound, not embeddings."""
        return self.frontend is not None or self.body is not None

    @property
    def takes_embeddings(self) -> bool:
        """Whether its network takes AudioSet embeddings, which a table lists or a body makes."""
        return self.frontend is None and self.frames is not None

    def settings(self) -> dict[str, str]:
        """Every attribute as text that is the same in every process.

        Those that came later are left out while they change nothing, so that earlier checkpoints
        stay those of the same training.
        """
        same = [f.name for f in fields(self) if getattr(self, f.name) == f.default]
        later = set(same) & set(_LATER) | {"multi_label"}  # whose changes count where they are made
        names = [f.name for f in fields(self) if f.name not in later]
        return {name: as_text(getattr(self, name)) for name in names}

    def digest(self, *without: str) -> str:
        """A short hash of the settings, which identifies a training."""
        kept = {k: v for k, v in self.settings().items() if k not in without}
        return hashlib.sha256(repr(kept).encode()).hexdigest()[:16]


def network_name(network: Any) -> str:
    """A network's name, or that of the model or the function that makes it."""
    if isinstance(network, str):
        return network
    name = str(getattr(network, "name", None) or getattr(network, "__name__", ""))
    return name if name.isidentifier() else "network"


def as_text(value: Any) -> str:
    """A setting as text that is the same in every process."""
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(as_text, value))})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k}: {as_text(v)}' for k, v in sorted(value.items()))}}}"
    if getattr(value, "ndim", 0):  # an array or a table, whose `repr` leaves values out
        array = np.asarray(value)
        if array.dtype == object:
            return as_text(array.tolist())
        return f"{array.dtype}{array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}"
    if isinstance(value, Body):
        return value.identity
    if hasattr(value, "get_config"):  # a layer, without its name, which Keras numbers
        config = {k: v for k, v in value.get_config().items() if k != "name"}
        return type(value).__name__ + as_text(config)
    return f"{value.__module__}.{value.__qualname__}" if callable(value) else repr(value)
