"""Somebody at the door who writes down each webhook that rings: its headers and its bytes."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Rung:
    """A webhook as it arrived; headers by lower-case name."""

    path: str
    headers: Mapping[str, str]
    raw: bytes


@dataclass
class Doorstep:
    """What has rung so far."""

    url: str
    rung: list[Rung] = field(default_factory=list)

    def wait(self, word: bytes, *, seconds: float = 20) -> Rung:
        """Wait for one whose bytes hold a word; the latest."""
        deadline = time.monotonic() + seconds
        while True:
            found = [r for r in [*self.rung] if word in r.raw]
            if found:
                return found[-1]
            assert time.monotonic() < deadline, f"nobody rang about {word!r}"
            time.sleep(0.02)


@contextmanager
def doorstep() -> Iterator[Doorstep]:
    """Listen on a free port of this machine."""
    step = Doorstep("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            step.rung.append(Rung(self.path, headers, raw))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    step.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield step
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
