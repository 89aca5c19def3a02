"""train_gate(): train a gate's classifier on mixtures and choose the gate's settings."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .._typing import Device, Progress
from ..audio.samples import to_int16
from ..classifier.model import AudioClassifier
from ..clips.embedded import embedded
from ..clips.labelled import Store
from ..clips.packed import PackedClips
from ..errors import HearingAIError
from ..recipes.creation import create_classifier
from ..recipes.recipe import Recipe
from ..recipes.registry import get_recipe
from ..runtime.arguments import number, positive
from ..runtime.backend import draw_seed, on_device
from ..runtime.generators import seeded
from ..runtime.progress import progress_bar
from ..runtime.shared_options import shared_options
from ..training.fitting import fit_read
from ..training.settings import Callback, training_settings
from ._learning import learn_rules
from ._mixtures import Mixture, Side, mixtures, side_of, split_side
from ._settings import gate_settings
from .stream import window_probabilities

LABELS = ("unwanted", "wanted")
_SECONDS = 8.0  # a mixture
_WINDOWS = 32  # a mixture, half of them wanted
_LEVELS_DB = (-24.0, 6.0)  # by which a mixture is louder or softer
_HELD = 5  # mixtures to train on for each to validate on


@shared_options
def train_gate(
    wanted: Any,
    unwanted: Any,
    *,
    snr_db: float | Sequence[float] = (0, 5, 10, 20),
    window: float | None = None,
    hop: float = 0.02,
    range_db: float = -40.0,
    care: float = 4.0,
    n_mixtures: int = 300,
    recipe: str | Recipe = "gate",
    epochs: int | None = None,
    callbacks: Callback | Sequence[Callback] | None = None,
    validation: float = 0.25,
    seed: int | None = None,
    deterministic: bool = False,
    device: Device = "auto",
    progress: Progress = None,
) -> AudioClassifier:
    """Train a gate on recordings of wanted and of unwanted sound.

    The recordings are split into training and validation. From each part, mixtures of eight
    seconds are made: unwanted recordings one after the other, and wanted ones added with pauses
    between them, at the given signal-to-noise ratios (of the powers where active). The training
    mixtures are augmented: the spectrum of each recording is tilted, and every other mixture has a
    second, softer series of unwanted recordings. The network is trained on windows of them, half
    with and half without active wanted sound. The gate's threshold, low, hold and release are those
    with the smallest loss on the validation mixtures, at the given range. The loss is the mean over
    the mixtures of `care * lost + leaked`. `lost` is the energy of the difference between the
    wanted sound and its part of the output, as a share of the wanted sound's energy; `leaked` is
    the share of the unwanted sound's energy that comes out in the pauses.

    Args:
        wanted: What to let through: a folder, whose recordings are found however deep, a list of
            paths, a table with `fname` (and `start` and `end` in seconds for parts), or a list of
            waveforms: at the recipe's rate, or pairs `(waveform, sample_rate)`.
        unwanted: What to attenuate, in the same forms.
        snr_db: Signal-to-noise ratios of the mixtures, dB.
        window: Length of a window, seconds; `None` takes the recipe's 0.5.
        hop: Seconds from window to window.
        range_db: Gain of the closed gate that the settings are chosen for, dB.
        care: Weight of `lost` in the loss, where `leaked` has 1.
        n_mixtures: Training mixtures; a fifth as many are made for validation.
        recipe: A recipe of sound, or its name, see `get_recipe`.
        epochs: Passes over the windows; `None` takes the recipe's.
        callbacks: {callbacks}
        validation: Share of the recordings to validate on: by the table's `speaker`, `source` or
            `fold` where it has one, else by recording; of a single recording, the end.
        seed: Whole number that seeds all random choices; `None` draws one and records it.
        deterministic: {deterministic}
        device: {device}
        progress: {progress}

    Returns:
        An `AudioClassifier` of the labels `"unwanted"` and `"wanted"`; `record["gate"]` holds what
        was learnt: `threshold`, `low`, `attack`, `hold`, `release`, `hop`, `target`, and on the
        validation mixtures `lost` and `leaked`, shares of energy.

    Raises:
        HearingAIError: There are no recordings, one side is silent, or an argument is out of range.
        AudioFileError: A recording cannot be read.

    Example:
        >>> import hearingai, numpy
        >>> rng, time = numpy.random.default_rng(1), numpy.arange(8000) / 16000
        >>> tones = [numpy.sin(2 * numpy.pi * f * time) for f in (400, 600, 800, 1000)]
        >>> noises = [rng.normal(0, 0.1, 32000) for _ in range(4)]
        >>> classifier = hearingai.train_gate(tones, noises, n_mixtures=10, epochs=1, seed=1)
        >>> classifier.labels, classifier.record["gate"]["target"]
        (['unwanted', 'wanted'], ['wanted'])
    """
    chosen, rate = _sound_recipe(recipe, window, epochs)
    ratios = _ratios(snr_db)
    n, care = positive("n_mixtures", n_mixtures, whole=True), positive("care", care)
    share = positive("validation", validation)
    if share >= 1:
        raise HearingAIError(f"`validation` must be a share between 0 and 1. Received: {share}")
    seed = draw_seed(seed)
    with on_device(device), seeded(seed, deterministic):
        rng = np.random.default_rng(seed)
        settings = training_settings(
            chosen,
            seed=seed,
            deterministic=deterministic,
            callbacks=callbacks,
            precision="float32",
            device=device,
            progress=progress,
        )
        classifier = create_classifier(chosen, LABELS, seed=seed, target="wanted")
        usual = gate_settings(classifier, range_db=range_db, hop=hop)  # checks them
        sides = [
            split_side(side_of(name, given, rate), share, rng)
            for name, given in (("wanted", wanted), ("unwanted", unwanted))
        ]
        n_held = max(len(ratios), n // _HELD)
        with progress_bar("Mixing", n + n_held, progress) as bar:
            made = _made([side[0] for side in sides], rate, n, ratios, rng, bar, varied=True)
            train = _windows(made, classifier, rng)
            held = list(_made([side[1] for side in sides], rate, n_held, ratios, rng, bar, n))
            watched = _windows(held, classifier, rng)
        facts = {"split_by": "recording", "snr_db": list(ratios)}
        fit_read(classifier, train, watched, settings, **facts)
        keys = [window_probabilities(classifier, m.sound, usual)[0] for m in held]
        classifier.record["gate"] = learn_rules(keys, held, rate, usual, care, progress)
        return classifier


def _sound_recipe(
    recipe: str | Recipe, window: float | None, epochs: int | None
) -> tuple[Recipe, int]:
    """The recipe with the given arguments, and its sample rate."""
    changes = {"duration": None if window is None else positive("window", window)}
    changes |= {"epochs": None if epochs is None else positive("epochs", epochs, whole=True)}
    changed = get_recipe(recipe, **{k: v for k, v in changes.items() if v is not None})
    clips = changed.clip_format
    if clips is None or clips.channels != 1:
        raise HearingAIError(
            f"`recipe` must be one for sound of one channel. Received: {changed.name}"
        )
    return changed, clips.sample_rate


def _ratios(snr_db: Any) -> list[float]:
    ratios = [
        number("snr_db", r, low=-200, high=200) for r in np.atleast_1d(np.asarray(snr_db, object))
    ]
    if not ratios:
        raise HearingAIError("`snr_db` must be a number, or a list of some. Received: none")
    return ratios


def _made(
    sides: list[Side],
    rate: int,
    n: int,
    ratios: list[float],
    rng: np.random.Generator,
    bar: Callable[[int], object],
    done: int = 0,
    varied: bool = False,
) -> Iterator[Mixture]:
    wanted, unwanted = sides
    made = mixtures(wanted, unwanted, rate, _SECONDS, n, ratios, rng, varied)
    for i, mixture in enumerate(made):
        yield mixture
        bar(done + i + 1)


def _windows(
    made: Iterable[Mixture], classifier: AudioClassifier, rng: np.random.Generator
) -> Store:
    """Windows around moments of mixtures as a `Store` of clips and their classes."""
    samples = classifier.samples
    clips: list[np.ndarray] = []
    classes: list[int] = []
    for mixture in made:
        sound = mixture.sound * 10 ** (rng.uniform(*_LEVELS_DB) / 20)
        sound = to_int16(np.pad(sound, samples // 2))  # as in `Gate`
        for k, where in enumerate((~mixture.active, mixture.active)):
            moments = np.flatnonzero(where)
            if len(moments):
                chosen = rng.choice(moments, _WINDOWS // 2)
                clips += [sound[i : i + samples] for i in chosen]
                classes += [k] * len(chosen)
    places = np.array(classes)
    table = pd.DataFrame({"fname": None, "class": np.array(LABELS, object)[places]})
    packed = PackedClips(np.stack(clips))
    if classifier.body is not None:
        packed = embedded(packed, classifier.body, folder=None, progress=False)
    return Store(packed, places, table)
