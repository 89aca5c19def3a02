"""Work that is killed at random moments and done again, and work of several processes at once.

    python kills.py WORK DATA

Reads the name of a folder from its standard input, a line for a run, writes a line when it begins
and one of JSON with the result.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
SHARES = {"prepare": 0.3, "annotate": 0.3, "fit": 0.16, "cross_validate": 0.12, "tune": 0.12}


def prepare(data: Path, folder: Path) -> object:
    """Decode a corpus, and read what was kept."""
    import hearingai
    from hearingai.clips.store import packed_clips

    files = sorted(map(str, data.glob("*.wav")))
    hearingai.prepare(files, "speech-commands-small", store=folder / "store")
    form = hearingai.get_recipe("speech-commands-small").clip_format
    return _digest(packed_clips(files, form, folder=folder / "store")[0][:].tobytes())


def annotate(data: Path, folder: Path) -> object:
    """Hear recordings, and keep the windows."""
    import hearingai
    from targets import Ear

    class Slow(Ear):
        def probabilities(self, clips):
            time.sleep(0.001)
            return super().probabilities(clips)

    files = sorted(map(str, data.glob("*.wav")))[:30]
    found = hearingai.annotate(Slow(), files, hop=0.01, path=folder / "kept")
    return _digest(found.events.to_csv() + found.windows.to_csv())


def fit(data: Path, folder: Path) -> object:
    """Train, with a checkpoint."""
    import hearingai

    settings = {"epochs": 8, "seed": 1, "deterministic": True}
    checkpoint = folder / "run.keras"
    return hearingai.fit(_tagger(), _clips(data), checkpoint=checkpoint, **settings).fingerprint()


def cross_validate(data: Path, folder: Path) -> object:
    """Judge by folds, each of which is kept."""
    import hearingai

    settings = {"seed": 1, "deterministic": True, "path": folder / "folds"}
    clips = _clips(data)
    found = hearingai.cross_validate(_tagger(), clips, folds=3, **settings)
    return _digest(found.predictions.to_csv())


def tune(data: Path, folder: Path) -> object:
    """Try settings, each of which is kept."""
    import hearingai

    settings = {"seed": 1, "deterministic": True, "path": folder / "trials.log"}
    table = hearingai.tune(_tagger(), _clips(data), {"hidden": [2, 4, 8]}, epochs=2, **settings)
    table = table.drop(columns=["seconds", "trial"]).sort_values("hidden")
    return _digest(table.to_csv(index=False))


WORKS: dict[str, Callable[[Path, Path], object]] = {
    work.__name__: work for work in (prepare, annotate, fit, cross_validate, tune)
}


def _digest(content):
    content = content if isinstance(content, bytes) else content.encode()
    return hashlib.sha256(content).hexdigest()


def _tagger():
    import hearingai

    options = {"network": "linear_tagger", "network_options": {"hidden": 2}, "batch_size": 8}
    return hearingai.get_recipe("audio-gate", epochs=3, **options)


def _clips(data):
    import hearingai

    return hearingai.turkey(data / "clips.json")


def make_data(folder: Path) -> None:
    """Three hundred recordings and forty-eight embeddings."""
    import numpy as np

    import hearingai

    rng = np.random.default_rng(1)
    for i in range(300):
        hearingai.write_audio(folder / f"{i:03d}.wav", rng.uniform(-0.9, 0.9, 4000), 8000)
    records = [
        {
            "vid_id": f"v{i // 4}",
            "start_time_seconds_youtube_clip": 0,
            "end_time_seconds_youtube_clip": 10,
            "audio_embedding": (rng.integers(0, 100, (4, 128)) + 80 * (i % 2)).tolist(),
            "is_turkey": i % 2,
        }
        for i in range(48)
    ]
    (folder / "clips.json").write_text(json.dumps(records))


class Worker:
    """A process that does one kind of work, run by run."""

    def __init__(self, name, data):
        folders = (HERE, HERE.parents[1] / "inst/python", HERE.parent / "python/helpers")
        paths = [*map(str, folders), os.environ.get("PYTHONPATH", "")]
        env = {"PYTHONPATH": os.pathsep.join(paths), "HEARINGAI_CACHE": str(data / "cache")}
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "kills.py"), name, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | env,
        )

    def begin(self, folder):
        """Let it work in a folder; returns when it has begun."""
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        self._process.stdout.readline()

    def result(self):
        """What came of it: a text that is the same each time, or `None` of one that died.

        Raises:
            RuntimeError: It failed.
        """
        line = self._process.stdout.readline()
        found = json.loads(line) if line else {"result": None}
        if "error" in found:
            raise RuntimeError(found["error"])
        return found["result"]

    def kill(self):
        """Kill it, as the kernel does that needs its memory."""
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def kill_work(name, kills, seed, data):
    """Kill one kind of work at random moments, and let another process end it; returns a row."""
    rng, wrong, place = random.Random(f"{name} {seed}"), [], data / name
    steady = Worker(name, data)
    for i in range(2):  # the first is slow: much is loaded
        steady.begin(place / f"whole {i}")
        began = time.monotonic()
        whole = steady.result()
        took = time.monotonic() - began
    for i in range(kills):
        victim = Worker(name, data)
        victim.begin(place / str(i))
        time.sleep(rng.uniform(0, 1.2 * took))
        victim.kill()
        steady.begin(place / str(i))
        wrong += _wrong(steady, whole)
    steady.kill()
    print(f"{name}: {took:.2f} s, {kills} kills, wrong: {wrong}", flush=True)
    return {"what": f"{name}, killed", "kills": kills, "wrong results": len(wrong)}


def at_once(name, n, data):
    """Let several processes do the same work in one folder at once; returns a row."""
    folder, workers = data / f"{name} of {n}", [Worker(name, data) for _ in range(n)]
    for worker in workers:  # warm
        worker.begin(data / f"{name} alone")
        whole = worker.result()
    for worker in workers:
        worker.begin(folder)
    wrong = [found for worker in workers for found in _wrong(worker, whole)]
    for worker in workers:
        worker.kill()
    print(f"{name} by {n} at once, wrong: {wrong}", flush=True)
    return {"what": f"{name}, {n} processes at once", "wrong results": len(wrong)}


def _wrong(worker, whole):
    """The result of a worker, in a list, if it is not that of undisturbed work."""
    try:
        found = worker.result()
    except RuntimeError as error:
        return [str(error)]
    return [] if found == whole and found is not None else [found]


def kill_all(kills, seed=1, shares=SHARES):
    """Kill every kind of work, so many times in all, and let two and four do one; returns rows."""
    with tempfile.TemporaryDirectory() as folder:
        make_data(Path(folder))
        rows = [
            kill_work(name, round(kills * share), seed, Path(folder))
            for name, share in shares.items()
        ]
        rows += [at_once(name, n, Path(folder)) for name in ("prepare", "annotate") for n in (2, 4)]
    return rows


def main(name, data):
    """Do what is asked."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        folder = Path(line.rstrip("\n"))
        folder.mkdir(parents=True, exist_ok=True)
        print("begins", file=out)
        try:
            result = {"result": WORKS[name](Path(data), folder)}
        except Exception as error:
            result = {"error": f"{name}: {type(error).__name__}: {error}"}
        print(json.dumps(result), file=out)


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(sys.argv[1], sys.argv[2])
