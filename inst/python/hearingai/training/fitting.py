"""Training: one loop for every recipe, one seed for everything it draws."""

from typing import Any, Literal

import pandas as pd
from typing_extensions import Unpack

from .._typing import PathLike, Progress
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..classifier.model import AudioClassifier
from ..classifier.protocol import Classifier, check_truth
from ..clips.labelled import Store, read_stores
from ..errors import HearingAIError, warn
from ..inference.evaluating import validate
from ..recipes.creation import create_classifier
from ..recipes.own_networks import Network
from ..recipes.recipe import Recipe
from ..recipes.registry import for_labels, get_recipe, given, recipe_of
from ..runtime.arguments import flag
from ..runtime.backend import draw_seed, on_device
from ..runtime.distribution import one_device
from ..runtime.generators import seeded
from ..runtime.shared_options import shared_options
from ..tables.class_types import classes_of
from ..tables.clip_table import check_clips, checked_once
from ..tables.label_sets import class_names, is_multi_label
from ..tables.rest_labels import BACKGROUND
from ..tables.splitting import partition
from ._checkpoint import seed_of
from ._data import clip_data, generator_data
from ._leaks import warn_of_copies
from ._loop import adapt_scaling, run_epochs
from .background import Background
from .compiling import compiled_options
from .copies import variations
from .settings import TrainingOptions, TrainingSettings, training_settings
from .teaching import check_teacher, teach


@shared_options
@collected_doubts()
def fit(
    classifier: str | Recipe | AudioClassifier,
    clips: Any,
    *,
    validation: Any = None,
    seed: int | None = None,
    deterministic: bool = False,
    steps_per_epoch: float | None = None,
    validation_steps: float | None = None,
    checkpoint: PathLike | None = None,
    store: PathLike | Literal[False] | None = None,
    network: Network | None = None,
    body: str | Body | None = None,
    duration: float | None = None,
    teacher: Classifier | None = None,
    progress: Progress = None,
    **options: Unpack[TrainingOptions],
) -> AudioClassifier:
    """Train a classifier on a table of clips, or on a generator of spectrograms.

    The clips are decoded once, and stored for the next training; augmentations, front end and
    network run together in the compiled step. Which clips train and which validate is decided by
    `validation`; else by the table's `split` column (rows marked `test` are not touched) if it
    marks at least a quarter of them `train`; else by the recipe's share, split by speaker, source
    or fold where the table names them.

    A front end that scales learns mean and variance from the training clips first. Where the
    recipe stops early, the weights of the best epoch are restored.

    Interrupted (Ctrl-C), it ends cleanly with what was learnt so far. A training that collapses
    (the loss is no longer finite, or is back at chance after it had been lower) is stopped with a
    warning that names the remedy, and the best weights so far are restored.

    Args:
        classifier: The name of a recipe, a `Recipe`, or an `AudioClassifier`, which is trained
            further, in place.
        clips: A table with at least `fname` and `class`, or `fname` and `labels` for a classifier
            that gives a clip any number of labels, see `clip_table`; or a generator made by
            `data_generator`, which trains the network on its spectrograms as they are.
        validation: A table (or, for a generator, a generator) to validate on after each epoch;
            a share of the clips between 0 and 1; or `False` to train on every clip.
        **options: As each function that trains takes them.
        seed: Whole number that decides initial weights, split, order, augmentation and dropout;
            `None` draws one and records it, or takes that of a `checkpoint` that is there.
        deterministic: {deterministic}
        steps_per_epoch: Batches per epoch, for a generator; the fraction of `0.7 * n / 32` is cut
            off. `None` takes as many as show each clip once.
        validation_steps: The same for a validation generator, of which `None` takes each clip
            once, and the last batch no clip twice.
        checkpoint: {checkpoint}
        store: {store} Embeddings of a body are kept there too, as soon as they are computed.
        network: Network in place of the recipe's: a name, a Keras model or a function
            `(input_shape, n_classes) -> model`, see `get_recipe`.
        body: {body}
        duration: {duration}
        teacher: A classifier whose answers are learnt beside the classes (knowledge distillation):
            half of each target is what it says of the clip. It has the same labels and hears the
            same clips; an `ensemble`, a large network or a head on a body makes a small network
            better than the classes alone. With `copies` in the recipe, as in
            `get_recipe("words", copies=8)`, it answers what the network will hear. Measure on clips
            that neither of them was trained on.
        progress: {progress}

    Returns:
        The trained `AudioClassifier`. Its `record` holds seed, history, metrics, versions and the
        fingerprint of the data, and with `partial` in `notes` what is missing of recordings that
        were read in part; `training_history` gives the history as a table.

    Raises:
        HearingAIError: The table has fewer than two classes, a class the classifier does not
            know, no clips to train on, or an argument is out of range.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.fit("speech-commands-small", clips, epochs=1, seed=1)
        >>> classifier.labels
        ['no', 'yes']

        A log of the epochs as a CSV file, and a line of your own after each:

        >>> import keras, os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "log.csv")
        >>> def show(epoch, logs):
        ...     print(epoch, sorted(logs))
        >>> classifier = hearingai.fit(
        ...     "speech-commands-small", clips, epochs=1, seed=1,
        ...     callbacks=[keras.callbacks.CSVLogger(path), show],
        ... )
        0 ['accuracy', 'loss', 'val_accuracy', 'val_loss']
        >>> open(path).readline().split(",")[0]
        'epoch'
    """
    seed = draw_seed(seed_of(checkpoint) if seed is None else seed)
    known = classifier if isinstance(classifier, AudioClassifier) else None
    deterministic, background = flag("deterministic", deterministic), options.pop("background")
    with on_device(one_device(options["device"])), seeded(seed, deterministic):
        steps = {"steps_per_epoch": steps_per_epoch, "validation_steps": validation_steps}
        changes = given(network=network, body=body, duration=duration)
        if known is not None and changes:
            raise HearingAIError(
                f"`{next(iter(changes))}` is for a recipe: a classifier that is there has its own"
            )
        recipe = get_recipe(classifier, **changes) if known is None else recipe_of(known)
        recipe = for_labels(recipe, is_multi_label(clips))
        changed: dict[str, Any] = {} if known is None else compiled_options(known, options)
        if known is not None and known.record.get("calibration"):
            warn(
                "`classifier` is calibrated, for the weights it has: calibrate it again afterwards"
            )
        settings = training_settings(
            recipe,
            known,
            seed=seed,
            deterministic=deterministic,
            checkpoint=checkpoint,
            store=store,
            progress=progress,
            **{**options, **changed},
        )
        if isinstance(clips, pd.DataFrame):
            for name, value in steps.items():
                if value is not None:
                    raise HearingAIError(f"`{name}` is for a generator, see data_generator()")
            return _fit_table(known or recipe, clips, validation, background, teacher, settings)
        _check_of_generator(options, background=background, checkpoint=checkpoint, teacher=teacher)
        if known is None and not hasattr(clips, "labels"):
            raise HearingAIError(
                "a generator without labels trains an existing classifier: "
                "create_classifier(recipe, labels) makes one"
            )
        classifier = known or create_classifier(recipe, list(clips.labels), seed=seed)
        classes = getattr(clips, "classes", None)
        if classes is not None:
            classifier.record["classes"] = classes
        data = generator_data(classifier, clips, validation, **steps)
        return run_epochs(data, settings)


