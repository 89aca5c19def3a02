"""Sounds that overlap: a detector of several labels against one of a class a clip.

    python benchmarks/overlaps.py ESC-10 [--body NAME] [--quick] [--out FILE]

Ten kinds of sound are laid into noise, up to three at once, in recordings of a minute: clips of
four folds in those that teach, of the fifth in those that are heard. Both detectors learn of the
same windows on a body's embeddings: one takes every window with its labels, the other the windows
with one label, and those with none as `background`, since a class a clip is all that it can tell.
Thresholds are those of the best F1 on a quarter of the recordings that teach.
"""

import tempfile
from pathlib import Path

import measure
import numpy as np
import pandas as pd

import hearingai

WINDOW, HOP = 3.0, 1.5  # seconds
RATE = 48000
PART = 2.5  # seconds of a clip that are laid
EVERY = 3.0  # as many of them as may sound at once in so many seconds
TOLERANCE = 2.5


def heard(fname):
    """Whether the part of a clip is more than silence."""
    return np.abs(hearingai.read_audio(fname, RATE, duration=PART)[0]).max() > 1e-3


def recordings(clips, folder, n, seed, seconds):
    """Recordings with sounds of the clips in them, and the table of these."""
    rng, truth = np.random.default_rng(seed), []
    noise = folder / "noise.wav"
    for i in range(n):
        hearingai.write_audio(
            rng.normal(0, 0.01, int(seconds * RATE)).astype("float32"), noise, RATE, overwrite=True
        )
        drawn = clips.iloc[rng.permutation(len(clips))[: 2 * int(seconds / EVERY)]]
        truth.append(
            hearingai.lay_clips(
                str(noise),
                drawn,
                str(folder / f"{seed}-{i:02d}.wav"),
                snr_db=(20, 10, 5),
                every=EVERY,
                sample_rate=RATE,
                polyphony=3,
                seed=1000 * seed + i,
                progress=False,
            )
        )
    return pd.concat(truth, ignore_index=True)


def detector(body, truth, several):
    """A detector of windows of the recordings, and how many taught it."""
    windows = hearingai.clips_from_annotations(
        sorted(set(truth["fname"])), truth, WINDOW, hop=HOP, one_label=not several, seed=1
    )
    parts = hearingai.split_clips(windows, {"train": 0.75, "test": 0.25}, seed=1)
    teach, choose = (parts[parts["split"] == name] for name in ("train", "test"))
    made = hearingai.few_shot(
        body, teach.drop(columns="split"), duration=WINDOW, seed=1, progress=False
    )
    chosen = hearingai.choose_thresholds(made, choose, best_f1=True, progress=False)
    return chosen.classifier, len(teach)


def main():
    parser = measure.arguments(__doc__, data="required")
    parser.add_argument("--body", default="speech-embedding")
    options = parser.parse_args()
    clips = hearingai.load_clips(options.data).assign(start=0.0, end=PART)
    clips = clips[[heard(fname) for fname in clips["fname"]]]
    body = hearingai.get_body(options.body)
    fold = sorted(clips["fold"].unique())[-1]
    n_teach, n_heard, seconds = (2, 1, 30) if options.quick else (10, 5, 60)
    rows, f1 = [], {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        teach = recordings(clips[clips["fold"] != fold], folder, n_teach, 1, seconds)
        there = recordings(clips[clips["fold"] == fold], folder, n_heard, 2, seconds)
        for name, several in (("a class a clip", False), ("any number of labels", True)):
            classifier, n = detector(body, teach, several)
            found = hearingai.annotate(
                classifier, sorted(set(there["fname"])), hop=HOP / 2, progress=False
            )
            result = hearingai.detection_metrics(
                found.events, there, tolerance=TOLERANCE, by="overlap", duration=n_heard * seconds
            )
            row = result.summary.iloc[0]
            f1[name] = row["f1"]
            told = {k: float(row[k]) for k in ("precision", "recall", "f1")}
            rows.append({"detector": name, "windows that teach": n} | told)
            print(rows[-1], flush=True)
    gain = f1["any number of labels"] - f1["a class a clip"]
    measure.report(
        options,
        "Sounds that overlap",
        rows,
        [measure.aim("F1 by event, more than with a class a clip", gain, at_least=0.0)],
        f"Ten kinds of sound, {len(there)} of them in {n_heard} recordings of {seconds} s, up to "
        f"three at once. An event counts where it overlaps a true one of its label.",
    )


if __name__ == "__main__":
    main()
