"""The public names, and where they come from; read by `lazy_loader` and by type checkers."""

from . import networks as networks
from .annotation.annotating import (
    annotate as annotate,
)
from .annotation.live import (
    listen as listen,
)
from .annotation.result import (
    Annotation as Annotation,
)
from .annotation.stream import (
    Stream as Stream,
)
from .api.server import (
    ApiServer as ApiServer,
)
from .api.server import (
    serve_api as serve_api,
)
from .audio.fitting import fit_channels as fit_channels
from .audio.fitting import fit_length as fit_length
from .audio.resampling import resample as resample
from .audio.several import (
    audio_info as audio_info,
)
from .audio.several import (
    read_audio as read_audio,
)
from .audio.tones import (
    find_tones as find_tones,
)
from .audio.tones import (
    two_tone as two_tone,
)
from .audio.writing import (
    write_audio as write_audio,
)
from .augment import (
    BackgroundNoise as BackgroundNoise,
)
from .augment import (
    BandWarp as BandWarp,
)
from .augment import (
    BetweenClass as BetweenClass,
)
from .augment import (
    Clipping as Clipping,
)
from .augment import (
    Codec as Codec,
)
from .augment import (
    ColouredNoise as ColouredNoise,
)
from .augment import (
    EmbeddingJitter as EmbeddingJitter,
)
from .augment import (
    Equalizer as Equalizer,
)
from .augment import (
    Gain as Gain,
)
from .augment import (
    MicrophoneTilt as MicrophoneTilt,
)
from .augment import (
    Mixup as Mixup,
)
from .augment import (
    PitchShift as PitchShift,
)
from .augment import (
    PositiveMix as PositiveMix,
)
from .augment import (
    RoomResponse as RoomResponse,
)
from .augment import (
    SpecAugment as SpecAugment,
)
from .augment import (
    SpeedChange as SpeedChange,
)
from .augment import (
    Telephone as Telephone,
)
from .augment import (
    TimeShift as TimeShift,
)
from .bodies.body import Body as Body
from .bodies.registry import body_info as body_info
from .bodies.registry import get_body as get_body
from .bodies.registry import list_bodies as list_bodies
from .bodies.registry import open_body as open_body
from .classifier.description import (
    classifier_info as classifier_info,
)
from .classifier.description import (
    training_history as training_history,
)
from .classifier.hearing import add_body as add_body
from .classifier.model import (
    AudioClassifier as AudioClassifier,
)
from .classifier.pretrained import list_pretrained as list_pretrained
from .classifier.pretrained import pretrained as pretrained
from .classifier.saving import (
    load_classifier as load_classifier,
)
from .classifier.saving import (
    save_classifier as save_classifier,
)
from .corpora.reading import read_run as read_run
from .datasets import (
    audio_folder as audio_folder,
)
from .datasets import (
    audioset_embeddings as audioset_embeddings,
)
from .datasets import (
    background_noise as background_noise,
)
from .datasets import (
    esc50 as esc50,
)
from .datasets import (
    fsdd as fsdd,
)
from .datasets import (
    load_clips as load_clips,
)
from .datasets import (
    read_embeddings as read_embeddings,
)
from .datasets import (
    speech_commands as speech_commands,
)
from .datasets import (
    spoken_words as spoken_words,
)
from .datasets import (
    turkey as turkey,
)
from .datasets import (
    urbansound8k as urbansound8k,
)
from .deployments.event_times import add_times as add_times
from .deployments.recording_times import recording_times as recording_times
from .errors import (
    AudioFileError as AudioFileError,
)
from .errors import (
    HearingAIError as HearingAIError,
)
from .errors import (
    HearingAIWarning as HearingAIWarning,
)
from .evaluation import (
    DetectionMetrics as DetectionMetrics,
)
from .evaluation import (
    binary_metrics as binary_metrics,
)
from .evaluation import (
    bootstrap_interval as bootstrap_interval,
)
from .evaluation import (
    choose_threshold as choose_threshold,
)
from .evaluation import (
    class_aucs as class_aucs,
)
from .evaluation import (
    class_report as class_report,
)
from .evaluation import (
    confusion as confusion,
)
from .evaluation import (
    detection_metrics as detection_metrics,
)
from .evaluation import (
    score_curve as score_curve,
)
from .evaluation import (
    streaming_accuracy as streaming_accuracy,
)
from .evaluation.reliability import (
    Reliability as Reliability,
)
from .evaluation.reliability import (
    reliability as reliability,
)
from .events.annotations import (
    read_annotations as read_annotations,
)
from .events.reading import (
    read_events as read_events,
)
from .events.writing import (
    write_events as write_events,
)
from .explorer import (
    Explorer as Explorer,
)
from .explorer import (
    explore as explore,
)
from .exports import (
    Exported as Exported,
)
from .exports import (
    ExportedClassifier as ExportedClassifier,
)
from .exports import (
    export as export,
)
from .exports import (
    load_exported as load_exported,
)
from .frontends import (
    MFCC as MFCC,
)
from .frontends import (
    Deltas as Deltas,
)
from .frontends import (
    LogMel as LogMel,
)
from .frontends import (
    LogSpectrogram as LogSpectrogram,
)
from .frontends import (
    Scaling as Scaling,
)
from .frontends import (
    mel_filters as mel_filters,
)
from .gates.files import (
    Gated as Gated,
)
from .gates.files import (
    gate as gate,
)
from .gates.levels import (
    gate_levels as gate_levels,
)
from .gates.stream import (
    Gate as Gate,
)
from .gates.training import (
    train_gate as train_gate,
)
from .inference.embedding import (
    embed as embed,
)
from .inference.ensembles import (
    Ensemble as Ensemble,
)
from .inference.ensembles import (
    ensemble as ensemble,
)
from .inference.evaluating import (
    evaluate as evaluate,
)
from .inference.explanation import (
    Explanation as Explanation,
)
from .inference.explanation import (
    explain as explain,
)
from .inference.prediction import (
    predict as predict,
)
from .inference.scoring import (
    Evaluation as Evaluation,
)
from .plots import plot_activity as plot_activity
from .plots import (
    plot_alluvial as plot_alluvial,
)
from .plots import (
    plot_augmented as plot_augmented,
)
from .plots import (
    plot_bands as plot_bands,
)
from .plots import (
    plot_confusion as plot_confusion,
)
from .plots import (
    plot_curve as plot_curve,
)
from .plots import plot_density as plot_density
from .plots import (
    plot_det as plot_det,
)
from .plots import plot_detection_history as plot_detection_history
from .plots import (
    plot_detections as plot_detections,
)
from .plots import (
    plot_events as plot_events,
)
from .plots import (
    plot_explanation as plot_explanation,
)
from .plots import (
    plot_folds as plot_folds,
)
from .plots import (
    plot_gate as plot_gate,
)
from .plots import (
    plot_history as plot_history,
)
from .plots import (
    plot_panels as plot_panels,
)
from .plots import (
    plot_spectrogram as plot_spectrogram,
)
from .plots import (
    plot_tuning as plot_tuning,
)
from .plots import (
    plot_waveform as plot_waveform,
)
from .plots.reliability_plots import (
    plot_reliability as plot_reliability,
)
from .recipes.creation import (
    create_classifier as create_classifier,
)
from .recipes.registry import (
    Recipe as Recipe,
)
from .recipes.registry import (
    get_recipe as get_recipe,
)
from .recipes.registry import (
    list_recipes as list_recipes,
)
from .runtime.backend import (
    info as info,
)
from .selections.counts import label_counts as label_counts
from .selections.cutting import cut_events as cut_events
from .selections.windows import clips_from_annotations as clips_from_annotations
from .sharing.cards import model_card as model_card
from .sharing.hub import push_to_hub as push_to_hub
from .soundscapes.mixing import (
    lay_clips as lay_clips,
)
from .surveys.activity import activity_pattern as activity_pattern
from .surveys.density import Density as Density
from .surveys.density import density_sample as density_sample
from .surveys.density import estimate_density as estimate_density
from .surveys.detection_history import detection_history as detection_history
from .surveys.detection_history import presence_matrix as presence_matrix
from .synthesis.languages import languages as languages
from .synthesis.piper import piper_voice as piper_voice
from .tables.clip_table import (
    clip_table as clip_table,
)
from .tables.clip_table import (
    read_clips as read_clips,
)
from .tables.folds import (
    fold_split as fold_split,
)
from .tables.splitting import split_clips as split_clips
from .training.calibrating import (
    calibrate as calibrate,
)
from .training.compiling import (
    compile as compile,
)
from .training.cross_validation import (
    CrossValidation as CrossValidation,
)
from .training.cross_validation import (
    cross_validate as cross_validate,
)
from .training.few_shots import (
    few_shot as few_shot,
)
from .training.fine_tuning import (
    fine_tune as fine_tune,
)
from .training.fitting import (
    fit as fit,
)
from .training.learning_novelty import (
    learn_novelty as learn_novelty,
)
from .training.merging import merge_labels as merge_labels
from .training.preparation import (
    Prepared as Prepared,
)
from .training.preparation import (
    prepare as prepare,
)
from .training.tf_generator import (
    data_generator as data_generator,
)
from .training.tf_generator import (
    next_batch as next_batch,
)
from .training.tuning import (
    tune as tune,
)
from .version import __version__ as __version__
from .words.mining import MinedFalseAlarms as MinedFalseAlarms
from .words.mining import mine_false_alarms as mine_false_alarms
from .words.thresholds import ChosenThresholds as ChosenThresholds
from .words.thresholds import choose_thresholds as choose_thresholds
from .words.word_classifier import word_classifier as word_classifier
