"""Recordings and runs in an object store that speaks S3."""

import json
import threading
import time

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError, HearingAIWarning
from hearingai.runtime.places import place_of
from loud_ears import LoudEar

OPTIONS = {"hop": 0.5, "ignore": "quiet", "threshold": 0.7}
TABLES = ("events", "recordings", "errors")


def annotate(recordings, out=None, **options):
    return hearingai.annotate(LoudEar(), recordings, out=out, **OPTIONS | options)


def uploaded(bucket, folder, name="2024"):
    address, system, _ = bucket
    for file in folder.rglob("*.wav"):
        system.put_file(str(file), f"{address}/{name}/{file.relative_to(folder)}")
    return f"{address}/{name}"


def assert_same(found, expected, folder, address):
    for name in TABLES:
        there = getattr(expected, name).copy()
        names = [fname.replace(str(folder), address) for fname in there["fname"]]
        there["fname"] = pd.Series(names, dtype=object)
        pd.testing.assert_frame_equal(getattr(found, name), there)


def test_a_folder_is_annotated_as_on_disk(bucket, season):
    address = uploaded(bucket, season)
    found = annotate(f"{address}/")
    assert len(found.events) > 10 and len(found.errors) == 1
    assert_same(found, annotate(season), season, address)


def test_a_large_recording_is_read_in_parts(bucket, files, in_parts, own_cache):
    address, system, store = bucket
    system.put_file(str(files / "a.wav"), f"{address}/a.wav")
    found, _ = hearingai.read_audio(f"{address}/a.wav", start=3.0, duration=0.5)
    expected, _ = hearingai.read_audio(files / "a.wav", start=3.0, duration=0.5)
    np.testing.assert_array_equal(found, expected)
    gets = [asked for method, path, asked in store.asked if method == "GET" and ".wav" in path]
    assert 2 <= len(gets) <= 6 and all(asked for asked in gets)
    assert not own_cache.exists()


def test_faults_are_asked_again_and_what_vanished_is_named(bucket, season):
    address = uploaded(bucket, season)
    _, system, store = bucket
    store.slow = 0.05
    store.answers["week0/02.wav"] = [503] * 5
    store.answers["week1/03.wav"] = [404] * 99
    table = pd.DataFrame({"fname": [f"{address}/week0/0{i}.wav" for i in (0, 2, 4)]})
    table.loc[3] = f"{address}/week1/03.wav"
    with pytest.warns(HearingAIWarning, match=r"02\.wav came at try"):
        found = annotate(table)
    assert found.errors["fname"].tolist() == [f"{address}/week1/03.wav"]
    assert found.errors["error"].tolist() == ["does not exist"]
    assert found.recordings["fname"].tolist() == table["fname"].tolist()[:3]


def test_a_store_that_refuses_is_named_without_its_credentials(bucket, season):
    address = uploaded(bucket, season)
    _, _, store = bucket
    store.answers["week0/00.wav"] = [403] * 99
    store.answers["week0/02.wav"] = [503] * 99
    names = [f"{address}/week0/0{i}.wav" for i in (0, 2, 4)]
    told = hearingai.audio_info(names)["error"]
    assert "no permission" in told[0] and "4 times" in told[1] and told[2] is None
    assert not any(secret in str(told.tolist()) for secret in ("hunter2", "AKID"))


def test_a_run_in_a_store_is_one_on_disk(bucket, season, tmp_path):
    address, system, _ = bucket
    found = annotate(season, f"{address}/run")
    expected = annotate(season, tmp_path / "run")
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
        there = hearingai.read_run(f"{address}/run", name)
        pd.testing.assert_frame_equal(there, hearingai.read_run(tmp_path / "run", name))
    files = {str(f.relative_to(tmp_path / "run")): f for f in (tmp_path / "run").glob("*/*")}
    assert files
    for name, file in files.items():
        assert system.cat_file(f"{address}/run/{name}") == file.read_bytes()
    assert not system.exists(f"{address}/run/.lock")
    assert hearingai.read_run(f"{address}/run", as_dataset=True).count_rows() == len(found.events)


