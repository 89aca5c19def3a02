"""What is read of mp3 and FLAC is what their frames hold, whatever the head of the file says."""

import re

import numpy as np
import pytest

import hearingai
from hearingai.audio import _flac
from hearingai.audio._mp3 import frame_of, frames_of
from hearingai.audio.doubts import collected_doubts
from lengths import seconds
from sounds import tone

RATE = 16000


def without_numbers(content):
    """An mp3 without its first frame, which holds their number."""
    found = frames_of(content)
    at, frame = found.first
    assert b"Xing" in content[at : at + frame.size] or b"Info" in content[at : at + frame.size]
    return content[at + frame.size :]


@pytest.fixture
def mp3(tmp_path):
    """Ten seconds of noise and silence, so that the bit rate varies."""
    path, rng = tmp_path / "whole.mp3", np.random.default_rng(0)
    loud = np.repeat([0.3, 0.0005], [2 * RATE, 8 * RATE])
    hearingai.write_audio(path, loud * rng.normal(size=10 * RATE).clip(-3, 3), RATE)
    return path


def test_an_mp3_without_numbers_is_read_to_its_end(tmp_path, mp3):
    path = tmp_path / "streamed.mp3"
    path.write_bytes(without_numbers(mp3.read_bytes()))
    length, texts = seconds(path)
    assert length == pytest.approx(10, abs=0.15) and texts == []
    whole, streamed = hearingai.read_audio(mp3)[0], hearingai.read_audio(path)[0]
    shifts = [np.abs(whole[s : s + RATE] - streamed[:RATE]).mean() for s in range(0, 1)]
    late = [np.abs(whole[:RATE] - streamed[s : s + RATE]).mean() for s in range(2000)]
    assert min(shifts + late) < 0.01  # the encoder's delay is not known, so not taken off


def test_an_mp3_seeks_to_where_it_would_be_read(tmp_path, mp3):
    path = tmp_path / "streamed.mp3"
    path.write_bytes(b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + without_numbers(mp3.read_bytes()))
    whole, _ = hearingai.read_audio(path)
    part, _ = hearingai.read_audio(path, start=1.5, duration=0.25)
    np.testing.assert_allclose(part, whole[RATE * 3 // 2 :][: RATE // 4], atol=1e-4)


def test_damage_between_frames_is_passed_over(tmp_path, mp3):
    content = mp3.read_bytes()
    path = tmp_path / "spoilt.mp3"
    path.write_bytes(content + np.random.default_rng(0).bytes(700) + without_numbers(content))
    assert seconds(path)[0] == pytest.approx(20, abs=0.2)


def test_a_truncated_mp3_is_named_and_read_in_part(tmp_path, mp3):
    content = mp3.read_bytes()
    path = tmp_path / "cut.mp3"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(hearingai.AudioFileError, match=r"truncated: \d.* of 10.* s are there"):
        hearingai.read_audio(path)
    length, texts = seconds(path, partial=True)
    assert 0.3 < length < 9.5 and len(texts) == 1


@pytest.mark.parametrize(
    ("head", "size", "samples", "rate", "mono"),
    [
        ("fffb9064", 417, 1152, 44100, False),  # 128 kbit/s, MPEG 1, layer 3
        ("fffb92c4", 418, 1152, 44100, True),  # padded
        ("fff384c4", 192, 576, 24000, True),  # 64 kbit/s, MPEG 2
        ("ffe318c4", 72, 576, 8000, True),  # 8 kbit/s, MPEG 2.5
        ("fffd8404", 384, 1152, 48000, False),  # 128 kbit/s, layer 2
        ("ffff8404", 256, 384, 48000, False),  # 256 kbit/s, layer 1
    ],
)
def test_heads_of_frames(head, size, samples, rate, mono):
    frame = frame_of(bytes.fromhex(head))
    assert (frame.size, frame.samples, frame.rate, frame.mono) == (size, samples, rate, mono)


@pytest.mark.parametrize("head", ["fff99064", "fffb0064", "fffbf064", "fffb9c64", "00fb9064", "ff"])
def test_what_is_no_head(head):
    assert frame_of(bytes.fromhex(head)) is None


def flac_of(content, samples):
    """A FLAC whose head promises so many samples."""
    numbers = int.from_bytes(content[18:26], "big") & ~(2**36 - 1) | samples
    return content[:18] + numbers.to_bytes(8, "big") + content[26:]


def test_the_head_of_a_flac_is_a_claim(tmp_path):
    path = tmp_path / "a.flac"
    hearingai.write_audio(path, np.append(tone(RATE), tone(RATE, frequency=1000)), RATE)
    content, whole = path.read_bytes(), hearingai.read_audio(path)[0]
    path.write_bytes(flac_of(content, RATE))
    length, texts = seconds(path)
    assert length == 2 and "says 1.00 s, and holds 2.00 s" in texts[0]
    for promised in (3 * RATE, 2**36 - 1):
        path.write_bytes(flac_of(content, promised))
        with pytest.raises(hearingai.AudioFileError, match=r"2\.00 of \d+\.\d+ s are there"):
            hearingai.read_audio(path)
        np.testing.assert_array_equal(hearingai.read_audio(path, partial=True)[0], whole)
    path.write_bytes(content[: len(content) * 2 // 3])
    assert 0 < len(hearingai.read_audio(path, partial=True)[0]) < 2 * RATE


def test_a_cut_flac_holds_its_whole_frames(tmp_path):
    path = tmp_path / "a.flac"
    hearingai.write_audio(path, np.random.default_rng(0).uniform(-0.5, 0.5, 4 * RATE), RATE)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(hearingai.AudioFileError, match="are there") as caught:
        hearingai.read_audio(path)
    with collected_doubts():
        read, _ = hearingai.read_audio(path, partial=True)
    told = float(re.search(r"(\d+\.\d+) of", str(caught.value))[1])
    assert told < 2 <= told + 4096 / RATE + 0.02
    assert told == pytest.approx(len(read) / RATE, abs=1024 / RATE)


def test_a_frame_within_the_last_frame_of_a_flac_is_none(tmp_path):
    path = tmp_path / "a.flac"
    hearingai.write_audio(path, np.random.default_rng(0).uniform(-0.5, 0.5, 2 * RATE), RATE)
    content = path.read_bytes()
    frame = next(
        content[at : at + 16]
        for at in range(len(content))
        if content[at] == 0xFF and _flac._frame(content[at : at + 16], 4096) == (4096, 8192)
    )
    path.write_bytes(flac_of(content[:-200] + frame + content[-184:], 2 * RATE + 1))
    told = _flac.layout_of_flac(path, path.stat().st_size).loss
    assert "1.79 of 2.00 s" in told
