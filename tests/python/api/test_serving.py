"""serve_api(): a server in a process of its own, the command that is one, and its connections."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

import hearingai
from hearingai.web import connections, uploads
from patience import PATIENCE, named, until
from servers import TOKEN, served


def ask(url, path, content=None, token=TOKEN):
    """The status and the answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "audio/wav"}
    request = urllib.request.Request(url + path, content, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@contextlib.contextmanager
def connected(url, head, body=b""):
    """A connection with a request of one's own making."""
    place = url.removeprefix("http://")
    host, port = place.split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as sock:
        with contextlib.suppress(ConnectionError):  # refused before its end
            sock.sendall(head.format(host=place, token=TOKEN).replace("\n", "\r\n").encode() + body)
        yield sock


def rest(sock):
    """All that comes until the server closes the connection, which it may do amid what is sent."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(65536):
            found += piece
    return found


POST = "POST /v1/predict HTTP/1.1\nHost: {host}\nAuthorization: Bearer {token}\n"


@pytest.mark.slow
def test_a_server_runs_until_it_is_closed(tmp_path):
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    yes = tmp_path / "a.wav"
    hearingai.write_audio(yes, [0.1, -0.1] * 8000, 16000)
    with hearingai.serve_api(classifier, hop=0.5, token=TOKEN) as server:
        assert server.running
        assert (server.token, repr(server)) == (TOKEN, f"<ApiServer at {server.url}>")
        status, told = ask(server.url, "/v1/classifier")
        assert (status, told["hop"], told["labels"]) == (200, 0.5, ["no", "yes"])
        assert told["fingerprint"] == classifier.fingerprint()
        expected = hearingai.predict(classifier, [str(yes)]).iloc[0]
        status, told = ask(server.url, "/v1/predict?name=a.wav", yes.read_bytes())
        assert (status, told["label"]) == (200, expected["label"])
        assert told["probabilities"]["yes"] == float(expected["prob_yes"])
        assert ask(server.url, "/v1/classifier", token="x" * 20)[0] == 401
    assert not server.running
    with pytest.raises(urllib.error.URLError):
        ask(server.url, "/v1/health")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"port": -1}, "`port`"),
        ({"max_mb": 0}, "`max_mb`"),
        ({"timeout": 0}, "`timeout`"),
        ({"places": 0.5}, "`places`"),
        ({"token": "short"}, "`token`"),
        ({"hop": 0}, "`hop`"),
        ({"device": "abacus"}, "`device`"),
        ({"allow_urls": "yes"}, "`allow_urls`"),
    ],
)
def test_what_cannot_be_served_is_refused(options, words):
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match=words):
        hearingai.serve_api(classifier, **options)


@pytest.mark.skipif(os.name != "posix", reason="ends it by a signal")
def test_the_command_serves_until_it_is_interrupted(tmp_path):
    (tmp_path / "token").write_text(TOKEN + "\n")
    command = [sys.executable, "-c", "from hearingai.cli import main; main()", "serve", "ten-words"]
    command += ["--api", "--token-file", str(tmp_path / "token"), "--hop", "0.5", "--max-mb", "1"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        url = process.stdout.readline().strip()
        assert ask(url, "/v1/classifier")[1]["hop"] == 0.5
        assert ask(url, "/v1/predict", bytes(10**6 + 1))[0] == 413
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, out) == (0, "")
    assert "Ctrl-C ends it." in said
    assert "Traceback" not in said
    assert TOKEN not in said


def test_the_command_says_what_is_wrong_in_a_line(run, monkeypatch):
    monkeypatch.delenv("HEARINGAI_TOKEN", raising=False)
    for words, reason in (
        (["--api"], "`--api` needs a "),
        (["ten-words", "--allow-urls"], "`--allow-urls` is for `--api`"),
        (["ten-words", "--token-file", "none"], "`--token-file` is for `--api`"),
        (["ten-words", "--api", "--token-file", "none"], "`--token-file` none: No such file"),
        (["ten-words", "--api", "--timeout", "0"], "`--timeout`"),
    ):
        status, _, said = run("serve", *words)
        assert (status, reason in said) == (1, True), said


def test_slow_clients_keep_nobody_out(ear, recording, monkeypatch):
    """More of them than there is room for: no head, half of one, or a body in vain."""
    monkeypatch.setattr(connections, "PATIENCE", 0.3)
    strange = "POST /v1/predict HTTP/1.1\nHost: {host}\nContent-Length: 100000\n\n"
    heads = ["", "GET /v1/he", "GET /v1/health HTTP/1.1\nHost: {host}\nX: ", strange]
    with served(ear()) as url:
        for head in heads:
            clients = [connected(url, head) for _ in range(50)]
            socks = [client.__enter__() for client in clients]
            begun = time.monotonic()
            assert all(b"200 OK" not in rest(sock) for sock in socks)
            assert time.monotonic() - begun < 10
            for client in clients:
                client.__exit__(None, None, None)
            assert ask(url, "/v1/predict", recording.read_bytes())[0] == 200


def test_a_body_that_stops_is_given_up(ear, monkeypatch):
    monkeypatch.setattr(uploads, "_PATIENCE", 0.2)
    monkeypatch.setattr(connections, "PATIENCE", 0.5)
    form = "Content-Type: multipart/form-data; boundary=b\n"
    with served(ear()) as url:
        for kind in ("", form):
            with connected(url, POST + kind + "Content-Length: 99\n\n", b"--b") as sock:
                answer = rest(sock)
            assert b" 408 " in answer
            assert b"stopped" in answer


@pytest.mark.parametrize(
    ("head", "body", "statuses"),
    [
        (POST + "Content-Length: -5\n\n", b"x", (400,)),
        (POST + "Content-Length: five\n\n", b"x", (400,)),
        (POST + "Content-Length: 5\nContent-Length: 6\n\n", b"123456", (400,)),
        (POST + "Content-Length: 99999999999999999999999\n\n", b"x", (400, 413)),
        (POST + "Transfer-Encoding: chunked\n\n", b"zz\r\n", (400,)),
        (POST + "X: " + "y" * 100_000 + "\n\n", b"", (400, 431)),
        (POST + "X: y\n" * 50_000 + "\n", b"", (400, 431)),
        ("GET /" + "x" * 20_000 + " HTTP/1.1\nHost: {host}\n\n", b"", (414,)),
        ("GET /v1/health HTTP/1.1\nHost: {host}\nHost: a.example\n\n", b"", (400, 403)),
        ("GET /v1/health HTTP/1.1\n\n", b"", (400, 403)),
        ("nonsense\n\n", b"", (400,)),
    ],
)
def test_wrong_requests_are_refused(ear, monkeypatch, head, body, statuses):
    monkeypatch.setattr(connections, "PATIENCE", 0.3)
    with served(ear()) as url:
        with connected(url, head, body) as sock:
            answer = rest(sock)
        assert (not answer and len(head) > 60_000) or int(answer.split()[1]) in statuses
        assert ask(url, "/v1/health") == (200, {"status": "ok"})


def test_an_upload_that_breaks_off_leaves_nothing(ear, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with served(ear()) as url:
        with connected(url, POST + "Content-Length: 9999\n\n", bytes(5000)):
            until(lambda: named(tmp_path, "sound"))
        until(lambda: not named(tmp_path, "sound"))
        assert ask(url, "/v1/health")[0] == 200
    assert list(tmp_path.iterdir()) == []


def test_a_client_that_leaves_ends_its_computation(ear, recording):
    """And frees the turn of the next."""
    begun, n = threading.Event(), []

    class Slow(ear):
        def probabilities(self, clips):
            n.append(len(clips))
            begun.set()
            time.sleep(0.05)
            return super().probabilities(clips)

    content = recording.read_bytes()
    head = POST.replace("predict", "annotate?hop=0.01") + f"Content-Length: {len(content)}\n\n"
    with served(Slow()) as url:
        with connected(url, head, content):
            assert begun.wait(PATIENCE)
        assert ask(url, "/v1/predict", content)[0] == 200
    assert sum(n) < 900  # of 1,200 windows


def test_many_at_once_get_their_own_answers(ear, tmp_path):
    """Each its own, or is told that the server is busy."""
    found = {}

    def send(i):
        hearingai.write_audio(tmp_path / f"{i}.wav", [i / 40, -i / 40] * 50, 100)
        found[i] = ask(url, f"/v1/predict?name={i}", (tmp_path / f"{i}.wav").read_bytes())

    with served(ear(), places=4) as url:
        threads = [threading.Thread(target=send, args=(i,)) for i in range(1, 31)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        good = {i: told for i, (status, told) in found.items() if status == 200}
        assert len(found) == 30
        assert {status for status, _ in found.values()} <= {200, 503}
        assert len(good) >= 4
        for i, told in good.items():
            assert told["fname"] == str(i)
            assert told["probabilities"]["loud"] == pytest.approx(i / 40, abs=1e-3)
        assert ask(url, "/v1/predict", (tmp_path / "1.wav").read_bytes())[0] == 200
