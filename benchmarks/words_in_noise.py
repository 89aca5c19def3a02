"""Words of unseen speakers in an hour of noise: what a detector hears, and what it imagines.

    python benchmarks/words_in_noise.py DATA MODEL [--recipe NAME] [--body NAME] [--epochs N]
        [--minutes 60] [--snr 20,10,5,0] [--hop 0.1] [--per-hour 2] [--quick] [--out FILE]
    python benchmarks/words_in_noise.py DATA --classifier FILE [FILE ...] [--name NAME] [...]

DATA is a copy of Speech Commands. MODEL is a `.keras` file; where there is none, the detector is
trained and saved there: ten words, seconds of noise as `_background_`, all other words as
`_unknown_`, with noise under the clips. Three in ten speakers are kept for the hour and the others
teach; of each noise recording the first half teaches and the second is heard. The words lie at
about the level they are spoken at, the noise so many dB below; every ratio has the same words at
the same times. The threshold is chosen on another recording, of speakers that only validated the
training, in the first halves of the noise, for so many false accepts an hour. Beside `--out` lies
a picture of the DET curves.

With `--classifier FILE` any classifier that knows the ten words is measured, saved or exported,
whatever else it knows; several files are asked together, see `ensemble`. Who is heard in the hour
are the speakers of whom it was trained on no clip, as its record says; three in ten of them choose
the threshold instead. What noise it was trained on, no record says: that it was not the second
halves is up to who trained it. `--name` is what the table calls the detector; rows of other
detectors that the file has already stay in it.
"""

import json
import tempfile
from pathlib import Path

import measure
import numpy as np
import pandas as pd

import hearingai
from hearingai.clips.store import packed_clips

WORD_DB = -30  # level of a word where it is active, dB of full scale
EVERY = 4.0  # seconds from word to word
SEED = 1
VARIED = (
    ("speed_change", {"limits": (0.85, 1.17)}),
    ("time_shift", {"limit": 0.1, "circular": False}),
    ("gain", {"gain_db": (-10, 10)}),
)
RATES = (0.5, 2)  # false accepts an hour at which false rejects are told
LEAST = {20: 0.9, 10: 0.8}  # of the words found, by signal-to-noise ratio


def corpus(data):
    """Everything there is to hear, split by speaker.

    Returns:
        `(clips, noise)`: the table of clips with `split`, parts of the noise recordings as
        `_background_` among them, and the noise recordings with the middle of each.
    """
    clips = hearingai.speech_commands(data).drop(columns=["split", "class_id"])
    clips["class"] = clips["class"].where(clips["class"].isin(measure.TEN_WORDS), "_unknown_")
    shares = {"train": 0.63, "validation": 0.07, "test": 0.3}
    clips = hearingai.split_clips(clips, shares, by="speaker", seed=SEED).assign(start=0.0)
    noise = hearingai.background_noise(data)
    noise["middle"] = noise["duration"] / 2
    seconds = [
        {"fname": row.fname, "start": start, "end": start + 1.0, "speaker": Path(row.fname).stem}
        for row in noise.itertuples()
        for start in np.arange(0.0, row.middle - 1.0, 0.5)
    ]
    seconds = pd.DataFrame(seconds).assign(**{"class": "_background_", "split": "train"})
    return pd.concat([clips, seconds], ignore_index=True), noise


def train(clips, noise, options):
    """Train the detector and save it; a training that was broken off goes on."""
    recipe = hearingai.get_recipe(options.recipe)
    heard = [
        hearingai.read_audio(row.fname, measure.RATE, duration=row.middle)[0]
        for row in noise.itertuples()
    ]
    own = recipe.augment or (VARIED if recipe.body or options.body else ("time_shift",))
    if recipe.body or options.body:  # which embeds augmented copies
        recipe = hearingai.get_recipe(recipe, copies=4)
    classifier = hearingai.fit(
        recipe,
        clips,
        body=options.body,
        epochs=options.epochs,
        augment=[*own, ("background_noise", {"noise": heard, "snr_db": (0, 20)})],
        seed=SEED,
        checkpoint=options.model.with_suffix(".checkpoint.keras"),
    )
    hearingai.save_classifier(classifier, options.model)
    return classifier


