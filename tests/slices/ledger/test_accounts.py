"""Opening accounts, the chart, flags, partitions, and what the application may not do."""

from datetime import date

import asyncpg
import pytest

from quid.kit import db, ids
from quid.ledger import jobs, queries, rules
from quid.ledger import service as ledger
from quid.ledger.errors import AccountNotEmpty, AccountUnknown
from quid.ledger.types import Flag, Kind, NewAccount, Result
from tests.support.ledger import USD, found_town, new_id, now


async def test_opening_twice_opens_once_and_tells_the_bucket(database: db.Database) -> None:
    owner = new_id(421)
    wanted = [NewAccount(Kind.WALLET, USD, owner), NewAccount(Kind.WALLET, "EUR", owner)]
    async with database.transaction() as tx:
        first = await ledger.open_accounts(tx, [*wanted, wanted[0]])
    async with database.transaction() as tx:
        assert await ledger.open_accounts(tx, wanted) == first[:2]
    assert first[0] == first[2] != first[1]
    assert {a >> 40 for a in first} == {421}
    assert all(a < 2**50 for a in first)


async def test_opening_nothing_opens_nothing(database: db.Database) -> None:
    async with database.transaction() as tx:
        assert await ledger.open_accounts(tx, []) == []


async def test_the_house_has_one_account_per_bucket(database: db.Database) -> None:
    async with database.transaction() as tx:
        one, two, again = [
            await ledger.house_account(tx, kind=Kind.FEE_CARD, bucket=b, currency=USD)
            for b in (3, 4, 3)
        ]
    assert one == again != two
    assert (one >> 40, two >> 40) == (3, 4)


