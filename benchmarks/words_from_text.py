"""Detectors of words made from text alone, judged on real people.

    python benchmarks/words_from_text.py SPEECH_COMMANDS --digits FSDD --out words_from_text.json

Real clips are judged on whole, or, where ten a word are learnt, those of all other speakers; an
answer `unknown` or `silence` is wrong. Words of other languages have no recordings here: they are
judged on voices of eSpeak NG's Klatt synthesiser, which no detector learns. The hour of other words
in noise is divided: thresholds are chosen and false alarms mined in its first half, counted in the
second, with other clips.
"""

import json
import tempfile
import time
from pathlib import Path

import measure
import numpy as np
import pandas as pd

import hearingai
from hearingai.audio.resampling import resample
from hearingai.synthesis.espeak import speak

WANTED = {"text": 0.87, "small": 0.8, "ten": 0.92}
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
ABROAD = {
    "de": ["ja", "nein", "links", "rechts", "an", "aus", "hilfe", "stopp"],
    "es": ["sí", "no", "izquierda", "derecha", "luz", "ayuda", "abre", "cierra"],
    "ar": ["نعم", "لا", "يمين", "يسار", "افتح", "أغلق", "مساعدة", "توقف"],
}
KLATT = ["klatt", "klatt2", "klatt3", "klatt4", "klatt5", "klatt6"]
RATES = (0.5, 2.0)
PARTS = ("ten", "small", "real", "all", "digits", "abroad", "noise")


def row(task, learnt_from, accuracies, seconds, unknown=None):
    """A row of the table."""
    spread = f" ± {np.std(accuracies, ddof=1):.3f}" if len(accuracies) > 1 else ""
    told = {
        "task": task,
        "learnt from": learnt_from,
        "accuracy": f"{np.mean(accuracies):.3f}{spread}",
        "seconds to make": float(np.median(seconds)),
    }
    if unknown is not None:
        told["other words told apart"] = float(np.mean(unknown))
    print(told, flush=True)
    return told


def of_words(clips, words, seeds, voices, task, real=0, **how):
    """Detectors of some words, by seed, judged on clips of real people."""
    accuracies, unknown, seconds = [], [], []
    for seed in seeds:
        table, test = None, clips
        if real:
            spoken = clips[clips["class"].isin(words)]
            table = drawn(spoken.drop(columns="split"), real, seed)
            test = clips[~clips["speaker"].isin(table["speaker"])]
        started = time.perf_counter()
        detector = hearingai.word_classifier(
            words, voices=voices, clips=table, seed=seed, store=False, progress=False, **how
        )
        seconds.append(time.perf_counter() - started)
        found = hearingai.predict(detector, test, progress=False)["label"].to_numpy()
        wanted = test["class"].isin(words).to_numpy()
        accuracies.append(np.mean(found[wanted] == test["class"].to_numpy()[wanted].astype(str)))
        if not wanted.all():
            unknown.append(np.mean(np.isin(found[~wanted], ["unknown", "silence"])))
        print(f"  seed {seed}: {accuracies[-1]:.4f} {unknown[-1:]}", flush=True)
    learnt = f"{voices} voices" + (f" and {real} real clips a word" if real else "")
    return row(task, learnt, accuracies, seconds, unknown or None), np.mean(accuracies)


def drawn(clips, n, seed):
    """So many clips a word, each of another speaker."""
    mixed = clips.sample(frac=1, random_state=seed)
    return mixed.drop_duplicates(["class", "speaker"]).groupby("class", observed=True).head(n)


def abroad(language, words, voices):
    """Words of another language, judged on voices of another synthesiser."""
    started = time.perf_counter()
    detector = hearingai.word_classifier(
        words, language=language, voices=voices, seed=1, store=False, progress=False
    )
    seconds = time.perf_counter() - started
    jobs = [
        (f"{language}+{voice}", word, speed, 50, 50, 0.9)
        for word in words
        for voice in KLATT
        for speed in (130, 160, 190)
    ]
    sounds = [resample(sound, rate, measure.RATE) for sound, rate in speak(jobs, 1)]
    found = hearingai.predict(detector, sounds, sample_rate=measure.RATE, progress=False)["label"]
    right = np.mean(found.to_numpy() == np.array([job[1] for job in jobs]))
    return row(
        f"{len(words)} words of `{language}`, Klatt voices", f"{voices} voices", [right], [seconds]
    )


