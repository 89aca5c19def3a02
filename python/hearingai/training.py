"""Training: one loop for every recipe, one seed for everything it draws."""

import time
import warnings

import keras
import numpy as np
import pandas as pd

from .backend import draw_seed, jit_compile, set_seed, versions
from .batches import ClipBatches
from .callbacks import CollapseGuard, EpochSeeds, HistoryRecord, Reporter
from .checkpoint import Checkpoint
from .classifier import AudioClassifier
from .clips import decode_all, digests, fingerprint, report_bad_files
from .errors import HearingAIError, HearingAIWarning, positive
from .progress import progress_bar
from .recipes import create_classifier, get_recipe, recipe_of
from .tables import GROUPS, check_clips, split_clips


def fit(
    classifier,
    clips,
    validation=None,
    epochs=None,
    batch_size=None,
    optimizer=None,
    learning_rate=None,
    clipnorm=None,
    seed=None,
    deterministic=False,
    steps_per_epoch=None,
    validation_steps=None,
    checkpoint=None,
    on_error="report",
    progress=None,
):
    """Train a classifier on a table of clips, or on a generator of spectrograms.

    The clips are decoded once; front end and network run together in the compiled step. Which
    clips train and which validate is decided by `validation`; else by the table's `split` column
    (rows marked `test` are not touched) if it marks at least half of them `train`; else by the
    recipe's share, split by speaker, source or fold where the table names them.

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
        seed: Whole number that decides initial weights, split, order and dropout; `None` draws
            one and records it.
        deterministic: Make equal seeds give equal weights to the last bit, from Python and R
            alike, at some cost in speed. Stays on for the rest of the process.
        steps_per_epoch: Batches an epoch, for a generator that does not know its length.
        validation_steps: The same for a validation generator.
        checkpoint: A `.keras` file to save the state to after every epoch. A training that finds
            it there, with the same clips, seed and settings, goes on where that one was, and ends
            with the weights of one that was never stopped.
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
    seed = draw_seed(seed)
    set_seed(seed, deterministic)
    is_classifier = isinstance(classifier, AudioClassifier)
    setup = recipe_of(classifier) if is_classifier else get_recipe(classifier)
    if not isinstance(clips, pd.DataFrame):
        if checkpoint is not None:
            raise HearingAIError("`checkpoint` needs a table of clips: a generator has no place")
        data = _generator_data(classifier, clips, validation, steps_per_epoch, validation_steps)
    else:
        clips = check_clips(clips)
        if not is_classifier:
            classifier = create_classifier(setup, _two_or_more(clips), seed=seed)
        clips = check_clips(clips, classifier.labels)
        parts = _split(clips, validation, classifier, setup.validation, seed)
        size = positive("batch_size", batch_size or setup.batch_size, whole=True)
        data = _clip_data(classifier, parts, size, seed, on_error, progress)
    epochs = positive("epochs", setup.epochs if epochs is None else epochs, whole=True)
    data["model"].compile(
        optimizer=_optimizer(setup, optimizer, learning_rate, clipnorm),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=jit_compile(),
    )
    record = {"seed": seed, "deterministic": bool(deterministic)} | data["record"]
    record["optimizer"] = _settings(data["model"].optimizer)
    record |= _train(data, epochs, record, checkpoint, progress)
    classifier.record = classifier.record | record | {"versions": versions()}
    return classifier


def _train(data, epochs, record, checkpoint, progress):
    """Run the epochs; returns what the training record says of them."""
    guard = CollapseGuard(data["chance"])
    history, interrupted = HistoryRecord(), False
    callbacks = [EpochSeeds(record["seed"], data["train"]), guard, history]
    if checkpoint is not None:
        callbacks.append(Checkpoint(checkpoint, data["model"], record, history))
        callbacks[-1].resume()
    started = time.perf_counter()
    with progress_bar("Training", epochs * data["steps"], progress) as bar:
        callbacks.append(Reporter(bar, epochs, data["steps"]))
        try:
            data["model"].fit(
                data["train"],
                epochs=epochs,
                initial_epoch=len(history.rows),
                steps_per_epoch=data.get("steps_per_epoch"),
                validation_data=data["validation"],
                validation_steps=data.get("validation_steps"),
                callbacks=callbacks,
                shuffle=False,
                verbose=0,
            )
        except KeyboardInterrupt:
            interrupted = True
    guard.finish()
    if interrupted:
        _warn(f"interrupted in epoch {len(history.rows) + 1}; the classifier keeps what it learnt")
    last = history.rows[-1] if history.rows else {}
    return {
        "history": history.rows,
        "metrics": {k: v for k, v in last.items() if k not in ("epoch", "seconds")},
        "seconds": round(time.perf_counter() - started, 2),
        "interrupted": interrupted,
        "collapsed": guard.collapsed,
    }


def _clip_data(classifier, parts, size, seed, on_error, progress):
    """Decode the clips and lay them out for training."""
    n_classes = len(classifier.labels)
    sound, class_id = _decode(classifier, parts["train"], on_error, progress)
    batches = ClipBatches(sound, class_id, n_classes, size, seed=seed)
    record = {
        "split_by": parts["split_by"],
        "n_train": len(sound),
        "batch_size": size,
        "data_fingerprint": fingerprint(sound, class_id),
        "trained_on": sorted(set(digests(sound)) | set(classifier.record.get("trained_on", ()))),
    }
    held_batches = None
    if parts["validation"] is not None:
        held_sound, held_id = _decode(classifier, parts["validation"], on_error, progress)
        held_batches = ClipBatches(held_sound, held_id, n_classes, size)
        record["n_validation"] = len(held_sound)
    share = np.bincount(class_id, minlength=n_classes) / len(class_id)
    return {
        "model": classifier,
        "train": batches,
        "validation": held_batches,
        "steps": batches.num_batches,
        "chance": -float(np.sum(share[share > 0] * np.log(share[share > 0]))),
        "record": record,
    }


def _decode(classifier, clips, on_error, progress):
    sound, good, errors = decode_all(
        clips["fname"],
        classifier.sample_rate,
        classifier.samples,
        classifier.crop,
        on_error=on_error,
        dtype="int16",
        progress=progress,
    )
    if not len(good):
        raise HearingAIError(f"no clip can be read: {report_bad_files(errors, len(clips))}")
    if len(errors):
        _warn(report_bad_files(errors, len(clips)))
    return sound, clips["class_id"].to_numpy()[good]


def _split(clips, validation, classifier, share, seed):
    """What the clips to train on and those to validate on are, and who decided it."""
    if validation is False:
        return {"train": clips, "validation": None, "split_by": None}
    if isinstance(validation, pd.DataFrame):
        held_out = check_clips(validation, classifier.labels)
        return {"train": clips, "validation": held_out, "split_by": "validation"}
    if validation is None and "split" in clips:
        marked = clips["split"].value_counts()
        if marked.get("train", 0) >= len(clips) / 2:
            return {"split_by": "split"} | _marked(clips)
        _warn(
            f"`split` marks only {marked.get('train', 0)} of {len(clips)} clips to train on, as in "
            f"a part of a data set; they are split anew, {share:g} of them to validate on"
        )
    if validation is not None:
        share = positive("validation", validation)
    if share >= 1:
        raise HearingAIError(f"`validation` must be a share between 0 and 1. Received: {share}")
    by = next((g for g in GROUPS if g in clips and clips[g].nunique() > 1), None)
    shares = {"train": 1 - share, "validation": share}
    return {"split_by": by or "clip"} | _marked(split_clips(clips, shares, by=by, seed=seed))


def _marked(clips):
    parts = {part: clips[clips["split"] == part] for part in ("train", "validation")}
    return parts if len(parts["validation"]) else parts | {"validation": None}


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
    if validation is not None and validation is not False:
        validation_steps = validation_steps or getattr(validation, "steps_per_epoch", None)
    return {
        "model": classifier.network,
        "train": generator,
        "validation": None if validation is False else validation,
        "steps": positive("steps_per_epoch", steps, whole=True),
        "steps_per_epoch": int(steps),
        "validation_steps": validation_steps,
        "chance": float(np.log(len(classifier.labels))),
        "record": {},
    }


def _optimizer(setup, optimizer, learning_rate, clipnorm):
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return optimizer
    options = dict(setup.optimizer_options)
    if optimizer is not None and optimizer.lower() != setup.optimizer.lower():
        options = {}
    if learning_rate is not None:
        options["learning_rate"] = positive("learning_rate", learning_rate)
    if clipnorm is not None:
        options["clipnorm"] = positive("clipnorm", clipnorm)
    name = optimizer or setup.optimizer
    try:
        return keras.optimizers.get({"class_name": name, "config": options})
    except ValueError:
        raise HearingAIError(
            f"`optimizer` must be the name of a Keras optimizer, such as 'Adam'. Received: {name!r}"
        ) from None


def _settings(optimizer):
    """Class and arguments of an optimizer, less the name that Keras counts up."""
    config = {k: v for k, v in optimizer.get_config().items() if k != "name"}
    return {"class_name": type(optimizer).__name__, "config": config}


def _two_or_more(clips):
    labels = sorted(set(clips["class"]))
    if len(labels) < 2:
        raise HearingAIError(f"`clips` must have at least two classes. It has: {labels[0]}")
    return labels


def _warn(message):
    warnings.warn(message, HearingAIWarning, stacklevel=4)
