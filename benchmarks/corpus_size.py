"""What a clip costs as the corpus grows to the size of Speech Commands, and the memory it takes.

    python benchmarks/corpus_size.py [DATA] [--quick] [--out FILE]

A synthesised corpus of full size takes 2 GB of the temporary folder, and its store as much.
"""

import multiprocessing
import os
import warnings
from concurrent.futures import ProcessPoolExecutor

import measure

import hearingai

STEPS = 20  # of the tutorial's CNN, whose whole epoch would take long


def pooled(input_shape, n_classes):
    """A network that costs next to nothing."""
    import keras

    image = keras.Input(input_shape)
    x = keras.layers.GlobalAveragePooling2D()(image)
    return keras.Model(image, keras.layers.Dense(n_classes, activation="softmax")(x))


def peak_of_epoch(files):
    """Peak memory of a process that trains a small network for an epoch."""
    hearingai.networks.NETWORKS["pooled"] = pooled
    recipe = hearingai.get_recipe("speech-commands", network="pooled", optimizer="Adam")
    clips = measure.clip_table(files)
    trained = hearingai.fit(recipe, clips, validation=False, epochs=1, seed=1, progress=False)
    assert len(trained.record["history"]) == 1
    return measure.peak_gb()


def peak_of_steps(files):
    """Peak memory of a process that begins to train the tutorial's CNN."""

    def stop(done, total, text):
        if text.startswith("Epoch") and done >= STEPS:
            raise KeyboardInterrupt

    clips = measure.clip_table(files)
    hearingai.fit("speech-commands", clips, validation=False, epochs=1, seed=1, progress=stop)
    return measure.peak_gb()


def in_process(work, files):
    """Work in a process of its own, whose memory is nobody else's."""
    with ProcessPoolExecutor(
        1,
        multiprocessing.get_context("spawn"),
        initializer=warnings.simplefilter,
        initargs=("ignore",),  # that a training was interrupted, or learnt nothing of noise
    ) as pool:
        return pool.submit(work, files).result()


def costs(sizes, work, rounds):
    """Microseconds a clip at each size, of the clock and of our own code on the processor.

    Small corpora are gone through several times. Of each the best round counts, since nothing makes
    a round too short. Our own code is what the process itself computes: the clock also runs while
    the system finds pages for files and waits for the disk.
    """
    own = {n: [] for n in sizes}

    def run(n, times):
        def go():
            before = os.times().user
            for _ in range(times):
                work(n)
            own[n].append((os.times().user - before) / n / times)

        return n * times, go

    contestants = {n: run(n, max(1, sizes[-2] // n)) for n in sizes}
    work(sizes[-1])  # the system finds pages for the largest once, whoever needs them first
    seconds = measure.alternate(contestants, rounds, warm=0)
    return tuple({n: 1e6 * min(times) for n, times in found.items()} for found in (seconds, own))


def main():
    options = measure.arguments(__doc__).parse_args()
    sizes, rounds = ((1000, 4000, 16000, 64727), 3)
    if options.quick:
        sizes, rounds = (250, 500, 1000), 1

    def epoch(n):
        batches = measure.batches(clips[n])
        for i in range(batches.num_batches):
            batches[i]

    with measure.recordings(options.data, sizes[-1]) as files:
        peaks = {
            "an epoch of a small network": in_process(peak_of_epoch, files),
            f"{STEPS} steps of the tutorial's CNN": in_process(peak_of_steps, files),
        }
        decoding, own = costs(sizes, lambda n: measure.decoded(files[:n]), rounds)
        clips = {n: measure.decoded(files[:n]) for n in sizes}
        path, _ = costs(sizes, epoch, 5 * rounds)
    limited = {"decoding": decoding, "data path": path}
    names = {"decoding": decoding, "decoding, our own code": own, "data path": path}
    store = 2 * measure.RATE * sizes[-1] / 1e9
    told = "; ".join(f"{peak:.2f} GB for {what}" for what, peak in peaks.items())
    measure.report(
        options,
        "Corpus size",
        [{"clips": f"{n:,}"} | {f"{k}, µs a clip": v[n] for k, v in names.items()} for n in sizes],
        [
            measure.aim(f"{name}, the dearest corpus to the cheapest", _spread(cost), at_most=1.1)
            for name, cost in limited.items()
        ]
        + [measure.aim("peak memory of training", max(peaks.values()), at_most=2, unit=" GB")],
        f"One-second recordings in files of their own; {sizes[-1]:,} clips are a store of "
        f"{store:.2f} GB. Peak resident memory of training on it: {told}. Decoding writes the "
        f"store and waits for the disk; our own code is the processor's time without the system's.",
        peaks_gb=peaks,
    )


def _spread(cost):
    return max(cost.values()) / min(cost.values())


if __name__ == "__main__":
    main()
