"""The data path alone, from the decoded clips to a tensor, against the training that it feeds.

python benchmarks/data_path.py [DATA] [--quick] [--out FILE]
"""

import measure

import hearingai

PATH, TRAINING = "data path alone", "training of the tutorial's CNN"


def main():
    import keras  # after `measure`, which quietens TensorFlow

    options = measure.arguments(__doc__).parse_args()
    n, skip, steps, rounds = (640, 2, 3, 1) if options.quick else (8000, 3, 10, 3)
    classifier = hearingai.create_classifier("speech-commands", measure.WORDS, seed=1)

    def epoch():
        batches = measure.batches(clips)
        for i in range(batches.num_batches):
            for part in batches[i]:
                keras.ops.convert_to_tensor(part)

    def train():
        return 32 * measure.fit_seconds(classifier, table[: 32 * (skip + steps)], skip)

    with measure.recordings(options.data, n) as files:
        clips, table = measure.decoded(files), measure.clip_table(files)
        seconds = measure.alternate({PATH: (n, epoch), TRAINING: (32, train)}, rounds, warm=0)
    measure.report(
        options,
        "Data path",
        measure.rates(seconds, TRAINING),
        [
            measure.aim(
                "data path alone, against the training it feeds",
                measure.ratio(seconds, PATH, TRAINING),
                20,
            )
        ],
        f"An epoch of {n:,} decoded clips in batches of 32, shuffled, to tensors; and the "
        f"training that it feeds, features included.",
    )


if __name__ == "__main__":
    main()
