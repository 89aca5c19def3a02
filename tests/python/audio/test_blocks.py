"""Files read block by block are what they are read at once; reading ahead ends when it is left."""

import numpy as np
import pytest

import hearingai
from hearingai.audio.blocks import open_blocks


@pytest.fixture(scope="module")
def sound():
    return np.random.default_rng(1).normal(0, 0.1, (2, 50_000)).astype("float32")


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3", "w64", "rf64", "aiff"])
@pytest.mark.parametrize("start", [0.0, 2.0])
def test_blocks_are_the_recording_as_it_is_read_at_once(tmp_path, sound, ending, start):
    path = tmp_path / f"größe.{ending}"
    hearingai.write_audio(path, sound, 16000)
    whole, _ = hearingai.read_audio(path, mono=False, start=start)
    with open_blocks(path, start) as blocks:
        found = np.concatenate(list(blocks.read(777)))
        assert blocks.samples == len(found)
    np.testing.assert_array_equal(found, whole.T)


def of_unknown_length(path, sound):
    """A FLAC as it is written to a stream: its header does not say how long it is."""
    hearingai.write_audio(path, sound, 16000)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    path.write_bytes(content)


def test_a_file_that_does_not_know_its_length_is_read(tmp_path, sound):
    hearingai.write_audio(tmp_path / "known.flac", sound, 16000)
    of_unknown_length(tmp_path / "unknown.flac", sound)
    known, _ = hearingai.read_audio(tmp_path / "known.flac")
    np.testing.assert_array_equal(hearingai.read_audio(tmp_path / "unknown.flac")[0], known)
    assert hearingai.audio_info(tmp_path / "unknown.flac")["samples"] is None
    part, _ = hearingai.read_audio(tmp_path / "unknown.flac", start=1, duration=10)
    np.testing.assert_array_equal(part, known[16000:])


def test_a_file_that_ends_too_soon_or_is_not_finite_is_named_where_it_is_met(tmp_path, sound):
    path = tmp_path / "short.flac"
    hearingai.write_audio(path, sound, 16000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with (
        pytest.raises(hearingai.AudioFileError, match="short.flac"),
        open_blocks(path) as blocks,
    ):
        for block in blocks.read(1000):
            assert len(block)
    import soundfile

    bad = np.zeros(5000, "float32")
    bad[4000] = np.nan
    soundfile.write(tmp_path / "bad.wav", bad, 16000, subtype="FLOAT")
    read = []
    with (
        pytest.raises(hearingai.AudioFileError, match="not finite"),
        open_blocks(tmp_path / "bad.wav") as blocks,
    ):
        for block in blocks.read(1000):
            read.append(len(block))
    assert read == [1000] * 4


def test_a_rate_that_no_sound_has_is_refused(wav):
    """A damaged header: converting it would take for ever."""
    content = bytearray(wav.read_bytes())
    content[24:28] = (800_000_000).to_bytes(4, "little")
    wav.write_bytes(content)
    for read in (hearingai.read_audio, hearingai.audio_info):
        with pytest.raises(hearingai.AudioFileError, match="says 800000000 Hz, which is no rate"):
            read(wav)


@pytest.mark.parametrize("ending", ["raw", "gsm", "vox", "snd", "foo"])
def test_a_name_decides_nothing(tmp_path, sound, ending):
    hearingai.write_audio(tmp_path / "a.wav", sound, 16000)
    path = (tmp_path / "a.wav").rename(tmp_path / f"a.{ending}")
    assert hearingai.audio_info(path)["format"] == "WAV"
    path.write_bytes(b"hello " * 200)
    with pytest.raises(hearingai.AudioFileError, match="not audio that can be read"):
        hearingai.read_audio(path)


def test_less_than_a_frame_of_a_coding_is_not_missing(tmp_path, sound, monkeypatch):
    path = tmp_path / "a.wav"
    hearingai.write_audio(path, sound, 16000, subtype="IMA_ADPCM")
    for more, whole in ((500, True), (5000, False)):
        with open_blocks(path) as blocks:
            blocks.samples += more
            if whole:
                assert sum(map(len, blocks.read())) == blocks.samples - more
            else:
                with pytest.raises(hearingai.AudioFileError, match="truncated"):
                    list(blocks.read())