def in_noise(data, minutes, hop):
    """False accepts and rejects before and after mining, in an hour of other words and noise."""
    clips = hearingai.speech_commands(data)
    noise = hearingai.background_noise(data)
    clips = hearingai.split_clips(clips, {"first": 0.5, "second": 0.5}, by="speaker", seed=1)
    detector = hearingai.word_classifier(measure.TEN_WORDS, seed=1, store=False, progress=False)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        heard = {}
        for half in ("first", "second"):
            side = clips[clips["split"] == half]
            places = noise.assign(
                start=0.0 if half == "first" else noise["duration"] / 2,
                end=noise["duration"] / 2 if half == "first" else noise["duration"],
            )
            for kind in ("others", "words"):
                chosen = side[side["class"].isin(measure.TEN_WORDS) == (kind == "words")]
                path = Path(folder, f"{half}-{kind}.flac")
                truth = hearingai.lay_clips(
                    places, chosen, path, snr_db=20, every=2.5, duration=60 * minutes, seed=1
                )
                heard[half, kind] = str(path), truth
        mined = hearingai.mine_false_alarms(
            detector,
            heard["first", "others"][0],
            test=0.1,
            hop=hop,
            threshold=0.5,
            seed=1,
            progress=False,
        )
        for name, classifier in {"as made": detector, "after mining": mined.classifier}.items():
            events = {
                kind: hearingai.annotate(
                    classifier,
                    heard["second", kind][0],
                    hop=hop,
                    threshold=0.05,
                    low=0.05,
                    refractory=0.5,
                    keep_windows=False,
                    progress=False,
                ).events
                for kind in ("others", "words")
            }
            truth = heard["second", "words"][1]
            hours = 2 * minutes / 60
            both = pd.concat(events.values(), ignore_index=True)
            result = hearingai.detection_metrics(
                both, truth, duration=hours * 3600, at_false_accepts_per_hour=(*RATES, 10.0)
            )
            points = result.operating_points
            told = {"detector": name, "clips mined": 0 if name == "as made" else len(mined.mined)}
            told |= {
                f"false rejects at {point.at_false_accepts_per_hour:g} an hour": float(
                    point.false_reject_rate
                )
                for point in points.itertuples()
            }
            per_hour = len(events["others"].query("score >= 0.5")) / (minutes / 60)
            told["false accepts an hour of other words, at 0.5"] = float(per_hour)
            print(told, flush=True)
            rows.append(told)
    return rows


def measured(part, options):
    """The rows of a part, and what they are to reach."""
    clips, ten = hearingai.speech_commands(options.data), measure.TEN_WORDS
    seeds = range(1, 2 if options.quick else options.seeds + 1)
    voices = 20 if options.quick else 160
    if part == "ten":
        told, mean = of_words(clips, ten, seeds, voices, "ten words")
        return [told], [measure.aim("ten words from text", mean, at_least=WANTED["text"])]
    if part == "small":
        told, mean = of_words(clips, ten, seeds, voices, "ten words, by a small network", body=None)
        return [told], [measure.aim("ten words by a small network", mean, at_least=WANTED[part])]
    if part == "real":
        told, mean = of_words(clips, ten, seeds, voices, "ten words", real=10)
        return [told], [measure.aim("and from ten clips each", mean, at_least=WANTED["ten"])]
    if part == "all":
        words = sorted(clips["class"].astype(str).unique())
        return [of_words(clips, words, seeds[:1], voices // 2, f"{len(words)} words")[0]], []
    if part == "digits":
        spoken = hearingai.fsdd(options.digits)
        spoken["class"] = [DIGITS[int(name)] for name in spoken["class"]]
        return [of_words(spoken, DIGITS, seeds, voices, "ten digits at 8 kHz")[0]], []
    if part == "abroad":
        return [abroad(*each, voices // 2) for each in ABROAD.items()], []
    return in_noise(options.data, 1 if options.quick else options.minutes, options.hop), []


def main():
    """Measure the parts that are asked for; those that the file has already stay in it."""
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("--digits", type=Path, help="folder of the Free Spoken Digit Dataset")
    parser.add_argument("--minutes", type=float, default=30, help="of other words, and of the ten")
    parser.add_argument("--hop", type=float, default=0.16, help="seconds from window to window")
    parser.add_argument("--parts", default=",".join(PARTS), help="which to measure")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    found = {}
    if options.out and options.out.exists():
        found = json.loads(options.out.read_text())["parts"]
    for part in options.parts.split(","):
        if part == "digits" and options.digits is None:
            continue
        found[part] = measured(part, options)
        rows, aims = ([x for p in PARTS if p in found for x in found[p][i]] for i in (0, 1))
        note = __doc__.split("\n\n")[2]
        measure.report(options, "Words from text", rows, aims, note, parts=found)


if __name__ == "__main__":
    main()
