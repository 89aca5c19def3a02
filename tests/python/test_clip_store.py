"""The clip store: decoded once, never stale, never half-written, bad recordings told."""

import errno
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai import clip_store, clips, store_files
from hearingai.clip_store import packed_clips
from hearingai.clips import ClipFormat, decode_all
from hearingai.inputs import keeps

FORMAT = ClipFormat(1000, 400)


@pytest.fixture
def recordings(tmp_path):
    """Twelve recordings of noise, some shorter than a clip."""
    rng = np.random.default_rng(0)
    paths = [str(tmp_path / f"{i}.wav") for i in range(12)]
    for i, path in enumerate(paths):
        hearingai.write_audio(path, rng.uniform(-0.9, 0.9, 100 * (i % 6 + 1)), 1000)
    return paths


@pytest.fixture
def reads(monkeypatch):
    """The recordings that a store decodes."""
    names, read_each = [], store_files.read_each

    def counted(parts, *arguments):
        parts = list(parts)
        names.extend(Path(fname).name for fname, _, _ in parts)
        return read_each(parts, *arguments)

    monkeypatch.setattr(store_files, "read_each", counted)
    return names


def store_in(folder):
    (note,) = Path(folder).glob("*/*/store.json")
    return note.parent


def test_it_holds_what_decoding_gives(recordings, tmp_path):
    expected, lengths, _, _ = decode_all(recordings, FORMAT, dtype="int16")
    packed, told, good, errors = packed_clips(recordings, FORMAT, tmp_path / "store")
    np.testing.assert_array_equal(packed[:], expected)
    np.testing.assert_array_equal(told, lengths)
    assert list(good) == list(range(12))
    assert not len(errors)
    stereo, _, _, _ = packed_clips(recordings, ClipFormat(1000, 50, 2, "end"), tmp_path / "store")
    assert stereo[[3]].shape == (1, 2, 50)


def test_it_is_made_once_and_serves_every_part_of_the_table(recordings, tmp_path, reads):
    whole, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
    assert len(reads) == 12
    again = recordings[7:3:-1] + recordings[5:6]
    part, _, _, _ = packed_clips(again, FORMAT, tmp_path / "store")
    np.testing.assert_array_equal(part[:], whole[[7, 6, 5, 4, 5]])
    assert part.digests() == [whole.digests()[i] for i in (7, 6, 5, 4, 5)]
    assert len(reads) == 12
    packed_clips(recordings, ClipFormat(1000, 300), tmp_path / "store")  # of another length
    assert len(reads) == 24


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files that are open")
def test_what_is_open_stays_readable_when_its_store_is_removed(recordings, tmp_path):
    packed, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
    expected = packed[:]
    shutil.rmtree(tmp_path / "store")
    np.testing.assert_array_equal(packed.select([3, 1])[:], expected[[3, 1]])


def test_a_recording_listed_often_is_decoded_once(recordings, tmp_path, reads):
    parts = pd.DataFrame({"fname": recordings[5:6] * 4, "start": [0.0, 0.1, 0.1, 0.2]})
    packed, _, _, _ = packed_clips(parts, FORMAT, tmp_path / "store")
    assert len(reads) == 3
    np.testing.assert_array_equal(packed[:], decode_all(parts, FORMAT, dtype="int16")[0])


def test_a_changed_recording_is_decoded_anew(recordings, tmp_path):
    before, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
    hearingai.write_audio(recordings[3], np.full(400, 0.5), 1000)
    after, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
    np.testing.assert_array_equal(after[[3]], np.full((1, 400), 16384))
    np.testing.assert_array_equal(after[[0, 11]], before[[0, 11]])


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
            packed_clips(recordings, FORMAT, tmp_path / "store")
    assert not list((tmp_path / "store").glob("*/*/store.json"))
    (partial,) = (tmp_path / "store").glob("*/*.part")
    with open(partial / "index.tsv", "a") as file:
        file.write("a line that was being wri")
    with open(partial / "waveforms.i16", "ab") as file:
        file.write(b"half a cl")
    reads.clear()
    packed, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
    np.testing.assert_array_equal(packed[:], decode_all(recordings, FORMAT, dtype="int16")[0])
    assert sorted(reads) == sorted(Path(r).name for r in recordings[7:])
    assert not list((tmp_path / "store").glob("*/*.part"))


def test_interrupted_it_keeps_what_is_decoded(recordings, tmp_path, reads):
    def interrupt(done, total, text):
        raise KeyboardInterrupt  # after the first clip

    with pytest.raises(KeyboardInterrupt):
        packed_clips(recordings, FORMAT, tmp_path / "store", progress=interrupt)
    reads.clear()
    assert len(packed_clips(recordings, FORMAT, tmp_path / "store")[0]) == 12
    assert len(reads) == 11


