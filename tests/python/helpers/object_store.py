"""An object store on this machine that speaks S3, and in which things go wrong."""

import threading
import time
from contextlib import contextmanager

from web import Faults

SLOW_DOWN = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce</Message></Error>"
DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>No</Message></Error>"
REASONS = {503: SLOW_DOWN, 403: DENIED, 404: b""}


@contextmanager
def serving():
    """Serve an empty store; yields its address and the `Faults`."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    app, faults = DomainDispatcherApplication(create_backend_app), Faults()

    def faulty(environ, start_response):
        path = environ["PATH_INFO"]
        faults.asked.append((environ["REQUEST_METHOD"], path, environ.get("HTTP_RANGE")))
        time.sleep(faults.slow)
        status = faults.next_for(path)
        if not status:
            return app(environ, start_response)
        start_response(f"{status} Fault", [("Content-Type", "application/xml")])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else REASONS[status]]

    server = make_server("127.0.0.1", 0, faulty, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.port}", faults
    server.shutdown()
