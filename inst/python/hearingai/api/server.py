"""serve_api(): a classifier for other programs, over HTTP."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import Unpack

from .._typing import Device
from ..classifier.protocol import Classifier
from ..events.options import EventOptions
from ..runtime.arguments import whole
from ..runtime.shared_options import shared_options
from ..web.process import ServerProcess, check_one_file
from ..web.server import listener_at, warn_of
from .serving import OTHERS, check_api_libraries
from .tokens import known_token, new_token

_CHILD = "hearingai.api.serving:work"


class ApiServer(ServerProcess):
    """The server that `serve_api` started, a separate process until `close`.

    As a context manager it closes at the end of the block. The server ends when this process ends.

    Attributes:
        url: The address, without a path.
        token: What clients must know.
        classifier: The classifier that it serves.
    """

    def __init__(self, classifier: Classifier, token: str, task: dict[str, Any]) -> None:
        self.token = token
        super().__init__(_CHILD, classifier, task | {"token": token})


@shared_options
def serve_api(
    classifier: Classifier,
    *,
    token: str | None = None,
    device: Device = "auto",
    host: str = "127.0.0.1",
    port: int = 0,
    names: str | Sequence[str] | None = None,
    allow_urls: bool = False,
    max_mb: float = 200,
    max_hours: float = 24.0,
    timeout: float = 600.0,
    places: int = 8,
    **options: Unpack[EventOptions],
) -> ApiServer:
    """Serve a classifier to other programs, which upload recordings over HTTP.

    `POST /v1/predict` and `POST /v1/annotate` answer what `predict` and `annotate` return, as JSON
    with the names of their tables; `GET /v1/classifier` tells the labels, times and thresholds,
    `GET /v1/health` whether the server runs. `GET /docs` describes all of it, `GET /openapi.json`
    for programs. A recording is the body of a request, or the field `file` of a form. An error is
    `{"error": …}` with a status.

    A request needs the header `Authorization: Bearer` with the token. Recordings are computed one
    after the other, in a separate process, stored in a private folder meanwhile, and deleted. The
    connection is not encrypted: on an open network put a proxy with TLS before it.

    Args:
        classifier: A classifier of sound; it may be an exported one.
        **options: Windows and rules of events, see `EventOptions`; a request may name others.
        token: What clients must know, 16 characters or more; `None` takes the environment variable
            `HEARINGAI_TOKEN`, else makes one.
        device: {device}
        host: The address to serve at; `"0.0.0.0"` lets other machines use it.
        port: The port; 0 takes any that is free.
        names: Further names by which clients reach this machine, as in the `Host` of a request.
        allow_urls: Whether a request may name a public http or https address of a recording in the
            place of the recording, as JSON `{"url": …}`.
        max_mb: Largest recording, in millions of bytes.
        max_hours: Longest recording, in hours of sound.
        timeout: Seconds that a request may take, from its upload to its answer.
        places: Requests that may upload, wait and compute at once; others are told to come again.

    Returns:
        An `ApiServer`: its `url` is the address, its `token` what clients must know, its `close()`
        stops it.

    Raises:
        HearingAIError: An argument is out of range, the classifier takes embeddings, a library is
            missing, or the port is taken.

    Example:
        >>> import hearingai, json, urllib.request
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> with hearingai.serve_api(classifier) as server:
        ...     with urllib.request.urlopen(f"{server.url}/v1/health") as answer:
        ...         json.load(answer)
        {'status': 'ok'}
    """
    check_api_libraries()
    from .settings import api_settings

    limits: dict[str, Any] = {"device": device, "max_mb": max_mb, "max_hours": max_hours}
    limits |= {"timeout": timeout, "places": places, "allow_urls": allow_urls, "names": names}
    api_settings(classifier, options, **limits)
    check_one_file(classifier)
    token, port = known_token(token) or new_token(), whole("port", port)
    listener_at(host, port).close()  # the cause is known now
    warn_of(host, OTHERS)
    task = limits | {"options": options, "host": host, "port": port}
    return ApiServer(classifier, token, task)
