"""The hunt: mutated inputs to public functions, in processes that may die of them.

    python tests/fuzz/hunt.py [--inputs N] [--seed N] [--groups a,b] [--kills N] [--out FILE]

A crash is a process that dies; an unnamed error one that is no `HearingAIError`. An input counts
as slow if it takes more than 2 s of a processor, or is not answered in two minutes; as large if the
process grows by more than 500 MB.
"""

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
PATHS = (HERE, HERE.parents[1] / "inst/python", HERE.parent / "python/helpers")
TITLE = "What is not as it should be: mutated inputs, long sound, killed work"
NOTE = (
    "Each input is a small good one with some bytes changed, given to one public function, in a "
    "process that may die of it. Refused are those with an error of ours. Then 24 hours of sound "
    "through `Stream` and `listen`, and work that is killed at random moments and done again."
)
SLOW, LARGE, HANGS = 2.0, 500.0, 120.0  # seconds, MB, seconds
_GROWN = 10  # MB that a day of sound may add
_KEPT = 100  # inputs of a group
_STRETCH = 200  # inputs that a process is told of at once


@dataclass
class Tally:
    """What became of the inputs of a group."""

    inputs: int = 0
    refused: int = 0
    crashes: int = 0
    unnamed: int = 0
    large: int = 0
    slow: int = 0
    megabytes: float = 0.0
    seconds: float = 0.0
    findings: list[dict] = field(default_factory=list)

    def add(self, found):
        self.inputs += 1
        self.refused += found["refused"]
        self.megabytes = max(self.megabytes, found["megabytes"])
        self.seconds = max(self.seconds, found["seconds"])
        bad = {
            "unnamed": found["error"] is not None,
            "large": found["megabytes"] > LARGE,
            "slow": found["seconds"] > SLOW,
        }
        for kind in [kind for kind, is_so in bad.items() if is_so]:
            setattr(self, kind, getattr(self, kind) + 1)
            self.findings.append(found | {"kind": kind})


def hunt(name, n, seed=1, log=lambda text: None):
    """Try `n` inputs of a group; returns its `Tally`."""
    tally, at = Tally(), 0
    while at < n:
        with tempfile.TemporaryDirectory() as folder, _Child(name, seed, folder) as child:
            while at < n:
                end = min(n, at + _STRETCH)
                at, died = child.try_(at, end, tally)
                if died is not None:
                    tally.findings.append({"kind": "crash", "i": at, "error": died, "group": name})
                    tally.inputs += 1
                    if died.startswith("hangs"):
                        tally.slow += 1
                    else:
                        tally.crashes += 1
                    log(f"{name} {at}: {died}")
                    at += 1
                    break
                log(f"{name}: {at} of {n}, {len(tally.findings)} found")
    return tally


class _Child:
    """A process that tries inputs."""

    def __init__(self, name, seed, folder):
        command = [sys.executable, str(HERE / "child.py"), name, str(seed), f"{folder}/input"]
        paths = [*map(str, PATHS), os.environ.get("PYTHONPATH", "")]
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with this one)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "TMPDIR": folder},
        )
        self._rest = b""

    def __enter__(self):
        if "ready" not in (self._line(600) or {}):
            self._said.seek(0)
            raise RuntimeError(f"the child did not start:\n{self._said.read()[-3000:]}")
        return self

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        self._said.close()

    def try_(self, first, last, tally):
        """Try a stretch; returns where it stopped, and of what it died there."""
        self._process.stdin.write(f"{first} {last}\n".encode())
        self._process.stdin.flush()
        at = first
        while True:
            line = self._line(HANGS)
            if line is None:
                if self._process.poll() is None and not self._ended():
                    return at, f"hangs: no answer in {HANGS:g} s"
                return at, f"died with {self._process.wait()}"
            if "over" in line:
                return last, None
            if "begins" in line:
                at = line["begins"]
            else:
                tally.add(line)

    def _ended(self):
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _line(self, patience):
        end = time.monotonic() + patience
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._process.stdout], [], [], end - time.monotonic())
            content = os.read(self._process.stdout.fileno(), 2**16) if ready else b""
            if not content:
                return None
            self._rest += content
        line, _, self._rest = self._rest.partition(b"\n")
        return json.loads(line)


def keep(name, seed, findings, folder):
    """Write the inputs that something was found by to a folder, to look at them."""
    from child import draw
    from targets import GROUPS

    folder.mkdir(parents=True, exist_ok=True)
    group = GROUPS[name]() if findings else None
    for found in findings[:_KEPT]:
        kind, _, ending, data = draw(group, name, seed, found["i"])
        (folder / f"{name}-{seed}-{found['i']}-{kind}.{ending}").write_bytes(data)


def row(name, tally):
    """What the page of benchmarks shows of a group."""
    return {
        "what": name,
        "inputs": tally.inputs,
        "refused": tally.refused,
        "crashes": tally.crashes,
        "unnamed errors": tally.unnamed,
        "above 500 MB": tally.large,
        "above 2 s": tally.slow,
        "most MB": float(tally.megabytes),
        "most s": float(tally.seconds),
    }


def write(options, rows):
    """Write the figures, with those of what was hunted before and not now."""
    sys.path.append(str(HERE.parents[1] / "benchmarks"))
    import measure

    if options.out.exists():
        known = json.loads(options.out.read_text())["rows"]
        names = {row["what"] for row in rows}
        rows = [row for row in known if row["what"] not in names] + rows
    hunted = [row for row in rows if "crashes" in row]
    names = ("crashes", "unnamed errors", "above 500 MB", "above 2 s")
    aims = [measure.aim(name, sum(row[name] for row in hunted), at_most=0) for name in names]
    wrong = sum(row.get("wrong results", 0) for row in rows)
    aims.append(measure.aim("wrong results", wrong, at_most=0))
    grown = max((row["MB grown"] for row in rows if "MB grown" in row), default=0.0)
    aims.append(measure.aim("most MB grown", grown, at_most=_GROWN))
    measure.write(options, TITLE, rows, aims, NOTE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--groups", help="names with commas between; else all, by their shares")
    parser.add_argument("--keep", type=Path, help="folder for the inputs that fail")
    parser.add_argument("--kills", type=int, default=0, help="how often work is killed at random")
    parser.add_argument("--soak", type=float, default=0, help="hours of sound to hear")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    options.quick = False
    sys.path[:0] = map(str, PATHS)
    from targets import SHARES

    names = options.groups.split(",") if options.groups else list(SHARES)
    rows = []

    def done(*new):
        rows.extend(new)
        for one in new:
            print(json.dumps(one), flush=True)
        if options.out:
            write(options, rows)

    for name in names if options.inputs else ():
        n = round(options.inputs * SHARES[name])
        tally = hunt(name, n, options.seed, lambda text: print(text, flush=True))
        for found in tally.findings:
            print(json.dumps(found), flush=True)
        if options.keep:
            keep(name, options.seed, tally.findings, options.keep)
        done(row(name, tally))
    if options.soak:
        from soak import soak

        done(*soak(options.soak))
    if options.kills:
        from kills import kill_all

        done(*kill_all(options.kills, options.seed))


if __name__ == "__main__":
    main()
