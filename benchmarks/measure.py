"""What the benchmarks share: contestants timed in turn, recordings, memory, results."""

import argparse
import json
import os
import platform
import resource
import shutil
import tempfile
import time
import wave
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import numpy as np

import hearingai

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported

RATE = 16000  # Hz; every clip is a second
WORDS = [f"word {i:02d}" for i in range(30)]  # as many classes as the tutorial has
TEN_WORDS = ["down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes"]
LIBRARIES = ("keras", "tensorflow", "tensorflow-cpu", "jax", "torch", "librosa", "numpy", "scipy")
LIBRARIES += ("onnxruntime", "ai-edge-litert")
VECTORS = {"amx_bf16": "AMX", "avx512_bf16": "AVX-512 BF16", "avx512f": "AVX-512", "avx2": "AVX2"}


def arguments(description, data="optional"):
    """The arguments that every benchmark takes; `data` is "optional", "required" or "none"."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    if data == "optional":
        parser.add_argument("data", nargs="?", type=Path, help="folder of wavs; else synthesised")
    if data == "required":
        parser.add_argument("data", type=Path, help="folder of the corpus")
    parser.add_argument("--quick", action="store_true", help="a short version, to try it")
    parser.add_argument("--out", type=Path, help="JSON file to write the result to")
    return parser


def alternate(contestants, rounds, warm=1):
    """Time contestants in turn, so that whatever else the machine does hits all alike.

    Args:
        contestants: A dict from the name to `(n, run)`: `run()` treats `n` clips, and returns the
            seconds that count if these are not all that it took.
        rounds: How often each is timed.
        warm: Rounds before, that do not count.

    Returns:
        A dict from the name to the seconds a clip in each round.
    """
    seconds = {name: [] for name in contestants}
    for i in range(warm + rounds):
        for name, (n, run) in list(contestants.items())[:: 1 if i % 2 else -1]:
            started = time.perf_counter()
            told = run()
            took = time.perf_counter() - started if told is None else told
            if i >= warm:
                seconds[name].append(took / n)
    return seconds


def ratio(seconds, name, than):
    """How many times as fast one contestant is as another: the median over the rounds."""
    return float(np.median(np.divide(seconds[than], seconds[name])))


def fastest(seconds, names):
    """The name of the contestant with the lowest median."""
    return min(names, key=lambda name: np.median(seconds[name]))


def rates(seconds, than, unit="clips/s"):
    """A row a contestant: its rate in the median and in the best round, its ratio to another."""
    return [
        {
            "contestant": name,
            unit: float(1 / np.median(times)),
            "best": 1 / min(times),
            "ratio": ratio(seconds, name, than),
        }
        for name, times in seconds.items()
    ]


@contextmanager
def recordings(data, n):
    """Paths of `n` wav files in the page cache: copies of those in `data`, else synthesised."""
    with tempfile.TemporaryDirectory(prefix="hearingai-bench-") as folder:
        folder = Path(folder)
        os.environ["HEARINGAI_CACHE"] = str(folder / "cache")  # what is decoded vanishes too
        sources = _found(data, n) if data else _synthesised(folder, 64)
        files = [str(folder / f"{i:06d}.wav") for i in range(n)]
        for i, file in enumerate(files):
            shutil.copyfile(sources[i % len(sources)], file)
        os.sync()
        yield files


def _found(data, n):
    """Wavs of a folder, drawn evenly; what lies in a folder like `_noise_` is no clip."""
    files = [f for f in sorted(data.rglob("*.wav")) if not f.parent.name.startswith("_")]
    return files[:: max(1, len(files) // n)]


def _synthesised(folder, n):
    """A second of a tone in noise each, 16-bit."""
    rng, seconds = np.random.default_rng(0), np.arange(RATE) / RATE
    files = [folder / f"source-{i}.wav" for i in range(n)]
    for file in files:
        tone = np.sin(2 * np.pi * rng.uniform(100, 4000) * seconds)
        with wave.open(str(file), "wb") as sound:
            sound.setparams((1, 2, RATE, RATE, "NONE", None))
            sound.writeframes((3000 * (tone + rng.normal(0, 0.3, RATE))).astype("<i2").tobytes())
    return files


def clip_table(files):
    """The table of the recordings, in as many classes as the tutorial has."""
    return hearingai.clip_table(files, [WORDS[i % len(WORDS)] for i in range(len(files))])


def decoded(files):
    """The clips of the recordings, decoded to a new store, as training reads them."""
    from hearingai.clips.clip_format import ClipFormat
    from hearingai.clips.store import packed_clips

    with tempfile.TemporaryDirectory(prefix="hearingai-bench-") as folder:
        # The folder vanishes; what is mapped lives on.
        return packed_clips(files, ClipFormat(RATE, RATE), folder)[0]


def batches(clips, size=32):
    """Batches of the clips, as training takes them."""
    from hearingai.training._batches import ClipBatches

    return ClipBatches(clips, np.arange(len(clips)) % len(WORDS), len(WORDS), size, seed=1)


def fit_seconds(classifier, clips, skip):
    """Seconds a clip of `hearingai.fit` over a table, less the first `skip` steps: it compiles."""
    marks = []

    def clock(done, total, text):
        if text.startswith("Epoch") and done >= skip:
            marks.append((done, done == total, time.perf_counter()))

    trained = hearingai.fit(classifier, clips, validation=False, epochs=1, seed=1, progress=clock)
    first, last = marks[0], next(mark for mark in marks if mark[1])
    return (last[2] - first[2]) / (last[0] - first[0]) / trained.record["batch_size"]


def peak_gb():
    """The highest resident memory of this process, in GB."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:  # macOS, which counts bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9
    # Not getrusage: there a child process starts from its parent's peak.
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e9


