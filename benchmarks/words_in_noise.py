"""Words of unseen speakers in an hour of noise: what a detector hears, and what it imagines.

    python benchmarks/words_in_noise.py DATA MODEL [--recipes words,head] [--seeds 3]
        [--minutes 60] [--snr 20,10,5,0] [--hop 0.1] [--per-hour 2] [--name NAME] [--quick]
        [--out FILE]
    python benchmarks/words_in_noise.py DATA --classifier FILE [FILE ...] [...]

DATA is a copy of Speech Commands. A detector learns by each of the recipes, see word_detector.py,
and is saved as MODEL-RECIPE-SEED.keras; one that is there already is taken. The seed also says
which three in ten speakers are kept for the hour; most others teach. Of each noise recording the
first half teaches and the second is heard. The words lie at about the level they are spoken at, the
noise so many dB below; every ratio has the same words at the same times. Thresholds are chosen on
another recording, of speakers that did not teach, in the first halves of the noise: one for so many
false accepts an hour in all, and one where a word heard as another of the ten counts as such, and
not as a false accept. Beside `--out` lies a picture of the first seed's DET curves.

With `--classifier FILE` any saved classifier that knows the ten words is measured that was trained
on clips, whatever else it knows; several files are asked together, see `ensemble`. Who is heard in
the hour are the speakers of whom it was trained on no clip, as its record says; three in ten of
them choose the threshold instead. What noise it was trained on, no record says: that it was not the
second halves is up to who trained it. `--name` is what the table calls the detector; rows of other
detectors that the file has already stay in it.
"""

import json
import tempfile
from pathlib import Path

import measure
import numpy as np
import pandas as pd
from word_detector import LEARNING, corpus, detector

import hearingai
from hearingai.clips.store import packed_clips

WORD_DB = -30  # level of a word where it is active, dB of full scale
EVERY = 4.0  # seconds from word to word
RATES = (0.5, 2)  # false accepts an hour at which false rejects are told
COUNTED = ALL, APART = "all", "all but confusions"  # that count as false accepts
LEAST = {20: 0.9, 10: 0.8}  # of the words found, by signal-to-noise ratio


def of_strangers(classifier, clips, seed):
    """The ten words by speakers of whom a classifier was trained on no clip, split anew."""
    if lacking := sorted(set(measure.TEN_WORDS) - set(classifier.labels)):
        raise SystemExit(f"the classifier does not know: {', '.join(lacking)}")
    if classifier.trained_on is None:
        raise SystemExit("the classifier does not say what it was trained on")
    spoken = clips.drop(columns="split")
    packed, _, good, _ = packed_clips(spoken.reset_index(drop=True), classifier.clip_format)
    heard = [digest in classifier.trained_on for digest in packed.digests()]
    if not any(heard):  # of words within longer sounds no record tells the speakers
        raise SystemExit(
            "the classifier was trained on none of these clips: who spoke, is not known"
        )
    known = set(spoken["speaker"].iloc[good][heard])
    words = spoken[spoken["class"].isin(measure.TEN_WORDS) & ~spoken["speaker"].isin(known)]
    if not len(words):
        raise SystemExit("the classifier was trained on clips of every speaker")
    shares = {"validation": 0.3, "test": 0.7}
    return hearingai.split_clips(words, shares, by="speaker", seed=seed)


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


def chosen_thresholds(classifier, clips, noise, options, seed):
    """By what counts as a false accept: the threshold of the wanted rate, on another hour."""
    background = pd.DataFrame({"fname": noise["fname"], "start": 0.0, "end": noise["middle"]})
    heard = hear(classifier, clips, background, options.snr, options, seed + 1)
    chosen = {counted: at_rate(heard, counted, options)[0] for counted in COUNTED}
    print(f"thresholds {chosen}", flush=True)
    return chosen


def at_rate(heard, counted, options):
    """The lowest threshold that keeps the wanted rate of false accepts, and the words found."""
    for threshold in np.arange(0.3, 1, 0.01):
        row = hearingai.detection_metrics(*heard, threshold=threshold).summary.iloc[0]
        accepts = row["false_accepts"] if counted == ALL else beside_confusions(row)
        if accepts * 60 / options.minutes <= options.per_hour:
            return float(threshold), float(row["recall"])
    return 1.0, float("nan")  # no threshold keeps it


