"""A day of sound through `Stream` and `listen`, as fast as it can be heard: memory stays flat."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
RATE, CHUNK, HOP = 100, 100, 0.5  # Hz, seconds of a chunk, seconds
GROWS = 20.0  # MB that memory may grow by, once it is warm
_WARM = 0.1  # the share of the sound that is heard before


def soak(hours=24.0):
    """Hear so many hours in either way, each in a process of its own; returns a row for each."""
    rows = []
    for way in ("Stream", "listen"):
        command = [sys.executable, str(HERE / "soak.py"), way, str(hours)]
        folders = (HERE, HERE.parents[1] / "inst/python", HERE.parent / "python/helpers")
        paths = [*map(str, folders), os.environ.get("PYTHONPATH", "")]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        told = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
        grown, events, seconds = map(float, told.split())
        what = f"{hours:g} h through {way}"
        rows.append({"what": what, "events": int(events), "MB grown": grown, "took s": seconds})
    return rows


def chunks(hours):
    """Sound that is loud in ten seconds of every hundred."""
    import numpy as np

    sound = np.random.default_rng(1).uniform(-0.1, 0.1, CHUNK * RATE).astype("float32")
    sound[: 10 * RATE] = 0.9
    for _ in range(round(hours * 3600 / CHUNK)):
        yield sound


def heard(way, hours):
    """Hear it; gives the number of chunks that were taken so far, and of events."""
    import hearingai
    from hearingai.clips.clip_format import ClipFormat
    from targets import Ear

    ear = Ear()
    ear.sample_rate, ear.duration, ear.samples = RATE, 1.0, RATE
    ear.clip_shape = (RATE,)
    ear.clip_format = ClipFormat(RATE, RATE)
    rules, n = {"hop": HOP, "smooth": 0, "ignore": "quiet"}, 0

    def counted():
        nonlocal n
        for n, chunk in enumerate(chunks(hours), 1):  # noqa: B007
            yield chunk

    if way == "Stream":
        stream = hearingai.Stream(ear, **rules)
        for chunk in counted():
            yield n, len(stream.feed(chunk))
        yield n, len(stream.finish())
    else:
        for _ in hearingai.listen(ear, counted(), **rules):
            yield n, 1


def main(way, hours):
    """Print by how many MB memory grew, how many events there were and the seconds it took."""
    began, warm, events, most = time.monotonic(), None, 0, 0
    for n, new in heard(way, hours):
        events += new
        now = _resident()
        if n >= _WARM * hours * 3600 / CHUNK:
            warm = now if warm is None else warm
            most = max(most, now)
    print((most - (warm or 0)) / 2**20, events, time.monotonic() - began)


def _resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
