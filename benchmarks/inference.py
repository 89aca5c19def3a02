"""Predicting recordings from files: `hearingai.predict` against its network file by file.

python benchmarks/inference.py [DATA] [--n 2000] [--quick] [--out FILE]

The limit is the network's arithmetic at the rate of one large product of matrices in float32.
"""

import measure
import numpy as np
import operations
import soundfile

import hearingai
from hearingai.exports.in_runtimes import in_runtime

RECIPES = ("speech-commands", "speech-commands-small", "words")
OURS = "hearingai.predict"
AUTO = f'{OURS}, runtime="auto"'
THEIRS = ("model.predict, file by file", "model(x), file by file")


def read(file):
    """One clip as a batch: the start of the file, with zeros behind what is shorter."""
    clip = soundfile.read(file, dtype="float32")[0][: measure.RATE]
    return np.pad(clip, (0, measure.RATE - len(clip)))[None]


def one_by_one(answer, files):
    """Answers to files, read and asked for one after the other."""

    def run():
        for file in files:
            np.asarray(answer(read(file)))

    return len(files), run


def compared(recipe, files, part, rounds):
    """The rows of a recipe and the aims; the first is asked file by file too."""
    model = hearingai.create_classifier(recipe, measure.WORDS, seed=1)
    in_runtime(model, "auto", 10**6, 64, "auto")  # measures, as a call with many files does

    def ours(**options):
        def run():
            hearingai.predict(model, files, progress=False, **options)

        return len(files), run

    contestants = {OURS: ours(), AUTO: ours(runtime="auto")}
    if recipe == RECIPES[0]:
        contestants[THEIRS[0]] = one_by_one(lambda x: model.predict(x, verbose=0), files[:part])
        contestants[THEIRS[1]] = one_by_one(model, files[:part])
    seconds = measure.alternate(contestants, rounds)
    peaks = [operations.peak("float32") for _ in range(rounds)]
    limit = operations.limit(model.network, peaks, passes=1)
    rows = [{"recipe": recipe} | row for row in measure.rates(seconds, OURS, "files/s")]
    for row in rows:
        row["share of the arithmetic's limit"] = row["files/s"] / limit
    aims = []
    if recipe == RECIPES[0]:
        best = measure.fastest(seconds, THEIRS)
        what = "predicting files, against one by one"
        aims = [measure.aim(what, measure.ratio(seconds, OURS, best), 5)]
    what = f'`{recipe}`: runtime="auto", against hearingai.predict'
    return rows, [*aims, measure.aim(what, measure.ratio(seconds, AUTO, OURS), 2)]


def main():
    parser = measure.arguments(__doc__)
    parser.add_argument("--n", type=int, default=2000, help="recordings to predict")
    options = parser.parse_args()
    n, part, rounds = (128, 20, 1) if options.quick else (options.n, 100, 8)
    rows, aims = [], []
    with measure.recordings(options.data, n) as files:
        for recipe in RECIPES:
            more = compared(recipe, files, part, rounds)
            rows, aims = rows + more[0], aims + more[1]
    measure.report(
        options,
        "Inference",
        rows,
        aims,
        f"{n:,} files; file by file on the first {part} of them, read by soundfile. Ratios are to "
        f"`hearingai.predict`. The limit is the network's arithmetic alone, at the rate of one "
        f"large product of matrices in float32.",
    )


if __name__ == "__main__":
    main()
