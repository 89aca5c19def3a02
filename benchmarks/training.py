"""Training the tutorial's CNN, features included: hearingai against Keras fed by the tutorial.

python benchmarks/training.py [DATA] [--quick] [--out FILE]
"""

import measure
import numpy as np
import operations
import tutorial

import hearingai
from hearingai.runtime.precision import precision_of

BATCH = 32
OURS = "hearingai"
THEIRS = {"Keras as it comes (XLA)": {}, "Keras, jit_compile=False": {"jit_compile": False}}


def aims(seconds, best):
    """Twice as fast as Keras where AMX multiplies, else no slower."""
    wanted = 2 if "AMX" in measure.machine()["vectors"] else 1
    what = "training the tutorial's CNN, against Keras fed by its pipeline"
    return [measure.aim(what, measure.ratio(seconds, OURS, best), wanted)]


def main():
    options = measure.arguments(__doc__).parse_args()
    skip, steps, rounds = (2, 3, 1) if options.quick else (3, 10, 8)
    n = BATCH * (skip + steps)
    clock = tutorial.Clock()
    classifier = hearingai.create_classifier("speech-commands", measure.WORDS, seed=1)

    def theirs(compiled):
        model = tutorial.network(len(measure.WORDS), **compiled)
        assert model.count_params() == classifier.count_params()
        images = tutorial.pipeline(files, np.arange(n) % 30, len(measure.WORDS))

        def run():
            model.fit(
                images,
                steps_per_epoch=skip + steps,
                shuffle=False,  # the pipeline has shuffled
                verbose=0,
                callbacks=[clock],
            )
            return (clock.times[-1] - clock.times[skip - 1]) / steps

        return run

    def ours():
        return BATCH * measure.fit_seconds(classifier, clips, skip)

    with measure.recordings(options.data, n) as files:
        clips = measure.clip_table(files)
        contestants = {name: (BATCH, theirs(compiled)) for name, compiled in THEIRS.items()}
        seconds = measure.alternate(contestants | {OURS: (BATCH, ours)}, rounds, warm=0)
    best = measure.fastest(seconds, THEIRS)
    rows = measure.rates(seconds, best)
    peaks = [operations.peak(precision_of("auto")) for _ in range(rounds)]
    limit = operations.limit(classifier.network, peaks)
    for row in rows:
        row["share of the arithmetic's limit"] = row["clips/s"] / limit
    measure.report(
        options,
        "Training",
        rows,
        aims(seconds, best),
        f"The tutorial's CNN, Adadelta, batches of {BATCH}, features included; {steps} steps a "
        f"round behind the first {skip}, in which it is compiled. Keras is fed by the tutorial's "
        f"pipeline. The limit is the network's arithmetic alone, at the rate of one large product "
        f"of matrices in our precision.",
    )


if __name__ == "__main__":
    main()
