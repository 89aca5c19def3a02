"""Networks in files as functions from waveforms to vectors, whatever format they have."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..audio.cuts import Cuts
from ..errors import HearingAIError
from ._litert import litert_network
from ._network import Network, Tensor
from ._onnx import onnx_network
from ._saved_model import saved_model

_AT_ONCE = 2**24  # samples of the windows that are computed together, about
_MOST = 2**24  # samples of an input and values of an output, at most


@dataclass(frozen=True)
class Opened:
    """A network in a file.

    Attributes:
        run: A function from waveforms `(n, samples)` to embeddings `(n, size)`.
        samples: Samples of its input.
        size: Values of its output.
        input: Name of its input.
        shape: Shape of its input.
        output: Name of its output.
        sha256: Hash of what was opened.
    """

    run: Callable[[np.ndarray], np.ndarray]
    samples: int
    size: int
    input: str
    shape: tuple[int, ...]
    output: str
    sha256: str


def windowed(
    run: Callable[[np.ndarray], np.ndarray], window: int
) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """A function of a waveform and the starts of its windows, from one of windows."""

    def compute(waveform: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return run(np.stack([waveform[start : start + window] for start in starts]))

    return compute


def windowed_cuts(
    run: Callable[[np.ndarray], np.ndarray], window: int
) -> Callable[[Cuts, int, int, np.ndarray], np.ndarray]:
    """The same of many clips, for a body's `hear`: windows of several go to `run` together."""

    def hear(cuts: Cuts, before: int, after: int, starts: np.ndarray) -> np.ndarray:
        clips, found = [*cuts], []
        at_once = max(1, _AT_ONCE // (len(starts) * window))
        for first in range(0, len(clips), at_once):
            some = [np.pad(clip, (before, after)) for clip in clips[first : first + at_once]]
            windows = [clip[start : start + window] for clip in some for start in starts]
            found.append(run(np.stack(windows)).reshape(len(some), len(starts), -1))
        return np.concatenate(found)

    return hear


def each_once(
    compute: Callable[[Sequence[np.ndarray]], Sequence[np.ndarray]],
) -> Callable[[np.ndarray], np.ndarray]:
    """A function of windows that computes each once, from one of different windows.

    Nor is a window computed again that was there at the call before, as clips that overlap have.
    """
    known: dict[bytes, np.ndarray] = {}

    def run(windows: np.ndarray) -> np.ndarray:
        nonlocal known
        before, keys = known, [hashlib.blake2b(window).digest() for window in windows]
        new = {key: window for key, window in zip(keys, windows, strict=True) if key not in before}
        computed = dict(zip(new, compute([*new.values()]), strict=True))
        now = {key: computed[key] if key in computed else before[key] for key in keys}
        known = now  # which another thread may change
        return np.stack([now[key] for key in keys])

    return run


def open_file(
    path: Path,
    *,
    samples: int | None = None,
    input: str | None = None,
    output: str | None = None,
) -> Opened:
    """Open a network from waveforms to vectors, and try it on silence.

    Args:
        path: The file, or the folder of a SavedModel.
        samples: Samples of its input, where the file leaves them open.
        input: Name of the input; `None` where there is one.
        output: Name of the output or, in ONNX and LiteRT files, of any tensor; `None` takes the
            output whose name says embedding, else the layer before the last.
    """
    network = open_network(path, output)
    place = _choose("input", input, network.inputs, path)
    shape = _waveform_shape(place, samples, path)
    name = _output_of(network, output, path)
    told = next(tensor.shape for tensor in network.tensors if tensor.name == name)
    if math.prod(n for n in told if n > 0) > _MOST:  # it is not run, since that takes the memory
        raise HearingAIError(f"`{path}`: `{name}` is no vector, but of shape {told}")

    def several(windows: Sequence[np.ndarray]) -> list[np.ndarray]:
        inputs = [window.reshape(shape).astype("float32", copy=False) for window in windows]
        return [np.asarray(answer) for answer in network.answers(inputs, name)]

    try:
        (tried,) = several([np.zeros(max(shape), "float32")])
    except HearingAIError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise HearingAIError(f"`{path}` cannot be run on {max(shape)} samples: {reason}") from None
    if tried.dtype.kind != "f" or tried.size != max(tried.shape, default=0) or tried.size < 2:
        raise HearingAIError(
            f"`{path}`: `{name}` is no vector, but {tried.dtype} of shape {tried.shape}; name "
            f"another `output`, see body_info()"
        )
    size = tried.size
    return Opened(
        each_once(lambda windows: [answer.reshape(size) for answer in several(windows)]),
        max(shape),
        size,
        place.name,
        shape,
        name,
        network.sha256,
    )


def open_network(path: Path, wanted: str | None = None) -> Network:
    """Open a file by what its name ends in."""
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    kinds = {".tflite": litert_network, ".onnx": onnx_network}
    opens = kinds.get(path.suffix.lower())
    if opens is None and not path.is_dir():
        raise HearingAIError(
            f"`{path}` must be an .onnx or .tflite file or the folder of a SavedModel"
        )
    try:
        if opens is None or path.is_dir():
            return saved_model(path)
        return opens(path, path.read_bytes(), wanted)
    except HearingAIError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0][:200]
        raise HearingAIError(f"`{path}` is no network that can be opened: {reason}") from None


