"""Money that comes back: from whom it is taken, who owes, how it is paid back."""

import pytest

from quid.funding import errors, service
from quid.funding.types import OpState, SourceState
from quid.kit import clock, ids
from quid.ledger import queries as ledger
from quid.ledger.service import open_accounts, post, set_flags
from quid.ledger.types import Code, Flag, Kind, NewAccount, Transfer
from quid.payments.types import Sent
from tests.support.people import Someone
from tests.support.sending import asked, send
from tests.support.teller import Teller


async def _recovered(teller: Teller) -> int:
    async with teller.database.transaction() as tx:
        return await service.recover(tx, now=clock.now())


async def _let_spend(teller: Teller) -> int:
    async with teller.database.transaction() as tx:
        return await service.let_spend(tx, now=clock.now())


async def _paid(teller: Teller, payer: Someone, payee: Someone, cents: int) -> int:
    outcome = await send(teller.rt, asked(payer, payee, cents))
    assert isinstance(outcome, Sent)
    return outcome.answer.status


async def test_it_is_taken_from_the_wallet_once(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.SETTLED)
    for _ in range(2):
        op = await teller.told(op, "returned", return_code="R01")
    assert (OpState(op.state), op.failure_code) == (OpState.RETURNED, "R01")
    assert await teller.books(ana) == {}
    assert await teller.house() == {}
    assert await teller.source_state(bank) is SourceState.VERIFIED


async def test_before_it_settled_nothing_was_there_to_take(teller: Teller, ana: Someone) -> None:
    op = await teller.deposit(ana, await teller.bank(ana), 5_000)
    await teller.told(op, "returned", return_code="R01")
    assert await teller.books(ana) == {}
    assert await teller.house() == {}


async def test_who_has_spent_it_owes_and_moves_nothing_until_it_is_paid(
    teller: Teller, ana: Someone, ben: Someone
) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.AVAILABLE)
    assert await _paid(teller, ana, ben, 4_000) == 201
    await teller.told(op, "returned", return_code="R01")
    assert await teller.books(ana) == {Kind.RECEIVABLE: -4_000}
    assert await teller.books(ben) == {Kind.WALLET: 14_000}
    with pytest.raises(errors.AccountFrozen) as refused:
        await teller.withdraw(ana, bank, 100)
    assert refused.value.extra == {"reason": "owed", "owed": 4_000}
    assert await _paid(teller, ben, ana, 3_000) == 201
    assert await _paid(teller, ana, ben, 100) == 403
    assert await _recovered(teller) == 1
    assert await teller.books(ana) == {Kind.RECEIVABLE: -1_000}
    assert await _paid(teller, ben, ana, 1_500) == 201
    assert await _recovered(teller) == 1
    assert await _recovered(teller) == 0
    assert await teller.books(ana) == {Kind.WALLET: 500}
    assert await _paid(teller, ana, ben, 100) == 201


@pytest.mark.parametrize("code", ["R02", "R10", "R29", "R99"])
async def test_an_account_that_is_closed_or_was_never_theirs_moves_nothing_more(
    teller: Teller, ana: Someone, code: str
) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.SETTLED)
    await teller.told(op, "returned", return_code=code)
    assert await teller.source_state(bank) is SourceState.DISABLED


async def test_what_waits_to_leave_is_kept_from_who_owes(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.SETTLED)
    out = await teller.withdraw(ana, bank, 4_000)
    assert OpState(out.state) is OpState.QUEUED
    await teller.told(op, "returned", return_code="R01")
    assert await teller.books(ana) == {Kind.RECEIVABLE: -4_000}
    out = await teller.drive(out.id)
    assert (OpState(out.state), out.failure_code) == (OpState.CANCELLED, "OWED")
    assert await _recovered(teller) == 1
    assert await teller.books(ana) == {}


async def test_an_end_that_the_bank_denies_waits_in_suspense(teller: Teller, ana: Someone) -> None:
    op = await teller.deposit(ana, await teller.bank(ana), 5_000)
    await teller.told(op, "failed")
    for _ in range(2):
        op = await teller.told(op, "settled")
    assert OpState(op.state) is OpState.FAILED
    assert await teller.house() == {Kind.RAIL_PENDING: -5_000, Kind.SUSPENSE: 5_000}


async def test_what_waits_is_not_sent_earlier_because_another_came_back(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana)
    first, _ = [
        await teller.until(await teller.deposit(ana, bank, 3_000), OpState.SETTLED)
        for _ in range(2)
    ]
    out = await teller.withdraw(ana, bank, 2_000)
    await teller.told(first, "returned", return_code="R01")
    assert await teller.books(ana) == {Kind.WALLET: 1_000}
    out = await teller.drive(out.id)
    assert OpState(out.state) is OpState.QUEUED
    assert out.next_at is not None
    assert out.next_at > clock.now()


async def test_who_was_frozen_for_a_moment_pays_back_afterwards(
    teller: Teller, ana: Someone, ben: Someone
) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.AVAILABLE)
    assert await _paid(teller, ana, ben, 5_000) == 201
    await teller.told(op, "returned", return_code="R01")
    assert await _paid(teller, ben, ana, 6_000) == 201
    async with teller.database.transaction() as tx:
        wallet = (await ledger.wallets(tx, [ana.id], "USD"))[ana.id]
        await set_flags(tx, wallet, to_set=Flag.FROZEN)
    assert await _recovered(teller) == 0
    async with teller.database.read() as conn:  # nor does it stand before the others
        assert await ledger.debtors(conn, currency="USD", after=-1, many=9) == []
    async with teller.database.transaction() as tx:
        await set_flags(tx, wallet, to_clear=Flag.FROZEN)
    assert await _recovered(teller) == 1
    assert await teller.books(ana) == {Kind.WALLET: 1_000}
    assert await _paid(teller, ana, ben, 100) == 201


async def test_whose_debt_an_operator_has_ended_may_spend_again(
    teller: Teller, ana: Someone, ben: Someone
) -> None:
    bank = await teller.bank(ana)
    op = await teller.until(await teller.deposit(ana, bank, 5_000), OpState.AVAILABLE)
    assert await _paid(teller, ana, ben, 5_000) == 201
    await teller.told(op, "returned", return_code="R01")
    assert await _let_spend(teller) == 0  # it is owed
    async with teller.database.transaction() as tx:
        receivable, loss = await open_accounts(
            tx, [NewAccount(Kind.RECEIVABLE, "USD", owner=ana.id), NewAccount(Kind.LOSS_ACH, "USD")]
        )
        ended = Transfer(ids.new(0, clock.now()), loss, receivable, 5_000, Code.WRITE_OFF)
        [posted] = await post(tx, [ended], now=clock.now())
        assert posted.result.is_success
    assert await _paid(teller, ben, ana, 1_000) == 201
    assert await _paid(teller, ana, ben, 100) == 403
    assert await _let_spend(teller) == 1
    assert await _let_spend(teller) == 0
    assert await _paid(teller, ana, ben, 100) == 201
