"""Serve the page that shows a classifier's output on recordings and live sound."""

import contextlib
from typing import Annotated

import typer

from .console import print_line, say, stdout_for_answers
from .groups import Events, grouped
from .options import Device, OptionalModel, open_model
from .root import app


@app.command()
@grouped
def serve(
    model: OptionalModel = None,
    *,
    events: Events,
    device: Device = "auto",
    host: Annotated[
        str, typer.Option(help="Address to serve at; any but the default lets others use the page.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes any that is free.")] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    max_mb: Annotated[float, typer.Option(help="Largest upload, in MB.")] = 200,
    max_hours: Annotated[float, typer.Option(help="Longest recording, in hours.")] = 24.0,
) -> None:
    """Open a page to explore recordings; Ctrl-C ends it.

    Drop recordings on it, or use the microphone. Words to listen for can be typed there, also
    without MODEL. The page is served to this machine only; its address contains a key that no
    other page knows.
    """
    from ..explorer.exploring import open_browser
    from ..explorer.serving import OTHERS, serve
    from ..web.server import check_libraries, warn_of

    def ready(url: str, _end: object) -> None:
        print_line(url)
        say("Ctrl-C ends it.")
        if browser:
            open_browser(url)

    check_libraries()
    warn_of(host, OTHERS)
    with stdout_for_answers():
        classifier = None if model is None else open_model(model)
    with contextlib.suppress(KeyboardInterrupt):
        serve(
            classifier,
            events.options(),
            device=device,
            host=host,
            port=port,
            ready=ready,
            max_mb=max_mb,
            max_hours=max_hours,
        )
