"""Embeddings kept on disk: found, resumed, told apart, recovered, and shared between processes."""

import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import hearingai
from hearingai.bodies.body import Body
from hearingai.clips.embedded import embedded, embeddings_folder
from hearingai.clips.packed import PackedClips

N = 80
OPTIONS = (("sample_rate", 10), ("window", 0.5), ("hop", 0.5), ("input", None), ("output", "x"))


class Counting:
    """Halves of a clip; counts the clips it is asked for, and fails after `until` of them."""

    def __init__(self, until=None):
        self.n, self.until = 0, until

    def __call__(self, waveform, starts):
        if self.n == self.until:
            raise KeyboardInterrupt
        self.n += 1
        return np.stack([waveform[s : s + 5] for s in starts])


def body_of(compute, **changes):
    facts = {"licence": "none", "source": "a test", "files": (), "duration": 1.0}
    halves = {"name": "halves", "sample_rate": 10, "window": 5, "hop": 5, "size": 5}
    return Body(**halves | facts | {"compute": compute} | changes)


@pytest.fixture
def clips():
    rng = np.random.default_rng(0)
    return PackedClips(rng.integers(-9999, 9999, (N, 10)).astype("int16"))


def answer(clips):
    return (clips[np.arange(len(clips))] / 32768).astype("float32").reshape(-1, 2, 5)


def file_in(folder):
    (file,) = folder.iterdir()
    return file


