"""How long an R user waits for the first prediction: a fresh R, from its start to a printed tibble.

    python benchmarks/first_prediction.py [--quick] [--out FILE]

The classifier and the recording are made before, and do not count. R finds hearingai in its
libraries, and is bound to this Python.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure
import numpy as np

import hearingai

SESSION = """
clock <- function(...) cat("clock", ..., format(as.numeric(Sys.time()), digits = 15), "\\n")
clock("R")
library(hearingai)
clock("library()")
classifier <- load_classifier("words.keras")
clock("load_classifier()")
predict(classifier, "word.wav")
clock("predict()")
invisible(predict(classifier, "word.wav"))
clock("predict() of the next")
"""
FIRST = 4  # steps until the first prediction
ALL = "in all, until the first prediction"


def seconds(folder):
    """Seconds of each step of a fresh R that works in the folder."""
    started = time.time()
    done = subprocess.run(
        ["R", "--vanilla", "--no-echo"],
        input=SESSION,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"RETICULATE_PYTHON": sys.executable},
    )
    assert ".pred_class" in done.stdout
    clocks = re.findall(r"^clock (.*) ([0-9.]+) $", done.stdout, re.MULTILINE)
    steps, times = zip(*clocks, strict=True)
    took = np.diff([started, *map(float, times)])
    return dict(zip(steps, took, strict=True)) | {ALL: took[:FIRST].sum()}


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    rounds = 1 if options.quick else 7
    with tempfile.TemporaryDirectory() as folder, measure.recordings(None, 1) as (wav,):
        classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
        hearingai.save_classifier(classifier, Path(folder, "words.keras"))
        shutil.copyfile(wav, Path(folder, "word.wav"))
        seconds(folder)  # brings the files into the page cache
        found = [seconds(folder) for _ in range(rounds)]
    rows = []
    for step in found[0]:
        times = [each[step] for each in found]
        spread = {"seconds": np.median(times), "best": min(times), "worst": max(times)}
        rows.append({"step": step} | {name: float(value) for name, value in spread.items()})
    start = next(row["seconds"] for row in rows if row["step"] == "library()")
    measure.report(
        options,
        "First prediction from R",
        rows,
        [measure.aim("`library(hearingai)`", start, at_most=1, unit=" s")],
        f"`speech-commands-small`, a fresh R each of {rounds} times, its files in the page cache.",
    )


if __name__ == "__main__":
    main()
