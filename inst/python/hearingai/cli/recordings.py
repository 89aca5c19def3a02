"""Annotate long recordings, listen to live sound."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from .console import print_json, print_line, print_table, say, stdout_for_answers
from .groups import Events, Running, grouped
from .options import Device, Json, Model, Overwrite, Partial, Place, Runtime, open_model, place
from .root import app
from .runs import finished

if TYPE_CHECKING:
    from ..annotation.live import LiveSource, SampleFormat
    from ..annotation.result import Annotation
    from ..events.writing import EventFormat

_SHOWN = 40  # events printed as text


@app.command()
@grouped
def annotate(
    model: Model,
    *,
    recordings: Annotated[
        list[Place],
        typer.Argument(
            metavar="RECORDINGS", parser=place, help="Recordings of any length, or folders."
        ),
    ],
    out: Annotated[
        Place | None,
        typer.Option(
            parser=place,
            help="Write the events: .csv, .parquet, .txt (Audacity), .selections.txt (Raven). "
            "Or the folder of a run, which goes on where it was interrupted.",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            help="csv, parquet, audacity, raven or kaleidoscope; a folder for several recordings."
        ),
    ] = None,
    windows: Annotated[
        Path | None, typer.Option(help="Write the probabilities of all windows: .csv or .parquet.")
    ] = None,
    events: Events,
    running: Running,
    batch_size: Annotated[int, typer.Option(help="Windows a step.")] = 16,
    path: Annotated[
        Path | None,
        typer.Option("--keep", help="Folder for finished recordings; an interrupted run resumes."),
    ] = None,
    device: Device = "auto",
    runtime: Runtime = None,
    partial: Partial = False,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Find the events in recordings of any length.

    A recording that cannot be read is listed with its reason; the exit status is 1 only if none
    could be read.
    """
    import hearingai

    from ..events.writing import check_writable
    from ..runtime.files import writable_table, write_table

    run = out if out is not None and not Path(out).suffix and format is None else None
    out = out if run is None else None
    if out is not None:
        check_writable(Path(out), format=format, overwrite=overwrite)
    if windows is not None:
        writable_table(windows, overwrite)
    kind = cast("EventFormat | None", format)
    with stdout_for_answers():
        found = hearingai.annotate(
            open_model(model),
            recordings,
            **events.options(),
            **running.options(run),
            batch_size=batch_size,
            path=path,
            keep_windows=windows is not None,
            partial=partial,
            device=device,
            runtime=runtime,
        )
        if out is not None:
            hearingai.write_events(found.events, out, format=kind, overwrite=overwrite)
        if windows is not None and found.windows is not None:
            write_table(found.windows, windows, overwrite)
    if run is not None:
        finished(run, as_json)
        return
    for row in found.errors.itertuples():
        say(f"{row.fname}: {row.error}", alarm=True)
    _print_found(found, out, as_json)
    if not len(found.recordings):
        raise typer.Exit(1)


def _print_found(found: "Annotation", out: str | None, as_json: bool) -> None:
    if as_json:
        from ..annotation.records import annotation_record

        print_json(annotation_record(found))
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
@grouped
def listen(
    model: Model,
    *,
    source: Annotated[
        str | None,
        typer.Option(
            help="`-` for raw samples on stdin, a file that is still written, a named pipe, an "
            "address (rtsp://, http://, https://, file://), or the number of a microphone; "
            "default: the microphone."
        ),
    ] = None,
    rate: Annotated[
        int | None, typer.Option(help="Sample rate of the microphone or raw samples, Hz.")
    ] = None,
    channels: Annotated[int, typer.Option(help="Channels of the microphone or raw samples.")] = 1,
    format: Annotated[
        str, typer.Option(help="Raw samples: uint8, int16, int24, int32, float32, float64.")
    ] = "int16",
    seconds: Annotated[
        float | None, typer.Option(help="Seconds to listen; default: to the end.")
    ] = None,
    wait: Annotated[
        float,
        typer.Option(help="Seconds without new samples after which a file or an address ends."),
    ] = 10.0,
    events: Events,
    device: Device = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON line an event.")] = False,
) -> None:
    """Print events in live sound; Ctrl-C stops it."""
    import hearingai

    with stdout_for_answers():
        found = hearingai.listen(
            open_model(model),
            _live_source(source),
            seconds=seconds,
            sample_rate=rate,
            channels=channels,
            format=cast("SampleFormat", format),
            wait=wait,
            **events.options(),
            device=device,
        )
    say("Listening; Ctrl-C stops it.")
    for event in found:
        if as_json:
            print(json.dumps(event._asdict()), flush=True)
        else:
            print(
                f"{event.start:10.2f} {event.end:10.2f}  {event.label}  {event.score:.3f}",
                flush=True,
            )


def _live_source(text: str | None) -> "LiveSource":
    """Standard input, the number of a microphone, or a file."""
    if text == "-":
        return sys.stdin.buffer
    return int(text) if text is not None and text.isdigit() else text
