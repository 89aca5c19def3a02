"""Probabilities of finished recordings, stored in a folder: `NAME.npy`, then `NAME.json`."""

import contextlib
import glob
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from .._typing import PathLike
from ..classifier.protocol import Classifier, identity_in_streams
from ..errors import HearingAIError, unsigned
from ..events.windows import Grid
from ..runtime.addresses import address_of
from ..runtime.arguments import path_of
from ..runtime.places import file_states
from .recordings import Recording

_STALE = 3600  # seconds; what nobody wrote to for so long was left by a process that was killed
_STEM = 60  # bytes of a recording's name at the start of its files' names


class Kept(NamedTuple):
    """What is stored of a recording.

    Attributes:
        probabilities: Of its windows, an array that is mapped from its file.
        seconds: Its length.
        note: What is missing of a recording that was read in part.
    """

    probabilities: np.ndarray
    seconds: Fraction
    note: str


class KeptWindows:
    """A folder that stores the probabilities of recordings.

    They are found again by the recording's path, size and modification time, all that decides the
    classifier's answers, and the grid of windows; where any of these has changed, they are computed
    again.

    Args:
        folder: The folder, created if necessary.
        classifier: The classifier.
        grid: The `Grid`.
    """

    def __init__(self, folder: PathLike, classifier: Classifier, grid: Grid) -> None:
        try:
            self._folder = path_of("path", folder)
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot(folder, error) from None
        self._about = {
            **identity_in_streams(classifier),
            "sample_rate": grid.sample_rate,
            "samples": grid.samples,
            "hop": str(grid.hop),
        }

    def find(self, recording: Recording) -> Kept | None:
        """The stored probabilities of a recording.

        Returns:
            A `Kept`; `None` where they are not stored or not complete, or where the recording was
            read in part and is to be whole.
        """
        stem, note = self._place(recording)
        about, values = Path(f"{stem}.json"), Path(f"{stem}.npy")
        if not (about.is_file() and values.is_file()):
            return None
        try:
            known = json.loads(about.read_text("utf-8"))
            probabilities = np.lib.format.open_memmap(values, mode="r")
            seconds = Fraction(*map(int, known.pop("seconds").split("/")))
            n, missing = known.pop("windows"), str(known.pop("note", ""))
        except Exception:  # whatever lies there instead: it is computed again
            return None
        shape = (n, len(note["labels"]))
        fits = known == note and probabilities.shape == shape and probabilities.dtype == "float32"
        fits = fits and (not missing or getattr(recording, "partial", False))
        return Kept(probabilities, seconds, missing) if fits else None

    @contextmanager
    def keep(self, recording: Recording) -> "Iterator[_Writer]":
        """Store a recording's probabilities: yields a function to pass them to, batch by batch.

        The files take their names once `done(seconds, note)` of that function was called; otherwise
        they are deleted. Several processes may store the same recording at once: each writes to
        files of its own.
        """
        stem, note = self._place(recording)
        own = f"{stem}.{secrets.token_hex(4)}"
        partial = f"{own}.npy.part"
        try:
            _remove_stale(stem)
            with open(partial, "wb") as file:
                writer = _Writer(file, len(note["labels"]))
                yield writer
                writer.close()
            if writer.seconds is not None:
                Path(partial).replace(f"{stem}.npy")
                note |= {"seconds": str(writer.seconds), "windows": writer.n}
                note |= {"note": writer.note} if writer.note else {}
                Path(f"{own}.json.part").write_text(json.dumps(note, indent=1), "utf-8")
                Path(f"{own}.json.part").replace(f"{stem}.json")
        except OSError as error:
            raise _cannot(self._folder, error) from None
        finally:
            for rest in (partial, f"{own}.json.part"):
                Path(rest).unlink(missing_ok=True)

    def _place(self, recording: Recording) -> tuple[Path, dict[str, Any]]:
        """The path of a recording's files, without their ending, and the key that identifies it."""
        assert recording.fname is not None  # `annotate` stores probabilities of files only
        address = address_of(recording.fname)
        path = Path(recording.fname) if address else Path(recording.fname).absolute()
        size, mtime = (int(told[0]) for told in file_states([address or str(path)]))
        state = None if size < 0 else [size, mtime]  # what cannot be asked cannot be read either
        note: dict[str, Any] = {"fname": unsigned(address or str(path)), "state": state}
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


def _remove_stale(stem: str | Path) -> None:
    """Remove what processes left that were killed while they kept a recording."""
    stem = Path(stem)
    for rest in stem.parent.glob(f"{glob.escape(stem.name)}.*.part"):
        with contextlib.suppress(OSError):  # another process may remove it too
            if time.time() - rest.stat().st_mtime > _STALE:
                rest.unlink()


def _cannot(folder: object, error: OSError) -> HearingAIError:
    return HearingAIError(f"cannot write to `{folder}`: {error.strerror or error}")
