"""Does bfloat16 train as well as float32? The same seeds in both, on real recordings.

    python benchmarks/bfloat16.py path/to/data [CASE ...] [--seeds 5] [--epochs 1] [--clipnorm 1]
        [--learning-rate 2] [--emulate] [--out result.json]

A case is a recipe on a corpus. `--out` is written after every training and read again by the
next run, which goes on with what is missing. Chips without bfloat16 arithmetic compute it a hundred
times slower: with `--emulate` every product (matrix products and convolutions, forward and
backward) has its operands and its result rounded to bfloat16 and is summed in float32, which is
what tensor cores and AMX do.
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
SETTINGS = {"epochs": int, "clipnorm": float, "learning_rate": float}
EXACT = {name: getattr(ops, name) for name in PRODUCTS}


def words(data):
    return hearingai.load_clips(data / "speech_commands", words=TEN_WORDS)


def all_words(data):
    return hearingai.load_clips(data / "speech_commands")


def sounds(data):
    return hearingai.fold_split(hearingai.esc50(data / "esc10"), 1)


def speech(data):
    return hearingai.audioset_embeddings(data / "audioset_embeddings", target="Speech")


CASES = {  # name: (recipe, clips, settings)
    "speech-commands": ("speech-commands", words, {"epochs": 6}),
    "speech-commands, all words": ("speech-commands", all_words, {"epochs": 2}),
    "speech-commands-small": ("speech-commands-small", words, {"epochs": 10}),
    "sound-classification": ("sound-classification", sounds, {"epochs": 10}),
    "hearing-ai": (
        "hearing-ai",
        sounds,
        {"epochs": 6, "batch_size": 16, "learning_rate": 0.002},
    ),
    "audio-gate": ("audio-gate", speech, {"epochs": 5}),
    "embedding-gru": ("embedding-gru", speech, {"epochs": 5, "validation": 0.2}),
    "embedding-attention": ("embedding-attention", speech, {"epochs": 5, "validation": 0.2}),
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


def train(recipe, clips, seed, precision, emulate, settings):
    """Accuracy on the validation clips at the end, and in the course of the training."""
    rounds = emulate and precision == "bfloat16"
    for name, product in EXACT.items():
        setattr(ops, name, rounded(product) if rounds else product)
    taken = "float32" if emulate else precision
    with np.errstate(all="ignore"):
        record = hearingai.fit(recipe, clips, seed=seed, precision=taken, **settings).record
    return {
        "accuracy": record["validation_metrics"]["accuracy"],
        "collapsed": record["collapsed"],
        "losses": [round(row["loss"], 4) for row in record["history"]],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    parser.add_argument("--seeds", type=int, default=5)
    for name, kind in SETTINGS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help="overrides the case's")
    parser.add_argument("--emulate", action="store_true", help="round products, compute in float32")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    given = {name: getattr(options, name) for name in SETTINGS}
    given = {name: value for name, value in given.items() if value is not None}
    rows = json.loads(options.out.read_text()) if options.out and options.out.exists() else []
    for name in options.cases:
        recipe, clips, settings = CASES[name]
        clips, settings = clips(options.data), settings | given
        for seed in range(1, options.seeds + 1):
            for precision in ("float32", "bfloat16"):
                key = {"case": name, "given": given, "seed": seed, "precision": precision}
                key |= {"emulated": options.emulate}
                if any(key == {k: row[k] for k in key} for row in rows):
                    continue
                found = train(recipe, clips, seed, precision, options.emulate, settings)
                print(key | found, flush=True)
                rows.append(key | found)
                if options.out:
                    options.out.write_text(json.dumps(rows, indent=1) + "\n")
    told = pd.DataFrame(rows).assign(given=[json.dumps(row["given"]) for row in rows])
    table = told.groupby(["case", "given", "precision"]).agg(
        seeds=("seed", "count"),
        mean=("accuracy", "mean"),
        sd=("accuracy", "std"),
        collapsed=("collapsed", "sum"),
    )
    print(table.round(4))


if __name__ == "__main__":
    main()
