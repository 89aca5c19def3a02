"""Pictures of what augmentations do to a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.backend import draw_seed
from .images import hear, image_of, raw_image
from .panels import draw_panels

if TYPE_CHECKING:
    from .canvas import Picture


def plot_augmented(
    sound: Any,
    augment: Any,
    *,
    sample_rate: float | None = None,
    frontend: Any = None,
    seed: int | None = None,
    title: str | None = None,
) -> Picture:
    """Draw the image of a clip as it is and after each augmentation, side by side.

    Every augmentation acts on the clip as it was, not on what the one before made of it, and
    always acts, whatever its probability. All images have one scale, so that a louder clip looks
    louder.

    Args:
        sound: A recording's path, or a waveform `(samples,)` or `(channels, samples)`; channels
            are averaged. Half an hour at most.
        augment: What to show: names, pairs `(name, options)`, or layers, as for `fit`; one or a
            list.
        sample_rate: Of a waveform, its rate in Hz; of a file, the rate to read it at. `None`
            takes the front end's for a file, 22,050 Hz where there is none.
        frontend: The front end, or a classifier, whose front end is taken; `None` takes the
            log-mel of the Hearing AI system.
        seed: Whole number that decides what is drawn; `None` draws one.
        title: Text above the plot.

    Returns:
        A matplotlib figure.

    Raises:
        HearingAIError: There is no augmentation, it mixes clips (one clip has no partner) or
            changes embeddings, or the sound cannot be read.

    Example:
        >>> import hearingai
        >>> tones = hearingai.two_tone()
        >>> changes = ["time_shift", "spec_augment"]
        >>> figure = hearingai.plot_augmented(tones, changes, sample_rate=22050)
        >>> [ax.get_title() for ax in figure.axes[:3]]
        ['original', 'time shift', 'spec augment']
    """
    return draw_panels(augmented_numbers(sound, augment, sample_rate, frontend, seed), title)


def augmented_numbers(
    sound: Any,
    augment: Any,
    sample_rate: float | None = None,
    frontend: Any = None,
    seed: int | None = None,
) -> Any:
    """The panels of `plot_augmented`: the original and an image an augmentation."""
    seed = draw_seed(seed)
    waveform, rate, frontend = hear(sound, sample_rate, frontend)
    from ..augment import get_augmentations

    layers = get_augmentations(augment, sample_rate=rate)
    if not layers:
        raise HearingAIError("`augment` must name at least one augmentation")
    for layer in layers:
        _check(layer)
    original = raw_image(waveform, frontend)
    reference = float(original[:, :, 0].max())
    panels = [image_of(original, waveform, rate, frontend, "original", reference)]
    for i, layer in enumerate(layers):
        if layer.domain == "waveform":
            values = raw_image(_changed(layer, waveform, (seed, i)), frontend)
        else:
            values = _changed(layer, original, (seed, i))
        panels.append(image_of(values, waveform, rate, frontend, _title(layer), reference))
    for panel in panels:  # one scale for all
        panel.low, panel.high = _range(panels)
    return panels


def _range(panels: list) -> Any:
    if panels[0].unit == "value":
        return min(p.values.min() for p in panels), max(p.values.max() for p in panels)
    return panels[0].low, panels[0].high


def _check(layer: Any) -> Any:
    if layer.mixes:
        raise HearingAIError(
            f"`augment` must change a clip by itself; {type(layer).__name__} mixes it with another"
        )
    if layer.domain == "embedding":
        raise HearingAIError(
            f"`augment` must change waveforms or images; {type(layer).__name__} changes embeddings"
        )


def _title(layer: Any) -> str:
    from ..augment import AUGMENTATIONS

    names = {kind: name for name, kind in AUGMENTATIONS.items()}
    return names.get(type(layer), layer.name).replace("_", " ")


def _changed(layer: Any, array: np.ndarray, seed: tuple[int, int]) -> np.ndarray:
    """Apply one draw of an augmentation to an array; the layer's seeds stay as they were."""
    import keras

    state = layer.seed_generator.state
    before = keras.ops.convert_to_numpy(state)
    words = np.random.SeedSequence(seed).generate_state(2).astype("int64") % 2**31
    try:
        state.assign(words)
        drawn = layer.draw((1, *array.shape))
        drawn.pop("acts", None)  # without it, every clip is changed
        changed = layer.apply(array[None], **drawn)
    finally:
        state.assign(before)
    return keras.ops.convert_to_numpy(changed)[0]
