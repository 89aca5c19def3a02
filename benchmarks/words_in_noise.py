"""Words of unseen speakers in an hour of noise: what a detector hears, and what it imagines.

    python benchmarks/words_in_noise.py DATA MODEL [--minutes 60] [--snr 20,10,5,0] [--hop 0.1]
        [--epochs N] [--quick] [--out FILE]

DATA is a copy of Speech Commands. MODEL is a `.keras` file; where there is none, the detector is
trained and saved there: ten words, seconds of noise as `_background_`, all other words as
`_unknown_`, with noise under the clips. Three in ten speakers are kept for the hour and the others
teach; of each noise recording the first half teaches and the second is heard. The words lie at
about the level they are spoken at, the noise so many dB below; every ratio has the same words at
the same times. The threshold is chosen on another recording, of speakers that only validated the
training, in the first halves of the noise, for five false accepts an hour. Beside `--out` lies a
picture of the DET curves.
"""

import tempfile
from pathlib import Path

import measure
import numpy as np
import pandas as pd

import hearingai

REST = ["_background_", "_unknown_"]  # what the detector knows and does not report
WORD_DB = -30  # level of a word where it is active, dB of full scale
EVERY = 4.0  # seconds from word to word
WANTED = 5  # false accepts an hour
SEED = 1


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


def train(clips, noise, model, epochs=None):
    """Train the detector and save it; a training that was broken off goes on."""
    heard = [
        hearingai.read_audio(row.fname, measure.RATE, duration=row.middle)[0]
        for row in noise.itertuples()
    ]
    augment = ["time_shift", ("background_noise", {"noise": heard, "snr_db": (0, 20)})]
    checkpoint = model.with_suffix(".checkpoint.keras")
    classifier = hearingai.fit(
        "speech-commands-small",
        clips,
        epochs=epochs,
        augment=augment,
        seed=SEED,
        checkpoint=checkpoint,
    )
    hearingai.save_classifier(classifier, model)
    return classifier


def hear(classifier, clips, background, snr_db, seconds, hop, seed):
    """Lay the words into the noise and annotate it; returns `(annotation, truth)`."""
    level = WORD_DB - float(np.mean(snr_db))
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder, "hour.flac")
        truth = hearingai.lay_clips(
            background,
            clips,
            sound,
            snr_db,
            every=EVERY,
            duration=seconds,
            level_db=level,
            sample_rate=measure.RATE,
            seed=seed,
        )
        # low enough for a long curve, not so low that words run into each other; what is counted
        # is chosen by score
        annotation = hearingai.annotate(
            classifier,
            sound,
            hop=hop,
            threshold=0.3,
            low=0.3,
            smooth=0.3,
            ignore=REST,
            keep_windows=False,
        )
    return annotation, truth


def chosen_threshold(classifier, clips, noise, options):
    """The threshold of the wanted false-accept rate, on speakers and noise that are not judged."""
    background = pd.DataFrame({"fname": noise["fname"], "start": 0.0, "end": noise["middle"]})
    seconds = options.minutes * 60 / 2
    heard = hear(classifier, clips, background, options.snr, seconds, options.hop, SEED + 1)
    result = hearingai.detection_metrics(*heard, wanted_per_hour=WANTED)
    print(f"threshold {result.summary['threshold'].item():.3f} chosen at {result}", flush=True)
    return result.summary["threshold"].item()


def judge(classifier, clips, noise, threshold, options):
    """The metrics at each signal-to-noise ratio, and a row each of what counts."""
    background = pd.DataFrame(
        {"fname": noise["fname"], "start": noise["middle"], "end": noise["duration"]}
    )
    results, rows = {}, []
    for snr in options.snr:
        seconds = options.minutes * 60
        annotation, truth = hear(classifier, clips, background, snr, seconds, options.hop, SEED)
        result = hearingai.detection_metrics(annotation, truth, threshold=threshold)
        streaming = hearingai.streaming_accuracy(result.events, truth).iloc[0]
        row = result.summary.iloc[0]
        counts = ("n_truth", "hits", "misses", "false_accepts", "substitutions", "duplicates")
        rates = ("precision", "recall", "f1", "false_accepts_per_hour")
        shares = ("matched", "correct", "wrong", "false_positives")
        rows.append(
            {"SNR, dB": f"{snr:g}"}
            | {name.replace("_", " "): int(row[name]) for name in counts}
            | {name.replace("_", " "): float(row[name]) for name in rates}
            | {f"{name.replace('_', ' ')}, streaming": float(streaming[name]) for name in shares}
            | {"times real time": annotation.speed}
        )
        results[f"{snr:g} dB"] = result
        print(f"{snr:g} dB: {result}", flush=True)
    return results, rows


def arguments():
    """What the command line says."""
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("model", type=Path, help="the detector, a .keras file; trained if missing")
    parser.add_argument("--minutes", type=float, default=60, help="of sound at each ratio")
    parser.add_argument("--snr", default="20,10,5,0", help="signal-to-noise ratios, dB")
    parser.add_argument("--hop", type=float, default=0.1, help="seconds from window to window")
    parser.add_argument("--epochs", type=int, help="of the training; else the recipe's")
    options = parser.parse_args()
    options.snr = [float(part) for part in options.snr.split(",")]
    if options.quick:
        options.minutes, options.epochs = 2, 1
    return options


def main():
    """Train where needed, choose the threshold, judge, report."""
    options = arguments()
    clips, noise = corpus(options.data)
    if options.model.exists():
        classifier = hearingai.load_classifier(options.model)
    else:
        classifier = train(clips, noise, options.model, options.epochs)
    words = clips[clips["class"].isin(measure.TEN_WORDS)].drop(columns=["start", "end"])
    unseen = words[words["split"] == "test"]
    alone = hearingai.evaluate(classifier, unseen)
    if alone.n_seen:
        raise SystemExit(f"{alone.n_seen} clips of the hour were used in training")
    validation = words[words["split"] == "validation"]
    threshold = chosen_threshold(classifier, validation, noise, options)
    results, rows = judge(classifier, unseen, noise, threshold, options)
    picture = {}
    if options.out:
        path = options.out.with_suffix(".png")
        title = f"ten words of unseen speakers in {options.minutes:g} minutes of noise"
        hearingai.plot_det(results, title=title).savefig(path, dpi=100)
        picture = {"picture": path.name}
    measure.report(
        options,
        "Words in noise",
        rows,
        [],
        f"Ten words of {unseen['speaker'].nunique()} unseen speakers, one each {EVERY:g} s of "
        f"{options.minutes:g} minutes of noise, windows {options.hop:g} s apart. The threshold, "
        f"{threshold:.3f}, was chosen on other speakers and other noise for {WANTED} false accepts "
        f"an hour. The detector's accuracy on the clips alone is {alone.accuracy:.3f}. The last "
        f"four shares are those of `streaming_accuracy()`.",
        per_label={name: r.per_label.to_dict("records") for name, r in results.items()},
        **picture,
    )


if __name__ == "__main__":
    main()
