"""New words from ten clips each: from a classifier of other words, against one from scratch.

    python benchmarks/few_shot.py SPEECH_COMMANDS [--base FILE] [--quick] [--out FILE]

A classifier learns five words, then five others from a few clips a word. Those who speak the
clips that are measured are heard in no training. `--base` keeps the first classifier, or takes
the one that lies there.
"""

import time
from pathlib import Path

import measure
import numpy as np

import hearingai

OLD = ["yes", "no", "up", "down", "left"]
NEW = ["right", "on", "off", "stop", "go"]
RECIPE = "speech-commands-small"
SHOTS = 10
TRAINING = {"epochs": 40, "batch_size": 8, "validation": False, "progress": False}


def parts(data):
    """The old words and the new ones of those who teach, and the new words of all others."""
    clips = hearingai.speech_commands(data, words=OLD + NEW)[["fname", "class", "speaker"]]
    halves = hearingai.split_clips(clips, {"train": 0.6, "test": 0.4}, by="speaker", seed=1)
    teach = halves["split"] == "train"
    halves, old = halves.drop(columns=["split", "class_id"]), halves["class"].isin(OLD)
    return halves[teach & old], halves[teach & ~old], halves[~teach & ~old]


def first(clips, path, epochs):
    """The classifier of the old words."""
    if path is not None and path.exists():
        return hearingai.load_classifier(path)
    made = hearingai.fit(RECIPE, clips, validation=False, epochs=epochs, seed=1, progress=False)
    if path is not None:
        hearingai.save_classifier(made, path)
    return made


def contestants(base, quick):
    """A dict from the name to a function of the few clips and a seed."""
    training = TRAINING | ({"epochs": 2} if quick else {})
    return {
        "from scratch": lambda few, seed: hearingai.fit(RECIPE, few, seed=seed, **training),
        "few_shot": lambda few, seed: hearingai.few_shot(base, few, seed=seed),
        'fine_tune, freeze "body"': lambda few, seed: hearingai.fine_tune(
            base, few, seed=seed, **training
        ),
        'fine_tune, freeze "none"': lambda few, seed: hearingai.fine_tune(
            base, few, freeze="none", seed=seed, **training
        ),
    }


def accuracies(learn, pool, unseen, shots, seeds):
    """Accuracy and seconds of learning, one a seed; each seed draws other clips."""
    from hearingai.training.few_shots import draw_shots

    found = []
    for seed in seeds:
        few = draw_shots(hearingai.clip_table(**columns(pool)), shots, seed)
        started = time.perf_counter()
        learnt = learn(few, seed)
        took = time.perf_counter() - started
        told = hearingai.predict(learnt, unseen, progress=False)
        found.append(((told["label"].to_numpy() == unseen["class"].to_numpy()).mean(), took))
        print(f"  {shots} clips, seed {seed}: {found[-1][0]:.3f} in {took:.1f} s", flush=True)
    return np.array(found).T


def columns(clips):
    return {"fname": list(clips["fname"]), "class_": list(clips["class"])} | {
        "speaker": list(clips["speaker"])
    }


def row(name, shots, found):
    accuracy, seconds = found
    return {
        "learnt by": name,
        "clips a word": shots,
        "accuracy": f"{accuracy.mean():.3f} ± {accuracy.std(ddof=1):.3f}",
        "worst": float(accuracy.min()),
        "best": float(accuracy.max()),
        "seconds": float(np.median(seconds)),
    }


def main():
    parser = measure.arguments(__doc__)
    parser.add_argument("--base", type=Path, help="where the classifier of the first words lies")
    options = parser.parse_args()
    if options.data is None:
        parser.error("DATA must be a folder of Speech Commands")
    seeds = range(2 if options.quick else 5)
    old, pool, unseen = parts(options.data)
    base = first(old, options.base, 1 if options.quick else 15)
    rows, mean = [], {}
    for name, learn in contestants(base, options.quick).items():
        print(name, flush=True)
        found = accuracies(learn, pool, unseen, SHOTS, seeds)
        mean[name] = found[0].mean()
        rows.append(row(name, SHOTS, found))
    for shots in (1, 5, 20, 50):
        learn = contestants(base, options.quick)["few_shot"]
        rows.append(row("few_shot", shots, accuracies(learn, pool, unseen, shots, seeds)))
    gain = mean["few_shot"] - mean["from scratch"]
    measure.report(
        options,
        "New words from few clips",
        rows,
        [measure.aim("few_shot above training from scratch, accuracy", gain, at_least=0.1)],
        f"`{RECIPE}` learnt {', '.join(OLD)} from {len(old)} clips, then {', '.join(NEW)} from a "
        f"few. Accuracy on {len(unseen)} clips of people heard in no training: mean and standard "
        f"deviation over {len(seeds)} draws of the clips. Training from scratch and fine_tune: "
        f"{TRAINING['epochs']} epochs of batches of {TRAINING['batch_size']}. Seconds: the median.",
        base_fingerprint=base.fingerprint(),
    )


if __name__ == "__main__":
    main()
