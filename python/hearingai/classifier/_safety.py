"""What may be in a classifier's file: checked before Keras sees it, and before memory is taken.

A file from a stranger names the classes that it is made of. Only those pass that neither run code
nor open files when they are loaded, and only as many weights are made as the file holds.
"""

import io
import json
import math
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy

from ..errors import HearingAIError

# Keras modules whose classes and functions may be named.
_MODULES = ("keras", "keras.layers", "keras.models", "keras.activations", "keras.initializers")
_MODULES += ("keras.regularizers", "keras.constraints", "keras.optimizers", "keras.losses")
_MODULES += ("keras.metrics", "keras.optimizers.schedules", "keras.dtype_policies", "builtins")
_MODULES += ("keras.src.models.functional", "keras.src.ops.numpy", "keras.src.ops.nn")
_OF_KERAS = ("DTypePolicy", "FloatDTypePolicy", "QuantizedDTypePolicy", "Sequential", "Functional")
_OF_KERAS += ("Model",)
_LAYERS_REFUSED = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "Pipeline")
_LAYERS_REFUSED += ("StringLookup", "IntegerLookup", "TextVectorization", "Discretization")
_LAYERS_REFUSED += ("FeatureSpace", "HashedCrossing", "Hashing")
_VALUES = ("__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__")
_OURS_REFUSED = ("hearingai>BackgroundNoise",)  # opens the recordings that it names
_FOREIGN = ("keras_hub", "keras_cv", "keras_nlp")  # of Keras too: they download

_PARTS = {"metadata.json": 2**20, "config.json": 2**28, "model.weights.h5": None}  # bytes, at most
_RATIO = 200  # bytes that one byte of an archive may become
_LOCAL_NAME = 26  # where a zip's entry says how long its name is
_FEW = 2**16  # weights that are no reason for doubt, whatever the file holds
_CLIP = 2**28  # samples of a clip, of all channels together
_TABLE = 10**11  # bins, samples and bands of a front end, multiplied
_LARGEST = 10**6  # of the numbers that a front end is made by


def check_file(path: Path) -> int:
    """Check a `.keras` file before it is opened.

    Returns:
        How many weights it holds, at most.

    Raises:
        HearingAIError: It names what may not be loaded, or unpacks to more than it can hold.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, path.stat().st_size)
            config = json.loads(archive.read("config.json"))
            with _opened(archive, path) as weights:
                n = _count_weights(weights)
    except (OSError, KeyError, EOFError, RecursionError, zipfile.BadZipFile) as error:
        raise HearingAIError(f"it is incomplete or damaged ({error})") from None
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or packed in another way
        raise HearingAIError(f"it cannot be unpacked ({error})") from None
    except ValueError as error:
        if isinstance(error, HearingAIError):
            raise
        raise HearingAIError(f"its configuration is no JSON ({error})") from None
    check_config(config)
    return n


def _check_sizes(archive: zipfile.ZipFile, size: int) -> None:
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


def _opened(archive: zipfile.ZipFile, path: Path) -> io.IOBase:
    """The weights of an archive as a file."""
    entry = archive.getinfo("model.weights.h5")
    if entry.compress_type != zipfile.ZIP_STORED:
        return io.BytesIO(archive.read(entry))
    with open(path, "rb") as file:
        file.seek(entry.header_offset + _LOCAL_NAME)
        lengths = [int.from_bytes(file.read(2), "little") for _ in range(2)]  # name and extras
    begin = entry.header_offset + _LOCAL_NAME + 4 + sum(lengths)
    return _Stretch(path, begin, entry.file_size)


def _count_weights(file: Any) -> int:
    """Count the values in a file of weights; what it says of them must fit into it."""
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
        total, n_bytes = total + item.size, n_bytes + item.size * item.dtype.itemsize
        if n_bytes > end:
            raise HearingAIError(f"its weights promise more than the file holds: `{name}`")

    with h5py.File(file, "r") as weights:
        _check_links(weights)
        weights.visititems(look)
    return total


def _check_links(group: Any) -> None:
    """Refuse links to other files; within this one each group is looked into."""
    import h5py

    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise HearingAIError(f"its weights `{group.name}/{name}` are a link")
        if isinstance(item := group[name], h5py.Group):
            _check_links(item)


def check_config(config: Any) -> None:
    """Refuse the configuration of a classifier or a layer that names what may not be loaded.

    Args:
        config: What `keras.saving.serialize_keras_object` made, as JSON has it.

    Raises:
        HearingAIError: It names a class or a function that could run code or open files, or an
            absurd size.
    """
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                _check_object(value)
            waiting += [part for key, part in value.items() if not _is_record(value, key)]
        elif isinstance(value, list):
            waiting += value


def _is_record(told: dict[str, Any], key: str) -> bool:
    """Whether it is a classifier's record, which is plain data and of which nothing is made."""
    return key == "record" and isinstance(told.get("network"), dict) and "labels" in told


