"""A new task from a trained classifier: its front end and body, under a new head."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import keras
import pandas as pd
from typing_extensions import Unpack

from .._typing import PathLike, Progress
from ..classifier.bodies import with_head
from ..classifier.configuration import body_given
from ..classifier.model import AudioClassifier
from ..errors import HearingAIError
from ..runtime.arguments import choose, name_list
from ..runtime.backend import draw_seed
from ..runtime.generators import seeded
from ..runtime.shared_options import shared_options
from ..runtime.using_keras import using_keras
from ..tables.clip_table import check_clips
from ..tables.label_sets import is_multi_label
from ._checkpoint import seed_of
from .fitting import fit, two_or_more
from .settings import TrainingOptions


@shared_options
def fine_tune(
    classifier: AudioClassifier,
    clips: pd.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    freeze: str = "body",
    validation: pd.DataFrame | float | Literal[False] | None = None,
    seed: int | None = None,
    deterministic: bool = False,
    checkpoint: PathLike | None = None,
    store: PathLike | Literal[False] | None = None,
    progress: Progress = None,
    **options: Unpack[TrainingOptions],
) -> AudioClassifier:
    """Train a new task on the front end and body of a trained classifier.

    The network keeps its layers up to the head, see `embed`, and gets a new head: one dense layer
    with a probability per label. `fit` trains it, with the recipe of the classifier, which itself
    stays as it was. Frozen layers keep their weights to the last bit; frozen batch normalisation
    keeps its means and variances, and scaling in the front end those of the first task's clips.
    Freezing applies to this training only: `fit` of the result trains all layers.

    Args:
        classifier: A trained `AudioClassifier`.
        clips: A table with at least `fname` and `class`, or `labels`, see `fit`.
        labels: The classes of the new task, in the order of the probabilities; `None` takes those
            of the table, sorted.
        freeze: What is not trained: `"body"`, all but the head; `"none"`, so that all is trained
            (a low `learning_rate` changes it less); or the name of a layer of
            the network, which is frozen with all layers before it.
        validation: A table to validate on after each epoch; a share of the clips between 0 and 1;
            `False` to train on every clip; `None` follows the table's `split` column, else takes
            the recipe's share.
        **options: As each function that trains takes them.
        seed: Whole number that decides the head's initial weights and what `fit` draws; `None`
            draws one, or takes that of a `checkpoint` that is there.
        deterministic: {deterministic}
        checkpoint: {checkpoint}
        store: {store}
        progress: {progress}

    Returns:
        A new `AudioClassifier`. Its record says in `tuned_from` the fingerprint of the one it
        came from, in `frozen` which layers were not trained; that one's training clips count as
        its own too.

    Raises:
        HearingAIError: The network has no body and head to tell apart, or no layer called
            `freeze`; or as `fit`.

    Source:
        J. Yosinski et al., "How transferable are features in deep neural networks?" (2014).

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["down", "no", "up", "yes"], n=20, seed=1)
        >>> old = clips[clips["class"].isin(["no", "yes"])]
        >>> new = clips[clips["class"].isin(["down", "up"])]
        >>> first = hearingai.fit("speech-commands-small", old, epochs=1, seed=1)
        >>> second = hearingai.fine_tune(first, new, epochs=1, seed=1)
        >>> second.labels, second.record["tuned_from"] == first.fingerprint()
        (['down', 'up'], True)
    """
    seed = draw_seed(seed_of(checkpoint) if seed is None else seed)
    known = labels_for(clips, labels, options["background"] is not None)
    tuned = on_same_body(classifier, known, seed, is_multi_label(clips))
    with frozen(tuned, freeze):
        fit(
            tuned,
            clips,
            validation=validation,
            seed=seed,
            deterministic=deterministic,
            checkpoint=checkpoint,
            store=store,
            progress=progress,
            **options,
        )
    # A copy, since the optimizer has only the weights of layers that were not frozen.
    return tuned if freeze == "none" else copy_of(tuned)


def labels_for(
    clips: pd.DataFrame, labels: Sequence[str] | None = None, background: bool = False
) -> list[str]:
    """The labels of a new task: those given, checked, or the table's, and `background`."""
    clips = check_clips(clips)
    if labels is None:
        return two_or_more(clips, background)
    labels = [str(label) for label in name_list("labels", labels)]
    if len(labels) < 2 and not is_multi_label(clips):
        raise HearingAIError(f"`labels` must be two or more. Received: {labels}")
    return labels