def test_a_run_goes_on_and_refuses_another(bucket, season):
    address = uploaded(bucket, season)
    _, system, store = bucket
    out = f"{bucket[0]}/run"
    first = annotate(f"{address}/", out)
    lost = sorted(system.ls(f"{out}/recordings", detail=False))[-1]
    system.rm_file(lost)
    store.asked.clear()
    again = annotate(f"{address}/", out)
    heard = {path for method, path, _ in store.asked if method == "GET" and path.endswith(".wav")}
    assert not heard  # copies are in the cache
    pd.testing.assert_frame_equal(again.events, first.events)
    with pytest.raises(HearingAIError, match=r"hop is .1/2. there and .1. here"):
        annotate(f"{address}/", out, hop=1)
    system.pipe_file(f"{address}/week0/00.wav", b"RIFF of another length")
    with pytest.raises(HearingAIError, match=r"00\.wav, changed since it began"):
        annotate(f"{address}/", out)
    held = b"".join(map(system.cat_file, system.find(out)))
    assert b"hunter2" not in held and b"AKID" not in held


def test_a_store_that_does_not_answer_is_not_one_without_a_run(bucket, season):
    address, system, store = bucket
    annotate(season, f"{address}/run")
    before = {path: system.cat_file(path) for path in system.find(f"{address}/run")}
    for faults, told in ((2, r"hop is .1/2. there"), (99, "cannot be opened .* 4 times")):
        store.answers["run.json"] = [503] * faults
        with pytest.raises(HearingAIError, match=told):
            annotate(season, f"{address}/run", hop=1)
    store.answers.clear()
    assert {path: system.cat_file(path) for path in before} == before


@pytest.mark.slow
def test_workers_write_into_a_store(bucket, season, helpers_in_children):
    address = uploaded(bucket, season)
    found = annotate(f"{address}/", f"{bucket[0]}/run", workers=2)
    assert_same(found, annotate(season), season, address)


def test_slices_at_once_begin_one_run(bucket, season):
    address = uploaded(bucket, season)
    out, failed = f"{bucket[0]}/run", []

    def work(part):
        try:
            annotate(f"{address}/", out, shard=f"{part}/3")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(part,)) for part in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    told = hearingai.read_run(out, "recordings")
    assert sorted(told["fname"]) == sorted(hearingai.audio_info(f"{address}/")["fname"])


def test_a_lock_lets_one_in(bucket):
    place = place_of("out", f"{bucket[0]}/run")
    inside, most = [0], [0]

    def enter():
        with place.locked():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.1)
            inside[0] -= 1

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1


def test_a_lock_of_a_process_that_was_killed_is_removed(bucket, monkeypatch):
    from hearingai.runtime import buckets

    place = place_of("out", f"{bucket[0]}/run")
    bucket[1].pipe_file(f"{bucket[0]}/run/.lock", json.dumps({"host": "gone"}).encode())
    monkeypatch.setattr(buckets, "_STALE", 1)
    began = time.monotonic()
    with place.locked():
        assert time.monotonic() - began > 0.5


def test_a_lock_that_is_another_s_by_now_is_left(bucket, monkeypatch):
    from hearingai.runtime import buckets

    address, system, _ = bucket
    lock, seen = f"{address}/run/.lock", []
    system.pipe_file(lock, b"of a process that was killed")

    def age(*_):
        if not seen:  # another one who waits is quicker
            system.pipe_file(lock, b"of another")
        seen.append(system.cat_file(lock))
        if len(seen) == 3:
            system.rm_file(lock)
        return 1 if len(seen) > 1 else 10_000

    monkeypatch.setattr(buckets, "_age", age)
    with place_of("out", f"{address}/run").locked():
        assert seen == [b"of another"] * 3
        system.pipe_file(lock, b"of one that took this for stale")
    assert system.cat_file(lock) == b"of one that took this for stale"


def test_a_run_writes_no_signed_addresses(bucket, season):
    signed = "https://host/a.wav?X-Amz-Signature=5ec7e7"
    with pytest.raises(HearingAIError, match="`recordings`: an address with a password") as error:
        annotate([signed], f"{bucket[0]}/run")
    assert "5ec7e7" not in str(error.value)
    with pytest.raises(HearingAIError, match="web servers can only be read"):
        annotate(season, "https://host/run")
