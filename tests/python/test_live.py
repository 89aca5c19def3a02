"""listen(): a microphone that is played, pipes, files that grow, and ends of all kinds."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import types
import wave

import numpy as np
import pytest

import hearingai
from hearingai.live import Live
from hearingai.pcm_stream import FORMATS, Pcm, head_of_wav

RATE = 100
RULES = {"smooth": 0, "hop": 0.5, "ignore": "quiet"}


@pytest.fixture
def sound():
    """Three bursts in half a minute."""
    sound = np.zeros(30 * RATE, "float32")
    for second in (3, 12, 27):
        sound[second * RATE : (second + 3) * RATE] = 0.75
    return sound


@pytest.fixture
def expected(ear, sound):
    return hearingai.annotate(ear(), sound, **RULES).events


def times(events):
    return [(event.start, event.end) for event in events]


def as_bytes(sound, format="int16"):
    scaled = {"uint8": lambda s: (s * 128 + 128).astype("u1")}
    scaled |= {"int16": lambda s: (s * 2**15).astype("<i2")}
    scaled |= {"int32": lambda s: (s * 2**31).astype("<i4")}
    scaled |= {"float32": lambda s: s.astype("<f4"), "float64": lambda s: s.astype("<f8")}
    if format == "int24":
        wide = (sound * 2**23).astype("<i4").reshape(-1, 1).view("u1")
        return wide.reshape(-1, 4)[:, :3].tobytes()
    return scaled[format](sound).tobytes()


@pytest.mark.parametrize("format", list(FORMATS))
@pytest.mark.parametrize("channels", [1, 2])
def test_bytes_in_any_portions_become_the_sound(format, channels):
    sound = (np.arange(-8, 8) / 16).reshape(channels, -1)
    content = as_bytes(np.ascontiguousarray(sound.T).reshape(-1), format)
    pcm = Pcm(format, channels)
    found = [pcm.sound(content[i : i + 5]) for i in range(0, len(content), 5)]
    np.testing.assert_array_equal(np.concatenate(found, axis=1), sound)


def test_chunks_of_an_iterable(ear, sound, expected):
    found = list(hearingai.listen(ear(), np.split(sound, 50), **RULES))
    assert times(found) == times(expected.itertuples())


def test_a_callback_is_called_and_the_table_is_the_answer(ear, sound, expected):
    import pandas as pd

    told = []
    found = hearingai.listen(ear(), np.split(sound, 50), told.append, **RULES)
    pd.testing.assert_frame_equal(found, expected)
    assert times(told) == times(expected.itertuples())


def test_a_callback_ends_it_by_false(ear, sound):
    found = hearingai.listen(ear(), np.split(sound, 50), lambda event: False, **RULES)
    assert len(found) == 1


def test_a_pipe_of_raw_samples(ear, sound, expected):
    reading, writing = os.pipe()

    def write():
        with os.fdopen(writing, "wb") as file:
            file.write(as_bytes(np.repeat(sound, 2), "float32"))

    threading.Thread(target=write).start()
    with os.fdopen(reading, "rb") as file:
        found = list(hearingai.listen(ear(), file, format="float32", channels=2, **RULES))
    assert times(found) == times(expected.itertuples())


def test_a_named_pipe(ear, sound, expected, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    threading.Thread(target=lambda: path.write_bytes(as_bytes(sound))).start()
    assert times(hearingai.listen(ear(), path, **RULES)) == times(expected.itertuples())


def test_a_file_object_in_memory_and_one_of_text(ear, sound, expected):
    found = hearingai.listen(ear(), io.BytesIO(as_bytes(sound)), **RULES)
    assert times(found) == times(expected.itertuples())
    with pytest.raises(hearingai.HearingAIError, match="binary mode"):
        list(hearingai.listen(ear(), io.StringIO("text"), **RULES))


def write_slowly(path, sound, kind):
    time.sleep(0.1)
    if kind == "raw":
        with open(path, "wb") as file:
            for part in np.split(sound, 6):
                file.write(as_bytes(part))
                file.flush()
                time.sleep(0.05)
        return
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 250, 0, "NONE", ""))
        for part in np.split(sound, 6):
            if kind == "wav":
                file.writeframes(as_bytes(part))
            else:  # its header tells the length of the first part until it is closed
                file.writeframesraw(as_bytes(part))
            file._file.flush()
            time.sleep(0.05)


@pytest.mark.parametrize("kind", ["raw", "wav", "late"])
def test_a_file_that_is_still_written(ear, sound, tmp_path, kind):
    path = tmp_path / ("sound.raw" if kind == "raw" else "sound.wav")
    rate = None if kind == "raw" else 250  # the header's; 100 is the classifier's own
    whole = hearingai.annotate(ear(), sound, sample_rate=rate, **RULES).events
    writer = threading.Thread(target=write_slowly, args=(path, sound, kind))
    writer.start()
    found = list(hearingai.listen(ear(), path, wait=0.6, **RULES))
    writer.join()
    assert times(found) == times(whole.itertuples())


def test_behind_the_samples_of_a_finished_wav_lies_no_sound(ear, sound, expected, tmp_path):
    path = tmp_path / "done.wav"
    hearingai.write_audio(path, sound, RATE)
    with open(path, "ab") as file:
        file.write(b"LIST" + (2000).to_bytes(4, "little") + b"\x7f" * 2000)
    found = list(hearingai.listen(ear(), path, wait=0.2, **RULES))
    assert times(found) == times(expected.itertuples())


def test_the_head_of_a_wav_is_known_as_soon_as_it_is_there(tmp_path):
    for subtype, format in [("PCM_24", "int24"), ("FLOAT", "float32"), ("PCM_U8", "uint8")]:
        hearingai.write_audio(tmp_path / "a.wav", np.zeros((2, 10)), 8000, subtype)
        content = (tmp_path / "a.wav").read_bytes()
        rate, channels, found, begin = head_of_wav(content)
        assert (rate, channels, found) == (8000, 2, format)
        assert content[begin - 8 : begin - 4] == b"data"
        assert [head_of_wav(content[:n]) for n in range(1, begin)] == [None] * (begin - 1)
    assert head_of_wav(b"\x00\x01") is False
    assert head_of_wav(b"RIFFxxxxAVI ") is False
    hearingai.write_audio(tmp_path / "a.wav", np.zeros(1000), 8000, "IMA_ADPCM")
    with pytest.raises(hearingai.HearingAIError, match="plain samples"):
        head_of_wav((tmp_path / "a.wav").read_bytes())


def test_only_so_many_seconds_are_heard(ear, sound):
    live = Live(ear(), np.split(sound, 50), seconds=4.25, **RULES)
    found = list(live.events())
    assert live.stream.seconds == 4.25
    assert times(found) == times(
        hearingai.annotate(ear(), sound[:425], **RULES).events.itertuples()
    )


class FakeMicrophone:
    """sounddevice as far as it is used, with a microphone that hears `sound`, then silence."""

    class PortAudioError(Exception):
        pass

    def __init__(self, sound, pause=0.0005):
        self.sound, self.pause, self.asked, self.closed = sound, pause, {}, 0
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
                first = 0
                while not fake.closed:
                    block = np.zeros((blocksize, 1), fake.sound.dtype)
                    heard = fake.sound[first : first + blocksize]
                    block[: len(heard), 0] = heard
                    callback(block, blocksize, None, None)
                    first += blocksize
                    time.sleep(fake.pause)

            def close(self):
                fake.closed += 1

        return Device()


@pytest.fixture
def microphone(monkeypatch, sound):
    fake = FakeMicrophone(sound)
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
    monkeypatch.setattr("hearingai.live._WAITING", 20)
    slow = ear()
    answer = slow.predict_on_batch
    calls = []

    def predict(clips):
        calls.append(len(clips))
        time.sleep(0.3 if len(calls) == 12 else 0)
        return answer(clips)

    slow.predict_on_batch = predict
    live = Live(slow, None, seconds=20, **RULES)
    with pytest.warns(hearingai.HearingAIWarning, match="lost and heard as silence"):
        events = list(live.events())
    assert live.stream.seconds == 20
    assert times(events)[0] == times(expected.itertuples())[0]


def test_a_microphone_that_cannot_be_is_one_line(ear, microphone, monkeypatch):
    with pytest.raises(hearingai.HearingAIError, match="Invalid sample rate.*44100"):
        list(hearingai.listen(ear(), sample_rate=96000, **RULES))
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[live\]"'):
        hearingai.listen(ear(), **RULES)


@pytest.fixture
def ctrl_c():
    """Ctrl-C interrupts, as it does not in a process that began in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_it_with_the_last_events(ear, sound):
    def endless():
        yield sound[: 5 * RATE]
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)

    began = time.monotonic()
    found = hearingai.listen(ear(), endless(), lambda event: None, **RULES)
    assert time.monotonic() - began < 50
    assert times(found.itertuples()) == [(3.25, 5.0)]


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_waits_for_the_window_that_is_computed(ear, sound):
    interrupted = ear()
    answer = interrupted.predict_on_batch

    def predict(clips):
        if clips.mean() > 0.5:
            os.kill(os.getpid(), signal.SIGINT)
        return answer(clips)

    interrupted.predict_on_batch = predict
    live = Live(interrupted, [sound[: 5 * RATE]], **RULES)
    assert times(live.events()) == [(3.25, 5.0)]


