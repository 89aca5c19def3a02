"""Live sound on one core: how long a hop takes, and what share of the core it needs.

Feeds a `Stream` chunk by chunk, each a hop long, and measures every call: of recipes, and of the
recipe `head` on a pretrained body, whose hop is that of the body's embeddings.

    python benchmarks/live.py [--recipes speech-commands-small,speech-commands,words]
        [--bodies speech-embedding] [--out FILE] [--quick]
"""

import os
import time

if hasattr(os, "sched_setaffinity"):  # before TensorFlow counts cores
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

import numpy as np
from measure import WORDS, aim, arguments, report

import hearingai

HOP = 0.25  # seconds


def hops(classifier, hop, n):
    """Seconds of each call, and seconds of the processor."""
    stream, rng = hearingai.Stream(classifier, hop=hop), np.random.default_rng(0)
    chunks = rng.normal(0, 0.1, (n + 20, round(hop * stream.sample_rate))).astype("float32")
    for chunk in chunks[:20]:
        stream.feed(chunk)
    took, before = [], time.process_time()
    for chunk in chunks[20:]:
        began = time.perf_counter()
        stream.feed(chunk)
        took.append(time.perf_counter() - began)
    return np.array(took), (time.process_time() - before) / n, stream.delay


def contestants(options):
    """The name, the classifier and the hop of each."""
    for recipe in options.recipes.split(","):
        yield recipe, hearingai.create_classifier(recipe, WORDS, seed=1), HOP
    for name in options.bodies.split(",") if options.bodies else ():
        body = hearingai.get_body(name)
        recipe = hearingai.get_recipe("head", body=body)
        classifier = hearingai.create_classifier(recipe, WORDS, seed=1)
        yield f"head on {name}", classifier, body.hop / body.sample_rate


def main():
    parser = arguments(__doc__, data="none")
    parser.add_argument("--recipes", default="speech-commands-small,speech-commands,words")
    parser.add_argument("--bodies", default="speech-embedding")
    options = parser.parse_args()
    rows, aims = [], []
    for name, classifier, hop in contestants(options):
        took, processor, delay = hops(classifier, hop, 40 if options.quick else 400)
        rows.append(
            {
                "classifier": name,
                "hop, s": hop,
                "ms a hop": 1000 * float(np.median(took)),
                "ms, 95 %": 1000 * float(np.quantile(took, 0.95)),
                "processor ms": 1000 * processor,
                "share of the core": processor / hop,
                "event told after, s": delay,
            }
        )
        aims.append(aim(f"{name}: share of a core", processor / hop, at_most=0.1))
    note = f"One core, {len(WORDS)} words of a second, a window every hop."
    report(options, "Live sound", rows, aims, note)


if __name__ == "__main__":
    main()