def test_what_is_kept_is_not_computed_again(clips, tmp_path):
    compute = Counting()
    body = body_of(compute)
    first = embedded(clips, body, tmp_path)
    assert compute.n == N
    second = embedded(clips.select(np.arange(N)[::-2]), body, tmp_path)
    assert compute.n == N
    assert (first[np.arange(N)] == answer(clips)).all()
    assert (second[np.arange(N // 2)] == answer(clips)[::-2]).all()
    assert second.digests() == clips.digests()[::-2]
    assert second.dtype == np.float32


def test_without_a_folder_nothing_is_kept(clips, tmp_path):
    compute = Counting()
    for _ in range(2):
        assert (embedded(clips, body_of(compute), None)[[3]] == answer(clips)[3]).all()
    assert compute.n == 2 * N
    assert embeddings_folder(False) is None
    assert embeddings_folder(tmp_path) == tmp_path / "embeddings"


def test_no_clips_are_no_embeddings(clips, tmp_path):
    found = embedded(clips.select([]), body_of(Counting()), tmp_path)
    assert len(found) == 0 and found.digests() == []


def test_an_interrupted_call_is_resumed(clips, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        embedded(clips, body_of(Counting(until=70)), tmp_path)
    compute = Counting()
    found = embedded(clips, body_of(compute), tmp_path)
    assert compute.n == N - 64  # two batches of 32 were kept
    assert (found[np.arange(N)] == answer(clips)).all()


@pytest.mark.parametrize(
    "changes",
    [{"hop": 4}, {"padding": 1}, {"sample_rate": 20}, {"runtime": "x"}, {"options": OPTIONS}],
)
def test_those_of_another_body_are_not_taken(clips, tmp_path, changes):
    embedded(clips, body_of(Counting()), tmp_path)
    compute = Counting()
    embedded(clips, body_of(compute, **changes), tmp_path)
    assert compute.n == N
    assert len(list(tmp_path.iterdir())) == 2


def test_those_of_another_file_are_not_taken(clips, tmp_path):
    counts = []
    for content in (b"one", b"two"):
        file = tmp_path / "weights"
        file.write_bytes(content)
        compute = Counting()
        embedded(clips, body_of(compute, files=(str(file),)), tmp_path / "kept")
        counts.append(compute.n)
    assert counts == [N, N]


def test_clips_of_one_table_that_are_equal_have_equal_embeddings(tmp_path):
    same = PackedClips(np.full((3, 10), 7, "int16"))
    found = embedded(same, body_of(Counting()), tmp_path)
    assert (found[[0, 1, 2]] == np.float32(7 / 32768)).all()


@pytest.mark.parametrize("keep", [0, 100], ids=["whole", "header kept"])
def test_a_damaged_file_is_told_of_and_begun_anew(clips, tmp_path, keep):
    embedded(clips, body_of(Counting()), tmp_path)
    file = file_in(tmp_path)
    damaged = file.read_bytes()[:keep] + b"\xff" * (file.stat().st_size - keep)
    file.write_bytes(damaged)
    with pytest.warns(hearingai.HearingAIWarning, match="not kept in .*the next call begins it an"):
        found = embedded(clips, body_of(Counting()), tmp_path)
    assert (found[np.arange(N)] == answer(clips)).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        embedded(clips, body_of(Counting()), tmp_path)
        compute = Counting()
        embedded(clips, body_of(compute), tmp_path)
    assert compute.n == 0


FOREIGN = {
    "an endless view": "CREATE VIEW kept AS WITH RECURSIVE c(key, value) AS "
    "(SELECT x'00', x'00' UNION ALL SELECT x'01', value FROM c) SELECT * FROM c",
    "other columns": "CREATE TABLE kept (name TEXT)",
    "a trigger": "CREATE TABLE kept (key BLOB PRIMARY KEY, value BLOB); CREATE TRIGGER t AFTER "
    "INSERT ON kept BEGIN DELETE FROM kept; END",
}


@pytest.mark.parametrize("sql", FOREIGN.values(), ids=FOREIGN)
def test_a_file_of_another_program_is_told_of_and_begun_anew(clips, tmp_path, sql):
    embedded(clips.select([0]), body_of(Counting()), tmp_path)
    file = file_in(tmp_path)
    file.unlink()
    connection = sqlite3.connect(file)
    connection.executescript(sql)
    connection.close()
    with pytest.warns(hearingai.HearingAIWarning, match="it holds other tables.*begins it anew"):
        embedded(clips, body_of(Counting()), tmp_path)
    embedded(clips, body_of(Counting()), tmp_path)
    compute = Counting()
    embedded(clips, body_of(compute), tmp_path)
    assert compute.n == 0


@pytest.mark.parametrize(
    "change",
    ["substr(value, 1, 12) || x'ff' || substr(value, 14)", "substr(value, 2)", "'text'", "NULL"],
)
def test_values_that_were_changed_are_computed_again(clips, tmp_path, change):
    embedded(clips, body_of(Counting()), tmp_path)
    with sqlite3.connect(file_in(tmp_path)) as connection:
        connection.execute(f"UPDATE kept SET value = CAST({change} AS BLOB) WHERE rowid <= 3")
    connection.close()
    compute = Counting()
    found = embedded(clips, body_of(compute), tmp_path)
    assert compute.n == 3
    assert (found[np.arange(N)] == answer(clips)).all()


def test_where_nothing_can_be_kept_it_is_said_and_computed(clips, tmp_path):
    (tmp_path / "file").touch()
    with pytest.warns(hearingai.HearingAIWarning, match="embeddings are not kept in .*file"):
        found = embedded(clips, body_of(Counting()), tmp_path / "file")
    assert (found[np.arange(N)] == answer(clips)).all()


def test_a_file_that_another_program_holds_is_not_waited_for_for_ever(clips, tmp_path, monkeypatch):
    embedded(clips.select([0]), body_of(Counting()), tmp_path)
    monkeypatch.setattr("hearingai.clips.embedded._WAIT", 0.0)
    other = sqlite3.connect(file_in(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.warns(hearingai.HearingAIWarning, match="not kept in .*locked"):
        found = embedded(clips, body_of(Counting()), tmp_path)
    other.execute("ROLLBACK")
    other.close()
    assert (found[np.arange(N)] == answer(clips)).all()
    assert file_in(tmp_path).exists()


PROCESS = """
import sys, numpy as np
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_embedded import Counting, answer, body_of, embedded, PackedClips
rng = np.random.default_rng(0)
clips = PackedClips(rng.integers(-9999, 9999, (600, 10)).astype("int16"))
order = np.arange(600)[::int(sys.argv[1])]
found = embedded(clips.select(order), body_of(Counting()), Path(sys.argv[2]))
assert (found[np.arange(600)] == answer(clips)[order]).all()
"""


def test_two_processes_keep_in_one_file(tmp_path):
    code = PROCESS.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-W", "error", "-c", code]
    running = [subprocess.Popen([*command, step, tmp_path / "kept"]) for step in ("1", "-1")]
    assert [process.wait() for process in running] == [0, 0]
    with sqlite3.connect(file_in(tmp_path / "kept")) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (600,)
    connection.close()
