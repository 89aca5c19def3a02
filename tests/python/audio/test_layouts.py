"""What is read is what a file holds, whatever its header says."""

import struct

import numpy as np
import pytest

import hearingai
from hearingai.audio import _layouts
from hearingai.audio._layouts import layout_of
from hearingai.audio.doubts import collected_doubts
from hearingai.audio.plain_wav import read_pcm
from hearingai.audio.raw_pcm import GrowingFile
from hearingai.clips.clip_format import ClipFormat
from hearingai.clips.decoding import decode_all
from lengths import seconds
from sounds import tone

RATE = 16000
SECOND = 2 * RATE  # bytes


def wav(promised, content, behind=b"", rate=RATE, head=b"RIFF"):
    """A 16-bit wav of one channel whose header promises `promised` bytes of samples."""
    fmt = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
    size = struct.pack("<I", (promised + 36) % 2**32)
    return head + size + b"WAVE" + fmt + b"data" + struct.pack("<I", promised) + content + behind


STREAMED = (0, 0x7FFFFFFF, 0xFFFFFFFF, 0x7FFFF000, 0x7FFF0000, 2_000_000_000, 0xFFFFFFF7)


@pytest.mark.parametrize("promised", STREAMED)
def test_sizes_of_streamed_wavs_are_no_sizes(tmp_path, promised):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(promised, b"\1\0" * RATE))
    assert seconds(path) == (1.0, [])


@pytest.mark.parametrize(("promised", "told"), [(512, "0.02"), (SECOND // 2, "0.50")])
def test_a_wav_longer_than_its_header_is_read_to_its_end(tmp_path, promised, told):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(promised, b"\1\0" * RATE))
    length, texts = seconds(path)
    assert length == 1.0
    assert f"says {told} s, and holds 1.00 s" in texts[0]


def test_sizes_beyond_4_gib_wrap_round(tmp_path):
    path, behind = tmp_path / "night.wav", 2**32
    with open(path, "wb") as file:
        file.write(wav(SECOND, b""))
        file.truncate(44 + SECOND + behind)  # takes no room
    with collected_doubts() as found:
        assert hearingai.audio_info(path)["samples"] == (SECOND + behind) // 2
        last = hearingai.read_audio(path, start=(SECOND + behind) / SECOND - 0.5)[0]
    assert len(last) == RATE // 2
    assert len(found.found) == 1


@pytest.mark.parametrize(
    "behind",
    [
        b"LIST" + struct.pack("<I", 10) + b"INFOabcdef",
        b"TAG" + b"x" * 125,  # as an mp3 has it
        bytes(5000),
        b"made" + struct.pack("<I", 8) + b"by a toy",
    ],
)
def test_what_lies_behind_the_samples_is_no_sound(tmp_path, behind):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SECOND, b"\1\0" * RATE, behind))
    assert seconds(path) == (1.0, [])


def test_what_is_not_read_is_named(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SECOND, b"\1\0" * RATE, np.random.default_rng(0).bytes(9000)))
    length, texts = seconds(path)
    assert length == 1.0
    assert "9000 bytes behind its sound" in texts[0]


