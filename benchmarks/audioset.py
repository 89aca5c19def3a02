"""All labels of AudioSet's embeddings: the mean average precision on videos kept apart.

    python benchmarks/audioset.py EMBEDDINGS [--epochs N] [--model FILE] [--quick] [--out FILE]

A fifth of the clips, by video, is heard in no training. `--model` keeps the classifier.
"""

import time
from pathlib import Path

import measure

import hearingai

RECIPE = "embedding-attention"
ALONE = {  # the recipe without each of what it does about rare labels and few clips
    "the recipe": {},
    "without balanced sampling": {"sampling": "shuffled"},
    "without mixup": {"augment": []},
}


def parts(data, quick):
    """The clips that teach and those that are kept apart."""
    clips = hearingai.audioset_embeddings(data)
    if quick:
        clips = clips[::20].reset_index(drop=True)
    split = hearingai.split_clips(clips, {"train": 0.8, "test": 0.2}, by="source", seed=1)
    return (split[split["split"] == name].drop(columns="split") for name in ("train", "test"))


def learnt(clips, epochs, options):
    """A classifier, and the seconds of processor that it took, on all cores together."""
    started = time.process_time()
    made = hearingai.fit(RECIPE, clips, validation=False, epochs=epochs, seed=1, **options)
    return made, time.process_time() - started


def main():
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("--epochs", type=int, help="passes over the clips; default: the recipe's")
    parser.add_argument("--model", type=Path, help="where to save the classifier, a .keras file")
    options = parser.parse_args()
    train, test = parts(options.data, options.quick)
    epochs = 1 if options.quick else options.epochs
    rows, means = [], {}
    for name, changes in ALONE.items():
        classifier, seconds = learnt(train, epochs, changes)
        result = hearingai.evaluate(classifier, test, batch_size=1024)
        value = dict(zip(result.metrics["metric"], result.metrics["value"], strict=True))
        means[name] = value["map_macro"]
        rows.append(
            {
                "training": name,
                "mAP over labels": value["map_macro"],
                "mAP over all answers": value["map_micro"],
                "ROC-AUC over labels": value["roc_auc_macro"],
                "epochs": len(classifier.record["history"]),
                "seconds of processor": seconds,
            }
        )
        print(rows[-1], flush=True)
        if options.model is not None and not changes:
            hearingai.save_classifier(classifier, options.model, overwrite=True)
    measure.report(
        options,
        "All labels of AudioSet's embeddings",
        rows,
        [measure.aim("mAP over labels of the recipe", means["the recipe"], at_least=0.15)],
        f"`{RECIPE}` on {len(train)} clips, each with any number of {len(classifier.labels)} "
        f"labels; measured on {len(test)} clips of other videos. "
        f"{classifier.count_params():,} parameters, {measure.peak_gb():.1f} GB of memory at most.",
        fingerprint=classifier.fingerprint(),
    )


if __name__ == "__main__":
    main()
