"""What the API does not take: strangers, wrong options, what is no recording."""

import pytest

import hearingai
from hearingai.api.tokens import is_token, known_token, new_token, token_in
from refusals import refused

TOKEN, HOST = "a-token-that-nobody-knows", "127.0.0.1:8000"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN]
    + ["Bearer \xe9\xe9", f"Bearer {TOKEN.upper()}"],
)
def test_without_the_token_there_is_nothing(api, header):
    for method, path in (("GET", "/v1/classifier"), ("POST", "/v1/predict"), ("GET", "/v1/x")):
        answer = api.client.request(
            method, path, headers={"authorization": header.encode("latin-1")}
        )
        refused(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_is_given_made_or_refused(monkeypatch, tmp_path):
    assert len(new_token()) == 32
    assert new_token() != new_token()
    monkeypatch.delenv("HEARINGAI_TOKEN", raising=False)
    assert known_token() is None
    monkeypatch.setenv("HEARINGAI_TOKEN", "x" * 16)
    assert (known_token(), known_token("y" * 20)) == ("x" * 16, "y" * 20)
    (tmp_path / "token").write_text("z" * 16 + "\n")
    assert token_in(tmp_path / "token") == "z" * 16
    for token in ("short", "a b" * 10, "é" * 20, "x" * 513, 5, "a\n" + "x" * 20):
        with pytest.raises(hearingai.HearingAIError, match="`token`") as error:
            known_token(token)
        assert str(token) not in str(error.value) or token == 5
    with pytest.raises(hearingai.HearingAIError, match="`token_file`"):
        token_in(tmp_path / "none")
    assert is_token(b"bEaReR " + TOKEN.encode(), TOKEN)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "", "10.0.0.1"])
def test_another_host_is_refused(api, host):
    refused(api.get("/v1/health", headers={"host": host}), 403)


def test_a_server_has_further_names(opened, ear):
    api = opened(ear(), host="0.0.0.0", names=["Hearing"])
    for host in ("hearing:8000", "10.0.0.1:8000"):
        assert api.get("/v1/health", headers={"host": host}).status_code == 200
    refused(api.get("/v1/health", headers={"host": "other:8000"}), 403)


def test_no_other_page_can_use_it(api):
    refused(api.get("/v1/classifier", headers={"origin": "http://evil.example"}), 403)
    asking = {"origin": f"http://{HOST}", "access-control-request-method": "POST"}
    answer = api.client.request("OPTIONS", "/v1/predict", headers=asking)
    assert answer.status_code == 405
    for path in ("/v1/classifier", "/docs"):
        headers = api.get(path).headers
        assert not [name for name in headers if name.startswith("access-control")]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "query",
    [
        {"threshold": 2},
        {"threshold": "x"},
        {"threshold": "nan"},
        {"threshold": ["0.5", "0.6"]},
        {"threshold": "soft=0.5"},
        {"hop": 9},
        {"hop": "nan"},
        {"hop": ["0.5", "0.5"]},
        {"smooth": -1},
        {"labels": "soft"},
        {"partial": "maybe"},
        {"batch_size": 7},
        {"path": "/etc"},
    ],
)
def test_options_that_cannot_be_are_refused_before_the_upload(api, query):
    reason = refused(api.post("/v1/annotate", b"no sound", query), 422)
    assert f"`{next(iter(query))}`" in reason


def test_a_wrong_name_of_an_option_gets_the_right_one(api):
    assert "`threshold`" in refused(api.post("/v1/annotate", query={"treshold": 1}), 422)
    assert "partial" in refused(api.post("/v1/predict", query={"hop": 1}), 422)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"this is no sound", "is not audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "is"),
        (b"fLaC" + bytes(100), "is not audio"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/predict", "/v1/annotate"])
def test_what_is_no_recording_is_named_with_its_reason(api, path, content, reason):
    told = refused(api.post(path, content, {"name": "../../bad.wav"}), 422)
    assert told.startswith(f"bad.wav: {reason}")
    assert str(api.folder) not in told
    assert not any(api.folder.iterdir())


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{path}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{path}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{path}'\n",
        "v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\na=control:{path}\n",
        "[playlist]\nFile1={path}\nNumberOfEntries=1\n",
        "{path}",
    ],
)
def test_a_list_of_other_files_opens_none_of_them(api, recording, text):
    content = text.format(path=recording).encode()
    for path in ("/v1/predict", "/v1/annotate"):
        assert "audio" in refused(api.post(path, content), 422)


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/html"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-encoding": "gzip"},
    ],
)
def test_other_types_are_refused(api, recording, headers):
    refused(api.post("/v1/predict", recording.read_bytes(), headers=headers), 415)


