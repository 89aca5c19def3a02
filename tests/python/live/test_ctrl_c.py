"""Ctrl-C is an end like any other: what was heard is told."""

import os
import signal
import subprocess
import sys
import threading

import pytest

import hearingai
from bursts import RATE, RULES, times
from hearingai.annotation.live import Live
from patience import PATIENCE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="no signals to single processes")
CHILD = """
import signal, sys, hearingai
import numpy as np
from hearingai.clips.decoding import ClipFormat
from hearingai.runtime.backend import on_device
signal.signal(signal.SIGINT, signal.default_int_handler)  # else ignored in the background

class Ear:
    labels, hears_embeddings, recipe, record = ["a"], False, None, {}
    sample_rate, duration, channels, samples = 100, 1.0, 1, 100
    clip_format, clip_shape = ClipFormat(100, 100, 1), (100,)
    on_device = staticmethod(on_device)

    def probabilities(self, clips):
        if clips.any():
            print("heard", len(clips), flush=True)
        return np.ones((len(clips), 1), "float32")

print("ready", flush=True)
for event in hearingai.listen(Ear(), sys.stdin.buffer, hop=0.5):
    print(event, flush=True)
"""


@pytest.fixture
def ctrl_c():
    """Ctrl-C interrupts, as it does not in a process that began in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def when_loud(ear, act):
    """An ear that acts once, while it hears a window of a burst."""
    ear, done = ear(), []
    answer = ear.probabilities

    def predict(clips):
        if not done and clips.mean() > 0.5:
            done.append(act())
        return answer(clips)

    ear.probabilities = predict
    return ear


def press():
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("ctrl_c")
def test_it_ends_a_source_that_has_no_end(ear, sound):
    heard, left = threading.Event(), threading.Event()

    def endless():
        yield sound[: 5 * RATE]
        assert heard.wait(PATIENCE)
        press()
        left.wait(PATIENCE)

    try:
        found = hearingai.listen(when_loud(ear, heard.set), endless(), lambda event: None, **RULES)
    finally:
        left.set()
    assert times(found.itertuples()) == [(3.25, 5.0)]


@pytest.mark.usefixtures("ctrl_c")
def test_it_waits_for_the_window_that_is_computed(ear, sound):
    live = Live(when_loud(ear, press), [sound[: 5 * RATE]], **RULES)
    assert times(live.events()) == [(3.25, 5.0)]


@pytest.mark.usefixtures("ctrl_c")
def test_events_that_were_just_found_are_told(ear, sound):
    chunk = sound[: 10 * RATE]  # the burst is over in it, and so is its event
    whole = hearingai.annotate(ear(), chunk, **RULES).events
    live = Live(when_loud(ear, press), [chunk], **RULES)
    assert len(whole) == 1
    assert times(live.events()) == times(whole.itertuples())


@pytest.mark.slow
def test_a_process_that_waits_for_a_pipe_ends_cleanly():
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    child = subprocess.Popen([sys.executable, "-c", CHILD], text=True, **pipes)
    try:
        assert child.stdout.readline() == "ready\n"
        child.stdin.buffer.write(b"\x00\x40" * 300)
        child.stdin.flush()
        windows = 0
        while windows < 5:  # of 3 s of sound
            windows += int(child.stdout.readline().split()[1])
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=PATIENCE)
        assert child.returncode == 0, err
        assert "start=0.0, end=3.0" in out
    finally:
        child.kill()
