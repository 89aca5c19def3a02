"""What libsndfile refuses is read by PyAV, with the same promises."""

import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import hearingai
from av_files import CODED, LOSSLESS, coded, encode, music
from hearingai.audio import _av, _av_sound, _layouts
from hearingai.audio.blocks import open_blocks

av = pytest.importorskip("av")

# Delays (samples) that a file does not declare, so that they are in its sound; of wma the first
# packet is dropped by ffmpeg. And how exact a coding is, dB.
UNTOLD = {"aac": 1024, "ts": 1024, "ac3": 256, "avi": 1105, "amr": 40, "wma": -2048}
EXACT = {"avi": 25, "amr": 5, "wma": 20}
LENGTH_UNKNOWN = ("wma",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("coded")


@pytest.fixture(scope="module")
def of_kind(folder):
    made = {}

    def give(name):
        if name not in made:
            made[name] = coded(folder, name)
        return made[name]

    return give


def read(path, **options):
    waveform, rate = hearingai.read_audio(path, mono=False, **options)
    return np.atleast_2d(waveform), rate


@pytest.mark.parametrize("name", CODED)
def test_the_sound_is_that_which_was_encoded(of_kind, name):
    path, sound, rate = of_kind(name)
    found, own = read(path)
    assert own == rate and len(found) == len(sound)
    original = sound / 32768
    if name in LOSSLESS:
        np.testing.assert_array_equal(found, original.astype("float32"))
        return
    delay = UNTOLD.get(name, 0)
    shifted = found[:, max(0, delay) :]
    original = original[:, max(0, -delay) :]
    n = min(shifted.shape[1], original.shape[1])
    assert n > 0.95 * original.shape[1]
    error = ((shifted[:, :n] - original[:, :n]) ** 2).mean()
    assert 10 * np.log10((original**2).mean() / error) > EXACT.get(name, 30)
    if name not in UNTOLD and name not in LENGTH_UNKNOWN:  # delay and padding are left out
        assert found.shape[1] == sound.shape[1]


@pytest.mark.parametrize("name", CODED)
def test_the_length_is_that_of_the_sound(of_kind, name):
    path, _, rate = of_kind(name)
    info = hearingai.audio_info(path)
    length = read(path)[0].shape[1]
    assert info["samples"] == (None if name in LENGTH_UNKNOWN else length)
    assert info["sample_rate"] == rate
    assert hearingai.audio.reading.seconds_in(path) == length / rate


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("start", [0.0, 0.4321, 2.5])
def test_blocks_and_parts_are_the_whole(of_kind, name, start, monkeypatch):
    monkeypatch.setattr(_av_sound, "_CHAPTER", 2**14)  # several in so short a file
    path, _, rate = of_kind(name)
    whole = read(path)[0][:, round(start * rate) :]
    np.testing.assert_array_equal(read(path, start=start)[0], whole)
    part = read(path, start=start, duration=0.25)[0]
    np.testing.assert_array_equal(part, whole[:, : round(0.25 * rate)])
    with open_blocks(path, start) as blocks:
        found = np.concatenate(list(blocks.read(777)))
    np.testing.assert_array_equal(found, whole.T)


@pytest.mark.parametrize("name", ["m4a", "webm", "avi", "ts", "aac"])
def test_chapters_leave_no_seam(of_kind, name, monkeypatch):
    path = of_kind(name)[0]
    whole = read(path)[0]
    monkeypatch.setattr(_av_sound, "_CHAPTER", 2**13)
    np.testing.assert_allclose(read(path)[0], whole, atol=2e-3)


@pytest.mark.parametrize("name", CODED)
def test_ffmpeg_decodes_the_same(of_kind, name):
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("the program ffmpeg is not there")
    path = of_kind(name)[0]
    found, _ = read(path)
    command = [program, "-v", "quiet", "-i", path, "-f", "f32le", "-c:a", "pcm_f32le", "-"]
    decoded = subprocess.run(command, capture_output=True, check=True).stdout
    theirs = np.frombuffer(decoded, "<f4").reshape(-1, len(found)).T
    more = theirs.shape[1] - found.shape[1]  # padding that the file declares, and ffmpeg keeps
    assert 0 <= more < 3 * 1024
    np.testing.assert_allclose(found, theirs[:, : found.shape[1]], atol=1e-6)


def test_other_rates_are_resampled_as_elsewhere(of_kind):
    path, sound, rate = of_kind("alac")
    found, _ = read(path, sample_rate=16000)
    expected = hearingai.resample(sound / np.float32(32768), rate, 16000)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_name_decides_nothing(of_kind, tmp_path):
    path = tmp_path / "a.wav"
    shutil.copy(of_kind("m4a")[0], path)
    np.testing.assert_array_equal(read(path)[0], read(of_kind("m4a")[0])[0])
    hearingai.write_audio(tmp_path / "b.flac", np.zeros(800), 8000)
    (tmp_path / "b.flac").rename(tmp_path / "b.m4a")
    assert hearingai.audio_info(tmp_path / "b.m4a")["format"] == "FLAC"


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi", "mov"])
def test_the_sound_of_a_film_is_read(tmp_path, ending):
    sound = music(44100, 2, 2)
    codec = "mp3" if ending == "avi" else "aac"
    alone = encode(tmp_path / f"a.{ending}", sound, 44100, codec)
    film = encode(tmp_path / f"b.{ending}", sound, 44100, codec, film=10)
    np.testing.assert_array_equal(read(film)[0], read(alone)[0])
    np.testing.assert_array_equal(read(film, start=1.5)[0], read(alone, start=1.5)[0])


def test_several_tracks_are_told(tmp_path):
    path = encode(tmp_path / "a.mkv", music(44100, 2, 1), 44100, "aac", tracks=2)
    with pytest.warns(hearingai.HearingAIWarning, match="2 tracks of sound, of which the first"):
        read(path)


def refused(path, text, **options):
    with pytest.raises(hearingai.AudioFileError) as caught:
        read(path, **options)
    assert caught.value.path == str(path) and text in caught.value.reason
    assert "\n" not in str(caught.value)


def test_film_without_sound_is_refused(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), "uint8"), format="rgb24")
        out.mux([*stream.encode(picture), *stream.encode(None)])
    refused(path, "is film without sound")


