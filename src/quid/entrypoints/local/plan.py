"""What a running system consists of, in the order of its start."""

import hashlib
import http.client
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from quid.entrypoints.local import locate, postgres, sandbox, sockets, valkey
from quid.entrypoints.local.home import Home
from quid.entrypoints.local.process import Command
from quid.kit.config import is_demo_by_default

MARK = "QUID_SUPERVISED"
# Nothing of the user's shell reaches a child but our settings and what finds the network.
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PASSED = {"LANG", "TZ", "TMPDIR", *CERTIFICATES, *PROXIES, *(name.upper() for name in PROXIES)}
PEOPLE = ("ana", "ben", "cleo")


def nothing() -> None:
    """Do nothing: most parts need no preparation."""


def always() -> bool:
    """Say yes: most parts are always needed."""
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """One program of the system.

    A part without `is_ready` runs once: it is ready when it has ended well, then `done` is told.
    """

    name: str
    command: Command
    is_ready: Callable[[], bool] | None
    seconds: float
    prepare: Callable[[], None] = nothing
    is_needed: Callable[[], bool] = always
    done: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole system: stages start one after another, the parts of a stage together."""

    stages: tuple[tuple[Part, ...], ...]
    database_url: str
    valkey_url: str
    origins: tuple[str, ...]
    banks: sandbox.Sandbox | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A server the system uses: ours to start, or only an address."""

    url: str
    origin: str
    parts: tuple[Part, ...]
    identity: Callable[[], str]


def make(home: Home, port: int, environ: Mapping[str, str]) -> Plan:
    """Plan the system of `home`: the servers whose address is not given, then Quid itself.

    Raises: LocalError when a server is neither given nor found.
    """
    place = sockets.folder(home.path)
    database = _database(home, place, environ)
    cache = _cache(home, place, environ)
    env = child_environ(home, port, environ)
    env |= {"QUID_DATABASE_URL": database.url, "QUID_VALKEY_URL": cache.url}
    banks = sandbox.make(home, environ)
    env |= banks.environ() if banks else {}

    def python(name: str, module: str, *words: str) -> Command:
        argv = (sys.executable, "-P", "-m", module, *words)
        return Command(argv, env, home.logs / f"{name}.log")

    def quid(name: str, *words: str) -> Command:
        return python(name, f"quid.entrypoints.{words[0] if words else name}", *words[1:])

    filled = home.path / "demo.done"

    def is_new() -> bool:
        return not filled.exists() or filled.read_text() != database.identity()

    def is_filled() -> None:
        filled.write_text(database.identity())

    worker_ready = home.ready / "worker.ready"
    migrate = Part("migrate", quid("migrate", "cli", "migrate"), None, 300)
    demo = Part(
        "demo",
        quid("demo", "cli", "demo"),
        None,
        300,
        is_needed=lambda: is_demo(environ) and is_new(),
        done=is_filled,
    )
    api = Part("api", quid("api"), lambda: answers(port), 60)
    worker = Part(
        "worker",
        quid("worker"),
        worker_ready.exists,
        60,
        prepare=lambda: worker_ready.unlink(missing_ok=True),
    )
    outside: tuple[Part, ...] = ()
    if banks:
        command = python("sandbox", "quid_sandbox", *banks.words(port))
        outside = (Part("sandbox", command, banks.is_ready, 60),)
    servers = (*database.parts, *cache.parts, *outside)
    stages = (servers, (migrate,), (demo,), (api, worker))
    return Plan(stages, database.url, cache.url, (database.origin, cache.origin), banks)


def is_demo(environ: Mapping[str, str]) -> bool:
    """Tell whether the system carries demo people and test money."""
    usual = "1" if is_demo_by_default(environ.get("QUID_PUBLIC_ORIGIN", "")) else "0"
    return environ.get("QUID_DEMO", usual).lower() not in {"0", "false", "no", "off"}


def child_environ(home: Home, port: int, environ: Mapping[str, str]) -> dict[str, str]:
    """Build the environment of Quid's own processes from an allow-list."""
    kept = {
        name: value
        for name, value in environ.items()
        if name in PASSED or name.startswith(("QUID_", "LC_"))
    }
    return kept | {
        "PATH": os.defpath,
        "PYTHONUNBUFFERED": "1",
        "QUID_HOME": str(home.path),
        "PROMETHEUS_MULTIPROC_DIR": str(home.metrics),
        "QUID_PORT": str(port),
        "QUID_PROFILE": "local",
        "QUID_DEMO": "1" if is_demo(environ) else "0",
        "QUID_SECRETS_FILE": environ.get("QUID_SECRETS_FILE") or str(home.secrets),
        MARK: str(home.path),
    }


def answers(port: int) -> bool:
    """Tell whether the API says that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _database(home: Home, place: Path, environ: Mapping[str, str]) -> Server:
    if url := environ.get("QUID_DATABASE_URL"):
        digest = hashlib.sha256(url.encode()).hexdigest()
        return Server(url, "PostgreSQL of QUID_DATABASE_URL", (), lambda: digest)
    found = locate.postgres(environ)
    data, log = home.path / f"pg{found.major}", home.logs / "postgres.log"
    cluster = postgres.Cluster(found, data, place, log)
    part = Part("postgres", cluster.command(), cluster.is_ready, 600, prepare=cluster.prepare)
    origin = f"PostgreSQL {found.major} of {found.origin}, data in {data}"
    return Server(cluster.url, origin, (part,), cluster.identity)


def _cache(home: Home, place: Path, environ: Mapping[str, str]) -> Server:
    if url := environ.get("QUID_VALKEY_URL"):
        return Server(url, "Valkey of QUID_VALKEY_URL", (), str)
    found = locate.valkey(environ)
    server = valkey.Server(found, place, home.logs / "valkey.log")
    part = Part("valkey", server.command(), server.is_ready, 30)
    return Server(server.url, f"Valkey {found.version} of {found.origin}", (part,), str)
