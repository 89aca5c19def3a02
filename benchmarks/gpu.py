"""Epochs of the tutorial's CNN on a GPU, by JAX alone, beside what the arithmetic must take.

The shortest epoch of each precision is then taken apart: its batches alone, its images alone,
and its steps on one batch that lies on the device.

    python benchmarks/gpu.py [--quick] [--out FILE]

Needs JAX and no TensorFlow; 45,000 one-second clips are synthesised in memory.
"""

import os
import time
from dataclasses import replace

import measure
import numpy as np

import hearingai
from hearingai.clips.packed import PackedClips

os.environ.setdefault("KERAS_BACKEND", "jax")

# Seconds an epoch of 45,000 clips must take on an H200: 1.63 GFLOP a clip at 60 TFLOP/s in
# float32; in bfloat16 the memory's bandwidth.
FLOORS = {"float32": 1.2, "bfloat16": 0.2}
CLIPS = 45_000


def epochs(recipe, store, precision, batch_size, count):
    """Seconds of each epoch: waveform augmentation, features and network."""
    from hearingai.runtime.backend import on_device
    from hearingai.training.fitting import fit_read
    from hearingai.training.settings import training_settings

    changes = {"batch_size": batch_size, "epochs": count, "precision": precision}
    settings = training_settings(recipe, seed=1, progress=False, **changes)
    with on_device("auto"):
        classifier = hearingai.create_classifier(settings.recipe, measure.WORDS, seed=1)
        fit_read(classifier, store, None, settings)
    seconds = list(hearingai.training_history(classifier)["seconds"])
    assert len(seconds) == count  # none was cut short
    return seconds


class Resident(PackedClips):
    """Clips of which every batch is the first one, on the device."""

    def __getitem__(self, rows):
        import jax

        if not hasattr(self, "there"):
            self.there = {}
        if len(rows) not in self.there:
            self.there[len(rows)] = jax.device_put(super().__getitem__(np.arange(len(rows))))
        return self.there[len(rows)]


def parts(recipe, store, precision, batch_size):
    """What fills an epoch: seconds of its batches, images and steps, each alone."""
    import jax

    classifier = hearingai.create_classifier(recipe, measure.WORDS, seed=1)
    batches = measure.batches(store.clips, batch_size)
    started = time.perf_counter()
    for i in range(batches.num_batches):
        batches[i]
    alone = {"batches": time.perf_counter() - started}
    clips = jax.device_put(batches[0][0])
    images = (
        jax.jit(lambda x: classifier.images(x.astype("float32") / 32768)).lower(clips).compile()
    )
    images(clips).block_until_ready()
    started = time.perf_counter()
    for _ in range(batches.num_batches):
        done = images(clips)
    done.block_until_ready()
    alone["images"] = time.perf_counter() - started
    resident = replace(store, clips=Resident(store.clips[:]))
    alone["steps"] = min(epochs(recipe, resident, precision, batch_size, 3)[1:])
    return alone


def synthesised(n):
    """Noise: no network learns its classes, so no training collapses and is cut short."""
    from hearingai.clips.labelled import Store

    clips = np.random.default_rng(0).integers(-3000, 3000, (n, measure.RATE), dtype="int16")
    table = measure.clip_table([f"{i}.wav" for i in range(n)])
    return Store(PackedClips(clips), table["class_id"].to_numpy(), table)


def measured(recipe, store, sizes, count):
    """A row a precision and batch size: what an epoch takes, beside its floor."""
    rows, n = [], len(store.clips)
    for precision, floor in FLOORS.items():
        for size in sizes:
            first, *others = epochs(recipe, store, precision, size, count)
            seconds = float(np.median(others))
            row = {"precision": precision, "batch": size, "first epoch, s": first}
            row |= {"epoch, s": seconds, "best, s": min(others), "clips/s": n / seconds}
            rows.append(row | {"floor, s": floor, "times the floor": seconds / floor * CLIPS / n})
            print(rows[-1], flush=True)
    return rows


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    n, sizes, count = (CLIPS, (32, 128, 512, 2048), 6)
    if options.quick:
        n, sizes, count = 16, (8,), 2
    recipe = hearingai.get_recipe("speech-commands", augment=("time_shift",))
    store = synthesised(n)
    rows = measured(recipe, store, sizes, count)
    best = {
        p: min((r for r in rows if r["precision"] == p), key=lambda r: r["epoch, s"])
        for p in FLOORS
    }
    taken_apart = []
    for precision, row in best.items():
        alone = parts(recipe, store, precision, row["batch"])
        told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in alone.items())
        taken_apart.append(f"{precision}, batches of {row['batch']}: {told}")
        print(taken_apart[-1], flush=True)

    import jax

    device = jax.devices()[0].device_kind
    measure.report(
        options,
        "GPU",
        rows,
        [
            measure.aim(
                "an epoch in bfloat16, s", best["bfloat16"]["epoch, s"] / n * CLIPS, at_most=1.5
            )
        ],
        f"The tutorial's CNN with JAX on {device}: epochs of {n:,} one-second clips from memory, "
        f"shifted in time, features included, after a first one in which it is compiled. "
        f"The floors are what {CLIPS:,} clips must take on an H200. Alone, of the shortest epochs: "
        f"{'; '.join(taken_apart)}.",
    )


if __name__ == "__main__":
    main()