@pytest.mark.parametrize(
    ("source", "options", "reason"),
    [
        (3.5, {}, "`source` must be"),
        (True, {}, "`source` must be"),
        (".", {}, "a folder"),
        ("no.wav", {"wait": 0.1}, "does not exist after 0.1 s"),
        ("empty.raw", {"wait": 0.1}, "holds no sound after 0.1 s"),
        ("a.flac", {"wait": 0.3}, "must be a wav or raw"),
        (io.BytesIO(), {"format": "mp3"}, "`format` must be one of"),
        (io.BytesIO(), {"channels": 0}, "`channels`"),
        (io.BytesIO(), {"sample_rate": 0}, "`sample_rate`"),
        (io.BytesIO(), {"seconds": 0}, "`seconds`"),
        (io.BytesIO(), {"callback": 3}, "`callback`"),
        (io.BytesIO(), {"hop": 3}, "`hop`"),
        ([], {"wait": 0}, None),
    ],
)
def test_what_cannot_be_is_refused_by_name(ear, source, options, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.raw").touch()
    hearingai.write_audio("a.flac", np.zeros(100), RATE)
    if reason is None:
        assert list(hearingai.listen(ear(), source, **RULES)) == []
        return
    with pytest.raises(hearingai.HearingAIError, match=reason):
        hearingai.listen(ear(), source, **RULES | options)


def test_a_source_that_breaks_is_an_error_here(ear, sound):
    def broken():
        yield sound[:100]
        yield np.full(10, np.nan)

    with pytest.raises(hearingai.HearingAIError, match="finite"):
        list(hearingai.listen(ear(), broken(), **RULES))

    def torn():
        yield sound[:100]
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        list(hearingai.listen(ear(), torn(), **RULES))


def test_a_process_that_waits_for_a_pipe_ends_cleanly_on_ctrl_c(tmp_path):
    code = (
        "import signal, sys, hearingai\n"
        "import numpy as np\n"
        "from hearingai.clips import ClipFormat\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # else ignored in background
        "class Ear:\n"
        "    labels, hears_embeddings, recipe = ['a'], False, None\n"
        "    sample_rate, duration, channels, samples = 100, 1.0, 1, 100\n"
        "    clip_format = ClipFormat(100, 100, 1); clip_shape = (100,)\n"
        "    def predict_on_batch(self, clips): return np.ones((len(clips), 1), 'float32')\n"
        "events = hearingai.listen(Ear(), sys.stdin.buffer)\n"
        "print('ready', flush=True)\n"
        "for event in events: print(event, flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert child.stdout.readline() == b"ready\n"
        child.stdin.write(bytes(600))
        child.stdin.flush()
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0, err.decode()
        assert "start=0.0, end=3.0" in out.decode()
    finally:
        child.kill()
