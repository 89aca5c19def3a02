"""What may be in a classifier's file, checked before Keras sees it.

A file from a stranger names the classes that it is made of. Only those pass that neither run code
nor open files when they are loaded.
"""

import json
import math
import zipfile
from pathlib import Path
from typing import Any

from ..bodies.description import check_description
from ..errors import HearingAIError
from ..runtime.hub import downloaded, is_on_hub
from ..runtime.remote_files import file_here
from ._sizes import check_sizes, count_weights
from .record_checks import check_compile_settings, check_record

# Keras modules whose classes and functions may be named.
_MODULES: tuple[str, ...] = (
    "keras",
    "keras.layers",
    "keras.models",
    "keras.activations",
    "keras.initializers",
)
_MODULES += ("keras.regularizers", "keras.constraints", "keras.optimizers", "keras.losses")
_MODULES += ("keras.metrics", "keras.optimizers.schedules", "keras.dtype_policies", "builtins")
_MODULES += ("keras.src.models.functional", "keras.src.ops.numpy", "keras.src.ops.nn")
_OF_KERAS: tuple[str, ...] = (
    "DTypePolicy",
    "FloatDTypePolicy",
    "QuantizedDTypePolicy",
    "Sequential",
    "Functional",
)
_OF_KERAS += ("Model",)
_LAYERS_REFUSED: tuple[str, ...] = (
    "Lambda",
    "TFSMLayer",
    "TorchModuleWrapper",
    "JaxLayer",
    "FlaxLayer",
    "Pipeline",
)
_LAYERS_REFUSED += ("StringLookup", "IntegerLookup", "TextVectorization", "Discretization")
_LAYERS_REFUSED += ("FeatureSpace", "HashedCrossing", "Hashing")
_VALUES = ("__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__")
_OURS_REFUSED = ("hearingai>BackgroundNoise",)  # opens the recordings that it names
_FOREIGN = ("keras_hub", "keras_cv", "keras_nlp")  # of Keras too: they download

_CLIP = 2**28  # samples of a clip, of all channels together
_TABLE = 10**11  # bins, samples and bands of a front end, multiplied
_LARGEST = 10**6  # of the numbers that an object is made by
_FREE = (
    "seed",
    "steps",
    "boundaries",
    "shape",
    "sample_rate",
    "_id",
)  # ends of names whose numbers take no memory
_MOST_PARTS = 2**20  # lists and objects of a configuration
_DEEPEST = 200  # of them within each other


def archive_at(path: Any) -> Path:
    """The `.keras` file at a path, or a copy of what is on the Hub or at another address.

    Raises:
        HearingAIError: There is none, or what is there can be none.
    """
    path = downloaded(path) if is_on_hub(path) else file_here("path", path)
    if not path.exists():
        raise HearingAIError(f"`{path}` does not exist")
    if path.is_dir() or path.suffix in (".onnx", ".tflite"):
        raise HearingAIError(f"`{path}` is no .keras file; load_exported() opens what was exported")
    if path.suffix != ".keras":  # Keras's other formats may run code
        raise HearingAIError(f"`{path}` must be a .keras file, which save_classifier() writes")
    if not path.stat().st_size:
        raise HearingAIError(f"`{path}` is empty")
    if not zipfile.is_zipfile(path):
        raise HearingAIError(f"`{path}` is no .keras file, or only a part of one")
    return path


def not_opened(path: Path, reason: object) -> HearingAIError:
    """The error of a file that is no classifier, or not one that is opened."""
    return HearingAIError(f"`{path}` is not a classifier that can be opened: {reason}")


