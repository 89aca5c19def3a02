"""Does bfloat16 train as well as float32? The same seeds in both, on real recordings.

Chips without bfloat16 arithmetic compute it a hundred times slower. Here every product (matrix
products and convolutions, forward and backward) has its operands and its result rounded to
bfloat16 and is summed in float32, which is what tensor cores and AMX do.

    python benchmarks/bfloat16.py path/to/data [RECIPE ...] [--seeds 5] [--out result.json]
"""

import argparse
import json
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras.src import ops

import hearingai

TEN_WORDS = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
PRODUCTS = ("matmul", "conv", "depthwise_conv", "separable_conv", "einsum")
CASES = {  # recipe: (clips, settings)
    "speech-commands": (
        lambda data: hearingai.load_clips(data / "speech_commands"),
        {"epochs": 3},
    ),
    "speech-commands-small": (
        lambda data: hearingai.load_clips(data / "speech_commands", words=TEN_WORDS),
        {"epochs": 4},
    ),
    "sound-classification": (
        lambda data: hearingai.fold_split(hearingai.esc50(data / "esc10"), 1),
        {"epochs": 6},
    ),
    "audio-gate": (
        lambda data: hearingai.audioset_embeddings(data / "audioset_embeddings", target="Speech"),
        {"epochs": 5},
    ),
    "embedding-gru": (
        lambda data: hearingai.audioset_embeddings(data / "audioset_embeddings", target="Speech"),
        {"epochs": 3, "validation": 0.2},
    ),
    "embedding-attention": (
        lambda data: hearingai.audioset_embeddings(data / "audioset_embeddings", target="Speech"),
        {"epochs": 3, "validation": 0.2},
    ),
}


def rounded(product):
    """The product with operands and result rounded to bfloat16, and its gradients too."""

    def compute(*arguments, **options):
        return to_bfloat16(product(*map(to_bfloat16, arguments), **options))

    return compute


def to_bfloat16(x):
    kind = getattr(x, "dtype", None)
    if kind is None or keras.backend.standardize_dtype(kind) != "float32":
        return x
    return ops.cast(ops.cast(x, "bfloat16"), "float32")


def accuracy(recipe, clips, seed, settings):
    with np.errstate(all="ignore"):
        classifier = hearingai.fit(recipe, clips, seed=seed, precision="float32", **settings)
    return {
        "accuracy": classifier.record["validation_metrics"]["accuracy"],
        "collapsed": classifier.record["collapsed"],
    }


def compare(recipe, data, seeds):
    clips, settings = CASES[recipe]
    clips, exact = clips(data), {name: getattr(ops, name) for name in PRODUCTS}
    for seed in range(1, seeds + 1):
        for precision in ("float32", "bfloat16"):
            for name, product in exact.items():
                setattr(ops, name, product if precision == "float32" else rounded(product))
            found = accuracy(recipe, clips, seed, settings)
            yield {"recipe": recipe, "seed": seed, "precision": precision} | found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("recipes", nargs="*", default=list(CASES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = []
    for recipe in options.recipes:
        for row in compare(recipe, options.data, options.seeds):
            print(row, flush=True)
            rows.append(row)
            if options.out:
                options.out.write_text(json.dumps(rows, indent=1) + "\n")
    table = (
        pd.DataFrame(rows)
        .groupby(["recipe", "precision"])
        .agg(mean=("accuracy", "mean"), sd=("accuracy", "std"), collapsed=("collapsed", "sum"))
    )
    print(table.round(4))


if __name__ == "__main__":
    main()
