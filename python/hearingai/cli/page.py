"""Serve the page that shows what a classifier hears."""

import contextlib
from typing import Annotated

import typer

from .console import print_line, say, stdout_for_answers
from .options import Device, Model, list_from, open_model
from .recordings import (
    Hop,
    Ignore,
    Labels,
    Low,
    MinDuration,
    MinGap,
    Smooth,
    Threshold,
    Window,
    levels_from,
)
from .root import app


@app.command()
def serve(
    model: Model,
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
    host: Annotated[
        str, typer.Option(help="Address to serve at; any but the default lets others use the page.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes any that is free.")] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    max_mb: Annotated[float, typer.Option(help="Largest recording taken, in MB.")] = 200,
    max_hours: Annotated[float, typer.Option(help="Longest recording, in hours.")] = 24.0,
):
    """Open a local page of what is heard; Ctrl-C ends it.

    Drop recordings on it, or use the microphone. The page is served on this machine alone; its
    address holds a key that no other page knows.
    """
    from ..explorer.exploring import open_browser
    from ..explorer.serving import check_libraries, serve, warn_of

    def ready(url, _end):
        print_line(url)
        say("Ctrl-C ends it.")
        if browser:
            open_browser(url)

    check_libraries()
    warn_of(host)
    with stdout_for_answers():
        classifier = open_model(model)
    hearing = {
        "window": window,
        "hop": hop,
        "threshold": levels_from("threshold", threshold),
        "low": None if low is None else levels_from("low", low),
        "smooth": smooth,
        "min_duration": min_duration,
        "min_gap": min_gap,
        "labels": list_from(labels),
        "ignore": list_from(ignore),
    }
    with contextlib.suppress(KeyboardInterrupt):
        serve(
            classifier,
            hearing,
            device=device,
            host=host,
            port=port,
            ready=ready,
            max_mb=max_mb,
            max_hours=max_hours,
        )
