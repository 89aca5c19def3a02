"""Child processes that run this very package in this very Python.

The task is a line of JSON on the child's standard input, which stays open as long as the parent
lives. The answer is a line of JSON on its standard output: `{"answer": …}`, or `{"error": …}` with
the message of a `HearingAIError`. Standard error is kept, to report why a child ended without one.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from ..errors import HearingAIError

_START = "import sys; from hearingai.runtime.processes import run; run(sys.argv[1])"
_OURS = "hearingai.errors.HearingAIError: "
_LONGEST = 500  # characters of the last line that a child wrote


class ChildEndedError(HearingAIError):
    """A child process ended without an answer; the message is the last line that it wrote."""


class Child:
    """A function of this package, or a script, that runs in a process of its own.

    Args:
        target: `"hearingai.module:function"`, a function of `(task, answer)` that calls `answer`
            with the result for the parent; or the path of a script that follows the protocol.
        task: What JSON can hold; a NumPy number becomes a number, any other iterable a list.
        detached: Whether the child ignores Ctrl-C in the parent's terminal.
        **environment: Changes to the environment of the child.

    Attributes:
        process: The process.
    """

    def __init__(
        self, target: str | Path, task: object, *, detached: bool = False, **environment: str
    ) -> None:
        # A file: a pipe that is not read would fill up and block the child.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        command = ["-I", str(target)] if isinstance(target, Path) else ["-c", _START, target]
        self.process = subprocess.Popen(
            [own_python(), *command],
            env=own_environment(**environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=detached,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if detached else 0,
        )
        self.send(task)

    def send(self, task: object) -> None:
        """Send a further task, to a child that goes through `tasks()`."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe("stdin").write(json.dumps(task, default=_plain).encode() + b"\n")
            self._pipe("stdin").flush()

    @property
    def output(self) -> IO[bytes]:
        """The child's standard output: the answer, then any further output of a script."""
        return self._pipe("stdout")

    @property
    def running(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def answer(self) -> Any:
        """Wait for the answer.

        Raises:
            HearingAIError: The function raised one.
            ChildEndedError: The child ended without an answer.
        """
        try:
            found = json.loads(self.output.readline())
        except json.JSONDecodeError:
            raise ChildEndedError(self.last_words() or self._killed()) from None
        if "error" in found:
            raise HearingAIError(found["error"])
        return found["answer"]

    def last_words(self) -> str:
        """Wait for the end; return the last line on standard error, without the error's class."""
        self.process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return (lines or [""])[-1].removeprefix(_OURS)[:_LONGEST]

    def _killed(self) -> str:
        code = self.process.returncode
        with contextlib.suppress(ValueError):
            if code < 0:
                return f"it was killed, {signal.Signals(-code).name}"
        return "it was killed"

    def close(self, patience: float = 0) -> None:
        """End the process: close its standard input, and kill it after `patience` seconds."""
        with contextlib.suppress(BrokenPipeError):
            self._pipe("stdin").close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.output.close()
        self._errors.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pipe(self, name: str) -> IO[bytes]:
        return getattr(self.process, name)


def run(target: str) -> None:
    """Do the work of a child; it ends when its parent does."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print goes to standard error

    def tell(**found: object) -> None:
        print(json.dumps(found), file=answers, flush=True)

    task = json.loads(_first_line())
    module, _, function = target.partition(":")
    try:
        work = getattr(importlib.import_module(module), function)
        work(task, lambda value: tell(answer=value))
    except HearingAIError as error:
        tell(error=str(error))


def _first_line() -> bytes:
    """The first line of standard input, and nothing of what follows."""
    with open(0, "rb", buffering=0, closefd=False) as file:
        return file.readline()


def tasks() -> Iterator[Any]:
    """In a child: the further tasks, as the parent sends them; the child ends with its parent."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def wait() -> None:
        with open(0, "rb", closefd=False) as file:
            for line in file:
                waiting.put(json.loads(line))
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
    return iter(waiting.get, object())  # which nothing is equal to


def when_parent_ends(then: Callable[[], object]) -> None:
    """In a child: call a function as soon as the parent ends or closes our standard input."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        then()

    threading.Thread(target=wait, daemon=True).start()


def own_python() -> str:
    """This interpreter, also where R embeds it and `sys.executable` may be R.

    Raises:
        HearingAIError: There is none.
    """
    name = "python.exe" if sys.platform == "win32" else "bin/python"
    candidates = [Path(sys.executable or ""), Path(sys.prefix, name), Path(sys.base_prefix, name)]
    for path in candidates:
        if "python" in path.name.lower() and path.is_file():
            return str(path)
    raise HearingAIError(
        f"no Python program to start was found. `sys.executable` is {sys.executable!r}"
    )


def own_environment(**changes: str) -> dict[str, str]:
    """The environment of a child that imports this package as it was imported here."""
    home = str(Path(__file__).parents[2])  # R's copy of the package is not on Python's path
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": paths} | changes


def _plain(value: Any) -> object:
    is_scalar = hasattr(value, "item") and not getattr(value, "ndim", 0)
    return value.item() if is_scalar else list(value)
