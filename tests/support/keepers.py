"""Keepers of wrapping keys for tests: moto's KMS as a process, and Vault's transit contract."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "vault-test-token"


@contextmanager
def kms() -> Iterator[str]:
    """Start moto's server; give its address. It enforces the encryption context."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "moto's server ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("moto's server does not listen")


class _Transit(BaseHTTPRequestHandler):
    """`POST /v1/transit/{encrypt,decrypt}/{key}` as Vault's documentation describes them."""

    keys: dict[str, bytes]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        _, _, mount, action, key = self.path.split("/")
        if self.headers["x-vault-token"] != TOKEN or mount != "transit":
            return self._answer(403, {"errors": ["permission denied"]})
        cipher = AESGCM(self.keys.setdefault(key, os.urandom(32)))
        bound = base64.b64decode(body["associated_data"])
        if action == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + cipher.encrypt(nonce, base64.b64decode(body["plaintext"]), bound)
            text = "vault:v1:" + base64.b64encode(sealed).decode()
            return self._answer(200, {"data": {"ciphertext": text}})
        try:
            raw = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"))
            opened = cipher.decrypt(raw[:12], raw[12:], bound)
        except (InvalidTag, ValueError):
            return self._answer(400, {"errors": ["cipher: message authentication failed"]})
        return self._answer(200, {"data": {"plaintext": base64.b64encode(opened).decode()}})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def vault() -> Iterator[str]:
    """Serve Vault's transit contract; give its address. The token is TOKEN."""
    handler = type("Transit", (_Transit,), {"keys": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
