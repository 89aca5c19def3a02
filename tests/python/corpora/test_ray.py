"""Workers on Ray: the same files as one process, whatever dies."""

import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest

import hearingai
from children import alive, children, need_list_of_processes
from fresh import need, python, with_helpers
from hearingai.corpora.ray_workers import shard_worker
from hearingai.runtime import ray_pool
from hearingai.runtime.places import Folder
from hearingai.runtime.ray_actor import Worker
from hearingai.runtime.ray_cluster import connected
from loud_ears import DEADLY, OPTIONS, RATE, LoudEar, digests
from patience import PATIENCE, until

need("ray", "pyarrow")
import ray  # noqa: E402

CLIENTS = 25_251  # the port

WITHOUT = """
import sys
sys.modules["ray"] = None
import hearingai
from loud_ears import LoudEar
try:
    hearingai.annotate(LoudEar(), sys.argv[1], out=sys.argv[2], engine="ray")
except hearingai.HearingAIError as error:
    print(error)
"""
WRONG = """
import sys
import hearingai
from loud_ears import LoudEar
_, season, out, *addresses = sys.argv
for address in addresses:
    try:
        hearingai.annotate(LoudEar(), season, out=out, engine="ray", address=address)
    except hearingai.HearingAIError as error:
        print(error)
"""
OWN = f"""
import sys
import hearingai
from hearingai.corpora import manifest
from loud_ears import LoudEar
manifest._RATE = {2 * RATE}
season, out, pause = sys.argv[1:]
hearingai.annotate(LoudEar(pause=float(pause)), season, out=out, engine="ray", **{OPTIONS!r})
"""


def annotate(recordings, out, ear=None, **options):
    options = OPTIONS | {"engine": "ray"} | options
    return hearingai.annotate(ear or LoudEar(), recordings, out=out, **options)


@pytest.fixture(scope="module")
def whole(season, tmp_path_factory):
    """The files of an undisturbed run in one process."""
    run = tmp_path_factory.mktemp("whole") / "run"
    annotate(season, run, engine="processes")
    return digests(run)


