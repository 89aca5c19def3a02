"""explore(): a page in the browser that hears recordings and the microphone."""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import webbrowser
from pathlib import Path

from ..errors import HearingAIError
from ..exports import ExportedClassifier
from ..runtime.arguments import whole
from ..runtime.processes import own_environment, own_python
from .serving import check_libraries, listener_at, warn_of
from .settings import settings_of

_CHILD = "from hearingai.explorer.serving import work; work()"
_PATIENCE = 10  # seconds a server has to end
_open = set()


def explore(
    classifier,
    window=None,
    hop=None,
    threshold=0.5,
    low=None,
    smooth=None,
    min_duration=0.0,
    min_gap=0.0,
    labels=None,
    ignore=None,
    device="auto",
    host="127.0.0.1",
    port=0,
    browser=None,
    max_mb=200,
    max_hours=24.0,
):
    """Open a page that shows what a classifier hears.

    Drop a recording on it, of any format and length that `annotate` takes, or use the microphone:
    it shows the waveform, the spectrogram, the probability of each label in time and the events,
    plays the sound, and gives the events as a file. Thresholds and times can be moved, and the
    events follow. The page is served by a process of its own on this machine alone, loads nothing
    from elsewhere, and ends with this session. Its address holds a key that other pages open in the
    same browser cannot know; recordings are kept in a private folder and removed at the end.

    Args:
        classifier: A classifier of sound, an exported one too.
        window: See `annotate`.
        hop: See `annotate`.
        threshold: See `annotate`.
        low: See `annotate`. A threshold that is moved in the page takes 0.7 of it.
        smooth: See `annotate`.
        min_duration: See `annotate`.
        min_gap: See `annotate`.
        labels: See `annotate`.
        ignore: See `annotate`.
        device: `"cpu"`, `"gpu"` or `"auto"`, the GPU where there is one.
        host: The address to serve at. Any but this machine's own lets others use the page.
        port: The port; 0 takes any that is free.
        browser: Whether to open the page in the browser; `None` does so in an interactive session.
        max_mb: Largest recording that is taken, in millions of bytes.
        max_hours: Longest recording, in hours of sound.

    Returns:
        An `Explorer`, which has the `url` and ends the page.

    Raises:
        HearingAIError: An argument is out of range, the classifier hears embeddings, a library is
            missing, or the port is taken.

    Example:
        >>> import hearingai
        >>> classifier = hearingai.create_classifier("speech-commands-small", ["a", "b"], seed=1)
        >>> with hearingai.explore(classifier) as page:
        ...     page.url.startswith("http://127.0.0.1:"), page.running
        (True, True)
    """
    check_libraries()
    hearing = {"window": window, "hop": hop, "threshold": threshold, "low": low, "smooth": smooth}
    hearing |= {"min_duration": min_duration, "min_gap": min_gap}
    hearing |= {"labels": labels, "ignore": ignore}
    settings_of(classifier, hearing, device, max_mb, max_hours)
    port = whole("port", port)
    listener_at(host, port).close()  # what is wrong with it is better known now
    task = {"hearing": hearing, "device": device, "host": host, "port": port}
    task |= {"max_mb": max_mb, "max_hours": max_hours}
    warn_of(host)
    page = Explorer(classifier, task)
    if hasattr(sys, "ps1") if browser is None else browser:
        open_browser(page.url)
    return page


class Explorer:
    """The page that `explore` opened: a server in a process of its own, until `close`.

    As a context manager it closes at the end of the block. It ends with this process in any case.

    Attributes:
        url: The address, with its key.
        classifier: What it hears with.
    """

    def __init__(self, classifier, task):
        self.classifier = classifier
        self._folder = tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (a pipe that nobody reads would fill)
        exported = isinstance(classifier, ExportedClassifier)
        path = classifier.path if exported else Path(self._folder.name, "classifier.keras")
        if not exported:
            classifier.save(path)
        task = task | {"classifier": str(Path(path).absolute()), "exported": exported}
        self._process = subprocess.Popen(
            [own_python(), "-c", _CHILD],
            env=own_environment(**({} if exported else _backend())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C is not meant for it
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # on Windows
        )
        _open.add(self)
        try:
            self.url = self._begin(task)
        except BaseException:
            self.close()
            raise

    def _begin(self, task):
        line = json.dumps(task, default=_plain) + "\n"
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or "{}")
        if "url" in answer:
            return answer["url"]
        if "error" in answer:
            raise HearingAIError(answer["error"])
        self._process.wait()
        self._said.seek(0)
        said = self._said.read().decode(errors="replace").strip().splitlines()
        raise HearingAIError(f"the page's server does not start: {(said or ['it was killed'])[-1]}")

    @property
    def running(self):
        """Whether the page is there."""
        return self._process.poll() is None

    def close(self):
        """End the page, and remove the recordings that were sent to it."""
        if self not in _open:
            return
        _open.discard(self)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._said.close()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        return f"<Explorer at {self.url}{'' if self.running else ', closed'}>"


def open_browser(url):
    """Open a page, but in no browser of the terminal, which would take it over."""
    screen = any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if screen or sys.platform in ("win32", "darwin"):
        webbrowser.open(url)


def _backend():
    import keras

    return {"KERAS_BACKEND": keras.backend.backend()}


def _plain(value):
    """NumPy's numbers, and whatever else holds labels, as JSON has them."""
    return value.item() if hasattr(value, "item") and not getattr(value, "ndim", 0) else list(value)


@atexit.register
def _close_all():
    for page in list(_open):
        page.close()
