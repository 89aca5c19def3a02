"""Does bfloat16 train as well as float32? The same seeds in both, on real recordings.

    python benchmarks/bfloat16.py [DATA] [CASE ...] [--seeds 5] [--epochs 1] [--clipnorm 1]
        [--learning-rate 2] [--emulate] [--merge FILE ...] [--quick] [--out FILE]

DATA is the folder of `speech_commands`, `esc10` and `audioset_embeddings`; a case is a recipe on
one of them. `--out` is written after every training and read again by the next run, which goes on
with what is missing; `--merge` takes in what other runs wrote, and without DATA nothing is trained.
Chips without bfloat16 arithmetic compute it very slowly; there, `--emulate` rounds operands,
results and gradients of every product to bfloat16 and computes in float32, which is what tensor
cores and AMX do.
"""

import json
from contextlib import contextmanager, nullcontext
from pathlib import Path

import measure
import pandas as pd

import hearingai

PRODUCTS = ("matmul", "conv", "depthwise_conv", "separable_conv", "einsum")
PRECISIONS = ("float32", "bfloat16")
SETTINGS = {"epochs": int, "clipnorm": float, "learning_rate": float}
KEY = ("case", "given", "seed", "precision", "emulated")


def ten_words(data):
    return hearingai.speech_commands(data / "speech_commands", words=measure.TEN_WORDS)


def all_words(data):
    return hearingai.speech_commands(data / "speech_commands")


def sounds(data):
    return hearingai.fold_split(hearingai.esc50(data / "esc10"), 1)


def speech(data):
    return hearingai.audioset_embeddings(data / "audioset_embeddings", target="Speech")


CORPORA = {
    ten_words: "ten words of Speech Commands",
    all_words: "35 words of Speech Commands",
    sounds: "ESC-10",
    speech: "speech in AudioSet's embeddings",
}
CASES = {  # name: (recipe, clips, settings)
    "speech-commands": ("speech-commands", ten_words, {"epochs": 6}),
    "speech-commands, all words": ("speech-commands", all_words, {"epochs": 2}),
    "speech-commands-small": ("speech-commands-small", ten_words, {"epochs": 10}),
    "sound-classification": ("sound-classification", sounds, {"epochs": 10}),
    "hearing-ai": ("hearing-ai", sounds, {"epochs": 6, "batch_size": 16, "learning_rate": 0.002}),
    "audio-gate": ("audio-gate", speech, {"epochs": 5, "validation": 0.2}),
    "embedding-gru": ("embedding-gru", speech, {"epochs": 5, "validation": 0.2}),
    "embedding-attention": ("embedding-attention", speech, {"epochs": 5, "validation": 0.2}),
}


@contextmanager
def rounding():
    """Round operands and results of all products to bfloat16, and their gradients too."""
    from keras.src import ops

    exact = {name: getattr(ops, name) for name in PRODUCTS}
    for name, product in exact.items():
        setattr(ops, name, _rounded(product))
    try:
        yield
    finally:
        for name, product in exact.items():
            setattr(ops, name, product)


def _rounded(product):
    def compute(*arguments, **options):
        return _to_bfloat16(product(*map(_to_bfloat16, arguments), **options))

    return compute


def _to_bfloat16(x):
    import keras

    kind = getattr(x, "dtype", None)
    if kind is None or keras.backend.standardize_dtype(kind) != "float32":
        return x
    return keras.ops.cast(keras.ops.cast(x, "bfloat16"), "float32")


def train(recipe, clips, seed, precision, emulate, settings):
    """Accuracy on the validation clips at the end, and in the course of the training."""
    rounded = emulate and precision == "bfloat16"
    taken = "float32" if emulate else precision
    with rounding() if rounded else nullcontext():
        record = hearingai.fit(recipe, clips, seed=seed, precision=taken, **settings).record
    return {
        "accuracy": record["validation_metrics"]["accuracy"],
        "collapsed": record["collapsed"],
        "losses": [round(row["loss"], 4) for row in record["history"]],
    }


def kept(path):
    """The trainings that a file holds: what this script wrote, or a bare list of them."""
    found = json.loads(path.read_text())
    return found if isinstance(found, list) else found["trainings"]


def key_of(training):
    return json.dumps([training[name] for name in KEY], sort_keys=True)