def machine():
    """What was measured on, in general words; AMX and AVX-512 BF16 multiply in bfloat16."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text().split())
    except OSError:
        flags = set()
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = f"{platform.system()} {platform.release()}"
    return {
        "cores": os.cpu_count(),
        "vectors": [name for flag, name in VECTORS.items() if flag in flags],
        "system": f"{system}, {platform.machine()}",
        "python": platform.python_version(),
    } | {name: found for name in LIBRARIES if (found := _version(name))}


def _version(library):
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def aim(what, value, at_least=None, at_most=None, unit=""):
    """A measured value and what it is to reach."""
    limit = {"at_least": at_least} if at_most is None else {"at_most": at_most}
    return {"what": what, "value": float(value), "unit": unit} | limit


def report(options, title, rows, aims, note="", **more):
    """Print the table of a benchmark, and write it to `--out`."""
    print(f"{title}\n{note}\n\n{table(rows)}")
    for line in map(sentence, aims):
        print(line)
    write(options, title, rows, aims, note, **more)


def write(options, title, rows, aims, note="", **more):
    """Write what the page shows to `--out`, and whatever else is kept with it."""
    result = {"title": title, "note": note, "quick": options.quick, "rows": rows, "aims": aims}
    if options.out:
        text = json.dumps(result | {"machine": machine()} | more, indent=1)
        options.out.write_text(text + "\n")


def table(rows):
    """Rows as a Markdown table."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [columns, ["---"] * len(columns)]
    lines += [[shown(row.get(column)) for column in columns] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def shown(value):
    """A number with three digits that count; anything else as text."""
    if not isinstance(value, float):
        return "" if value is None else str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}"


def met(found):
    """Whether an aim is reached."""
    if "at_least" in found:
        return found["value"] >= found["at_least"]
    return found["value"] <= found["at_most"]


def sentence(found):
    """An aim, what was measured, and whether that reaches it."""
    kind = "at_least" if "at_least" in found else "at_most"
    wanted = f"{kind.replace('_', ' ')} {found[kind]:g}{found['unit']}"
    verdict = "reached" if met(found) else "missed"
    return f"{found['what']}: {shown(found['value'])}{found['unit']} (aim {wanted}: {verdict})"
