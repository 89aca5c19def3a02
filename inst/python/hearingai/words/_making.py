"""Clips that a synthesiser makes: the words, what is none of them, and silence."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._typing import Progress
from ..audio.own_rates import waveform_and_rate
from ..audio.resampling import resample
from ..audio.samples import as_waveform
from ..errors import HearingAIError
from ..runtime.progress import progress_bar
from ..synthesis.common_words import COMMON
from ..synthesis.espeak import speak
from ..synthesis.languages import accents, said, sayable
from ..synthesis.near_misses import as_text, distance, near_misses
from ..synthesis.noises import noise
from ..synthesis.speakers import draw_speakers, trim
from ..tables.rest_labels import SILENCE, UNKNOWN

Synthesizer = Callable[[str, int], Any]

_STRANGERS, _MOST_STRANGERS = 6, 12  # texts that are no word which a speaker says
_USUAL_SPEED = 150  # words a minute
_MARKS = ("", "!", "?", ".")  # which change the melody
_EDITS, _NUMBERS = 12, [str(n) for n in (*range(21), 30, 50, 100, 1000)]
_REST = 40  # clips of silence at least
_PEAK = (0.1, 0.9)
LEFT_OUT = 4  # every such speaker is left out, for the thresholds; either side says all texts
_FLOOR_DB = (15, 45)  # of the noise below a word


@dataclass(frozen=True)
class Plan:
    """What is spoken: it alone decides the clips.

    Attributes:
        texts: The texts of each label.
        language: See `word_classifier`.
        voices: Speakers of each word.
        others: Further texts for `unknown`.
        samples: Of a clip.
        sample_rate: Hz.
        seed: Seeds all that is drawn.
    """

    texts: Mapping[str, Sequence[str]]
    language: str
    voices: int
    others: Sequence[str]
    samples: int
    sample_rate: int
    seed: int

    @property
    def labels(self) -> list[str]:
        """The words, and the rest."""
        return [*self.texts, UNKNOWN, SILENCE]


@dataclass(frozen=True)
class Made:
    """Clips: int16 `(n, samples)`, the class of each, and the speaker, from 0; by which seed."""

    waveforms: np.ndarray
    class_id: np.ndarray
    speaker: np.ndarray
    seed: int


def make(
    plan: Plan,
    phonemes: Mapping[str, Sequence[Sequence[str]]],
    synthesizer: Synthesizer | None,
    progress: Progress = None,
) -> Made:
    """Speak all that a plan says."""
    takes = list(_takes(plan, phonemes, synthesizer is None))
    rate, samples = plan.sample_rate, plan.samples
    silences = max(_REST, len(takes) // 20)
    waveforms = np.empty((len(takes) + silences, samples), "int16")
    spoken = _by_espeak(plan, takes) if synthesizer is None else _by(synthesizer, plan, takes)
    with progress_bar("Speaking words", len(takes), progress) as bar, closing(spoken):
        for i, (take, sound) in enumerate(zip(takes, spoken, strict=True)):
            if not sound.any():
                raise HearingAIError(f"the synthesiser has no sound for {take.text!r}")
            waveforms[i] = _placed(trim(sound, rate, samples), plan, take.rng)
            bar(i + 1)
    for i, row in enumerate(waveforms[len(takes) :]):
        row[:] = _silence(plan, np.random.default_rng([plan.seed, 2, i]))
    class_id = [take.class_id for take in takes] + [len(plan.labels) - 1] * silences
    speaker = [take.speaker for take in takes] + [i % plan.voices for i in range(silences)]
    return Made(waveforms, np.array(class_id), np.array(speaker), plan.seed)


def left_out(speaker: Any) -> Any:
    """Whether speakers, one or an array, are those that the thresholds are chosen by."""
    return speaker % LEFT_OUT == 0


def seconds_of(text: str, language: str) -> float:
    """How long the main voice of a language takes to say a text."""
    ((sound, rate),) = speak([(accents(language)[0], text, _USUAL_SPEED, 50, 50, 60.0)], 0)
    return len(trim(sound, rate, len(sound))) / rate if sound.any() else 0.0


@dataclass(frozen=True)
class _Take:
    """One text, said once by one speaker."""

    text: str
    class_id: int
    speaker: int
    job: tuple
    rng: np.random.Generator


def _takes(plan: Plan, phonemes: Any, with_voices: bool) -> Iterator[_Take]:
    """Every speaker says each word once, and some of what is none of them."""
    rng = np.random.default_rng([plan.seed, 0])
    pool = _unknown_texts(plan, phonemes, with_voices, rng)
    speakers = draw_speakers(plan.language, plan.voices, rng) if with_voices else None
    seconds = 0.95 * plan.samples / plan.sample_rate
    strangers = min(max(_STRANGERS, len(plan.texts)), _MOST_STRANGERS)
    for number in range(plan.voices):
        own = np.random.default_rng([plan.seed, 1, number])
        turn = number // LEFT_OUT if left_out(number) else number - number // LEFT_OUT - 1
        said_now = [(texts[turn % len(texts)], i) for i, texts in enumerate(plan.texts.values())]
        for kind, share in zip(pool, (strangers - strangers // 2, strangers // 2), strict=True):
            places = own.permutation(len(kind))[:share]
            said_now += [(kind[place], len(plan.texts)) for place in places]
        for text, class_id in said_now:
            job: tuple = ()
            if speakers is not None:
                mark = str(own.choice(_MARKS)) if not text.startswith("[[") else ""
                job = speakers[number].job(text + mark, seconds, own)
            take_rng = np.random.default_rng(own.integers(2**63))
            yield _Take(text, class_id, number, job, take_rng)


def _unknown_texts(
    plan: Plan, phonemes: Any, with_voices: bool, rng: np.random.Generator
) -> tuple[list[str], list[str]]:
    """What is none of the words: near misses, and other words."""
    other = [*plan.others, *(COMMON if plan.language.startswith("en") else ()), *_NUMBERS]
    taken = {text.casefold() for texts in plan.texts.values() for text in texts}
    other = [text for text in dict.fromkeys(other) if text.casefold() not in taken]
    if not with_voices:
        other = _sounding_otherwise(other, plan)
        return [text for text in plan.others if text in other] or other, other
    words = [tuple(word) for spoken in phonemes.values() for word in spoken]
    asked = [text for text in other if text in plan.others]
    known = dict(zip(asked, said(asked, plan.language, "others"), strict=True))
    known |= sayable([text for text in other if text not in known], plan.language)
    spoken = {text: tuple(sounds) for text, sounds in known.items()}
    other = [text for text in spoken if spoken[text] not in words]
    sounds = {phoneme for word in (*spoken.values(), *words) for phoneme in word}
    near = [text for text in plan.others if text in other]
    near += [text for text in other if any(distance(spoken[text], word) <= 2 for word in words)]
    for word in words:
        drawn = near_misses(word, sounds, _EDITS, rng, words)
        near += [as_text(sequence) for sequence in drawn]
    return near or other, other


def _sounding_otherwise(texts: list[str], plan: Plan) -> list[str]:
    """Texts that do not sound like the words, as far as eSpeak NG is there to tell."""
    words = [text for told in plan.texts.values() for text in told]
    try:
        spoken = said([*words, *texts], plan.language)
    except HearingAIError:
        return texts
    ours = spoken[: len(words)]
    return [
        text for text, sounds in zip(texts, spoken[len(words) :], strict=True) if sounds not in ours
    ]


def _by_espeak(plan: Plan, takes: Sequence[_Take]) -> Generator[np.ndarray]:
    for sound, rate in speak([take.job for take in takes], plan.seed):
        yield resample(sound, rate, plan.sample_rate)


def _by(synthesizer: Synthesizer, plan: Plan, takes: Sequence[_Take]) -> Generator[np.ndarray]:
    for take in takes:
        made = synthesizer(take.text, int(take.rng.integers(2**31)))
        waveform, rate = waveform_and_rate(made, None, "synthesizer")
        rate = plan.sample_rate if rate is None else rate
        sound = as_waveform(waveform, "synthesizer").astype("float32", copy=False)
        if sound.ndim != 1:
            raise HearingAIError(
                f"`synthesizer` must return a waveform of one channel. Received for "
                f"{take.text!r}: shape {sound.shape}"
            )
        yield resample(sound, rate, plan.sample_rate)


def _placed(sound: np.ndarray, plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """A word anywhere in a clip, in quiet noise, as int16."""
    first = rng.integers(plan.samples - len(sound) + 1)
    clip = np.pad(sound, (first, plan.samples - len(sound) - first))
    level = 10 ** (-rng.uniform(*_FLOOR_DB) / 20) * np.sqrt(np.mean(np.square(sound)))
    kind = str(rng.choice(["white", "pink", "pink"]))
    clip = clip + level * noise(kind, plan.samples, plan.sample_rate, rng)
    peak = np.exp(rng.uniform(*np.log(_PEAK)))
    return np.rint(clip * (32767 * peak / np.abs(clip).max())).astype("int16")


def _silence(plan: Plan, rng: np.random.Generator) -> np.ndarray:
    """Noise of any colour and level, or nothing."""
    kind = str(rng.choice(["white", "pink", "hum"]))
    clip = noise(kind, plan.samples, plan.sample_rate, rng)
    level = 10 ** (rng.uniform(-90, -20) / 20)
    return np.rint(np.clip(clip * level, -1, 1) * 32767).astype("int16")