def _check_object(told: dict[str, Any]) -> None:
    """Check the name of one class or function, and what it is made by."""
    name, module = told["class_name"], told.get("module")
    if name in _VALUES and isinstance(name, str):
        return
    if not isinstance(name, str) or not isinstance(module, str):
        raise HearingAIError(f"it names {str(name)[:80]!r} without a module of Keras")
    registered = told.get("registered_name")
    if name == "function":
        _check_function(told.get("config"), module)
    elif name == "MelSpectrogram":
        _check_numbers(name, told.get("config"))
    elif isinstance(registered, str) and ">" in registered:
        _check_registered(registered, told.get("config"))
    elif registered not in (None, name) or not _is_of_keras(name, module):
        shown = f"{module}.{name}" if registered in (None, name) else registered
        raise HearingAIError(
            f"it holds {shown}, which is not loaded from a file: it may run code or open files"
        )


def _is_of_keras(name: str, module: str) -> bool:
    """Whether a class of Keras may be loaded."""
    if module not in _MODULES or keras.saving.get_registered_object(name) is not None:
        return False
    if module in ("keras", "keras.models", "keras.src.models.functional"):
        return name in _OF_KERAS
    if module == "keras.layers":
        kind = getattr(keras.layers, name, None)
        return name not in _LAYERS_REFUSED and isinstance(kind, type)
    return True


def _check_function(name: Any, module: str) -> None:
    """A function of Keras, such as an activation; Keras looks up builtins among its own."""
    known = ("keras.activations", "keras.losses", "keras.metrics", "builtins")
    plain = isinstance(name, str) and name.isidentifier()
    if module not in known or not plain or keras.saving.get_registered_object(name) is not None:
        raise HearingAIError(f"it names the function {module}.{str(name)[:80]}, which it may not")


def _check_registered(name: str, config: Any) -> None:
    """A class of hearingai, or one that this session registered itself."""
    found = keras.saving.get_registered_object(name)
    package = name.partition(">")[0]
    if found is None or name in _OURS_REFUSED or package in _FOREIGN:
        raise HearingAIError(
            f"it holds {name[:80]}, which is not loaded from a file, or not registered here"
        )
    if name == "hearingai>AudioClassifier" and isinstance(config, dict):
        _check_clip(config)
    elif package == "hearingai":
        _check_numbers(name, config)


def _check_numbers(name: str, config: Any) -> None:
    """Refuse the numbers of a front end that would fill the memory with tables."""
    numbers = config if isinstance(config, dict) else {}
    for key, value in numbers.items():
        for number in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(number, (int, float)) and not abs(number) <= _LARGEST:
                raise HearingAIError(f"it holds {name} with an absurd `{key}`: {number:.6g}")
    rate, window = numbers.get("sample_rate"), numbers.get("window_size_ms")
    sizes = [numbers.get(key) for key in ("fft_size", "fft_length", "num_mel_bins", "n_mels")]
    if isinstance(rate, (int, float)) and isinstance(window, (int, float)):
        sizes.append(rate * window / 1000)
    known = [size for size in sizes if isinstance(size, (int, float)) and size > 1]
    if math.prod(known) > _TABLE:
        raise HearingAIError(f"it holds {name} with tables of absurd sizes: {known}")


def _check_clip(config: dict[str, Any]) -> None:
    numbers = [config.get(key) for key in ("sample_rate", "duration", "channels")]
    known = [n for n in numbers if isinstance(n, (int, float)) and not isinstance(n, bool)]
    if not abs(math.prod(known)) <= _CLIP:
        rate, duration, channels = numbers
        raise HearingAIError(
            f"its clips would be {duration} s of {channels} channel(s) at {rate} Hz, which is "
            f"more than can be heard at once"
        )


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
def weights_within(n: int) -> Iterator[None]:
    """Make no more weights than a file holds, while this thread loads it.

    Raises:
        HearingAIError: A layer or a metric asks for more; nothing was allocated for it.
    """
    this, left = threading.get_ident(), max(n, _FEW)

    def counted(original: Any) -> Any:
        def make(self: Any, shape: Any = None, *args: Any, **more: Any) -> Any:
            nonlocal left
            if threading.get_ident() == this:
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
