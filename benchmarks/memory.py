"""Peak memory of training `hearing-ai` on as many clips as UrbanSound8K has.

Synthesises a few recordings of four seconds, lists them 8,732 times in ten folds, trains an epoch
and prints the highest resident memory of the process.

    python benchmarks/memory.py [--clips 8732] [--out result.json]
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

import hearingai


def recordings(folder, n=50, rate=44100, seconds=4):
    rng = np.random.default_rng(0)
    files = []
    for i in range(n):
        files.append(Path(folder) / f"{i}.wav")
        hearingai.write_audio(files[-1], rng.normal(0, 0.1, rate * seconds), rate)
    return files


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=8732)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = recordings(folder)
        n = options.clips
        clips = hearingai.clip_table(
            [files[i % len(files)] for i in range(n)],
            [f"class {i % 10}" for i in range(n)],
            fold=[i // 10 % 10 + 1 for i in range(n)],
        )
        started = time.perf_counter()
        classifier = hearingai.fit(
            "hearing-ai", hearingai.fold_split(clips, 10), epochs=1, seed=1, progress=False
        )
    result = {
        "clips": n,
        "store_gb": round(n * classifier.samples * 2 / 2**30, 2),
        "peak_gb": round(peak(), 2),
        "seconds": round(time.perf_counter() - started),
    }
    print(json.dumps(result))
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
