"""The folds of a cross-validation, one after the other or in processes of their own."""

import json
import os
import pickle
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .._typing import Progress
from ..classifier.saving import save_classifier
from ..errors import HearingAIError, HearingAIWarning, warn
from ..inference.evaluating import evaluate
from ..recipes.creation import create_classifier
from ..recipes.recipe import Recipe
from ..runtime.distribution import one_device
from ..runtime.files import write_table, written
from ..runtime.processes import Child, when_parent_ends
from ..tables.label_sets import is_multi_label
from ._fold_results import done_file, file_name
from .fitting import fit

_WORK = "hearingai.training._fold_runs:work"


def in_turn(tasks: list[dict], progress: Progress) -> Iterator[None]:
    """Run the folds one after the other in this process; yields after each."""
    for task in tasks:
        try:
            run_fold(task, progress)
            yield
        except HearingAIError as error:
            raise HearingAIError(f"fold {task['name']}: {error}") from error


def at_once(tasks: list[dict], parallel: int, listen: Callable[[], object]) -> Iterator[None]:
    """Run the folds in processes of their own, yielding after each: TensorFlow cannot be forked.

    Args:
        tasks: The folds.
        parallel: How many at once.
        listen: Called repeatedly while they run; an error that it raises ends them.
    """
    waiting = list(tasks)
    running: list[_Worker] = []
    try:
        while waiting or running:
            while waiting and len(running) < parallel:
                running.append(_Worker(waiting.pop(0)))
            done = next((worker for worker in running if not worker.running), None)
            if done is None:
                time.sleep(0.1)
                listen()
                continue
            done.check()
            done.end()
            running.remove(done)
            yield
    finally:
        for worker in running:
            worker.end()


def check_recipe_sent(recipe: Recipe) -> None:
    """Refuse a recipe whose functions other processes cannot find."""
    try:
        sent = pickle.dumps(recipe)
    except Exception:  # whatever pickle meets in an object
        sent = b"__main__"
    if b"__main__" in sent:
        raise HearingAIError(
            f"the recipe `{recipe.name}` has a function that only this session knows, and folds "
            f"that are trained at once are in processes of their own: `parallel` must be 1, or the "
            f"function be that of a module"
        )


class _Worker:
    """A fold in a process of its own."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.name = task["name"]
        self.job = task["folder"] / f"{file_name(self.name)}.job"
        self.job.write_bytes(pickle.dumps(task))
        self.child = Child(_WORK, str(self.job))

    @property
    def running(self):
        """Whether the fold is not finished."""
        return self.child.running

    def check(self) -> None:
        """Pass on the warnings of a fold that is finished, or raise why it failed."""
        try:
            texts = self.child.answer()
        except HearingAIError as error:
            raise HearingAIError(f"fold {self.name}: {error}") from None
        for text in texts:
            warn(f"fold {self.name}: {text}")

    def end(self) -> None:
        """Stop the process if it runs, and clean up."""
        self.child.close()
        self.job.unlink(missing_ok=True)


def work(job: str, answer: Callable[[Any], None]) -> None:
    """Run the fold that a file describes, in a process of its own; its warnings are the answer."""
    when_parent_ends(lambda: _stop(job))
    task = pickle.loads(Path(job).read_bytes())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", HearingAIWarning)
        run_fold(task)
    answer([str(w.message) for w in caught if issubclass(w.category, HearingAIWarning)])


def _stop(job: str) -> None:
    Path(job).unlink(missing_ok=True)
    os._exit(1)


def run_fold(task: dict[str, Any], progress: Progress = False) -> None:
    """Train on a fold's training clips, measure on its test clips, write the results."""
    held = task["held"]
    # With all labels of the table: a class that only this fold holds is measured too.
    classifier = fit(
        create_classifier(
            task["recipe"],
            task["labels"],
            seed=task["seed"],
            multi_label=is_multi_label(task["train"]),
        ),
        task["train"],
        validation=False if held is None else held,
        seed=task["seed"],
        deterministic=task["deterministic"],
        progress=progress,
        **task["options"],
    )
    if classifier.record["interrupted"]:  # an interrupted training is no result
        raise KeyboardInterrupt
    device, partial = one_device(task["options"]["device"]), task["options"]["partial"]
    result = evaluate(classifier, task["test"], device=device, partial=partial, progress=False)
    folder, name = task["folder"], file_name(task["name"])
    if task["keep"]:
        save_classifier(classifier, folder / f"{name}.keras", overwrite=True)
    predictions = result.predictions.assign(row=task["test"].index.to_numpy())
    write_table(predictions, folder / f"{name}.csv", overwrite=True)
    row = {"fold": task["name"], "n_train": classifier.record["n_train"], "n_test": result.n}
    row |= {"epochs": len(classifier.record["history"]), "loss": result.loss}
    row |= dict(zip(result.metrics["metric"], result.metrics["value"].astype(float), strict=True))
    row |= {"seconds": classifier.record["seconds"], "fingerprint": classifier.fingerprint()}
    with written(done_file(folder, task["name"])) as partial:
        partial.write_text(json.dumps(row))
