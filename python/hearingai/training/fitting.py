"""Training: one loop for every recipe, one seed for everything it draws."""

import numpy as np
import pandas as pd

from ..augment import Augmentation
from ..classifier.model import AudioClassifier
from ..clips.digests import fingerprint
from ..clips.labelled import read_stores
from ..errors import HearingAIError
from ..inference.evaluating import validate
from ..recipes.registry import create_classifier, get_recipe, recipe_of
from ..runtime.arguments import positive
from ..runtime.backend import draw_seed, on_device, set_seed
from ..runtime.precision import precision_of
from ..tables.clip_table import check_clips
from ..tables.splitting import check_class_weight, class_weights, partition
from ._batches import ClipBatches
from ._checkpoint import seed_of
from ._loop import Data, adapt_scaling, run_epochs
from ._optimizers import optimizer_of, settings_of
from ._trainer import Trainer, augmentations_of


def fit(
    classifier,
    clips,
    validation=None,
    epochs=None,
    batch_size=None,
    optimizer=None,
    learning_rate=None,
    clipnorm=None,
    augment=None,
    class_weight=None,
    patience=None,
    seed=None,
    deterministic=False,
    steps_per_epoch=None,
    validation_steps=None,
    checkpoint=None,
    precision="auto",
    device="auto",
    store=None,
    on_error="report",
    progress=None,
):
    """Train a classifier on a table of clips, or on a generator of spectrograms.

    The clips are decoded once, and kept so for the next training; augmentations, front end and
    network run together in the compiled step. Which clips train and which validate is decided by
    `validation`; else by the table's `split` column (rows marked `test` are not touched) if it
    marks at least a quarter of them `train`; else by the recipe's share, split by speaker, source
    or fold where the table names them.

    A front end that scales learns mean and variance from the training clips first. Where the
    recipe stops early, the weights of the best epoch come back.

    Interrupted (Ctrl-C), it ends cleanly with what was learnt so far. A training that collapses
    (the loss is no longer finite, or is back at chance after it had been lower) is stopped, named
    in a warning with its remedy, and ends with the best weights so far.

    Args:
        classifier: The name of a recipe, a `Recipe`, or an `AudioClassifier`, which is trained
            further, in place.
        clips: A table with at least `fname` and `class`; or a generator made by
            `data_generator`, which trains the classifier's network on its spectrograms.
        validation: A table (or, for a generator, a generator) to validate on after each epoch;
            a share of the clips between 0 and 1; or `False` to train on every clip.
        epochs: Passes over the training clips; `None` takes the recipe's.
        batch_size: Clips a step; `None` takes the recipe's.
        optimizer: Name of a Keras optimizer or an optimizer; `None` takes the recipe's.
        learning_rate: Overrides the optimizer's.
        clipnorm: Largest norm of a gradient; overrides the optimizer's.
        augment: Augmentations in training: a list of layers, names or `(name, options)`, see
            `hearingai.augment`; an empty list for none; `None` takes the recipe's.
        class_weight: `"balanced"` weighs rare classes up; a dict from label to weight.
        patience: Epochs without improvement before training stops and the best epoch's weights
            come back; `None` takes the recipe's.
        seed: Whole number that decides initial weights, split, order, augmentation and dropout;
            `None` draws one and records it, or takes that of a `checkpoint` that is there.
        deterministic: Make equal seeds give equal weights to the last bit, from Python and R
            alike, at some cost in speed. Stays on for the rest of the process.
        steps_per_epoch: Batches an epoch, for a generator that does not know its length.
        validation_steps: The same for a validation generator.
        checkpoint: A `.keras` file to save the state to after every epoch. A training that finds
            it there, with the same clips, seed and settings, goes on where that one was, and ends
            with the weights of one that was never stopped.
        precision: What the network computes in: `"float32"`; `"bfloat16"`, with the weights, the
            front end and the probabilities still in float32; or `"auto"`, bfloat16 where the
            processor or the GPU multiplies in it. The classifier answers in float32 either way.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
        store: A folder to keep the decoded clips in, see `prepare`; `None` keeps those of more
            than 64 MiB in the user's cache and decodes fewer in memory; `False` keeps none.
        on_error: `"report"` leaves unreadable recordings out with a warning; `"raise"` stops.
        progress: Show a progress bar: `True`, `False`, or `None` for on a terminal only; or a
            function of `(done, total, text)`.

    Returns:
        The trained `AudioClassifier`. Its `record` holds seed, history, metrics, versions and the
        fingerprint of the data; `training_history` gives the history as a table.

    Raises:
        HearingAIError: The table has fewer than two classes, a class the classifier does not
            know, no clips to train on, or an argument is out of range.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> classifier = hearingai.fit("speech-commands-small", clips, epochs=1, seed=1)
        >>> classifier.labels
        ['no', 'yes']
    """
    seed = draw_seed(seed_of(checkpoint) if seed is None else seed)
    set_seed(seed, deterministic)
    known = isinstance(classifier, AudioClassifier)
    recipe = recipe_of(classifier) if known else get_recipe(classifier)
    record = {"seed": seed, "deterministic": bool(deterministic)}
    record |= lineage(classifier) if known else {}
    record |= {"precision": precision_of(precision, device), "device": device}
    settings = (optimizer, learning_rate, clipnorm, class_weight)
    with on_device(device):
        changes = (epochs, batch_size, augment, patience)
        setup = settled(recipe, classifier if known else None, *changes, *settings)
        if not isinstance(clips, pd.DataFrame):
            if checkpoint is not None:
                raise HearingAIError("`checkpoint` needs a table: a generator has no place")
            steps = (steps_per_epoch, validation_steps)
            data = _generator_data(classifier, clips, validation, *steps)
            optimizer = optimizer_of(setup, *settings[:3], setup.epochs * data.steps)
            return run_epochs(classifier, setup, data, optimizer, record, None, progress)
        clips = check_clips(clips)
        if not known:
            classifier = create_classifier(recipe, two_or_more(clips), seed=seed)
        clips = check_clips(clips, classifier.labels)
        parts = partition(clips, validation, classifier.labels, setup.validation, seed)
        record["split_by"] = parts["split_by"]
        tables = (parts["train"], parts["validation"], on_error)
        stores = read_stores(classifier, *tables, seed, setup.place, store, progress)
        return fit_stores(classifier, setup, *stores, settings, record, checkpoint, progress)


