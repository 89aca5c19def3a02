"""Exported classifiers: size, time of a clip on one core, and how they agree with the original.

    python benchmarks/export.py [DATA] [MODEL ...] [--embeddings FOLDER] [--n 256] [--out FILE]

DATA is a folder of recordings, one folder a class; MODEL a trained classifier of such classes,
which is exported to int8 too; `--embeddings` a folder of AudioSet embeddings.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}

import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from measure import aim, alternate, arguments, ratio, recordings, report  # noqa: E402

import hearingai  # noqa: E402

FORMATS = {"saved_model": "model", "onnx": "model.onnx", "litert": "model.tflite"}
LABELS = [f"label {i}" for i in range(10)]


def untrained():
    """Every recipe, and the networks that `audio-gate` offers besides its own."""
    recipes = [hearingai.get_recipe(name) for name in hearingai.list_recipes()["name"]]
    for network in ("linear_tagger", "conv2d_tagger", "lstm_tagger", "transformer_tagger"):
        recipes.append(hearingai.get_recipe("audio-gate", network=network))
    for recipe in recipes:
        labels = ["other", "speech"] if recipe.frontend is None else LABELS
        classifier = hearingai.create_classifier(recipe, labels, seed=1)
        other = recipe.network != hearingai.get_recipe(recipe.name).network
        yield f"{recipe.name}, {recipe.network}" if other else recipe.name, classifier


def in_formats(name, classifier, clips, folder, int8):
    """A row a format: what `export` says, and the time of a clip, taken in turn."""
    rows, contestants = [{"classifier": name, "format": "keras"}], {}
    one = np.random.default_rng(0).uniform(-1, 1, (1, *classifier.clip_shape)).astype("float32")

    def single(model):
        def run():
            for _ in range(20):
                model.probabilities(one)

        return 20, run

    contestants["keras"] = single(classifier)
    for kind in [*FORMATS, *(["int8"] if int8 else [])]:
        path = folder / FORMATS.get(kind, "int8.tflite")
        done = hearingai.export(
            classifier, path, int8=kind == "int8", clips=clips, overwrite=True, progress=False
        )
        row = {"classifier": name, "format": kind, "MB": done.bytes / 1e6}
        row |= {"max difference": done.max_difference, "same label": done.agreement}
        rows.append(row)
        contestants[kind] = single(hearingai.load_exported(path, threads=1))
    seconds = alternate(contestants, rounds=8)
    for row in rows:
        row["ms a clip"] = 1000 * float(np.median(seconds[row["format"]]))
        row["time against keras"] = 1 / ratio(seconds, row["format"], "keras")
    return rows


def accuracies(rows, classifier, table, folder):
    """Accuracy of the original, the float and the int8 file on every clip of its classes."""
    models = {"keras": classifier}
    models |= {"litert": hearingai.load_exported(folder / FORMATS["litert"])}
    models |= {"int8": hearingai.load_exported(folder / "int8.tflite")}
    for row in rows:
        if row["format"] in models:
            result = hearingai.evaluate(models[row["format"]], table, progress=False)
            row["accuracy"], row["clips"] = result.accuracy, result.n
    return {row["format"]: row.get("accuracy") for row in rows}


def main():
    parser = arguments(__doc__)
    parser.add_argument("models", nargs="*", type=Path, help="trained classifiers")
    parser.add_argument("--embeddings", type=Path, help="folder of AudioSet embeddings")
    parser.add_argument("--n", type=int, default=256, help="clips to compare answers on")
    options = parser.parse_args()
    n = 16 if options.quick else options.n
    clips = {False: None, True: None}
    if options.embeddings:
        table = hearingai.load_clips(options.embeddings, target="Speech")
        clips[True] = table.iloc[np.linspace(0, len(table) - 1, n).astype(int)]
    rows, aims = [], []
    with recordings(options.data, n) as files, tempfile.TemporaryDirectory() as folder:
        clips[False] = files
        for name, classifier in untrained():
            heard = clips[classifier.hears_embeddings]
            rows += in_formats(name, classifier, heard, Path(folder), int8=False)
        for path in options.models:
            classifier, name = hearingai.load_classifier(path), f"{path.stem}, trained"
            spoken = [label for label in classifier.labels if (options.data / label).is_dir()]
            table = hearingai.load_clips(options.data, words=spoken)
            some = in_formats(name, classifier, table, Path(folder), int8=True)
            found = accuracies(some, classifier, table, Path(folder))
            lost = 100 * (found["keras"] - found["int8"])
            aims.append(aim(f"points of accuracy that int8 costs {path.stem}", lost, at_most=1))
            rows += some
    worst = max(row["max difference"] for row in rows if row["format"] in FORMATS)
    slowest = max(row["time against keras"] for row in rows if row["format"] in ("onnx", "litert"))
    aims.insert(0, aim("time of ONNX and LiteRT against Keras, the slowest", slowest, at_most=1))
    aims.insert(0, aim("largest difference of a probability, float32", worst, at_most=1e-4))
    report(
        options,
        "Exported classifiers",
        rows,
        aims,
        f"Untrained classifiers of every recipe on {n} clips, then trained ones. Times are of one "
        f"clip at a time on one core; `int8` is a LiteRT file whose network computes in 8 bits.",
    )


if __name__ == "__main__":
    main()