@pytest.mark.parametrize("code", [b"drms", b"enca"])
def test_protected_sound_is_refused(of_kind, tmp_path, code):
    content = of_kind("m4a")[0].read_bytes()
    assert content.count(b"mp4a") == 1
    (tmp_path / "a.m4a").write_bytes(content.replace(b"mp4a", code))
    refused(tmp_path / "a.m4a", "is protected (DRM)")


CUT = [name for name in CODED if name != "amr"]  # of 20 ms each, and nothing counts them


@pytest.mark.parametrize("name", CUT)
def test_truncated_files_are_named_and_read_in_part(of_kind, tmp_path, name):
    path, _, _ = of_kind(name)
    whole, content = read(path)[0], path.read_bytes()
    cut = tmp_path / path.name
    cut.write_bytes(content[: int(len(content) * 0.613)])
    with pytest.raises(hearingai.AudioFileError, match="truncated|damaged|cannot be decoded"):
        read(cut)
    if name in ("m4a", "alac", "mov", "wv"):  # the list of packets was at the end; wv: one block
        return refused(cut, "without them the rest cannot be read", partial=True)
    with pytest.warns(hearingai.HearingAIWarning, match="truncated|damaged"):
        found = read(cut, partial=True)[0]
    n = found.shape[1]
    assert 0.3 * whole.shape[1] < n < whole.shape[1]
    np.testing.assert_allclose(found, whole[:, :n], atol=1e-6)
    return None


def test_a_truncated_file_with_its_list_in_front_is_read_in_part(tmp_path):
    path = encode(tmp_path / "a.m4a", music(44100, 1, 3), 44100, "aac", movflags="faststart")
    whole, content = read(path)[0], path.read_bytes()
    path.write_bytes(content[:-5000])
    refused(path, "is truncated: at least 5000 bytes are missing; `partial`")
    with pytest.warns(hearingai.HearingAIWarning, match="5000 bytes are missing"):
        found = read(path, partial=True)[0]
    np.testing.assert_array_equal(found, whole[:, : found.shape[1]])
    assert found.shape[1] > 0.7 * whole.shape[1]


