"""word_classifier(): a detector of words that nobody has recorded."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .._typing import Device, OnError, PathLike, Progress
from ..audio.doubts import collected_doubts
from ..bodies.body import Body
from ..bodies.registry import body_from
from ..classifier.model import AudioClassifier
from ..clips.digests import digests, fingerprint
from ..clips.labelled import read_stores
from ..errors import HearingAIError, warn
from ..recipes.creation import create_classifier
from ..recipes.registry import get_recipe
from ..runtime.arguments import flag, name_list, positive
from ..runtime.backend import draw_seed, on_device, versions
from ..runtime.shared_options import shared_options
from ..synthesis.espeak import espeak_version
from ..tables.clip_table import check_classes, check_clips
from ..tables.rest_labels import BACKGROUND, UNKNOWN, is_rest
from ..training.background import Background
from ..training.few_shots import apart_from_tests
from ..training.settings import Recorded
from ._distilling import distilled
from ._learning import embedded_clips, learn
from ._making import Plan, Synthesizer, make, seconds_of
from .texts import phonemes_of, refuse_words, texts_of

_WINDOWS = (1.0, 1.5, 2.0)  # seconds
_ROOM = 0.1  # seconds that a window is longer than its phrase, at least
_TEACHER = "speech-embedding"
_COPIES = 1  # augmented ones of each clip
_NO_CLIPS = pd.DataFrame({"fname": pd.Series([], dtype=object), "class": [], "class_id": []})
_AUGMENT = (
    ("speed_change", {"limits": (0.85, 1.17)}),
    ("room_response", {"probability": 0.5}),
    ("microphone_tilt", {"probability": 0.5}),
    ("telephone", {"probability": 0.1}),
    ("coloured_noise", {"snr_db": (5, 40), "slope": (0, 1.2), "probability": 0.7}),
    ("gain", {"gain_db": (-12, 6)}),
)


@shared_options
@collected_doubts()
def word_classifier(
    words: str | Sequence[str] | Mapping[str, str | Sequence[str]],
    *,
    language: str = "en",
    body: str | Body | None = "speech-embedding",
    voices: int = 160,
    others: Sequence[str] | None = None,
    clips: pd.DataFrame | None = None,
    background: Recorded | None = None,
    synthesizer: Synthesizer | None = None,
    duration: float | None = None,
    epochs: int | None = None,
    seed: int | None = None,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    store: PathLike | bool | None = None,
    progress: Progress = None,
) -> AudioClassifier:
    """Make a detector of words from their text alone, in about a minute.

    eSpeak NG says every word in many voices, which differ in accent, pitch, speed and melody, and
    says what is none of them: near misses (one or two phonemes changed), numbers and common words.
    The clips lie in rooms and noise, at any level and place; a head on a pretrained body learns
    them, and `silence`. The result is a classifier like any other: `predict`, `annotate`, `listen`,
    `export`. `annotate` reports neither `unknown` nor `silence`, and takes the thresholds that the
    classifier brings; `choose_thresholds` and `mine_false_alarms` adapt it to recordings of the
    place where it is to work.

    Args:
        words: Words or phrases, up to two seconds long; or a dict of a label's text, or several
            texts that are all heard as it. A text in `[[...]]` is eSpeak's phonemes, for a word
            that its voices say wrongly: `{"data": ["data", "[[d'eIt@]]"]}`.
        language: A language or one of its accents, see `languages`; texts are in its script.
        body: A `Body` or its name, see `list_bodies`; `None` takes a network of its own, that of
            the recipe `words`, which `export` writes for small devices. It learns the answers of a
            head on the speech embedding, in some ten minutes, and hears real people less well.
        voices: Speakers of each word.
        others: Further texts that are not to be taken for the words: what is often said beside
            them, or was confused with them.
        clips: A table of clips of real people, `fname` and `class`, which count many times as much
            as the synthesised ones; classes that are none of the words are learnt as `unknown`.
            Rows whose `split` is `test` are not touched.
        background: {background}
        synthesizer: A function of a text and a seed, a whole number, to a waveform at the body's
            rate, or to a pair of waveform and rate; see `piper_voice`. `None` takes eSpeak NG.
        duration: Length of the windows that are heard, seconds; `None` takes 1, 1.5 or 2, by the
            longest phrase.
        epochs: Passes over the clips without a body; `None` takes 30.
        seed: Whole number that decides voices, near misses, rooms and noise; `None` draws one.
        device: {device}
        on_error: `"report"` leaves unreadable recordings of `clips` out with a warning; `"raise"`
            stops at the first.
        partial: {partial}
        store: Where embeddings are kept, see `fit`.
        progress: {progress}

    Returns:
        An `AudioClassifier` of the words, `unknown` and `silence` (and `background`). Its record
        says in `spoken` what was said, in `thresholds` from which probability on a word counts in
        `annotate`, and in `stream_odds` how many times as likely `unknown` is there as among clips.

    Raises:
        HearingAIError: A text is empty, too long or in another script, a word is named twice, there
            are more than 100, or eSpeak NG is missing; the message says which and what would do.

    Warns:
        HearingAIWarning: Two words sound alike.

    Source:
        J. Lin et al., "Training Keyword Spotters with Limited and Synthesized Speech Data" (2020).

    Example:
        >>> import hearingai
        >>> lights = hearingai.word_classifier(
        ...     ["lights on", "lights off"], voices=10, seed=1
        ... )  # doctest: +SKIP
        >>> lights.labels  # doctest: +SKIP
        ['lights on', 'lights off', 'unknown', 'silence']
    """
    started, seed = time.perf_counter(), draw_seed(seed)
    texts = texts_of(words)
    others = [] if others is None else [str(text) for text in name_list("others", others)]
    refuse_words(others, texts)
    voices, language = positive("voices", voices, whole=True, most=10_000), str(language).lower()
    if body is not None and epochs is not None:
        raise HearingAIError("`epochs` is for `body=None`; a head on a body is solved at once")
    if body is None and voices == 1:
        raise HearingAIError("`voices` must be 2 or more with `body=None`: one of them validates")
    used = body_from(_TEACHER if body is None else body)
    by_espeak = synthesizer is None
    if synthesizer is not None and not callable(synthesizer):
        raise HearingAIError(f"`synthesizer` must be a function. Received: {synthesizer!r}")
    phonemes = phonemes_of(texts, language) if by_espeak else {}
    seconds = _seconds(texts, language, duration, by_espeak)
    samples = round(seconds * used.sample_rate)
    plan = Plan(texts, language, voices, tuple(others), samples, used.sample_rate, seed)
    labels = plan.labels + ([] if background is None else [BACKGROUND])
    head = {"hidden": 0, "pooling": "statistics"}
    recipe = get_recipe("head", body=used, network_options=head, augment=_AUGMENT, copies=_COPIES)
    learnt = create_classifier(recipe, labels, duration=seconds, seed=seed)
    table = _real(clips, labels, background, learnt, seed, partial)
    with on_device(device):
        made = make(plan, phonemes, synthesizer, progress)
        taught = embedded_clips(learnt, used, made, recipe, store, progress)
        heard: list[str] = []
        if table is not None:
            read, _ = read_stores(
                learnt,
                table,
                on_error=on_error,
                seed=seed,
                store=store,
                progress=progress,
                partial=flag("partial", partial),
            )
            taught = taught.with_real(learnt, read)
            heard = sorted(set(read.clips.digests()))
        history = learn(learnt, taught)
    told = {name: history.pop(name) for name in ("thresholds", "stream_odds")}
    told |= {"history": [{"epoch": 1} | history]}
    if body is None:
        settings: dict[str, Any] = {"epochs": epochs, "seed": seed, "device": device}
        settings |= {"on_error": on_error, "partial": partial, "progress": progress}
        learnt, told = distilled(learnt, made, taught, table, settings)
    learnt.record |= told | {
        "seed": seed,
        "n_train": len(taught.class_id),
        "clips": {"train": taught.counts(labels)},
        "spoken": {
            "words": {label: list(told) for label, told in texts.items()},
            "language": language,
            "voices": voices,
            "others": others,
            "duration": seconds,
            "epochs": epochs,
            "synthesizer": espeak_version() if by_espeak else "own",
        },
        "data_fingerprint": fingerprint(digests(made.waveforms), made.class_id),
        "trained_on": heard,
        "frozen": [],
        "seconds": round(time.perf_counter() - started, 2),
        "versions": versions(),
    }
    return learnt


def relearnt(
    classifier: AudioClassifier, clips: pd.DataFrame, *, epochs: int | None = None, **options: Any
) -> AudioClassifier:
    """The classifier that the same call makes with further clips of real sound.

    Raises:
        HearingAIError: See `check_relearning`.
    """
    check_relearning(classifier, options.get("background"))
    spoken = {k: v for k, v in classifier.record["spoken"].items() if k != "synthesizer"}
    spoken |= {} if epochs is None else {"epochs": epochs}
    options |= {"seed": classifier.record.get("seed")}  # the same voices
    return word_classifier(**spoken, body=classifier.body, clips=clips, **options)


def check_relearning(classifier: AudioClassifier, background: Any) -> None:
    """Refuse a classifier that `relearnt` cannot make again.

    Raises:
        HearingAIError: A function spoke its words, which no file holds, or `background` is given
            where it is no label, or is not where it is one.
    """
    if classifier.record["spoken"]["synthesizer"] == "own":
        raise HearingAIError(
            "the words of `classifier` were spoken by a function, which it does not hold; call "
            "word_classifier() again, with the further clips among its `clips`"
        )
    if (background is None) == (BACKGROUND in classifier.labels):
        raise HearingAIError(
            f"`background` must be given if it is one of the labels, and only then. The labels: "
            f"{', '.join(classifier.labels)}"
        )


def among_words(clips: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """A checked table of clips with the labels as classes: what is none of them is `unknown`."""
    known = {label.casefold(): label for label in labels}
    plain = (name.strip("_") if is_rest(name) else name for name in clips["class"])
    return clips.assign(**{"class": [known.get(name.casefold(), UNKNOWN) for name in plain]})


def _seconds(texts: Any, language: str, duration: float | None, by_espeak: bool) -> float:
    """How long the windows are."""
    given = None if duration is None else positive("duration", duration, most=60)
    if not by_espeak:
        return given or _WINDOWS[0]
    lengths = {text: seconds_of(text, language) for told in texts.values() for text in told}
    if given is not None:
        for text, length in lengths.items():
            if length > given:
                warn(
                    f"`words`: {text!r} takes {length:.1f} s and is spoken faster, to last "
                    f"`duration={given:g}`"
                )
        return given
    for text, length in lengths.items():
        if length > _WINDOWS[-1]:
            raise HearingAIError(
                f"`words` last {_WINDOWS[-1]:g} s at most. Received: {text!r}, which takes "
                f"{length:.1f} s; a part of it may do"
            )
    longest = max(lengths.values()) + _ROOM
    return next((s for s in _WINDOWS if longest <= s), _WINDOWS[-1])


def _real(
    clips: pd.DataFrame | None,
    labels: Sequence[str],
    background: Recorded | None,
    learnt: AudioClassifier,
    seed: int,
    partial: bool,
) -> pd.DataFrame | None:
    """The clips of real sound to learn from, their classes among the labels."""
    table, tested = None, None
    if clips is not None:
        table = check_classes(clips)
        if "split" in table:
            tested = table[table["split"] == "test"]
            table = apart_from_tests(table)
            if not len(table):
                raise HearingAIError("`clips` has no clips to learn from: `split` is 'test' in all")
        names = table["class"]
        table = among_words(table, labels)
        if not set(table["class"]) - {UNKNOWN} and UNKNOWN not in {n.casefold() for n in names}:
            raise HearingAIError(
                f"`clips` has clips of none of the words. Its classes: "
                f"{', '.join(sorted(set(names))[:10])}"
            )
        table = check_clips(table, labels)
    if background is not None:
        noise = Background(background, learnt.clip_format, seed, partial)
        none = table[:0] if table is not None else _NO_CLIPS
        split = {"train": none if table is None else table, "validation": None, "test": tested}
        table = noise.in_split(split, labels)["train"]
    return table
