"""Money in: asked for, sent by the bank, spendable, come back."""

from typing import Any

import pytest

from quid.funding import errors, service
from quid.funding.queries.moves import DEPOSITS
from quid.funding.types import OpState, SourceState
from quid.kit import clock
from quid.kit.errors import NotFound
from quid.kit.idempotency import IdempotencyKeyReused
from quid.kit.money import Money
from quid.ledger.types import Kind, Meter
from tests.support.people import Someone
from tests.support.teller import Teller


async def test_a_deposit_is_spendable_when_the_bank_has_sent_it(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana)
    op = await teller.deposit(ana, bank, 5_000)
    assert OpState(op.state) is OpState.PENDING
    assert await teller.books(ana) == {Kind.INCOMING: 5_000}
    op = await teller.until(op, OpState.SETTLED)
    assert await teller.books(ana) == {Kind.WALLET: 5_000}
    assert op.is_released
    op = await teller.until(op, OpState.AVAILABLE)
    assert await teller.house() == {Kind.RAIL_AVAILABLE: -5_000}
    assert len(teller.box.effects("transfer.created")) == 1


async def test_a_deposit_that_the_bank_declines_counts_no_longer(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana, "Empty Checking")
    op = await teller.deposit(ana, bank, 5_000)
    assert (OpState(op.state), op.failure_code) == (OpState.DECLINED, "RISK")
    assert op.counted_at is None
    assert await teller.books(ana) == {}
    assert await teller.counted(ana, Meter.BANK_IN_7D) == 0
    assert teller.box.effects("transfer.created") == []


async def test_the_limit_of_seven_days_is_counted_when_it_is_asked_for(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana)
    await teller.deposit(ana, bank, 5_000)
    assert await teller.counted(ana, Meter.BANK_IN_7D) == 5_000
    with pytest.raises(errors.WeeklyLimitExceeded) as never:
        await teller.deposit(ana, bank, 10_000_000)
    assert never.value.retry_after is None
    limit = never.value.extra["limit"]
    assert isinstance(limit, int)
    assert (never.value.extra["used"], never.value.extra["left"]) == (5_000, limit - 5_000)
    with pytest.raises(errors.WeeklyLimitExceeded) as later:
        await teller.deposit(ana, bank, limit)
    assert later.value.retry_after is not None
    assert Money(limit - 5_000, "USD").text() in later.value.detail
    assert await teller.counted(ana, Meter.BANK_IN_7D) == 5_000


async def test_the_same_key_asks_once(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    first = await teller.deposit(ana, bank, 1_000, key="once")
    second = await teller.deposit(ana, bank, 1_000, key="once")
    assert first.id == second.id
    with pytest.raises(IdempotencyKeyReused):
        await teller.deposit(ana, bank, 1_001, key="once")
    assert len(teller.box.effects("transfer.created")) == 1


async def test_what_was_not_begun_in_time_ends_and_nothing_is_taken(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana)
    cmd = teller.move(ana, bank, 1_000, service.DEPOSIT)
    asked = await service.deposit(cmd, now=clock.now())
    await teller.age(await teller.read(asked.op_id), hours=25)
    op = await teller.driven(asked)
    assert (OpState(op.state), op.failure_code) == (OpState.FAILED, "DEADLINE")
    assert await teller.counted(ana, Meter.BANK_IN_7D) == 0


async def test_a_deposit_is_taken_back_while_the_bank_allows_it(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana)
    op = await teller.deposit(ana, bank, 1_000)
    await service.cancel(op.id, ana.id, DEPOSITS, now=clock.now())
    assert OpState((await teller.read(op.id)).state) is OpState.CANCELLED
    assert await teller.books(ana) == {}
    with pytest.raises(errors.StateConflict):
        await service.cancel(op.id, ana.id, DEPOSITS, now=clock.now())


async def test_nobody_else_takes_it_back(teller: Teller, ana: Someone, ben: Someone) -> None:
    op = await teller.deposit(ana, await teller.bank(ana), 1_000)
    with pytest.raises(NotFound):
        await service.cancel(op.id, ben.id, DEPOSITS, now=clock.now())


async def test_a_login_that_is_broken_waits_for_its_owner(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    teller.break_login(bank)
    op = await teller.deposit(ana, bank, 1_000)
    assert OpState(op.state) is OpState.ACTION_REQUIRED
    assert await teller.source_state(bank) is SourceState.NEEDS_REPAIR


@pytest.mark.parametrize(
    ("how", "needs"),
    [
        ({"can_pull": False}, "another"),
        ({"can_pull": False, "can_push": False}, "review"),
        ({"state": SourceState.VERIFYING, "verify_method": "typed"}, "amounts"),
        ({"state": SourceState.DISABLED}, "another"),
        ({"state": SourceState.NEEDS_REPAIR}, "repair"),
    ],
)
async def test_a_source_that_cannot_is_told_what_it_needs(
    teller: Teller, ana: Someone, how: dict[str, Any], needs: str
) -> None:
    bank = await teller.bank(ana, **how)
    with pytest.raises(errors.PaymentMethodInvalid) as refused:
        await teller.deposit(ana, bank, 1_000)
    assert refused.value.extra["needs"] == needs
    assert refused.value.detail == errors.needed(needs)


async def test_somebody_elses_source_is_not_there(
    teller: Teller, ana: Someone, ben: Someone
) -> None:
    bank = await teller.bank(ana)
    with pytest.raises(NotFound):
        await teller.deposit(ben, bank, 1_000)