def _choose(argument: str, name: str | None, tensors: list[Tensor], path: Path) -> Tensor:
    listed = ", ".join(f"{t.name} {t.shape}" for t in tensors)
    if len(tensors) != 1:
        raise HearingAIError(f"`{path}` must have one input. It has {len(tensors)}: {listed}")
    if name not in (None, tensors[0].name):
        raise HearingAIError(f"`{argument}`: `{path}` has no `{name}`. It has: {listed}")
    return tensors[0]


def _waveform_shape(tensor: Tensor, samples: int | None, path: Path) -> tuple[int, ...]:
    """The shape of the input for one waveform of so many samples."""
    fixed = [n for n in tensor.shape if n > 1]
    if "float" not in tensor.dtype or len(fixed) > 1 or len(tensor.shape) > 4 or not tensor.shape:
        raise HearingAIError(
            f"`{path}` takes {tensor.dtype} of shape {tensor.shape}, which is no waveform"
        )
    known = fixed[0] if fixed else None
    if known is not None and samples not in (None, known):
        raise HearingAIError(f"`{path}` takes {known} samples, and `window` is {samples}")
    length = known or samples
    if length is None:
        raise HearingAIError(f"`window` must be given: `{path}` takes any number of samples")
    if not 2 <= length <= _MOST:
        raise HearingAIError(f"`{path}` takes {length} samples at once, which is no waveform")
    place = len(tensor.shape) - 1
    if fixed:
        place = tensor.shape.index(known)
    elif any(n < 0 for n in tensor.shape):
        place = max(i for i, n in enumerate(tensor.shape) if n < 0)
    return tuple(length if i == place else 1 for i in range(len(tensor.shape)))


def _output_of(network: Network, wanted: str | None, path: Path) -> str:
    if wanted is not None:
        names = [tensor.name for tensor in network.outputs]
        if path.is_dir() and wanted not in names:
            raise HearingAIError(
                f"`output`: `{path}` has no output `{wanted}`. It has: {', '.join(names)}"
            )
        return wanted
    named = [t.name for t in network.outputs if "embedding" in t.name.lower()]
    if len(named) == 1:
        return named[0]
    if network.before is not None:
        return network.before.name
    if len(network.outputs) == 1:
        return network.outputs[0].name
    listed = ", ".join(f"{t.name} {t.shape}" for t in network.outputs)
    raise HearingAIError(f"`output` must be named: `{path}` has {listed}")
