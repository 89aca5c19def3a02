"""Augmentations: Keras layers, active in training only, one short file per transform."""

import inspect
from typing import Any

from ..errors import HearingAIError
from ..runtime.arguments import choose
from .background_noise import BackgroundNoise
from .band_warp import BandWarp
from .base import Augmentation
from .between_class import BetweenClass
from .clipping import Clipping
from .codec import Codec
from .coloured_noise import ColouredNoise
from .embedding_jitter import EmbeddingJitter
from .equalizer import Equalizer
from .gain import Gain
from .microphone_tilt import MicrophoneTilt
from .mixing import MixingAugmentation
from .mixup import Mixup
from .pitch_shift import PitchShift
from .positive_mix import PositiveMix
from .room_response import RoomResponse
from .spec_augment import SpecAugment
from .speed_change import SpeedChange
from .telephone import Telephone
from .time_shift import TimeShift

AUGMENTATIONS = {
    "time_shift": TimeShift,
    "background_noise": BackgroundNoise,
    "gain": Gain,
    "spec_augment": SpecAugment,
    "speed_change": SpeedChange,
    "mixup": Mixup,
    "between_class": BetweenClass,
    "embedding_jitter": EmbeddingJitter,
    "positive_mix": PositiveMix,
    "coloured_noise": ColouredNoise,
    "band_warp": BandWarp,
    "equalizer": Equalizer,
    "room_response": RoomResponse,
    "telephone": Telephone,
    "codec": Codec,
    "clipping": Clipping,
    "microphone_tilt": MicrophoneTilt,
    "pitch_shift": PitchShift,
}

__all__ = [
    "AUGMENTATIONS",
    "Augmentation",
    "MixingAugmentation",
    "augmentation",
    "get_augmentations",
    *(layer.__name__ for layer in AUGMENTATIONS.values()),
]


def augmentation(name: str, **options: Any) -> Augmentation:
    """Build an augmentation by its name.

    Args:
        name: A name in `hearingai.augment.AUGMENTATIONS`, such as `"time_shift"`.
        **options: The arguments of its class.

    Returns:
        The layer, an `Augmentation`.

    Raises:
        HearingAIError: There is no such name, or an option is unknown or out of range.

    Example:
        >>> import hearingai
        >>> hearingai.augment.augmentation("time_shift", limit=0.2).limit
        0.2
    """
    return _known("name", name, options)(**options)


def _known(argument: str, name: str, options: dict[str, Any]) -> type[Augmentation]:
    """The class of a name, checked to have all these options."""
    layer = AUGMENTATIONS[choose(argument, name, tuple(AUGMENTATIONS))]
    known = [n for n in _arguments(layer) if n not in ("self", "kwargs")]
    unknown = sorted(set(options) - {*known, "name", "dtype"})
    if unknown:
        raise HearingAIError(
            f"the augmentation `{name}` has no option {', '.join(unknown)}. "
            f"Its options: {', '.join(known)}"
        )
    return layer


def _arguments(layer: Any) -> list[str]:
    return list(inspect.signature(layer.__init__).parameters)


def get_augmentations(augmentations: Any, **known: Any) -> list[Augmentation]:
    """Build a list of augmentations, in their order.

    Args:
        augmentations: A list whose entries are names, pairs `(name, options)` with the options
            as a dict, or layers. `None` is an empty list; a single name or layer is a list of
            one.
        **known: Arguments known from the clips, such as `sample_rate`; passed to those
            augmentations that take them and do not set them. A layer that has `None` for one is
            rebuilt with it, any other is returned as it is.

    Returns:
        A list of `Augmentation` layers.

    Raises:
        HearingAIError: An entry is none of these, or a name or option is unknown.

    Example:
        >>> import hearingai
        >>> layers = hearingai.augment.get_augmentations(
        ...     ["time_shift", ("spec_augment", {"time_masks": 1}), hearingai.Mixup()]
        ... )
        >>> [layer.domain for layer in layers]
        ['waveform', 'image', 'waveform']
    """
    return [_get(entry, known) for entry in named_augmentations(augmentations)]


def named_augmentations(augmentations: Any) -> list[Any]:
    """The entries of such a list, not yet built: layers, and pairs of a name and its options."""
    if augmentations is None:
        return []
    if isinstance(augmentations, (str, Augmentation)):
        augmentations = [augmentations]
    if not isinstance(augmentations, (list, tuple)):
        raise HearingAIError(
            f"`augment` must be an augmentation, its name, or a list. Received: {augmentations!r}"
        )
    return [_named(entry) for entry in augmentations]


def _named(entry: Any) -> Any:
    if isinstance(entry, Augmentation):
        return entry
    pair = (entry, {}) if isinstance(entry, str) else entry
    if isinstance(pair, (list, tuple)) and len(pair) == 2 and isinstance(pair[1], dict):
        _known("augment", *pair)
        return pair
    raise HearingAIError(
        "an augmentation must be a name, a pair of a name and a dict of options, or a layer. "
        f"Received: {entry!r}"
    )


def _get(entry: Any, known: dict[str, Any]) -> Augmentation:
    if isinstance(entry, Augmentation):
        config = entry.get_config()
        untold = {k: v for k, v in known.items() if config.get(k, v) is None}
        return entry.from_config(config | untold) if untold else entry
    name, options = entry
    takes = _arguments(AUGMENTATIONS[name])
    return augmentation(name, **({k: v for k, v in known.items() if k in takes} | options))
