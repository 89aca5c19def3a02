"""VGGish: the embeddings of AudioSet, from its published weights."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import HearingAIError
from ..runtime.arguments import path_of
from ..runtime.using_keras import check_not_forked, using_keras
from ._running import windowed
from ._vggish_files import (
    CHECKPOINT,
    COMPONENTS,
    check_there,
    files_of,
    read_checkpoint,
    read_components,
    variable,
)
from .body import Body, sha256_of

if TYPE_CHECKING:
    import keras

    from .._typing import PathLike

SAMPLE_RATE = 16000
WINDOW = 15600  # samples that 96 frames of 25 ms every 10 ms reach over
HOP = 15360  # samples, 0.96 s: the frames of one window follow on those of the one before
SIZE = 128
FACTS: dict[str, Any] = {
    "sample_rate": SAMPLE_RATE,
    "window": WINDOW,
    "size": SIZE,
    "licence": "Apache-2.0",
}
FRONT_END: dict[str, Any] = {  # of LogMel, as in mel_features.py
    "sample_rate": SAMPLE_RATE,
    "window_size": 400,
    "window_stride": 160,
    "fft_size": 512,
    "n_mels": 64,
    "fmin": 125.0,
    "fmax": 7500.0,
    "scale": "htk",
    "slopes": "mel",
    "power": 1,
    "padding": "fft",
    "offset": 0.01,
}
_LIMIT = 2.0  # embeddings of -2...2 become bytes
_AT_ONCE = 16  # windows; the first maps of the network take 1.5 MB each

Run = Callable[[np.ndarray], np.ndarray]


def vggish_files(path: Any = None) -> tuple[str, ...]:
    """Its checkpoint, of one file or more, and last its components; not opened."""
    named = os.environ.get("HEARINGAI_VGGISH") if path is None else path
    if not named:
        raise HearingAIError(
            f"VGGish is two files that no package brings, {CHECKPOINT} and {COMPONENTS}: give "
            f"`path`, their folder, or name it in the environment variable HEARINGAI_VGGISH"
        )
    return tuple(map(str, files_of(path_of("path", named))))


def vggish_body(path: Any = None) -> Body:
    """Find VGGish. Its embeddings are those of AudioSet: whole numbers 0...255.

    Args:
        path: The folder with the published `vggish_model.ckpt` and `vggish_pca_params.npz`, or a
            checkpoint that has the components beside it; `None` takes the folder that the
            environment variable `HEARINGAI_VGGISH` names.

    Source:
        See `vggish`.
    """
    files = vggish_files(path)
    return _opened(files, tuple(Path(file).stat().st_mtime_ns for file in files))


@lru_cache(maxsize=1)  # its weights take 290 MB, and are asked for by one name again and again
def _opened(files: tuple[str, ...], times: tuple[int, ...]) -> Body:
    sha256 = sha256_of(files)
    with using_keras() as keras:
        runtime = keras.backend.backend()
    run, _ = vggish(files[0].removesuffix(".index"), files[-1])
    return Body(
        name="vggish",
        hop=HOP,
        **FACTS,
        source="VGGish, Google, tensorflow/models, research/audioset/vggish",
        files=files,
        duration=WINDOW / SAMPLE_RATE,
        path=files[0],
        compute=windowed(run, WINDOW),
        sha256=sha256,
        runtime=runtime,
    )


def vggish(weights: PathLike, pca: PathLike) -> tuple[Run, keras.Model]:
    """Open VGGish, which made the embeddings that AudioSet was published with.

    A window is 0.975 s at 16 kHz: 96 frames of 25 ms, one every 10 ms. Windows every 0.96 s
    are the published examples of a recording. The embeddings are brought to their principal
    components, clipped to -2...2 and quantised to 8 bits, as published.

    Args:
        weights: The published checkpoint, `vggish_model.ckpt`.
        pca: The published principal components, `vggish_pca_params.npz`.

    Returns:
        A function from windows, `(n, 15600)`, float32 in -1...1, to embeddings, `(n, 128)`, float32
        of whole numbers 0...255; and the Keras model from windows to embeddings before their
        post-processing.

    Raises:
        HearingAIError: A file is missing or holds something else, or TensorFlow, which reads the
            checkpoint, is not installed.

    Source:
        "CNN Architectures for Large-Scale Audio Classification" (Hershey and others, 2017) and
        tensorflow/models, research/audioset/vggish.
    """
    checkpoint, components = path_of("weights", weights), path_of("pca", pca)
    check_there(checkpoint)
    vectors, means = read_components(components, SIZE)
    with using_keras() as keras:
        from .. import networks
        from ..frontends import LogMel
        from ..runtime.backend import jit_compile

        front_end = LogMel(**FRONT_END)
        network = networks.vggish((96, 64, 1), size=SIZE, initializer="zeros")  # draws nothing
        wanted = {
            variable(layer.name, w.name): w for layer in network.layers for w in layer.weights
        }
        read = read_checkpoint(checkpoint, {name: tuple(w.shape) for name, w in wanted.items()})
        for name, weight in wanted.items():
            weight.assign(read[name])
        clips = keras.Input((WINDOW,), name="waveform")
        model = keras.Model(clips, network(front_end(clips)), name="vggish_embeddings")
        if not jit_compile():
            model.jit_compile = False

    def run(waveforms: np.ndarray) -> np.ndarray:
        """Embeddings of windows, in bytes."""
        check_not_forked()
        found = np.empty((len(_windows(waveforms)), SIZE), "float32")
        for i in range(0, len(found), _AT_ONCE):
            raw = np.asarray(model.predict_on_batch(waveforms[i : i + _AT_ONCE]))
            found[i : i + _AT_ONCE] = postprocess(raw, vectors, means)
        return found

    return run, model


def postprocess(embeddings: np.ndarray, vectors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Bring embeddings to their principal components, and these to 8 bits.

    Args:
        embeddings: Array `(n, size)`.
        vectors: The components, an array `(size, size)`, one a row.
        means: Array `(size, 1)`, subtracted before.

    Returns:
        Array `(n, size)`, uint8: -2 and below is 0, 2 and above is 255.

    Example:
        >>> import numpy
        >>> from hearingai.bodies.vggish import postprocess
        >>> postprocess(numpy.array([[-3.0, 0.5]]), numpy.eye(2), numpy.array([[0.0], [0.5]]))
        array([[  0, 127]], dtype=uint8)
    """
    components = np.clip((vectors @ (embeddings.T - means)).T, -_LIMIT, _LIMIT)
    return ((components + _LIMIT) * (255 / (2 * _LIMIT))).astype("uint8")  # cut off, not rounded


def _windows(waveforms: np.ndarray) -> np.ndarray:
    if getattr(waveforms, "ndim", 0) != 2 or waveforms.shape[1] != WINDOW:
        raise HearingAIError(
            f"VGGish takes windows of {WINDOW} samples, an array (windows, {WINDOW}). Received: "
            f"{getattr(waveforms, 'shape', type(waveforms).__name__)}"
        )
    return waveforms
