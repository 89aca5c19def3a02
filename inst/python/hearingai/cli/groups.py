"""Options that several commands share: each group is a dataclass, and a command takes it as one."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import Field, dataclass, fields, is_dataclass
from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from .options import Kind, Target, Task, Words
from .texts import levels_from, list_from

if TYPE_CHECKING:
    import pandas as pd

    from ..corpora.options import RunOptions
    from ..events.options import EventOptions, HearingOptions


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each group that a command takes by its options.

    The command has one argument for each group, annotated with its dataclass; the shell shows the
    fields of the dataclass instead, and the command gets them as one object.
    """
    signature = inspect.signature(command)
    groups: dict[str, Any] = {}
    shown: list[Parameter] = []
    for name, parameter in signature.parameters.items():
        if is_dataclass(parameter.annotation):
            groups[name] = parameter.annotation
            shown += [_option(field) for field in fields(parameter.annotation)]
        else:
            shown.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))

    @functools.wraps(command)
    def expanded(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{field.name: given.pop(field.name) for field in fields(group)})
        command(**given)

    expanded.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    return expanded


def _option(field: Field) -> Parameter:
    """A field of a group as an argument of the command."""
    kind = Parameter.KEYWORD_ONLY
    return Parameter(field.name, kind, default=field.default, annotation=field.type)


@dataclass(frozen=True)
class Corpus:
    """What the data are, and which of their classes are meant."""

    words: Words = None
    target: Target = None
    task: Task = None
    kind: Kind = None

    def clips(self, data: str) -> "pd.DataFrame":
        """The table of clips of a folder or a CSV."""
        import hearingai

        words = list_from(self.words)
        return hearingai.load_clips(
            data, kind=self.kind, words=words, target=self.target, task=self.task
        )


@dataclass(frozen=True)
class EventTimes:
    """Windows and times of events."""

    window: Annotated[
        float | None, typer.Option(help="Length of a window, seconds; default: the model's.")
    ] = None
    hop: Annotated[
        float | None, typer.Option(help="Seconds from window to window; default: a quarter.")
    ] = None
    smooth: Annotated[
        float | None, typer.Option(help="Seconds to average over; default: half a window.")
    ] = None
    min_duration: Annotated[
        float, typer.Option(help="Drop events shorter than this, in seconds.")
    ] = 0.0
    min_gap: Annotated[
        float, typer.Option(help="Merge events of a label with a shorter gap, in seconds.")
    ] = 0.0
    refractory: Annotated[
        float, typer.Option(help="Drop events of a label so soon after one, in seconds.")
    ] = 0.0
    labels: Annotated[
        str | None,
        typer.Option(
            help="Report these labels: a,b,c; default: all but silence, background, unknown, other."
        ),
    ] = None
    ignore: Annotated[str | None, typer.Option(help="Further labels not to report: a,b,c.")] = None

    def times(self) -> "HearingOptions":
        """What the functions of the package take."""
        return {
            "window": self.window,
            "hop": self.hop,
            "smooth": self.smooth,
            "min_duration": self.min_duration,
            "min_gap": self.min_gap,
            "refractory": self.refractory,
            "labels": list_from(self.labels),
            "ignore": list_from(self.ignore),
        }


@dataclass(frozen=True)
class Events(EventTimes):
    """Windows and rules of events."""

    threshold: Annotated[
        str | None,
        typer.Option(
            help="Probability at which an event starts: 0.6, or by label: yes=0.8,no=0.6; "
            "default: the model's, see `choose-thresholds`, else 0.5."
        ),
    ] = None
    low: Annotated[
        str | None, typer.Option(help="Probability below which it ends; default: 0.7 of that.")
    ] = None

    def options(self) -> "EventOptions":
        """What the functions of the package take."""
        return {
            **self.times(),
            "threshold": levels_from("threshold", self.threshold),
            "low": levels_from("low", self.low),
        }


@dataclass(frozen=True)
class Engine:
    """Whose workers do the work."""

    engine: Annotated[
        str,
        typer.Option(
            help="Who the workers are: processes of this machine, or ray, those of a cluster."
        ),
    ] = "processes"
    address: Annotated[
        str | None,
        typer.Option(
            help="The cluster of Ray: auto, ray://HOST:10001 or HOST:6379; default: RAY_ADDRESS, "
            "else this machine."
        ),
    ] = None
    gpus_per_worker: Annotated[
        float, typer.Option(help="GPUs of each worker on Ray; 0.25 lets four share one.")
    ] = 0.0

    def engine_options(self) -> Any:
        """What functions of the package take."""
        names = ("engine", "address", "gpus_per_worker")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Running(Engine):
    """Who does the work, and which slice of a run."""

    workers: Annotated[
        str | None,
        typer.Option(help="Processes that share the work, or auto for one a core."),
    ] = None
    shard: Annotated[
        str | None,
        typer.Option(
            help="The slice of the run OUT to do: 3/50, or auto, by HEARINGAI_SHARD or a Slurm "
            "array."
        ),
    ] = None

    def options(self, out: str | None) -> "RunOptions":
        """What functions of the package take for a run in the folder `out`."""
        workers = self.workers
        count = int(workers) if workers is not None and workers.isdigit() else workers
        return {
            "out": out,
            "workers": cast(Any, count),
            "shard": self.shard,
            **self.engine_options(),
        }