def check_file(path: Path, making: bool = True) -> tuple[int, Any]:
    """Check a `.keras` file before it is opened.

    Args:
        path: The file.
        making: Whether objects are to be made of what it holds, see `check_config`.

    Returns:
        How many weights it holds, at most, and its configuration.

    Raises:
        HearingAIError: It names what may not be loaded, or unpacks to more than it can hold.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_sizes(archive, path.stat().st_size)
            text = archive.read("config.json")
            if text.count(b"{") + text.count(b"[") > _MOST_PARTS:
                raise HearingAIError("its configuration has more parts than any classifier")
            config = json.loads(text)
            _check_depth(config)
            n = count_weights(archive, path)
    except (OSError, KeyError, EOFError, RecursionError, zipfile.BadZipFile) as error:
        raise HearingAIError(f"it is incomplete or damaged ({error})") from None
    except (NotImplementedError, RuntimeError) as error:  # encrypted, or packed in another way
        raise HearingAIError(f"it cannot be unpacked ({error})") from None
    except ValueError as error:
        if isinstance(error, HearingAIError):
            raise
        raise HearingAIError(f"its configuration is no JSON ({error})") from None
    check_config(config, making)
    return n, config


def _check_depth(config: Any) -> None:
    """Refuse what is nested so deeply that walking through it would fail."""
    parts: list[Any] = [[config]]
    for _ in range(_DEEPEST):
        kept = [part.values() if isinstance(part, dict) else part for part in parts]
        parts = [part for inner in kept for part in inner if isinstance(part, (dict, list))]
        if not parts:
            return
    raise HearingAIError("its configuration is nested deeper than that of any classifier")


def check_config(config: Any, making: bool = True) -> None:
    """Refuse the configuration of a classifier or a layer that names what may not be loaded.

    Args:
        config: What `keras.saving.serialize_keras_object` made, as JSON has it.
        making: Whether objects are to be made of it. Else Keras is not started to ask what a name
            means there: names of its modules and of ours pass.

    Raises:
        HearingAIError: It names a class or a function that could run code or open files, or an
            absurd size, or its record is damaged.
    """
    waiting = [("", _without_record(config))]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                _check_object(value, making)
            waiting += value.items()
        elif isinstance(value, list):
            waiting += [(name, part) for part in value]
        elif isinstance(value, int) and abs(value) > _LARGEST and not name.endswith(_FREE):
            raise HearingAIError(f"it holds an absurd number, `{name[:80]}`: {value:.6g}")


def _without_record(config: Any) -> Any:
    """A classifier's configuration without its record: plain data, of which nothing is made."""
    own = config.get("config") if isinstance(config, dict) else None
    kind = ("AudioClassifier", "hearingai>AudioClassifier")
    if (
        not isinstance(own, dict)
        or (config.get("class_name"), config.get("registered_name")) != kind
    ):
        return config
    check_record(own.get("record"), own.get("labels"))
    check_compile_settings(own.get("compile_settings"))
    return config | {"config": {name: value for name, value in own.items() if name != "record"}}


def _check_object(told: dict[str, Any], making: bool) -> None:
    """Check the name of one class or function, and what it is made by."""
    name, module = told["class_name"], told.get("module")
    if name in _VALUES and isinstance(name, str):
        return
    if not isinstance(name, str) or not isinstance(module, str):
        raise HearingAIError(f"it names {str(name)[:80]!r} without a module of Keras")
    registered = told.get("registered_name")
    if name == "function":
        _check_function(told.get("config"), module, making)
    elif isinstance(registered, str) and ">" in registered:
        _check_registered(registered, told.get("config"), making)
    elif registered not in (None, name) or not _is_of_keras(name, module, making):
        shown = f"{module}.{name}" if registered in (None, name) else registered
        raise HearingAIError(
            f"it holds {shown}, which is not loaded from a file: it may run code or open files"
        )
    elif name == "MelSpectrogram":
        _check_numbers(name, told.get("config"))


def _registered(name: str) -> Any:
    import keras

    return keras.saving.get_registered_object(name)


def _is_of_keras(name: str, module: str, making: bool) -> bool:
    """Whether a class of Keras may be loaded."""
    if module not in _MODULES or (making and _registered(name) is not None):
        return False
    if module in ("keras", "keras.models", "keras.src.models.functional"):
        return name in _OF_KERAS
    if module == "keras.layers":
        return name not in _LAYERS_REFUSED and (not making or _is_layer(name))
    return True


def _is_layer(name: str) -> bool:
    import keras

    return isinstance(getattr(keras.layers, name, None), type)


def _check_function(name: Any, module: str, making: bool) -> None:
    """A function of Keras, such as an activation; Keras looks up builtins among its own."""
    known = ("keras.activations", "keras.losses", "keras.metrics", "builtins")
    plain = isinstance(name, str) and name.isidentifier()
    if module not in known or not plain or (making and _registered(name) is not None):
        raise HearingAIError(f"it names the function {module}.{str(name)[:80]}, which it may not")


def _check_registered(name: str, config: Any, making: bool) -> None:
    """A class of hearingai, or one that this session registered itself."""
    package = name.partition(">")[0]
    known = _registered(name) is not None if making else package == "hearingai"
    if not known or name in _OURS_REFUSED or package in _FOREIGN:
        raise HearingAIError(
            f"it holds {name[:80]}, which is not loaded from a file, or not registered here"
        )
    if name == "hearingai>AudioClassifier" and isinstance(config, dict):
        _check_clip(config)
        if config.get("body") is not None:
            check_description(config["body"])
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
    absurd = any(abs(n) > _CLIP for n in known)  # JSON has whole numbers that no float holds
    if absurd or not abs(math.prod(known)) <= _CLIP:
        rate, duration, channels = (str(n)[:20] for n in numbers)
        raise HearingAIError(
            f"its clips would be {duration} s of {channels} channel(s) at {rate} Hz, which is "
            f"more than can be processed at once"
        )
