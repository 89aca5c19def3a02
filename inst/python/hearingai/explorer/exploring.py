"""explore(): a page in the browser that classifies recordings and the microphone's sound."""

import os
import sys
import webbrowser
from typing import Any

from typing_extensions import Unpack

from .._typing import Device
from ..classifier.protocol import Classifier
from ..events.options import EventOptions
from ..runtime.arguments import whole
from ..runtime.shared_options import shared_options
from ..web.process import ServerProcess, check_one_file
from ..web.server import check_libraries, listener_at, warn_of
from .serving import OTHERS
from .settings import page_settings

_CHILD = "hearingai.explorer.serving:work"


class Explorer(ServerProcess):
    """The page that `explore` opened, served by a separate process until `close`.

    As a context manager it closes at the end of the block. The server ends when this process ends.

    Attributes:
        url: The address, with its key.
        classifier: The classifier that it was opened with.
    """

    def __init__(self, classifier: Classifier | None, task: dict[str, Any]) -> None:
        super().__init__(_CHILD, classifier, task)


@shared_options
def explore(
    classifier: Classifier | None = None,
    *,
    device: Device = "auto",
    host: str = "127.0.0.1",
    port: int = 0,
    browser: bool | None = None,
    max_mb: float = 200,
    max_hours: float = 24.0,
    **options: Unpack[EventOptions],
) -> Explorer:
    """Open a page that shows a classifier's output on recordings and on live sound.

    Drop a recording on it, of any format and length that `annotate` takes, or use the microphone:
    it shows the waveform, the spectrogram, the probability of each label in time and the events,
    plays the sound, and saves the events to a file. Changing a threshold or a time updates the
    events; where a threshold is changed, `low` becomes 0.7 of it. A separate process serves the
    page to this machine only; the page loads nothing from other servers and closes with this
    session. Its address contains a key that other pages in the same browser cannot know.
    Recordings are stored in a private folder and deleted at the end.

    Words to listen for can be typed there too: a detector of them is made as `word_classifier` does
    it, and is the page's classifier from then on, for open recordings and the microphone; it can be
    saved. It takes at most 20 texts and says each in 60 voices, which takes up to about a minute.
    It needs eSpeak NG and the speech embedding (`hearingai[demo,speech]`).

    Args:
        classifier: A classifier of sound; it may be an exported one. `None` waits for words.
        **options: Windows and rules of events, see `EventOptions`.
        device: {device}
        host: The address to serve at. Any but this machine's own lets others use the page.
        port: The port; 0 takes any that is free.
        browser: Whether to open the page in the browser; `None` does so in an interactive session.
        max_mb: Largest upload, in millions of bytes.
        max_hours: Longest recording, in hours of sound.

    Returns:
        An `Explorer`: its `url` is the address, its `close()` stops the server.

    Raises:
        HearingAIError: An argument is out of range, the classifier takes embeddings, options of
            events are given without a classifier, a library is missing, or the port is taken.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> with hearingai.explore(classifier) as page:
        ...     page.url.startswith("http://127.0.0.1:"), page.running
        (True, True)
    """
    check_libraries()
    page_settings(classifier, options, device=device, max_mb=max_mb, max_hours=max_hours)
    if classifier is not None:
        check_one_file(classifier)
    port = whole("port", port)
    listener_at(host, port).close()  # the cause is known now
    task: dict[str, Any] = {"options": options, "device": device, "host": host, "port": port}
    task |= {"max_mb": max_mb, "max_hours": max_hours}
    warn_of(host, OTHERS)
    page = Explorer(classifier, task)
    if hasattr(sys, "ps1") if browser is None else browser:
        open_browser(page.url)
    return page


def open_browser(url: str) -> None:
    """Open a page, unless the browser runs in the terminal and would block it."""
    screen = any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if screen or sys.platform in ("win32", "darwin"):
        webbrowser.open(url)
