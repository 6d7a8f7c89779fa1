"""Requests for money, and payments that answer them, through the services."""

import uuid
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from quid.collect import service as collect
from quid.collect.types import Ask, State
from quid.kit import clock, idempotency, ids
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.payments.types import SendPayment, Visibility
from tests.support.people import Someone
from tests.support.sending import asked


async def request_by(
    requester: Someone, requestee: Someone, cents: int, visibility: Visibility | None = None
) -> UUID:
    """Let one ask another for money; give the request."""
    now = clock.now()
    named = idempotency.read_key(header=str(uuid.uuid4()), body=None)
    cmd = Ask(
        id=ids.new(ids.bucket(requestee.id), now),
        key=Key(requester.id, collect.OPERATION, named, digest16(b"")),
        requester_id=requester.id,
        requestee_id=requestee.id,
        amount_minor=cents,
        currency="USD",
        note="for dinner",
        visibility=visibility,
        expires_in_days=30,
    )
    return (await collect.ask(cmd, now=now)).request_id


def answering(
    request_id: UUID, payer: Someone, payee: Someone, cents: int, **more: Any
) -> SendPayment:
    """Make the command of a payment that answers a request."""
    return replace(asked(payer, payee, cents, **more), for_request=request_id)


async def request_state(admin: asyncpg.Connection, request_id: UUID) -> tuple[State, UUID | None]:
    """Where a request stands, and which payment has it."""
    row = await admin.fetchrow(
        "select state, payment_id from collect.request where id = $1", request_id
    )
    return State(row["state"]), row["payment_id"]
