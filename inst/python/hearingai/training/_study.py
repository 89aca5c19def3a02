"""The trials of a tuning: Optuna's study, in a file or in memory."""

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from .._typing import PathLike, Progress
from ..errors import HearingAIError
from ..runtime.arguments import name_list, path_of
from ..runtime.progress import progress_bar

Train: TypeAlias = Callable[[Any, Progress], dict[str, Any]]
"""Trains one trial and gives its numbers; shows its progress as told."""

Listen: TypeAlias = Callable[[], object]
TrainAtOnce: TypeAlias = Callable[
    [dict[int, dict[str, Any]], Listen], Iterator[tuple[int, dict[str, Any]]]
]
"""Trains trials, by number, and yields the numbers of each as it ends; listens meanwhile."""


class Study:
    """Trials and what came of them.

    Args:
        path: The file of the trials; `None` saves none.
        metric: The number that decides; of `"loss"` the lowest is the best.

    Raises:
        HearingAIError: Optuna is not installed, or `path` is a folder.
    """

    def __init__(self, path: PathLike | None, metric: str) -> None:
        self.optuna = _optuna()
        (self.metric,) = name_list("metric", [metric])
        self.path, storage = path, None
        if path is not None:
            file = path_of("path", path)
            if file.is_dir():
                raise HearingAIError(f"`path` must be a file. Received: {path}, a folder")
            backend = self.optuna.storages.journal.JournalFileBackend(str(file))
            storage = self.optuna.storages.JournalStorage(backend)
        self.lower_is_better = metric == "loss"
        self.study = self.optuna.create_study(
            storage=storage,
            direction="minimize" if self.lower_is_better else "maximize",
            study_name="hearingai",
            load_if_exists=True,
        )

    @property
    def seed(self) -> int | None:
        """The seed of the trials in the file, if there are any."""
        return self.study.user_attrs.get("seed")

    @property
    def finished(self) -> list[Any]:
        """The trials that are done."""
        complete = (self.optuna.trial.TrialState.COMPLETE,)
        return self.study.get_trials(deepcopy=False, states=complete)

    def claim(self, key: str, seed: int) -> None:
        """Refuse the file of another tuning."""
        if self.study.user_attrs.get("key", key) != key:
            raise HearingAIError(
                f"`{self.path}` is of another tuning; give another name, or remove it"
            )
        self.study.set_user_attr("key", key)
        self.study.set_user_attr("seed", seed)

    def queue(self, grid: list[dict[str, Any]]) -> int:
        """Queue unfinished trials and the missing combinations of a grid.

        Returns:
            How many trials are finished or wait.
        """
        state, trials = self.optuna.trial.TrialState, self.study.get_trials
        for trial in trials(states=(state.RUNNING,)):
            self.study.tell(trial.number, state=state.FAIL)
        settled = list(map(_tried_by, trials(states=(state.COMPLETE, state.WAITING))))
        failed = map(_tried_by, trials(states=(state.FAIL,)))
        for settings in (*failed, *grid):
            if settings and settings not in settled:
                self.study.enqueue_trial(settings)
                settled.append(settings)
        return len(settled)

    def run(self, n_trials: int, train: Train, seed: int, progress: Progress) -> None:
        """Do the trials that are missing."""
        with progress_bar("Tuning", n_trials, progress) as bar:

            def within(step: float, steps: float | None, text: str) -> None:
                # a trial takes long: show its epochs, and react to Ctrl-C
                count = len(self.finished)
                bar(count + step / (steps or 1), f"trial {count + 1}/{n_trials}: {text}")

            bar(len(self.finished))
            while (done := len(self.finished)) < n_trials:
                self._sample(seed, done)
                self.study.optimize(lambda trial: self._value(train(trial, within), trial), 1)
                bar(done + 1, f"trial {done + 1}/{n_trials}, best {self.study.best_value:.4f}")

    def run_at_once(
        self,
        n_trials: int,
        at_once: int,
        values_of: Callable[[Any], dict[str, Any]],
        train: TrainAtOnce,
        seed: int,
        progress: Progress,
    ) -> None:
        """Do the trials that are missing, several at once.

        Those of a grid are all given at once; others as many as are trained at once, since the
        sampler learns from those before.
        """
        waiting = (self.optuna.trial.TrialState.WAITING,)
        with progress_bar("Tuning", n_trials, progress) as bar:
            while (done := len(self.finished)) < n_trials:
                bar(done)
                queued = len(self.study.get_trials(deepcopy=False, states=waiting))
                trials, given = dict[int, Any](), dict[int, dict[str, Any]]()
                for i in range(min(queued or at_once, n_trials - done)):
                    self._sample(seed, done + i)
                    trial = self.study.ask()
                    trials[trial.number], given[trial.number] = trial, values_of(trial)
                for number, numbers in train(given, lambda: bar(len(self.finished))):
                    value = self._value(numbers, trials[number])
                    self.study.tell(number, value)
                    done += 1
                    bar(done, f"trial {done}/{n_trials}, best {self.study.best_value:.4f}")

    def _sample(self, seed: int, number: int) -> None:
        """A new sampler for each trial, so that a resumed tuning draws the same values."""
        words = np.random.SeedSequence([seed, number]).generate_state(1)
        self.study.sampler = self.optuna.samplers.TPESampler(seed=int(words[0] >> 1))

    def _value(self, numbers: dict[str, Any], trial: Any) -> float:
        """Keep the numbers of a trial; gives the one that decides."""
        trial.set_user_attr("numbers", numbers)
        worst = math.inf if self.lower_is_better else -math.inf
        return worst if math.isnan(numbers[self.metric]) else numbers[self.metric]

    def table(self) -> pd.DataFrame:
        """A row per finished trial, the best first."""
        trials = self.finished
        rows = [{"trial": i + 1} | t.user_attrs["numbers"] | t.params for i, t in enumerate(trials)]
        table = pd.DataFrame(rows)
        table = table.sort_values(self.metric, ascending=self.lower_is_better, kind="stable")
        first = ["trial", *(trials[0].params if trials else ())]
        return table[first + [c for c in table if c not in first]].reset_index(drop=True)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise HearingAIError('tune() needs Optuna. Type: `pip install "hearingai[tune]"`') from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # what fails is raised
    return optuna


def _tried_by(trial: Any) -> dict[str, Any]:
    """The settings of a trial, also before it has begun."""
    return trial.system_attrs.get("fixed_params", trial.params)
