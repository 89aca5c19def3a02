"""Cross-validation: every clip is predicted by a classifier trained without its fold."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from typing_extensions import Unpack

from .._typing import PathLike, Progress
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..clips.labelled import keeps
from ..clips.store import packed_clips
from ..corpora.options import EngineName
from ..errors import HearingAIError, warn
from ..recipes.creation import described
from ..recipes.recipe import Recipe
from ..recipes.registry import for_labels, get_recipe, given
from ..runtime.arguments import flag, positive
from ..runtime.backend import draw_seed
from ..runtime.progress import progress_bar
from ..runtime.ray_cluster import check_engine
from ..runtime.shared_options import shared_options
from ..tables.clip_table import check_clips, names_of
from ..tables.folds import assign_folds, fold_tables, in_order
from ..tables.label_sets import is_multi_label
from ._fold_folder import noted, opened_folder, settings_of, unfinished
from ._fold_results import pooled, read_folds, summarise
from ._fold_runs import at_once, check_recipe_sent, in_turn
from ._ray_folds import on_ray
from .background import Background
from .fitting import two_or_more
from .settings import TrainingOptions, training_settings


@dataclass
class CrossValidation:
    """The results of a recipe on folds it was not trained on.

    Attributes:
        folds: DataFrame with a row per fold: `fold`, `n_train`, `n_test`, `epochs`, the metrics of
            `evaluate`, `seconds` and `fingerprint`.
        summary: DataFrame `metric`, `mean`, `sd` (with n - 1), `low`, `high`, over the `n` folds
            that have the metric: it may be missing where a fold lacks a class.
        confusion: DataFrame `truth`, `predicted`, `n`, pooled over the folds; see `evaluate`.
        predictions: Every clip's prediction by the classifier trained without it: `fold` and what
            `evaluate` gives; the index is the clip's position in the table.
        settings: Recipe, seed and the other settings that decided the result.
    """

    folds: pd.DataFrame
    summary: pd.DataFrame
    confusion: pd.DataFrame
    predictions: pd.DataFrame
    settings: dict

    def __repr__(self) -> str:
        told = self.summary.set_index("metric")
        name = "map_macro" if "map_macro" in told.index else "accuracy"
        score = "mAP" if name == "map_macro" else name
        return (
            f"<CrossValidation {self.settings['recipe']}: {len(self.folds)} folds, "
            f"{score} {told.loc[name, 'mean']:.4f} ± {told.loc[name, 'sd']:.4f}>"
        )


@shared_options
@collected_doubts()
def cross_validate(
    recipe: str | Recipe,
    clips: pd.DataFrame,
    *,
    folds: str | int | Sequence[Sequence[int]] | None = None,
    validation: Literal["fold", False] | float | None = None,
    repeats: int = 1,
    path: PathLike | None = None,
    keep: bool = False,
    parallel: int = 1,
    seed: int | None = None,
    deterministic: bool = False,
    store: PathLike | Literal[False] | None = None,
    body: str | Body | None = None,
    duration: float | None = None,
    progress: Progress = None,
    engine: EngineName = "processes",
    address: str | None = None,
    gpus_per_worker: float = 0.0,
    **options: Unpack[TrainingOptions],
) -> CrossValidation:
    """Train a recipe once per fold, each time on the other folds, and measure it on that fold.

    Callbacks are called in the trainings of all folds, which each begin at epoch 0 with another
    classifier: a log file of all of them must be opened to append.

    Args:
        recipe: Name of a recipe, or a `Recipe`.
        clips: A table of clips.
        folds: What the folds are: the name of a column (each of its values is a fold); a number
            of folds, dealt out by speaker or source where the table names them, else clip by
            clip with the classes balanced; or a list with the positions (from 0) of each fold's
            clips. `None` takes the column `fold`, else `speaker`, else 5 folds.
        validation: The validation clips of each training: `"fold"`, the fold before the test
            fold; a share of the training clips; `False` for none. `None` takes `"fold"`
            for recipes that stop early or lower their rate on a plateau, else `False`.
        repeats: How often to repeat it all with newly drawn folds, for a number of folds.
        path: A folder to save every finished fold in; a later call with the same arguments trains
            only the missing folds. `None` saves nothing.
        keep: Save each fold's classifier to `path` too.
        parallel: Folds trained at once, each in a process of its own.
        seed: Whole number that decides everything that is drawn; `None` draws one, or takes that
            of the folds in `path`.
        **options: As each function that trains takes them.
        deterministic: {deterministic}
        store: {store} Stored clips are decoded once for all folds.
        body: {body}
        duration: {duration}
        progress: {progress}
        engine: Who trains: `"processes"` of this machine; or `"ray"`, workers on a cluster of Ray,
            or without one of this machine (needs the extra `ray`). Its machines must see the
            recordings by the paths they have here, and have the same hearingai.
        address: {address}
        gpus_per_worker: {gpus_per_worker}

    Returns:
        A `CrossValidation`.

    Raises:
        HearingAIError: There are fewer than two folds, an argument is out of range, `path` holds
            another cross-validation, or there are callbacks for folds in processes of their own.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> result = hearingai.cross_validate(
        ...     "speech-commands-small", clips, folds=2, epochs=1, seed=1
        ... )
        >>> len(result.folds), len(result.predictions)
        (2, 40)
    """
    recipe, clips = get_recipe(recipe, **given(body=body, duration=duration)), check_clips(clips)
    multi_label = is_multi_label(clips)
    recipe = for_labels(recipe, multi_label)
    parallel = positive("parallel", parallel, whole=True)
    background = options.pop("background")
    checked = training_settings(recipe, seed=0, **options)
    ray = (address, gpus_per_worker) if check_engine(engine, address, gpus_per_worker) else None
    if (parallel > 1 or ray) and checked.callbacks:
        raise HearingAIError(
            f"`callbacks` cannot be called from folds in processes of their own: `parallel` must "
            f"be 1, without Ray. Received: {parallel}"
        )
    if parallel > 1 and not ray:
        check_recipe_sent(recipe)
    seed = draw_seed(noted(path).get("seed") if seed is None else seed)
    labels = two_or_more(clips, background is not None)
    folds = _default_folds(clips) if folds is None else folds
    if validation is None:
        watching = recipe.patience is not None or recipe.schedule == "plateau"
        validation = "fold" if watching else False
    noise = None
    if background is not None:
        noise = Background(background, recipe.clip_format, seed, checked.partial)
    repeats = positive("repeats", repeats, whole=True)
    clips, tasks = _tasks(clips, folds, validation, repeats, seed, noise)
    told = described(
        recipe, labels, multi_label
    )  # refuses a network that does not suit, before any fold
    settings = settings_of(told, clips, tasks, seed, deterministic, options)
    settings["precision"] = checked.precision
    shared: dict[str, Any] = {"recipe": recipe, "labels": labels, "deterministic": deterministic}
    shared["options"] = options | {"precision": checked.precision, "store": store}
    if recipe.clip_format is not None and keeps(clips, recipe.clip_format, store):
        packed_clips(
            clips,
            recipe.clip_format,
            store or None,
            progress=progress,
            partial=checked.partial,
        )
    with tempfile.TemporaryDirectory(prefix="hearingai-") as scratch:
        folder = opened_folder(path or scratch, settings)
        shared |= {"folder": folder, "keep": flag("keep", keep) and path is not None}
        waiting = [t | shared for t in unfinished(folder, tasks, shared["keep"])]
        _run(waiting, parallel, ray, len(tasks), progress)
        return _collect(folder, tasks, settings)


def _default_folds(clips: pd.DataFrame) -> str | int:
    for column in ("fold", "speaker"):
        if column in clips and clips[column].nunique() > 1:
            return column
    return 5


def _tasks(
    clips: pd.DataFrame,
    folds: Any,
    validation: Any,
    repeats: int,
    seed: int,
    noise: Background | None,
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """The clips, with those of `background`, and each fold's training, validation, test clips."""
    if repeats > 1 and hasattr(folds, "__len__"):
        raise HearingAIError(
            f"`repeats` needs a number of folds; those of a column or a list are fixed. "
            f"Received: {repeats}"
        )
    tasks: list[dict[str, Any]] = []
    whole = clips
    for repeat in range(repeats):
        dealt = assign_folds(clips, folds, seed + repeat)
        if noise is not None:
            whole, dealt = noise.in_folds(clips, dealt)
        for fold in sorted(set(dealt.dropna()), key=in_order):
            fold_seed = int(np.random.SeedSequence([seed, len(tasks)]).generate_state(1)[0] >> 1)
            tables = fold_tables(whole, dealt, fold, validation, fold_seed)
            task = dict(zip(("train", "held", "test"), tables, strict=True))
            name = f"{fold}" if repeats == 1 else f"{repeat + 1}-{fold}"
            tasks.append(task | {"name": name, "seed": fold_seed})
            if noise is not None and not noise.is_in(tables[0]):
                raise HearingAIError(
                    f"`background` has too few recordings: none is left to train on without fold "
                    f"{name}. Received: {len(noise.recordings)}"
                )
    if validation == "fold" and tasks[0]["held"] is None:
        warn("of two folds none is left for validation; `validation` may be a share")
    return whole, tasks


