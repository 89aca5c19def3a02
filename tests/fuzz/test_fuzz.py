"""A short hunt: the same inputs each time. `make fuzz` is the long one."""

import random
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hearingai
from fresh import need
from hunt import Tally, hunt
from kills import kill_all
from mutation import mutate
from soak import GROWS, soak

SHORT = {"audio": 400, "tables": 100, "embeddings": 100}
BRIEF = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HEADS = (b"RIFF\x24\x00\x00\x00WAVEfmt ", b"fLaC\x00\x00\x00\x22", b"OggS\x00\x02", b"\xff\xfb\x90")
HEADS += (b"ID3\x04", b"FORM\x00\x00\x00\x40AIFF", b".snd\x00\x00\x00\x18", b"caff\x00\x01", b"")


def nothing_found(tally):
    found = "; ".join(f"{f['kind']} by input {f['i']}: {f['error']}" for f in tally.findings[:5])
    assert not tally.findings, found


@pytest.mark.parametrize("group", SHORT)
def test_what_is_damaged_is_read_or_refused_by_name(group):
    tally = hunt(group, SHORT[group])
    nothing_found(tally)
    assert tally.inputs == SHORT[group]
    assert 0.1 * tally.inputs < tally.refused < tally.inputs  # neither all nor none


def test_the_page_answers_whatever_is_asked():
    need("starlette")
    nothing_found(hunt("page", 100))


@pytest.mark.slow
@pytest.mark.parametrize("group", ["growing", "keras", "exported"])
def test_models_and_growing_files_too(group):
    nothing_found(hunt(group, 100))


def test_a_hunt_finds_what_is_there():
    """A crash, an error of another name, and one that is too slow or too large."""
    tally = Tally()
    good = {"refused": False, "megabytes": 1.0, "seconds": 0.1, "error": None, "i": 0}
    tally.add(good)
    assert not tally.findings
    for bad in ({"error": "KeyError: 'a'"}, {"megabytes": 501.0}, {"seconds": 2.1}):
        tally.add(good | bad)
    assert [found["kind"] for found in tally.findings] == ["unnamed", "large", "slow"]
    assert (tally.inputs, tally.unnamed, tally.large, tally.slow) == (4, 1, 1, 1)


def test_mutations_are_the_same_each_time_and_change_the_input():
    data = bytes(range(256)) * 4
    made = [mutate(data, random.Random(i), data[::-1]) for i in range(50)]
    assert made == [mutate(data, random.Random(i), data[::-1]) for i in range(50)]
    assert len(set(made)) > 45
    assert sum(one == data for one in made) < 5


def read_or_refused(function, path, content):
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(path)
        except hearingai.HearingAIError as error:
            assert str(error)


@BRIEF
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=300))
def test_any_bytes_are_a_recording_or_refused(tmp_path, head, rest):
    read_or_refused(hearingai.read_audio, tmp_path / "a.wav", head + rest)


CELL = st.one_of(
    st.floats().map(str), st.integers().map(str), st.text(max_size=8), st.sampled_from(["", "NA"])
)
CLIPS = st.permutations(["fname", "class", "speaker", "start", "end"])
RAVEN = st.permutations(["Selection", "Begin Time (s)", "End Time (s)", "Annotation", "Score"])


def table(header, rows, separator):
    return "\n".join(separator.join(row) for row in (header, *rows)).encode("utf-8", "replace")


@BRIEF
@given(header=CLIPS, rows=st.lists(st.lists(CELL, max_size=6), max_size=4))
def test_any_table_is_one_of_clips_or_of_events_or_refused(tmp_path, header, rows):
    content = table(header, rows, ",")
    read_or_refused(hearingai.read_clips, tmp_path / "a.csv", content)
    read_or_refused(hearingai.read_events, tmp_path / "a.csv", content)


@BRIEF
@given(header=RAVEN, n=st.integers(1, 5), rows=st.lists(st.lists(CELL, max_size=6), max_size=4))
def test_any_selection_table_is_read_or_refused(tmp_path, header, n, rows):
    read_or_refused(hearingai.read_events, tmp_path / "a.txt", table(header[:n], rows, "\t"))


@pytest.mark.slow
def test_a_day_of_sound_takes_no_more_memory_than_an_hour():
    for row in soak(24):
        assert row["MB grown"] < GROWS
        assert row["events"] == 864


@pytest.mark.slow
def test_work_that_was_killed_ends_as_if_it_was_not():
    for row in kill_all(10):
        assert row["wrong results"] == 0, row
