"""Recordings at addresses are read as those of this machine are."""

import os
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.audio.blocks import open_blocks
from hearingai.errors import AudioFileError, HearingAIError, HearingAIWarning
from hearingai.runtime import remote_files
from web import served

NAMES = ("a.wav", "b.flac", "c.ogg", "d.mp3", "e.aiff", "deep/f.wav", "deep/g.w64")


def uploaded(memory, files, root="memory://bucket"):
    memory.put(str(files), f"{root}/", recursive=True)
    return f"{root}/{files.name}" if memory.exists(f"{root}/{files.name}") else root


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_what_it_is_on_disk(memory, files, name):
    root = uploaded(memory, files)
    for part in ({}, {"start": 1.5, "duration": 0.25}, {"start": 4.0}):
        found, rate = hearingai.read_audio(f"{root}/{name}", **part)
        expected, own = hearingai.read_audio(files / name, **part)
        assert rate == own
        np.testing.assert_array_equal(found, expected)
    assert hearingai.audio_info(f"{root}/{name}") == hearingai.audio_info(files / name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("server", ["web", "plain_web"])
def test_a_large_one_on_a_server_is_too(request, in_parts, files, name, server):
    address, _ = request.getfixturevalue(server)
    found, _ = hearingai.read_audio(f"{address}/{name}", start=2.0, duration=1.0)
    np.testing.assert_array_equal(
        found, hearingai.read_audio(files / name, start=2.0, duration=1.0)[0]
    )


def test_of_a_large_wav_only_what_is_heard_is_fetched(in_parts, web, files, own_cache):
    address, faults = web
    hearingai.read_audio(f"{address}/a.wav", start=2.0, duration=0.1)
    gets = [asked for method, _, asked in faults.asked if method == "GET"]
    assert all(gets)
    begins = sorted(int(asked[6:].partition("-")[0]) for asked in gets)
    size = (files / "a.wav").stat().st_size
    assert begins[0] == 0 and begins[-1] == size - 1  # the probe
    assert len(gets) <= 4 and size > 10 * 2**15
    assert not own_cache.exists()


def test_a_server_without_parts_gives_the_whole(in_parts, plain_web, own_cache, files):
    address, faults = plain_web
    hearingai.read_audio(f"{address}/a.wav", start=2.0, duration=0.1)
    copies = list(own_cache.iterdir())
    assert [copy.stat().st_size for copy in copies] == [(files / "a.wav").stat().st_size]
    before = len([m for m, *_ in faults.asked if m == "GET"])
    hearingai.read_audio(f"{address}/a.wav")
    whole = [asked for m, _, asked in faults.asked[-10:] if m == "GET" and not asked]
    assert len(whole) == 1 and before >= 1


def test_a_copy_serves_until_the_file_changes(memory, files, own_cache):
    root = uploaded(memory, files)
    first, _ = hearingai.read_audio(f"{root}/a.wav")
    fetched = memory.get_file
    try:
        memory.__class__.get_file = None  # nothing more may be fetched
        np.testing.assert_array_equal(hearingai.read_audio(f"{root}/a.wav")[0], first)
    finally:
        memory.__class__.get_file = fetched.__func__
    memory.put_file(str(files / "e.aiff"), f"{root}/a.wav")
    changed, _ = hearingai.read_audio(f"{root}/a.wav")
    assert hearingai.audio_info(f"{root}/a.wav")["format"] == "AIFF"
    assert len(changed) == 200_000
    assert len(list(own_cache.iterdir())) == 2


def test_copies_take_bounded_room(memory, files, own_cache, monkeypatch):
    root = uploaded(memory, files)
    size = (files / "a.wav").stat().st_size
    monkeypatch.setattr(remote_files, "_KEPT", 2.5 * size)
    monkeypatch.setattr(remote_files, "_IN_USE", 0)
    for i in range(5):
        memory.put_file(str(files / "a.wav"), f"{root}/copy{i}.wav")
        hearingai.read_audio(f"{root}/copy{i}.wav")
        copies = sorted(own_cache.iterdir(), key=lambda copy: copy.stat().st_mtime)
        for age, copy in enumerate(reversed(copies)):
            os.utime(copy, (1e9 - age, 1e9 - age))
        assert len(copies) <= 2
    assert len(copies) == 2


def test_a_truncated_one_is_told(memory, files, in_parts):
    root = uploaded(memory, files)
    with pytest.raises(AudioFileError, match=r"memory://.*cut\.wav: is truncated: at least"):
        hearingai.read_audio(f"{root}/cut.wav")
    with pytest.warns(HearingAIWarning, match="truncated"):
        found, _ = hearingai.read_audio(f"{root}/cut.wav", partial=True)
    expected, _ = hearingai.read_audio(files / "a.wav")
    np.testing.assert_array_equal(found, expected[: len(found)])
    assert len(found) > 120_000


def test_what_is_not_there_or_empty_is_named(memory, files):
    root = uploaded(memory, files)
    memory.pipe_file(f"{root}/empty.wav", b"")
    told = hearingai.audio_info([f"{root}/a.wav", f"{root}/none.wav", f"{root}/empty.wav"])
    assert told["error"].tolist() == [None, "does not exist", "is empty"]
    assert told["fname"].tolist()[1] == f"{root}/none.wav"


def test_a_folder_is_listed_with_all_below_it(memory, files):
    root = uploaded(memory, files)
    memory.pipe_file(f"{root}/.hidden.wav", b"")
    told = hearingai.audio_info(f"{root}/")
    expected = [f"{root}/{name}" for name in ("cut.wav", *NAMES)]
    assert told["fname"].tolist() == sorted(expected)
    assert told["error"].isna().sum() == len(NAMES)
    assert hearingai.audio_info(root)["fname"].tolist() == sorted(expected)  # without its slash


def test_a_page_of_links_is_a_folder(web, files):
    address, _ = web
    told = hearingai.audio_info(f"{address}/deep/")
    assert told["fname"].tolist() == [f"{address}/deep/f.wav", f"{address}/deep/g.w64"]
    np.testing.assert_allclose(told["duration"], 5)


def test_a_folder_on_a_server_that_is_not_shown_is_no_empty_one(web):
    address, faults = web
    faults.answers["/deep/"] = [403]
    with pytest.raises(
        HearingAIError, match=r"`path`: .*/deep/.* cannot be opened \(no permission"
    ):
        hearingai.audio_info(f"{address}/deep/")


def test_a_folder_on_a_server_that_cannot_be_listed_is_named(web, files):
    address, faults = web
    faults.answers["/deep/"] = [403]
    told = rf"left out 1 file\(s\) in {address}/: {address}/deep/ cannot be opened \(no permission"
    with pytest.warns(HearingAIWarning, match=told):
        found = hearingai.audio_info(f"{address}/")
    top = [f"{address}/{name}" for name in ("cut.wav", *NAMES) if "/" not in name]
    assert found["fname"].tolist() == sorted(top)
    faults.answers["/deep/"] = [503]
    found = hearingai.audio_info(f"{address}/")
    assert len(found) == len(top) + 2


def test_links_in_a_ring_are_followed_once(tmp_path, files):
    pytest.importorskip("aiohttp")
    (tmp_path / "b").mkdir()
    links = ("b/", "./", "../", "b/../", "b/./", "a.wav", "b/c.wav")
    (tmp_path / "index.html").write_text("".join(f'<a href="{link}">x</a>' for link in links))
    (tmp_path / "b/index.html").write_text('<a href="/">x</a><a href="../b/">x</a><a href="c.wav">')
    for name in ("a.wav", "b/c.wav"):
        (tmp_path / name).write_bytes((files / "a.wav").read_bytes())
    with served(tmp_path) as (address, _):
        found = hearingai.audio_info(f"{address}/")
        assert found["fname"].tolist() == [f"{address}/a.wav", f"{address}/b/c.wav"]


def test_a_large_file_that_changes_while_it_is_read_is_no_mixture(memory, files, in_parts):
    root = uploaded(memory, files)
    with open_blocks(f"{root}/a.wav") as sound:
        blocks = sound.read(20_000)
        next(blocks)
        memory.pipe_file(f"{root}/a.wav", (files / "a.wav").read_bytes()[::-1])
        with pytest.raises(AudioFileError, match=r"a\.wav: changed while it was read"):
            list(blocks)


def test_an_empty_folder_is_an_error(memory):
    memory.pipe_file("memory://bucket/notes.txt", b"no sound")
    with pytest.raises(HearingAIError, match="memory://bucket/ contains no recordings"):
        hearingai.read_audio(["memory://bucket/"])


@pytest.mark.parametrize("server", ["web", "plain_web"])
def test_a_server_that_is_too_busy_is_asked_again(request, server, in_parts, files):
    address, faults = request.getfixturevalue(server)
    faults.answers["a.wav"] = [503, 503, 0, 0, 429]  # head and get, then some of it
    told = r"a\.wav came at try 2 \(the server answered (503|429)\)"
    with pytest.warns(HearingAIWarning, match=told):
        found, _ = hearingai.read_audio(f"{address}/a.wav")
    np.testing.assert_array_equal(found, hearingai.read_audio(files / "a.wav")[0])


def test_what_a_server_does_not_give_is_named_and_the_rest_is_read(web, in_parts):
    address, faults = web
    faults.answers["e.aiff"] = [0, 0, 0, *[503] * 40]  # it breaks off in the middle
    faults.answers["b.flac"] = [403] * 40
    names = [f"{address}/{name}" for name in ("a.wav", "b.flac", "e.aiff", "deep/f.wav")]
    told = hearingai.read_audio(names)
    assert told["error"].isna().tolist() == [True, False, False, True]
    assert "no permission" in told["error"][1]
    assert "503" in told["error"][2] and "truncated" not in told["error"][2]


def test_a_slow_server_is_waited_for(web, files):
    address, faults = web
    faults.slow = 0.3
    found, _ = hearingai.read_audio(f"{address}/c.ogg")
    np.testing.assert_array_equal(found, hearingai.read_audio(files / "c.ogg")[0])


def test_no_message_tells_a_password_or_a_signature(web, recwarn):
    address, faults = web
    secret = address.replace("http://", "http://me:hunter2@")
    faults.answers["a.wav"] = [503, 503]
    for name in ("a.wav?X-Amz-Signature=5ec7e7", "none.wav?X-Amz-Signature=5ec7e7"):
        told = hearingai.audio_info([f"{secret}/{name}", f"{secret}/cut.wav"])
        assert told["fname"][0] == f"{secret}/{name}"  # it is the user's own
        with pytest.raises(AudioFileError) as error:
            hearingai.read_audio(f"{secret}/cut.wav?sig=5ec7e7")
        texts = [str(error.value), *map(str, recwarn), *filter(None, told["error"])]
        assert not any("hunter2" in text or "5ec7e7" in text for text in texts)
    assert any("came at try" in str(warned.message) for warned in recwarn)


def test_many_threads_read_one_file(memory, files, in_parts):
    root, found = uploaded(memory, files), []
    table = pd.DataFrame({"fname": [f"{root}/a.wav"] * 40})
    table["start"] = np.arange(40) / 10
    table["end"] = table["start"] + 0.1
    found = hearingai.read_audio(table)
    expected = hearingai.read_audio(table.assign(fname=str(files / "a.wav")))
    assert found["error"].isna().all() and threading.active_count() < 50
    np.testing.assert_array_equal(
        np.concatenate(found["waveform"]), np.concatenate(expected["waveform"])
    )


def test_where_a_library_is_missing_its_name_is_told(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(HearingAIError, match=r'gs:// needs gcsfs.*"hearingai\[gcs\]"'):
        hearingai.read_audio("gs://bucket/a.wav")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(HearingAIError, match=r's3:// needs fsspec.*"hearingai\[remote\]"'):
        hearingai.audio_info("s3://bucket/2024/")


@pytest.mark.parametrize(
    "write",
    [
        lambda path: hearingai.write_audio(path, np.zeros(100), 8000),
        lambda path: hearingai.spoken_words(["no"], n=1, path=path, seed=1),
        lambda path: hearingai.cut_events(pd.DataFrame(), path),
        lambda path: hearingai.prepare(
            pd.DataFrame({"fname": ["a.wav"], "class": ["a"]}), "speech-commands-small", store=path
        ),
    ],
)
def test_what_must_be_here_says_so(tmp_path, monkeypatch, write):
    monkeypatch.chdir(tmp_path)
    for path in ("s3://bucket/a.wav", Path("s3://bucket/a.wav")):
        with pytest.raises(HearingAIError, match="must be on this machine. Received: s3://bucket"):
            write(path)
    assert list(tmp_path.iterdir()) == []
