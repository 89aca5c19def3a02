"""Tuning: a recipe trained with many settings, on Optuna, and the table of what they gave."""

import hashlib
import json
import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from ..clips.labelled import read_stores
from ..errors import HearingAIError
from ..inference.evaluating import evaluate_store
from ..inference.scoring import AT_THRESHOLD
from ..recipes.recipe import as_text
from ..recipes.registry import Recipe, create_classifier, get_recipe
from ..runtime.arguments import choose, positive
from ..runtime.backend import draw_seed, on_device, set_seed
from ..runtime.precision import precision_of
from ..runtime.progress import progress_bar
from ..tables.clip_table import check_clips
from ..tables.splitting import partition
from ._search_space import OPTIMIZER, check_space, grid_of, suggest
from .fitting import fit_stores, two_or_more


def tune(
    recipe,
    clips,
    space,
    n_trials=None,
    metric="accuracy",
    validation=None,
    epochs=None,
    path=None,
    seed=None,
    deterministic=False,
    precision="auto",
    device="auto",
    store=None,
    progress=None,
):
    """Train a recipe with many settings and compare them on the same validation clips.

    The clips are read once. With lists alone every combination is trained (a grid); with ranges,
    or fewer trials than combinations, Optuna's sampler chooses what to try next.

    Args:
        recipe: Name of a recipe, or a `Recipe`.
        clips: A table of clips.
        space: A dict from a setting to a list of values, or to a range `{"low": ..., "high":
            ..., "log": True, "step": ...}` (whole numbers stay whole). A setting is an attribute
            of the recipe (`batch_size`, `optimizer`, `network`, ...), the optimizer's
            `learning_rate`, `clipnorm`, `weight_decay` or `momentum`, or an argument of the
            network (`hidden`, `dropout`, ...); of several networks, one that all of them have.
        n_trials: Trainings in all; `None` takes every combination of a grid, and 20 of ranges.
            A grid has no more than its combinations, and each of them in the end.
        metric: What the table is sorted by, the best first: a metric of `evaluate`, or `"loss"`.
        validation: Which clips to compare on, see `fit`.
        epochs: Passes over the training clips; `None` takes the recipe's.
        path: A file to keep every finished trial in; called again with the same arguments after
            a break, it goes on where it was. `None` keeps nothing.
        seed: Whole number that decides weights, split, order and the sampler; `None` draws one,
            or takes that of the trials in `path`.
        deterministic: See `fit`.
        precision: See `fit`.
        device: See `fit`.
        store: See `fit`.
        progress: See `fit`.

    Returns:
        A DataFrame with a row a trial, the best first: `trial`, the settings, the metrics of
        `evaluate` on the validation clips, `loss`, `parameters`, `epochs` (those trained, unless
        `epochs` is a setting) and `seconds`. Its `attrs` hold the `seed`.

    Raises:
        HearingAIError: A setting or the metric is unknown, there is nothing to validate on,
            `path` is of another tuning, or Optuna is not installed.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> table = hearingai.tune(
        ...     "speech-commands-small", clips, {"batch_size": [8, 32]}, epochs=1, seed=1
        ... )
        >>> sorted(table["batch_size"])
        [8, 32]
    """
    optuna = _optuna()
    setup, clips = get_recipe(recipe), check_clips(clips)
    space = check_space(space, setup)
    precision = precision_of(precision, device)
    study = _open(optuna, path, metric)
    seed = draw_seed(study.user_attrs.get("seed") if seed is None else seed)
    set_seed(seed, deterministic)
    if epochs is not None:
        setup = get_recipe(setup, epochs=positive("epochs", epochs, whole=True))
    grid = grid_of(space)
    every = len(grid) if grid else 20
    n_trials = every if n_trials is None else positive("n_trials", n_trials, whole=True)
    n_trials = min(n_trials, every) if grid else n_trials
    labels = two_or_more(clips)
    parts = partition(clips, validation, labels, setup.validation, seed)
    if parts["validation"] is None:
        raise HearingAIError("`validation` must leave clips to compare the settings on")
    with on_device(device):
        reader = create_classifier(setup, labels, seed=seed)
        tables = (parts["train"], parts["validation"], "report")
        stores = read_stores(reader, *tables, seed, setup.place, store, progress)
        _check_metric(metric, reader, stores[1])
    key = _key(setup, parts, space, metric, seed, deterministic, precision)
    _claim(study, path, {"key": key, "seed": seed})
    whole = grid and n_trials == every
    queued = _queue(optuna, study, grid if whole else [])
    n_trials = queued if whole else n_trials  # a sampler may have tried a combination twice
    record = {"seed": seed, "deterministic": bool(deterministic), "split_by": parts["split_by"]}
    record |= {"precision": precision, "device": device}

    def objective(trial):
        values = {name: suggest(trial, name, of) for name, of in space.items()}
        numbers = _train(setup, values, labels, stores, record, within)
        trial.set_user_attr("numbers", numbers)
        worst = math.inf if metric == "loss" else -math.inf
        return worst if math.isnan(numbers[metric]) else numbers[metric]

    with progress_bar("Tuning", n_trials, progress) as bar:

        def within(step, steps, text):  # a trial takes long: show its epochs, and hear Ctrl-C
            count = len(_finished(optuna, study))
            bar(count + step / steps, f"trial {count + 1}/{n_trials}: {text}")

        bar(len(_finished(optuna, study)))
        while (done := len(_finished(optuna, study))) < n_trials:
            # A sampler of its own for each trial: after a break the next one draws as ever.
            words = np.random.SeedSequence([seed, done]).generate_state(1)
            study.sampler = optuna.samplers.TPESampler(seed=int(words[0] >> 1))
            study.optimize(objective, n_trials=1)
            bar(done + 1, f"trial {done + 1}/{n_trials}, best {study.best_value:.4f}")
    table = _table(_finished(optuna, study), metric)
    table.attrs["seed"] = seed
    return table


