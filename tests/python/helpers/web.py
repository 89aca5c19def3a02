"""Web servers on this machine for tests: with and without parts of files, slow, faulty."""

import http.server
import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path


class Faults:
    """What goes wrong: `answers[path]` are the statuses of the next answers, 0 for a right one.

    Attributes:
        answers: By the path asked for, or a part of it.
        slow: Seconds before each answer.
        asked: What was asked: `(method, path, range)`.
    """

    def __init__(self, ranges=True):
        self.ranges, self.answers, self.slow, self.asked = ranges, {}, 0.0, []

    def next_for(self, path):
        for part, statuses in self.answers.items():
            if part in path and statuses:
                return statuses.pop(0)
        return 0


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args, faults, **kwargs):
        self.faults = faults
        super().__init__(*args, **kwargs)

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, content):
        asked = self.headers.get("Range")
        self.faults.asked.append((self.command, self.path, asked))
        time.sleep(self.faults.slow)
        status = self.faults.next_for(self.path)
        if status:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = self.translate_path(self.path)
        if not Path(path).is_file():
            (super().do_GET if content else super().do_HEAD)()
            return
        with open(path, "rb") as file:
            body = file.read()
        parts = re.fullmatch(r"bytes=(\d+)-(\d+)", asked or "") if self.faults.ranges else None
        found = body[int(parts[1]) : int(parts[2]) + 1] if parts else body
        self.send_response(206 if parts else 200)
        self.send_header("Content-Length", str(len(found)))
        self.send_header("Last-Modified", self.date_time_string(Path(path).stat().st_mtime))
        if parts:
            self.send_header("Content-Range", f"bytes {parts[1]}-{parts[2]}/{len(body)}")
        self.end_headers()
        if content:
            self.wfile.write(found)


@contextmanager
def served(folder, ranges=True):
    """Serve a folder; yields its address and the `Faults`."""
    faults = Faults(ranges)

    def handler(*args):
        return Handler(*args, directory=str(folder), faults=faults)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", faults
        server.shutdown()
