"""The files that VGGish was published in: a checkpoint of TensorFlow, and the components in a .npz.

Only variables and arrays are read, nothing in the files is run.
"""

from __future__ import annotations

import glob
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..errors import HearingAIError

CHECKPOINT, COMPONENTS = "vggish_model.ckpt", "vggish_pca_params.npz"  # as published

_Shape = tuple[int, ...]
_KINDS = {"kernel": "weights", "bias": "biases"}  # what Keras and TF-Slim call a layer's variables


def files_of(path: Path) -> tuple[Path, ...]:
    """All files of VGGish, absolute: the checkpoint's, its index first, and last the components.

    Args:
        path: The folder of the files, or the checkpoint, with the components beside it.

    Raises:
        HearingAIError: One of them is not there.
    """
    checkpoint = path / CHECKPOINT if path.is_dir() else path
    if checkpoint.suffix == ".index":  # of a checkpoint of several files
        checkpoint = checkpoint.with_suffix("")
    components = checkpoint.parent / COMPONENTS
    found = [checkpoint]
    if not checkpoint.is_file():
        parts = sorted(checkpoint.parent.glob(f"{glob.escape(checkpoint.name)}.data-*"))
        found = [checkpoint.with_name(checkpoint.name + ".index"), *parts]
    missing = next((file for file in (*found, components) if not file.is_file()), None)
    if missing is not None:
        raise HearingAIError(
            f"`path` must be the folder of VGGish, with {CHECKPOINT} and {COMPONENTS}, or a "
            f"checkpoint with {COMPONENTS} beside it. There is no file "
            f"`{checkpoint if missing == found[0] else missing}`"
        )
    return tuple(file.absolute() for file in (*found, components))


def variable(layer: str, kind: str) -> str:
    """The checkpoint's name of a variable of a layer: repeated layers lie in a scope of their own.

    Args:
        layer: Name of a layer of `networks.vggish`.
        kind: `"kernel"` or `"bias"`.

    Example:
        >>> from hearingai.bodies._vggish_files import variable
        >>> variable("conv1", "kernel"), variable("fc1_2", "bias")
        ('vggish/conv1/weights', 'vggish/fc1/fc1_2/biases')
    """
    group = layer.partition("_")[0]
    scope = layer if group == layer else f"{group}/{layer}"
    return f"vggish/{scope}/{_KINDS[kind]}"


def check_there(path: Path) -> None:
    """Raise an error where no checkpoint is, neither of one file nor of several."""
    if not path.is_file() and not Path(f"{path}.index").is_file():
        found = "this is a folder" if path.is_dir() else "there is no such file"
        raise HearingAIError(
            "`weights` must name the checkpoint of VGGish, as published `vggish_model.ckpt`; "
            f"{found}: `{path}`"
        )


def read_checkpoint(path: Path, shapes: Mapping[str, _Shape]) -> dict[str, np.ndarray]:
    """Read variables of a checkpoint, of one file as published or of several with a common name.

    Args:
        path: The file, or what the names of its files begin with.
        shapes: Of every variable, by its name in the checkpoint.

    Returns:
        The variables by name, float32.

    Raises:
        HearingAIError: TensorFlow is not installed, it cannot read the file, or variables are
            missing or others.
    """
    try:
        import tensorflow as tf
    except ImportError as error:
        raise HearingAIError(
            f"TensorFlow reads the checkpoint of VGGish ({error}). Type: "
            '`pip install "hearingai[tensorflow]"`'
        ) from None
    # Besides its own errors TensorFlow raises plain ones, by what is wrong with the file.
    unreadable = (tf.errors.OpError, ValueError, RuntimeError, TypeError)
    try:
        reader = tf.train.load_checkpoint(str(path))
        there = reader.get_variable_to_shape_map()
        kinds = reader.get_variable_to_dtype_map()
    except unreadable as error:
        raise _not_read(path, error) from None
    missing = [name for name in shapes if name not in there]
    if missing:
        raise HearingAIError(
            f"`{path}` is no checkpoint of VGGish: {len(missing)} of its {len(shapes)} variables "
            f"are missing, such as `{missing[0]}`"
        )
    for name, shape in shapes.items():
        if tuple(there[name]) != shape or not kinds[name].is_floating:
            raise HearingAIError(
                f"`{path}` is no checkpoint of VGGish: `{name}` must be {_words(shape)} of floats. "
                f"It is {_words(there[name])} of {kinds[name].name}"
            )
    try:
        return {name: np.asarray(reader.get_tensor(name), "float32") for name in shapes}
    except unreadable as error:
        raise _not_read(path, error) from None


def read_components(path: Path, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Read the principal components: the matrix, `(size, size)`, and the means, `(size, 1)`.

    Args:
        path: The `.npz`, as published `vggish_pca_params.npz`.
        size: Number of values of an embedding.

    Raises:
        HearingAIError: There is no such file, or it holds something else.
    """
    if not path.is_file():
        raise HearingAIError(
            "`pca` must name the principal components of VGGish, as published "
            f"`vggish_pca_params.npz`; there is no such file: `{path}`"
        )
    names = ("pca_eigen_vectors", "pca_means")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            vectors, means = (np.asarray(arrays[name]) for name in names)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, KeyError, TypeError, AttributeError):
        raise HearingAIError(
            f"`{path}` cannot be read as a .npz with the arrays `{names[0]}` and `{names[1]}`"
        ) from None
    right = vectors.shape == (size, size) and means.shape in ((size,), (size, 1), (1, size))
    if not right or vectors.dtype.kind != "f" or means.dtype.kind != "f":
        raise HearingAIError(
            f"`{names[0]}` must be {size} x {size} floats and `{names[1]}` {size}. In `{path}` "
            f"they are {_words(vectors.shape)} of {vectors.dtype} and {_words(means.shape)} of "
            f"{means.dtype}"
        )
    return vectors, means.reshape(-1, 1)


def _not_read(path: Path, error: Exception) -> HearingAIError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return HearingAIError(f"`{path}` cannot be read as a checkpoint of TensorFlow: {reason}")


def _words(shape: _Shape | list[int]) -> str:
    return " x ".join(map(str, shape)) or "one number"
