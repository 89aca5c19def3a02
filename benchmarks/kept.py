"""Epochs for which what no epoch changes is kept, against computing it in each.

    python benchmarks/kept.py [--quick] [--out FILE]

Training on recordings of a second: images of `hearing-ai`, as it is and without keeping; and a head
on each body that is installed, whose epoch is set beside itself and the time to embed its clips.
Epochs are those behind the first, which computes what is kept.
"""

import time

import measure
import numpy as np

import hearingai
from hearingai.training import _data

KEPT, ANEW = "kept", "computed in each epoch"


def epoch(recipe, clips):
    """Seconds a clip of the third epoch; the first two compute what is kept, and compile."""
    ends = []
    hearingai.fit(
        recipe,
        clips,
        validation=False,
        epochs=3,
        seed=1,
        progress=False,
        callbacks=[lambda epoch, logs: ends.append(time.perf_counter())],
    )
    return (ends[2] - ends[1]) / len(clips)


def images(clips, keep):
    """Seconds a clip of an epoch of `hearing-ai`, with images kept or not."""
    usual = _data.stay_the_same
    _data.stay_the_same = usual if keep else lambda *_: False
    try:
        return epoch("hearing-ai", clips)
    finally:
        _data.stay_the_same = usual


def embedding(body, n):
    """Seconds a clip to embed noise that no body has heard before."""
    shape = (n, round(body.duration * body.sample_rate))
    sound = np.random.default_rng().normal(0, 0.1, shape).clip(-1, 1).astype("float32")
    body.embeddings(sound[:1])
    began = time.perf_counter()
    for first in range(0, n, 64):
        body.embeddings(sound[first : first + 64])
    return (time.perf_counter() - began) / n


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    n, few, rounds = (64, 64, 1) if options.quick else (512, 64, 8)
    listed = hearingai.list_bodies()
    heads = {
        f"head on {name}": hearingai.get_body(name) for name in listed["name"][listed["found"]]
    }
    aimed = {"hearing-ai": 1} | dict.fromkeys(heads, 50)
    seconds = {name: {KEPT: [], ANEW: []} for name in aimed}
    with measure.recordings(None, 4 * n) as files:
        clips = measure.clip_table(files)
        for i in range(rounds):
            for keep in (True, False)[:: 1 if i % 2 else -1]:
                found = images(clips[:n], keep)
                seconds["hearing-ai"][KEPT if keep else ANEW].append(found)
            for name, body in heads.items():
                fast = epoch(hearingai.get_recipe("head", body=body), clips)
                seconds[name][KEPT].append(fast)
                seconds[name][ANEW].append(fast + embedding(body, few))
    rows, aims = [], []
    for name, wanted in aimed.items():
        rows += [{"training": name} | row for row in measure.rates(seconds[name], ANEW)]
        told = f"an epoch of {name}, times as fast as one that computes what is kept"
        aims.append(measure.aim(told, measure.ratio(seconds[name], KEPT, ANEW), wanted))
    note = (
        f"Recordings of a second, {n} for `hearing-ai` and {4 * n:,} for heads; epochs behind the "
        f"first. An epoch of a head that computes embeddings is one without them and {few} clips' "
        f"embeddings, of noise."
    )
    measure.report(options, "What is kept between epochs", rows, aims, note)


if __name__ == "__main__":
    main()
