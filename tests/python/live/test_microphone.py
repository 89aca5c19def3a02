"""A microphone that is played: it is heard, closed, and may be too fast."""

import math
import sys
import threading
import time
import types

import numpy as np
import pytest

import hearingai
from bursts import RATE, RULES, times
from hearingai.annotation.live import Live
from patience import until


class FakeMicrophone:
    """sounddevice as far as it is used, with a microphone that hears `sound`, then silence.

    Attributes:
        most: How many blocks it may hear so far; it waits where it has.
        played: How many it has heard.
    """

    class PortAudioError(Exception):
        pass

    def __init__(self, sound):
        self.sound, self.asked, self.closed = sound, {}, 0
        self.most, self.played = math.inf, 0
        self.module = types.ModuleType("sounddevice")
        self.module.PortAudioError = self.PortAudioError
        self.module.InputStream = self.input_stream

    def input_stream(self, callback, blocksize, **asked):
        self.asked = asked
        if asked["samplerate"] > 48000:
            raise self.PortAudioError("Invalid sample rate")
        fake = self

        class Device:
            def start(self):
                self.thread = threading.Thread(target=self.play, daemon=True)
                self.thread.start()

            def play(self):
                while not fake.closed:
                    time.sleep(0.0005)
                    if fake.played >= fake.most:
                        continue
                    first = fake.played * blocksize
                    block = np.zeros((blocksize, 1), fake.sound.dtype)
                    heard = fake.sound[first : first + blocksize]
                    block[: len(heard), 0] = heard
                    callback(block, blocksize, None, None)
                    fake.played += 1

            def close(self):
                fake.closed += 1

        return Device()


@pytest.fixture
def microphone(monkeypatch, sound):
    """A microphone that hears the bursts, however slowly they are taken."""
    fake = FakeMicrophone(sound)
    monkeypatch.setattr("hearingai.annotation.live._WAITING", 0)  # any number
    monkeypatch.setitem(sys.modules, "sounddevice", fake.module)
    return fake


def test_a_microphone_is_heard_and_closed(ear, expected, microphone):
    found = list(hearingai.listen(ear(), 2, seconds=30, **RULES))
    assert times(found) == times(expected.itertuples())
    assert microphone.asked["device"] == 2
    assert microphone.asked["samplerate"] == RATE
    assert microphone.asked["channels"] == 1
    assert microphone.closed == 1


def test_a_microphone_is_closed_when_the_listener_leaves(ear, microphone):
    for event in hearingai.listen(ear(), **RULES):
        assert event.label == "loud"
        break
    assert microphone.closed == 1


def test_sound_that_comes_too_fast_is_silence_and_told(ear, microphone, expected, monkeypatch):
    monkeypatch.setattr("hearingai.annotation.live._WAITING", 20)
    slow = ear()
    answer = slow.probabilities
    calls = []

    def predict(clips):
        calls.append(len(clips))
        if len(calls) < 12:  # the next hop of ten blocks, and no more than may wait
            microphone.most += 10
        elif len(calls) == 12:
            microphone.most = math.inf
            enough = microphone.played + 60
            until(lambda: microphone.played >= enough)
        return answer(clips)

    microphone.most = 20  # the first window
    slow.probabilities = predict
    live = Live(slow, None, seconds=20, **RULES)
    with pytest.warns(hearingai.HearingAIWarning, match="lost and replaced by silence"):
        events = list(live.events())
    assert live.stream.seconds == 20
    assert times(events)[0] == times(expected.itertuples())[0]


def test_a_microphone_that_cannot_be_is_one_line(ear, microphone, monkeypatch):
    with pytest.raises(hearingai.HearingAIError, match="Invalid sample rate.*44100"):
        list(hearingai.listen(ear(), sample_rate=96000, **RULES))
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[live\]"'):
        hearingai.listen(ear(), **RULES)
