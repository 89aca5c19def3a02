"""Workers: the same files as one process, whatever dies, whenever."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

import hearingai
from children import alive, children, kill, need_list_of_processes
from loud_ears import DEADLY, OPTIONS, RATE, LoudEar, digests
from patience import PATIENCE, until
from slow import first_quick

DRIVER = f"""
import sys
import hearingai
from hearingai.corpora import manifest
from loud_ears import LoudEar
manifest._RATE = {2 * RATE}
season, out, workers = sys.argv[1:]
options = {OPTIONS!r}
hearingai.annotate(
    LoudEar(pause=0.02), season, out=out, workers=int(workers) or None, progress=False, **options
)
"""


def annotate(recordings, out, workers=2, ear=None, **options):
    return hearingai.annotate(
        ear or LoudEar(), recordings, out=out, workers=workers, **OPTIONS | options
    )


@pytest.fixture(scope="module")
def whole(season, tmp_path_factory):
    """The files of an undisturbed run in one process."""
    run = tmp_path_factory.mktemp("whole") / "run"
    annotate(season, run, workers=None)
    return digests(run)


@pytest.fixture
def drive(season):
    """Begin a run in a process of its own; it is killed at the end."""
    begun = []

    def drive(out, workers=2):
        command = [sys.executable, "-c", DRIVER, season, out, str(workers)]
        begun.append(subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True))
        return begun[-1]

    yield drive
    for driver in begun:
        driver.kill()
        driver.wait()
        driver.stderr.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_any_number_of_workers_writes_the_same_files(season, whole, tmp_path, workers):
    told = []
    found = annotate(season, tmp_path / "run", workers, progress=lambda *now: told.append(now))
    assert digests(tmp_path / "run") == whole
    assert found.errors["fname"].tolist() == [str(season / "05b.wav")]
    done, total, text = told[-1]
    assert done == pytest.approx(total) and "times real time" in text
    assert [now[0] for now in told] == sorted(now[0] for now in told)


def test_workers_need_no_folder(season, tmp_path):
    found, kept = annotate(season, None), annotate(season, tmp_path / "run", None)
    assert found.events.equals(kept.events) and found.windows.equals(kept.windows)


def test_a_slice_in_the_environment_is_of_runs_in_folders(season, whole, tmp_path, monkeypatch):
    kept = annotate(season, tmp_path / "run", None)
    monkeypatch.setenv("HEARINGAI_SHARD", "2/3")
    assert annotate(season, None).events.equals(kept.events)
    assert len(annotate(season, tmp_path / "slice", None).events) < len(kept.events)


@pytest.mark.parametrize("workers", [0, 1.5, "all", True])
def test_what_is_no_number_of_workers_is_refused(season, tmp_path, workers):
    with pytest.raises(hearingai.HearingAIError, match="`workers` must be"):
        annotate(season, tmp_path / "run", workers)


def begun_since(before):
    """The processes that this one began, without those that it had before."""
    return sorted(set(children(os.getpid())) - set(before))


def kill_some(stop, pause, before):
    """Kill the processes that this one began, one after the other, until told to stop."""
    while not stop.wait(random.uniform(*pause)):
        for pid in random.sample(found := begun_since(before), min(1, len(found))):
            kill(pid)


def test_workers_that_are_killed_cost_no_result(season, whole, tmp_path):
    need_list_of_processes()
    stop = threading.Event()
    killer = threading.Thread(target=kill_some, args=(stop, (2, 4), children(os.getpid())))
    killer.start()
    try:
        annotate(season, tmp_path / "run", ear=LoudEar(pause=0.02))
    finally:
        stop.set()
        killer.join()
    assert digests(tmp_path / "run") == whole


@pytest.fixture
def deadly(season, tmp_path):
    """The season with a recording at which a process ends, in the middle."""
    import numpy as np

    folder = tmp_path / "deadly"
    folder.mkdir()
    for file in season.glob("*.wav"):
        (folder / file.name).symlink_to(file)
    hearingai.write_audio(folder / "07b.wav", np.full(20 * RATE, DEADLY), RATE)
    return folder


def test_a_recording_that_ends_processes_is_named_and_all_others_are_done(deadly, tmp_path):
    found = annotate(deadly, tmp_path / "run", ear=LoudEar(deadly=True))
    told = dict(zip(found.errors["fname"], found.errors["error"], strict=True))
    assert set(told) == {str(deadly / "05b.wav"), str(deadly / "07b.wav")}
    assert told[str(deadly / "07b.wav")] == (
        "ended the process that read it (it was killed, SIGKILL)"
    )
    others = sorted(set(deadly.glob("*.wav")) - {deadly / "07b.wav"})
    without = annotate(others, tmp_path / "others", None)
    for name in ("events", "windows", "recordings"):
        assert getattr(found, name).equals(getattr(without, name))
    again = annotate(deadly, tmp_path / "run", ear=LoudEar(deadly=True))
    assert again.errors.equals(found.errors) and again.speed is None


class Unready(LoudEar):
    def handed_over(self, folder, name):
        return {"open": "loud_ears:nobody", "arguments": {}}


class Alone(LoudEar):
    handed_over = property()


def test_a_classifier_that_workers_cannot_open_is_told(season, tmp_path):
    with pytest.raises(hearingai.HearingAIError, match="did not start: .*nobody"):
        annotate(season, tmp_path / "run", ear=Unready())
    with pytest.raises(hearingai.HearingAIError, match="other processes can open.*Alone"):
        annotate(season, tmp_path / "other", ear=Alone())


def test_an_error_in_a_worker_is_raised(season, tmp_path):
    before = children(os.getpid())
    with pytest.raises(hearingai.AudioFileError, match="05b.wav") as caught:
        annotate(season, tmp_path / "run", on_error="raise")
    assert caught.value.path == str(season / "05b.wav")
    assert not begun_since(before)


def test_doubts_of_workers_are_told_once(season, tmp_path):
    cut = tmp_path / "cut.wav"
    data = (season / "04.wav").read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    with pytest.warns(hearingai.HearingAIWarning, match="cut.wav is truncated") as told:
        annotate([season / "00.wav", cut], tmp_path / "run", partial=True)
    assert len(told) == 1


def begun(run, n=1):
    """Whether so many shards are done."""
    return len(list((run / "recordings").glob("*.parquet"))) >= n


@pytest.mark.parametrize("workers", first_quick(2, 0))
def test_a_run_whose_process_is_killed_goes_on(season, whole, tmp_path, drive, workers):
    need_list_of_processes()
    run = tmp_path / "run"
    driver = drive(run, workers)
    until(lambda: begun(run), lambda: driver.poll())
    working = children(driver.pid)
    assert len(working) == workers
    driver.kill()
    driver.wait()
    until(lambda: not any(map(alive, working)))
    assert len(digests(run)) < len(whole)
    annotate(season, run)
    assert digests(run) == whole


@pytest.mark.slow
@pytest.mark.parametrize("workers", first_quick(2, 0))
def test_ctrl_c_ends_a_run_cleanly(season, whole, tmp_path, drive, workers):
    need_list_of_processes()
    run = tmp_path / "run"
    driver = drive(run, workers)
    until(lambda: begun(run), lambda: driver.poll())
    working = children(driver.pid)
    os.killpg(driver.pid, signal.SIGINT)  # as a terminal does
    said = driver.communicate(timeout=PATIENCE)[1].decode()
    assert said.strip().endswith("KeyboardInterrupt")
    until(lambda: not any(map(alive, working)))
    annotate(season, run)
    assert digests(run) == whole


@pytest.mark.slow
def test_twenty_kills_at_random_moments_cost_no_result(season, whole, tmp_path, drive):
    need_list_of_processes()
    random.seed(int.from_bytes(os.urandom(4), "big"))
    run, kills = tmp_path / "run", 0
    while kills < 20:
        driver = drive(run)
        for _ in range(random.randint(1, 4)):
            time.sleep(random.uniform(0.1, 3))
            if driver.poll() is not None:
                break
            victims = [driver.pid, *children(driver.pid)]
            kill(random.choice(victims))
            kills += 1
        driver.kill()
        driver.wait()
        if len(digests(run)) == len(whole):  # all was done: begin anew
            assert digests(run) == whole
            run = tmp_path / f"run-{kills}"
    annotate(season, run)
    assert digests(run) == whole
