"""Limits counted without money, given back, and how far down an advance may go."""

from datetime import timedelta

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.errors import AccountUnknown
from quid.ledger.types import Check, Code, Counted, Kind, Meter, Result
from tests.support.ledger import USD, Town, found_town, new_id, now
from tests.support.rails import Rails, lay_rails

OK, OVER = Result.POSTED, Result.LIMIT_EXCEEDED
IN, OUT = Meter.BANK_IN_7D, Meter.BANK_OUT_7D
SLOT = timedelta(hours=6)


@pytest.fixture
async def town(database: db.Database) -> Town:
    return await found_town(database)


async def consume(town: Town, amount: int, *checks: Check, place: int = 0) -> Counted:
    async with town.database.transaction() as tx:
        return await ledger.consume(tx, town.wallets[place], amount, checks)


async def give_back(town: Town, amount: int, counted: Counted, *meters: Meter) -> None:
    async with town.database.transaction() as tx:
        await ledger.give_back(tx, town.wallets[0], meters, amount, counted.counted_at)


def limit(town: Town, meter: Meter, most: int | None, times: int | None = None) -> Check:
    return Check(town.wallets[0], meter, most, times, meter.name)


async def _used(town: Town) -> dict[int, tuple[int, int]]:
    async with town.database.read() as conn:
        used = await queries.used(conn, town.wallets, now=now())
    return {meter: (u.minor, u.n) for (_, meter), u in used.items()}


async def test_a_limit_counts_up_to_its_cap_and_says_when_it_ends(town: Town) -> None:
    into = limit(town, IN, 1_000)
    first = await consume(town, 999, into)
    assert first == (OK, first.counted_at, None, None, None)
    over = await consume(town, 2, into)
    assert (over.result, over.check, over.used_minor) == (OVER, "BANK_IN_7D", 999)
    assert over.resets_at is not None
    assert 28 * SLOT < over.resets_at - now() <= 29 * SLOT
    assert (await consume(town, 1, into)).result is OK
    assert await _used(town) == {IN: (1_000, 2)}


async def test_all_its_limits_count_or_none(town: Town) -> None:
    checks = limit(town, IN, 1_000), limit(town, OUT, None, 1)
    assert (await consume(town, 300, *checks)).result is OK
    over = await consume(town, 300, *checks)
    assert (over.result, over.check) == (OVER, "BANK_OUT_7D")
    assert await _used(town) == {IN: (300, 1), OUT: (300, 1)}
    assert (await consume(town, 800, *checks)).check == "BANK_IN_7D", "the first that fails"


async def test_transfers_and_counts_share_one_meter(town: Town) -> None:
    send = limit(town, Meter.SEND_24H, 1_000)
    assert (await consume(town, 600, send)).result is OK
    payment = town.payment(0, 1, 401, [send])
    assert [o.result for o in await town.post(payment)] == [OVER]
    assert [o.result for o in await town.post(town.payment(0, 1, 400, [send]))] == [OK]
    assert (await consume(town, 1, send)).used_minor == 1_000


async def test_what_is_given_back_counts_no_more(town: Town) -> None:
    into = limit(town, IN, 1_000, 2)
    first, second = await consume(town, 700, into), await consume(town, 300, into)
    await give_back(town, 700, first, IN)
    assert await _used(town) == {IN: (300, 1)}
    assert (await consume(town, 700, into)).result is OK
    assert second.result is OK


async def test_the_count_of_a_transfer_is_given_back_by_when_it_was_recorded(town: Town) -> None:
    send = limit(town, Meter.SEND_7D, 1_000)
    [paid] = await town.post(town.payment(0, 1, 1_000, [send]))
    async with town.database.transaction() as tx:
        await ledger.give_back(tx, town.wallets[0], [Meter.SEND_7D], 1_000, paid.recorded_at)
    assert await _used(town) == {}


@pytest.mark.parametrize("slots", [0, 28, 29, 40])
async def test_what_its_window_has_forgotten_is_left_alone(
    town: Town, admin: asyncpg.Connection, slots: int
) -> None:
    first = await consume(town, 700, limit(town, IN, None))
    await admin.execute("update ledger.usage set slot = slot - $1", slots)
    await consume(town, 50, limit(town, IN, None))
    then = first._replace(counted_at=first.counted_at - slots * SLOT)
    await give_back(town, 700, then, IN)
    assert await _used(town) == {IN: (50, 1)}
    rows = await admin.fetch("select amount, n from ledger.usage where amount <> 50 and n > 0")
    assert [tuple(r) for r in rows] == ([(700, 1)] if slots > 28 else [])


async def test_more_than_was_counted_is_not_given_back(town: Town) -> None:
    first = await consume(town, 700, limit(town, IN, None))
    for amount, meters, at in [
        (701, [IN], first.counted_at),
        (0, [IN], first.counted_at),
        (1, [OUT], first.counted_at),
        (700, [IN, OUT], first.counted_at),
        (700, [IN], first.counted_at - SLOT),
    ]:
        with pytest.raises(asyncpg.PostgresError, match="never counted this"):
            await give_back(town, amount, first._replace(counted_at=at), *meters)
    assert await _used(town) == {IN: (700, 1)}


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
async def test_an_amount_that_no_transfer_has_is_not_counted(town: Town, amount: int) -> None:
    with pytest.raises(asyncpg.PostgresError, match="cannot be counted"):
        await consume(town, amount, limit(town, IN, None))