def _run(
    tasks: list[dict],
    parallel: int,
    ray: tuple[str | None, float] | None,
    total: int,
    progress: Progress,
) -> None:
    done = total - len(tasks)
    with progress_bar("Cross-validating", total, progress) as bar:
        bar(done)

        def within(step: float, steps: float | None, text: str) -> None:
            # a fold takes long: show its epochs, and react to Ctrl-C
            share = step / steps if steps and text.startswith("Epoch") else 0
            bar(done + share, f"fold {done + 1}/{total}: {text}")

        if ray is not None and tasks:
            runs = on_ray(tasks, parallel, *ray, lambda: bar(done))
        elif parallel > 1:
            runs = at_once(tasks, parallel, lambda: bar(done))
        else:
            runs = in_turn(tasks, within)
        for _ in runs:
            done += 1
            bar(done, f"fold {done}/{total}")


def _collect(folder: Path, tasks: list[dict], settings: dict[str, Any]) -> CrossValidation:
    folds, predictions = read_folds(folder, [task["name"] for task in tasks])
    tested = names_of(fname for task in tasks for fname in task["test"]["fname"])
    predictions["fname"] = tested  # the files hold names of any bytes as text
    answered = predictions[predictions["error"].isna()]
    return CrossValidation(
        folds=folds,
        summary=summarise(folds),
        confusion=pooled(answered),
        predictions=predictions,
        settings=settings,
    )
