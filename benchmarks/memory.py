"""Peak memory of training `hearing-ai` on as many clips as UrbanSound8K has.

    python benchmarks/memory.py [--clips 8732] [--quick] [--out FILE]

Synthesises as many recordings of four seconds in ten folds, trains an epoch of the recipe on nine
of them and tells the highest resident memory of the process, and how much of it is its own and no
mapped file's. Needs Linux and 5 GB of disk.
"""

import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import measure
import numpy as np

import hearingai


def recordings(folder, n, different=50, rate=44100, seconds=4):
    """Paths of `n` files, each decoded for itself, that hold a few different sounds."""
    rng = np.random.default_rng(0)
    files = [Path(folder) / f"{i}.wav" for i in range(n)]
    for i, file in enumerate(files):
        if i < different:
            hearingai.write_audio(rng.normal(0, 0.1, rate * seconds), file, rate)
        else:
            shutil.copyfile(files[i % different], file)
    return files


def watch(peak):
    """Keep the highest memory, in GB, that is of no mapped file; such the system can take back."""
    while True:
        lines = Path("/proc/self/status").read_text().splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
        peak["own"] = max(peak["own"], own * 1024 / 1e9)
        time.sleep(0.1)


def main():
    parser = measure.arguments(__doc__, data="none")
    parser.add_argument("--clips", type=int, default=8732)
    options, peak = parser.parse_args(), {"own": 0.0}
    threading.Thread(target=watch, args=(peak,), daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HEARINGAI_CACHE"] = str(Path(folder) / "cache")  # vanishes with the recordings
        n = 100 if options.quick else options.clips
        clips = hearingai.clip_table(
            recordings(folder, n),
            [f"class {i % 10}" for i in range(n)],
            fold=[i // 10 % 10 + 1 for i in range(n)],
        )
        started = time.perf_counter()
        classifier = hearingai.fit(
            "hearing-ai", hearingai.fold_split(clips, 10), epochs=1, seed=1, progress=False
        )
    row = {
        "clips": f"{n:,}",
        "decoded clips, GB": n * classifier.samples * 2 / 1e9,
        "peak resident, GB": measure.peak_gb(),
        "of it no mapped file, GB": peak["own"],
        "seconds": time.perf_counter() - started,
    }
    note = (
        "An epoch of `hearing-ai` on nine of ten folds, recordings of four seconds, decoding "
        "included. What is mapped from files the system can take back."
    )
    aims = [
        measure.aim("peak resident memory", row["peak resident, GB"], at_most=2, unit=" GB"),
        measure.aim("of it no mapped file", peak["own"], at_most=2, unit=" GB"),
    ]
    measure.report(options, "Memory of training", [row], aims, note)


if __name__ == "__main__":
    main()
