"""The long hunt of `make fuzz`: damaged inputs, a day of sound, work that is killed.

    python benchmarks/fuzz.py --inputs 100000 --soak 24 --kills 50 [--out FILE]

Takes the arguments of `tests/fuzz/hunt.py`, which it runs.
"""

import runpy
from pathlib import Path

if __name__ == "__main__":
    hunt = Path(__file__).parents[1] / "tests" / "fuzz" / "hunt.py"
    runpy.run_path(str(hunt), run_name="__main__")