def test_files_written_to_a_stream_are_read_to_their_end(tmp_path):
    sound = music(44100, 1, 2)
    whole = encode(tmp_path / "a.mp4", sound, 44100, "aac")
    path = tmp_path / "b.mp4"
    encode(path, sound, 44100, "aac", movflags="empty_moov+frag_keyframe")
    n = hearingai.audio_info(path)["samples"]
    found = read(path)[0]
    assert found.shape[1] == n >= sound.shape[1]
    np.testing.assert_array_equal(
        found[:, 1024:][:, : sound.shape[1]], read(whole)[0][:, : n - 1024]
    )


def test_lists_of_other_files_are_not_followed(of_kind, tmp_path):
    target = of_kind("aac")[0]
    (tmp_path / "a.m4a").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3,\n{target}\n")
    (tmp_path / "b.mp4").write_text(f"ffconcat version 1.0\nfile '{target}'\n")
    for name in ("a.m4a", "b.mp4"):
        refused(tmp_path / name, "is not audio that can be read")


def test_where_pyav_is_missing_the_extra_is_named(of_kind, tmp_path, monkeypatch):
    for path in (of_kind("m4a")[0], of_kind("webm")[0]):
        shutil.copy(path, tmp_path)
    hearingai.write_audio(tmp_path / "a.wav", np.zeros(800), 8000)
    table = hearingai.audio_info(tmp_path)
    assert [Path(name).name for name in table["fname"]] == ["a.wav", "m4a.m4a", "webm.webm"]
    monkeypatch.setattr(_av, "is_installed", lambda: False)
    for module in ("files", "_av_packets"):
        monkeypatch.setattr(f"hearingai.audio.{module}.is_installed", lambda: False)
    _layouts._layout_of.cache_clear()
    refused(tmp_path / "m4a.m4a", 'Type: `pip install "hearingai[av]"`')
    with pytest.warns(hearingai.HearingAIWarning, match=r"PyAV reads \.m4a, \.webm. Type: `pip"):
        table = hearingai.audio_info(tmp_path)
    assert [Path(name).name for name in table["fname"]] == ["a.wav"]


def test_nothing_is_printed_and_no_thread_is_left(of_kind, tmp_path, capfd):
    before = len(list(Path("/proc/self/task").iterdir())) if sys.platform == "linux" else 0
    for name in CODED:
        path = of_kind(name)[0]
        read(path)
        content = bytearray(path.read_bytes())
        for at in range(len(content) // 3, len(content), 997):
            content[at] ^= 0xFF
        (tmp_path / path.name).write_bytes(content)
        with suppress(hearingai.AudioFileError):
            read(tmp_path / path.name)
    assert capfd.readouterr() == ("", "")
    if before:
        assert len(list(Path("/proc/self/task").iterdir())) <= max(before, threading.active_count())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_reads_too(of_kind):
    code = f"""
import os, sys, hearingai
path = {str(of_kind("m4a")[0])!r}
n = len(hearingai.read_audio(path)[0])
child = os.fork()
if not child:
    os._exit(0 if len(hearingai.read_audio(path)[0]) == n else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_all_who_hear_recordings_hear_these(tmp_path):
    """The same answers as of a wav with the same samples."""
    path = encode(tmp_path / "a.m4a", music(16000, 1, 3), 16000, "alac")
    waveform, rate = hearingai.read_audio(path)
    (tmp_path / "wav").mkdir()
    wav = tmp_path / "wav" / "a.wav"
    hearingai.write_audio(wav, waveform, rate)
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    answers = [hearingai.predict(classifier, [p])["score"].tolist() for p in (path, wav)]
    assert answers[0] == answers[1]
    found = [hearingai.annotate(classifier, p, threshold=0.01).events for p in (path, wav)]
    np.testing.assert_array_equal(found[0]["score"], found[1]["score"])
    gated = [
        hearingai.gate(classifier, p, target="yes", out=tmp_path / f"{i}.wav")
        for i, p in enumerate((path, wav))
    ]
    assert len(gated) == 2
    np.testing.assert_array_equal(
        hearingai.read_audio(tmp_path / "0.wav")[0], hearingai.read_audio(tmp_path / "1.wav")[0]
    )
