"""A server beside Python or R, in a child process that ends with them."""

import atexit
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typing_extensions import Self

from ..classifier.protocol import Classifier
from ..errors import HearingAIError
from ..exports import ExportedClassifier
from ..runtime.processes import Child, ChildEndedError, when_parent_ends
from .server import PATIENCE, Ready

_CLOSING = 10  # seconds for the server to shut down
_open: "set[ServerProcess]" = set()


class ServerProcess:
    """A server of a classifier, in a process of its own until `close`.

    Args:
        target: What the child runs, see `Child`; it calls `serve_in_child`.
        classifier: The classifier, if there is one.
        task: What else the server is called with.

    Attributes:
        url: The server's address.
        classifier: As given.
    """

    def __init__(self, target: str, classifier: Classifier | None, task: dict[str, Any]) -> None:
        self.classifier = classifier
        self._folder = tempfile.TemporaryDirectory(prefix="hearingai-", ignore_cleanup_errors=True)
        exported = isinstance(classifier, ExportedClassifier)
        own = classifier is not None and not exported
        model: Any = classifier
        path = model.path if exported else Path(self._folder.name, "classifier.keras")
        if own:
            model.save(path)
        opened = None if classifier is None else str(Path(path).absolute())
        task = task | {"classifier": opened, "exported": exported}
        self._child = Child(target, task, detached=True, **(_backend() if own else {}))
        _open.add(self)
        try:
            self.url = self._child.answer()
        except ChildEndedError as error:
            self.close()
            raise HearingAIError(f"the server did not start: {error}") from None
        except BaseException:
            self.close()
            raise

    @property
    def running(self) -> bool:
        """Whether the server is running."""
        return self._child.running

    def close(self) -> None:
        """Stop the server and delete the recordings that were uploaded to it."""
        if self not in _open:
            return
        _open.discard(self)
        self._child.close(_CLOSING)
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.url}{'' if self.running else ', closed'}>"


def check_one_file(classifier: Any) -> None:
    """Raise an error unless a child process can open a classifier."""
    if not (isinstance(classifier, ExportedClassifier) or hasattr(classifier, "save")):
        raise HearingAIError(
            f"`classifier` must be one file, so that the server's own process can open it: an "
            f"AudioClassifier or an exported one. Received: {type(classifier).__name__}"
        )


def serve_in_child(
    serve: Callable[..., None], task: dict[str, Any], answer: Callable[[Any], None]
) -> None:
    """Serve in a child process, until the parent process closes our standard input.

    Args:
        serve: Serves a classifier, and takes `ready`.
        task: What `serve` is called with; the classifier is a path.
        answer: Called with the address once the server runs.
    """
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def tell(url: str, end: Callable[[], None]) -> None:
        when_parent_ends(lambda: _end(end))
        answer(url)

    ready: Ready = tell
    serve(_opened(task.pop("classifier"), task.pop("exported")), ready=ready, **task)


def _opened(path: str | None, exported: bool) -> Any:
    """The classifier, if there is one; an exported one is loaded without Keras."""
    if path is None:
        return None
    if exported:
        from ..exports import load_exported

        return load_exported(path)
    from ..classifier.saving import load_classifier

    return load_classifier(path)


def _end(end: Callable[[], None]) -> None:
    """Stop the server; open requests are cut off after a while."""
    end()
    threading.Timer(2 * PATIENCE, os._exit, (0,)).start()


def _backend() -> dict[str, str]:
    import keras

    return {"KERAS_BACKEND": keras.backend.backend()}


@atexit.register
def _close_all() -> None:
    for server in list(_open):
        server.close()
