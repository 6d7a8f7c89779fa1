"""What operators may do about the books: findings taken and ended, adjustments and thaws by two."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from quid.kit import approvals, clock, db, ids
from quid.kit.approvals import Acts, Decided
from quid.kit.errors import Forbidden, NotFound
from quid.kit.operators import Desk
from quid.kit.runtime import Runtime
from quid.ledger import service as ledger
from quid.ledger.errors import AccountUnknown, FindingOpen, FindingOver, NotPosted
from quid.ledger.queries import control
from quid.ledger.service import control as acts
from quid.ledger.types import Flag, Kind, Result
from tests.slices.kit.desk import FINANCE, SECOND, SUPPORT, FewFriends, press
from tests.support.holds import open_safe
from tests.support.ledger import Town, found_town, new_id


@pytest.fixture(autouse=True)
def desk(runtime: Runtime) -> None:
    runtime.put(FewFriends(), kind=Desk)
    runtime.put(Acts(ledger.ACTS))


@pytest.fixture
async def town(database: db.Database) -> Town:
    return await found_town(database)


async def find(admin: asyncpg.Connection, account: int | None = None) -> UUID:
    """A difference that somebody must look at."""
    found = new_id()
    await admin.execute(
        'insert into ledger.recon_finding (id, "check", severity, account_id, place, at) '
        "values ($1, 'R1', 'page', $2, 'somewhere', now())",
        *(found, account),
    )
    return found


async def suspense(town: Town) -> int:
    async with town.database.transaction() as tx:
        return await ledger.house_account(tx, kind=Kind.SUSPENSE, bucket=0, currency="USD")


async def lines(admin: asyncpg.Connection) -> list[tuple[str, str]]:
    rows = await admin.fetch("select action, outcome from kit.audit order by id")
    return [tuple(r) for r in rows]


async def test_a_finding_is_taken_then_ended_with_a_name_and_a_reason(
    admin: asyncpg.Connection, database: db.Database
) -> None:
    found = await find(admin)
    taken = await acts.settle_finding(found, press(FINANCE, "a"), is_over=False, now=clock.now())
    assert (taken.acknowledged_by, taken.resolved_at) == (FINANCE.id, None)
    with pytest.raises(FindingOver):
        await acts.settle_finding(found, press(SECOND, "b"), is_over=False, now=clock.now())
    again = await acts.settle_finding(found, press(FINANCE, "a"), is_over=False, now=clock.now())
    assert again == taken, "a second press gets the first result"
    over = await acts.settle_finding(found, press(SECOND, "c"), is_over=True, now=clock.now())
    assert (over.acknowledged_by, over.resolved_by) == (FINANCE.id, SECOND.id)
    assert over.resolved_reason
    with pytest.raises(FindingOver):
        await acts.settle_finding(found, press(FINANCE, "d"), is_over=True, now=clock.now())
    assert await lines(admin) == [
        ("ledger.acknowledge_finding", "ok"),
        ("ledger.resolve_finding", "ok"),
    ]
    async with database.read() as conn:
        before = (clock.now(), UUID(int=2**128 - 1))
        assert await control.findings(conn, before=before, many=9, is_open=True) == []
        assert len(await control.findings(conn, before=before, many=9, is_open=False)) == 1


async def test_a_finding_that_is_not_there(admin: asyncpg.Connection) -> None:
    with pytest.raises(NotFound):
        await acts.settle_finding(new_id(), press(FINANCE, "a"), is_over=True, now=clock.now())
    assert await lines(admin) == []


async def test_an_adjustment_is_posted_once_another_operator_approves(
    town: Town, admin: asyncpg.Connection
) -> None:
    house = await suspense(town)
    asked = await acts.ask_adjustment(
        press(FINANCE, "ask"), debit=house, credit=town.wallets[0], amount_minor=250,
        now=clock.now(),
    )  # fmt: skip
    assert (await town.nets())[0] == 10_000, "asking moves nothing"
    with pytest.raises(Forbidden):
        await approvals.decide(asked, press(FINANCE, "own"), is_approved=True, now=clock.now())
    await approvals.decide(asked, press(SECOND, "yes"), is_approved=True, now=clock.now())
    await approvals.decide(asked, press(SECOND, "yes"), is_approved=True, now=clock.now())
    assert (await town.nets())[0] == 10_250
    row = await admin.fetchrow("select code, amount, cause_id from ledger.journal where code = 80")
    assert row is not None
    assert tuple(row) == (80, 250, asked)
    assert await lines(admin) == [("ledger.adjust", "asked"), ("ledger.adjust", "approved")]


async def test_an_adjustment_that_the_books_refuse_leaves_the_question_open(town: Town) -> None:
    asked = await acts.ask_adjustment(
        press(FINANCE, "ask"), debit=town.wallets[0], credit=town.wallets[1], amount_minor=1,
        now=clock.now(),
    )  # fmt: skip
    with pytest.raises(NotPosted, match="code not allowed"):
        await approvals.decide(asked, press(SECOND, "yes"), is_approved=True, now=clock.now())
    async with town.database.read() as conn:
        assert (await approvals.one(conn, asked)).state(clock.now()) == "PENDING"
    await approvals.decide(asked, press(SECOND, "no"), is_approved=False, now=clock.now())
    with pytest.raises(Decided):
        await approvals.decide(asked, press(SECOND, "yes!"), is_approved=True, now=clock.now())
    assert await town.nets() == [10_000] * 3


@pytest.mark.spoils("it changes a hold behind the ledger's back")
async def test_an_adjustment_may_not_take_what_is_on_hold(
    town: Town, admin: asyncpg.Connection
) -> None:
    """Else the hold could be given back to nobody, under an id that was refused for ever."""
    safe = await open_safe(town)
    held, house = await safe.place(0, 500), await suspense(town)

    async def adjust(name: str, debit: int, credit: int) -> None:
        asked = await acts.ask_adjustment(
            press(FINANCE, name), debit=debit, credit=credit, amount_minor=200, now=clock.now()
        )
        yes = press(SECOND, f"{name} yes")
        await approvals.decide(asked, yes, is_approved=True, now=clock.now())

    with pytest.raises(NotPosted, match="open holds"):
        await adjust("less", safe.reserved[0], house)
    with pytest.raises(NotPosted, match="open holds"):
        await adjust("more", house, safe.reserved[0])
    await admin.execute("update ledger.hold set amount = 300")
    await adjust("cures", safe.reserved[0], house)
    assert (await safe.release(await safe.hold(held.id))).moved_minor == 300
    assert await safe.nets() == [9_800, 10_000, 10_000, 0, 0, 0]


async def test_who_may_not_ask_and_what_is_not_there(town: Town) -> None:
    with pytest.raises(Forbidden):
        await acts.ask_adjustment(
            press(SUPPORT, "ask"), debit=town.capital, credit=town.wallets[0], amount_minor=1,
            now=clock.now(),
        )  # fmt: skip
    with pytest.raises(AccountUnknown):
        await acts.ask_thaw(press(FINANCE, "thaw"), 12, now=clock.now())


async def test_a_frozen_account_is_thawed_by_two_once_its_findings_are_over(
    town: Town, admin: asyncpg.Connection
) -> None:
    wallet = town.wallets[0]
    async with town.database.transaction() as tx:
        await ledger.set_flags(tx, wallet, to_set=Flag.FROZEN)
    found = await find(admin, wallet)
    with pytest.raises(FindingOpen):
        await acts.ask_thaw(press(FINANCE, "early"), wallet, now=clock.now())
    await acts.settle_finding(found, press(FINANCE, "over"), is_over=True, now=clock.now())
    asked = await acts.ask_thaw(press(FINANCE, "thaw"), wallet, now=clock.now())
    late = await find(admin, wallet)
    with pytest.raises(FindingOpen):
        await approvals.decide(asked, press(SECOND, "yes"), is_approved=True, now=clock.now())
    await acts.settle_finding(late, press(FINANCE, "late"), is_over=True, now=clock.now())
    assert (await town.pay(0, 1, 5)).result is Result.DEBIT_ACCOUNT_BLOCKED
    await approvals.decide(asked, press(SECOND, "yes"), is_approved=True, now=clock.now())
    assert (await town.pay(0, 1, 5)).result is Result.POSTED
    actor = await admin.fetchval("select actor from ledger.account_event order by id desc limit 1")
    assert actor == ids.show("apr", asked)


async def test_a_thaw_does_not_undo_a_freeze_that_is_just_being_written(
    town: Town, admin: asyncpg.Connection
) -> None:
    wallet = town.wallets[0]
    async with town.database.transaction() as tx:
        await ledger.set_flags(tx, wallet, to_set=Flag.FROZEN)
    asked = await acts.ask_thaw(press(FINANCE, "thaw"), wallet, now=clock.now())
    async with admin.transaction():  # as the auditor does: the account's lock, then the finding
        await admin.execute("select ledger.freeze_for_drift(array[$1::bigint])", wallet)
        await find(admin, wallet)
        thaw = asyncio.create_task(
            approvals.decide(asked, press(SECOND, "yes"), is_approved=True, now=clock.now())
        )
        await until_waiting(admin)
    with pytest.raises(FindingOpen):
        await thaw
    assert (await town.pay(0, 1, 5)).result is Result.DEBIT_ACCOUNT_BLOCKED


async def until_waiting(admin: asyncpg.Connection) -> None:
    """Give the other side time to come to the lock."""
    for _ in range(100):
        waits = await admin.fetchval(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and wait_event_type = 'Lock'"
        )
        if waits:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_lists_walk_to_their_end_and_agree_with_the_books(town: Town) -> None:
    for i in range(5):
        await town.pay(i % 3, (i + 1) % 3, 10 + i)
    async with town.database.read() as conn:
        seen, before = [], 2**63 - 1
        while page := await control.entries(conn, town.wallets[0], before=before, many=2):
            seen += page
            before = page[-1].seq
        found = await control.account(conn, town.wallets[0])
        assert found is not None
        assert [e.seq for e in seen] == list(range(found.seq, 0, -1))
        assert seen[0].balance_after == found.credits - found.debits
        of = await control.transfers_of(conn, town.wallets[0], before=2**63 - 1, many=50)
        assert [t.id for t in of] == [e.transfer_id for e in seen]
        everything = await control.transfers(conn, before=UUID(int=2**128 - 1), many=100)
        assert len(everything) == 8
        wallets = await control.accounts(conn, after=-1, many=100, kind=Kind.WALLET)
        assert [a.id for a in wallets] == sorted(town.wallets)
        assert found.owner is not None
        assert await control.accounts_of(conn, found.owner) == [found]


async def test_ageing_and_lag_are_counted(town: Town, admin: asyncpg.Connection) -> None:
    house = await suspense(town)
    for days, n in ((0, 1), (2, 2), (5, 3), (40, 4)):
        await admin.execute(
            "insert into ledger.open_item (account_id, cause_id, kind, net, since) "
            "select $1, gen_random_uuid(), 220, 7, now() - make_interval(days => $2) "
            "from generate_series(1, $3)",
            *(house, days, n),
        )
    async with town.database.read() as conn:
        [row] = await control.ageing(conn, now=clock.now())
        assert (row.days_0_1, row.days_2_3, row.days_4_7, row.days_over_7) == (1, 2, 3, 4)
        assert row.net == 70
        lag = await control.lag(conn)
    assert lag.blocks == 1
    assert lag.since is not None