def _optuna():
    try:
        import optuna
    except ImportError:
        raise HearingAIError('tune() needs Optuna. Type: `pip install "hearingai[tune]"`') from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # what fails is raised
    return optuna


def _check_metric(metric, classifier, store):
    known = list(evaluate_store(classifier, store).metrics["metric"])
    known += [f"{name}_at_threshold" for name in AT_THRESHOLD if classifier.target is not None]
    choose("metric", metric, (*known, "loss"))


def _train(setup, values, labels, stores, record, progress=False):
    """Train with one combination of settings; returns its numbers on the validation clips."""
    known = [f.name for f in fields(Recipe)]
    changes = {k: v for k, v in values.items() if k in known}
    setup = get_recipe(setup, **changes)
    optimizer = {k: v for k, v in values.items() if k in OPTIMIZER}
    network = {k: v for k, v in values.items() if k not in (*known, *OPTIMIZER)}
    setup = get_recipe(
        setup,
        optimizer_options=setup.optimizer_options | optimizer,
        network_options=setup.network_options | network,
    )
    settings = (None, None, None, None)
    with on_device(record["device"]):
        classifier = create_classifier(setup, labels, seed=record["seed"])
        fit_stores(classifier, setup, *stores, settings, dict(record), progress=progress)
        if classifier.record["interrupted"]:  # half a training is no trial
            raise KeyboardInterrupt
        result = evaluate_store(classifier, stores[1])
    numbers = {row.metric: row.value for row in result.metrics.itertuples()}
    return numbers | {
        "loss": result.loss,
        "parameters": classifier.count_params(),
        "epochs": len(classifier.record["history"]),
        "seconds": classifier.record["seconds"],
    }


def _open(optuna, path, metric):
    """The study, opened or made."""
    storage = None
    if path is not None:
        backend = optuna.storages.journal.JournalFileBackend(str(Path(path)))
        storage = optuna.storages.JournalStorage(backend)
    direction = "minimize" if metric == "loss" else "maximize"
    return optuna.create_study(
        storage=storage, direction=direction, study_name="hearingai", load_if_exists=True
    )


def _claim(study, path, attributes):
    """Refuse the file of another tuning."""
    if study.user_attrs.get("key", attributes["key"]) != attributes["key"]:
        raise HearingAIError(f"`{path}` is of another tuning; give another name, or remove it")
    for name, value in attributes.items():
        study.set_user_attr(name, value)


def _queue(optuna, study, grid):
    """Queue what a break left unfinished and what is missing of a grid.

    Returns:
        How many trials are finished or wait.
    """
    state = optuna.trial.TrialState
    for trial in study.get_trials(states=(state.RUNNING,)):
        study.tell(trial.number, state=state.FAIL)
    settled = list(map(_settings_of, study.get_trials(states=(state.COMPLETE, state.WAITING))))
    failed = map(_settings_of, study.get_trials(states=(state.FAIL,)))
    for settings in (*failed, *grid):
        if settings and settings not in settled:
            study.enqueue_trial(settings)
            settled.append(settings)
    return len(settled)


def _settings_of(trial):
    """What a trial tries, also before it has begun."""
    return trial.system_attrs.get("fixed_params", trial.params)


def _finished(optuna, study):
    return study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))


def _table(trials, metric):
    """A row a trial, the best first."""
    rows = [{"trial": i + 1} | t.user_attrs["numbers"] | t.params for i, t in enumerate(trials)]
    table = pd.DataFrame(rows).sort_values(metric, ascending=metric == "loss", kind="stable")
    first = ["trial", *(trials[0].params if trials else ())]
    return table[first + [c for c in table if c not in first]].reset_index(drop=True)


def _key(setup, parts, space, metric, *settings):
    """What makes two tunings the same."""
    told = hashlib.sha256(json.dumps(setup.settings()).encode())
    for part in ("train", "validation"):
        told.update(parts[part].to_csv().encode())
    told.update(repr((as_text(space), metric, *settings)).encode())
    return told.hexdigest()