@pytest.mark.parametrize("form", [FORMAT, ClipFormat(1000, 400, 2)])
def test_a_half_written_store_is_completed_and_never_read(recordings, tmp_path, reads, form):
    packed_clips(recordings, form, tmp_path / "store")
    path = store_in(tmp_path / "store")
    path.rename(path.with_name(path.name + ".part"))  # killed just before it got its name
    reads.clear()
    packed, _, _, _ = packed_clips(recordings[:3], form, tmp_path / "store")
    assert len(reads) == 3
    reads.clear()
    packed, _, _, _ = packed_clips(recordings, form, tmp_path / "store")
    assert not reads  # all is there, also where clips have channels
    np.testing.assert_array_equal(packed[:], decode_all(recordings, form, dtype="int16")[0])


def test_what_was_lost_of_a_half_written_store_is_decoded_again(recordings, tmp_path, reads):
    packed_clips(recordings, FORMAT, tmp_path / "store")
    path = store_in(tmp_path / "store")
    partial = path.rename(path.with_name(path.name + ".part"))
    (partial / "store.json").unlink()
    with open(partial / "waveforms.i16", "r+b") as file:  # as after a power cut
        file.seek(4 * 800)
        file.write(bytes(800))
    reads.clear()
    packed, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
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
    packed_clips(recordings, FORMAT, tmp_path / "store")
    (store_in(tmp_path / "store") / name).write_bytes(content)
    packed, _, _, _ = packed_clips(recordings, FORMAT, tmp_path / "store")
    np.testing.assert_array_equal(packed[:], decode_all(recordings, FORMAT, dtype="int16")[0])


def test_bad_recordings_are_listed_whenever_it_is_opened(recordings, tmp_path):
    files = [recordings[0], str(tmp_path / "none.wav"), recordings[1], str(tmp_path)]
    for _ in range(2):
        packed, _, good, errors = packed_clips(files, FORMAT, tmp_path / "store")
        assert (len(packed), list(good)) == (2, [0, 2])
        assert list(errors["fname"]) == [files[1], files[3]]
        assert list(errors["error"]) == ["does not exist", "is a directory"]
        with pytest.raises(hearingai.AudioFileError, match=r"none\.wav: does not exist"):
            packed_clips(files, FORMAT, tmp_path / "store", on_error="raise")
    shutil.copy(recordings[2], files[1])
    assert len(packed_clips(files, FORMAT, tmp_path / "store")[0]) == 3
    packed, _, good, _ = packed_clips(files[3:], FORMAT, tmp_path / "other")
    assert packed[:].shape == (0, 400)


def test_a_recording_that_may_not_be_opened_is_a_bad_one(recordings, tmp_path, monkeypatch):
    def locked(path):
        if str(path) == recordings[2]:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return 0

    monkeypatch.setattr("hearingai.audio.missing_bytes", locked)
    monkeypatch.setattr("hearingai.clips.read_pcm", lambda path: None)
    _, _, good, errors = packed_clips(recordings, FORMAT, tmp_path / "store")
    assert len(good) == 11
    assert list(errors["error"]) == ["cannot be opened (Permission denied)"]
    monkeypatch.undo()  # what could not be opened is tried again
    assert len(packed_clips(recordings, FORMAT, tmp_path / "store")[0]) == 12


def test_a_store_that_cannot_be_written_to_is_read(recordings, tmp_path, monkeypatch):
    def refused(*arguments, **more):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    packed_clips(recordings, FORMAT)
    monkeypatch.setattr(clip_store.os, "utime", refused)
    monkeypatch.setattr(clip_store, "write_store", refused)
    assert len(packed_clips(recordings, FORMAT)[0]) == 12


def test_at_once_it_is_made_once(recordings, tmp_path, reads):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: packed_clips(recordings, FORMAT, tmp_path / "s"), range(4)))
    assert len(reads) == 12
    for packed, *_ in made:
        np.testing.assert_array_equal(packed[:], made[0][0][:])


def test_too_small_a_disk_is_told_before_and_a_full_one_while_writing(
    recordings, tmp_path, monkeypatch
):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    with monkeypatch.context() as patch:
        patch.setattr(clip_store.shutil, "disk_usage", lambda _: usage)
        with pytest.raises(hearingai.HearingAIError, match="GiB left.*`store`"):
            packed_clips(recordings, FORMAT, tmp_path / "store")

    def full(self):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(store_files._Chunk, "flush", full)
        with pytest.raises(hearingai.HearingAIError, match="disk is full.*`store`"):
            packed_clips(recordings, FORMAT, tmp_path / "store")
    assert not list((tmp_path / "store").glob("*/*/store.json"))
    assert len(packed_clips(recordings, FORMAT, tmp_path / "store")[0]) == 12
    (tmp_path / "file").write_text("")
    with pytest.raises(hearingai.HearingAIError, match="cannot write the decoded clips"):
        packed_clips(recordings, FORMAT, tmp_path / "file")


