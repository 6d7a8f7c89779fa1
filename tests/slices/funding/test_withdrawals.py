"""Money out: set aside, sent, arrived, come back; never more than there is, and not at once
what may still be taken back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from quid.funding import errors, service
from quid.funding.queries.moves import WITHDRAWALS
from quid.funding.rules.sources import rests_until
from quid.funding.schemas.moves import may_cancel
from quid.funding.types import OpState, SourceState
from quid.identity.queries import access
from quid.kit import clock, db, runtime
from quid.ledger.types import Kind, Meter
from tests.support.people import Someone
from tests.support.teller import Teller
from tests.support.wallets import bank_row


async def test_a_withdrawal_leaves_at_once_and_arrives(teller: Teller, ben: Someone) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    op = await teller.withdraw(ben, bank, 4_000)
    assert (OpState(op.state), may_cancel(op)) == (OpState.PENDING, True)
    assert await teller.books(ben) == {Kind.WALLET: 6_000}
    assert await teller.house() == {
        Kind.PAYOUTS: 4_000,
        Kind.RAIL_OUT: -4_000,
        Kind.RAIL_AVAILABLE: 4_000,
    }
    await teller.until(op, OpState.COMPLETED)
    assert await teller.house() == {Kind.RAIL_AVAILABLE: 4_000}
    assert await teller.counted(ben, Meter.BANK_OUT_7D) == 4_000


async def test_its_owner_hears_of_the_first_that_leaves_to_a_bank(
    teller: Teller, ben: Someone
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    for key in ("one", "one", "two"):
        await teller.withdraw(ben, bank, 1_000, key=key)
    async with runtime.part(db.Database).read() as conn:
        before = (clock.now() + timedelta(days=1), ben.id)
        told = await access.security_events(conn, ben.id, before=before, limit=9)
    assert [event.kind for event in told] == ["first_withdrawal"]


async def test_an_instant_one_costs_its_fee_and_is_there_at_once(
    teller: Teller, ben: Someone
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    op = await teller.withdraw(ben, bank, 10_000, speed="instant")
    assert (op.fee, op.net) == (175, 9_825)
    assert (OpState(op.state), may_cancel(op)) == (OpState.PENDING, False)
    teller.box.advance(minutes=1)
    op = await teller.until(op, OpState.COMPLETED)
    assert await teller.house() == {Kind.RAIL_AVAILABLE: 9_825, Kind.FEE_INSTANT: 175}
    assert await teller.books(ben) == {}


@pytest.mark.parametrize(("speed", "cents"), [("standard", 10_001), ("instant", 10_001)])
async def test_more_than_there_is_is_refused_with_both_figures(
    teller: Teller, ben: Someone, speed: str, cents: int
) -> None:
    bank = await teller.bank(ben)
    with pytest.raises(errors.InsufficientFunds) as refused:
        await teller.withdraw(ben, bank, cents, speed=speed)
    assert refused.value.extra == {"spendable": 10_000, "withdrawable": 10_000}
    assert await teller.books(ben) == {Kind.WALLET: 10_000}


async def test_what_was_just_put_in_cannot_be_had_at_once(teller: Teller, ana: Someone) -> None:
    teller.fund()
    bank = await teller.bank(ana)
    await teller.until(await teller.deposit(ana, bank, 5_000), OpState.SETTLED)
    with pytest.raises(errors.InsufficientFunds) as refused:
        await teller.withdraw(ana, bank, 1_000, speed="instant")
    assert refused.value.extra == {"spendable": 5_000, "withdrawable": 0}
    op = await teller.withdraw(ana, bank, 1_000)
    assert OpState(op.state) is OpState.QUEUED
    assert op.next_at is not None
    assert op.next_at > clock.now()
    assert await teller.books(ana) == {Kind.WALLET: 4_000}
    await service.cancel(op.id, ana.id, WITHDRAWALS, now=clock.now())
    assert await teller.books(ana) == {Kind.WALLET: 5_000}
    assert await teller.counted(ana, Meter.BANK_OUT_7D) == 0


async def test_without_float_it_waits_and_then_goes(teller: Teller, ben: Someone) -> None:
    bank = await teller.bank(ben)
    op = await teller.withdraw(ben, bank, 4_000)
    assert OpState(op.state) is OpState.QUEUED
    assert await teller.books(ben) == {Kind.WALLET: 6_000}
    teller.fund()
    assert op.next_at is not None
    op = await teller.drive(op.id, now=op.next_at)
    assert OpState(op.state) is OpState.PENDING
    assert len(teller.box.effects("transfer.created")) == 1


async def test_a_returned_one_comes_back_with_its_fee(teller: Teller, ben: Someone) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    op = await teller.withdraw(ben, bank, 10_000, speed="instant")
    teller.box.advance(minutes=1)
    op = await teller.until(op, OpState.COMPLETED)
    for _ in range(2):
        op = await teller.told(op, "returned", return_code="R03")
    assert OpState(op.state) is OpState.RETURNED
    assert await teller.books(ben) == {Kind.WALLET: 10_000}
    assert await teller.house() == {}
    assert await teller.source_state(bank) is SourceState.DISABLED


async def test_of_many_at_once_only_what_is_there_leaves(teller: Teller, ben: Someone) -> None:
    bank = await teller.bank(ben)
    commands = [teller.move(ben, bank, 9_000, service.WITHDRAW) for _ in range(200)]
    asked = await asyncio.gather(
        *(service.withdraw(c, now=clock.now()) for c in commands), return_exceptions=True
    )
    done = [a for a in asked if isinstance(a, service.Asked)]
    refused = [a for a in asked if isinstance(a, errors.InsufficientFunds)]
    assert (len(done), len(done) + len(refused)) == (1, 200)
    assert await teller.books(ben) == {Kind.WALLET: 1_000}


async def test_an_account_without_instant_is_told(teller: Teller, ben: Someone) -> None:
    bank = await teller.bank(ben, rtp_push=False)
    with pytest.raises(errors.PaymentMethodInvalid) as refused:
        await teller.withdraw(ben, bank, 1_000, speed="instant")
    assert refused.value.extra == {"needs": "rtp"}


@pytest.mark.parametrize("method", ["typed", "same_day", "automated"])
async def test_an_account_proven_by_small_deposits_rests_for_a_banking_day(
    teller: Teller, ben: Someone, method: str
) -> None:
    teller.fund()
    fresh = await teller.bank(ben, verify_method=method)
    with pytest.raises(errors.PaymentMethodInvalid) as refused:
        await teller.withdraw(ben, fresh, 1_000, speed="instant")
    assert refused.value.extra == {"needs": "wait"}
    op = await teller.withdraw(ben, fresh, 1_000)
    assert OpState(op.state) is OpState.QUEUED
    assert op.next_at == rests_until(fresh, now=clock.now())
    rested = replace(fresh, verified_at=clock.now() - timedelta(days=8))
    assert rests_until(rested, now=clock.now()) is None


def test_the_day_of_rest_is_a_banking_day_of_new_york() -> None:
    friday = datetime(2026, 11, 21, 1, tzinfo=UTC)  # still the 20th in New York
    proven = bank_row(UUID(int=1), at=friday, verify_method="typed")
    proven = replace(proven, verified_at=friday)
    until = datetime(2026, 11, 23, 5, tzinfo=UTC)  # Monday, 0:00 in New York
    assert rests_until(proven, now=friday) == until
    assert rests_until(proven, now=until) is None
    assert rests_until(replace(proven, verify_method="instant"), now=friday) is None


@pytest.mark.parametrize("speed", ["standard", "instant"])
async def test_a_bank_that_wants_its_customer_sends_nothing_and_keeps_nothing(
    teller: Teller, ben: Someone, speed: str
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    teller.break_login(bank)
    op = await teller.withdraw(ben, bank, 4_000, speed=speed)
    assert OpState(op.state) is OpState.DECLINED
    assert await teller.books(ben) == {Kind.WALLET: 10_000}
    assert await teller.counted(ben, Meter.BANK_OUT_7D) == 0
    assert await teller.source_state(bank) is SourceState.NEEDS_REPAIR


async def test_in_pieces_nothing_leaves_earlier_than_in_one(teller: Teller, ana: Someone) -> None:
    """Two pulls, one of which can come back for longer: each is waited for once."""
    bank = await teller.bank(ana)
    for _ in range(2):
        await teller.until(await teller.deposit(ana, bank, 5_000), OpState.SETTLED)
    first = await teller.withdraw(ana, bank, 5_000)
    second = await teller.withdraw(ana, bank, 5_000)
    async with teller.database.read() as conn:
        rows = await conn.fetch(
            "select standard_return_until from funding.operation where kind = 1 order by 1"
        )
    until: list[Any] = [row[0] for row in rows]
    assert until[0] < until[1]
    assert [first.next_at, second.next_at] == until
    async with teller.database.transaction() as tx:  # nothing of the first pull can come back
        await tx.execute(
            "update funding.operation set standard_return_until = now() where "
            "standard_return_until = $1",
            until[0],
        )
    for queued, waits in ((second, True), (first, False)):
        op = await teller.drive((await teller.age(queued, days=0)).id)
        assert (op.state == OpState.QUEUED and op.next_at == until[1]) is waits