def on_same_body(
    classifier: AudioClassifier, labels: Sequence[str], seed: int, multi_label: bool = False
) -> AudioClassifier:
    """An untrained head for other labels on copies of a classifier's front end and body.

    It gives a clip one of them, or any number, whatever the classifier did.
    """
    if not isinstance(classifier, AudioClassifier):
        raise HearingAIError(
            f"`classifier` must be a trained classifier; fit() makes one of a recipe. "
            f"Received: {type(classifier).__name__}"
        )
    twin = copy_of(classifier)
    kept = {"initial_seed": seed, "tuned_from": classifier.fingerprint()}
    names = ("trained_on", "teacher", "from_generator")
    kept |= {name: classifier.record[name] for name in names if name in classifier.record}
    activation = "sigmoid" if multi_label else "softmax"
    with using_keras(), seeded(seed):  # after copying, which draws a varying number of values
        made = AudioClassifier(
            frontend=twin.frontend,
            network=with_head(twin.network, len(labels), activation),
            labels=labels,
            sample_rate=twin.sample_rate,
            duration=twin.duration,
            channels=twin.channels,
            crop=twin.crop,
            multi_label=multi_label,
            recipe=twin.recipe,
            record=kept,
            body=twin.body,
        )
    made.own_recipe = classifier.own_recipe
    return made


def copy_of(classifier: AudioClassifier) -> AudioClassifier:
    """An independent copy of a classifier, not compiled."""
    with body_given(classifier.body):
        twin = AudioClassifier.from_config(classifier.get_config())
    twin.set_weights(classifier.get_weights())
    twin.own_recipe = classifier.own_recipe
    return twin


def with_network(
    classifier: AudioClassifier,
    network: keras.Model,
    record: dict[str, Any],
    labels: Sequence[str] | None = None,
    target: str | None = None,
) -> AudioClassifier:
    """A classifier with another network around the same layers; it is to be a copy already."""
    made = AudioClassifier(
        classifier.frontend,
        network,
        classifier.labels if labels is None else labels,
        sample_rate=classifier.sample_rate,
        duration=classifier.duration,
        channels=classifier.channels,
        crop=classifier.crop,
        target=classifier.target if target is None else target,
        multi_label=classifier.multi_label,
        recipe=classifier.recipe,
        record=record,
        body=classifier.body,
        compile_settings=classifier.compile_settings,
    )
    made.own_recipe = classifier.own_recipe
    return made


@contextmanager
def frozen(classifier: AudioClassifier, freeze: str) -> Iterator[None]:
    """Within this context, a classifier's first layers are not trained.

    Args:
        classifier: An `AudioClassifier` whose network ends in its head.
        freeze: See `fine_tune`.
    """
    layers = classifier.network.layers[:-1]
    names = [layer.name for layer in layers]
    choose("freeze", freeze, ("body", "none", *names))
    if freeze in names:
        layers = layers[: names.index(freeze) + 1]
    if freeze == "none":
        layers = []
    elif classifier.frontend is not None:
        layers = [classifier.frontend, *layers]
    parts = [part for layer in layers for part in layer._flatten_layers()]
    before = [part.trainable for part in parts]
    try:
        for part in parts:
            part.trainable = False
        yield
    finally:
        for part, trainable in zip(parts, before, strict=True):
            part.trainable = trainable
