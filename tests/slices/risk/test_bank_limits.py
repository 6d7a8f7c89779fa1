"""Limits of banks on the real database: the shipped policy, what counts, credit and its room."""

from datetime import timedelta
from uuid import UUID

import pytest

from quid.identity import service as identity
from quid.identity.types import NewPerson
from quid.kit import db
from quid.kit.runtime import Runtime
from quid.ledger import service as ledger
from quid.ledger.types import Code, Kind, NewAccount, Result, Transfer
from quid.risk import queries, service
from quid.risk.errors import CurrencyNotOffered
from quid.risk.queries import BankLimits, LimitBook
from quid.risk.types import CreditFacts, SetLimit, Window
from tests.support.ledger import USD, new_id, now

NOBODY = UUID(int=9)


@pytest.fixture
def house(runtime: Runtime) -> Runtime:
    """The runtime with a book that has read nothing."""
    runtime.put(LimitBook())
    return runtime


async def _ask(house: Runtime, user_id: UUID, tier: int, currency: str = USD) -> BankLimits:
    async with house.part(db.Database).read() as conn:
        return await queries.bank_limits(conn, user_id, tier, currency=currency, now=now())


@pytest.mark.parametrize(
    ("tier", "into", "out", "each", "credit"),
    [
        (0, 29_999, 99_999, 99_999, 0),
        (1, 300_000, 699_999, 500_000, 30_000),
        (2, 1_000_000, 1_999_999, 500_000, 100_000),
    ],
)
async def test_the_shipped_policy_is_the_published_table(  # noqa: PLR0917 - a table
    tier: int, into: int, out: int, each: int, credit: int, house: Runtime
) -> None:
    caps = (await _ask(house, NOBODY, tier)).caps
    told = caps.in_week.max_minor, caps.out_week.max_minor, caps.out_each_minor, caps.credit_minor
    assert told == (into, out, each, credit)
    assert caps.in_week.max_count is caps.out_week.max_count is None


async def test_a_currency_without_a_policy_has_no_banks(house: Runtime) -> None:
    with pytest.raises(CurrencyNotOffered):
        await _ask(house, NOBODY, 2, "EUR")


async def test_what_is_counted_is_shown_and_a_limit_of_ones_own_holds(
    house: Runtime,
) -> None:
    new = NewPerson(new_id(), "dot", "Dot", "dot@example.org", "hash")
    async with house.part(db.Database).transaction() as tx:
        dot = await identity.add_person(tx, new, now=now())
    own = SetLimit(
        dot.id, Window.BANK_IN, 7_000, None, USD, now() + timedelta(days=9), "own wish", "op"
    )
    await service.set_limit(own, now=now())
    limits = await _ask(house, dot.id, 2)
    database = house.part(db.Database)
    async with database.transaction() as tx:
        [wallet] = await ledger.open_accounts(tx, [NewAccount(Kind.WALLET, USD, dot.id)])
        first = await ledger.consume(tx, wallet, 6_000, limits.in_checks(wallet))
        second = await ledger.consume(tx, wallet, 1_001, limits.in_checks(wallet))
        third = await ledger.consume(tx, wallet, 5_000, limits.out_checks(wallet))
    assert [first.result, second.result, third.result] == [
        Result.POSTED,
        Result.LIMIT_EXCEEDED,
        Result.POSTED,
    ]
    assert (second.check, second.used_minor) == ("WEEKLY_LIMIT_EXCEEDED", 6_000)
    async with database.read() as conn:
        meters = await queries.meters(conn, dot.id, 2, currency=USD, now=now())
    assert meters.bank is not None
    assert (meters.bank.into.cap.max_minor, meters.bank.into.used_minor) == (7_000, 6_000)
    assert (meters.bank.out.used_minor, meters.bank.out.count) == (5_000, 1)
    assert meters.week.used_minor == 0


async def test_credit_has_room_for_what_is_not_advanced_yet(house: Runtime) -> None:
    fact = CreditFacts(
        user_id=new_id(),
        tier=1,
        payer_since=now() - timedelta(days=90),
        verified_at=now() - timedelta(days=20),
        settled_pulls=5,
        returned_at=None,
        amount_minor=20_000,
    )
    other = fact._replace(user_id=new_id())
    wanted = [fact, fact._replace(amount_minor=10_001), fact._replace(amount_minor=10_000), other]
    database = house.part(db.Database)

    async def ask() -> list[bool]:
        async with database.read() as conn:
            return await queries.instant_credit(conn, wanted, currency=USD, now=now())

    assert await ask() == [True, False, True, True]
    async with database.transaction() as tx:
        wallet, advance = await ledger.open_accounts(
            tx, [NewAccount(k, USD, fact.user_id) for k in (Kind.WALLET, Kind.ADVANCE)]
        )
        await ledger.lock(tx, [wallet, advance])
        await ledger.set_bounds(tx, advance, floor=-30_000)
        given = Transfer(new_id(), advance, wallet, 15_000, Code.PULL_ADVANCED)
        [outcome] = await ledger.post(tx, [given], now=now())
    assert outcome.result is Result.POSTED
    assert await ask() == [False, True, False, True]
