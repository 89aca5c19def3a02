"""Cross-validation: every clip judged by a classifier that never heard its fold."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .backend import draw_seed
from .classifier import save_classifier
from .errors import HearingAIError, positive
from .evaluation import confusion
from .folds import assign_folds, in_order, parts_of
from .prediction import evaluate
from .progress import progress_bar
from .recipes import create_classifier, get_recipe
from .recipes.recipe import as_text
from .tables import check_clips
from .training import fit, two_or_more

_NOTE = "cross-validation.json"
_ERROR = "hearingai.errors.HearingAIError: "
_WORKER = "import sys; from hearingai.cross_validation import work; work(sys.argv[1])"


@dataclass
class CrossValidation:
    """What a recipe achieves on folds it was not trained on.

    Attributes:
        folds: DataFrame with a row a fold: `fold`, `n_train`, `n_test`, `epochs`, the metrics of
            `evaluate`, `seconds` and `fingerprint`.
        summary: DataFrame `metric`, `mean`, `sd` (over the folds, with n - 1), `low`, `high`.
        confusion: DataFrame `truth`, `predicted`, `n`, pooled over the folds.
        predictions: Every clip's prediction by the classifier that did not hear it: `fold` and
            what `evaluate` gives; the index counts the clips of the table.
        settings: Recipe, seed and what else decided the result.
    """

    folds: pd.DataFrame
    summary: pd.DataFrame
    confusion: pd.DataFrame
    predictions: pd.DataFrame
    settings: dict

    def __repr__(self):
        told = self.summary.set_index("metric").loc["accuracy"]
        return (
            f"<CrossValidation {self.settings['recipe']}: {len(self.folds)} folds, "
            f"accuracy {told['mean']:.4f} ± {told['sd']:.4f}>"
        )


def cross_validate(
    recipe,
    clips,
    folds=None,
    validation=None,
    repeats=1,
    path=None,
    keep=False,
    parallel=1,
    seed=None,
    deterministic=False,
    progress=None,
    **options,
):
    """Train a recipe once a fold, each time on the other folds, and measure it on that fold.

    Args:
        recipe: Name of a recipe, or a `Recipe`.
        clips: A table of clips.
        folds: What the folds are: the name of a column (each of its values is a fold); a number
            of folds, dealt out by speaker or source where the table names them, else clip by
            clip with the classes balanced; or a list with the positions (from 0) of each fold's
            clips. `None` takes the column `fold`, else `speaker`, else 5 folds.
        validation: What each training watches: `"fold"`, the fold before the one that is
            measured; a share of the training clips; `False` for nothing. `None` takes `"fold"`
            for recipes that stop early or lower their rate on a plateau, else `False`.
        repeats: How often to deal the folds anew and do it all again, for a number of folds.
        path: A folder to keep every finished fold in; called again with the same arguments after
            a break, only the missing folds are trained. `None` keeps nothing.
        keep: Save each fold's classifier to `path` too.
        parallel: Folds trained at once, each in a process of its own.
        seed: Whole number that decides everything that is drawn; `None` draws one, or takes that
            of the folds in `path`.
        deterministic: See `fit`.
        progress: See `fit`.
        **options: Further arguments of `fit`, such as `epochs`, `batch_size` or `augment`.

    Returns:
        A `CrossValidation`.

    Raises:
        HearingAIError: There are fewer than two folds, or `path` holds another cross-validation.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["no", "yes"], n=20, seed=1)
        >>> result = hearingai.cross_validate(
        ...     "speech-commands-small", clips, folds=2, epochs=1, seed=1
        ... )
        >>> len(result.folds), len(result.predictions)
        (2, 40)
    """
    setup, clips = get_recipe(recipe), check_clips(clips)
    seed = draw_seed(_noted(path).get("seed") if seed is None else seed)
    labels = two_or_more(clips)
    folds = _default_folds(clips) if folds is None else folds
    if validation is None:
        watching = setup.patience is not None or setup.schedule == "plateau"
        validation = "fold" if watching else False
    tasks = []
    for repeat in range(positive("repeats", repeats, whole=True)):
        dealt = assign_folds(clips, folds, seed + repeat)
        for fold in sorted(set(dealt.dropna()), key=in_order):
            name = f"{fold}" if repeats == 1 else f"{repeat + 1}-{fold}"
            train, held, test = parts_of(clips, dealt, fold, validation)
            fold_seed = int(np.random.SeedSequence([seed, len(tasks)]).generate_state(1)[0] >> 1)
            tasks.append(
                {"name": name, "train": train, "held": held, "test": test, "seed": fold_seed}
            )
    settings = _settings(setup, clips, tasks, seed, deterministic, options)
    shared = {"setup": setup, "labels": labels, "deterministic": deterministic}
    shared["options"] = options
    with tempfile.TemporaryDirectory(prefix="hearingai-") as scratch:
        folder = _folder(path or scratch, settings)
        waiting = [t | shared for t in tasks if not _done(folder, t["name"]).exists()]
        for task in waiting:
            task |= {"folder": folder, "keep": bool(keep and path)}
        _run(waiting, positive("parallel", parallel, whole=True), len(tasks), progress)
        return _collect(folder, tasks, settings)


def _default_folds(clips):
    for column in ("fold", "speaker"):
        if column in clips and clips[column].nunique() > 1:
            return column
    return 5


def _run(tasks, parallel, total, progress):
    done = total - len(tasks)
    with progress_bar("Cross-validating", total, progress) as bar:
        bar(done)

        def within(step, steps, text):  # a fold takes long: show its epochs, and hear Ctrl-C
            share = step / steps if text.startswith("Epoch") else 0
            bar(done + share, f"fold {done + 1}/{total}: {text}")

        for _ in _in_turn(tasks, within) if parallel == 1 else _at_once(tasks, parallel):
            done += 1
            bar(done, f"fold {done}/{total}")


def _in_turn(tasks, progress):
    for task in tasks:
        try:
            yield run_fold(task, progress)
        except HearingAIError as error:
            raise HearingAIError(f"fold {task['name']}: {error}") from error


def _at_once(tasks, parallel):
    """Run the folds in processes of their own: TensorFlow cannot be forked, nor asked twice."""
    waiting, running = list(tasks), []
    try:
        while waiting or running:
            while waiting and len(running) < parallel:
                running.append((*_start(waiting[0]), waiting.pop(0)["name"]))
            worker, job, name = running[0]
            _, said = worker.communicate()
            if worker.returncode:
                last = (said.strip().splitlines() or ["it was killed"])[-1]
                raise HearingAIError(f"fold {name}: {last.removeprefix(_ERROR)}")
            job.unlink()
            running.pop(0)
            yield
    finally:
        for worker, job, _ in running:
            worker.kill()
            worker.wait()
            job.unlink(missing_ok=True)


def _start(task):
    job = task["folder"] / f"{_safe(task['name'])}.job"
    job.write_bytes(pickle.dumps(task))
    command = [_python(), "-c", _WORKER, str(job)]
    home = str(Path(__file__).parents[1])  # R carries the package where Python does not look
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    environment = os.environ | {"PYTHONPATH": paths}
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **silent), job


def _python():
    """This interpreter, also where R embeds it and `sys.executable` may be R."""
    name = Path(sys.executable or "")
    if "python" in name.name:
        return str(name)
    return str(Path(sys.prefix) / ("python.exe" if sys.platform == "win32" else "bin/python"))


def work(path):
    """Run the fold that a file describes, in a process of its own."""
    run_fold(pickle.loads(Path(path).read_bytes()))


def run_fold(task, progress=False):
    """Train on a fold's training clips, measure on its test clips, write what came out."""
    held = task["held"]
    # With all labels of the table: a class that only this fold holds is measured too.
    classifier = fit(
        create_classifier(task["setup"], task["labels"], seed=task["seed"]),
        task["train"],
        validation=False if held is None else held,
        seed=task["seed"],
        deterministic=task["deterministic"],
        progress=progress,
        **task["options"],
    )
    if classifier.record["interrupted"]:  # half a training is no fold
        raise KeyboardInterrupt
    result = evaluate(classifier, task["test"], progress=False)
    folder, name = task["folder"], _safe(task["name"])
    if task["keep"]:
        save_classifier(classifier, folder / f"{name}.keras", overwrite=True)
    predictions = result.predictions.assign(row=task["test"].index.to_numpy())
    predictions.to_csv(folder / f"{name}.csv", index=False)
    row = {"fold": task["name"], "n_train": classifier.record["n_train"], "n_test": result.n}
    row |= {"epochs": len(classifier.record["history"]), "loss": result.loss}
    row |= {m.metric: m.value for m in result.metrics.itertuples()}
    row |= {"seconds": classifier.record["seconds"], "fingerprint": classifier.fingerprint()}
    partial = folder / f"{name}.part"
    partial.write_text(json.dumps(row))
    partial.replace(_done(folder, task["name"]))


