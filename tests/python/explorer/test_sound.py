"""Ranges of a wav that is made while it is played."""

import numpy as np
import pytest

import hearingai
from hearingai.explorer.sound import Wav, byte_range
from sounds import noise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", (0, None)),
        ("bytes=5-9", (5, 9)),
        ("bytes=-10", (90, None)),
        ("bytes=-1000", (0, None)),
        ("bytes=99-", (99, None)),
        ("bytes=100-", False),
        ("bytes=7-6", None),
        ("bytes=-0", False),
        ("bytes=0-5,10-20", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=--5", None),
        ("items=0-5", None),
        ("bytes=²-", None),
        ("Bytes=5-9", (5, 9)),
        ("bytes=0-0", (0, 0)),
        ("bytes=5-999", (5, 999)),
        ("bytes=5-9 ", None),
        ("bytes=0-" + "9" * 5000, None),
        ("bytes=" + "9" * 18 + "-", False),
    ],
)
def test_ranges_are_read(text, expected):
    assert byte_range(text, 100) == expected


@pytest.mark.parametrize("rate", [8000, 11025, 44100])
def test_pieces_are_those_of_the_whole(tmp_path, rate):
    hearingai.write_audio(tmp_path / "a.wav", noise(2, 10007), rate)
    wav = Wav(tmp_path / "a.wav", rate, 10007)
    whole = wav.read(0)
    assert len(whole) == wav.size == 44 + 2 * 10007
    for first, last in ((0, 43), (43, 44), (44, 45), (45, 45), (45, 1000), (20000, 99999)):
        assert wav.read(first, last) == whole[first : last + 1]


def test_long_ones_come_piece_by_piece(tmp_path):
    hearingai.write_audio(tmp_path / "a.wav", noise(700_000), 44100)
    wav = Wav(tmp_path / "a.wav", 44100, 700_000)
    assert len(wav.read(0)) == 2**20
    pieces = list(wav.pieces())
    assert [len(piece) for piece in pieces] == [2**20, wav.size - 2**20]
    sound = np.frombuffer(b"".join(pieces)[44:], "<i2") / 32767
    np.testing.assert_allclose(sound, hearingai.read_audio(tmp_path / "a.wav")[0], atol=1e-4)


def test_a_day_fits_no_wav(tmp_path):
    assert not Wav(tmp_path / "a.flac", 48000, 48000 * 86400).playable
    assert Wav(tmp_path / "a.flac", 48000, 48000 * 36000).playable
