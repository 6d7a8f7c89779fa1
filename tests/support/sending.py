"""Payments through the service, without HTTP: commands, processes, and what came of them."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID

import msgspec

from quid.entrypoints import wiring
from quid.kit import clock, idempotency, ids
from quid.kit.crypto import digest16
from quid.kit.errors import Refusal
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.payments.service import CURRENCY, OPERATION, SendQueue
from quid.payments.types import Outcome, SendPayment, Sent
from tests.support.people import Someone

PROCESS: Final = wiring.Shape("api", lanes=2, pool_max=4)


def asked(
    payer: Someone,
    payee: Someone,
    amount: int = 100,
    *,
    key: str | None = None,
    session_id: UUID | None = None,
    note: str = "",
) -> SendPayment:
    """Make the command of a payment; without a session it is an operator's."""
    now = clock.now()
    body = msgspec.json.encode([payee.shown, amount, note])
    named = idempotency.read_key(header=key or str(uuid.uuid4()), body=None)
    return SendPayment(
        key=Key(payer.id, OPERATION, named, digest16(body)),
        payer_id=payer.id,
        payee_id=payee.id,
        amount_minor=amount,
        currency=CURRENCY,
        note=note,
        visibility=None,
        show_amount=None,
        session_id=session_id,
        payment_id=ids.new(ids.bucket(payer.id), now),
        asked_at=now,
        request_id="test-request",
    )


async def send(rt: Runtime, command: SendPayment) -> Outcome:
    """Send it through the queue of a process; what the queue itself refuses is an outcome too."""
    try:
        return await rt.part(SendQueue).submit(command)
    except Refusal as e:
        return e


def code_of(outcome: Outcome) -> str:
    """Name what came of it: COMPLETED, or the code of the refusal."""
    if isinstance(outcome, Refusal):
        return outcome.code
    told = answer_of(outcome)
    return str(told["code"]) if "code" in told else str(told["payment"]["state"])


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """Read the answer of what was sent, or declined."""
    assert isinstance(outcome, Sent), repr(outcome)
    told: dict[str, Any] = msgspec.json.decode(outcome.answer.body)
    return told


@asynccontextmanager
async def process() -> AsyncIterator[Runtime]:
    """Build all parts once more, as another process of the API on the same servers has them.

    The environment must name the servers already (the fixture `app` sees to it).
    """
    async with wiring.opened(PROCESS, Runtime()) as rt:
        yield rt
