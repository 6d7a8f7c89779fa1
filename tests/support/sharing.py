"""Payments that others may see, made over HTTP."""

from typing import Final

import asyncpg

from tests.support.payers import Payer

NOTE: Final = "for the roof of the boat house"


async def share(payer: Payer, payee: Payer, visibility: str, note: str = NOTE) -> str:
    """Pay, both letting so many see it; give the payment's id."""
    sent = await payer.pay(payee.who, 100, note=note, visibility=visibility)
    assert sent.status_code == 201, sent.text
    payment: str = sent.json()["payment"]["id"]
    await show_to(payee, payment, visibility)
    return payment


async def show_to(party: Payer, payment: str, visibility: str, **more: bool) -> None:
    """Let so many see a payment of one's own, as far as the other lets them, too."""
    answer = await party.http.put(
        f"/v1/payments/{payment}/visibility", json={"visibility": visibility, **more}
    )
    assert answer.status_code == 200, answer.text


async def told_of(admin: asyncpg.Connection, kind: str) -> list[str]:
    """Give the payloads of all events of a type, oldest first."""
    rows = await admin.fetch(
        "select payload::text from kit.outbox where type = $1 order by id", kind
    )
    return [r[0] for r in rows]
