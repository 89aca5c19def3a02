"""When and where recordings were made, detection histories, activity, call density."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from .console import print_json, print_table, stdout_for_answers
from .options import Json, Overwrite, Place, place, there
from .root import app
from .tables import answer_with, check_out, is_table, table_from
from .texts import levels_from, list_from, numbers_from

if TYPE_CHECKING:
    import pandas as pd

    from ..deployments.sun import SunEvent
    from ..surveys.detection_history import Occasion

Found = Annotated[
    Path, typer.Argument(metavar="EVENTS", callback=there, help="A file of events, see `annotate`.")
]
Recorded = Annotated[
    Place,
    typer.Argument(
        metavar="RECORDINGS",
        parser=place,
        callback=there,
        help="The folder of the recordings, or the table of `recording-times`.",
    ),
]
Scores = Annotated[
    Path,
    typer.Argument(
        metavar="WINDOWS",
        callback=there,
        help="All windows and their scores: `annotate --windows`.",
    ),
]
Pattern = Annotated[
    str | None,
    typer.Option(help="What names are like: %Y%m%d_%H%M%S, or a regular expression with groups."),
]
Zone = Annotated[
    str, typer.Option(help="Time zone of names and days: a name such as Europe/Berlin, or UTC+2.")
]
Out = Annotated[Path | None, typer.Option(help="Write the table: .csv or .parquet.")]
Plot = Annotated[Path | None, typer.Option(help="Draw it to this file.")]
Labels = Annotated[
    str | None, typer.Option(help="Count these labels: a,b,c; default: those that occur.")
]
MinScore = Annotated[
    str | None, typer.Option(help="Least score of events: 0.6, or by label: wren=0.8,owl=0.6.")
]
Label = Annotated[str | None, typer.Option(help="Which of several labels.")]
Bins = Annotated[str, typer.Option(help="Bins of scores, or the scores that part them: 0.2,0.5.")]
By = Annotated[str | None, typer.Option(help="A column such as the site: each value on its own.")]


@app.command("recording-times")
def recording_times(
    recordings: Annotated[
        list[Place],
        typer.Argument(
            metavar="RECORDINGS", parser=place, help="Recordings, folders, or a CSV with fname."
        ),
    ],
    pattern: Pattern = None,
    tz: Annotated[
        str, typer.Option(help="Time zone of names: a name such as Europe/Berlin, or UTC+2.")
    ] = "UTC",
    drift: Annotated[float, typer.Option(help="Seconds a day that the clock gains.")] = 0.0,
    clock_set: Annotated[
        str | None, typer.Option(help="When the clock was right: 2024-05-01T04:30.")
    ] = None,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Tell when and where recordings were made."""
    import hearingai

    one = recordings[0] if len(recordings) == 1 else None
    of_table = one is not None and is_table(one)
    check_out(out, overwrite)
    given: Any = table_from(one) if of_table and one else recordings
    with stdout_for_answers():
        table = hearingai.recording_times(
            given, pattern=pattern, tz=tz, drift=drift, clock_set=clock_set
        )
    answer_with(table, out, overwrite, as_json)


