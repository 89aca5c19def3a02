"""The options of events, declared once for all functions that find events in sound."""

from collections.abc import Sequence
from typing import Annotated, TypedDict

from ..runtime.shared_options import Option


class WindowOptions(TypedDict, total=False):
    """The length and the spacing of a recording's windows."""

    window: Annotated[
        float | None,
        Option(
            None,
            "Length of a window, in seconds: how much sound one prediction is for. `None` "
            "takes its `duration`; a shorter window is padded with silence.",
        ),
    ]
    hop: Annotated[
        float | None,
        Option(
            None,
            "Seconds from the start of a window to the start of the next, at most a window. `None` "
            "takes a quarter of a window.",
        ),
    ]


class LevelOptions(TypedDict, total=False):
    """The probabilities at which events start and end."""

    threshold: Annotated[
        float | dict[str, float] | None,
        Option(
            None,
            "Smoothed probability at which an event starts, above 0; or a dict by label. `None`, "
            "and a label that is not named, takes the classifier's own, see `choose_thresholds`, "
            "else 0.5.",
        ),
    ]
    low: Annotated[
        float | dict[str, float] | None,
        Option(
            None,
            "Smoothed probability below which an event ends, at most `threshold`, likewise; `None` "
            "takes 0.7 of `threshold`.",
        ),
    ]


class TimeOptions(TypedDict, total=False):
    """The times of events, and which labels have some."""

    smooth: Annotated[
        float | None,
        Option(
            None,
            "Seconds over which probabilities are averaged: the mean of the windows whose middles "
            "are at most half of it away. `None` takes half a window, 0 does not smooth.",
        ),
    ]
    min_duration: Annotated[float, Option(0.0, "Seconds; shorter events are dropped.")]
    min_gap: Annotated[
        float,
        Option(0.0, "Seconds; events of one label with a shorter gap between them are joined."),
    ]
    refractory: Annotated[
        float,
        Option(
            0.0,
            "Seconds after an event in which no other of its label starts; those that do are "
            "dropped.",
        ),
    ]
    labels: Annotated[
        str | Sequence[str] | None,
        Option(
            None,
            "The labels to report; `None` reports all but those of the rest: `silence`, "
            "`background`, `unknown` and `other`, also written as `_silence_`.",
        ),
    ]
    ignore: Annotated[
        str | Sequence[str] | None,
        Option(None, "Further labels not to report."),
    ]


class RuleOptions(LevelOptions, TimeOptions, total=False):
    """How the probabilities of windows are turned into events."""


class HearingOptions(WindowOptions, TimeOptions, total=False):
    """The options of events without their thresholds."""


class EventOptions(WindowOptions, RuleOptions, total=False):
    """All options of events, as `annotate`, `listen`, `Stream` and `explore` take them."""
