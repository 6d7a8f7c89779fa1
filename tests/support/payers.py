"""People who pay over HTTP, and what a test compares: the books, and the errors they were told."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
import httpx2

from quid.kit.web import Door
from tests.support.api import ORIGIN, client_of, signed_in
from tests.support.people import People, Someone

PAYMENTS: Final = "/v1/payments"
PROBLEM: Final = "application/problem+json"
_MEMBERS: Final = {"type", "title", "status", "detail", "code", "retryable", "money_moved"}
LEAKS: Final = re.compile(
    r"select |insert |update |delete from|traceback|asyncpg|postgres|sqlstate|psycopg|valkey|redis"
    r"|pydantic|site-packages|\.py\b|0x[0-9a-f]{6,}|kit\.|ledger\.|identity\.",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Payer:
    """Someone with a client of their own."""

    who: Someone
    http: httpx2.AsyncClient

    async def pay(
        self, payee: Someone, amount: object = 100, *, key: str | None = None, **more: Any
    ) -> httpx2.Response:
        """Pay, under a new key unless one is given."""
        body = {"payee_id": payee.shown, "amount": amount, "currency": "USD", **more}
        return await self.http.post(PAYMENTS, json=body, headers=keyed(key))

    async def balance(self) -> dict[str, Any]:
        """What they have."""
        answer = await self.http.get("/v1/balance")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def keyed(key: str | None = None) -> dict[str, str]:
    """Name the request."""
    return {"idempotency-key": key or str(uuid.uuid4())}


@dataclass(frozen=True, slots=True)
class Town:
    """Adds people and signs them in; their clients end with the test."""

    people: People
    door: Door
    opened: list[httpx2.AsyncClient] = field(default_factory=list)

    async def payer(self, handle: str, **about: Any) -> Payer:
        """Add a person and sign them in."""
        someone = await self.people.add(handle, **about)
        return Payer(someone, await self.client(someone))

    async def client(self, someone: Someone) -> httpx2.AsyncClient:
        """Sign in once more."""
        client = client_of(self.door)
        self.opened.append(client)
        return await signed_in(client, someone.handle)

    async def browser(self, someone: Someone, password: str) -> httpx2.AsyncClient:
        """Sign in as a browser does: a cookie, and an origin."""
        client = client_of(self.door, origin=ORIGIN)
        self.opened.append(client)
        body = {"identifier": someone.handle, "password": password}
        answer = await client.post("/v1/auth/sign-in", json=body)
        assert answer.status_code == 200, answer.text
        return client

    async def close(self) -> None:
        """Close every client."""
        for client in self.opened:
            await client.aclose()


async def books_of(admin: asyncpg.Connection) -> Mapping[str, int]:
    """Count what a request that does nothing must leave as it is."""
    row = await admin.fetchrow("""
      select (select count(*) from ledger.journal) as transfers,
        (select count(*) from ledger.refusal) as refusals,
        (select coalesce(sum(a.credits), 0)::bigint from ledger.account a) as moved,
        (select coalesce(sum(u.amount), 0)::bigint from ledger.usage u) as counted,
        (select count(*) from payments.payment) as payments,
        (select count(*) from payments.activity) as lines,
        (select count(*) from kit.outbox) as events,
        (select count(*) from kit.idempotency) as keys""")
    return dict(row)


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a whole problem document that tells nothing of our inside."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    told: dict[str, Any] = answer.json()
    assert told["code"] == code, answer.text
    assert set(told) >= _MEMBERS
    assert told["status"] == status
    assert told["type"] == f"urn:quid:error:{code}"
    assert told["request_id"] == answer.headers["x-request-id"]
    assert told["detail"]
    assert isinstance(told["retryable"], bool)
    assert told["money_moved"] in ("no", "yes", "unknown")
    leak = LEAKS.search(answer.text)
    assert leak is None, f"{leak}: {answer.text}"
    return told
