"""The clip store when something breaks: never half-written, bad recordings told."""

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import hearingai
from hearingai.audio._layouts import layout_of
from hearingai.clips import store as clip_store
from hearingai.clips import store_files
from hearingai.clips.clip_format import ClipFormat
from hearingai.clips.decoding import decode_all
from hearingai.clips.store import packed_clips

FORMAT = ClipFormat(1000, 400)


def store_in(folder):
    (note,) = Path(folder).glob("*/*/store.json")
    return note.parent


def test_broken_off_it_goes_on_where_it_was(recordings, tmp_path, reads, monkeypatch):
    class KilledError(BaseException):
        pass

    def killed(self, key, *arguments, **more):
        if len(added) == 7:
            raise KilledError
        added.append(key)
        add(self, key, *arguments, **more)
        self.flush()

    added, add = [], store_files._Chunk.add
    with monkeypatch.context() as patch:
        patch.setattr(store_files._Chunk, "add", killed)
        with pytest.raises(KilledError):
            packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    assert not list((tmp_path / "store").glob("*/*/store.json"))
    (partial,) = (tmp_path / "store").glob("*/*.part")
    with open(partial / "index.tsv", "a") as file:
        file.write("a line that was being wri")
    with open(partial / "waveforms.i16", "ab") as file:
        file.write(b"half a cl")
    reads.clear()
    packed, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    np.testing.assert_array_equal(packed[:], decode_all(recordings, FORMAT, dtype="int16")[0])
    assert sorted(reads) == sorted(Path(r).name for r in recordings[7:])
    assert not list((tmp_path / "store").glob("*/*.part"))


def test_interrupted_it_keeps_what_is_decoded(recordings, tmp_path, reads):
    def interrupt(done, total, text):
        raise KeyboardInterrupt  # after the first clip

    with pytest.raises(KeyboardInterrupt):
        packed_clips(recordings, FORMAT, folder=tmp_path / "store", progress=interrupt)
    reads.clear()
    assert len(packed_clips(recordings, FORMAT, folder=tmp_path / "store")[0]) == 12
    assert len(reads) == 11


@pytest.mark.parametrize("form", [FORMAT, ClipFormat(1000, 400, 2)])
def test_a_half_written_store_is_completed_and_never_read(recordings, tmp_path, reads, form):
    packed_clips(recordings, form, folder=tmp_path / "store")
    path = store_in(tmp_path / "store")
    path.rename(path.with_name(path.name + ".part"))  # killed just before it got its name
    reads.clear()
    packed, _, _, _ = packed_clips(recordings[:3], form, folder=tmp_path / "store")
    assert len(reads) == 3
    reads.clear()
    packed, _, _, _ = packed_clips(recordings, form, folder=tmp_path / "store")
    assert not reads  # all is there, also where clips have channels
    np.testing.assert_array_equal(packed[:], decode_all(recordings, form, dtype="int16")[0])


def test_what_was_lost_of_a_half_written_store_is_decoded_again(recordings, tmp_path, reads):
    packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    path = store_in(tmp_path / "store")
    partial = path.rename(path.with_name(path.name + ".part"))
    (partial / "store.json").unlink()
    with open(partial / "waveforms.i16", "r+b") as file:  # as after a power cut
        file.seek(4 * 800)
        file.write(bytes(800))
    reads.clear()
    packed, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    np.testing.assert_array_equal(packed[:], decode_all(recordings, FORMAT, dtype="int16")[0])
    assert len(reads) == 8


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("waveforms.i16", b"12"),
        ("index.tsv", b""),
        ("index.tsv", b"a line of another kind\n"),
        ("store.json", b"{}"),
        ("store.json", b"{"),
    ],
)
def test_a_store_that_is_not_as_it_was_left_is_made_anew(recordings, tmp_path, name, content):
    packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    (store_in(tmp_path / "store") / name).write_bytes(content)
    packed, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    np.testing.assert_array_equal(packed[:], decode_all(recordings, FORMAT, dtype="int16")[0])


def test_bad_recordings_are_listed_whenever_it_is_opened(recordings, tmp_path):
    files = [recordings[0], str(tmp_path / "none.wav"), recordings[1], str(tmp_path)]
    for _ in range(2):
        packed, _, good, errors = packed_clips(files, FORMAT, folder=tmp_path / "store")
        assert (len(packed), list(good)) == (2, [0, 2])
        assert list(errors["fname"]) == [files[1], files[3]]
        assert list(errors["error"]) == ["does not exist", "is a directory"]
        with pytest.raises(hearingai.AudioFileError, match=r"none\.wav: does not exist"):
            packed_clips(files, FORMAT, folder=tmp_path / "store", on_error="raise")
    shutil.copy(recordings[2], files[1])
    assert len(packed_clips(files, FORMAT, folder=tmp_path / "store")[0]) == 3
    packed, _, good, _ = packed_clips(files[3:], FORMAT, folder=tmp_path / "other")
    assert packed[:].shape == (0, 400)


def test_a_recording_that_may_not_be_opened_is_a_bad_one(recordings, tmp_path, monkeypatch):
    def locked(path):
        if str(path) == recordings[2]:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return layout_of(path)

    monkeypatch.setattr("hearingai.audio.blocks.layout_kept", locked)
    monkeypatch.setattr("hearingai.clips.decoding.read_pcm", lambda path: None)
    _, _, good, errors = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    assert len(good) == 11
    assert list(errors["error"]) == ["cannot be opened (Permission denied)"]
    monkeypatch.undo()  # what could not be opened is tried again
    assert len(packed_clips(recordings, FORMAT, folder=tmp_path / "store")[0]) == 12


def test_a_store_that_cannot_be_written_to_is_read(recordings, tmp_path, monkeypatch):
    def refused(*arguments, **more):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    packed_clips(recordings, FORMAT)
    monkeypatch.setattr(clip_store.os, "utime", refused)
    monkeypatch.setattr(clip_store, "write_store", refused)
    assert len(packed_clips(recordings, FORMAT)[0]) == 12


def test_too_small_a_disk_is_told_before_and_a_full_one_while_writing(
    recordings, tmp_path, monkeypatch
):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(hearingai.HearingAIError, match="has 1000 B left.*`store`"):
            packed_clips(recordings, FORMAT, folder=tmp_path / "store")

    def full(self):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(store_files._Chunk, "flush", full)
        with pytest.raises(hearingai.HearingAIError, match="disk is full.*`store`"):
            packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    assert not list((tmp_path / "store").glob("*/*/store.json"))
    assert len(packed_clips(recordings, FORMAT, folder=tmp_path / "store")[0]) == 12
    (tmp_path / "file").write_text("")
    with pytest.raises(hearingai.HearingAIError, match="cannot write the decoded clips"):
        packed_clips(recordings, FORMAT, folder=tmp_path / "file")
