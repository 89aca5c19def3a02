"""Generators of batches (images, classes): what predict(), evaluate() and fit() do with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .._typing import Progress
from ..errors import HearingAIError
from ..runtime.arguments import n_batches
from ..runtime.progress import progress_bar
from ..runtime.sizes import shape_text

if TYPE_CHECKING:
    from ..classifier.model import AudioClassifier


def is_generator(thing: Any) -> bool:
    """Whether it is what `data_generator` returned, or another `tf.data.Dataset`."""
    return hasattr(thing, "element_spec")


def begun(generator: Any) -> Any:
    """The generator from its first batch on, whatever was read of it before."""
    return generator.build(generator.repeats) if hasattr(generator, "build") else generator


def one_pass(generator: Any) -> Any:
    """Each clip of the generator once."""
    return generator.build(False) if hasattr(generator, "build") else generator


def check_labels(argument: str, generator: Any, classifier: AudioClassifier) -> None:
    """Raise an error unless the columns of the generator are the labels of the classifier."""
    if classifier.multi_label:
        raise HearingAIError(
            f"`{argument}` gives one class a clip, and the classifier any number of labels: a "
            f"table with a column `labels` suits it"
        )
    labels = list(getattr(generator, "labels", classifier.labels))
    if labels != classifier.labels:
        raise HearingAIError(
            f"`{argument}` has the classes {', '.join(labels)}, the classifier "
            f"{', '.join(classifier.labels)}; `labels` of data_generator() sets them"
        )


def check_images(argument: str, generator: Any, classifier: AudioClassifier) -> None:
    """Raise an error unless the generator gives the images that the network takes."""
    from ..frontends import LogSpectrogram

    made, heard = getattr(generator, "windows", None), classifier.frontend
    if made is not None and isinstance(heard, LogSpectrogram):
        wanted = heard.window_size_ms, heard.window_stride_ms, heard.sample_rate
        if tuple(made) != wanted:
            raise HearingAIError(
                f"`{argument}` has {_windows(made)}, and the classifier {_windows(wanted)}; "
                f"data_generator() takes `window_size_ms`, `window_stride_ms` and `sample_rate`"
            )
    spec = getattr(generator, "element_spec", None)
    images = spec[0] if isinstance(spec, tuple) else spec
    if images is None:  # a PyDataset
        return
    shape, taken = list(images.shape)[1:], list(classifier.network.input_shape[1:])
    fits = (None in (x, y) or x == y for x, y in zip(shape, taken, strict=False))
    if len(shape) != len(taken) or not all(fits):
        raise HearingAIError(
            f"`{argument}` gives images of shape {shape_text(shape)}, and the network takes "
            f"{shape_text(taken)}. Windows, sample rate and duration of data_generator() must be "
            f"those of the classifier"
        )


def _windows(sizes: Sequence[float]) -> str:
    return "windows of {:g} ms every {:g} ms at {} Hz".format(*sizes)


def answers_to_generator(
    classifier: Any, generator: Any, steps: float | None, progress: Progress, argument: str
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray | None]:
    """Answer the batches of a generator.

    Args:
        classifier: An `AudioClassifier`.
        generator: The generator.
        steps: Batches to take; `None` takes each clip once.
        progress: Whether and how to show progress.
        argument: The name of `generator` in messages.

    Returns:
        A table with a row per image, which has the columns of the clips where their order is
        known; their probabilities; and their classes as numbers, if it gives any.
    """
    from ..classifier.keras_models import answer, compiled
    from ..classifier.model import check_keras

    check_keras(classifier)
    check_images(argument, generator, classifier)
    count = None if steps is None else n_batches("steps", steps)
    if count is None and not hasattr(generator, "build") and int(generator.cardinality()) == -1:
        raise HearingAIError(f"`steps` must be given: `{argument}` never ends")
    total = count or getattr(generator, "steps_per_epoch", None)
    network = classifier.network  # as it is where it gives a column per label: compiled once
    alone = network.output_shape[-1] == len(classifier.labels)
    model = compiled(network) if alone else classifier.on_images()
    found, truth, done = [], [], 0
    with progress_bar("Predicting", total, progress) as bar:
        for images, classes in _batches(generator, count):
            found.append(answer(model, images))
            if classes is not None:
                truth.append(classes.argmax(axis=1))
            done += 1
            bar(done)
    if count is not None and done < count:
        raise HearingAIError(
            f"`{argument}` ended after {done} batches. Received `steps`: {steps!r}"
        )
    if not done:
        raise HearingAIError(f"`{argument}` gives no batches")
    probabilities = np.concatenate(found)
    clips = getattr(generator, "clips", None)
    if clips is None:
        table = pd.DataFrame({"fname": pd.Series([None] * len(probabilities), dtype=object)})
    else:
        table = clips.iloc[np.arange(len(probabilities)) % len(clips)].reset_index(drop=True)
    return table, probabilities, np.concatenate(truth) if truth else None


def _batches(generator: Any, count: int | None) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Some batches from the first on, or each clip once."""
    source = one_pass(generator) if count is None else begun(generator).take(count)
    for batch in source:
        images, classes = batch if isinstance(batch, tuple) else (batch, None)
        yield np.asarray(images), None if classes is None else np.asarray(classes)
