"""Live sound on one core: how long a hop takes, and what share of the core it needs.

Feeds a `Stream` chunk by chunk, each a hop long, and measures every call.

    python benchmarks/live.py [--recipes speech-commands-small,speech-commands] [--out FILE]
        [--quick]
"""

import os
import time

if hasattr(os, "sched_setaffinity"):  # before TensorFlow counts cores
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import numpy as np
from measure import RATE, WORDS, aim, arguments, report

import hearingai

HOP = 0.25  # seconds


def hops(recipe, n):
    """Seconds of each call, and seconds of the processor."""
    classifier = hearingai.create_classifier(recipe, WORDS, seed=1)
    stream, rng = hearingai.Stream(classifier, hop=HOP), np.random.default_rng(0)
    chunks = rng.normal(0, 0.1, (n + 10, round(HOP * RATE))).astype("float32")
    for chunk in chunks[:10]:
        stream.feed(chunk)
    took, before = [], time.process_time()
    for chunk in chunks[10:]:
        began = time.perf_counter()
        stream.feed(chunk)
        took.append(time.perf_counter() - began)
    return np.array(took), (time.process_time() - before) / n, stream.delay


def main():
    parser = arguments(__doc__, data="none")
    parser.add_argument("--recipes", default="speech-commands-small,speech-commands")
    options = parser.parse_args()
    rows, aims = [], []
    for recipe in options.recipes.split(","):
        took, processor, delay = hops(recipe, 40 if options.quick else 400)
        rows.append(
            {
                "recipe": recipe,
                "ms a hop": 1000 * float(np.median(took)),
                "ms, 95 %": 1000 * float(np.quantile(took, 0.95)),
                "processor ms": 1000 * processor,
                "share of the core": processor / HOP,
                "event told after, s": delay,
            }
        )
        aims.append(aim(f"{recipe}: share of a core", processor / HOP, at_most=0.1))
    note = f"One core, {len(WORDS)} words of a second, a window every {HOP:g} s."
    report(options, "Live sound", rows, aims, note)


if __name__ == "__main__":
    main()