async def test_what_no_correct_caller_counts(town: Town) -> None:
    with pytest.raises(ValueError, match="the account that is locked"):
        await consume(town, 1, limit(town, IN, None), place=1)
    with pytest.raises(asyncpg.PostgresError, match="cannot be counted"):
        await consume(town, 1, limit(town, IN, None), limit(town, IN, 5))
    unknown = limit(town, IN, None)._replace(meter=99)  # type: ignore[arg-type]  # no such meter
    with pytest.raises(asyncpg.PostgresError, match="cannot be counted"):
        await consume(town, 1, unknown)
    async with town.database.transaction() as tx:
        with pytest.raises(AccountUnknown):
            await ledger.consume(tx, 12, 1, [])
        with pytest.raises(AccountUnknown):
            await ledger.lock(tx, [*town.wallets, 12])
        await ledger.lock(tx, [])


async def test_reconciliation_may_not_count(admin: asyncpg.Connection) -> None:
    for name in ("lock_accounts", "consume", "give_back", "set_floor", "post_batch"):
        question = f"select has_function_privilege($1, 'ledger.{name}'::regproc, 'execute')"
        may = [await admin.fetchval(question, who) for who in ("quid_app", "quid_recon")]
        assert may == [True, False], name


# --- bounds -------------------------------------------------------------------------------------


@pytest.fixture
async def rails(database: db.Database) -> Rails:
    return await lay_rails(database)


async def _bound(rails: Rails, floor: int, kind: Kind = Kind.ADVANCE) -> None:
    async with rails.database.transaction() as tx:
        await ledger.set_bounds(tx, rails.accounts[kind], floor=floor, actor="risk")


async def test_credit_ends_at_the_floor_and_a_lower_one_takes_nothing_back(rails: Rails) -> None:
    async def advance(amount: int) -> Result:
        item = rails.move(Code.PULL_ADVANCED, Kind.ADVANCE, Kind.WALLET, amount)
        return (await rails.post(item))[0].result

    assert await advance(1) is Result.INSUFFICIENT_FUNDS
    await _bound(rails, -500)
    assert await advance(501) is Result.INSUFFICIENT_FUNDS
    assert await advance(500) is OK
    await _bound(rails, -100)
    assert await advance(1) is Result.INSUFFICIENT_FUNDS
    accepted = rails.move(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, 450)
    released = rails.move(Code.PULL_RELEASED, Kind.INCOMING, Kind.ADVANCE, 450)
    assert await rails.together(accepted, released) == [OK, OK]
    assert await advance(51) is Result.INSUFFICIENT_FUNDS
    assert await advance(50) is OK


async def test_a_change_of_bounds_is_in_the_history_once(
    rails: Rails, admin: asyncpg.Connection
) -> None:
    for floor in (-500, -500, 0):
        await _bound(rails, floor)
    rows = await admin.fetch(
        "select what, floor, ceil, actor from ledger.account_event where account_id = $1 "
        "order by id",
        rails.accounts[Kind.ADVANCE],
    )
    assert [tuple(r) for r in rows] == [
        ("opened", 0, 0, "system"),
        ("bounds", -500, 0, "risk"),
        ("bounds", 0, 0, "risk"),
    ]


async def test_only_an_advance_has_a_floor_of_its_own(rails: Rails) -> None:
    for kind, floor in ((Kind.WALLET, -1), (Kind.WALLET, 0), (Kind.ADVANCE, 1)):
        with pytest.raises(asyncpg.PostgresError, match="only an advance"):
            await _bound(rails, floor, kind)
    async with rails.database.transaction() as tx:
        with pytest.raises(AccountUnknown):
            await ledger.set_bounds(tx, 12, floor=-5)


# --- who owes -----------------------------------------------------------------------------------


async def test_debts_and_credit_are_found_by_their_owner(
    rails: Rails, database: db.Database
) -> None:
    await _bound(rails, -800)
    advance = rails.move(Code.PULL_ADVANCED, Kind.ADVANCE, Kind.WALLET, 800)
    assert [o.result for o in await rails.post(advance)] == [OK]
    await rails.spend(300)
    failed = ledger.at_most(
        rails.move(Code.PULL_FAILED, Kind.WALLET, Kind.ADVANCE, 800),
        rails.move(Code.PULL_FAILED, Kind.RECEIVABLE, Kind.ADVANCE, 800),
    )
    async with database.read() as conn:
        assert await queries.advanced(conn, currency=USD) == 800
    assert await rails.together(*failed) == [OK, OK]
    async with database.read() as conn:
        owner = (await queries.balances(conn, [rails.accounts[Kind.WALLET]])).popitem()[1].owner
        assert owner is not None
        kinds = [Kind.RECEIVABLE, Kind.ADVANCE, Kind.WALLET]
        found = await queries.nets(conn, [owner, new_id()], kinds, currency=USD)
        assert found == {
            (owner, Kind.RECEIVABLE): -300,
            (owner, Kind.ADVANCE): 0,
            (owner, Kind.WALLET): 0,
        }
        assert await queries.nets(conn, [], kinds, currency=USD) == {}
        assert await queries.advanced(conn, currency=USD) == 0
        assert await queries.debtors(conn, currency=USD, after=0, many=10) == []
    await rails.deposit(100)
    async with database.read() as conn:
        [debtor] = await queries.debtors(conn, currency=USD, after=0, many=10)
        after = debtor.receivable_id
        assert await queries.debtors(conn, currency=USD, after=after, many=10) == []
    assert debtor == queries.Debtor(
        owner, rails.accounts[Kind.RECEIVABLE], rails.accounts[Kind.WALLET], 300, 100, 0
    )
