"""What annotate(path=) keeps, where several processes keep it at once, or one is killed."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from hearingai.annotation.kept_windows import KeptWindows
from hearingai.annotation.recordings import Part
from hearingai.events.windows import grid_of


@pytest.fixture
def kept(ear, tmp_path, wav):
    return KeptWindows(tmp_path / "kept", ear(), grid_of(ear())), Part(str(wav))


def test_two_at_once_do_not_disturb_each_other(kept, tmp_path):
    kept, part = kept
    rows = np.arange(8, dtype="float32").reshape(4, 2)
    with kept.keep(part) as one, kept.keep(part) as other:
        for writer in (one, other):
            writer(rows[:2])
        for writer in (one, other):
            writer(rows[2:])
            writer.done(1, "")
    found, seconds, _ = kept.find(part)
    np.testing.assert_array_equal(found, rows)
    assert seconds == 1
    assert sorted(f.suffix for f in (tmp_path / "kept").iterdir()) == [".json", ".npy"]


def test_of_another_configuration_nothing_is_found(kept, ear, tmp_path):
    kept, part = kept
    with kept.keep(part) as writer:
        writer(np.zeros((4, 2), "float32"))
        writer.done(1, "")
    other = ear()
    other.configuration = lambda: "another front end"
    assert KeptWindows(tmp_path / "kept", ear(), grid_of(ear())).find(part) is not None
    assert KeptWindows(tmp_path / "kept", other, grid_of(other)).find(part) is None


def test_what_a_killed_process_left_goes_in_time(kept, tmp_path):
    kept, part = kept
    with kept.keep(part):
        (mine,) = (tmp_path / "kept").iterdir()
        left, fresh = (mine.with_name(mine.name.replace(".npy", f"{i}.npy")) for i in (1, 2))
        for file in (left, fresh):
            file.write_bytes(b"half")
        os.utime(left, (0, time.time() - 7200))
        with kept.keep(part):
            assert mine.exists()
    assert list((tmp_path / "kept").iterdir()) == [fresh]


@pytest.mark.parametrize("ending", [".npy", ".json"])
@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"PK\x03\x04", b"{}", b"null", "pipe"])
def test_what_is_damaged_is_computed_again(kept, tmp_path, ending, content):
    kept, part = kept
    with kept.keep(part) as writer:
        writer(np.zeros((4, 2), "float32"))
        writer.done(1, "")
    assert kept.find(part) is not None
    (file,) = (tmp_path / "kept").glob(f"*{ending}")
    if content == "pipe":
        file.unlink()
        getattr(os, "mkfifo", Path.mkdir)(file)
    else:
        file.write_bytes(content)
    assert kept.find(part) is None


def test_what_weighs_windows_of_a_stream_is_known(kept, ear, tmp_path):
    kept, part = kept
    with kept.keep(part) as writer:
        writer(np.zeros((4, 2), "float32"))
        writer.done(1, "")
    for name, value in (("record", {"stream_odds": {"unknown": 50.0}}), ("runtime", "onnx")):
        other = ear()
        setattr(other, name, value)
        assert KeptWindows(tmp_path / "kept", other, grid_of(other)).find(part) is None
