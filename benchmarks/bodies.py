"""What pretrained bodies hear: new words from few clips, environmental sounds, digits.

    python benchmarks/bodies.py [--sounds DATA] [--words DATA] [--networks FOLDER]
        [--digits DATA] [--quick]

`--words` is a folder of Speech Commands: five words are learnt from a few clips each by `few_shot`
on the speech embedding, and measured on people who spoke none of these; ten words are learnt from
synthesised voices alone; and the recipe `head` learns every word, with augmented copies of the
clips and without, and is asked for the ten words of a fifth of the people, whom it has not heard.
With `--networks` the recipe `words` does both, of every word together with the head too.
`--sounds` is ESC-10 or ESC-50: `few_shot` on BirdNET, fold by fold, two windows a clip. `--digits`
is the Free Spoken Digit Dataset: the recipe `head` on the speech embedding, each speaker in turn
left out.
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
WANTED = {"words": 0.88, "ten": 0.965, "sounds": 0.93, "voices": 0.8, "digits": 0.95}
COPIES = {
    "augment": [
        ("speed_change", {"limits": (0.85, 1.17)}),
        ("time_shift", {"limit": 0.1, "circular": False}),
        ("coloured_noise", {"snr_db": (0, 30), "probability": 0.5}),
        ("gain", {"gain_db": (-10, 10)}),
    ],
    "copies": 4,
    "network_options": {"hidden": 512},
    "label_smoothing": 0.05,
    "schedule": "cosine",
    "epochs": 60,
}


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


def ten(data, quick, networks):
    """A row without copies, one with them, and with networks from scratch one each and together."""
    clips = hearingai.speech_commands(data).drop(columns="split")
    recipes = {"head": hearingai.get_recipe("head")}
    recipes["head, 4 copies"] = hearingai.get_recipe("head", **COPIES)
    if networks is not None:
        recipes["network"] = hearingai.get_recipe("words")
    found = {name: [] for name in recipes}
    for seed in range(1, 3 if quick else 4):
        parts = hearingai.split_clips(clips, {"train": 0.8, "test": 0.2}, by="speaker", seed=seed)
        heard, unheard = (parts[parts["split"] == part] for part in ("train", "test"))
        unheard = unheard[unheard["class"].isin(measure.TEN_WORDS)]
        made = []
        for name, recipe in recipes.items():
            keep = networks / f"words-{seed}.keras" if name == "network" else None
            made.append(trained(recipe, heard, seed, 1 if quick else None, keep))
            found[name].append((of_ten(made[-1], unheard), seconds_of(made[-1])))
            print(f"  {name}, seed {seed}: {found[name][-1]}", flush=True)
        if networks is not None:
            both = of_ten(hearingai.ensemble(made[1:]), unheard)
            seconds = sum(found[name][-1][1] for name in list(recipes)[1:])
            found.setdefault("head, 4 copies, and network", []).append((both, seconds))
            print(f"  both: {both:.3f}", flush=True)
    rows = [
        row("ten words", "speech-embedding" if "head" in name else "none", name, accuracies)
        for name, accuracies in found.items()
    ]
    return rows, rows[-1]


def trained(recipe, clips, seed, epochs, keep):
    """A classifier, taken from the file `keep` where it lies there; broken off, it goes on."""
    if keep is not None and keep.exists():
        return hearingai.load_classifier(keep)
    checkpoint = keep and keep.with_suffix(".checkpoint.keras")
    made = hearingai.fit(
        recipe,
        clips,
        validation=False,
        epochs=epochs,
        checkpoint=checkpoint,
        seed=seed,
        progress=False,
    )
    if keep is not None:
        hearingai.save_classifier(made, keep)
        checkpoint.unlink()
    return made


def seconds_of(classifier):
    """What its epochs took."""
    return sum(epoch["seconds"] for epoch in classifier.record["history"])


def of_ten(classifier, clips):
    """Accuracy among the ten words."""
    table = hearingai.predict(classifier, clips, progress=False)
    scores = table[[f"prob_{word}" for word in measure.TEN_WORDS]].to_numpy()
    said = np.array(measure.TEN_WORDS)[scores.argmax(axis=1)]
    return float((said == clips["class"].to_numpy()).mean())


def voices(data, quick, networks):
    """A row for a head, and with networks from scratch one, taught by synthesised voices alone."""
    real = hearingai.speech_commands(data, words=measure.TEN_WORDS)
    recipes = {"head": "head"} | ({} if networks is None else {"network": "words"})
    found = {name: [] for name in recipes}
    for seed in range(1, 3 if quick else 4):
        made = hearingai.spoken_words(measure.TEN_WORDS, n=10 if quick else 80, seed=seed)
        for name, recipe in recipes.items():
            epochs = 1 if quick else None
            keep = networks / f"voices-{seed}.keras" if name == "network" else None
            learnt = trained(hearingai.get_recipe(recipe), made, seed, epochs, keep)
            found[name].append((of_ten(learnt, real), seconds_of(learnt)))
            print(f"  {name}, seed {seed}: {found[name][-1]}", flush=True)
    told = f"{len(made)} synthesised clips"
    bodies = {"head": "speech-embedding", "network": "none"}
    rows = [
        row("ten real words", bodies[name], f"{told}, {name}", accuracies)
        for name, accuracies in found.items()
    ]
    return rows, rows[0]


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
    parser.add_argument(
        "--networks",
        type=Path,
        help="folder for networks of the ten words from scratch, which take most of the time",
    )
    options = parser.parse_args()
    rows, aims = [], []
    more_of = dict.fromkeys(("ten", "voices"), (options.networks,))
    of_words = {"words": words, "voices": voices, "ten": ten}
    for name, run in ({"sounds": sounds} | of_words | {"digits": digits}).items():
        data = options.words if name in of_words else getattr(options, name)
        if data is None:
            continue
        print(name, flush=True)
        more, told = run(data, options.quick, *more_of.get(name, ()))
        told = f"{told['task']}, {told['learnt from']}: accuracy", told["mean"]
        aims.append(measure.aim(*told, at_least=WANTED[name]))
        rows += [{k: v for k, v in each.items() if k != "mean"} for each in more]
        measure.report(options, "Heads on pretrained bodies", rows, aims, NOTE)


NOTE = (
    "New words: `few_shot` on the speech embedding, accuracy on 622 clips of people heard in no "
    "training, mean and standard deviation over five draws of the clips. Ten words: the recipe "
    "`head` on every word, and `words` from scratch, over three seeds, each of which divides the "
    "people anew. ESC-10: `few_shot` on BirdNET, two windows a clip, over its five folds. Digits: "
    "the recipe `head`, over the speakers, each left out once. Seconds: the median of a training; "
    "of the ten words, of its epochs alone."
)


if __name__ == "__main__":
    main()