def _done(folder, name):
    return folder / f"{_safe(name)}.json"


def _safe(name):
    """A name for the files of a fold, another for each fold."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in str(name))
    if safe != str(name) or safe != safe.lower():  # `a b` and `a_b`; `A` and `a` on some disks
        safe += "-" + hashlib.sha256(str(name).encode()).hexdigest()[:6]
    return f"fold-{safe}"


def _folder(path, settings):
    """The folder of the finished folds, made or checked to be of the same cross-validation."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    before = _noted(path)
    if before:
        differ = [k for k in settings if before.get(k) != json.loads(json.dumps(settings[k]))]
        if differ:
            raise HearingAIError(
                f"`{folder}` holds another cross-validation (its {', '.join(differ)} differ); "
                f"give another `path`, or remove it"
            )
    else:
        (folder / _NOTE).write_text(json.dumps(settings, indent=1))
    return folder


def _noted(path):
    """The settings of the cross-validation that a folder holds; empty where it holds none."""
    note = None if path is None else Path(path) / _NOTE
    return json.loads(note.read_text()) if note and note.exists() else {}


def _settings(setup, clips, tasks, seed, deterministic, options):
    told = hashlib.sha256(json.dumps(setup.settings()).encode())
    for task in tasks:
        for part in ("train", "held", "test"):
            rows = None if task[part] is None else list(task[part].index)
            told.update(repr(rows).encode())
    told.update("\n".join(clips["fname"] + "\t" + clips["class"]).encode())
    return {
        "recipe": setup.name,
        "folds": len(tasks),
        "seed": seed,
        "deterministic": bool(deterministic),
        "options": {k: as_text(v) for k, v in options.items()},
        "data": told.hexdigest(),
    }