def _check_of_generator(options: Any, **others: Any) -> None:
    """Refuse what needs a table of clips: a generator gives batches as they are."""
    names = ("batch_size", "augment", "class_weight", "sampling")
    for name, value in {**{n: options[n] for n in names}, **others}.items():
        if value is not None:
            raise HearingAIError(f"`{name}` needs a table: a generator gives what it gives")


def _fit_table(
    made_by: AudioClassifier | Recipe,
    clips: pd.DataFrame,
    validation: Any,
    background: Any,
    teacher: Classifier | None,
    settings: TrainingSettings,
) -> AudioClassifier:
    """Split a table, read its clips and train on them a classifier, or a new one by a recipe."""
    classes = classes_of(clips)
    clips, recipe, seed = checked_once(clips), settings.recipe, settings.seed
    if isinstance(made_by, Recipe):  # what a call changes holds for the call alone
        labels = two_or_more(clips, background is not None)
        classifier = create_classifier(
            made_by, labels, seed=seed, multi_label=is_multi_label(clips)
        )
    else:
        classifier = made_by
    check_truth(classifier, clips)
    if teacher is not None:
        check_teacher(teacher, classifier)
    if classes is not None:
        classifier.record["classes"] = classes
    clips = check_clips(clips, classifier.labels)
    split = partition(clips, validation, classifier.labels, recipe.validation, seed)
    if background is not None:
        form = None if classifier.hears_embeddings else classifier.clip_format
        noise = Background(background, form, seed, settings.partial)
        split = noise.in_split(split, classifier.labels)
    train, held = read_stores(
        classifier,
        split["train"],
        split["validation"],
        on_error=settings.on_error,
        seed=seed,
        place=recipe.place,
        store=settings.store,
        progress=settings.progress,
        partial=settings.partial,
        variations=variations(recipe, classifier, seed),
    )
    warn_of_copies(train, held)
    facts: dict[str, Any] = {"split_by": split["split_by"]}
    if teacher is not None:
        asked = settings.device if settings.device != "gpus" else "gpu"
        facts |= teach(teacher, classifier, train, held, asked, settings.progress)
    return fit_read(classifier, train, held, settings, **facts)


def fit_read(
    classifier: AudioClassifier,
    train: Store,
    held: Store | None,
    settings: TrainingSettings,
    **facts: Any,
) -> AudioClassifier:
    """Train on decoded clips.

    Args:
        classifier: The classifier to train, in place.
        train: The clips to train on.
        held: The clips to validate on, or `None`.
        settings: The settings of the training.
        **facts: Further entries of the training record about the clips.

    Returns:
        The classifier.
    """
    if not classifier.record.get("history") and "tuned_from" not in classifier.record:
        adapt_scaling(classifier, train.clips)
    data = clip_data(classifier, train, held, settings, **facts)
    run_epochs(data, settings)
    if held is not None:
        validate(classifier, held)
    return classifier


def two_or_more(clips: pd.DataFrame, background: bool = False) -> list[str]:
    """The classes of a table, sorted, and `background`; an error where there are fewer than two.

    Of labels, of which a clip may have none, one is enough, and `background` is clips without any.
    """
    labels = class_names(clips)
    if is_multi_label(clips):
        if not labels:
            raise HearingAIError("`clips` must have at least one label. No clip has any")
        return labels
    labels = sorted({*labels, *([BACKGROUND] if background else [])})
    if len(labels) < 2:
        raise HearingAIError(f"`clips` must have at least two classes. It has: {labels[0]}")
    return labels
