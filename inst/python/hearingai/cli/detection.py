"""Make long recordings with known events, and evaluate detected events."""

from pathlib import Path
from typing import Annotated

import typer

from .console import print_json, print_line, print_table, stdout_for_answers
from .options import Data, Json, Kind, Overwrite, Partial, Place, Words, place
from .root import app
from .texts import list_from, numbers_from

Truth = Annotated[Path, typer.Argument(metavar="TRUTH", help="The true events, likewise.")]


@app.command("detection-metrics")
def detection_metrics(
    events: Annotated[
        Path,
        typer.Argument(
            metavar="EVENTS", help="A CSV (fname, start, end, label, score), or labels of Audacity."
        ),
    ],
    truth: Truth,
    tolerance: Annotated[float, typer.Option(help="Seconds that an event may be off.")] = 0.5,
    by: Annotated[
        str, typer.Option(help="What is compared: midpoint, onset or overlap.")
    ] = "midpoint",
    duration: Annotated[
        float | None, typer.Option(help="Length of all recordings in seconds, for rates an hour.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Count events of this score or more.")
    ] = None,
    wanted_per_hour: Annotated[
        float | None, typer.Option(help="Choose the threshold for this many false accepts an hour.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at-false-accepts-per-hour",
            "--at",
            help="Tell the false rejects at so many false accepts an hour: 0.5,2.",
        ),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the DET curve to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Measure events against the truth: hits and misses.

    STREAMING in the JSON is the streaming accuracy of keyword spotting, within 0.75 s.
    """
    import hearingai

    found, there = hearingai.read_events(events), hearingai.read_events(truth)
    with stdout_for_answers():
        result = hearingai.detection_metrics(
            found,
            there,
            tolerance=tolerance,
            by=by,
            duration=duration,
            threshold=threshold,
            wanted_per_hour=wanted_per_hour,
            at_false_accepts_per_hour=None if at is None else numbers_from("at", at),
        )
        if plot is not None:
            hearingai.plot_det(result).savefig(plot)
    if as_json:
        streaming = hearingai.streaming_accuracy(found, there).to_dict("records")[0]
        return print_json(result.to_dict() | {"streaming": streaming})
    summary = result.summary.dropna(axis="columns")
    print_table(summary.T.reset_index().set_axis(["", "all labels"], axis=1), None)
    if len(result.operating_points):
        print_table(result.operating_points, "Operating points")
    return print_table(result.per_label.dropna(axis="columns", how="all"), "By label")


@app.command("lay-clips")
def lay_clips(
    data: Data,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The recording to write: .wav, .flac, ...")
    ],
    background: Annotated[
        list[Place],
        typer.Option(
            metavar="PATH", parser=place, help="A recording to mix the clips into. Repeatable."
        ),
    ],
    truth: Annotated[
        Path | None,
        typer.Option(help="The CSV to write of the true events; default: OUT with .csv."),
    ] = None,
    snr: Annotated[
        str,
        typer.Option(
            "--snr-db", "--snr", help="Signal-to-noise ratio, dB; of 20,10,0 one is drawn a clip."
        ),
    ] = "10",
    every: Annotated[float, typer.Option(help="One clip in every so many seconds.")] = 4.0,
    polyphony: Annotated[
        int, typer.Option(help="So many clips in every so many seconds, which may overlap.")
    ] = 1,
    duration: Annotated[
        float | None, typer.Option(help="Seconds of the recording; default: the background once.")
    ] = None,
    level: Annotated[
        float | None, typer.Option(help="Level of the background, dB below full scale: -50.")
    ] = None,
    sample_rate: Annotated[int, typer.Option(help="Hz.")] = 16000,
    words: Words = None,
    kind: Kind = None,
    seed: Annotated[int, typer.Option(help="Seeds all random choices.")] = 0,
    overwrite: Overwrite = False,
    partial: Partial = False,
    as_json: Json = False,
) -> None:
    """Mix clips into a background at known times."""
    import hearingai

    from ..runtime.files import writable_table, write_table

    truth = out.with_suffix(".csv") if truth is None else truth
    writable_table(truth, overwrite)
    clips = hearingai.load_clips(data, kind=kind, words=list_from(words))
    with stdout_for_answers():
        table = hearingai.lay_clips(
            background,
            clips,
            out,
            snr_db=numbers_from("snr_db", snr),
            every=every,
            polyphony=polyphony,
            duration=duration,
            level_db=level,
            sample_rate=sample_rate,
            seed=seed,
            overwrite=overwrite,
            partial=partial,
        )
    write_table(table, truth, overwrite)
    if as_json:
        return print_json({"recording": str(out), "truth": str(truth), "n": len(table)})
    return print_line(f"{len(table)} clips in {out}; the true events: {truth}")
