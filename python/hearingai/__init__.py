"""Audio classification: recordings in folders go in, a trained classifier comes out.

Importing hearingai loads neither TensorFlow nor Keras; the first function that needs them does.
"""

import importlib

from .registration import register
from .version import __version__

_HOME = {
    "annotation": ("Annotation", "annotate"),
    "audio": ("audio_info", "fit_channels", "fit_length", "read_audio", "resample", "write_audio"),
    "augment": (
        "BackgroundNoise",
        "BetweenClass",
        "EmbeddingJitter",
        "Gain",
        "Mixup",
        "PositiveMix",
        "SpecAugment",
        "SpeedChange",
        "TimeShift",
    ),
    "backend": ("info",),
    "artifacts": ("load_classifier", "save_classifier"),
    "classifier": ("AudioClassifier", "classifier_info", "training_history"),
    "cross_validation": ("CrossValidation", "cross_validate"),
    "datasets": (
        "audio_folder",
        "audioset_embeddings",
        "background_noise",
        "esc50",
        "fsdd",
        "load_clips",
        "read_embeddings",
        "speech_commands",
        "spoken_words",
        "turkey",
        "urbansound8k",
    ),
    "embedding": ("embed",),
    "errors": ("AudioFileError", "HearingAIError", "HearingAIWarning"),
    "evaluation": (
        "DetectionMetrics",
        "binary_metrics",
        "bootstrap_interval",
        "choose_threshold",
        "class_aucs",
        "class_report",
        "confusion",
        "detection_metrics",
        "score_curve",
        "streaming_accuracy",
    ),
    "event_files": ("write_events",),
    "event_reading": ("read_events",),
    "explanation": ("Explanation", "explain"),
    "explorer": ("Explorer", "explore"),
    "exports": ("Exported", "ExportedClassifier", "export", "load_exported"),
    "few_shots": ("few_shot",),
    "fine_tuning": ("fine_tune",),
    "folds": ("fold_split",),
    "frontends": ("Deltas", "LogMel", "LogSpectrogram", "MFCC", "Scaling", "mel_filters"),
    "gate_files": ("Gated", "gate"),
    "gate_measure": ("gate_levels",),
    "gate_training": ("train_gate",),
    "gating": ("Gate",),
    "live": ("listen",),
    "measuring": ("evaluate",),
    "mixing": ("lay_clips",),
    "pipeline": ("data_generator", "next_batch"),
    "plots": (
        "plot_alluvial",
        "plot_augmented",
        "plot_bands",
        "plot_confusion",
        "plot_curve",
        "plot_det",
        "plot_detections",
        "plot_events",
        "plot_explanation",
        "plot_folds",
        "plot_gate",
        "plot_history",
        "plot_panels",
        "plot_spectrogram",
        "plot_tuning",
        "plot_waveform",
    ),
    "prediction": ("predict",),
    "preparation": ("Prepared", "prepare"),
    "recipes": ("Recipe", "create_classifier", "get_recipe", "list_recipes"),
    "scoring": ("Evaluation",),
    "stream": ("Stream",),
    "tables": ("clip_table", "read_clips", "split_clips"),
    "tones": ("find_tones", "two_tone"),
    "training": ("fit",),
    "tuning": ("tune",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
_NEEDS_KERAS = {
    "annotation",
    "artifacts",
    "augment",
    "classifier",
    "cross_validation",
    "frontends",
    "live",
    "networks",
    "pipeline",
    "stream",
}
_NEEDS_KERAS |= {"preparation", "recipes", "training", "tuning"}
_NEEDS_KERAS |= {"embedding", "explanation", "explorer", "few_shots", "fine_tuning"}
_NEEDS_KERAS |= {"gate_files", "gate_training", "gating"}
_MODULES = {*_HOME, "keeping", "networks"}

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
