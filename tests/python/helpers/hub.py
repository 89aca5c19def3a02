"""A stand-in for the Hugging Face Hub: what its library asks for, from memory, on 127.0.0.1."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_standin0123456789"


class Hub:
    """The repositories: of each its commits, `(revision, files)`, the newest last.

    Attributes:
        repositories: By name.
        private: Names of those that only who has the token may see.
        asked: `(method, path, token)` of each request.
        large: Endings of files that are uploaded apart from the commit.
        refusals: `{(method, a part of the path): (status, code)}` that it answers with.
    """

    def __init__(self):
        self.repositories, self.private, self.asked = {}, set(), []
        self.large, self.uploads, self.refusals = (".keras",), {}, {}

    def files(self, name, revision="main"):
        commits = self.repositories[name]
        return commits[-1] if revision == "main" else {c[0]: c for c in commits}[revision]

    def commit(self, name, files):
        before = self.files(name)[1] if self.repositories.get(name) else {}
        text = repr(sorted((k, hashlib.sha1(v).hexdigest()) for k, v in (before | files).items()))
        count = len(self.repositories.setdefault(name, []))
        revision = hashlib.sha1(f"{count} {text}".encode()).hexdigest()
        self.repositories[name].append((revision, before | files))
        return revision


class _Answers(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        if not isinstance(body, bytes):
            body, headers = (
                json.dumps(body).encode(),
                {"Content-Type": "application/json"} | headers,
            )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code=None):
        headers = {} if code is None else {"X_Error_Code": code}
        self.answer(status, {"error": f"refused with {status}"}, **headers)

    def do(self):
        path = unquote(urlsplit(self.path).path)
        sent = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.hub.asked.append((self.command, path, sent))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        for (method, part), (status, code) in self.hub.refusals.items():
            if method == self.command and part in path:
                return self.refuse(status, code)
        if sent not in ("", TOKEN):
            return self.answer(
                401, {}, X_Error_Message="Invalid credentials in Authorization header"
            )
        if self.command in ("POST", "PUT"):
            return self.write(path, body) if sent or "/upload/" in path else self.refuse(401)
        return self.read(path, bool(sent))

    do_GET = do_HEAD = do_POST = do_PUT = do  # noqa: N815 (as the server calls them)

    def read(self, path, known):
        parts = path.strip("/").split("/")
        api = parts[:2] == ["api", "models"]
        name = "/".join(parts[2:4] if api else parts[:2])
        if name not in self.hub.repositories or (name in self.hub.private and not known):
            return self.refuse(404 if known else 401, "RepoNotFound")
        if api:
            revision, files = self.hub.files(name)
            siblings = [{"rfilename": file} for file in files]
            told = {"id": name, "sha": revision, "siblings": siblings}
            return self.answer(200, told | {"private": name in self.hub.private})
        wanted, file = parts[3], "/".join(parts[4:])
        try:
            revision, files = self.hub.files(name, wanted)
        except KeyError:
            return self.refuse(404, "RevisionNotFound")
        if file not in files:
            return self.refuse(404, "EntryNotFound")
        etag = hashlib.sha256(files[file]).hexdigest()
        return self.answer(200, files[file], ETag=f'"{etag}"', X_Repo_Commit=revision)

    def write(self, path, body):
        if "/upload/" in path:
            self.hub.uploads[path.rpartition("/")[2]] = body
            return self.answer(200)
        told = json.loads(body.splitlines()[0])
        address = f"http://{self.headers['Host']}"
        if path == "/api/repos/create":
            return self.create(f"{told['organization']}/{told['name']}", told, address)
        if path == "/api/validate-yaml":
            return self.answer(200, {"errors": [], "warnings": []})
        if path.endswith("/info/lfs/objects/batch"):
            objects = [
                o | {"actions": {"upload": {"href": f"{address}/upload/{o['oid']}"}}}
                for o in told["objects"]
            ]
            return self.answer(200, {"transfer": "basic", "objects": objects})
        _, _, owner, name, what, _ = path.strip("/").split("/")
        if what == "preupload":
            return self.answer(200, {"files": [self.mode(f["path"]) for f in told["files"]]})
        return self.commit(f"{owner}/{name}", list(map(json.loads, body.splitlines())), address)

    def mode(self, file):
        mode = "lfs" if file.endswith(self.hub.large) else "regular"
        return {"path": file, "uploadMode": mode, "shouldIgnore": False}

    def create(self, name, told, address):
        if name in self.hub.repositories:
            return self.answer(409, {"error": "exists", "url": f"{address}/{name}"})
        self.hub.commit(name, {".gitattributes": b""})
        if told.get("visibility") == "private" or told.get("private"):
            self.hub.private.add(name)
        return self.answer(200, {"url": f"{address}/{name}"})

    def commit(self, name, lines, address):
        head, files = lines[0]["value"], {}
        if head.get("parentCommit") not in (None, self.hub.files(name)[0]):
            return self.refuse(412)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "lfsFile":
                files[value["path"]] = self.hub.uploads[value["oid"]]
            else:
                files[value["path"]] = base64.b64decode(value["content"])
        oid = self.hub.commit(name, files)
        return self.answer(200, {"commitUrl": f"{address}/{name}/commit/{oid}", "commitOid": oid})


@contextmanager
def serving():
    """A running stand-in, and its address."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"hub": hub}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
