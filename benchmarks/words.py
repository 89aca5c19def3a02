"""Ten words of people who were never heard: accuracy of the recipe `words`, from scratch.

    python benchmarks/words.py SPEECH_COMMANDS [--network NAME] [--epochs N] [--seeds N] [--quick]

The people are divided once: those who teach, those who validate, and those who test. Nothing is
chosen by those who test. `--out FILE` keeps what was found, each seed as soon as it is there.
"""

import time

import measure
import numpy as np

import hearingai

PARTS = {"train": 0.6, "validation": 0.1, "test": 0.3}


def parts(data):
    """The ten words of those who teach and validate, and of those who test."""
    clips = hearingai.speech_commands(data, words=measure.TEN_WORDS).drop(columns="split")
    clips = hearingai.split_clips(clips, PARTS, by="speaker", seed=1)
    tests = clips["split"] == "test"
    return clips[~tests], clips[tests]


def learnt(recipe, clips, unseen, epochs, seed):
    """A row of what a training came to."""
    started = time.perf_counter()
    made = hearingai.fit(recipe, clips, epochs=epochs, seed=seed, callbacks=_told, progress=False)
    seconds = time.perf_counter() - started
    said = hearingai.predict(made, unseen, progress=False)["label"]
    return {
        "network": recipe.network,
        "seed": seed,
        "accuracy, unseen speakers": float((said.to_numpy() == unseen["class"].to_numpy()).mean()),
        "validation": float(made.record["metrics"]["val_accuracy"]),
        "parameters": made.network.count_params(),
        "epochs": len(made.record["history"]),
        "seconds": seconds,
    }


def _told(epoch, logs):
    print(
        f"  {epoch + 1}: {logs['accuracy']:.3f}, validation {logs['val_accuracy']:.3f}", flush=True
    )


def main():
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("--network", default="small_resnet", help="a network of images")
    parser.add_argument("--epochs", type=int, help="in place of the recipe's")
    parser.add_argument("--seeds", type=int, default=3, help="how many trainings")
    options = parser.parse_args()
    clips, unseen = parts(options.data)
    recipe = hearingai.get_recipe("words", network=options.network)
    epochs, seeds = (1, 1) if options.quick else (options.epochs, options.seeds)
    rows = []
    for seed in range(1, seeds + 1):
        rows.append(learnt(recipe, clips, unseen, epochs, seed))
        accuracy = [row["accuracy, unseen speakers"] for row in rows]
        spread = f" ± {np.std(accuracy, ddof=1):.3f}" if len(rows) > 1 else ""
        measure.report(
            options,
            "Ten words of unseen speakers",
            rows,
            [
                measure.aim("accuracy, unseen speakers", np.mean(accuracy), at_least=0.95),
                measure.aim("parameters", rows[0]["parameters"], at_most=100_000),
            ],
            f"The recipe `words` on {len(clips)} clips, a seventh of them to "
            f"validate on; accuracy on {len(unseen)} clips of people in none of these: "
            f"{np.mean(accuracy):.3f}{spread} over {len(rows)} seeds.",
        )


if __name__ == "__main__":
    main()