def opened(path):
    """A classifier, saved or exported."""
    exported = path.is_dir() or path.suffix in (".onnx", ".tflite")
    return hearingai.load_exported(path) if exported else hearingai.load_classifier(path)


def of_strangers(classifier, clips):
    """The ten words by speakers of whom a classifier was trained on no clip, split anew."""
    if lacking := sorted(set(measure.TEN_WORDS) - set(classifier.labels)):
        raise SystemExit(f"the classifier does not know: {', '.join(lacking)}")
    if classifier.trained_on is None:
        raise SystemExit("the classifier does not say what it was trained on")
    spoken = clips[clips["class"] != "_background_"].drop(columns=["start", "end", "split"])
    packed, _, good, _ = packed_clips(spoken.reset_index(drop=True), classifier.clip_format)
    heard = [digest in classifier.trained_on for digest in packed.digests()]
    known = set(spoken["speaker"].iloc[good][heard])
    words = spoken[spoken["class"].isin(measure.TEN_WORDS) & ~spoken["speaker"].isin(known)]
    if not len(words):
        raise SystemExit("the classifier was trained on clips of every speaker")
    shares = {"validation": 0.3, "test": 0.7}
    return hearingai.split_clips(words, shares, by="speaker", seed=SEED)


def hear(classifier, clips, background, snr_db, options, seed):
    """Lay the words into the noise and annotate it; returns `(annotation, truth)`."""
    level = WORD_DB - float(np.mean(snr_db))
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder, "hour.flac")
        truth = hearingai.lay_clips(
            background,
            clips,
            sound,
            snr_db=snr_db,
            every=EVERY,
            duration=options.minutes * 60,
            level_db=level,
            sample_rate=measure.RATE,
            seed=seed,
        )
        # low enough for a long curve, not so low that words run into each other; what is counted
        # is chosen by score
        annotation = hearingai.annotate(
            classifier,
            sound,
            hop=options.hop,
            threshold=0.3,
            low=0.3,
            smooth=options.smooth,
            labels=measure.TEN_WORDS,
            keep_windows=False,
        )
    return annotation, truth


def chosen_threshold(classifier, clips, noise, options):
    """The threshold of the wanted false-accept rate, on speakers and noise that are not judged."""
    background = pd.DataFrame({"fname": noise["fname"], "start": 0.0, "end": noise["middle"]})
    heard = hear(classifier, clips, background, options.snr, options, SEED + 1)
    result = hearingai.detection_metrics(*heard, wanted_per_hour=options.per_hour)
    print(f"threshold {result.summary['threshold'].item():.3f} chosen at {result}", flush=True)
    return result.summary["threshold"].item()


def judge(classifier, clips, noise, threshold, options):
    """The metrics at each signal-to-noise ratio, and a row each of what counts."""
    background = pd.DataFrame(
        {"fname": noise["fname"], "start": noise["middle"], "end": noise["duration"]}
    )
    results, rows = {}, []
    for snr in options.snr:
        annotation, truth = hear(classifier, clips, background, snr, options, SEED)
        result = hearingai.detection_metrics(
            annotation, truth, threshold=threshold, at_false_accepts_per_hour=RATES
        )
        streaming = hearingai.streaming_accuracy(result.events, truth).iloc[0]
        row = result.summary.iloc[0]
        counts = ("n_truth", "hits", "misses", "false_accepts", "substitutions", "duplicates")
        rates = ("precision", "recall", "f1", "false_accepts_per_hour")
        shares = ("matched", "correct", "wrong", "false_positives")
        rows.append(
            {"detector": options.name, "SNR, dB": f"{snr:g}"}
            | {name.replace("_", " "): int(row[name]) for name in counts}
            | {name.replace("_", " "): float(row[name]) for name in rates}
            | {f"{name.replace('_', ' ')}, streaming": float(streaming[name]) for name in shares}
            | {
                f"false rejects at {point.at_false_accepts_per_hour:g} an hour": float(
                    point.false_reject_rate
                )
                for point in result.operating_points.itertuples()
            }
            | {"times real time": annotation.speed}
        )
        results[f"{snr:g} dB"] = result
        print(f"{snr:g} dB: {result}", flush=True)
    return results, rows


