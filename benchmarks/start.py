"""Starting: the package, lists, descriptions and help, beside processes that do nothing.

python benchmarks/start.py [--quick] [--out FILE]
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import measure
import numpy as np

EMPTY, EMPTY_R = "python -c pass", "Rscript -e NULL"
SHELL = ("--help", "train --help", "predict --help", "annotate --help")
SHELL += ("recipes", "bodies", "pretrained", "info ten-words")
# What the libraries take that are needed for it, without hearingai.
LIMITS = {
    "import pandas": [sys.executable, "-c", "import pandas"],
    "an empty command of typer": [sys.executable, "-c", "import typer; typer.run(lambda: None)"],
    "the same with NumPy": [sys.executable, "-c", "import numpy, typer; typer.run(lambda: None)"],
}
COMMANDS = {
    EMPTY: [sys.executable, "-c", "pass"],
    "import hearingai": [sys.executable, "-c", "import hearingai"],
    "hearingai.list_recipes()": [sys.executable, "-c", "import hearingai as h; h.list_recipes()"],
} | {
    f"hearingai {line}": [str(Path(sys.executable).with_name("hearingai")), *line.split()]
    for line in SHELL
}
LIMITS_R = {
    'reticulate::import("pandas")': ["Rscript", "--vanilla", "-e", 'reticulate::import("pandas")']
}
OF_R = {
    EMPTY_R: ["Rscript", "--vanilla", "-e", "NULL"],
    "hearingai::list_recipes()": ["Rscript", "--vanilla", "-e", "hearingai::list_recipes()"],
} | LIMITS_R
AT_ONCE = {"import hearingai": 0.3, "hearingai --help": 0.3}  # seconds; the others have 0.5

ENVIRONMENT = os.environ | {"RETICULATE_PYTHON": sys.executable}


def has_r():
    """Whether there is an R with hearingai."""
    code = "stopifnot(requireNamespace('hearingai', quietly = TRUE))"
    command = ["Rscript", "--vanilla", "-e", code]
    return shutil.which("Rscript") and not subprocess.run(command, capture_output=True).returncode


def main():
    options = measure.arguments(__doc__, data="none").parse_args()

    def run(command):
        def go():
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)

        return 1, go

    commands = COMMANDS | LIMITS | (OF_R if has_r() else {})
    contestants = {name: run(command) for name, command in commands.items()}
    seconds = measure.alternate(contestants, 1 if options.quick else 10)
    medians = {name: float(np.median(times)) for name, times in seconds.items()}
    more = {n: v - medians[EMPTY_R if n in OF_R else EMPTY] for n, v in medians.items()}
    measure.report(
        options,
        "Start",
        [
            {
                "command": f"`{name}`",
                "seconds": float(np.median(times)),
                "best": min(times),
                "more than an empty process": more[name],
            }
            for name, times in seconds.items()
        ],
        [
            measure.aim(f"`{n}`", more[n], at_most=AT_ONCE.get(n, 0.5), unit=" s")
            for n in more
            if n not in (EMPTY, EMPTY_R, *LIMITS, *LIMITS_R)
        ],
        "A fresh process each, its files in the page cache. Rows without an aim are limits: what "
        "the libraries take that the others need.",
    )


if __name__ == "__main__":
    main()