def beside_confusions(row):
    """The false accepts that are no confusions."""
    return int(row["false_accepts"] - row["substitutions"])


def judge(classifier, clips, noise, thresholds, options, seed):
    """The metrics at each ratio, and a row for each ratio and threshold."""
    background = pd.DataFrame(
        {"fname": noise["fname"], "start": noise["middle"], "end": noise["duration"]}
    )
    results, rows = {}, []
    for snr in options.snr:
        heard = annotation, truth = hear(classifier, clips, background, snr, options, seed)
        for counted, threshold in thresholds.items():
            result = hearingai.detection_metrics(
                annotation, truth, threshold=threshold, at_false_accepts_per_hour=RATES
            )
            row = told(result, counted, snr, annotation, truth, options) | {"seed": seed}
            rows.append(row | {at(options): at_rate(heard, counted, options)[1]})
            print(f"{snr:g} dB, {counted}: {result}", flush=True)
            results.setdefault(f"{snr:g} dB", result)
    return results, rows


def told(result, counted, snr, annotation, truth, options):
    """A row of the table."""
    row, hours = result.summary.iloc[0], options.minutes / 60
    streaming = hearingai.streaming_accuracy(result.events, truth).iloc[0]
    counts = {"words": row["n_truth"], "found": row["hits"], "confused": row["substitutions"]}
    shares = ("matched", "correct", "wrong", "false_positives")
    return (
        {"detector": options.name, "SNR, dB": f"{snr:g}", "false accepts are": counted}
        | {"threshold": float(row["threshold"])}
        | {name: int(n) for name, n in counts.items()}
        | {"recall": float(row["recall"]), "precision": float(row["precision"])}
        | {"false accepts an hour": float(row["false_accepts_per_hour"])}
        | {"without confusions": beside_confusions(row) / hours}
        | {f"{name.replace('_', ' ')}, streaming": float(streaming[name]) for name in shares}
        | {
            f"false rejects at {point.at_false_accepts_per_hour:g} an hour": float(
                point.false_reject_rate
            )
            for point in result.operating_points.itertuples()
        }
        | {"times real time": annotation.speed}
    )


def arguments():
    """What the command line says."""
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("model", nargs="?", type=Path, help="how the detectors' files begin")
    parser.add_argument(
        "--classifier", type=Path, nargs="+", help="trained classifiers to measure instead"
    )
    parser.add_argument("--name", help="of the detector, in the table")
    parser.add_argument("--smooth", type=float, help="seconds, see annotate()")
    parser.add_argument("--recipes", default="words,head", help="of the trainings")
    parser.add_argument("--seeds", type=int, default=3, help="how many detectors are trained")
    parser.add_argument("--per-hour", type=float, default=2, help="false accepts to aim at")
    parser.add_argument("--minutes", type=float, default=60, help="of sound at each ratio")
    parser.add_argument("--snr", default="20,10,5,0", help="signal-to-noise ratios, dB")
    parser.add_argument("--hop", type=float, default=0.1, help="seconds from window to window")
    options = parser.parse_args()
    if (options.model is None) == (options.classifier is None):
        parser.error("give either MODEL or --classifier")
    options.recipes = options.recipes.split(",")
    if unknown := set(options.recipes) - set(LEARNING):
        parser.error(f"--recipes: {', '.join(unknown)} is none of {', '.join(LEARNING)}")
    if options.classifier:
        options.recipes, options.seeds = [path.stem for path in options.classifier], 1
    options.name = options.name or " and ".join(options.recipes)
    options.snr = [float(part) for part in options.snr.split(",")]
    if options.quick:
        options.minutes, options.seeds = 2, 1
    return options


def summaries(rows):
    """Mean and deviation over the seeds of each detector, ratio and count."""
    tables = []
    keys = ["detector", "SNR, dB", "false accepts are"]
    for key, found in pd.DataFrame(rows).groupby(keys, sort=False):
        numbers = found.drop(columns=[*keys, "seed"])
        row = dict(zip(keys, key, strict=True)) | {"seeds": len(found)}
        tables.append(row | {name: spread(numbers[name]) for name in numbers})
    return tables