def _collect(folder, tasks, settings):
    rows = [json.loads(_done(folder, t["name"]).read_text()) for t in tasks]
    tables = [
        pd.read_csv(
            folder / f"{_safe(t['name'])}.csv",
            dtype={"class": str, "label": str},
            keep_default_na=False,  # a class may be called "None"
            na_values=[""],
        )
        for t in tasks
    ]
    folds = pd.DataFrame(rows)
    predictions = pd.concat(
        [p.assign(fold=t["name"]) for p, t in zip(tables, tasks, strict=True)], ignore_index=True
    )
    first = ["row", "fold"]
    predictions = predictions[first + [c for c in predictions if c not in first]]
    answered = predictions[predictions["label"].notna()]
    return CrossValidation(
        folds=folds,
        summary=summarise(folds),
        confusion=confusion(answered["class"], answered["label"]),
        predictions=predictions,
        settings=settings,
    )


def summarise(folds):
    """Mean, standard deviation and range of every metric over the folds."""
    others = ("fold", "n_train", "n_test", "epochs", "seconds", "fingerprint", "threshold")
    metrics = [c for c in folds if c not in others]
    return pd.DataFrame(
        {
            "metric": metrics,
            "mean": [folds[m].mean() for m in metrics],
            "sd": [folds[m].std(ddof=1) for m in metrics],
            "low": [folds[m].min() for m in metrics],
            "high": [folds[m].max() for m in metrics],
        }
    )
