"""Tuning: train a recipe with many settings, by Optuna, and tabulate the results."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Literal

import pandas as pd

from .._typing import PathLike, Progress, TrainingDevice
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..classifier.model import AudioClassifier
from ..clips.labelled import read_stores
from ..corpora.options import EngineName
from ..errors import HearingAIError
from ..inference.evaluating import evaluate_store
from ..inference.scoring import metric_names
from ..recipes.creation import create_classifier, described
from ..recipes.recipe import Recipe, as_text
from ..recipes.registry import for_labels, get_recipe, given
from ..runtime.arguments import choose, positive
from ..runtime.backend import draw_seed, on_device
from ..runtime.distribution import one_device
from ..runtime.generators import seeded
from ..runtime.ray_cluster import check_engine
from ..runtime.ray_pool import RayPool
from ..runtime.shared_options import shared_options
from ..tables.clip_table import check_clips
from ..tables.label_sets import is_multi_label
from ..tables.splitting import partition
from ._leaks import warn_of_copies
from ._search_space import OPTIMIZER, check_space, combinations, suggest
from ._study import Listen, Study, TrainAtOnce
from .background import Background
from .copies import variations
from .fitting import fit_read, two_or_more
from .settings import Callback, Precision, Recorded, TrainingSettings, training_settings

_MAKE = "hearingai.training._ray_trials:trial_worker"


@shared_options
@collected_doubts()
def tune(
    recipe: str | Recipe,
    clips: pd.DataFrame,
    space: Mapping[str, Any],
    *,
    n_trials: int | None = None,
    metric: str = "accuracy",
    validation: pd.DataFrame | float | None = None,
    background: Recorded | None = None,
    epochs: int | None = None,
    path: PathLike | None = None,
    callbacks: Callback | Sequence[Callback] | None = None,
    seed: int | None = None,
    deterministic: bool = False,
    precision: Precision = "auto",
    device: TrainingDevice = "auto",
    store: PathLike | Literal[False] | None = None,
    partial: bool = False,
    body: str | Body | None = None,
    duration: float | None = None,
    progress: Progress = None,
    parallel: int = 1,
    engine: EngineName = "processes",
    address: str | None = None,
    gpus_per_worker: float = 0.0,
) -> pd.DataFrame:
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
            A grid has at most its number of combinations.
        metric: What the table is sorted by, the best first: a metric of `evaluate`, or `"loss"`.
        validation: The clips to compare on: a table; a share of the clips between 0 and 1; `None`
            follows the table's `split` column, else takes the recipe's share.
        background: {background}
        epochs: Passes over the training clips; `None` takes the recipe's.
        path: A file to save every finished trial in; a later call with the same arguments
            resumes. `None` saves nothing.
        callbacks: {callbacks} Each trial begins at epoch 0 with another classifier.
        seed: Whole number that decides weights, split, order and the sampler; `None` draws one,
            or takes that of the trials in `path`.
        deterministic: {deterministic}
        precision: {precision}
        device: {training_device}
        store: {store}
        partial: {partial}
        body: {body}
        duration: {duration}
        progress: {progress}
        parallel: Trials trained at once, on Ray. Those of a grid have the same results in whatever
            order; with ranges, the sampler chooses so many trials before it learns from them.
        engine: Who trains: `"processes"` is this process; `"ray"` are workers on a cluster of Ray,
            or without one of this machine (needs the extra `ray`). Its machines must see the
            recordings by the paths they have here, and have the same hearingai.
        address: {address}
        gpus_per_worker: {gpus_per_worker}

    Returns:
        A DataFrame with a row per trial, the best first: `trial`, the settings, the metrics of
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
    recipe = get_recipe(recipe, **given(body=body, duration=duration))
    clips = check_clips(clips)
    multi_label = is_multi_label(clips)
    recipe = for_labels(recipe, multi_label)
    space = check_space(space, recipe)
    on_ray = _checked_engine(engine, address, gpus_per_worker, parallel, callbacks)
    study = Study(path, metric)
    seed = draw_seed(study.seed if seed is None else seed)
    with on_device(one_device(device)), seeded(seed, deterministic):
        settings = training_settings(
            recipe,
            seed=seed,
            deterministic=deterministic,
            epochs=epochs,
            callbacks=callbacks,
            precision=precision,
            device=device,
            partial=partial,
        )
        recipe = settings.recipe
        grid = combinations(space)
        every = len(grid) if grid else 20
        n_trials = every if n_trials is None else positive("n_trials", n_trials, whole=True)
        n_trials = min(n_trials, every) if grid else n_trials
        labels = two_or_more(clips, background is not None)
        reader = untrained(labels, settings, multi_label)
        choose("metric", metric, (*metric_names(reader), "loss"))
        split = partition(clips, validation, labels, recipe.validation, seed)
        if split["validation"] is None:
            raise HearingAIError("`validation` must leave clips to compare the settings on")
        if background is not None:
            noise = Background(background, recipe.clip_format, seed, settings.partial)
            split = noise.in_split(split, labels)
        clips_read = read_clips(reader, settings, split, store, progress)
        warn_of_copies(clips_read["train"], clips_read["held"])
        key = _key(
            described(recipe, reader), split, space, metric, seed, deterministic, settings.precision
        )
        study.claim(key, seed)
        whole = bool(grid) and n_trials == every
        queued = study.queue(grid if grid and whole else [])
        n_trials = queued if whole else n_trials  # a sampler may have tried a combination twice

        def values_of(trial: Any) -> dict[str, Any]:
            return {name: suggest(trial, name, of) for name, of in space.items()}

        def train(trial: Any, shown: Progress) -> dict[str, Any]:
            told = replace(settings, progress=shown)
            return train_trial(values_of(trial), labels, told, clips_read)

        if on_ray:
            start: dict[str, Any] = {"labels": labels, "split": split, "store": store}
            start["settings"] = replace(settings, progress=False)
            with RayPool(_MAKE, start, parallel, address, gpus_per_worker, called=_called) as pool:
                study.run_at_once(n_trials, parallel, values_of, _trials_by(pool), seed, progress)
        else:
            study.run(n_trials, train, seed, progress)
        table = study.table()
        table.attrs["seed"] = seed
        return table


def _checked_engine(
    engine: str, address: str | None, gpus: float, parallel: int, callbacks: Any
) -> bool:
    """Whether trials are trained on Ray; raises an error where what is given goes not together."""
    on_ray = check_engine(engine, address, gpus)
    if not on_ray and positive("parallel", parallel, whole=True) > 1:
        raise HearingAIError(
            f'`parallel` is for trials on Ray: `engine` must be `"ray"`. Received: {parallel}'
        )
    if on_ray and callbacks:
        raise HearingAIError("`callbacks` cannot be called from trials on Ray")
    return on_ray


def _trials_by(pool: RayPool) -> TrainAtOnce:
    def train(given: dict[int, dict], listen: Listen) -> Iterator[tuple[int, dict[str, Any]]]:
        for (number, _), numbers in pool.values(list(given.items()), lambda *_: listen()):
            yield number, numbers

    return train


def _called(trial: tuple[int, dict[str, Any]]) -> str:
    return f"trial {trial[0] + 1}"


def untrained(labels: list[str], settings: TrainingSettings, multi_label: bool) -> AudioClassifier:
    """The classifier that a trial begins with."""
    return create_classifier(settings.recipe, labels, seed=settings.seed, multi_label=multi_label)


def read_clips(
    reader: AudioClassifier,
    settings: TrainingSettings,
    split: dict[str, Any],
    store: PathLike | Literal[False] | None,
    progress: Progress,
) -> dict[str, Any]:
    """The clips that all trials learn from and are held to; a classifier says how it takes them."""
    recipe, seed = settings.recipe, settings.seed
    learnt, held = read_stores(
        reader,
        split["train"],
        split["validation"],
        seed=seed,
        place=recipe.place,
        store=store,
        progress=progress,
        partial=settings.partial,
        variations=variations(recipe, reader, seed),
    )
    return {"train": learnt, "held": held, "split_by": split["split_by"]}


def train_trial(
    values: dict[str, Any], labels: list[str], settings: TrainingSettings, clips: dict[str, Any]
) -> dict[str, Any]:
    """Train with one combination of settings; returns its numbers on the validation clips."""
    settings = replace(settings, recipe=_varied(settings.recipe, values))
    with on_device(one_device(settings.device)):
        multi_label = clips["train"].truth.ndim == 2
        classifier = untrained(labels, settings, multi_label)
        fit_read(classifier, settings=settings, **clips)
        if classifier.record["interrupted"]:  # an interrupted training is no trial
            raise KeyboardInterrupt
        result = evaluate_store(classifier, clips["held"])
    numbers = {row.metric: row.value for row in result.metrics.itertuples()}
    return numbers | {
        "loss": result.loss,
        "parameters": classifier.count_params(),
        "epochs": len(classifier.record["history"]),
        "seconds": classifier.record["seconds"],
    }


def _varied(recipe: Recipe, values: dict[str, Any]) -> Recipe:
    """A recipe with one combination of settings."""
    known = [f.name for f in fields(Recipe)]
    recipe = get_recipe(recipe, **{k: v for k, v in values.items() if k in known})
    optimizer = {k: v for k, v in values.items() if k in OPTIMIZER}
    network = {k: v for k, v in values.items() if k not in (*known, *OPTIMIZER)}
    return get_recipe(
        recipe,
        optimizer_options=recipe.optimizer_options | optimizer,
        network_options=recipe.network_options | network,
    )


def _key(
    recipe: Recipe, split: dict[str, Any], space: dict[str, Any], metric: str, *settings: Any
) -> str:
    """The settings that identify a tuning."""
    told = hashlib.sha256(json.dumps(recipe.settings()).encode())
    for part in ("train", "validation"):
        told.update(split[part].to_csv().encode("utf-8", "surrogatepass"))
    told.update(repr((as_text(space), metric, *settings)).encode())
    return told.hexdigest()
