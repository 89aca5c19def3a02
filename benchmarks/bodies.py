"""What pretrained bodies hear: new words from few clips, environmental sounds, digits.

    python benchmarks/bodies.py [--sounds DATA] [--words DATA] [--digits DATA] [--quick]

`--words` is a folder of Speech Commands: five words are learnt from a few clips each by `few_shot`
on the speech embedding, and measured on people who spoke none of these. `--sounds` is ESC-10 or
ESC-50: `few_shot` on BirdNET, fold by fold, two windows a clip. `--digits` is the Free Spoken Digit
Dataset: the recipe `head` on the speech embedding, each speaker in turn left out.
"""

import time
from pathlib import Path

import few_shot
import measure
import numpy as np

import hearingai
from hearingai.clips.labelled import read_stores
from hearingai.inference.evaluating import evaluate_store
from hearingai.tables.clip_table import check_clips
from hearingai.training.few_shots import draw_shots

SHOTS = (1, 5, 10, 20)
SECONDS = 5.0  # of a clip of ESC-50
WANTED = {"words": 0.88, "sounds": 0.93, "digits": 0.95}


def words(data, quick):
    """A row for each number of clips a word."""
    _, pool, unseen = few_shot.parts(data)
    body = hearingai.get_body("speech-embedding")
    rows = []
    for shots in SHOTS[2:3] if quick else SHOTS:
        found = [drawn(body, pool, unseen, shots, seed) for seed in range(2 if quick else 5)]
        rows.append(row("five new words", body.name, f"{shots} clips a word", found))
    return rows, next(r for r in rows if r["learnt from"].startswith("10 "))


def drawn(body, pool, unseen, shots, seed):
    """Accuracy and seconds of learning from one draw of clips."""
    few = draw_shots(hearingai.clip_table(**few_shot.columns(pool)), shots, seed)
    return learnt(body, few, unseen, f"{shots} clips, seed {seed}")


def learnt(body, clips, unseen, name, **options):
    """Accuracy and seconds of learning; what is measured is embedded once and kept."""
    started = time.perf_counter()
    made = hearingai.few_shot(body, clips, seed=1, progress=False, **options)
    seconds = time.perf_counter() - started
    read, _ = read_stores(made, check_clips(unseen, made.labels), progress=False)
    metrics = evaluate_store(made, read).metrics.set_index("metric")["value"]
    print(f"  {name}: {metrics['accuracy']:.3f} in {seconds:.1f} s", flush=True)
    return float(metrics["accuracy"]), seconds


def sounds(data, quick):
    """The row of ESC-10."""
    clips, body = hearingai.load_clips(data), hearingai.get_body("birdnet")
    found = []
    for fold in sorted(clips["fold"].unique())[: 2 if quick else None]:
        learn, test = clips[clips["fold"] != fold], clips[clips["fold"] == fold]
        found.append(learnt(body, learn, test, f"fold {fold}", duration=SECONDS))
    told = row("ESC-10", body.name, f"{len(learn)} clips", found)
    return [told], told


def digits(data, quick):
    """The row of the digits."""
    clips, body = hearingai.fsdd(data), hearingai.get_body("speech-embedding")
    result = hearingai.cross_validate(
        "head", clips, body=body, folds="speaker", epochs=1 if quick else None, seed=1
    )
    found = result.folds[["accuracy", "seconds"]].to_numpy().tolist()
    learnt_from = f"{result.folds['n_train'].iloc[0]} clips"
    told = row("digits of unseen speakers", body.name, learnt_from, found)
    return [told], told


def row(task, body, learnt_from, found):
    accuracy, seconds = np.array(found).T
    return {
        "task": task,
        "body": body,
        "learnt from": learnt_from,
        "accuracy": f"{accuracy.mean():.3f} ± {accuracy.std(ddof=1):.3f}",
        "worst": float(accuracy.min()),
        "best": float(accuracy.max()),
        "seconds": float(np.median(seconds)),
        "mean": float(accuracy.mean()),
    }


def main():
    parser = measure.arguments(__doc__, data="none")
    for name in ("words", "sounds", "digits"):
        parser.add_argument(f"--{name}", type=Path, help=f"folder of the corpus of {name}")
    options = parser.parse_args()
    rows, aims = [], []
    for name, run in {"sounds": sounds, "words": words, "digits": digits}.items():
        data = getattr(options, name)
        if data is None:
            continue
        print(name, flush=True)
        more, told = run(data, options.quick)
        told = f"{told['task']}, {told['learnt from']}: accuracy", told["mean"]
        aims.append(measure.aim(*told, at_least=WANTED[name]))
        rows += [{k: v for k, v in each.items() if k != "mean"} for each in more]
        measure.report(options, "Heads on pretrained bodies", rows, aims, NOTE)


NOTE = (
    "New words: `few_shot` on the speech embedding, accuracy on 622 clips of people heard in no "
    "training, mean and standard deviation over five draws of the clips. ESC-10: `few_shot` on "
    "BirdNET, two windows a clip, over its five folds. Digits: the recipe `head`, over the "
    "speakers, each left out once. Seconds: the median of a training."
)


if __name__ == "__main__":
    main()
