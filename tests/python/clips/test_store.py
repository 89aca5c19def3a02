"""The clip store: decoded once, never stale, found again by what trains."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.clips import decoding as clips
from hearingai.clips import store_room
from hearingai.clips.clip_format import ClipFormat
from hearingai.clips.decoding import decode_all
from hearingai.clips.labelled import keeps
from hearingai.clips.store import keys_of, packed_clips

FORMAT = ClipFormat(1000, 400)


def test_it_holds_what_decoding_gives(recordings, tmp_path):
    expected, lengths, _, _ = decode_all(recordings, FORMAT, dtype="int16")
    packed, told, good, errors = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    np.testing.assert_array_equal(packed[:], expected)
    np.testing.assert_array_equal(told, lengths)
    assert list(good) == list(range(12))
    assert not len(errors)
    stereo, _, _, _ = packed_clips(
        recordings, ClipFormat(1000, 50, 2, "end"), folder=tmp_path / "store"
    )
    assert stereo[[3]].shape == (1, 2, 50)


def test_it_is_made_once_and_serves_every_part_of_the_table(recordings, tmp_path, reads):
    whole, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    assert len(reads) == 12
    again = recordings[7:3:-1] + recordings[5:6]
    part, _, _, _ = packed_clips(again, FORMAT, folder=tmp_path / "store")
    np.testing.assert_array_equal(part[:], whole[[7, 6, 5, 4, 5]])
    assert part.digests() == [whole.digests()[i] for i in (7, 6, 5, 4, 5)]
    assert len(reads) == 12
    packed_clips(recordings, ClipFormat(1000, 300), folder=tmp_path / "store")  # of another length
    assert len(reads) == 24


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files that are open")
def test_what_is_open_stays_readable_when_its_store_is_removed(recordings, tmp_path):
    packed, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    expected = packed[:]
    shutil.rmtree(tmp_path / "store")
    np.testing.assert_array_equal(packed.select([3, 1])[:], expected[[3, 1]])


def test_a_recording_listed_often_is_decoded_once(recordings, tmp_path, reads):
    parts = pd.DataFrame({"fname": recordings[5:6] * 4, "start": [0.0, 0.1, 0.1, 0.2]})
    packed, _, _, _ = packed_clips(parts, FORMAT, folder=tmp_path / "store")
    assert len(reads) == 3
    np.testing.assert_array_equal(packed[:], decode_all(parts, FORMAT, dtype="int16")[0])


def test_a_changed_recording_is_decoded_anew(recordings, tmp_path):
    before, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    hearingai.write_audio(recordings[3], np.full(400, 0.5), 1000, overwrite=True)
    after, _, _, _ = packed_clips(recordings, FORMAT, folder=tmp_path / "store")
    np.testing.assert_array_equal(after[[3]], np.full((1, 400), 16384))
    np.testing.assert_array_equal(after[[0, 11]], before[[0, 11]])


def test_at_once_it_is_made_once(recordings, tmp_path, reads):
    with ThreadPoolExecutor(4) as pool:
        made = list(
            pool.map(lambda _: packed_clips(recordings, FORMAT, folder=tmp_path / "s"), range(4))
        )
    assert len(reads) == 12
    for packed, *_ in made:
        np.testing.assert_array_equal(packed[:], made[0][0][:])


def test_the_cache_keeps_what_was_used_last(recordings, tmp_path, monkeypatch):
    monkeypatch.setenv("HEARINGAI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(store_room, "_KEPT", 2 * 4 * 800 + 3000)  # two stores with their indexes
    for first, used in ((0, 2), (4, 1), (8, 3)):
        packed_clips(recordings[first : first + 4], FORMAT)
        os.utime(store_in_cache(tmp_path, recordings[first]), (used, used))
    left = [p.read_text() for p in (tmp_path / "cache").glob("*/*/*/index.tsv")]
    assert len(left) == 2
    (key,) = keys_of([(recordings[4], 0.0, None)])
    assert not any(key in text for text in left)
    packed_clips(
        recordings[:4], FORMAT, folder=tmp_path / "own"
    )  # a folder of one's own stays whole
    packed_clips(recordings[4:8], FORMAT, folder=tmp_path / "own")
    packed_clips(recordings[8:], FORMAT, folder=tmp_path / "own")
    assert len(list((tmp_path / "own").glob("*/*/store.json"))) == 3


def store_in_cache(tmp_path, recording):
    (key,) = keys_of([(recording, 0.0, None)])
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
    monkeypatch.setattr("hearingai.clips.labelled.decode_all", None)  # nothing is decoded again
    hearingai.fit("speech-commands-small", words, epochs=1, seed=1)


def test_what_waits_to_be_taken_stays_small(recordings, monkeypatch):
    begun, read = [], clips.read_plain
    monkeypatch.setattr(clips, "_AHEAD", 400 * 4 * 2 * clips._WORKERS)  # one clip a thread and turn
    monkeypatch.setattr(clips, "read_plain", lambda *a: begun.append(a) or read(*a))
    found = clips.read_each(clips.parts_of(recordings * 20), FORMAT, lambda clip, *_: clip)
    next(found)
    assert len(begun) <= 2 * clips._WORKERS + 1
    assert len(list(found)) == 239


def test_preparing_tells_what_there_is(recordings, tmp_path):
    recipe = hearingai.get_recipe("speech-commands-small", sample_rate=1000, duration=0.4)
    files = [*recordings, str(tmp_path / "none.wav")]
    prepared = hearingai.prepare(files, recipe, store=tmp_path / "store")
    assert (prepared.n, prepared.bytes) == (12, 12 * 800)
    assert list(prepared.errors["error"]) == ["does not exist"]
    assert "12 clips" in repr(prepared)
    assert "1 recording left out" in repr(prepared)
    note = json.loads((Path(prepared.path) / "store.json").read_text())
    assert (note["sample_rate"], note["samples"]) == (1000, 400)
    again = hearingai.prepare(recordings[3], recipe, store=tmp_path / "store")
    assert (again.path, again.n, again.bytes) == (prepared.path, 1, 800)
    for whole in (tmp_path, [tmp_path]):
        assert hearingai.prepare(whole, recipe, store=tmp_path / "store").n == 12
    with pytest.raises(hearingai.HearingAIError, match="`clips`: .* contains no recordings"):
        hearingai.prepare(tmp_path / "store", recipe)
    with pytest.raises(hearingai.HearingAIError, match="`store` must be a folder"):
        hearingai.prepare(recordings, recipe, store=False)
    with pytest.raises(hearingai.HearingAIError, match="takes embeddings"):
        hearingai.prepare(recordings, "audio-gate")
    for unfit in ([], [None], 3, pd.DataFrame({"file": ["a.wav"]})):
        with pytest.raises(hearingai.HearingAIError, match="`clips`"):
            hearingai.prepare(unfit, recipe, store=tmp_path / "store")
    with pytest.raises(hearingai.HearingAIError, match=r"`clips..fname..` in row 2 must be a path"):
        hearingai.prepare(pd.DataFrame({"fname": ["a.wav", 3.0]}), recipe)
    with pytest.raises(hearingai.HearingAIError, match="random"):
        hearingai.prepare(recordings, hearingai.get_recipe(recipe, crop="random"))


@pytest.mark.slow
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