def missing(options, trainings):
    """Yield the trainings that are asked for and not there yet, each with what it found."""
    given = {name: getattr(options, name) for name in SETTINGS}
    given = {name: value for name, value in given.items() if value is not None}
    for case in options.cases:
        recipe, clips, settings = CASES[case]
        clips = clips(options.data)
        if options.quick:
            clips = clips.groupby("class").head(40)
        for seed in range(1, options.seeds + 1):
            for precision in PRECISIONS:
                key = dict(zip(KEY, (case, given, seed, precision, options.emulate), strict=True))
                if key_of(key) not in trainings:
                    found = train(recipe, clips, seed, precision, options.emulate, settings | given)
                    yield key | found


def rows(trainings):
    """A row a case and its settings: what the seeds reached that both precisions trained."""
    found = pd.DataFrame(trainings)
    found["given"] = [json.dumps(given, sort_keys=True) for given in found["given"]]
    groups = dict(list(found.groupby(["case", "emulated", "given"])))
    both = [key for key, group in groups.items() if group["precision"].nunique() == 2]
    return [_row(groups[key], *key) for key in sorted(both, key=_place)]


def _place(key):
    """Where a row stands: a case as it is before what was given to it."""
    case, emulated, given = key
    return list(CASES).index(case), emulated, given != "{}", given


def _row(group, case, emulated, given):
    recipe, clips, settings = CASES[case]
    settings = settings | json.loads(given)
    accuracy = group.pivot(index="seed", columns="precision", values="accuracy").dropna()
    return {
        "recipe": f"`{recipe}`",
        "corpus": CORPORA[clips],
        "settings": ", ".join(f"{name} {value:g}" for name, value in settings.items()),
        "bfloat16 is": "emulated" if emulated else "computed",
        "seeds": len(accuracy),
        **{precision: _spread(accuracy[precision]) for precision in PRECISIONS},
        "difference": _spread(accuracy["bfloat16"] - accuracy["float32"], "+"),
        "collapsed": f"{group['collapsed'].sum()} of {len(group)}",
    }


def _spread(values, sign=""):
    deviation = f" ± {values.std():.3f}" if len(values) > 1 else ""
    return f"{values.mean():{sign}.3f}{deviation}"


NOTE = (
    "Accuracy on validation clips of other speakers (ESC-10: of another fold), mean and standard "
    "deviation over seeds; each seed trains in both precisions. Computed bfloat16 is that of a "
    "processor which multiplies in it; where it is emulated, every product is rounded to bfloat16 "
    "and computed in float32. The rows of one epoch vary the rate of `speech-commands`'s Adadelta, "
    "1.0 as published: the higher it is, the less is learnt, in either precision, and clipping did "
    "not help, as Adadelta divides by the size of the gradients."
)


def result(trainings):
    """What the page shows of the trainings, and they themselves."""
    found = {"title": "Precision", "rows": rows(trainings), "aims": [], "note": NOTE}
    return found | {"trainings": trainings, "machine": None}  # those of several may lie here


def main():
    parser = measure.arguments(__doc__)
    parser.add_argument("cases", nargs="*", help=", ".join(CASES))
    parser.add_argument("--seeds", type=int, default=5)
    for name, kind in SETTINGS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help="overrides the case's")
    parser.add_argument("--emulate", action="store_true", help="round products, compute in float32")
    parser.add_argument("--merge", nargs="+", type=Path, default=[], help="results to take in")
    options = parser.parse_args()
    if unknown := set(options.cases) - set(CASES):
        parser.error(f"no case {', '.join(unknown)}; there are: {', '.join(CASES)}")
    options.cases = options.cases or list(CASES)
    if options.quick:
        options.seeds, options.epochs = 1, 1
    files = [options.out] if options.out and options.out.exists() else []
    trainings = {}
    for training in (t for file in files + options.merge for t in kept(file)):
        trainings.setdefault(key_of(training), training)
    for training in missing(options, trainings) if options.data else []:
        print({name: training[name] for name in (*KEY, "accuracy", "collapsed")}, flush=True)
        trainings[key_of(training)] = training
        measure.write(options, **result(list(trainings.values())))
    measure.report(options, **result(list(trainings.values())))


if __name__ == "__main__":
    main()
