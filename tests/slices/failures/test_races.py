"""Many at once: row 23, at the sizes of the table."""

import asyncio

import asyncpg

from quid.funding import errors, service
from quid.funding.types import OpState
from quid.kit import clock
from quid.ledger.types import Kind
from quid.payments.types import Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import Someone
from tests.support.sending import code_of
from tests.support.teller import Teller

EACH = 1_000


async def test_row_23_fifty_payments_at_once_are_advanced_as_far_as_the_credit_goes(
    counter: Payer, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    bank = await counter.bank(ana)
    await counter.trust(ana, bank)
    outcomes = await asyncio.gather(
        *(counter.pay(ana, ben, EACH, Wish(bank.id)) for _ in range(50))
    )
    credit = await admin.fetchval(
        "select -floor from ledger.account where owner = $1 and kind = $2", ana.id, Kind.ADVANCE
    )
    codes = [code_of(o) for o in outcomes]
    assert 0 < codes.count("COMPLETED") == credit // EACH < 50
    assert set(codes) == {"COMPLETED", "PROCESSING"}
    assert -(await counter.books(ana))[Kind.ADVANCE] <= credit
    assert await counter.books(ben) == {Kind.WALLET: 10_000 + codes.count("COMPLETED") * EACH}
    for outcome in outcomes:
        await counter.teller.until(await counter.operation_of(made(outcome)), OpState.SETTLED)
    await counter.work()
    assert await counter.books(ana) == {}
    assert await counter.books(ben) == {Kind.WALLET: 10_000 + 50 * EACH}


async def test_row_23_of_two_hundred_withdrawals_the_balance_pays_one(
    teller: Teller, ben: Someone
) -> None:
    bank = await teller.bank(ben)
    moves = [teller.move(ben, bank, 10_000, service.WITHDRAW) for _ in range(200)]
    ends = await asyncio.gather(
        *(service.withdraw(m, now=clock.now()) for m in moves), return_exceptions=True
    )
    assert sum(isinstance(e, service.Asked) for e in ends) == 1
    assert sum(isinstance(e, errors.InsufficientFunds) for e in ends) == 199
    assert await teller.books(ben) == {}
    assert await teller.house() == {Kind.PAYOUTS: 10_000}
