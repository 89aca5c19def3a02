"""A season of recordings as one run: by workers, one process and a call a file; and manifests.

    python benchmarks/corpora.py [--recordings 2000] [--rows 1000000] [--quick] [--out FILE]

Synthesises twenty recordings of a minute, under as many names as are asked for, and annotates them
by the classifier `ten-words` into folders: in one process, by two workers, by two on Ray, and (some
of them) by a call of the command a file. Then runs of up to a million recordings that are planned,
done by work that hears nothing, resumed and merged, each in a process of its own; their files have
a size and no content. Needs Linux, the extra `ray`, and as many inodes as rows.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import measure
import numpy as np
import pandas as pd

SINGLE = 5  # calls of the command that are timed
DIFFERENT = 20  # recordings
PER_FOLDER = 5000  # files
MINUTE = 1_920_044  # bytes of a minute at 16 kHz
ANNOTATE = """
import json, resource, sys, time
began = time.perf_counter()
import hearingai
from pathlib import Path
folder, out, workers, engine = sys.argv[1:]
options = {"keep_windows": False, "progress": False}
if out:
    options |= {"out": out, "workers": int(workers) or None, "engine": engine}
found = hearingai.annotate(hearingai.pretrained("ten-words"), folder, **options)
n = len(found.recordings)
print(json.dumps({"n": n, "seconds": time.perf_counter() - began}))
"""


def season(folder, n):
    """`n` names of a few recordings of a minute."""
    import hearingai

    rng = np.random.default_rng(0)
    (folder / "season").mkdir()
    sources = [folder / f"{i}.wav" for i in range(DIFFERENT)]
    for source in sources:
        loud = np.repeat(rng.uniform(0, 0.2, 60), measure.RATE)
        hearingai.write_audio(source, rng.normal(0, loud).clip(-1, 1), measure.RATE)
    for i in range(n):
        os.link(sources[i % DIFFERENT], folder / "season" / f"{i:06d}.wav")
    return folder / "season"


def annotated(folder, out="", workers=0, engine="processes"):
    """What a process that annotates a folder tells, and the memory of its workers, MB."""
    command = [sys.executable, "-c", ANNOTATE, folder, out, str(workers), engine]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as driver:
        memory, over = {}, threading.Event()
        watcher = threading.Thread(target=watch, args=(driver.pid, memory, over))
        watcher.start()
        told = json.loads(driver.stdout.read())
        took = time.perf_counter() - started
        over.set()
        watcher.join()
    return told | {"whole": took, "memory": memory}


def watch(parent, memory, over):
    """Note the resident memory of a process and its children, MB, every half second."""
    while not over.wait(0.5):
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            except (OSError, ValueError):
                continue
            if str(parent) in (lines["Pid"].strip(), lines["PPid"].strip()) and "VmRSS" in lines:
                of = memory.setdefault(int(lines["Pid"]), [])
                of.append(int(lines["VmRSS"].split()[0]) / 1024)


def single_calls(folder, n):
    """Seconds a call of the command, of one file each."""
    begin = "from hearingai.cli import main; main()"
    started = time.perf_counter()
    for file in sorted(folder.iterdir())[:n]:
        command = [sys.executable, "-c", begin, "annotate", "ten-words", file, "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - started) / n


def speeds(folder, n, single):
    """Rows and aims of annotating recordings of a minute."""
    recordings = season(folder, n)
    plain = annotated(recordings)
    one = annotated(recordings, folder / "one")
    two = annotated(recordings, folder / "two", 2)
    ray = annotated(recordings, folder / "ray", 2, "ray")
    call = single_calls(recordings, single)
    for other in ("two", "ray"):
        if tables(folder / "one") != tables(folder / other):
            raise SystemExit(f"the files of one process and of the run `{other}` differ")
    times = {"one process, no folder": plain, "one process": one, "two workers": two}
    rows = [
        {"what": name, "recordings": f"{n:,}", "seconds": run["whole"]}
        | {"times real time": 60 * n / run["whole"], "MB a process": highest(run["memory"])}
        for name, run in times.items()
    ]
    rows += [
        {"what": "two workers on Ray", "recordings": f"{n:,}", "seconds": ray["whole"]}
        | {"times real time": 60 * n / ray["whole"]}
    ]
    rows += [
        {"what": "a call a recording", "recordings": f"{single} timed", "seconds": call * n}
        | {"times real time": 60 / call}
    ]
    growth = max(np.mean(m[-5:]) / np.mean(m[len(m) // 2 :][:5]) for m in long(two["memory"]))
    aims = [
        measure.aim("two workers, times as fast", one["whole"] / two["whole"], at_least=1.7),
        measure.aim(
            "time on Ray against two workers",
            ray["whole"] / two["whole"],
            at_most=1.15,
        ),
        measure.aim("against calls, times as fast", call * n / two["whole"], at_least=10),
        measure.aim(
            "what a folder costs a recording",
            1000 * (one["seconds"] - plain["seconds"]) / n,
            at_most=10,
            unit=" ms",
        ),
        measure.aim("memory at the end against half-way", growth, at_most=1.05),
    ]
    return rows, aims


def highest(memory):
    """The highest memory of a process that does the work."""
    return float(max(max(found) for found in memory.values()))


def long(memory):
    """The memory of processes that were seen for long."""
    most = max(len(found) for found in memory.values())
    return [np.array(found) for found in memory.values() if len(found) > most / 2]


def tables(run):
    """The bytes of a run's tables."""
    return {file.relative_to(run): file.read_bytes() for file in run.glob("*/*.parquet")}


