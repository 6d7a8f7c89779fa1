"""The live auditor: what it sees, how soon, whom it calls, and what it may not do."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from quid.kit import db
from quid.kit.pager import Page, Pager
from quid.ledger import service as ledger
from quid.ledger.auditor import Auditor, follow, follow_pages, tail
from quid.ledger.auditor.pages import page_findings
from quid.ledger.types import Code, Kind, Result, Transfer
from tests.support.ledger import Town, found_town, new_id, now, replace

SPOILS = pytest.mark.spoils("it tampers with the books as a superuser")
Found = list[tuple[str, str]]


class Bell(Pager):
    """Somebody who is called."""

    way = "bell"

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.rung = asyncio.Event()

    async def page(self, page: Page) -> None:
        self.pages.append(page)
        self.rung.set()


@pytest.fixture
async def town(database: db.Database) -> Town:
    town = await found_town(database)
    for i in range(4):
        await town.post(*[town.payment(p, (p + 1) % 3, 10 + i) for p in range(3)], lane=i % 2)
    return town


@pytest.fixture
async def recon(db_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(db.Options(db_url, name="auditor", role="quid_recon"))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def auditor(recon: db.Database) -> Auditor:
    return Auditor(recon)


@pytest.fixture
async def hand(admin: asyncpg.Connection, town: Town) -> asyncpg.Connection:
    """A superuser who has switched the triggers of his session off."""
    assert town
    await admin.execute("set session_replication_role = replica")
    return admin


async def rounds(auditor: Auditor, n: int = 2) -> None:
    """Read what is there, and then compare the counters of what was read."""
    for _ in range(n):
        while await auditor.round(now=now()):
            pass


async def found_in(admin: asyncpg.Connection) -> Found:
    rows = await admin.fetch('select "check", place from ledger.recon_finding order by at, id')
    return [(r["check"], r["place"].partition(": ")[2]) for r in rows]


async def test_whole_books_are_followed_to_their_heads_without_a_finding(
    town: Town, auditor: Auditor, admin: asyncpg.Connection
) -> None:
    await rounds(auditor)
    await town.pay(0, 1, 7)
    await rounds(auditor)
    assert await found_in(admin) == []
    heads = await admin.fetch("select lane, block_no, head from ledger.lane order by lane")
    cursors = await admin.fetch("select lane, block_no, hash from ledger.audit_cursor order by 1")
    assert [tuple(h) for h in heads] == [tuple(c) for c in cursors]


async def test_another_start_goes_on_where_the_last_one_stood(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    await rounds(Auditor(recon))
    await town.pay(1, 2, 30)
    await rounds(Auditor(recon))
    assert await found_in(admin) == []


@pytest.mark.parametrize("blocks", [1, 2, 3])
async def test_a_backlog_is_read_in_portions_that_fit_each_other(
    town: Town,
    auditor: Auditor,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    blocks: int,
) -> None:
    for i in range(12):
        await town.post(town.payment(i % 3, (i + 1) % 3, 1 + i), lane=i % 3)
    monkeypatch.setattr(tail, "_BLOCKS_A_ROUND", blocks)
    monkeypatch.setattr(tail, "_ROWS_A_READ", 2)
    assert await auditor.round(now=now())
    await rounds(auditor)
    assert await found_in(admin) == []


async def test_of_two_auditors_one_moves_on(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    first, second = Auditor(recon), Auditor(recon)
    await rounds(first)
    await rounds(second)
    await town.pay(0, 1, 5)
    await rounds(first)
    with pytest.raises(tail._Elsewhere):
        await second.round(now=now())
    second.forget()
    await rounds(second)
    assert await found_in(admin) == []


TAMPERED = {
    "a cent more in a wallet": (
        "update ledger.account set credits = credits + 500 where id = $1",
        {("R1", "balance after the last leg"), ("R1", "credits")},
    ),
    "both counters of a wallet": (
        "update ledger.account set credits = credits + 7, debits = debits + 7 where id = $1",
        {("R1", "debits"), ("R1", "credits")},
    ),
    "a sequence that skips": (
        "update ledger.account set seq = seq + 1 where id = $1",
        {("R2", "number of legs")},
    ),
}


@SPOILS
@pytest.mark.parametrize("how", TAMPERED)
async def test_counters_changed_behind_the_ledger_s_back_are_found_after_the_next_leg(
    town: Town, auditor: Auditor, hand: asyncpg.Connection, how: str
) -> None:
    change, expected = TAMPERED[how]
    await rounds(auditor)
    await town.pay(0, 1, 5)
    await auditor.round(now=now())
    await hand.execute(change, town.wallets[0])
    await auditor.round(now=now())
    assert set(await found_in(hand)) == expected
    flags = dict(await hand.fetch("select id, flags from ledger.account where owner is not null"))
    assert flags == {wallet: 2 * (wallet == town.wallets[0]) for wallet in town.wallets}
    await rounds(auditor)
    assert set(await found_in(hand)) == expected, "a difference is told once"


@SPOILS
async def test_money_from_nowhere_is_found_when_it_is_spent(
    town: Town, recon: db.Database, hand: asyncpg.Connection
) -> None:
    await rounds(Auditor(recon))
    await hand.execute(
        "update ledger.account set credits = credits + 500 where id = $1", town.wallets[0]
    )
    await town.pay(0, 1, 5)
    await rounds(Auditor(recon))  # one that begins now knows the legs from the journal
    assert await found_in(hand) == [("R2", "entry 10 does not follow the one before")]
    [outcome] = await town.post(town.payment(0, 1, 5))
    assert outcome.result is Result.DEBIT_ACCOUNT_BLOCKED
    events = await hand.fetch(
        "select account_id, flags, actor from ledger.account_event where what = 'flags'"
    )
    assert [tuple(e) for e in events] == [(town.wallets[0], 2, "reconciliation")]


@SPOILS
async def test_money_from_nowhere_that_an_auditor_at_work_sees_is_told_with_its_amount(
    town: Town, auditor: Auditor, hand: asyncpg.Connection
) -> None:
    await town.pay(0, 1, 5)
    await rounds(auditor)
    await hand.execute(
        "update ledger.account set credits = credits + 500 where id = $1", town.wallets[0]
    )
    await town.pay(0, 1, 5)
    await rounds(auditor)
    rows = await hand.fetch(
        'select "check", severity, actual - calculated as by from ledger.recon_finding order by 1'
    )
    assert [tuple(r) for r in rows] == [("R1", "page", 500), ("R2", "page", 500)]


ROWS = {
    "amount": ("update ledger.journal set amount = amount + 1 where id = $1", 2),
    "debit_after": ("update ledger.journal set debit_after = debit_after + 1 where id = $1", 2),
    "code": ("update ledger.journal set code = 80 where id = $1", 2),
    "cause": ("update ledger.journal set cause_id = gen_random_uuid() where id = $1", 2),
    "another block": ("update ledger.journal set block_no = 1 where id = $1", 2),
    "gone": ("delete from ledger.journal where id = $1", 0),
}


@SPOILS
@pytest.mark.parametrize("how", ROWS)
async def test_a_row_that_is_not_what_was_hashed_freezes_both_of_its_people(
    town: Town, auditor: Auditor, hand: asyncpg.Connection, how: str
) -> None:
    change, frozen = ROWS[how]
    await rounds(auditor)
    paid = town.payment(0, 1, 5)
    await town.post(paid)
    await hand.execute(change, paid.id)
    await auditor.round(now=now())
    rows = await hand.fetch(
        "select account_id, owner from ledger.recon_finding where \"check\" = 'R6' "
        "and transfer_id = $1",
        paid.id,
    )
    assert {r["account_id"] for r in rows} == ({*town.wallets[:2]} if frozen else {None})
    flags = await hand.fetch("select id from ledger.account where flags & 2 = 2")
    assert {*town.wallets[:frozen]} <= {r["id"] for r in flags} <= {*town.wallets[:2]}


BLOCKS = {
    "hash": ("update ledger.block set hash = sha256(hash) where lane = 0 and no = $1", "it does"),
    "row hashes": (
        "update ledger.block set row_hashes = sha256('x') where lane = 0 and no = $1",
        "the row is not",
    ),
    "one row more": (
        "update ledger.block set ids = ids || ids where lane = 0 and no = $1",
        "it lists other rows",
    ),
    "gone": ("delete from ledger.block where lane = 0 and no = $1", "the block is missing"),
}


@SPOILS
@pytest.mark.parametrize("how", BLOCKS)
async def test_a_block_that_was_changed_is_found(
    town: Town, auditor: Auditor, hand: asyncpg.Connection, how: str
) -> None:
    change, expected = BLOCKS[how]
    await rounds(auditor)
    await town.pay(0, 1, 5)
    await town.pay(1, 2, 6)
    no = await hand.fetchval("select block_no from ledger.lane where lane = 0")
    await hand.execute(change, no - 1)
    await rounds(auditor)
    found = await found_in(hand)
    assert any(check == "R6" and expected in place for check, place in found), found


@SPOILS
@pytest.mark.parametrize("change", ["head = sha256(head)", "block_no = block_no - 1"])
async def test_a_head_that_is_not_as_it_was_left_is_found_once(
    auditor: Auditor, hand: asyncpg.Connection, change: str
) -> None:
    await rounds(auditor)
    await hand.execute(f"update ledger.lane set {change} where lane = 1")
    await rounds(auditor)
    assert await found_in(hand) == [("R6", "the head is not what it was")]


async def test_open_items_come_and_go_with_the_legs_of_their_cause(
    town: Town, auditor: Auditor, admin: asyncpg.Connection
) -> None:
    async with town.database.transaction() as tx:
        suspense = await ledger.house_account(tx, kind=Kind.SUSPENSE, bucket=0, currency="USD")
    cause = new_id()
    into = Transfer(new_id(), town.capital, suspense, 700, Code.ADJUSTMENT, cause_id=cause)
    other = replace(into, id=new_id(), amount_minor=50, cause_id=None)
    await town.post(into, other)
    await rounds(auditor)
    items = "select cause_id, net, kind from ledger.open_item order by net"
    assert [tuple(r) for r in await admin.fetch(items)] == [
        (other.id, 50, Kind.SUSPENSE),
        (cause, 700, Kind.SUSPENSE),
    ]
    since = await admin.fetchval("select since from ledger.open_item where cause_id = $1", cause)
    back = Transfer(new_id(), suspense, town.capital, 300, Code.ADJUSTMENT, cause_id=cause)
    await town.post(back)
    await rounds(auditor)
    row = await admin.fetchrow("select net, since from ledger.open_item where net = 400")
    assert row is not None
    assert row["since"] == since, "an item is as old as its first leg"
    await town.post(replace(back, id=new_id(), amount_minor=400))
    await rounds(auditor)
    assert [r["net"] for r in await admin.fetch(items)] == [50]


@SPOILS
@pytest.mark.alone  # it is about time, which the tests beside it would take
async def test_the_alarm_comes_within_five_seconds_of_the_commit(
    town: Town, recon: db.Database, hand: asyncpg.Connection
) -> None:
    await rounds(Auditor(recon))
    stop, bell = asyncio.Event(), Bell()
    tasks = [
        asyncio.create_task(follow(recon, stop)),
        asyncio.create_task(follow_pages(recon, bell, stop)),
    ]
    try:
        await hand.execute(
            "update ledger.account set credits = credits + 500 where id = $1", town.wallets[0]
        )
        await town.pay(0, 1, 5)
        committed = asyncio.get_running_loop().time()
        await asyncio.wait_for(bell.rung.wait(), 5)
        took = asyncio.get_running_loop().time() - committed
    finally:
        stop.set()
        await asyncio.gather(*tasks)
    assert took < 5
    assert "R2 account" in bell.pages[0].details[0]
    assert (
        await hand.fetchval("select count(*) from ledger.recon_finding where paged_at is null") == 0
    )


@SPOILS
async def test_a_page_that_failed_is_sent_again_and_then_never(
    town: Town, recon: db.Database, hand: asyncpg.Connection
) -> None:
    await hand.execute(
        'insert into ledger.recon_finding (id, "check", severity, place, at) '
        "select gen_random_uuid(), 'R1', s, 'somewhere', now() from unnest($1::text[]) s",
        ["page", "page", "warning"],
    )

    class Deaf(Bell):
        async def page(self, page: Page) -> None:
            raise ConnectionError(page.name)

    with pytest.raises(ConnectionError):
        await page_findings(recon, Deaf(), now=now())
    bell = Bell()
    assert await page_findings(recon, bell, now=now()) == 2
    assert await page_findings(recon, bell, now=now()) == 0
    assert len(bell.pages) == 1
    assert town


RIGHTS = {
    "audit_cursor": {"insert", "update"},
    "day_balance": {"insert", "update"},
    "open_item": {"insert", "update", "delete"},
    "recon_finding": {"insert"},
    "recon_run": {"insert", "update"},
    "seal": {"insert"},
}


async def test_reconciliation_may_write_its_own_tables_and_nothing_else(
    admin: asyncpg.Connection,
) -> None:
    rows = await admin.fetch(
        """select c.relname, v.verb from pg_class c
        cross join unnest(array['insert', 'update', 'delete', 'truncate']) v (verb)
        where c.relnamespace = 'ledger'::regnamespace and c.relkind in ('r', 'p')
          and has_table_privilege('quid_recon', c.oid, v.verb)"""
    )
    found: dict[str, set[str]] = {}
    for name, verb in rows:
        found.setdefault(name, set()).add(verb)
    assert found == RIGHTS
    columns = await admin.fetch(
        """select table_name, column_name from information_schema.column_privileges
        where grantee = 'quid_recon' and table_schema = 'ledger' and privilege_type = 'UPDATE'
          and table_name = 'recon_finding'"""
    )
    assert [tuple(c) for c in columns] == [("recon_finding", "paged_at")]
    functions = await admin.fetch(
        """select p.proname from pg_proc p where p.pronamespace = 'ledger'::regnamespace
        and p.prosecdef and has_function_privilege('quid_recon', p.oid, 'execute') order by 1"""
    )
    assert [f[0] for f in functions] == ["close_day", "freeze_for_drift", "now"]


async def test_freezing_for_drift_touches_people_alone(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    async with recon.transaction() as tx:
        frozen = await tx.raw.fetchval(
            "select ledger.freeze_for_drift($1)", [town.wallets[0], town.capital, 1]
        )
        again = await tx.raw.fetchval("select ledger.freeze_for_drift($1)", [town.wallets[0]])
    assert (frozen, again) == ([town.wallets[0]], [])
    assert await admin.fetchval("select flags from ledger.account where id = $1", town.capital) == 0
