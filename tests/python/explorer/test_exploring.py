"""explore(): a server in a process of its own, and the command that is one."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
from pathlib import Path

import pytest

import hearingai
from browser import served
from hearingai.explorer import exploring
from hearingai.web.server import check_libraries, warn_of
from patience import PATIENCE, named, until

PARENT = """
import hearingai, os
page = hearingai.explore()
print(page.url, page._child.process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def classifier():
    return hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)


def get(url, content=None):
    with urllib.request.urlopen(urllib.request.Request(url, content), timeout=PATIENCE) as answer:
        return answer.read()


def answers(url):
    try:
        return len(get(url)) > 0
    except (urllib.error.URLError, ConnectionError):
        return False


def reachable(address, port):
    with socket.socket() as other:
        other.settimeout(2)
        return other.connect_ex((address, port)) == 0


@pytest.mark.slow
def test_a_page_is_there_until_it_is_closed(classifier, recording, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    opened = []
    monkeypatch.setattr(exploring, "open_browser", opened.append)
    with hearingai.explore(classifier, hop=0.5, labels="yes", browser=True) as page:
        assert opened == [page.url]
        assert page.running
        assert repr(page) == f"<Explorer at {page.url}>"
        about = json.loads(get(page.url + "about"))
        assert (about["reported"], about["hop"]) == ([1], 0.5)
        assert json.loads(get(page.url + "recordings?name=a.wav", recording.read_bytes()))["key"]
        (sound,) = tmp_path.rglob("sound")
        if os.name == "posix":  # nobody else looks in
            assert all(path.stat().st_mode & 0o077 == 0 for path in list(sound.parents)[:2])
        port = int(page.url.split(":")[2].split("/")[0])
        assert reachable("127.0.0.1", port)
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
        for address in others:
            assert address.startswith("127.") or ":" in address or not reachable(address, port)
    assert not page.running
    assert not answers(page.url)
    assert not list(tmp_path.glob("hearingai-*"))
    assert repr(page).endswith("closed>")
    page.close()


def test_a_page_opens_without_a_classifier():
    with hearingai.explore() as page:
        assert page.classifier is None
        assert json.loads(get(page.url + "about"))["labels"] == []
    for options in ({"hop": 0.5}, {"threshold": {"yes": 0.5}}, {"device": "abacus"}):
        with pytest.raises(hearingai.HearingAIError, match=f"`{next(iter(options))}`"):
            hearingai.explore(**options)


@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_the_page_ends_with_the_one_who_opened_it():
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True)
    url, pid = done.stdout.split()
    until(lambda: not answers(url))

    def gone():
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        return (
            Path(f"/proc/{pid}/stat").exists() and ") Z " in Path(f"/proc/{pid}/stat").read_text()
        )

    until(gone)


def test_other_machines_are_served_with_a_warning():
    with pytest.warns(hearingai.HearingAIWarning, match="others may do much"):
        warn_of("0.0.0.0", "others may do much")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for host in ("127.0.0.1", "localhost", "::1"):
            warn_of(host, "others may do much")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"port": -1}, "`port`"),
        ({"port": 10**6}, "`port`"),
        ({"host": "nowhere.invalid"}, "`host` nowhere.invalid"),
        ({"max_mb": 0}, "`max_mb`"),
        ({"max_hours": -1}, "`max_hours`"),
        ({"hop": 0}, "`hop`"),
        ({"labels": ["maybe"]}, "`labels`"),
        ({"device": "abacus"}, "`device`"),
    ],
)
@pytest.mark.filterwarnings("ignore:.host.:hearingai.HearingAIWarning")
def test_what_cannot_be_served_is_refused(classifier, options, words):
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.explore(classifier, **options)


def test_a_port_that_is_taken_is_named(classifier):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(hearingai.HearingAIError, match=f"`port` {port}.*port=0"):
            hearingai.explore(classifier, port=port)


def test_what_is_missing_is_one_line_with_the_remedy(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(hearingai.HearingAIError, match=r'pip install "hearingai\[serve\]"'):
        check_libraries()


def test_no_browser_takes_over_a_terminal(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    exploring.open_browser("http://a")
    assert opened == []
    monkeypatch.setenv("DISPLAY", ":0")
    exploring.open_browser("http://a")
    assert opened == ["http://a"]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="ends it by a signal")
def test_the_command_serves_until_it_is_interrupted(classifier, tmp_path, recording):
    path = hearingai.save_classifier(classifier, tmp_path / "c.keras")
    command = [sys.executable, "-c", "from hearingai.cli import main; main()", "serve", path]
    command += ["--no-browser", "--hop", "0.5", "--threshold", "yes=0.8", "--max-mb", "1"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        url = process.stdout.readline().strip()
        about = json.loads(get(url + "about"))
        assert (about["hop"], about["thresholds"]["1"], about["max_bytes"]) == (0.5, 0.8, 10**6)
        assert json.loads(get(url + "recordings?name=a.wav", recording.read_bytes()))["key"]
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, out) == (0, "")
    assert "Ctrl-C ends it." in said
    assert "Traceback" not in said
    assert not answers(url)


def test_the_command_says_what_is_wrong_in_a_line(run, classifier, tmp_path):
    path = hearingai.save_classifier(classifier, tmp_path / "c.keras")
    status, _, said = run("serve", path, "--no-browser", "--hop", "9")
    assert (status, said.startswith("error: `--hop`")) == (1, True)
    status, _, said = run("serve", "--no-browser", "--hop", "0.1")
    assert (status, said.startswith("error: `--hop` needs a ")) == (1, True)
    status, _, said = run("serve", tmp_path / "none.keras")
    assert (status, "does not exist" in said) == (1, True)


def test_an_upload_that_breaks_off_leaves_nothing(ear, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with served(ear(), {}) as url:
        host, key = url.split("/")[2:4]
        request = f"POST /{key}/recordings HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9999\r\n\r\n"
        with socket.create_connection(host.split(":")) as other:
            other.sendall(request.encode() + bytes(5000))
            until(lambda: named(tmp_path, "sound"))
        until(lambda: not named(tmp_path, "sound"))
        assert answers(url)
    assert list(tmp_path.iterdir()) == []
