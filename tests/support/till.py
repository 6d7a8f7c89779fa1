"""The sandbox's card processor in the test's own process, behind its true door, with time by hand.

What it does over sockets, as a process, with hooks and with the official package stands in
tests/sandbox and tests/oracles; here is the breadth, in milliseconds.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from quid_sandbox.core.clock import MANUAL, Clock
from quid_sandbox.core.engine import Engine
from quid_sandbox.core.faults import Faults
from quid_sandbox.core.journal import Journal
from quid_sandbox.core.server import FaceApp
from quid_sandbox.core.store import Store
from quid_sandbox.core.world import Keys, World
from quid_sandbox.stripe.face import StripeFace

URL = "http://cards.test"
# A Monday, 10:00 in New York.
START = datetime(2026, 3, 2, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    raw: bytes
    headers: Mapping[str, str]

    @property
    def error(self) -> dict[str, Any]:
        """The error, which there must be."""
        assert self.status >= 400, self.body
        error: dict[str, Any] = self.body["error"]
        return error


def form(fields: Mapping[str, object]) -> dict[str, str]:
    """Nest as the official package does: `a[b]=c`, `list[0]=x`."""
    flat: dict[str, str] = {}
    for name, value in fields.items():
        match value:
            case Mapping():
                below = {f"{name}[{key}]": item for key, item in value.items()}
            case list():
                below = {f"{name}[{index}]": item for index, item in enumerate(value)}
            case bool():
                flat[name] = str(value).lower()
                continue
            case _:
                flat[name] = str(value)
                continue
        flat |= form(below)
    return flat


class Till:
    """A card processor, its clock and its journal."""

    def __init__(self, home: Path, store: Store) -> None:
        self.faults = Faults()
        self.world = World(
            home=home,
            clock=Clock(rate=MANUAL, at=START),
            keys=Keys.fresh(),
            urls={"stripe": URL},
            hooks={"stripe": "http://127.0.0.1:9/hooks"},
        )
        face = StripeFace()
        self.store = store
        with store.transaction() as tx:
            face.seed(tx, self.world, START)
        self._engine = Engine(store, self.world, faces={"stripe": face}, committed=lambda: None)
        app = FaceApp(
            face, store=store, world=self.world, faults=self.faults, committed=lambda: None
        )
        self.browser = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=URL)

    async def post(
        self, path: str, fields: Mapping[str, object] | None = None, **headers: str
    ) -> Answer:
        """POST a form; `key`, `account` and `version` become their headers."""
        return await self._ask("POST", path, headers, data=form(fields or {}))

    async def get(
        self, path: str, fields: Mapping[str, object] | None = None, **headers: str
    ) -> Answer:
        """GET with a query."""
        return await self._ask("GET", path, headers, params=form(fields or {}))

    async def made(self, path: str, fields: Mapping[str, object], **headers: str) -> dict[str, Any]:
        """POST what must succeed; gives the object."""
        answer = await self.post(path, fields, **headers)
        assert answer.status == 200, answer.body
        return dict(answer.body)

    async def read(self, path: str, expand: list[str] | None = None) -> dict[str, Any]:
        """GET what must be there."""
        answer = await self.get(path, {"expand": expand} if expand else None)
        assert answer.status == 200, answer.body
        return dict(answer.body)

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], **rest: Any) -> Answer:
        names = {
            "key": "idempotency-key",
            "account": "stripe-account",
            "version": "stripe-version",
        }
        said = {names.get(name, name): text for name, text in headers.items()}
        said = {"authorization": f"Bearer {self.world.keys.stripe_key}", **said}
        reply = await self.browser.request(method, path, headers=said, **rest)
        return Answer(reply.status_code, reply.json(), reply.content, reply.headers)

    async def advance(self, **by: float) -> None:
        """Let time pass, with all that happens meanwhile."""
        until = self.world.clock.now() + timedelta(**by)
        await self._engine.catch_up(until)
        self.world.clock.set(until)

    async def pay(self, method: str, cents: int = 2000, **fields: object) -> Answer:
        """Prepare and confirm a payment by card."""
        prepared = {"amount": cents, "currency": "usd", "payment_method_types": ["card"]}
        for name in ("customer", "metadata", "transfer_group"):
            if name in fields:
                prepared[name] = fields.pop(name)
        intent = await self.made("/v1/payment_intents", prepared)
        said = {"payment_method": method, "return_url": f"{URL}/back", **fields}
        return await self.post(f"/v1/payment_intents/{intent['id']}/confirm", said)

    async def events(self, **fields: object) -> list[str]:
        """The types of what happened, oldest first."""
        answer = await self.get("/v1/events", {"limit": 100, **fields})
        return [event["type"] for event in reversed(answer.body["data"])]

    def journal(self) -> list[dict[str, Any]]:
        """Every message so far."""
        return Journal(self.store).listed()

    def store_text(self) -> str:
        """Everything that is kept, as text."""
        with self.store.transaction() as tx:
            tables = ("object", "hook", "journal", "timer")
            return "\n".join(str(tx.query(f"SELECT * FROM {table}")) for table in tables)

    def movements(self) -> list[str]:
        """What moved money, in the words of the journal."""
        return [
            effect.split()[0]
            for row in self.journal()
            for effect in row["effects"]
            if effect.startswith("balance_transaction.")
        ]


@contextmanager
def open_till(home: Path) -> Iterator[Till]:
    """A card processor with a file of its own."""
    with closing(Store(home / "till.sqlite", "test")) as store:
        yield Till(home, store)