@pytest.fixture(scope="module")
def cluster():
    """A cluster of one machine, which this process is connected to."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", with_helpers())
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        soon = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500}
        soon |= {"health_check_failure_threshold": 4}
        head = {
            "num_cpus": 1,
            "ray_client_server_port": CLIENTS,
            "object_store_memory": 2**27,
            "_system_config": soon,
        }
        found = Cluster(initialize_head=True, head_node_args=head)
        ray.init(address=found.address, log_to_driver=False, logging_level="ERROR")
        yield found
        ray.shutdown()
        found.shutdown()


@pytest.mark.usefixtures("cluster")
def test_workers_on_ray_write_the_same_files(season, whole, tmp_path):
    told = []
    found = annotate(season, tmp_path / "run", progress=lambda *now: told.append(now))
    assert digests(tmp_path / "run") == whole
    assert found.errors["fname"].tolist() == [str(season / "05b.wav")]
    done, total, text = told[-1]
    assert done == pytest.approx(total) and "times real time" in text
    assert [now[0] for now in told] == sorted(now[0] for now in told)
    assert ray.is_initialized()  # what the user connected stays so


def test_another_cluster_than_that_of_the_session_is_an_error(cluster, season, tmp_path):
    for address in ("ray://127.0.0.1:10001", "10.0.0.1:6379", "local"):
        with pytest.raises(hearingai.HearingAIError, match=r"`address` .*call `ray.shutdown\(\)`"):
            annotate(season, tmp_path / "run", address=address)
    for address in (cluster.address, "auto", None):
        with connected(address) as found:
            assert found.has_node(ray.get_runtime_context().get_node_id())


@pytest.mark.usefixtures("cluster")
def test_a_run_on_ray_goes_on_where_processes_left_it(season, whole, tmp_path, monkeypatch):
    run = tmp_path / "run"
    annotate(season, run, engine="processes", shard="1/2")
    before = digests(run)
    monkeypatch.chdir(tmp_path)
    annotate(season, "run", workers=2)  # workers take the paths of the caller
    assert digests(run) == whole and before.items() < whole.items()


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_recording_that_ends_processes_is_named_and_all_others_are_done(season, tmp_path):
    files = [season / "00.wav", tmp_path / "deadly.wav", season / "01.wav"]
    hearingai.write_audio(files[1], np.full(20 * RATE, DEADLY), RATE)
    found = annotate(files, tmp_path / "run", LoudEar(deadly=True))
    assert found.errors["fname"].tolist() == [str(files[1])]
    assert found.errors["error"][0] == "ended the process that read it (it was killed)"
    without = annotate(files[::2], tmp_path / "others", engine="processes")
    assert found.events.equals(without.events) and found.windows.equals(without.windows)


@pytest.mark.usefixtures("cluster")
def test_errors_and_warnings_of_workers_are_those_of_the_call(season, tmp_path):
    with pytest.raises(hearingai.AudioFileError, match="05b.wav") as caught:
        annotate(season, tmp_path / "run", on_error="raise")
    assert caught.value.path == str(season / "05b.wav")
    cut = tmp_path / "cut.wav"
    data = (season / "04.wav").read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    with pytest.warns(hearingai.HearingAIWarning, match="cut.wav is truncated") as told:
        annotate([season / "00.wav", cut], tmp_path / "cut", partial=True)
    assert len(told) == 1


class Unready(LoudEar):
    def handed_over(self, folder, name):
        return {"open": "loud_ears:nobody", "arguments": {}}


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_worker_that_cannot_begin_is_told(season, tmp_path):
    with pytest.raises(hearingai.HearingAIError, match="did not start: .*nobody.* needs hearingai"):
        annotate(season, tmp_path / "run", Unready())


@pytest.mark.usefixtures("cluster")
def test_a_share_of_a_gpu_that_no_machine_has_is_told(season, tmp_path, monkeypatch):
    monkeypatch.setattr(ray_pool, "_PATIENCE", 0.0)
    with (
        warnings.catch_warnings(),
        pytest.raises(hearingai.HearingAIWarning, match="no machine .* 1 free cores and 0.5 GPUs"),
    ):
        warnings.simplefilter("error")
        annotate(season, tmp_path / "run", gpus_per_worker=0.5)


@pytest.mark.slow
def test_a_machine_that_is_lost_costs_no_result(season, whole, tmp_path, cluster):
    second = cluster.add_node(num_cpus=1, object_store_memory=2**27)
    run, lost = tmp_path / "run", []

    def lose(*_):
        if not lost and len(list((run / "recordings").glob("*.parquet"))) >= 2:
            lost.append(second.node_id)
            cluster.remove_node(second, allow_graceful=False)

    annotate(season, run, LoudEar(pause=0.05), workers=2, progress=lose)
    assert lost and digests(run) == whole
    told = hearingai.read_run(run, "recordings")["fname"]
    assert sorted(told) == sorted(map(str, season.glob("*.wav")))


def test_a_folder_that_other_machines_do_not_see_is_told(tmp_path):
    start = (None, Folder(tmp_path / "run"), b"{}", None)
    with pytest.raises(hearingai.HearingAIError, match="`out` must be on a disk that all machines"):
        shard_worker(start)


def test_another_version_on_another_machine_is_told(tmp_path):
    answer = Worker().begin(("0.0.1", str(tmp_path), "", None))
    assert "must have hearingai 0.0.1, as this one" in str(answer.error)


def test_without_ray_the_extra_is_named(season, tmp_path):
    done = python(WITHOUT, season, tmp_path / "run")
    assert done.stdout.count("\n") == 1
    assert "needs ray" in done.stdout and 'pip install "hearingai[ray]"' in done.stdout


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"engine": "dask"}, "`engine` must be .*processes.*ray"),
        ({"engine": "processes", "address": "auto"}, "`address` is for workers on Ray: `engine`"),
        ({"engine": "processes", "gpus_per_worker": 1}, "`gpus_per_worker` is for workers on Ray"),
        ({"gpus_per_worker": -1}, "`gpus_per_worker` must be a number from 0"),
        ({"address": 3}, "`address` must be text"),
    ],
)
def test_options_that_cannot_be_are_refused(season, tmp_path, options, match):
    with pytest.raises(hearingai.HearingAIError, match=match):
        annotate(season, tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_an_address_without_a_cluster_is_told(season, tmp_path):
    addresses = ["127.0.0.1:1", "ray://127.0.0.1:1", "nonsense"]
    done = python(WRONG, season, tmp_path, *addresses)
    told = done.stdout.splitlines()
    assert len(told) == 3 and not done.stderr
    for line, address in zip(told, addresses, strict=True):
        assert line.startswith("`address`: no cluster of Ray can be reached by it.")
        assert address in line


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_cluster_elsewhere_does_it_for_a_client(season, whole, tmp_path):
    code = OWN.replace('engine="ray"', f'engine="ray", address="ray://127.0.0.1:{CLIENTS}"')
    done = python(code, season, tmp_path / "run", 0)
    assert digests(tmp_path / "run") == whole and not done.stdout


@pytest.fixture
def drive(season):
    """Begin a run on Ray in a process of its own, which has no cluster."""
    begun = []

    def drive(out, pause):
        command = [sys.executable, "-c", OWN, season, out, str(pause)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        begun.append(subprocess.Popen(command, **pipes, start_new_session=True))
        return begun[-1]

    yield drive
    for driver in begun:
        driver.kill()
        driver.communicate()


@pytest.mark.slow
def test_without_a_cluster_ray_is_started_quietly_and_ended(season, whole, tmp_path, drive):
    driver = drive(tmp_path / "run", 0)
    said = driver.communicate(timeout=PATIENCE)
    assert said == (b"", b"") and driver.returncode == 0
    assert digests(tmp_path / "run") == whole


@pytest.mark.slow
def test_ctrl_c_ends_a_run_on_ray_cleanly(season, tmp_path, drive):
    need_list_of_processes()
    run = tmp_path / "run"
    driver = drive(run, 0.05)
    until(lambda: list(run.glob("recordings/*.parquet")), lambda: driver.poll())
    below = descendants(driver.pid)
    os.killpg(driver.pid, signal.SIGINT)  # as a terminal does
    told, said = driver.communicate(timeout=PATIENCE)
    assert not told and said.decode().strip().endswith("KeyboardInterrupt")
    assert len(below) > 3
    until(lambda: not any(map(alive, below)))


def descendants(parent):
    """The processes that a process began, and those that they began."""
    found = children(parent)
    return found + [below for child in found for below in descendants(child)]
