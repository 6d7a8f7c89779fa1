"""The walls hold: each contract of `.importlinter` is broken once, in a copy, and must notice."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# What is done -> (the contract that must break, the lines that break it).
FAULTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a call upward": (
        "floors",
        [("quid.ledger.service", "from quid.payments import queries as _upward")],
    ),
    "ledger calls its neighbour": (
        "floors",
        [("quid.ledger.service", "from quid.identity import queries as _neighbour")],
    ),
    "identity calls its neighbour": (
        "floors",
        [("quid.identity.service", "from quid.ledger import queries as _neighbour")],
    ),
    "a lower slice hears a higher one's events": (
        "floors",
        [("quid.risk.consumers", "from quid.payments import events as _higher")],
    ),
    "the product knows the sandbox": (
        "apart",
        [("quid.entrypoints.cli", "from quid_sandbox.core import store as _theirs")],
    ),
    "the sandbox knows the product": (
        "apart",
        [("quid_sandbox.plaid.wire", "from quid.kit import errors as _ours")],
    ),
    "an import hidden in a function": (
        "floors",
        [("quid.risk.service", "def _f():\n    from quid.payments import queries")],
    ),
    "an import for types only": (
        "floors",
        [
            (
                "quid.risk.service",
                "import typing\nif typing.TYPE_CHECKING:\n    from quid.payments import types",
            )
        ],
    ),
    "a package without a floor": ("floors", [("quid.utils", "")]),
    "kit knows a slice": ("floors", [("quid.kit.outbox", "from quid.ledger import types as _s")]),
    "a slice knows a door": (
        "floors",
        [("quid.payments.service", "from quid.entrypoints import api as _door")],
    ),
    "a door calls a door": (
        "rooms",
        [
            ("quid.payments.routes", "from quid.payments import jobs as _d"),
            ("quid.payments.jobs", ""),
        ],
    ),
    "a service calls its door": (
        "rooms",
        [("quid.identity.service", "import quid.identity.routes"), ("quid.identity.routes", "")],
    ),
    "rows call the service": (
        "rooms",
        [("quid.payments.store", "import quid.payments.service"), ("quid.payments.service", "")],
    ),
    "a file of an unknown kind": ("rooms", [("quid.identity.helpers", "")]),
    "a file of an unknown kind in the ledger": (
        "rooms of the ledger",
        [("quid.ledger.helpers", "")],
    ),
    "the auditor reads with the rules": (
        "eyes",
        [("quid.ledger.auditor.tail", "from quid.ledger import rules as _rules")],
    ),
    "the auditor reads with the rules through another room": (
        "eyes",
        [
            ("quid.ledger.auditor.tail", "from quid.ledger import findings as _f"),
            ("quid.ledger.findings", "from quid.ledger import rules as _rules"),
        ],
    ),
    "a room of an odd name": ("rooms", [("quid.payments.manager", "")]),
    "kit out of order": ("cellar", [("quid.kit.errors", "from quid.kit import db as _upward")]),
    "neighbours in a tier of kit": (
        "cellar",
        [("quid.kit.outbox", "from quid.kit import audit as _neighbour")],
    ),
    "a module of kit without a tier": ("cellar", [("quid.kit.misc", "")]),
    "a foreign store": (
        "front door: ledger",
        [("quid.payments.service", "import quid.ledger.store as _s"), ("quid.ledger.store", "")],
    ),
    "foreign rules": (
        "front door: identity",
        [
            ("quid.payments.service", "import quid.identity.rules as _r"),
            ("quid.identity.rules", ""),
        ],
    ),
    "foreign settings": (
        "front door: risk",
        [("quid.payments.service", "import quid.risk.settings as _s"), ("quid.risk.settings", "")],
    ),
    "payments open the rules of funding": (
        "front door: funding",
        [
            ("quid.payments.service", "import quid.funding.rules as _r"),
            ("quid.funding.rules", ""),
        ],
    ),
    "requests open the store of payments": (
        "front door: payments",
        [("quid.collect.service", "import quid.payments.store as _s"), ("quid.payments.store", "")],
    ),
    "the feed opens the store of requests": (
        "front door: collect",
        [("quid.social.service", "import quid.collect.store as _s"), ("quid.collect.store", "")],
    ),
    "the feed opens the store of disputes": (
        "front door: disputes",
        [
            ("quid.social.service", "import quid.disputes.store as _s"),
            ("quid.disputes.store", ""),
        ],
    ),
    "notices open the store of the feed": (
        "front door: social",
        [
            ("quid.notifications.service", "import quid.social.store as _s"),
            ("quid.social.store", ""),
        ],
    ),
    "a command opens the store of notices": (
        "front door: notifications",
        [
            ("quid.kit.outbox", "import quid.notifications.store as _s"),
            ("quid.notifications.store", ""),
        ],
    ),
    "payments hear what requests tell": (
        "floors",
        [("quid.payments.service", "from quid.collect import events as _higher")],
    ),
    "the feed hears what notices tell": (
        "floors",
        [("quid.social.service", "from quid.notifications import events as _higher")],
    ),
    "kit opens the door of payments": (
        "front door: payments",
        [("quid.kit.web", "import quid.payments.store as _s"), ("quid.payments.store", "")],
    ),
    "the command line builds an adapter": (
        "wiring",
        [
            ("quid.entrypoints.cli", "import quid.identity.adapters as _a"),
            ("quid.identity.adapters", ""),
        ],
    ),
    "a service builds an adapter": (
        "wiring",
        [
            ("quid.identity.service", "import quid.identity.adapters as _a"),
            ("quid.identity.adapters", ""),
        ],
    ),
    "a slice migrates": (
        "history",
        [("quid.payments.service", "from quid import migrations as _m")],
    ),
    "two modules in a circle": (
        "circles",
        [
            ("quid.entrypoints.aa", "from quid.entrypoints import bb"),
            ("quid.entrypoints.bb", "from quid.entrypoints import aa"),
        ],
    ),
    "rules read the database": ("pure", [("quid.ledger.rules", "from quid.kit import db as _db")]),
    "rules read the database through another room": (
        "pure",
        [
            ("quid.payments.rules", "from quid.payments import settings as _s"),
            ("quid.payments.settings", "from quid.kit import idempotency as _i"),
        ],
    ),
    "types read the clock": ("pure", [("quid.payments.types", "from quid.kit import clock as _c")]),
    "events import the outbox": (
        "pure",
        [("quid.payments.events", "from quid.kit import outbox as _o")],
    ),
    "asyncpg in a slice": ("drivers: asyncpg", [("quid.ledger.queries", "import asyncpg as _pg")]),
    "redis in a slice": ("drivers: redis", [("quid.identity.service", "import redis as _redis")]),
    "a field sealed elsewhere": (
        "drivers: cryptography",
        [("quid.identity.service.people", "import cryptography as _cryptography")],
    ),
    "a request sent elsewhere": (
        "drivers: httpx2",
        [("quid.funding.adapters", "import httpx2 as _http")],
    ),
    "a password judged elsewhere": (
        "drivers: argon2",
        [("quid.kit.crypto", "import argon2 as _argon2")],
    ),
    "a passkey judged elsewhere": (
        "drivers: webauthn",
        [("quid.identity.service", "import webauthn as _webauthn")],
    ),
    "a token made elsewhere": (
        "drivers: joserfc",
        [("quid.kit.crypto", "import joserfc as _jose")],
    ),
    "a token made by another adapter of push": (
        "drivers: joserfc",
        [("quid.notifications.adapters.line", "import joserfc as _jose")],
    ),
    "a field sealed by a service of notices": (
        "drivers: cryptography",
        [("quid.notifications.service", "import cryptography as _cryptography")],
    ),
    "a mail sent elsewhere": (
        "drivers: aiosmtplib",
        [("quid.identity.adapters", "import aiosmtplib as _smtp")],
    ),
    "FastAPI in a service": (
        "frame: FastAPI",
        [("quid.payments.service", "import fastapi as _web")],
    ),
    "pydantic in types": (
        "frame: pydantic",
        [("quid.payments.types", "import pydantic as _model")],
    ),
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The contracts that each fault breaks; "nothing" for the house as it stands."""
    copy = tmp_path_factory.mktemp("house")
    for package in ("quid", "quid_sandbox"):
        shutil.copytree(
            ROOT / "src" / package,
            copy / package,
            ignore=lambda _, names: [n for n in names if n == "__pycache__"],
        )
    faults = {"nothing": [], **{name: lines for name, (_, lines) in FAULTS.items()}}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("plant.py")), str(copy), ".importlinter"],
        input=json.dumps(list(faults.values())),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(faults, json.loads(done.stdout), strict=True))


def test_the_house_as_it_stands_keeps_every_contract(broken: dict[str, list[str]]) -> None:
    assert broken["nothing"] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_its_contract(broken: dict[str, list[str]], fault: str) -> None:
    expected, _ = FAULTS[fault]
    assert [name for name in broken[fault] if name.startswith(expected)], broken[fault]


def test_every_contract_has_a_planted_fault() -> None:
    names = [
        line.removeprefix("name = ")
        for line in (ROOT / ".importlinter").read_text().splitlines()
        if line.startswith("name = ")
    ]
    expected = {contract for contract, _ in FAULTS.values()}
    assert [n for n in names if not any(n.startswith(e) for e in expected)] == []


def test_no_contract_ignores_an_import() -> None:
    assert "ignore_imports" not in (ROOT / ".importlinter").read_text()
