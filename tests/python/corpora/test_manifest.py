"""The manifest: shards of like cost, and what makes another list of recordings."""

import os

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.corpora import manifest
from hearingai.runtime.places import Folder


def table(names, **columns):
    return pd.DataFrame({"fname": pd.Series(list(map(str, names)), dtype=object)} | columns)


def test_shards_are_stretches_of_like_cost():
    rng = np.random.default_rng(0)
    cost = rng.uniform(10, 120, 20_000)
    shards = manifest.shards_of(cost)
    assert (np.diff(shards) >= 0).all() and set(np.diff(shards)) == {0, 1}
    each = np.bincount(shards, cost)[1:-1]  # the first and the last may be halves
    assert each.min() > 3600 - 120 and each.max() < 3600 + 120


def test_shards_of_little_and_of_very_much():
    assert manifest.shards_of(np.zeros(0)).tolist() == []
    assert manifest.shards_of(np.full(3, 1.0)).tolist() == [0, 0, 0]
    assert manifest.shards_of(np.full(6400, 2.0)).max() == 63  # of 200 s
    many = manifest.shards_of(np.full(200_000, 600.0))  # 33,000 hours
    assert 4000 < many.max() < 4100


def test_a_long_recording_is_a_shard():
    cost = np.array([20.0] * 60 + [40_000] + [20.0] * 60)
    shards = manifest.shards_of(cost)
    assert (shards == shards[60]).sum() == 1


def test_shards_hold_whole_batches():
    rng = np.random.default_rng(0)
    for step in (1, 16, 64):
        shards = manifest.shards_of(rng.uniform(0.1, 30, 5000), step)
        firsts = np.flatnonzero(np.diff(shards)) + 1
        assert len(firsts) > 20 and (firsts % step == 0).all()


def test_costs_are_lengths_where_known_and_sizes_where_not(season):
    files = [season / "00.wav", season / "01.wav", season / "none.wav"]
    found = manifest.planned(table(files, duration=[10.0, np.nan, np.nan]))
    sizes = [files[0].stat().st_size, files[1].stat().st_size, -1]
    assert found["size"].tolist() == sizes
    assert found["mtime"].tolist() == [*(f.stat().st_mtime_ns for f in files[:2]), -1]
    assert manifest.costs(found).tolist() == pytest.approx(
        [10.1, sizes[1] / manifest._RATE + 0.1, 0.1]
    )


@pytest.fixture
def kept(tmp_path):
    """Three files and the manifest of them, written and read again."""
    files = [tmp_path / name for name in ("a.wav", "b.wav", os.fsdecode(b"caf\xe9.wav"))]
    for file in files:
        file.write_bytes(b"sound")
    place = Folder(tmp_path / "run")
    digest = manifest.write_manifest(place, manifest.planned(table(files)))
    return files, manifest.read_manifest(place, digest)


def test_a_manifest_is_read_as_it_was_written(kept):
    files, read = kept
    pd.testing.assert_frame_equal(read, manifest.planned(table(files)))
    manifest.check_same("run", read, manifest.planned(table(files)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f[:2], r"caf\\xe9.wav, in the run alone"),
        (lambda f: [*f, "d.wav"], "d.wav, not in the run"),
        (lambda f: ["d.wav", *f[1:]], "d.wav, not in the run and .*a.wav, in the run alone"),
        (lambda f: [f[1], f[0], f[2]], "b.wav and 1 more, in another order"),
        (lambda f: [*f, f[0]], "it has 3, and this call names 4, some more than once"),
    ],
)
def test_another_list_of_recordings_is_told(kept, change, told):
    files, read = kept
    with pytest.raises(hearingai.HearingAIError, match=f"of other recordings: .*{told}"):
        manifest.check_same("run", read, manifest.planned(table(change(files))))


def test_a_recording_that_changed_is_told(kept):
    files, read = kept
    files[1].write_bytes(b"other sound")
    with pytest.raises(hearingai.HearingAIError, match="b.wav, changed since it began"):
        manifest.check_same("run", read, manifest.planned(table(files)))


def test_what_could_not_be_looked_at_is_no_change(kept):
    files, read = kept
    away = read.assign(size=[-1, *read["size"][1:]], mtime=[-1, *read["mtime"][1:]])
    manifest.check_same("run", away, read)
    manifest.check_same("run", read, away)
    files[1].write_bytes(b"other sound")
    with pytest.raises(hearingai.HearingAIError, match="b.wav, changed since it began"):
        manifest.check_same("run", away, manifest.planned(table(files)))


def test_parts_that_differ_are_told(kept):
    files, read = kept
    parts = table(files, start=0.0, duration=1.0)
    with pytest.raises(hearingai.HearingAIError, match="the columns fname, duration, and this"):
        manifest.check_same("run", read, manifest.planned(parts))
    other = manifest.planned(table(files, start=0.0, duration=[1.0, 2.0, np.nan]))
    with pytest.raises(hearingai.HearingAIError, match="b.wav"):
        manifest.check_same("run", manifest.planned(parts), other)
