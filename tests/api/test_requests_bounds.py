"""Requests that would disturb: who is known, how often one may ask; a key across a block."""

from datetime import timedelta

import asyncpg
import pytest

from quid.collect import errors, service
from quid.kit import clock
from tests.api.test_requests import allow
from tests.support.payers import Payer, problem
from tests.support.requests import act, ask, asked, asking


async def test_to_pay_somebody_makes_them_known_not_oneself(ana: Payer, ben: Payer) -> None:
    """A cent would have opened the door of whoever lets only people ask whom they know."""
    assert (await ben.pay(ana.who, 1)).status_code == 201
    assert (await ask(ben, ana)).json()["is_known"] is False
    assert (await ask(ana, ben)).json()["is_known"] is True
    await allow(ana, "known")
    problem(await ask(ben, ana), 403, "FORBIDDEN")


async def test_who_takes_each_back_at_once_asks_thirty_times_a_day_and_disturbs_once_an_hour(
    ana: Payer, ben: Payer, eve: Payer, admin: asyncpg.Connection
) -> None:
    """Asked and cancelled in a loop, each was a push."""
    now = clock.now()
    for n in range(30):
        at = now + timedelta(minutes=n)
        made = await service.ask(asking(ana.who, ben.who, now=at), now=at)
        await service.cancel(made.request_id, ana.who.id, now=at)
    at = now + timedelta(minutes=30)
    with pytest.raises(errors.NotYet, match="Try again tomorrow"):
        await service.ask(asking(ana.who, ben.who, now=at), now=at)
    await service.ask(asking(ana.who, eve.who, now=at), now=at)
    at = now + timedelta(hours=24)
    await service.ask(asking(ana.who, ben.who, now=at), now=at)
    quiet = await admin.fetch(
        """select coalesce((o.payload::jsonb->'data'->>'is_quiet')::boolean, false) as is_quiet
        from kit.outbox o where o.payload::jsonb->'data'->>'change' = 'created'
        order by o.xid, o.id"""
    )
    assert [r["is_quiet"] for r in quiet] == [False, *[True] * 29, False, False]


async def test_a_key_that_has_paid_tells_so_across_a_block(ana: Payer, ben: Payer) -> None:
    """It answered that nothing was there, while the money was gone."""
    declined, paid = await asked(ana, ben, 20_000), await asked(ana, ben, 200)
    for request, key in ((declined, "poor"), (paid, "one")):
        first = await act(ben, "pay", request, key=key, funding_source_id="balance")
        blocking = await ana.http.put(f"/v1/friends/{ben.who.shown}/block")
        assert blocking.status_code == 204
        again = await act(ben, "pay", request, key=key, funding_source_id="balance")
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"
        unblocking = await ana.http.delete(f"/v1/friends/{ben.who.shown}/block")
        assert unblocking.status_code == 204