@app.command("detection-history")
def detection_history(
    events: Found,
    recordings: Recorded,
    by: Annotated[
        str, typer.Option(help="Occasions: hour, day, night, week, month or a number of days.")
    ] = "day",
    tz: Zone = "UTC",
    pattern: Pattern = None,
    site: Annotated[
        str, typer.Option(help="The column with the sites; `none` takes all as one.")
    ] = "site",
    labels: Labels = None,
    min_score: MinScore = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="Sites by occasions: 1, 0, or nothing without effort.")
    ] = False,
    plot: Plot = None,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Count detections and effort by site and occasion.

    An occasion in which nothing was recorded says nothing; one with recordings and without events
    is an absence. --matrix is for one label, which --labels names where there are several.
    """
    import hearingai

    check_out(out, overwrite)
    with stdout_for_answers():
        table = hearingai.detection_history(
            hearingai.read_events(events),
            _effort_from(recordings, pattern, tz),
            by=int(by) if by.isdigit() else cast("Occasion", by),
            tz=tz,
            site=None if site == "none" else site,
            labels=list_from(labels),
            min_score=levels_from("min_score", min_score),
        )
        if plot is not None:
            hearingai.plot_detection_history(table).savefig(plot)
        if matrix:
            table = hearingai.presence_matrix(table).reset_index()
    answer_with(table, out, overwrite, as_json)


@app.command("activity-pattern")
def activity_pattern(
    events: Found,
    recordings: Recorded,
    relative_to: Annotated[
        str | None,
        typer.Option(help="Hours from sunrise or sunset; default: the hour of the day."),
    ] = None,
    tz: Zone = "UTC",
    pattern: Pattern = None,
    bin: Annotated[float, typer.Option(help="Hours that are counted together.")] = 1.0,
    labels: Labels = None,
    min_score: MinScore = None,
    plot: Plot = None,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Tell how active each label is by the hour."""
    import hearingai

    check_out(out, overwrite)
    with stdout_for_answers():
        table = hearingai.activity_pattern(
            hearingai.read_events(events),
            _effort_from(recordings, pattern, tz),
            relative_to=cast("SunEvent | None", relative_to),
            tz=tz,
            bin=bin,
            labels=list_from(labels),
            min_score=levels_from("min_score", min_score),
        )
        if plot is not None:
            hearingai.plot_activity(table).savefig(plot)
    answer_with(table, out, overwrite, as_json)


@app.command("density-sample")
def density_sample(
    scores: Scores,
    out: Annotated[Path, typer.Option(help="The table to fill in: .csv or .parquet.")],
    n: Annotated[int, typer.Option("-n", "--n", help="Windows to listen to.")] = 200,
    label: Label = None,
    bins: Bins = "4",
    by: By = None,
    seed: Annotated[int, typer.Option(help="Seeds the choice.")] = 0,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Draw the windows to listen to for `estimate-density`.

    Fill in the column present: 1 where the label occurs in the window, 0 where not.
    """
    import hearingai

    check_out(out, overwrite)
    with stdout_for_answers():
        table = hearingai.density_sample(
            table_from(scores), n, label=label, bins=_bins_from(bins), by=by, seed=seed
        )
    answer_with(table, out, overwrite, as_json)


@app.command("estimate-density")
def estimate_density(
    scores: Scores,
    validated: Annotated[
        Path,
        typer.Argument(
            metavar="VALIDATED", callback=there, help="The table of `density-sample`, filled in."
        ),
    ],
    label: Label = None,
    bins: Bins = "4",
    by: By = None,
    pool: Annotated[
        bool, typer.Option("--pool", help="Let equal scores mean the same for each value of BY.")
    ] = False,
    level: Annotated[float, typer.Option(help="Probability of the interval.")] = 0.95,
    plot: Plot = None,
    as_json: Json = False,
) -> None:
    """Estimate the share of windows in which a label occurs."""
    import hearingai

    with stdout_for_answers():
        density = hearingai.estimate_density(
            table_from(scores),
            table_from(validated),
            label=label,
            bins=_bins_from(bins),
            by=by,
            pool=pool,
            level=level,
        )
        if plot is not None:
            hearingai.plot_density(density).savefig(plot)
    if as_json:
        tables = {name: getattr(density, name).to_dict("records") for name in ("summary", "bins")}
        return print_json(tables | {"level": level})
    print_table(density.summary, f"Density, {level:.0%} intervals")
    return print_table(density.bins, "By bin")


def _effort_from(path: str, pattern: str | None, tz: str) -> "pd.DataFrame":
    """The recordings of a folder and their times, or a table of these."""
    import hearingai

    if is_table(path):
        return table_from(path)
    return hearingai.recording_times(path, pattern=pattern, tz=tz)


def _bins_from(text: str) -> Any:
    return int(text) if text.isdigit() else numbers_from("bins", text)
