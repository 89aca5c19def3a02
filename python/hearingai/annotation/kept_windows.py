"""Probabilities of finished recordings, kept in a folder: `NAME.npy`, and last `NAME.json`."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from .._typing import PathLike
from ..errors import HearingAIError
from ..events.windows import Grid
from .recordings import Recording

_STEM = 60  # bytes of a recording's name that its files begin with


class Kept(NamedTuple):
    """What is kept of a recording.

    Attributes:
        probabilities: Of its windows, an array that is mapped from its file.
        seconds: Its length.
        note: What is missing of a recording that was read in part.
    """

    probabilities: np.ndarray
    seconds: Fraction
    note: str


class KeptWindows:
    """A folder that keeps the probabilities of recordings.

    What is kept is found by the recording's path, size and time of change, the classifier's
    weights and the grid: whatever of these changes is another recording, and is heard anew.

    Args:
        folder: The folder, made if need be.
        classifier: The classifier.
        grid: The `Grid`.
    """

    def __init__(self, folder: PathLike, classifier: Any, grid: Grid) -> None:
        try:
            self._folder = Path(folder)
            self._folder.mkdir(parents=True, exist_ok=True)
        except TypeError:
            raise HearingAIError(f"`path` must name a folder. Received: {folder!r}") from None
        except OSError as error:
            raise _cannot(folder, error) from None
        self._about = {
            "labels": classifier.labels,
            "fingerprint": classifier.fingerprint(),
            "sample_rate": grid.sample_rate,
            "samples": grid.samples,
            "hop": str(grid.hop),
        }

    def find(self, recording: Recording) -> Kept | None:
        """What is kept of a recording.

        Returns:
            A `Kept`; `None` where it is not kept, or the recording was read in part and is to be
            whole.
        """
        stem, note = self._place(recording)
        try:
            known = json.loads(Path(f"{stem}.json").read_text("utf-8"))
            probabilities = np.load(f"{stem}.npy", mmap_mode="r")
            seconds, n = Fraction(known.pop("seconds")), known.pop("windows")
            missing = str(known.pop("note", ""))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        shape = (n, len(note["labels"]))
        fits = known == note and probabilities.shape == shape and probabilities.dtype == "float32"
        fits = fits and (not missing or getattr(recording, "partial", False))
        return Kept(probabilities, seconds, missing) if fits else None

    @contextmanager
    def keep(self, recording: Recording) -> "Iterator[_Writer]":
        """Keep a recording's windows: yields a function that takes them, some at a time.

        They take their name when `done(seconds, note)` of that function was called; else nothing
        stays.
        """
        stem, note = self._place(recording)
        partial = f"{stem}.npy.part"
        try:
            with open(partial, "wb") as file:
                writer = _Writer(file, len(note["labels"]))
                yield writer
                writer.close()
            if writer.seconds is not None:
                Path(partial).replace(f"{stem}.npy")
                note |= {"seconds": str(writer.seconds), "windows": writer.n}
                note |= {"note": writer.note} if writer.note else {}
                Path(f"{stem}.json.part").write_text(json.dumps(note, indent=1), "utf-8")
                Path(f"{stem}.json.part").replace(f"{stem}.json")
        except OSError as error:
            raise _cannot(self._folder, error) from None
        finally:
            for rest in (partial, f"{stem}.json.part"):
                Path(rest).unlink(missing_ok=True)

    def _place(self, recording: Recording) -> tuple[Path, dict[str, Any]]:
        """Where a recording's files lie, without their ending, and what tells it from others."""
        assert recording.fname is not None  # `annotate` keeps the windows of files alone
        path = Path(recording.fname).absolute()
        try:
            status = path.stat()
            state: list[int] | None = [status.st_size, status.st_mtime_ns]
        except (OSError, ValueError):  # it cannot be read either, and nothing will be kept
            state = None
        note: dict[str, Any] = {"fname": str(path), "state": state}
        note |= {"part": [recording.start, recording.duration]} | self._about
        digest = hashlib.sha256(json.dumps(note).encode("utf-8", "surrogateescape")).hexdigest()
        name = "".join(c if c.isalnum() or c in "-_." else "_" for c in path.stem)
        name = name.encode()[:_STEM].decode(errors="ignore")
        return self._folder / f"{name}-{digest[:12]}", note


class _Writer:
    """A `.npy` file that grows."""

    def __init__(self, file: BinaryIO, n_labels: int) -> None:
        self._file, self._labels, self.n = file, n_labels, 0
        self.seconds: Fraction | None = None
        self.note = ""
        self._head()

    def __call__(self, probabilities: np.ndarray) -> None:
        self._file.write(np.ascontiguousarray(probabilities, "<f4").tobytes())
        self.n += len(probabilities)

    def done(self, seconds: Fraction, note: str) -> None:
        self.seconds, self.note = seconds, note

    def _head(self) -> None:
        """The header; NumPy leaves room in it for any number of rows."""
        about = {"descr": "<f4", "fortran_order": False, "shape": (self.n, self._labels)}
        np.lib.format.write_array_header_1_0(self._file, about)

    def close(self) -> None:
        self._file.seek(0)
        self._head()
        self._file.flush()
        os.fsync(self._file.fileno())


def _cannot(folder: object, error: OSError) -> HearingAIError:
    return HearingAIError(f"cannot write to `{folder}`: {error.strerror or error}")