def fit_stores(classifier, setup, train, held, settings, record, checkpoint=None, progress=None):
    """Train on clips that are read already.

    Args:
        classifier: An `AudioClassifier`.
        setup: The `Recipe`, with every change made.
        train: The `Store` to train on.
        held: The `Store` to validate on, or `None`.
        settings: `(optimizer, learning_rate, clipnorm, class_weight)`, each `None` for the
            recipe's.
        record: The training record so far, with `seed` and `deterministic`.
        checkpoint: See `fit`.
        progress: See `fit`.
    """
    optimizer, learning_rate, clipnorm, class_weight = settings
    augmentations = augmentations_of(setup, classifier)
    n_classes, size, seed = len(classifier.labels), setup.batch_size, record["seed"]
    weights = class_weights(class_weight, train.class_id, classifier.labels)
    paired = {"paired": bool(augmentations)}
    batches = ClipBatches(
        train.clips, train.class_id, n_classes, size, seed=seed, weights=weights, **paired
    )
    held_batches = None
    if held is not None:
        held_batches = ClipBatches(held.clips, held.class_id, n_classes, size, **paired)
        record["n_validation"] = len(held)
        record["validation_fingerprint"] = fingerprint(held.clips.digests(), held.class_id)
    if not classifier.record.get("history") and "tuned_from" not in record:
        adapt_scaling(classifier, train.clips)
    heard = set(train.clips.digests()) | set(classifier.record.get("trained_on", ()))
    record |= {
        "n_train": len(train),
        "batch_size": size,
        "settings": setup.digest("epochs", "augment"),  # of these the record says more
        "data_fingerprint": fingerprint(train.clips.digests(), train.class_id),
        "trained_on": sorted(heard),
        "augment": [settings_of(a) for a in augmentations],
        "class_weight": None if weights is None else [float(w) for w in weights],
    }
    data = Data(
        model=Trainer(classifier, augmentations, weights) if augmentations else classifier,
        train=batches,
        validation=held_batches,
        steps=batches.num_batches,
        chance=_chance(train.class_id, n_classes, weights),
    )
    steps = setup.epochs * data.steps
    optimizer = optimizer_of(setup, optimizer, learning_rate, clipnorm, steps)
    classifier = run_epochs(classifier, setup, data, optimizer, record, checkpoint, progress)
    if held is not None:
        validate(classifier, held)
    return classifier


