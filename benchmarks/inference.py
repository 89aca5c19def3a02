"""Predicting recordings from files: `hearingai.predict` against its network file by file.

python benchmarks/inference.py [DATA] [--n 2000] [--quick] [--out FILE]
"""

import measure
import numpy as np
import soundfile

import hearingai
from hearingai.exports.in_runtimes import in_runtime

OURS = "hearingai.predict"
AUTO = f'{OURS}, runtime="auto"'
THEIRS = ("model.predict, file by file", "model(x), file by file")


def read(file):
    """One clip as a batch: the start of the file, with zeros behind what is shorter."""
    clip = soundfile.read(file, dtype="float32")[0][: measure.RATE]
    return np.pad(clip, (0, measure.RATE - len(clip)))[None]


def main():
    parser = measure.arguments(__doc__)
    parser.add_argument("--n", type=int, default=2000, help="recordings to predict")
    options = parser.parse_args()
    n, part, rounds = (128, 20, 1) if options.quick else (options.n, 100, 8)
    model = hearingai.create_classifier("speech-commands", measure.WORDS, seed=1)

    def one_by_one(answer):
        def run():
            for file in files[:part]:
                np.asarray(answer(read(file)))

        return part, run

    def ours(**options):
        def run():
            hearingai.predict(model, files, progress=False, **options)

        return run

    with measure.recordings(options.data, n) as files:
        in_runtime(model, "auto", 10**6, 64, "auto")  # measures, as a call with many files does
        contestants = {
            THEIRS[0]: one_by_one(lambda x: model.predict(x, verbose=0)),
            THEIRS[1]: one_by_one(model),
            OURS: (n, ours()),
            AUTO: (n, ours(runtime="auto")),
        }
        seconds = measure.alternate(contestants, rounds)
    best = measure.fastest(seconds, THEIRS)
    measure.report(
        options,
        "Inference",
        measure.rates(seconds, best, "files/s"),
        [
            measure.aim(
                "predicting files, against one by one", measure.ratio(seconds, OURS, best), 5
            ),
            measure.aim(
                'runtime="auto", against hearingai.predict', measure.ratio(seconds, AUTO, OURS), 2
            ),
        ],
        f"The tutorial's CNN on {n:,} files; file by file on the first {part} of them, read by "
        f"soundfile.",
    )


if __name__ == "__main__":
    main()
