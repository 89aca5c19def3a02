"""A process that is given one input after the other, and says what became of each.

    python child.py GROUP SEED FOLDER

Reads `first last` from its standard input, a line for a stretch of inputs, and writes a line of
JSON before and after each.
"""

import faulthandler
import json
import os
import random
import resource
import sys
import time
import traceback
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_ROOM = 6 * 2**30  # bytes of addresses, beyond what it has after the first inputs


def main(name, seed, folder):
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    faulthandler.enable()
    warnings.simplefilter("ignore")
    from targets import GROUPS

    group = GROUPS[name]()
    for kind in sorted(group.seeds):  # what is loaded on first use is no input's fault
        for run in group.runs:
            if group.fits(kind, run):
                found = judge(group.runs[run], group.seeds[kind], folder, told=True)
                if found["error"]:
                    raise RuntimeError(f"{run} refuses a good input, {kind}: {found['error']}")
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + _ROOM
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    print(json.dumps({"ready": True}), file=out)
    for line in sys.stdin:
        for i in range(*map(int, line.split())):
            kind, run, ending, data = draw(group, name, seed, i)
            print(json.dumps({"begins": i}), file=out)
            found = judge(group.runs[run], (ending, data), folder)
            print(json.dumps(found | {"i": i, "seed": kind, "run": run}), file=out)
        print(json.dumps({"over": True}), file=out)


def draw(group, name, seed, i):
    """The input of a number."""
    return group.draw(random.Random(f"{name} {seed} {i}"))


def judge(run, seed, folder, told=False):
    """Run it: seconds of a processor, megabytes more than before, errors of another name.

    Args:
        run: A function of a path.
        seed: Its ending and its bytes.
        folder: Where to write it.
        told: Whether an error of ours is an error too.
    """
    from hearingai.errors import HearingAIError
    from targets import place

    path = place(Path(folder), *seed)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    before, began, error, refused = _memory("VmRSS"), time.process_time(), None, False
    try:
        run(path)
    except HearingAIError as ours:
        refused, error = True, str(ours) if told else None
    except Exception as other:
        place_of = traceback.extract_tb(other.__traceback__)[-1]
        ours = [f for f in traceback.extract_tb(other.__traceback__) if "hearingai" in f.filename]
        last = ours[-1] if ours else place_of
        error = (
            f"{type(other).__name__}: {str(other)[:200]} ({Path(last.filename).name}:{last.lineno})"
        )
    seconds = time.process_time() - began
    more = max(0, _memory("VmHWM") - before) / 1024
    return {"seconds": seconds, "megabytes": more, "error": error, "refused": refused}


def _memory(name):
    """Kilobytes."""
    text = Path("/proc/self/status").read_text()
    return int(text.partition(f"{name}:")[2].split()[0])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
