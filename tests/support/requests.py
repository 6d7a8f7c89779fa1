"""Requests over HTTP, and what time does to them."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2

from quid.collect import jobs
from quid.collect.consumers import CONSUMERS
from quid.collect.service import OPERATION
from quid.collect.types import Ask
from quid.kit import clock, db, idempotency, ids, outbox
from quid.kit.crypto import digest16
from quid.kit.jobs import run_once
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.payments.types import Browser, SendPayment
from tests.support.payers import Payer, keyed
from tests.support.people import Someone
from tests.support.sending import asked as sending

REQUESTS: Final = "/v1/requests"
BROWSER: Final = Browser("127.0.0.1", "test")
CHANGES: Final = """
  select o.payload::jsonb->'data'->>'change' from kit.outbox o
  where o.type = 'collect.request_changed.v1' order by o.xid, o.id"""
_LEFT: Final = """
  select count(*) from kit.outbox o left join kit.outbox_cursor c on c.consumer = $1
  where o.type = any ($2) and (c.consumer is null or (o.xid, o.id) > (c.xid, c.id))"""


async def ask(
    who: Payer, of: Payer, amount: object = 9500, *, key: str | None = None, **more: Any
) -> httpx2.Response:
    """Ask for money, under a new key unless one is given."""
    body = {
        "requestee_id": of.who.shown,
        "amount": amount,
        "currency": "USD",
        "note": "rent",
        **more,
    }
    return await who.http.post(REQUESTS, json=body, headers=keyed(key))


async def asked(who: Payer, of: Payer, amount: int = 9500, **more: Any) -> str:
    """Ask for money and give the request's id."""
    answer = await ask(who, of, amount, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def act(
    who: Payer, name: str, request_id: str, *, key: str | None = None, **body: Any
) -> httpx2.Response:
    """Pay, decline, cancel or remind."""
    url = f"{REQUESTS}/{request_id}/{name}"
    return await who.http.post(url, json=body or None, headers=keyed(key))


async def look(who: Payer, request_id: str) -> dict[str, Any]:
    """Read a request as this person sees it."""
    answer = await who.http.get(f"{REQUESTS}/{request_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def box(who: Payer, name: str, **more: Any) -> list[str]:
    """List the ids of one of somebody's boxes."""
    answer = await who.http.get(REQUESTS, params={"box": name, **more})
    assert answer.status_code == 200, answer.text
    return [r["id"] for r in answer.json()["items"]]


async def pass_time(rt: Runtime, now: datetime) -> None:
    """Let time do what it does to requests until `now`."""
    assert await run_once(rt.part(db.Database), jobs.JOBS[0], now=now)


async def take_blocks(rt: Runtime, admin: asyncpg.Connection) -> None:
    """Let blocks end what they end.

    Polled: what is read ends below the oldest transaction of the whole server, and other tests of
    this run have some there.
    """
    [consumer] = CONSUMERS
    for _ in range(1000):
        await outbox.consume(rt.part(db.Database), consumer)
        if not await admin.fetchval(_LEFT, consumer.name, list(consumer.types)):
            return
    raise AssertionError("some events were never taken")


async def changes(admin: asyncpg.Connection) -> list[str]:
    """What has been told of requests, in order."""
    return [r[0] for r in await admin.fetch(CHANGES)]


def id_of(shown: str) -> UUID:
    """Read a request's id."""
    found = ids.read("req", shown)
    assert found is not None
    return found


def later(**by: float) -> datetime:
    """Give an instant to come."""
    return clock.now() + timedelta(**by)


def asking(
    requester: Someone,
    requestee: Someone,
    amount: int = 9500,
    *,
    days: int = 30,
    key: str | None = None,
    now: datetime | None = None,
) -> Ask:
    """Make the command of a request."""
    at = now or clock.now()
    named = idempotency.read_key(header=key or str(uuid.uuid4()), body=None)
    body = digest16(f"{requestee.shown} {amount} {days}".encode())
    return Ask(
        id=ids.new(ids.bucket(requestee.id), at),
        key=Key(requester.id, OPERATION, named, body),
        requester_id=requester.id,
        requestee_id=requestee.id,
        amount_minor=amount,
        currency=payments.CURRENCY,
        note="rent",
        visibility=None,
        expires_in_days=days,
    )


def paying(
    payer: Someone, payee: Someone, request_id: UUID, amount: int = 9500, *, key: str | None = None
) -> SendPayment:
    """Make the command of a payment that answers a request."""
    command = sending(payer, payee, amount, key=key, note="rent")
    return replace(command, for_request=request_id)
