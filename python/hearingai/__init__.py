"""Audio classification: recordings in folders go in, a trained classifier comes out.

Importing hearingai loads neither TensorFlow nor Keras; the first function that needs them does.
"""

import importlib

from .registration import register
from .version import __version__

_HOME = {
    "audio": ("audio_info", "fit_length", "read_audio", "resample", "write_audio"),
    "backend": ("info",),
    "classifier": (
        "AudioClassifier",
        "classifier_info",
        "load_classifier",
        "save_classifier",
        "training_history",
    ),
    "datasets": (
        "audio_folder",
        "background_noise",
        "load_clips",
        "speech_commands",
        "spoken_words",
    ),
    "errors": ("AudioFileError", "HearingAIError", "HearingAIWarning"),
    "evaluation": ("confusion", "class_report"),
    "frontends": ("LogSpectrogram",),
    "pipeline": ("data_generator", "next_batch"),
    "plots": (
        "plot_alluvial",
        "plot_confusion",
        "plot_history",
        "plot_spectrogram",
        "plot_waveform",
    ),
    "prediction": ("Evaluation", "evaluate", "predict"),
    "recipes": ("Recipe", "create_classifier", "get_recipe", "list_recipes"),
    "tables": ("clip_table", "read_clips", "split_clips"),
    "training": ("fit",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
_NEEDS_KERAS = {"classifier", "frontends", "networks", "pipeline", "prediction", "recipes"}
_NEEDS_KERAS |= {"training"}
_MODULES = {*_HOME, "networks"}

__all__ = ["__version__", "networks", *sorted(_MODULE_OF)]


def __getattr__(name):
    module = _MODULE_OF.get(name, name if name in _MODULES else None)
    if module is None:
        raise AttributeError(f"module 'hearingai' has no attribute {name!r}")
    if module in _NEEDS_KERAS:
        importlib.import_module(".backend", __name__).require_keras()
    loaded = importlib.import_module(f".{module}", __name__)
    return loaded if name == module else getattr(loaded, name)


def __dir__():
    return sorted([*globals(), *__all__])


register()
