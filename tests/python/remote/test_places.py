"""Folders of runs: one contract for this machine and for stores of objects."""

import pickle

import pytest

from hearingai.runtime.places import file_states, place_of


@pytest.fixture(params=["here", "memory"])
def place(request, tmp_path, memory):
    return place_of("out", tmp_path / "run" if request.param == "here" else "memory://bucket/run")


def test_a_place_holds_what_was_written_whole(place):
    assert place.names() == [] and not place.exists("a")
    with pytest.raises(FileNotFoundError):
        place.read("a")
    with place.sub("table").written("b") as path:
        path.write_bytes(b"1")
        assert place.sub("table").names() == []
    for content in (b"one", b"another"):
        with place.written("a") as path:
            path.write_bytes(content)
        assert place.read("a") == content
    with pytest.raises(ZeroDivisionError), place.written("c") as path:
        path.write_bytes(b"half")
        raise ZeroDivisionError
    assert place.exists("a") and not place.exists("c")
    assert "a" in place.names() and place.sub("table").names() == ["b"]


def test_a_place_goes_to_other_processes(place):
    with place.written("a") as path:
        path.write_bytes(b"one")
    again = pickle.loads(pickle.dumps(place))
    assert again.read("a") == b"one" and str(again) == str(place)


def test_what_locks_leaves_nothing(place):
    for _ in range(2):
        with place.locked():
            pass
    assert place.names() == []


def test_a_table_is_read_from_a_place(place):
    dataset = pytest.importorskip("pyarrow.dataset")
    import pyarrow as pa
    import pyarrow.parquet

    with place.sub("table").written("0.parquet") as path:
        pa.parquet.write_table(pa.table({"x": [1, 2]}), path)
    system, folder = place.sub("table").system()
    files = [f"{folder}/0.parquet"]
    found = dataset.dataset(files, format="parquet", filesystem=system).to_table()
    assert found["x"].to_pylist() == [1, 2]


def test_states_of_many_files_are_asked_by_folder(memory, monkeypatch):
    names = [f"memory://bucket/{i % 2}/{i:03}.wav" for i in range(100)]
    for i, name in enumerate(names):
        memory.pipe_file(name, b"x" * (i + 1))
    asked = []
    monkeypatch.setattr(memory.__class__, "info", lambda self, path: asked.append(path))
    sizes, times = file_states([*names, __file__])
    assert sizes[:100].tolist() == list(range(1, 101)) and not asked
    assert (times > 10**18).all()
    monkeypatch.undo()
    gone = [*names[:3], "memory://bucket/0/none.wav"]
    assert file_states(gone)[0].tolist() == [1, 2, 3, -1]
