"""Annotate long recordings, listen to live sound."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ..errors import HearingAIError
from .console import print_json, print_line, print_table, say, stdout_for_answers
from .options import Device, Json, Model, list_from, open_model
from .root import app

Hop = Annotated[float, typer.Option(help="Seconds from window to window; default: a quarter.")]
Window = Annotated[float, typer.Option(help="Seconds heard at once; default: the model's.")]
Threshold = Annotated[
    str, typer.Option(help="Probability that opens an event: 0.6, or by label: yes=0.8,no=0.6.")
]
Low = Annotated[str, typer.Option(help="Probability that keeps it open; default: 0.7 of that.")]
Smooth = Annotated[float, typer.Option(help="Seconds to average over; default: half a window.")]
MinDuration = Annotated[float, typer.Option(help="Drop events shorter than this, in seconds.")]
MinGap = Annotated[float, typer.Option(help="Join events less apart than this, in seconds.")]
Labels = Annotated[str, typer.Option(help="Report these labels: a,b,c; default: all.")]
Ignore = Annotated[str, typer.Option(help="Labels not to report: a,b,c.")]
_SHOWN = 40  # events for people


@app.command()
def annotate(
    model: Model,
    recordings: Annotated[
        list[Path],
        typer.Argument(metavar="RECORDINGS", help="Recordings of any length, or folders."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="Write the events: .csv, .parquet, .txt (Audacity), .selections.txt (Raven)."
        ),
    ] = None,
    format: Annotated[
        str, typer.Option(help="csv, parquet, audacity or raven; a folder for several recordings.")
    ] = None,
    windows: Annotated[
        Path, typer.Option(help="Write the probabilities of all windows: .csv or .parquet.")
    ] = None,
    window: Window = None,
    hop: Hop = None,
    threshold: Threshold = "0.5",
    low: Low = None,
    smooth: Smooth = None,
    min_duration: MinDuration = 0.0,
    min_gap: MinGap = 0.0,
    labels: Labels = None,
    ignore: Ignore = None,
    batch_size: Annotated[int, typer.Option(help="Windows a step.")] = 16,
    path: Annotated[
        Path, typer.Option("--keep", help="Folder that keeps what is done, to go on after a break.")
    ] = None,
    device: Device = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT.")] = False,
    as_json: Json = False,
):
    """Say what is heard when in recordings of any length.

    A recording that cannot be read is named with its reason and the rest are heard; the exit
    status is 1 only if none could be.
    """
    import hearingai

    from ..events.writing import check_writable
    from ..runtime.files import writable_table, write_table

    if out is not None:
        check_writable(out, format, overwrite)
    if windows is not None:
        writable_table(windows, overwrite)
    with stdout_for_answers():
        found = hearingai.annotate(
            open_model(model),
            [str(recording) for recording in recordings],
            window=window,
            hop=hop,
            threshold=levels_from("threshold", threshold),
            low=None if low is None else levels_from("low", low),
            smooth=smooth,
            min_duration=min_duration,
            min_gap=min_gap,
            labels=list_from(labels),
            ignore=list_from(ignore),
            batch_size=batch_size,
            path=path,
            keep_windows=windows is not None,
            device=device,
        )
        if out is not None:
            hearingai.write_events(found.events, out, format, overwrite)
        if windows is not None:
            write_table(found.windows, windows, overwrite)
    for row in found.errors.itertuples():
        say(f"{row.fname}: {row.error}", alarm=True)
    _print_found(found, out, as_json)
    if not len(found.recordings):
        raise typer.Exit(1)


def _print_found(found, out, as_json):
    if as_json:
        record = {"events": found.events.to_dict("records"), "seconds": found.seconds}
        record |= {"speed": found.speed, "recordings": found.recordings.to_dict("records")}
        print_json(record | {"errors": found.errors.to_dict("records")})
        return
    events = found.events
    if len(events) and out is None:
        print_table(events.head(_SHOWN), None)
        if len(events) > _SHOWN:
            print_line(f"... and {len(events) - _SHOWN} more; --out writes all.")
    print_line(f"{str(found)[1:-1]}.")
    if out is not None:
        print_line(f"Wrote {out}.")


@app.command()
def listen(
    model: Model,
    source: Annotated[
        str,
        typer.Option(
            help="`-` for raw samples on stdin, a file that is still written, a named pipe, or "
            "the number of a microphone; default: the microphone."
        ),
    ] = None,
    rate: Annotated[int, typer.Option(help="Hz, of microphone and raw samples.")] = None,
    channels: Annotated[int, typer.Option(help="Of microphone and raw samples.")] = 1,
    format: Annotated[
        str, typer.Option(help="Raw samples: uint8, int16, int24, int32, float32, float64.")
    ] = "int16",
    seconds: Annotated[float, typer.Option(help="How long to listen; default: to the end.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds a file may stand still.")] = 10.0,
    window: Window = None,
    hop: Hop = None,
    threshold: Threshold = "0.5",
    low: Low = None,
    smooth: Smooth = None,
    min_duration: MinDuration = 0.0,
    min_gap: MinGap = 0.0,
    labels: Labels = None,
    ignore: Ignore = None,
    device: Device = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON line an event.")] = False,
):
    """Say what is heard while it is heard; Ctrl-C ends it."""
    import sys

    import hearingai

    if source == "-":
        source = sys.stdin.buffer
    elif source is not None and source.isdigit():
        source = int(source)
    with stdout_for_answers():
        events = hearingai.listen(
            open_model(model),
            source,
            seconds=seconds,
            sample_rate=rate,
            channels=channels,
            format=format,
            wait=wait,
            window=window,
            hop=hop,
            threshold=levels_from("threshold", threshold),
            low=None if low is None else levels_from("low", low),
            smooth=smooth,
            min_duration=min_duration,
            min_gap=min_gap,
            labels=list_from(labels),
            ignore=list_from(ignore),
            device=device,
        )
    say("Listening; Ctrl-C ends it.")
    for event in events:
        if as_json:
            print(json.dumps(event._asdict()), flush=True)
        else:
            print(
                f"{event.start:10.2f} {event.end:10.2f}  {event.label}  {event.score:.3f}",
                flush=True,
            )


def levels_from(option, text):
    """`0.6`, or `yes=0.8,no=0.6`."""
    try:
        if "=" not in text:
            return float(text)
        pairs = (part.split("=", 1) for part in list_from(text))
        return {label.strip(): float(level) for label, level in pairs}
    except ValueError:
        raise HearingAIError(
            f"`{option}` must be a number, or LABEL=NUMBER,LABEL=NUMBER. Received: {text!r}"
        ) from None
