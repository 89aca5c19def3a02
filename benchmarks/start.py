"""Starting: `import hearingai` and `hearingai --help` beside a Python that does nothing.

python benchmarks/start.py [--quick] [--out FILE]
"""

import subprocess
import sys
from pathlib import Path

import measure
import numpy as np

EMPTY = "python -c pass"
COMMANDS = {
    EMPTY: [sys.executable, "-c", "pass"],
    "import hearingai": [sys.executable, "-c", "import hearingai"],
    "hearingai --help": [str(Path(sys.executable).with_name("hearingai")), "--help"],
}


def main():
    options = measure.arguments(__doc__, data="none").parse_args()

    def run(command):
        def go():
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

        return 1, go

    contestants = {name: run(command) for name, command in COMMANDS.items()}
    seconds = measure.alternate(contestants, 3 if options.quick else 10)
    more = {name: float(np.median(times)) for name, times in seconds.items()}
    more = {name: value - more[EMPTY] for name, value in more.items()}
    measure.report(
        options,
        "Start",
        [
            {
                "command": f"`{name}`",
                "seconds": float(np.median(times)),
                "best": min(times),
                "more than an empty Python": more[name],
            }
            for name, times in seconds.items()
        ],
        [measure.aim(f"`{n}`", more[n], at_most=0.3, unit=" s") for n in more if n != EMPTY],
        "A fresh process each, its files in the page cache.",
    )


if __name__ == "__main__":
    main()
