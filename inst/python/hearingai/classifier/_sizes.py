"""How much a classifier's file may take: refused before memory is taken for it."""

import io
import math
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy

from ..errors import HearingAIError

_PARTS = {"metadata.json": 2**20, "config.json": 2**25, "model.weights.h5": None}  # bytes, at most
# A configuration of 2**25 bytes has room for the digests of 2.3 million clips, all of AudioSet.
_RATIO = 200  # bytes that one byte of an archive may become
_LOCAL_NAME = 26  # where a zip's entry says how long its name is
_PATTERNS = 2  # a bidirectional layer makes the one that it doubles too
_FEW = 2**16  # weights that are no reason for doubt, whatever the file holds


def check_sizes(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse what unpacks to far more than it is, or holds what no classifier does."""
    total = 0
    for entry in archive.infolist():
        if entry.filename not in _PARTS:
            raise HearingAIError(f"it holds `{entry.filename[:80]}`, which no classifier has")
        most, total = _PARTS[entry.filename], total + entry.file_size
        bomb = entry.file_size > _RATIO * max(entry.compress_size, 1)
        if bomb or (most is not None and entry.file_size > most):
            raise HearingAIError(
                f"its part `{entry.filename}` would unpack to {entry.file_size:,} bytes"
            )
    if total > _RATIO * size:
        raise HearingAIError(f"{size:,} bytes would unpack to {total:,}")


class _Stretch(io.RawIOBase):
    """A part of a file, read as one; a zip's own reader goes through all that it skips."""

    def __init__(self, path: Path, begin: int, size: int) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 (closed with this one)
        self._begin, self._size, self._at = begin, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, (0, self._at, self._size)[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._begin + self._at)
        found = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()


def opened(archive: zipfile.ZipFile, path: Path) -> io.IOBase:
    """The weights of an archive as a file."""
    entry = archive.getinfo("model.weights.h5")
    if entry.compress_type != zipfile.ZIP_STORED:
        return io.BytesIO(archive.read(entry))
    with open(path, "rb") as file:
        file.seek(entry.header_offset + _LOCAL_NAME)
        lengths = [int.from_bytes(file.read(2), "little") for _ in range(2)]  # name and extras
    begin = entry.header_offset + _LOCAL_NAME + 4 + sum(lengths)
    return _Stretch(path, begin, entry.file_size)


def count_weights(archive: zipfile.ZipFile, path: Path) -> int:
    """Count the values in a file's weights; what it says of them must fit into it."""
    with opened(archive, path) as weights:
        return _count(weights)


def _count(file: Any) -> int:
    import h5py

    end = file.seek(0, 2)
    file.seek(0)
    total, n_bytes = 0, 0

    def look(name: str, item: Any) -> None:
        nonlocal total, n_bytes
        if not isinstance(item, h5py.Dataset):
            return
        if item.is_virtual or item.external:
            raise HearingAIError(f"its weights `{name}` lie in another file")
        if item.shape is None:
            raise HearingAIError(f"its weights `{name}` are none")
        taken = max(item.size, math.prod(item.chunks or (0,)))  # chunks are unpacked as a whole
        total, n_bytes = total + item.size, n_bytes + taken * item.dtype.itemsize
        if n_bytes > end:
            raise HearingAIError(f"its weights promise more than the file holds: `{name}`")

    with h5py.File(file, "r") as weights:
        _check_links(weights, set())
        weights.visititems(look)
    return total


def _check_links(group: Any, seen: set[int]) -> None:
    """Refuse links to other files, and groups that are linked twice: few would make many paths."""
    import h5py

    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise HearingAIError(f"its weights `{group.name}/{name}` are a link")
        if isinstance(item := group[name], h5py.Group):
            address = h5py.h5o.get_info(item.id).addr
            if address in seen:
                raise HearingAIError(f"its weights `{group.name}/{name}` are linked twice")
            seen.add(address)
            _check_links(item, seen)


def check_arrays(data: bytes) -> None:
    """Check arrays that `numpy.savez` wrote: each is as large as it says.

    Raises:
        HearingAIError: One promises more than there is.
    """
    formats = numpy.lib.format
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    version = formats.read_magic(file)
                    read = {1: formats.read_array_header_1_0, 2: formats.read_array_header_2_0}
                    shape, _, kind = read[version[0]](file)
                bomb = entry.file_size > _RATIO * max(entry.compress_size, 1)
                if bomb or math.prod(shape) * kind.itemsize > entry.file_size:
                    raise HearingAIError(f"the array `{entry.filename}` promises more than it has")
    except (KeyError, EOFError, zipfile.BadZipFile) as error:
        raise HearingAIError(f"these bytes are no classifier, or damaged: {error}") from None


@contextmanager
def uncounted() -> Iterator[None]:
    """Within this context weights do not count: those of a body are not in the file."""
    token = _UNCOUNTED.set(True)
    try:
        yield
    finally:
        _UNCOUNTED.reset(token)


@contextmanager
def weights_within(n: int) -> Iterator[None]:
    """Make hardly more weights than a file holds, while this thread loads it.

    Raises:
        HearingAIError: A layer or a metric asks for more; nothing was allocated for it.
    """
    import keras

    this, left = threading.get_ident(), max(_PATTERNS * n, _FEW)

    def counted(original: Any) -> Any:
        def make(self: Any, shape: Any = None, *args: Any, **more: Any) -> Any:
            nonlocal left
            if threading.get_ident() == this and not _UNCOUNTED.get():
                sizes = tuple(shape) if isinstance(shape, (list, tuple)) else (shape or 1,)
                left -= math.prod(size or 1 for size in sizes)
                if left < 0:
                    raise HearingAIError(
                        f"`{self.name}` asks for weights of the shape {sizes}, which the file "
                        f"does not hold"
                    )
            return original(self, shape, *args, **more)

        return make

    places = [(keras.layers.Layer, "add_weight"), (keras.metrics.Metric, "add_variable")]
    with _LOADING:
        kept = [(kind, name, getattr(kind, name)) for kind, name in places]
        for kind, name, original in kept:
            setattr(kind, name, counted(original))
        try:
            yield
        finally:
            for kind, name, original in kept:
                setattr(kind, name, original)


_LOADING = threading.RLock()
_UNCOUNTED: ContextVar[bool] = ContextVar("uncounted", default=False)
