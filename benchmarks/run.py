"""Every benchmark for the CPU, then the page and the plot of what they found.

    python benchmarks/run.py [DATA] [--table] [--quick] [--out FOLDER]

`--table` runs nothing; what `make bench` leaves out is shown where it has a result.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import measure

HERE = Path(__file__).parent
NAMES = ("spectrograms", "features", "training", "data_path", "corpus_size", "start", "inference")
NAMES += ("export",)
ALONE = ("live", "faces", "first_prediction", "annotate", "words_in_noise", "few_shot")
ALONE += (
    "bodies",
    "words_from_text",
    "sizes",
    "gate",
    "memory",
    "kept",
    "bfloat16",
    "kernels",
    "networks",
    "lengths",
    "small_device",
    "audioset",
    "calibration",
    "overlaps",
    "corpora",
)
ALONE += ("fuzz", "gpu")  # if it has a result
WITHOUT_DATA = ("start",)


def run(name, options, results):
    """Run a benchmark; whether it went well."""
    print(f"== {name}", flush=True)
    command = [sys.executable, str(HERE / f"{name}.py"), "--out", str(results / f"{name}.json")]
    command += ["--quick"] if options.quick else []
    command += [str(options.data)] if options.data and name not in WITHOUT_DATA else []
    return subprocess.run(command, env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}).returncode == 0


def read(results):
    """What was found by each benchmark that has a result, in the order of the page."""
    files = {name: results / f"{name}.json" for name in (*NAMES, *ALONE)}
    return {name: json.loads(f.read_text()) for name, f in files.items() if f.exists()}


def page(found):
    """The head and, for each result, its table and its aims."""
    usual = _machine(next(iter(found.values())))
    text = (HERE / "README.head.md").read_text()
    text += f"![times as fast](results/speed.png)\n\nMeasured on {', '.join(usual)}.\n"
    for name, result in found.items():
        other = [part for part in _machine(result) if part not in usual]
        text += f"\n## {result['title']}: `{name}.py`\n\n{result['note']}"
        text += f" Here: {', '.join(other)}.\n\n" if other else "\n\n"
        text += measure.table(result["rows"])
        if result["aims"]:
            text += "\n" + "".join(f"- {measure.sentence(aim)}\n" for aim in result["aims"])
        if result.get("picture"):
            text += f"\n![{result['title']}](results/{name}.png)\n"
    return text


def _machine(result):
    """What a result was measured on, in parts that can be told apart from another's."""
    if not (machine := dict(result.get("machine") or {})):
        return []
    cores, vectors = machine.pop("cores"), ", ".join(machine.pop("vectors")) or "no wide vectors"
    system, python = machine.pop("system"), machine.pop("python")
    libraries = [f"{name} {version}" for name, version in machine.items()]
    return [f"{cores} cores ({vectors})", system, f"Python {python}", *libraries]


def plot(found, path):
    """Every ratio of what `make bench` runs that is to reach an aim, and the aim."""
    results = [found[name] for name in NAMES if name in found]
    aims = [aim for result in results for aim in result["aims"] if "at_least" in aim][::-1]
    figure, axes = plt.subplots(figsize=(9, 0.8 + 0.42 * len(aims)), layout="constrained")
    for i, aim in enumerate(aims):
        axes.barh(
            i, aim["value"] - 1, 0.6, left=1, color="#3b6ea5" if measure.met(aim) else "#b8b8b8"
        )
        axes.plot([aim["at_least"]] * 2, [i - 0.42, i + 0.42], color="black", linewidth=2)
        axes.annotate(
            f"{measure.shown(aim['value'])}×",
            (max(aim["value"], aim["at_least"], 1), i),
            (6, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(aims)), [aim["what"] for aim in aims])
    axes.set_xscale("log")
    ends = [end for aim in aims for end in (aim["value"], aim["at_least"])]
    axes.set_xlim(min(0.5, 0.8 * min(ends)), 6 * max(ends))
    axes.axvline(1, color="black", linewidth=0.8)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}×")
    axes.set_xlabel("times as fast (a black mark is the aim; grey misses it)")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path, help="folder of wavs; else synthesised")
    parser.add_argument("--table", action="store_true", help="only write the page and the plot")
    parser.add_argument("--quick", action="store_true", help="a short version, to try it")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    options = parser.parse_args()
    if options.quick and options.out == HERE:
        parser.error("--quick needs --out: what it finds is no result")
    results = options.out / "results"
    results.mkdir(parents=True, exist_ok=True)
    failed = [] if options.table else [n for n in NAMES if not run(n, options, results)]
    found = read(results)
    plot(found, results / "speed.png")
    (options.out / "README.md").write_text(page(found))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
