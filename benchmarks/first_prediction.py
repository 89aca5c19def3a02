"""How long the first prediction takes: a fresh R, Python or shell, until it is printed.

    python benchmarks/first_prediction.py [--quick] [--out FILE]

The classifier, what is exported of it and the recording are made before, and do not count. R finds
hearingai in its libraries, and is bound to this Python.
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

R = """
clock <- function(...) cat("clock", ..., format(as.numeric(Sys.time()), digits = 15), "\\n")
clock("start")
library(hearingai)
clock("package")
classifier <- {load}("{file}")
clock("load")
predict(classifier, "word.wav")
clock("predict")
invisible(predict(classifier, "word.wav"))
clock("predict the next")
"""
PYTHON = """
import time
def clock(step): print("clock", step, time.time(), "")
clock("start")
import hearingai
clock("package")
classifier = hearingai.{load}("{file}")
clock("load")
print(hearingai.predict(classifier, "word.wav"))
clock("predict")
hearingai.predict(classifier, "word.wav")
clock("predict the next")
"""
FILES = {"words.keras": "load_classifier"}
FILES |= dict.fromkeys(("words.tflite", "words.onnx"), "load_exported")
SHELL = str(Path(sys.executable).with_name("hearingai"))
FACES = ("R", "Python", "shell")
STEPS = ("start", "package", "load", "predict")  # until the first prediction
EMPTY = "none: an empty process"
LIMITS = {  # what the libraries take that are needed for it, without hearingai
    ("R", EMPTY): "",
    ("R", "none: `import numpy`"): 'invisible(reticulate::import("numpy"))',
    ("R", "none: `import keras`"): 'invisible(reticulate::import("keras"))',
    ("Python", EMPTY): "",
    ("Python", "none: `import keras`"): "import keras",
}
MOST = {"words.keras": 4.0}  # seconds; exported files have 1.5


def session(command, text, folder):
    """What a process says that works in the folder, and the time when it was started."""
    started = time.time()
    done = subprocess.run(
        command,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"RETICULATE_PYTHON": sys.executable},
    )
    return started, done.stdout


def contestant(face, file, folder):
    """A function that runs a face on a file, and returns the seconds of its steps."""
    command = {
        "R": ["R", "--vanilla", "--no-echo"],
        "Python": [sys.executable, "-"],
        "shell": [SHELL, "predict", file, "word.wav"],
    }[face]
    text = LIMITS.get((face, file), {"R": R, "Python": PYTHON}.get(face, ""))
    text = text.replace("{load}", FILES.get(file, "")).replace("{file}", file)

    def go():
        started, said = session(command, text, folder)
        ended = time.time()
        if "clock" not in text:
            return {"in all": ended - started}
        clocks = re.findall(r"^clock (.*) ([0-9.]+) $", said, re.MULTILINE)
        steps, times = zip(*clocks, strict=True)
        took = dict(zip(steps, np.diff([started, *map(float, times)]), strict=True))
        return took | {"in all": sum(took[step] for step in STEPS)}

    return go


def main():
    options = measure.arguments(__doc__, data="none").parse_args()
    rounds = 1 if options.quick else 8
    with tempfile.TemporaryDirectory() as folder, measure.recordings(None, 1) as (wav,):
        classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
        hearingai.save_classifier(classifier, Path(folder, "words.keras"))
        for file in list(FILES)[1:]:
            hearingai.export(classifier, Path(folder, file))
        shutil.copyfile(wav, Path(folder, "word.wav"))
        names = [*LIMITS, *((face, file) for face in FACES for file in FILES)]
        names.sort(key=lambda name: FACES.index(name[0]))
        runs = {name: contestant(*name, folder) for name in names}
        found = {name: [] for name in runs}
        for i in range(rounds + 1):  # the first brings the files into the page cache
            for name, run in list(runs.items())[:: 1 if i % 2 else -1]:
                took = run()
                if i:
                    found[name].append(took)
    rows = [row(*name, each) for name, each in found.items()]
    measure.report(options, "First prediction", rows, aims(rows), NOTE.format(rounds=rounds))


NOTE = (
    "`speech-commands-small`, a fresh process each of {rounds} times, its files in the page cache. "
    "Seconds until the process is there, the package attached, the classifier open and the "
    "prediction printed; those of the shell until it has ended. Rows of no file are limits: what "
    "the libraries take that the others need."
)


def row(face, file, found):
    """A row of the table: the medians of each step."""
    whole = [each["in all"] for each in found]
    steps = {step: float(np.median([each[step] for each in found])) for step in found[0]}
    last = {"in all": steps.pop("in all"), "best": min(whole), "worst": max(whole)}
    following = steps.pop("predict the next", None)
    told = {"from": face, "file": f"`{file}`" if file in FILES else file}
    return told | dict.fromkeys(STEPS) | steps | last | {"the next": following}


def aims(rows):
    """What each is to reach."""
    library = next(r["package"] for r in rows if r["package"] is not None)
    found = [measure.aim("`library(hearingai)`", library, at_most=1, unit=" s")]
    for r in rows:
        if (file := r["file"].strip("`")) in FILES:
            most = MOST.get(file, 1.5)
            what = f"first prediction from {r['from']}, {file}"
            found.append(measure.aim(what, r["in all"], at_most=most, unit=" s"))
    return found


if __name__ == "__main__":
    main()
