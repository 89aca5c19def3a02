"""Pipes, file objects and files that grow, and the bytes in them."""

import io
import os
import threading
import types
import wave

import numpy as np
import pytest

import hearingai
from bursts import RATE, RULES, times
from hearingai.audio._headers import head_of_wav
from hearingai.audio.raw_pcm import FORMATS, GrowingFile, Pcm


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


def test_a_pipe_of_raw_samples(ear, sound, expected):
    reading, writing = os.pipe()

    def write():
        with os.fdopen(writing, "wb") as file:
            file.write(as_bytes(np.repeat(sound, 2), "float32"))

    threading.Thread(target=write).start()
    with os.fdopen(reading, "rb") as file:
        found = list(hearingai.listen(ear(), file, format="float32", channels=2, **RULES))
    assert times(found) == times(expected.itertuples())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
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


def written(path, sound, kind):
    """Write a recording part by part."""
    yield
    with open(path, "wb") as file:
        if kind == "raw":
            for part in np.split(sound, 6):
                yield file.write(as_bytes(part)), file.flush()
            return
        with wave.open(file) as wav:
            wav.setparams((1, 2, 250, 0, "NONE", ""))
            # "late": its header tells the length of the first part until it is closed
            write = wav.writeframes if kind == "wav" else wav.writeframesraw
            for part in np.split(sound, 6):
                yield write(as_bytes(part)), file.flush()


@pytest.mark.parametrize("kind", ["raw", "wav", "late"])
def test_a_file_that_is_still_written(ear, sound, tmp_path, monkeypatch, kind):
    path = tmp_path / ("sound.raw" if kind == "raw" else "sound.wav")
    rate = None if kind == "raw" else 250  # the header's; 100 is the classifier's own
    whole = hearingai.annotate(ear(), sound, sample_rate=rate, **RULES).events
    parts = written(path, sound, kind)
    clock = types.SimpleNamespace(now=0.0, monotonic=lambda: clock.now)

    def sleep(seconds):  # whenever nothing is left to read, the next part is written
        clock.now += seconds
        next(parts, None)

    clock.sleep = sleep
    monkeypatch.setattr("hearingai.audio.raw_pcm.time", clock)
    found = list(hearingai.listen(ear(), path, wait=0.6, **RULES))
    assert times(found) == times(whole.itertuples())
    assert next(parts, "all is written") == "all is written"


def test_behind_the_samples_of_a_finished_wav_lies_no_sound(ear, sound, expected, tmp_path):
    path = tmp_path / "done.wav"
    hearingai.write_audio(path, sound, RATE)
    with open(path, "ab") as file:
        file.write(b"LIST" + (2000).to_bytes(4, "little") + b"\x7f" * 2000)
    found = list(hearingai.listen(ear(), path, wait=1, **RULES))
    assert times(found) == times(expected.itertuples())


@pytest.mark.parametrize("size", [0, 1000, 0x7FFFF000, 0x7FFF0000, 2_000_000_000, 0xFFFFFFFF])
def test_a_wav_whose_header_is_not_true_is_heard_to_its_end(ear, sound, expected, tmp_path, size):
    path = tmp_path / "piped.wav"
    hearingai.write_audio(path, sound, RATE)
    content = bytearray(path.read_bytes())
    content[40:44] = size.to_bytes(4, "little")
    path.write_bytes(content)
    found = list(hearingai.listen(ear(), path, wait=1, **RULES))
    assert times(found) == times(expected.itertuples())


def test_joined_wavs_are_heard_one_after_the_other(ear, sound, expected, tmp_path):
    path, part, half = tmp_path / "joined.wav", tmp_path / "part.wav", len(sound) // 2
    with open(path, "wb") as file:
        for piece in (sound[:half], sound[half:]):
            hearingai.write_audio(piece, part, RATE, overwrite=True)
            file.write(part.read_bytes())
    found = list(hearingai.listen(ear(), path, wait=1, **RULES))
    assert times(found) == times(expected.itertuples())


def test_a_wav_that_is_joined_while_it_is_heard(tmp_path):
    path, part = tmp_path / "joined.wav", tmp_path / "part.wav"
    pieces = [np.arange(1, 9) * 2.0**-8, np.arange(1, 5) * 2.0**-9]
    hearingai.write_audio(path, pieces[0], 8000)
    chunks = GrowingFile(path, 16000, wait=2).chunks(8)
    heard = [next(chunks) for _ in range(2)]
    hearingai.write_audio(part, pieces[1], 8000)
    with open(path, "ab") as file:
        file.write(part.read_bytes())
    heard += list(chunks)
    np.testing.assert_array_equal(np.concatenate(heard, axis=1)[0], np.concatenate(pieces))


def test_joined_wavs_that_differ_are_named(tmp_path):
    path, part = tmp_path / "joined.wav", tmp_path / "part.wav"
    hearingai.write_audio(path, np.zeros(8), 8000)
    hearingai.write_audio(part, np.zeros(8), 16000)
    with open(path, "ab") as file:
        file.write(part.read_bytes())
    said = r"differ: 1 channel\(s\) at 8000 Hz in int16, then 1 at 16000 Hz in int16"
    with pytest.raises(hearingai.HearingAIError, match=said):
        list(GrowingFile(path, 8000, wait=1).chunks(100))


def test_the_head_of_a_wav_is_known_as_soon_as_it_is_there(tmp_path):
    path = tmp_path / "a.wav"
    for subtype, format in [("PCM_24", "int24"), ("FLOAT", "float32"), ("PCM_U8", "uint8")]:
        hearingai.write_audio(np.zeros((2, 10)), path, 8000, subtype=subtype, overwrite=True)
        content = path.read_bytes()
        head = head_of_wav(content)
        assert head[:3] == (8000, 2, format)
        assert content[head.begin - 8 : head.begin - 4] == b"data"
        assert len(content) == head.begin + head.length
        assert [head_of_wav(content[:n]) for n in range(1, head.begin)] == [None] * (head.begin - 1)
    assert head_of_wav(b"\x00\x01") is False
    assert head_of_wav(b"RIFFxxxxAVI ") is False
    hearingai.write_audio(np.zeros(1000), path, 8000, subtype="IMA_ADPCM", overwrite=True)
    with pytest.raises(hearingai.HearingAIError, match="plain samples. Received: coding 17"):
        GrowingFile(tmp_path / "a.wav", 8000)


@pytest.mark.parametrize("ending", ["m4a", "mp2", "au", "snd", "wave", "rf64", "aac", "mp4", "wv"])
def test_other_formats_are_refused_by_their_names(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(bytes(1000))
    with pytest.raises(hearingai.HearingAIError, match=rf"wav or raw samples.*a\.{ending}"):
        GrowingFile(path, 8000)


@pytest.mark.parametrize("ending", ["flac", "ogg", "mp3", "aiff", "au", "caf", "w64"])
def test_other_formats_are_refused_by_their_content(tmp_path, ending):
    hearingai.write_audio(tmp_path / f"a.{ending}", np.zeros(8000), 8000)
    path = (tmp_path / f"a.{ending}").rename(tmp_path / "a.pcm")
    with pytest.raises(hearingai.HearingAIError, match=r"wav or raw samples.*a\.pcm"):
        GrowingFile(path, 8000)
