"""What R costs on top of Python: predicting recordings and an epoch of training, from both.

    python benchmarks/faces.py [DATA] [--n 10000] [--quick] [--out FILE]

Each language is a process of its own that waits for its turn, so that both do the same work next to
each other; what starts and compiles does not count. R finds hearingai in its libraries, and is
bound to this Python.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import measure

import hearingai

PYTHON = """
import sys, time
import hearingai
model, table, trained = hearingai.load_classifier(sys.argv[1]), *map(
    hearingai.read_clips, sys.argv[2:4])
work = {
    "predict": lambda: hearingai.predict(model, table, progress=False),
    "train": lambda: hearingai.fit(
        "speech-commands-small", trained, validation=False, epochs=1, seed=1, progress=False),
}
for line in sys.stdin:
    started = time.perf_counter()
    work[line.strip()]()
    print(time.perf_counter() - started, flush=True)
"""
R = """
library(hearingai)
files <- commandArgs(TRUE)
model <- load_classifier(files[1])
table <- read_clips(files[2])
trained <- read_clips(files[3])
now <- function() as.numeric(Sys.time())
work <- list(
  predict = function() predict(model, table, progress = FALSE),
  train = function() fit("speech-commands-small", trained,
    validation = FALSE, epochs = 1, seed = 1, progress = FALSE)
)
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1))) {
  started <- now()
  suppressWarnings(work[[line]]())
  cat(now() - started, "\\n")
  flush(stdout())
}
"""
FACES = {"Python": ([sys.executable, "-W", "ignore"], ".py", PYTHON)}
FACES["R"] = (["Rscript", "--vanilla"], ".R", R)
WORK = {"predict": "predicting", "train": "an epoch of training"}


class Face:
    """A process of one language that works when it is told to."""

    def __init__(self, language, folder, arguments):
        command, suffix, code = FACES[language]
        script = Path(folder, f"face{suffix}")
        script.write_text(code)
        self.process = subprocess.Popen(
            [*command, str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"RETICULATE_PYTHON": sys.executable},
        )

    def seconds(self, work):
        """Let it work once; the seconds that it took, as it says."""
        self.process.stdin.write(work + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self):
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()


def main():
    parser = measure.arguments(__doc__)
    parser.add_argument("--n", type=int, default=10000, help="recordings to predict")
    options = parser.parse_args()
    n, m, rounds = (200, 200, 1) if options.quick else (options.n, 2000, 5)
    with tempfile.TemporaryDirectory() as folder, measure.recordings(options.data, n) as files:
        paths = [str(Path(folder, name)) for name in ("model.keras", "all.csv", "some.csv")]
        model = hearingai.create_classifier("speech-commands-small", measure.WORDS, seed=1)
        hearingai.save_classifier(model, paths[0])
        for path, part in zip(paths[1:], (n, m), strict=True):
            measure.clip_table(files[:part]).to_csv(path, index=False)
        faces = {language: Face(language, folder, paths) for language in FACES}
        contestants = {
            f"{language}, {told}": (count, lambda f=face, w=work: f.seconds(w))
            for (work, told), count in zip(WORK.items(), (n, m), strict=True)
            for language, face in faces.items()
        }
        seconds = measure.alternate(contestants, rounds)
        for face in faces.values():
            face.end()
    rows, aims = [], []
    for told in WORK.values():
        names = [f"{language}, {told}" for language in FACES]
        rows += measure.rates({name: seconds[name] for name in names}, names[0])
        more = 100 * (1 / measure.ratio(seconds, names[1], names[0]) - 1)
        told = f"{told} from R, more time than from Python"
        aims.append(measure.aim(told, more, at_most=5, unit=" %"))
    measure.report(
        options,
        "Faces",
        rows,
        aims,
        f"`speech-commands-small`: {n:,} recordings predicted, and an epoch of {m:,} clips that "
        f"lie decoded, each language in a process of its own.",
    )


if __name__ == "__main__":
    main()
