"""Epochs for which what no epoch changes is kept, against computing it in each.

    python benchmarks/kept.py [--quick] [--out FILE]

Training on recordings of a second: images of `hearing-ai`, as it is and without keeping; and a head
on the speech embedding, whose epoch is set beside one that would embed its clips too. Epochs are
those behind the first, which computes what is kept.
"""

import time

import measure
import numpy as np

import hearingai
from hearingai.training import _data

KEPT, ANEW = "kept", "computed in each epoch"
BODY = "speech-embedding"


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


def embedding(clips):
    """Seconds a clip to embed recordings."""
    sound = np.stack([hearingai.read_audio(f, measure.RATE, duration=1)[0] for f in clips["fname"]])
    body = hearingai.get_body(BODY)
    began = time.perf_counter()
    for first in range(0, len(sound), 64):
        body.embeddings(sound[first : first + 64])
    return (time.perf_counter() - began) / len(sound)


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    n, rounds = (64, 1) if options.quick else (512, 8)
    seconds = {("hearing-ai", KEPT): [], ("hearing-ai", ANEW): []}
    seconds |= {("head", KEPT): [], ("head", ANEW): []}
    head = hearingai.get_recipe("head", body=BODY)
    with measure.recordings(None, n) as files:
        clips = measure.clip_table(files)
        for i in range(rounds):
            for keep in (True, False)[:: 1 if i % 2 else -1]:
                seconds["hearing-ai", KEPT if keep else ANEW].append(images(clips, keep))
            fast = epoch(head, clips)
            seconds["head", KEPT].append(fast)
            seconds["head", ANEW].append(fast + embedding(clips))
    rows, aims = [], []
    for recipe, wanted in (("hearing-ai", 1), ("head", 50)):
        own = {name: found for (of, name), found in seconds.items() if of == recipe}
        rows += [{"recipe": recipe} | row for row in measure.rates(own, ANEW)]
        told = f"an epoch of `{recipe}`, times as fast as one that computes what is kept"
        aims.append(measure.aim(told, measure.ratio(own, KEPT, ANEW), wanted))
    note = f"{n} recordings of a second; epochs behind the first. `head` is on the {BODY}."
    measure.report(options, "What is kept between epochs", rows, aims, note)


if __name__ == "__main__":
    main()