def silent_work(classifier, settings):
    """Work that hears nothing: two events a recording, as `annotate` writes them."""

    def work(rows, tell):
        row, n = rows.index.to_numpy("int32"), len(rows)
        events = pd.DataFrame({"row": np.repeat(row, 2)})
        events["fname"] = np.repeat(rows["fname"].to_numpy(), 2)
        events = events.assign(start=np.tile([1.0, 8.0], n), end=np.tile([2.0, 9.5], n))
        events["label"], events["score"] = "yes", 0.9
        marks = pd.DataFrame({"row": row, "fname": rows["fname"].to_numpy()})
        marks = marks.assign(start=0.0, seconds=60.0, error=None, note=None)
        return {"events": events, "recordings": marks}

    return work


def manifest(folder, n):
    """Plan, do, resume and merge a run of `n` recordings in this process; tells seconds, MB."""
    from hearingai.clips.recordings import recording_parts
    from hearingai.corpora.jobs import Job
    from hearingai.corpora.merging import merge_run
    from hearingai.corpora.options import RunOptions
    from hearingai.corpora.running import run_job
    from hearingai.runtime.shared_options import defaults

    job = Job("annotate", "corpora:silent_work", {}, {"a": 1}, ("events", "recordings"))
    options = defaults(RunOptions) | {"out": folder / "run", "shard": f"{n + 1}/{n + 1}"}

    def call(**changes):
        started = time.perf_counter()
        parts = recording_parts("recordings", folder / "season")
        table = pd.DataFrame({"fname": pd.Series([part[0] for part in parts], dtype=object)})
        run_job(job, table, None, options | changes, progress=False)
        return time.perf_counter() - started

    import pyarrow.parquet  # noqa: F401  # loading it is no part of planning

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    planned = call()  # a slice without a shard
    done = call(shard=None) - planned
    resumed = call(shard=None)
    started = time.perf_counter()
    merge_run(options["out"], folder / "events.parquet")
    merged = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "what": "a manifest",
        "recordings": f"{n:,}",
        "planned, s": planned,
        "resumed, s": resumed,
        "merged, s": merged,
        "ms a recording": 1000 * (planned + done) / n,
        "peak MB": peak,
        "of it for the run": peak - before,
    }


def files(folder, n):
    """`n` files as large as a minute of sound, without content."""
    for i in range(n):
        if not i % PER_FOLDER:
            below = folder / "season" / f"site-{i // PER_FOLDER:04d}"
            below.mkdir(parents=True)
        path = below / f"{i:08d}.wav"
        path.touch()
        os.truncate(path, MINUTE)


def manifests(folder, sizes):
    """Rows and aims of runs of ever more recordings, each in a process of its own."""
    rows = []
    for n in sizes:
        own = folder / f"rows-{n}"
        files(own, n)
        command = [sys.executable, __file__, "--manifest", str(own), "--rows", str(n)]
        rows.append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    longest, each = rows[-1], [row["ms a recording"] for row in rows]
    aims = [
        measure.aim("planning the longest", longest["planned, s"], at_most=30, unit=" s"),
        measure.aim("memory of the longest", longest["peak MB"], at_most=1000, unit=" MB"),
        measure.aim(
            "a recording of the longest, against the next", each[-1] / each[-2], at_most=1.1
        ),
    ]
    return rows, aims


def main():
    parser = measure.arguments(__doc__, data="none")
    parser.add_argument("--recordings", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the longest manifest")
    parser.add_argument("--manifest", type=Path, help="used by the script itself")
    options = parser.parse_args()
    if options.manifest:
        return print(json.dumps(manifest(options.manifest, options.rows)))
    n = 40 if options.quick else options.recordings
    longest = 10_000 if options.quick else options.rows
    sizes = [size for size in (1000, 10_000, 100_000, 1_000_000) if size <= longest]
    with tempfile.TemporaryDirectory(prefix="hearingai-bench-") as folder:
        rows, aims = speeds(Path(folder), n, 2 if options.quick else SINGLE)
        more, others = manifests(Path(folder), sizes)
    note = (
        "Recordings of a minute, annotated by `ten-words` with a hop of a quarter of a second, the "
        "start of all processes included; a call a recording is timed for some and reckoned for "
        "all. Manifests are of files of that size without content, done by work that hears nothing."
    )
    return measure.report(options, "A season of recordings", rows + more, aims + others, note)


if __name__ == "__main__":
    main()