def test_the_cache_keeps_what_was_used_last(recordings, tmp_path, monkeypatch):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(clip_store, "_KEPT", 2 * 4 * 800 + 3000)  # two stores with their indexes
    for first, used in ((0, 2), (4, 1), (8, 3)):
        packed_clips(recordings[first : first + 4], FORMAT)
        os.utime(store_in_cache(tmp_path, recordings[first]), (used, used))
    left = [p.read_text() for p in (tmp_path / "cache").glob("*/*/*/index.tsv")]
    assert len(left) == 2
    (key,) = clip_store.keys_of([(recordings[4], 0.0, None)])
    assert not any(key in text for text in left)
    packed_clips(recordings[:4], FORMAT, tmp_path / "own")  # a folder of one's own stays whole
    packed_clips(recordings[4:8], FORMAT, tmp_path / "own")
    packed_clips(recordings[8:], FORMAT, tmp_path / "own")
    assert len(list((tmp_path / "own").glob("*/*/store.json"))) == 3


def store_in_cache(tmp_path, recording):
    (key,) = clip_store.keys_of([(recording, 0.0, None)])
    notes = (tmp_path / "cache").glob("*/*/*/store.json")
    return next(p for p in notes if key in (p.parent / "index.tsv").read_text())


def test_small_corpora_stay_in_memory_unless_a_folder_is_named():
    few, many = pd.DataFrame({"fname": ["a"] * 10}), pd.DataFrame({"fname": ["a"] * 10_000})
    second = ClipFormat(16000, 16000)
    assert [keeps(few, second, store) for store in (None, False, "folder")] == [False, False, True]
    assert [keeps(many, second, store) for store in (None, False, "folder")] == [True, False, True]
    assert not keeps(many, ClipFormat(16000, 16000, crop="random"), "folder")
    with pytest.raises(hearingai.HearingAIError, match="`store` must be a folder"):
        keeps(few, second, True)


def test_a_small_corpus_is_found_where_it_was_prepared(words, tmp_path, monkeypatch):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    hearingai.prepare(words, "speech-commands-small")
    monkeypatch.setattr("hearingai.inputs.decode_all", None)  # nothing is decoded again
    hearingai.fit("speech-commands-small", words, epochs=1, seed=1)


def test_what_waits_to_be_taken_stays_small(recordings, monkeypatch):
    begun, read = [], clips.read_plain
    monkeypatch.setattr(clips, "_AHEAD", 400 * 4 * 2 * clips._WORKERS)  # one clip a thread and turn
    monkeypatch.setattr(clips, "read_plain", lambda *a: begun.append(a) or read(*a))
    found = clips.read_each(clips.parts_of(recordings * 20), FORMAT, lambda clip, _: clip)
    next(found)
    assert len(begun) <= 2 * clips._WORKERS + 1
    assert len(list(found)) == 239


def test_preparing_tells_what_there_is(recordings, tmp_path):
    recipe = hearingai.get_recipe("speech-commands-small", sample_rate=1000, duration=0.4)
    files = [*recordings, str(tmp_path / "none.wav")]
    prepared = hearingai.prepare(files, recipe, tmp_path / "store")
    assert (prepared.n, prepared.bytes) == (12, 12 * 800)
    assert list(prepared.errors["error"]) == ["does not exist"]
    assert "12 clips" in repr(prepared)
    assert "1 recordings left out" in repr(prepared)
    note = json.loads((Path(prepared.path) / "store.json").read_text())
    assert (note["sample_rate"], note["samples"]) == (1000, 400)
    again = hearingai.prepare(recordings[3], recipe, tmp_path / "store")
    assert (again.path, again.n, again.bytes) == (prepared.path, 1, 800)
    with pytest.raises(hearingai.HearingAIError, match="`store` must be a folder"):
        hearingai.prepare(recordings, recipe, store=False)
    with pytest.raises(hearingai.HearingAIError, match="hears embeddings"):
        hearingai.prepare(recordings, "audio-gate")
    for unfit in ([], [None], 3, pd.DataFrame({"file": ["a.wav"]})):
        with pytest.raises(hearingai.HearingAIError, match="`clips`"):
            hearingai.prepare(unfit, recipe, tmp_path / "store")
    with pytest.raises(hearingai.HearingAIError, match="random"):
        hearingai.prepare(recordings, hearingai.get_recipe(recipe, crop="random"))


def test_training_from_a_store_is_training_from_the_recordings(words, tmp_path, reads):
    settings = {"epochs": 1, "seed": 1, "deterministic": True, "validation": 0.3}
    recipe = hearingai.get_recipe("speech-commands-small", duration=1.2, place="random")
    plain = hearingai.fit(recipe, words, store=False, **settings)
    assert not reads
    kept = hearingai.fit(recipe, words, store=tmp_path / "store", **settings)
    assert len(reads) == len(words)
    again = hearingai.fit(recipe, words, store=tmp_path / "store", **settings)
    assert len(reads) == len(words)
    assert plain.fingerprint() == kept.fingerprint() == again.fingerprint()
    assert plain.record["data_fingerprint"] == kept.record["data_fingerprint"]
    result = hearingai.cross_validate(
        "speech-commands-small",
        words,
        folds=2,
        epochs=1,
        seed=1,
        store=tmp_path / "store",
    )
    assert len(result.folds) == 2
    assert len(reads) == 2 * len(words)  # clips of 1 s, for both folds at once