def arguments():
    """What the command line says."""
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("model", nargs="?", type=Path, help="a .keras file; trained if missing")
    parser.add_argument(
        "--classifier", type=Path, nargs="+", help="trained classifiers to measure instead"
    )
    parser.add_argument("--name", help="of the detector, in the table; else that of its file")
    parser.add_argument("--smooth", type=float, default=0.3, help="seconds, see annotate()")
    parser.add_argument("--recipe", default="speech-commands-small", help="of the training")
    parser.add_argument("--body", help="of the training, for a recipe with one")
    parser.add_argument("--per-hour", type=float, default=2, help="false accepts to aim at")
    parser.add_argument("--minutes", type=float, default=60, help="of sound at each ratio")
    parser.add_argument("--snr", default="20,10,5,0", help="signal-to-noise ratios, dB")
    parser.add_argument("--hop", type=float, default=0.1, help="seconds from window to window")
    parser.add_argument("--epochs", type=int, help="of the training; else the recipe's")
    options = parser.parse_args()
    if (options.model is None) == (options.classifier is None):
        parser.error("give either MODEL or --classifier")
    options.name = options.name or (options.model or options.classifier[0]).stem
    options.snr = [float(part) for part in options.snr.split(",")]
    if options.quick:
        options.minutes, options.epochs = 2, 1
    return options


def aims(rows):
    """What the detector that finds most words is to reach at each ratio that has an aim."""
    told = []
    for snr, least in LEAST.items():
        at = f"at {snr:g} dB"
        there = [row for row in rows if row["SNR, dB"] == f"{snr:g}"]
        if there:
            best = max(there, key=lambda row: row["recall"])
            told += [
                measure.aim(f"words found {at}", best["recall"], at_least=least),
                measure.aim(
                    f"false accepts an hour {at}", best["false accepts per hour"], at_most=2
                ),
            ]
    return told


def of_others(options):
    """Rows, notes and results of other detectors that the file has already."""
    if not (options.out and options.out.exists()):
        return [], {}, {}
    found = json.loads(options.out.read_text())
    notes = {name: text for name, text in found["notes"].items() if name != options.name}
    rows = [row for row in found["rows"] if row["detector"] in notes]
    return rows, notes, {name: found["per_label"][name] for name in notes}


def main():
    """Train where needed, choose the threshold, judge, report."""
    options = arguments()
    clips, noise = corpus(options.data)
    if options.classifier:
        members = [opened(path) for path in options.classifier]
        classifier = hearingai.ensemble(members) if len(members) > 1 else members[0]
        words = of_strangers(classifier, clips)
    else:
        there = options.model.exists()
        classifier = opened(options.model) if there else train(clips, noise, options)
        words = clips[clips["class"].isin(measure.TEN_WORDS)].drop(columns=["start", "end"])
    unseen = words[words["split"] == "test"]
    alone = hearingai.evaluate(classifier, unseen)
    if alone.n_seen:
        raise SystemExit(f"{alone.n_seen} clips of the hour were used in training")
    validation = words[words["split"] == "validation"]
    threshold = chosen_threshold(classifier, validation, noise, options)
    results, rows = judge(classifier, unseen, noise, threshold, options)
    if options.out:
        title = f"ten words of unseen speakers in {options.minutes:g} minutes of noise"
        hearingai.plot_det(results, title=title).savefig(options.out.with_suffix(".png"), dpi=100)
    others, notes, per_label = of_others(options)
    notes[options.name] = (
        f"`{options.name}`: {unseen['speaker'].nunique()} unseen speakers, {options.minutes:g} "
        f"minutes; threshold {threshold:.3f}; accuracy on the clips alone {alone.accuracy:.3f}."
    )
    per_label[options.name] = {k: r.per_label.to_dict("records") for k, r in results.items()}
    measure.report(
        options,
        "Words in noise",
        others + rows,
        aims(others + rows),
        f"Ten words of unseen speakers, one each {EVERY:g} s of noise, windows {options.hop:g} s "
        f"apart. The threshold is chosen on other speakers and other noise for "
        f"{options.per_hour:g} false accepts an hour. Shares named `streaming` are those of "
        f"`streaming_accuracy()`. {' '.join(notes.values())}",
        notes=notes,
        per_label=per_label,
        picture=options.out is not None,
    )


if __name__ == "__main__":
    main()