def form(*parts, boundary="b", end="--\r\n"):
    """A form as bytes, of `(headers, content)` a part."""
    text = b"".join(
        f"--{boundary}\r\n{headers}\r\n\r\n".encode() + content + b"\r\n"
        for headers, content in parts
    )
    return text + f"--{boundary}{end}".encode()


FILE = 'Content-Disposition: form-data; name="file"; filename="a.wav"'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (form((FILE, b"x")), "multipart/form-data"),
        (form((FILE, b"x")), "multipart/form-data; boundary="),
        (form((FILE, b"x")), "multipart/form-data; boundary=other"),
        (form((FILE, b"x"), end=""), "multipart/form-data; boundary=b"),
        (form(), "multipart/form-data; boundary=b"),
        (form(("Content-Type: audio/wav", b"x")), "multipart/form-data; boundary=b"),
        (form((FILE.replace("file", "sound", 1), b"x")), "multipart/form-data; boundary=b"),
        (form((FILE, b"x"), (FILE, b"y")), "multipart/form-data; boundary=b"),
        (form((FILE + "\r\nX: " + "y" * 9000, b"x")), "multipart/form-data; boundary=b"),
        (form((FILE + "\r\nX: y" * 100, b"x")), "multipart/form-data; boundary=b"),
        (b"\0" * 1000, "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data; boundary=b"),
    ],
)
def test_a_malformed_form_is_refused(api, content, kind):
    refused(api.post("/v1/predict", content, headers={"content-type": kind}), 400)
    assert not any(api.folder.iterdir())


@pytest.mark.parametrize("length", [True, False])
def test_a_form_has_little_beside_its_file(api, recording, length):
    sound = recording.read_bytes()
    kind = {"content-type": "multipart/form-data; boundary=b"}
    whole = form((FILE, sound))
    for around, status in ((b"\r\n" * 8000, 200), (b"\r\n" * 9000, 400)):
        for content in (around + whole, whole + around):
            sent = content if length else iter([content[:9000], content[9000:]])
            answer = api.post("/v1/predict", sent, headers=kind)
            assert answer.status_code == status, answer.text
    assert "beside its file" in refused(answer, 400)


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\\\sounds\\\\a.wav", "a.wav"),
        ("/dev/zero", "zero"),
        ("", "recording"),
        ("..", ".."),
        ("x" * 500, "x" * 120),
        ("\x1b[31ma.wav", "[31ma.wav"),
        ("|sh", "|sh"),
    ],
)
def test_a_name_in_a_form_names_no_file(api, recording, filename, shown):
    headers = f'Content-Disposition: form-data; name="file"; filename="{filename}"'
    content = form((headers, recording.read_bytes()))
    kind = {"content-type": "multipart/form-data; boundary=b"}
    told = api.post("/v1/predict", content, headers=kind).json()
    assert told["fname"] == shown
    assert not any(api.folder.iterdir())


def test_what_goes_wrong_inside_is_one_sentence(opened, ear, recording):
    class Broken(ear):
        def probabilities(self, clips):
            raise RuntimeError("secret")

    api = opened(Broken())
    api.client._transport.raise_server_exceptions = False
    assert "secret" not in refused(api.post("/v1/predict", recording.read_bytes()), 500)


def test_embeddings_and_what_is_no_classifier_are_refused():
    tagger = hearingai.create_classifier("audio-gate", ["a", "b"], seed=1)
    with pytest.raises(hearingai.HearingAIError, match="embeddings"):
        hearingai.serve_api(tagger)
    with pytest.raises(hearingai.HearingAIError, match="`classifier`"):
        hearingai.serve_api("words.keras")