def test_a_few_bytes_too_many_in_a_header_are_a_doubt_and_many_are_a_loss(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SECOND + 4, b"\1\0" * RATE))
    length, texts = seconds(path)
    assert length == 1.0 and "lacks the last 4 bytes" in texts[0]
    path.write_bytes(wav(2 * SECOND, b"\1\0" * RATE))
    with pytest.raises(hearingai.AudioFileError, match="truncated.*32000 bytes.*`partial` reads"):
        hearingai.read_audio(path)
    length, texts = seconds(path, partial=True)
    assert length == 1.0 and "truncated" in texts[0]


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_joined_recordings_are_read_one_after_the_other(tmp_path, ending):
    both, content = [], b""
    for i, frequency in enumerate((440, 1000)):
        hearingai.write_audio(tmp_path / f"{i}.{ending}", tone(RATE, frequency=frequency), RATE)
        both.append(hearingai.read_audio(tmp_path / f"{i}.{ending}")[0])
        content += (tmp_path / f"{i}.{ending}").read_bytes()
    path = tmp_path / f"joined.{ending}"
    path.write_bytes(content)
    length, texts = seconds(path)
    assert length == pytest.approx(2, abs=0.25 if ending == "mp3" else 0)
    if ending != "mp3":
        assert "2 recordings, joined" in texts[0]
        waveform, _ = hearingai.read_audio(path)
        np.testing.assert_array_equal(waveform, np.concatenate(both))
        part, _ = hearingai.read_audio(path, start=0.75, duration=0.5)
        np.testing.assert_array_equal(part, waveform[RATE * 3 // 4 :][: RATE // 2])


def test_joined_recordings_of_two_rates_are_refused(tmp_path):
    for rate in (8000, 16000):
        hearingai.write_audio(tmp_path / f"{rate}.wav", tone(rate), rate)
    files = [(tmp_path / f"{rate}.wav").read_bytes() for rate in (8000, 16000)]
    (tmp_path / "a.wav").write_bytes(b"".join(files))
    with pytest.raises(hearingai.AudioFileError, match="8000 Hz, then 1 at 16000 Hz"):
        hearingai.read_audio(tmp_path / "a.wav")


def test_many_doubts_are_one_warning(tmp_path):
    for i in range(8):
        (tmp_path / f"{i}.wav").write_bytes(wav(512, b"\1\0" * RATE))
    with (
        pytest.warns(hearingai.HearingAIWarning, match=r"0\.wav.*; and 3 more$") as caught,
        collected_doubts() as found,
    ):
        for i in range(8):
            hearingai.read_audio(tmp_path / f"{i}.wav")
    assert len(caught) == 1 and len(found.found) == 8


def test_a_plain_file_is_read_as_it_is(tmp_path):
    for ending in ("wav", "flac", "ogg", "mp3", "aiff", "au", "w64", "opus"):
        path = tmp_path / f"a.{ending}"
        hearingai.write_audio(path, tone(RATE), RATE)
        layout = layout_of(path)
        assert (layout.doubt, layout.loss, len(layout.sections)) == (None, None, 1)
        assert not layout.sections[0].parts


@pytest.mark.parametrize("size", [0, 2, 15])
def test_a_short_description_of_the_samples_is_refused_by_name(tmp_path, size):
    path = tmp_path / "a.wav"
    content = wav(SECOND, b"\1\0" * RATE)
    path.write_bytes(content[:16] + struct.pack("<I", size) + content[20:])
    with pytest.raises(hearingai.AudioFileError, match=r"a\.wav"):
        hearingai.read_audio(path)
    with pytest.raises(hearingai.AudioFileError, match=r"a\.wav"):
        decode_all([str(path)], ClipFormat(RATE, RATE), on_error="raise")


@pytest.mark.parametrize("rate", [1, 9, 10_000_001, 800_000_000])
def test_a_rate_of_no_sound_is_refused(tmp_path, rate):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SECOND, b"\1\0" * RATE, rate=rate))
    with pytest.raises(hearingai.AudioFileError, match=r"a\.wav.*no rate of sound"):
        hearingai.read_audio(path)
    with pytest.raises(hearingai.AudioFileError, match=r"a\.wav.*no rate of sound"):
        decode_all([str(path)], ClipFormat(RATE, RATE), on_error="raise")
    assert read_pcm(path) is None
    with pytest.raises(hearingai.AudioFileError, match=r"a\.wav.*no rate of sound"):
        GrowingFile(path, RATE)


def test_a_rate_of_0_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SECOND, b"\1\0" * RATE, rate=0))
    for reads in (hearingai.read_audio, hearingai.audio_info, lambda p: GrowingFile(p, RATE)):
        with pytest.raises(hearingai.AudioFileError, match=r"a\.wav"):
            reads(path)
    assert read_pcm(path) is None


@pytest.mark.parametrize("rate", [10, 10_000_000])
def test_the_rates_at_the_edge_are_written_and_read(tmp_path, rate):
    path = tmp_path / "a.wav"
    hearingai.write_audio(path, np.full(50, 0.5), rate)
    assert hearingai.read_audio(path)[1] == read_pcm(path)[1] == rate
    assert GrowingFile(path, RATE).sample_rate == rate
    for beyond in (9, 10_000_001):
        with pytest.raises(hearingai.HearingAIError, match="`sample_rate` must be"):
            hearingai.write_audio(path, np.zeros(50), beyond)


def test_a_recording_is_searched_once_for_all_its_clips_and_anew_when_it_changes(
    tmp_path, monkeypatch
):
    path, searched = tmp_path / "night.flac", []
    hearingai.write_audio(tone(RATE, 3), path, RATE)
    find = _layouts.layout_of
    monkeypatch.setattr(_layouts, "layout_of", lambda path: searched.append(path) or find(path))
    for start in (0, 0.5, 1, 2):
        hearingai.read_audio(path, start=start, duration=0.5)
    assert searched == [path]
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(hearingai.AudioFileError, match="truncated"):
        hearingai.read_audio(path, duration=0.5)
    assert searched == [path, path]