def lineage(classifier):
    """What a training record says of a classifier that was not made anew.

    Returns:
        A dict with `tuned_from`, the fingerprint that `fine_tune` or `few_shot` started from, and
        `frozen`, the names of the network's layers that are not trained; each only where it is so.
    """
    layers = classifier.network.layers
    frozen = [layer.name for layer in layers if layer.weights and not layer.trainable]
    origin = classifier.record.get("tuned_from")
    told = {"tuned_from": origin, "frozen": frozen}
    return {name: value for name, value in told.items() if value}


def _chance(class_id, n_classes, weights):
    """The loss of a network that knows only how frequent the classes are.

    With weights the loss of a few steps hangs on whether a rare class is among them: it says
    nothing of a collapse, so no loss counts as a guess.
    """
    if weights is not None:
        return float("inf")
    share = np.bincount(class_id, minlength=n_classes) / len(class_id)
    share = share[share > 0]
    return -float(np.sum(share * np.log(share)))


def _generator_data(classifier, generator, validation, steps_per_epoch, validation_steps):
    """Lay out a generator of (spectrograms, one-hot classes) for training the network."""
    if not isinstance(classifier, AudioClassifier):
        raise HearingAIError(
            "a generator trains an existing classifier: create_classifier(recipe, labels) makes one"
        )
    if isinstance(validation, pd.DataFrame):
        raise HearingAIError("`validation` must be a generator where `clips` is one")
    steps = steps_per_epoch or getattr(generator, "steps_per_epoch", None)
    if steps is None:
        raise HearingAIError("`steps_per_epoch` must be given: the generator has no known length")
    steps = positive("steps_per_epoch", steps, whole=True)
    if validation is not None and validation is not False:
        validation_steps = validation_steps or getattr(validation, "steps_per_epoch", None)
    return Data(
        model=classifier.network,
        train=generator,
        validation=None if validation is False else validation,
        steps=steps,
        chance=float(np.log(len(classifier.labels))),
        fit_options={"steps_per_epoch": steps, "validation_steps": validation_steps},
    )


def settled(
    setup,
    classifier=None,
    epochs=None,
    batch_size=None,
    augment=None,
    patience=None,
    optimizer=None,
    learning_rate=None,
    clipnorm=None,
    class_weight=None,
    **_,
):
    """The recipe with what a call of `fit` overrides; a wrong one is told before any reading."""
    changes = {
        "epochs": None if epochs is None else positive("epochs", epochs, whole=True),
        "batch_size": None
        if batch_size is None
        else positive("batch_size", batch_size, whole=True),
        "augment": None if augment is None else _entries(augment),
        "patience": None if patience is None else positive("patience", patience, whole=True),
    }
    setup = get_recipe(setup, **{k: v for k, v in changes.items() if v is not None})
    augmentations_of(setup, classifier)
    optimizer_of(setup, optimizer, learning_rate, clipnorm, steps=1)
    check_class_weight(class_weight)
    return setup


def _entries(augment):
    return (augment,) if isinstance(augment, (str, Augmentation)) else tuple(augment)


def two_or_more(clips):
    """The classes of a table, sorted; an error where there are fewer than two."""
    labels = sorted(set(clips["class"]))
    several = next((label for label in labels if ";" in label), None)
    if several is not None and "labels" in clips:
        raise HearingAIError(
            f"`clips` has several labels a clip ({several!r}), and a classifier has one label a "
            f'clip. Open the data with `target`, such as audioset_embeddings(path, target="Speech")'
        )
    if len(labels) < 2:
        raise HearingAIError(f"`clips` must have at least two classes. It has: {labels[0]}")
    return labels
