"""Log spectrograms a second on the CPU: hearingai against the tutorial's pipeline.

python benchmarks/spectrograms.py [DATA] [--quick] [--out FILE]
"""

import measure
import numpy as np
import tensorflow as tf
import tutorial

import hearingai
from hearingai.audio.read_ahead import read_ahead
from hearingai.frontends.sound import as_float

THEIRS = {
    "tutorial's pipeline, tf.signal.stft": tutorial.stft,
    "tutorial's pipeline, AudioSpectrogram": tutorial.audio_spectrogram,
}
DECODED, FIRST = "hearingai, clips decoded", "hearingai, first pass: decoding too"


def aims(seconds, best):
    """Twice as fast once the clips are decoded, and no slower while they are."""
    what = "spectrograms of an epoch, against the tutorial's pipeline"
    first = "spectrograms of the first epoch, against the same"
    return [
        measure.aim(what, measure.ratio(seconds, DECODED, best), 2),
        measure.aim(first, measure.ratio(seconds, FIRST, best), 1),
    ]


def main():
    options = measure.arguments(__doc__).parse_args()
    n, rounds = (640, 2) if options.quick else (8000, 8)
    front_end = hearingai.LogSpectrogram(window_size_ms=30, window_stride_ms=10)
    features = tf.function(lambda clips: front_end(as_float(clips)))

    def theirs(power):
        images = tutorial.pipeline(files, np.arange(n) % 30, 30, power)

        def run():  # starts afresh: nothing is prefetched
            for _ in images.take(n // 32):
                pass

        return run

    def ours(clips):
        batches = measure.batches(clips, 64)
        for found, _ in read_ahead(batches[i] for i in range(batches.num_batches)):  # as Keras does
            features(found)

    with measure.recordings(options.data, n) as files:
        clips = measure.decoded(files)
        contestants = {name: (n, theirs(power)) for name, power in THEIRS.items()}
        contestants[DECODED] = (n, lambda: ours(clips))
        contestants[FIRST] = (n, lambda: ours(measure.decoded(files)))
        seconds = measure.alternate(contestants, rounds)
    best = measure.fastest(seconds, THEIRS)
    measure.report(
        options,
        "Spectrograms",
        measure.rates(seconds, best),
        aims(seconds, best),
        f"Log power spectrograms of {n:,} clips, 30 ms every 10 ms, files in the page cache. The "
        f"tutorial's pipeline reads every file in every epoch; hearingai decodes once.",
    )


if __name__ == "__main__":
    main()
