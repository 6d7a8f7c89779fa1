"""The sandbox as a process, on free ports, with its clock in the test's hand."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

START_SECONDS = 30.0


@dataclass(frozen=True)
class Sandbox:
    """A running one: where it listens, with which keys, and what a test may do to it."""

    home: Path
    plaid: str
    stripe: str
    control: str
    control_token: str
    plaid_client_id: str
    plaid_secret: str
    stripe_key: str
    stripe_webhook_secret: str
    pid: int
    web: httpx2.Client

    def order(self, method: str, path: str, body: object = None, /, **query: str) -> Any:
        """Send a control request; its answer in JSON."""
        answer = self.web.request(
            method,
            f"{self.control}/_sandbox/{path}",
            json=body,
            params=query,
            headers={"authorization": f"Bearer {self.control_token}"},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, path: str, **body: object) -> httpx2.Response:
        """Ask the bank network, with its keys."""
        keys = {"plaid-client-id": self.plaid_client_id, "plaid-secret": self.plaid_secret}
        return self.web.post(f"{self.plaid}{path}", json=body, headers=keys)

    def get(self, path: str, **body: object) -> Any:
        """Ask the bank network for what it does not refuse."""
        answer = self.ask(path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, **span: float) -> Any:
        """Let virtual time go on: `days=1`, `seconds=5`."""
        factors = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
        seconds = sum(factors[name] * amount for name, amount in span.items())
        return self.order("POST", "clock", {"advance": seconds})

    def next_event(self) -> Any:
        """Let virtual time go on until something happens."""
        return self.order("POST", "clock", {"next_event": True})

    def fault(self, kind: str, *, times: int = 1, match: object = None, **how: object) -> None:
        """Let something go wrong: `fault("reset", match={"path": "/transfer/create"})`."""
        rule = {"do": {"kind": kind, **how}, "times": times, "match": match or {}}
        self.order("POST", "faults", rule)

    def journal(self, **query: str) -> list[dict[str, Any]]:
        """The messages, in order."""
        found: list[dict[str, Any]] = self.order("GET", "journal", **query)
        return found

    def effects(self, kind: str) -> list[str]:
        """What was done of a kind, over all messages: `transfer.created`."""
        done = [effect for message in self.journal() for effect in message["effects"]]
        return [effect for effect in done if effect.split(" ")[0] == kind]

    def state(self, kind: str) -> list[dict[str, Any]]:
        """The objects of a type as the sandbox has them."""
        found: list[dict[str, Any]] = self.order("GET", f"state/{kind}")
        return found

    def hooks(self) -> list[dict[str, Any]]:
        """What was told, or will be."""
        found: list[dict[str, Any]] = self.order("GET", "hooks")
        return found

    def reset(self) -> None:
        """Everything as in the beginning, but the clock."""
        self.order("POST", "reset")


@contextmanager
def running(home: Path, *, clock: str = "manual", **options: object) -> Iterator[Sandbox]:
    """Start one in a folder, and stop it after the block.

    Options are those of its command line: `pace=0.2`, `hook_plaid=url`.
    """
    words = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    ready, log = home / "sandbox.json", home.with_name(f"{home.name}.log")
    before = json.loads(ready.read_text())["pid"] if ready.exists() else 0
    # Not its keys from our shell: a test's sandbox makes its own.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("QUID_")}
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "quid_sandbox", f"--home={home}", f"--clock={clock}", *words],
            env=environ,
            stdout=file,
            stderr=file,
        )
    try:
        found = _wait(ready, process, log, before)
        with httpx2.Client(timeout=30, follow_redirects=False) as web:
            yield Sandbox(home=home, web=web, **found)
    finally:
        process.terminate()
        ended = process.wait(timeout=20)
    assert ended in (0, -15), log.read_text(encoding="utf-8")[-2000:]


def _wait(
    ready: Path, process: "subprocess.Popen[bytes]", log: Path, before: int
) -> Mapping[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        if ready.exists() and (found := json.loads(ready.read_text()))["pid"] != before:
            return {name: found[name] for name in found}
        time.sleep(0.02)
    raise AssertionError("the sandbox was not ready in time")


class Ear:
    """Hears hooks on a port of its own, and answers as it is told: `say` first, then 200."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.say: list[int] = []
        self._came = threading.Condition()
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                names = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(ear.take(names, raw))
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def take(self, headers: dict[str, str], raw: bytes) -> int:
        """Keep one; the status to answer with."""
        with self._came:
            self.heard.append((headers, raw))
            self._came.notify_all()
            return self.say.pop(0) if self.say else 200

    def wait(self, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        """What was heard, once it is so much."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.heard) >= count, seconds), self.heard
            return [json.loads(raw) for _, raw in self.heard]


@contextmanager
def listening() -> Iterator[Ear]:
    """Hear hooks during the block."""
    ear = Ear()
    thread = threading.Thread(target=ear.server.serve_forever, name="ear")
    thread.start()
    try:
        yield ear
    finally:
        ear.server.shutdown()
        thread.join()
        ear.server.server_close()
