"""A corpus of words synthesised on this machine with eSpeak NG."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._typing import PathLike
from ..audio.fitting import fit_length
from ..audio.resampling import resample
from ..audio.writing import write_audio
from ..errors import HearingAIError
from ..runtime.arguments import check_rate, positive
from ..runtime.backend import draw_seed
from ..runtime.cache import cache_dir
from ..runtime.progress import ProgressBar
from ..synthesis.espeak import espeak_version, speak
from ..synthesis.noises import noise
from ..synthesis.speakers import draw_voices, trim
from ._files import filling
from .speech_commands import NOISE_FOLDER, official_split, speech_commands

if TYPE_CHECKING:
    import pandas as pd

LAYOUT = 1  # raised when equal arguments give different files
MARKER = "spoken_words.json"  # written last: the folder is complete

ACCENTS = (
    *("en-us", "en", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd"),
    *("en-us-nyc", "en-029"),
)
_SPAN = 0.95  # most seconds of a word
_NOISE_SECONDS = 10


def spoken_words(
    words: str | Sequence[str] = ("yes", "no", "up", "down", "left", "right"),
    n: int = 60,
    *,
    seed: int | None = None,
    path: PathLike | None = None,
    sample_rate: int = 16000,
) -> pd.DataFrame:
    """Make a small corpus of spoken words, offline, in the layout of Speech Commands.

    eSpeak NG speaks each word in the voices of about `n / 2` speakers, who differ in accent, voice,
    pitch and speed; each clip then has its own speed, pitch, loudness, place in the second and
    background noise. Every speaker speaks every word; about 70 % of the speakers are in train, 15 %
    each in validation and test. Synthesised speech is good for trying things out; a model for real
    voices needs real recordings.

    The same `words`, `n` and `seed` give the same files with the same eSpeak NG.

    Args:
        words: The words, or one word.
        n: Clips a word.
        seed: Whole number from 0 that seeds all random choices; `None` takes that of the corpus
            in `path`, else draws one: other words at each call.
        path: A new or empty folder to write to, or one that holds this same corpus already;
            `None` stores the corpus in the user's cache and makes it only once.
        sample_rate: Hz.

    Returns:
        A table of clips like that of `speech_commands()`: `fname`, `class`, `class_id`, `speaker`
        and `split`. The files are 16-bit mono wav of one second. `background_noise()` on the
        folder finds two recordings of noise.

    Raises:
        HearingAIError: eSpeak NG is not installed (the message says how to get it), a word cannot
            name a folder, or `path` holds something else.

    Example:
        >>> import hearingai
        >>> clips = hearingai.spoken_words(["yes", "no"], n=10)  # doctest: +SKIP
        >>> clips["class"].value_counts().to_dict()  # doctest: +SKIP
        {'no': 10, 'yes': 10}
    """
    seed = _seed_in(path) if seed is None and path is not None else seed
    plan = _plan(words, n, draw_seed(seed), sample_rate)
    if path is not None:
        folder = Path(path).expanduser()
        if not _holds(folder, plan):
            with filling(folder) as place:
                _make(plan, place)
        return _list(folder, plan)
    plan["espeak"] = espeak_version()
    key = hashlib.sha256(json.dumps(plan).encode()).hexdigest()[:16]
    home = cache_dir() / "spoken_words"
    with contextlib.suppress(HearingAIError):
        if _holds(home / key, plan):
            return _list(home / key, plan)
    shutil.rmtree(home / key, ignore_errors=True)  # some of its files were deleted
    try:
        with filling(home) as place:
            _make(plan, place / key)
    except HearingAIError:
        if not (home / key).exists():  # otherwise another process was faster
            raise
    return _list(home / key, plan)


def _seed_in(path: PathLike) -> int | None:
    """The seed of the corpus in a folder; `None` where there is none, or a damaged one."""
    try:
        text = (Path(path).expanduser() / MARKER).read_text(encoding="utf-8")
        return draw_seed(json.loads(text)["seed"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _plan(words: str | Sequence[str], n: int, seed: int, sample_rate: int) -> dict[str, Any]:
    """The arguments that determine the files, checked."""
    words = [words] if isinstance(words, str) or not np.iterable(words) else list(words)
    for word in words:
        if not isinstance(word, str) or not re.fullmatch(r"[^\W_]([\w' -]*\w)?", word):
            raise HearingAIError(f"`words` must be words made of letters. Received: {word!r}")
    if not words or len({w.lower() for w in words}) < len(words):
        raise HearingAIError(f"`words` must be one or more different words. Received: {words!r}")
    return {
        "words": sorted(words),
        "n": positive("n", n, whole=True),
        "seed": seed,
        "sample_rate": check_rate(sample_rate),
        "layout": LAYOUT,
    }


def _holds(folder: Path, plan: dict[str, Any]) -> bool:
    """Whether a folder holds the corpus; an error where it holds anything else."""
    marker = folder / MARKER
    if not marker.is_file():
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return False
        raise HearingAIError(
            f"`path` must be a new or empty folder. Received: {str(folder)!r}, which holds "
            f"something else; nothing was overwritten"
        )
    try:
        made = json.loads(marker.read_text(encoding="utf-8"))
    except ValueError:
        raise HearingAIError(f"`{marker}` is damaged. Delete the folder to make it anew") from None
    differ = [key for key in plan if made.get(key) != plan[key]]
    if differ:
        differing = ", ".join(f"{key} = {made.get(key)!r}" for key in differ)
        raise HearingAIError(
            f"`path` holds words spoken with other arguments ({differing}); "
            f"nothing was overwritten. Received: {str(folder)!r}"
        )
    return True


def _list(folder: Path, plan: dict[str, Any]) -> pd.DataFrame:
    clips = speech_commands(folder)
    missing = len(plan["words"]) * plan["n"] - len(clips)
    if missing:
        raise HearingAIError(f"`{folder}` lacks {missing} of its clips. Delete it to make it anew")
    return clips


def _make(plan: dict[str, Any], folder: Path) -> None:
    """Write the whole corpus into a folder."""
    takes = [take for speaker in _speakers(plan) for take in _takes(plan, speaker)]
    sounds = speak([take["job"] for take in takes], plan["seed"])
    rate = plan["sample_rate"]
    for name in (*plan["words"], NOISE_FOLDER):
        (folder / name).mkdir(parents=True)
    with ProgressBar("Speaking words", len(takes)) as bar, contextlib.closing(sounds):
        for take, (sound, own_rate) in zip(takes, sounds, strict=True):
            if not sound.any():
                raise HearingAIError(f"eSpeak NG has no sound for the word {take['word']!r}")
            clip = _clip(resample(sound, own_rate, rate), rate, take["rng"])
            write_audio(clip, folder / take["word"] / take["file"], rate)
            bar.advance()
    for kind in ("white", "pink"):
        rng = np.random.default_rng([plan["seed"], zlib.crc32(kind.encode())])
        sound = noise(kind, _NOISE_SECONDS * rate, rate, rng)
        write_audio(0.1 * sound, folder / NOISE_FOLDER / f"{kind}_noise.wav", rate)
    (folder / MARKER).write_text(json.dumps(plan, ensure_ascii=False), encoding="utf-8")


def _speakers(plan: dict[str, Any]) -> Any:
    """Draw the speakers: an id each, and their eSpeak settings."""
    n, rng = plan["n"], np.random.default_rng([plan["seed"], 0])
    count = min(n, max(10, n // 2))
    held_back = max(1, round(0.15 * count)) if count > 2 else 0
    splits = ["validation"] * held_back + ["test"] * held_back
    splits += ["train"] * (count - len(splits))
    voices = [v for _ in range(count // 20 + 1) for v in draw_voices(rng)][:count]
    used: set[str] = set()
    for index, (split, voice) in enumerate(zip(rng.permutation(splits), voices, strict=True)):
        yield {
            "id": _speaker_id(plan["seed"], index, split, used),
            "voice": f"{rng.choice(ACCENTS)}+{voice}",
            "takes": len(range(index, n, count)),
            "speed": rng.uniform(130, 190),
            "pitch": rng.uniform(30, 70),
            "range": rng.uniform(30, 80),
            "peak": rng.uniform(0.2, 0.8),
        }


def _speaker_id(seed: int, index: int, split: str, used: set[str]) -> str:
    """Eight hexadecimal digits that the official rule puts into `split`."""
    for attempt in range(10**6):
        name = hashlib.sha256(f"{seed} {index} {attempt}".encode()).hexdigest()[:8]
        if name not in used and official_split(name) == split:
            used.add(name)
            return name
    raise AssertionError("one name in ten falls in each split")


def _takes(plan: dict[str, Any], speaker: Any) -> Any:
    """The clips of one speaker: a dict each, with its job for eSpeak and its random numbers."""
    for word in plan["words"]:
        key = [plan["seed"], int(speaker["id"], 16), zlib.crc32(word.encode())]
        for k in range(speaker["takes"]):
            rng = np.random.default_rng([*key, k])
            speed = round(speaker["speed"] * rng.uniform(0.9, 1.1))
            pitch = round(np.clip(speaker["pitch"] + rng.normal(0, 5), 0, 99))
            job = (speaker["voice"], word, speed, pitch, round(speaker["range"]), _SPAN)
            yield {"word": word, "file": f"{speaker['id']}_nohash_{k}.wav", "job": job, "rng": rng}


def _clip(sound: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    """Place a spoken word in a second of background noise."""
    sound = trim(sound, rate, rate)
    first = rng.integers(rate - len(sound) + 1)
    clip = fit_length(np.concatenate([np.zeros(first), sound]), rate)
    kind = rng.choice(["white", "pink", "hum"])
    below = 10 ** (-rng.uniform(5, 40) / 20)
    level = below * np.sqrt(np.mean(np.square(sound)))
    clip = clip + level * noise(kind, rate, rate, rng)
    peak = np.exp(rng.uniform(np.log(0.1), np.log(0.9)))
    return clip * (peak / np.abs(clip).max())