def spread(values):
    """Mean and deviation as text; a single value as it is."""
    if len(values) == 1:
        return values.item()
    return f"{measure.shown(float(values.mean()))} ± {measure.shown(float(values.std()))}"


def aims(rows, options):
    """What the detector that finds most words is to reach, where there is an aim."""
    table, wanted = pd.DataFrame(rows), []
    table = table[table["detector"] == table.groupby("detector")[at(options)].mean().idxmax()]
    for snr, least in LEAST.items():
        for counted in COUNTED:
            there = table[
                (table["SNR, dB"] == f"{snr:g}") & (table["false accepts are"] == counted)
            ]
            if len(there):
                what = f"{at(options)} at {snr:g} dB, {counted}"
                wanted.append(measure.aim(what, there[at(options)].mean(), at_least=least))
    return wanted


def at(options):
    """The name of the words that are found at the wanted rate of false accepts."""
    return f"found at {options.per_hour:g} false accepts an hour"


def of_others(options):
    """Rows, notes and results of other detectors that the file has already."""
    if not (options.out and options.out.exists()):
        return [], {}, {}
    found = json.loads(options.out.read_text())
    rows = [row for row in found.get("per_seed", []) if row["detector"] != options.name]
    notes = {row["detector"]: found["notes"][row["detector"]] for row in rows}
    return rows, notes, {name: found["per_label"][name] for name in notes}


def measured(clips, noise, options, seed):
    """The metrics, the rows and who was heard, for the detector of a seed."""
    if options.classifier:
        members = [hearingai.load_classifier(path) for path in options.classifier]
        classifier = hearingai.ensemble(members) if len(members) > 1 else members[0]
        words = of_strangers(classifier, clips, seed)
    else:
        classifier = detector(clips, noise, options, seed)
        words = clips[clips["class"].isin(measure.TEN_WORDS)]
    unseen = words[words["split"] == "test"]
    alone = hearingai.evaluate(classifier, unseen)
    if alone.n_seen:
        raise SystemExit(f"{alone.n_seen} clips of the hour were used in training")
    validation = words[words["split"] == "validation"]
    thresholds = chosen_thresholds(classifier, validation, noise, options, seed)
    results, rows = judge(classifier, unseen, noise, thresholds, options, seed)
    rows = [row | {"accuracy on the clips alone": float(alone.accuracy)} for row in rows]
    return results, rows, unseen["speaker"].nunique()


def main():
    """Train where needed, choose the threshold, judge, report."""
    options = arguments()
    rows, notes, per_label = of_others(options)
    speakers, first = [], {}
    for seed in range(1, options.seeds + 1):
        results, found, n = measured(*corpus(options.data, seed), options, seed)
        rows, first = rows + found, first or results
        speakers.append(n)
    if options.out:
        title = f"ten words of unseen speakers in {options.minutes:g} minutes of noise"
        hearingai.plot_det(first, title=title).savefig(options.out.with_suffix(".png"), dpi=100)
    notes[options.name] = (
        f"`{options.name}`: {options.minutes:g} minutes a ratio, at least {min(speakers)} unseen "
        f"speakers."
    )
    per_label[options.name] = {k: r.per_label.to_dict("records") for k, r in first.items()}
    measure.report(
        options,
        "Words in noise",
        summaries(rows),
        aims(rows, options),
        f"Ten words of unseen speakers, one each {EVERY:g} s of noise, windows {options.hop:g} s "
        f"apart. Thresholds are chosen on other speakers and other noise for {options.per_hour:g} "
        f"false accepts an hour: all of them, or all but confusions, where a word is heard as "
        f"another of the ten. What is found, or falsely rejected, at so many an hour is read off "
        f"the curve of the hour itself; the latter with all counted. Shares named `streaming` are "
        f"those of `streaming_accuracy()`. Mean and standard deviation over seeds. "
        f"{' '.join(notes.values())}",
        notes=notes,
        per_seed=rows,
        per_label=per_label,
        picture=options.out is not None,
    )


if __name__ == "__main__":
    main()