async def test_opening_is_in_the_account_s_history(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    async with database.transaction() as tx:
        [account] = await ledger.open_accounts(
            tx, [NewAccount(Kind.WALLET, USD, new_id())], actor="ana"
        )
        await ledger.set_flags(tx, account, to_set=Flag.FROZEN, actor="ben")
        await ledger.set_flags(tx, account, to_set=Flag.FROZEN, actor="nobody")
    rows = await admin.fetch(
        "select what, flags, floor, actor from ledger.account_event order by id"
    )
    assert [tuple(r) for r in rows] == [("opened", 0, 0, "ana"), ("flags", 2, 0, "ben")]


@pytest.mark.parametrize("currency", ["usd", "US", "DOLLAR", "U$D"])
async def test_a_currency_is_three_capital_letters(database: db.Database, currency: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        async with database.transaction() as tx:
            await ledger.open_accounts(tx, [NewAccount(Kind.WALLET, currency, new_id())])


async def test_flags_stop_one_side_each(database: db.Database) -> None:
    town = await found_town(database)
    async with database.transaction() as tx:
        await ledger.set_flags(tx, town.wallets[0], to_set=Flag.NO_SPEND)
        await ledger.set_flags(tx, town.wallets[1], to_set=Flag.FROZEN)
    results = [(await town.pay(*pair, 1)).result for pair in ((0, 2), (2, 0), (1, 2), (2, 1))]
    blocked, frozen = Result.DEBIT_ACCOUNT_BLOCKED, Result.CREDIT_ACCOUNT_FROZEN
    assert results == [blocked, Result.POSTED, blocked, frozen]
    async with database.transaction() as tx:
        assert await ledger.set_flags(tx, town.wallets[1], to_clear=Flag.FROZEN) == Flag.NONE
    assert (await town.pay(1, 2, 1)).result is Result.POSTED


async def test_an_account_closes_only_when_empty(database: db.Database) -> None:
    town = await found_town(database)
    async with database.transaction() as tx:
        with pytest.raises(AccountNotEmpty):
            await ledger.set_flags(tx, town.wallets[0], to_set=Flag.CLOSED)
        with pytest.raises(AccountUnknown):
            await ledger.set_flags(tx, 12, to_set=Flag.CLOSED)
    await town.pay(0, 1, 10_000)
    async with database.transaction() as tx:
        assert await ledger.set_flags(tx, town.wallets[0], to_set=Flag.CLOSED) == Flag.CLOSED
    assert (await town.pay(1, 0, 1)).result is Result.ACCOUNT_CLOSED


async def test_the_tables_are_the_rules(admin: asyncpg.Connection) -> None:
    chart = await admin.fetch(
        "select kind, name, sign, floor, ceil from ledger.chart order by kind"
    )
    assert [tuple(r) for r in chart] == [
        (r.kind, r.kind.name.lower(), r.sign, r.floor, r.ceil) for r in rules.CHART
    ]
    pairs = await admin.fetch(
        "select code, debit_kind, credit_kind, act, passes from ledger.code_rule"
    )
    assert {tuple(r) for r in pairs} == set(rules.CODE_RULES)
    dated = await admin.fetch("select distinct code from ledger.code_rule where back_dated")
    assert {r[0] for r in dated} == rules.BACK_DATED
    body = await admin.fetchval(
        "select prosrc from pg_proc where oid = 'ledger.post_batch'::regproc"
    )
    assert f"'{{{', '.join(str(int(c)) for c in sorted(rules.REVERSIBLE))}}}'" in body


async def test_wallets_and_balances_are_found_by_owner(database: db.Database) -> None:
    town = await found_town(database, people=2)
    async with database.read() as conn:
        found = await queries.balances(conn, town.wallets)
        owners = [found[w].owner for w in town.wallets]
        assert None not in owners
        people = [o for o in owners if o is not None]
        wallets = await queries.wallets(conn, [*people, new_id()], USD)
        assert wallets == dict(zip(people, town.wallets, strict=True))
        assert [found[w].net for w in town.wallets] == [10_000, 10_000]


async def test_sums_add_up_to_zero(database: db.Database) -> None:
    town = await found_town(database)
    await town.pay(0, 1, 5)
    async with database.read() as conn:
        [total] = await queries.totals(conn)
        lines = await queries.trial_balance(conn)
        [head] = await queries.heads(conn)
    assert total.debits == total.credits == 30_005
    assert sum(line.credits - line.debits for line in lines) == 0
    assert {line.kind for line in lines} == {Kind.WALLET, Kind.CAPITAL}
    assert (head.lane, head.block_no, head.size, len(head.hash)) == (0, 2, 1, 32)


async def test_partitions_stand_ahead_and_making_them_again_makes_none(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    async with database.transaction() as tx:
        await jobs.ensure_partitions(tx, now())
        assert await queries.partition_days_ahead(tx, now=now()) > 45
        await jobs.forget_usage(tx, now())
    made = await admin.fetchval("select ledger.ensure_partitions($1, 0)", now().date())
    assert made == 0
    assert await admin.fetchval("select ledger.ensure_partitions('2025-01-15', 0)") > 0
    span = await admin.fetchrow("select first_day, first_id from ledger.calendar")
    assert span is not None
    assert span["first_day"] == date(2025, 1, 1)
    assert ids.time_of(span["first_id"]).date() == date(2025, 1, 1)


TABLES = (
    *("account", "journal", "refusal", "block", "lane", "usage", "chart", "code_rule"),
    *("hold", "reversed"),
)
WRITES = [
    *(f"delete from ledger.{t}" for t in (*TABLES, "account_event", "calendar", "day_balance")),
    *(f"truncate ledger.{t}" for t in (*TABLES, "account_event")),
    "update ledger.account set credits = credits + 1",
    "update ledger.journal set amount = 1",
    "update ledger.lane set head = ''",
    "update ledger.calendar set clock_ahead = '1 day'",
    "insert into ledger.code_rule values (1, 101, 201)",
    "insert into ledger.usage values (1, 1, 1, 1, 1)",
    "insert into ledger.recon_run (id, started_at, scope) values (gen_random_uuid(), now(), '')",
    "create table ledger.mine (id int)",
    "alter table ledger.journal disable trigger all",
]


@pytest.mark.parametrize("write", WRITES)
async def test_the_application_may_not(database: db.Database, write: str) -> None:
    async with database.read() as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute(write)


@pytest.mark.parametrize("table", ["journal", "refusal", "block", "account_event"])
@pytest.mark.parametrize("act", ["delete from", "truncate", "truncate the partition of"])
async def test_even_the_owner_may_not(
    database: db.Database, admin: asyncpg.Connection, act: str, table: str
) -> None:
    town = await found_town(database)
    await town.pay(0, 1, 99_999)
    target = f"ledger.{table}"
    if act == "truncate the partition of" and table != "account_event":
        target = await admin.fetchval(f"select min(tableoid::regclass::text) from {target}")
    await admin.execute("set role quid_ledger_owner")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admin.execute(f"{act.partition(' the')[0]} {target}")
    if table != "account_event" and act == "delete from":
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await admin.execute(
                f"update {target} set id = id"
                if table != "block"
                else "update ledger.block set no = no"
            )


async def test_the_auditor_reads_all_and_writes_only_its_own(db_url: str) -> None:
    auditor = db.Database(db.Options(db_url, name="auditor", role="quid_recon"))
    await auditor.open()
    try:
        async with auditor.read() as conn:
            assert await conn.fetch("select count(*) from ledger.journal")
            for write in WRITES[:4]:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await conn.execute(write)
    finally:
        await auditor.close()
