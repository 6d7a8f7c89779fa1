"""Disputes over HTTP."""

import uuid
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import httpx2

from quid.disputes.service import OPERATION
from quid.disputes.types import Claim, Open
from quid.kit import clock, idempotency, ids
from quid.kit.crypto import digest16
from quid.kit.once import Key
from tests.support.payers import Payer, keyed
from tests.support.people import Someone

DISPUTES: Final = "/v1/disputes"
TEXT: Final = "I never agreed to this,\nand I do not know who it was."
ANSWER: Final = "We have looked into what you told us."


async def paid(payer: Payer, payee: Payer, amount: int = 1368) -> str:
    """Pay, and give the payment's id."""
    answer = await payer.pay(payee.who, amount)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["payment"]["id"])


async def report(
    who: Payer, payment_id: str, claim: str = "scam", *, key: str | None = None, text: str = TEXT
) -> httpx2.Response:
    """Report a payment, under a new key unless one is given."""
    body = {"payment_id": payment_id, "claim": claim, "text": text}
    return await who.http.post(DISPUTES, json=body, headers=keyed(key))


async def reported(who: Payer, payment_id: str) -> str:
    """Report a payment, and give the dispute's id."""
    answer = await report(who, payment_id)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def act(
    who: Payer, dispute_id: str, name: str, *, key: str | None = None, **body: str
) -> httpx2.Response:
    """Answer (`info`) or take back (`withdraw`), under a new key unless one is given."""
    return await who.http.post(
        f"{DISPUTES}/{dispute_id}/{name}", json=body or None, headers=keyed(key)
    )


async def appeal(
    who: Payer, path: str, *, key: str | None = None, text: str = TEXT
) -> httpx2.Response:
    """Appeal against what `path` names."""
    return await who.http.post(f"/v1/{path}/appeal", json={"text": text}, headers=keyed(key))


async def listed(who: Payer, **about: Any) -> list[dict[str, Any]]:
    """List somebody's disputes."""
    answer = await who.http.get(DISPUTES, params=about)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def holds(who: Payer) -> list[dict[str, Any]]:
    """List what somebody may not do for now."""
    answer = await who.http.get("/v1/me/holds")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def opening(
    who: Someone,
    subject_id: UUID,
    claim: Claim = "scam",
    *,
    key: str | None = None,
    now: datetime | None = None,
) -> Open:
    """Make the command of a report or an appeal."""
    named = idempotency.read_key(header=key or str(uuid.uuid4()), body=None)
    body = digest16(f"{claim} {subject_id}".encode())
    made = ids.new(ids.bucket(who.id), now or clock.now())
    return Open(made, Key(who.id, OPERATION, named, body), who.id, claim, subject_id, TEXT)
