"""Serve the page that shows a classifier's output on recordings and live sound, or the API."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import HearingAIError
from .console import print_line, say, stdout_for_answers
from .groups import Events, grouped
from .options import Device, OptionalModel, open_model
from .root import app


@dataclass(frozen=True)
class Api:
    """What the API alone takes."""

    token_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the token of the API; default: HEARINGAI_TOKEN, else a new one."
        ),
    ] = None
    allow_urls: Annotated[
        bool,
        typer.Option("--allow-urls", help="API: also hear recordings at public addresses."),
    ] = False
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="HOST", help="API: a further name of this machine; repeat for more."
        ),
    ] = None
    timeout: Annotated[float, typer.Option(help="API: seconds that a request may take.")] = 600.0
    places: Annotated[
        int, typer.Option(help="API: requests that may upload, wait and compute at once.")
    ] = 8

    def refuse(self) -> None:
        """Raise an error where one of these is given."""
        for field in fields(self):
            if getattr(self, field.name) != field.default:
                raise HearingAIError(f"`{field.name}` is for `--api`")

    def options(self) -> dict[str, Any]:
        """What the API's server takes."""
        from ..api.tokens import known_token, new_token, token_in

        token = known_token() if self.token_file is None else token_in(self.token_file)
        if token is None:
            token = new_token()
            say(f"The token is {token}")
        limits = {"timeout": self.timeout, "places": self.places, "names": self.names}
        return limits | {"token": token, "allow_urls": self.allow_urls}


@app.command()
@grouped
def serve(
    model: OptionalModel = None,
    *,
    events: Events,
    device: Device = "auto",
    host: Annotated[
        str, typer.Option(help="Address to serve at; any but the default lets others use it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes any that is free.")] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    max_mb: Annotated[float, typer.Option(help="Largest upload, in MB.")] = 200,
    max_hours: Annotated[float, typer.Option(help="Longest recording, in hours.")] = 24.0,
    as_api: Annotated[
        bool, typer.Option("--api", help="Serve no page, but an HTTP API for programs.")
    ] = False,
    api: Api,
) -> None:
    """Open a page to explore recordings, or serve an API.

    Drop recordings on the page, or use the microphone. Words to listen for can be typed there, also
    without MODEL. It is served to this machine only; its address contains a key that no other page
    knows. The API answers programs that know its token; /docs there describes it.
    Ctrl-C ends it.
    """
    from ..web.server import check_libraries, warn_of

    if as_api and model is None:
        raise HearingAIError("`--api` needs a classifier, MODEL")
    if not as_api:
        api.refuse()
    shared: dict[str, Any] = {"device": device, "host": host, "port": port}
    shared |= {"max_mb": max_mb, "max_hours": max_hours}
    if as_api:
        from ..api import serving as of_api

        of_api.check_api_libraries()
        warn_of(host, of_api.OTHERS)
        return _run(of_api.serve, model, events, shared | api.options(), browser=False)
    from ..explorer import serving as of_page

    check_libraries()
    warn_of(host, of_page.OTHERS)
    return _run(of_page.serve, model, events, shared, browser)


def _run(
    serve: Callable[..., None],
    model: str | None,
    events: Events,
    options: dict[str, Any],
    browser: bool,
) -> None:
    """Open the classifier and serve until Ctrl-C."""

    def ready(url: str, _end: object) -> None:
        print_line(url)
        say("Ctrl-C ends it.")
        if browser:
            from ..explorer.exploring import open_browser

            open_browser(url)

    with stdout_for_answers():
        classifier = None if model is None else open_model(model)
    with contextlib.suppress(KeyboardInterrupt):
        serve(classifier, events.options(), ready=ready, **options)
