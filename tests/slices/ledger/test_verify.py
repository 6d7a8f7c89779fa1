"""Tampering as a superuser, triggers off: verification names the place, each time."""

import sys
from datetime import timedelta
from itertools import pairwise

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries, rules
from quid.ledger import service as ledger
from quid.ledger.queries.verify import Break, Noted, Verdict
from tests.support.ledger import Town, found_town, new_id, now, replace

pytestmark = pytest.mark.spoils("it changes rows behind the ledger's back")
LANE = 4
BLOCKS = 3
ROWS_A_BLOCK = 3


@pytest.fixture
async def town(database: db.Database) -> Town:
    """Three blocks of three payments on one lane, one of them with a cause."""
    town = await found_town(database)
    for _ in range(BLOCKS):
        items = [town.payment(i % 3, (i + 1) % 3, 100 + i) for i in range(ROWS_A_BLOCK)]
        items[1] = replace(items[1], cause_id=new_id())
        await town.post(*items, lane=LANE)
    return town


@pytest.fixture
async def hand(admin: asyncpg.Connection, town: Town) -> asyncpg.Connection:
    """A superuser who has switched the triggers and checks of his session off."""
    assert town
    await admin.execute("set session_replication_role = replica")
    return admin


async def verdict_of(database: db.Database, noted: tuple[int, bytes] | None = None) -> Verdict:
    async with database.read() as conn:
        outside = Noted({LANE: {noted[0]: noted[1]}}) if noted else None
        return await queries.verify(conn, noted=outside)


async def only_break(database: db.Database) -> Break:
    verdict = await verdict_of(database)
    assert verdict.exit_code == 1
    assert verdict.breaks[0].lane == LANE
    return verdict.breaks[0]


async def middle_row(hand: asyncpg.Connection) -> asyncpg.Record:
    row = await hand.fetchrow(
        "select id, cause_id from ledger.journal where lane = $1 and block_no = 2 "
        "and cause_id is not null",
        LANE,
    )
    assert row is not None
    return row


async def test_untouched_books_are_sound(town: Town) -> None:
    verdict = await verdict_of(town.database)
    assert verdict.is_sound
    assert verdict.exit_code == 0
    assert (verdict.lanes, verdict.blocks, verdict.transfers) == (2, 4, 12)


async def test_a_day_alone_is_verified_from_the_block_before(town: Town) -> None:
    async with town.database.read() as conn:
        at = (await queries.heads(conn))[0].at
        today = await queries.verify(conn, first=at.date(), last=at.date())
        assert (today.is_sound, today.blocks) == (True, 4)
        before = await queries.verify(conn, last=at.date().replace(year=2020))
        assert (before.is_sound, before.blocks) == (True, 0)


CHANGES = {
    "debit_id": "debit_id + 1",
    "debit_seq": "debit_seq + 256",
    "debit_after": "debit_after - 1",
    "credit_id": "credit_id # 1024",
    "credit_seq": "credit_seq + 1",
    "credit_after": "credit_after + 65536",
    "amount": "amount + 1",
    "recorded_at": "recorded_at + interval '1 microsecond'",
    "code": "81",
    "currency": "'USB'",
    "flags": "1",
    "cause_id": "overlay(cause_id::text placing 'a0' from 1 for 2)::uuid",
}


@pytest.mark.parametrize("column", CHANGES)
async def test_one_changed_byte_is_found_with_its_row_and_field(
    town: Town, hand: asyncpg.Connection, column: str
) -> None:
    row = await middle_row(hand)
    await hand.execute(
        f"update ledger.journal set {column} = {CHANGES[column]} where id = $1", row["id"]
    )
    found = await only_break(town.database)
    assert (found.block_no, found.transfer_id, found.field) == (2, row["id"], column)
    assert " was " in found.what


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", "987654321"),
        ("asked", "5"),
        ("group_id", "gen_random_uuid()"),
        ("source_id", "gen_random_uuid()"),
        ("effective_at", "now()"),
    ],
)
async def test_a_changed_field_is_named_where_its_neighbours_tell(
    town: Town, hand: asyncpg.Connection, column: str, value: str
) -> None:
    row = await middle_row(hand)
    await hand.execute(f"update ledger.journal set {column} = {value} where id = $1", row["id"])
    found = await only_break(town.database)
    assert (found.block_no, found.transfer_id, found.field) == (2, row["id"], column)


@pytest.mark.parametrize("column", ["lane", "block_no"])
async def test_a_row_moved_to_another_block_is_found(
    town: Town, hand: asyncpg.Connection, column: str
) -> None:
    row = await middle_row(hand)
    await hand.execute(
        f"update ledger.journal set {column} = {column} - 1 where id = $1", row["id"]
    )
    found = await only_break(town.database)
    assert (found.block_no, found.transfer_id, found.field) == (2, row["id"], column)


async def test_a_deleted_row_is_found(town: Town, hand: asyncpg.Connection) -> None:
    row = await middle_row(hand)
    await hand.execute("delete from ledger.journal where id = $1", row["id"])
    found = await only_break(town.database)
    assert (found.block_no, found.transfer_id) == (2, row["id"])
    assert found.what == "the row is missing"


@pytest.mark.parametrize("block", [2, 99])
async def test_an_inserted_row_is_found(town: Town, hand: asyncpg.Connection, block: int) -> None:
    row, other = await middle_row(hand), new_id()
    await hand.execute(
        "create temp table copy as select * from ledger.journal where id = $1", row["id"]
    )
    await hand.execute("update copy set id = $1, block_no = $2", other, block)
    await hand.execute("insert into ledger.journal select * from copy")
    found = await only_break(town.database)
    assert (found.block_no, found.transfer_id) == (block, other)


async def test_two_exchanged_rows_are_found(town: Town, hand: asyncpg.Connection) -> None:
    rows = await hand.fetch(
        "select id from ledger.journal where lane = $1 and block_no = 2 order by id limit 2", LANE
    )
    first, second = rows[0]["id"], rows[1]["id"]
    between = new_id()
    for old, new in ((first, between), (second, first), (between, second)):
        await hand.execute("update ledger.journal set id = $2 where id = $1", old, new)
    found = await only_break(town.database)
    assert (found.block_no, found.transfer_id) in {(2, first), (2, second)}


@pytest.mark.parametrize(
    ("change", "block", "field"),
    [
        ("ids = array_append(ids, gen_random_uuid())", 2, "ids"),
        ("ids = array[ids[2], ids[1], ids[3]]", 2, ""),
        ("row_hashes = overlay(row_hashes placing '\\x00'::bytea from 33)", 2, ""),
        ("hash = sha256(hash)", 2, "hash"),
        ("at = at + interval '1 second'", 2, "at"),
        ("no = 7", 2, ""),
    ],
)
async def test_a_changed_block_is_found(
    town: Town, hand: asyncpg.Connection, change: str, block: int, field: str
) -> None:
    await hand.execute(f"update ledger.block set {change} where lane = $1 and no = 2", LANE)
    found = await only_break(town.database)
    assert found.block_no == block
    assert not field or found.field == field


async def test_a_deleted_block_is_found(town: Town, hand: asyncpg.Connection) -> None:
    for no, first_missing in ((2, 2), (3, 2), (1, 1)):
        await hand.execute("delete from ledger.block where lane = $1 and no = $2", LANE, no)
        found = await only_break(town.database)
        assert (found.block_no, found.what) == (first_missing, "the block is missing")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("head = sha256(head)", "the lane's head is not its last block"),
        ("block_no = 2", "the lane's head is not its last block"),
        ("block_no = 4", "the block is missing"),
    ],
)
async def test_a_changed_head_is_found(
    town: Town, hand: asyncpg.Connection, change: str, what: str
) -> None:
    await hand.execute(f"update ledger.lane set {change} where lane = $1", LANE)
    assert (await only_break(town.database)).what == what


async def test_a_lane_without_its_head_is_found(town: Town, hand: asyncpg.Connection) -> None:
    # Its rows could be changed at will if nobody looked at the lane any more.
    await hand.execute("update ledger.journal set amount = 5000 where lane = $1", LANE)
    await hand.execute("delete from ledger.lane where lane = $1", LANE)
    found = await only_break(town.database)
    assert (found.lane, found.field) == (LANE, "head")


async def test_a_row_in_a_second_block_of_the_same_number_is_found(
    town: Town, hand: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Such a block can hide where one read of blocks ends and the next begins.
    monkeypatch.setattr(sys.modules[queries.verify.__module__], "_BLOCKS_A_READ", BLOCKS)
    row, other = await middle_row(hand), new_id()
    await hand.execute(
        "create temp table copy as select * from ledger.journal where id = $1", row["id"]
    )
    await hand.execute("update copy set id = $1, block_no = 3", other)
    await hand.execute("insert into ledger.journal select * from copy")
    await hand.execute(
        "insert into ledger.block (lane, no, at, ids, row_hashes, hash) "
        "select lane, no, at + interval '1 s', array[$2::uuid], row_hashes, hash "
        "from ledger.block where lane = $1 and no = 3",
        *(LANE, other),
    )
    found = await only_break(town.database)
    assert found.what == "rows claim this lane that its blocks do not list"


FORGERY = "update ledger.journal set amount = 5000 where block_no = 2 and lane = $1"


async def rewrite(hand: asyncpg.Connection, *, first: int, last: int, moves_head: bool) -> None:
    """Forge: make the hashes of some blocks fit the rows as they now are."""
    blocks = await hand.fetch("select * from ledger.block where lane = $1 order by no", LANE)
    previous = {0: rules.genesis(LANE)} | {b["no"]: b["hash"] for b in blocks}
    for block in blocks[first - 1 : last]:
        hashes = b""
        for id_ in block["ids"]:
            row = await hand.fetchrow(
                f"select {', '.join(rules.Row._fields)} from ledger.journal where id = $1", id_
            )
            assert row is not None
            hashes += rules.row_hash(rules.Row(*row))
        forged = rules.block_hash(previous[block["no"] - 1], block["no"], hashes)
        previous[block["no"]] = forged
        await hand.execute(
            "update ledger.block set row_hashes = $3, hash = $4 where lane = $1 and no = $2",
            *(LANE, block["no"], hashes, forged),
        )
    if moves_head:
        await hand.execute("update ledger.lane set head = $2 where lane = $1", LANE, previous[last])


async def test_a_block_rewritten_with_its_hash_is_found_by_the_next(
    town: Town, hand: asyncpg.Connection
) -> None:
    await hand.execute(
        "update ledger.journal set amount = 5000 where block_no = 2 and lane = $1", LANE
    )
    await rewrite(hand, first=2, last=2, moves_head=False)
    found = await only_break(town.database)
    assert (found.block_no, found.field) == (3, "hash")


async def test_a_lane_rewritten_to_its_end_is_found_by_its_head(
    town: Town, hand: asyncpg.Connection
) -> None:
    await hand.execute(
        "update ledger.journal set amount = 5000 where block_no = 2 and lane = $1", LANE
    )
    await rewrite(hand, first=2, last=3, moves_head=False)
    found = await only_break(town.database)
    assert (found.block_no, found.field) == (3, "head")


async def test_a_lane_rewritten_with_its_head_is_found_by_the_head_noted_outside(
    town: Town, hand: asyncpg.Connection
) -> None:
    async with town.database.read() as conn:
        noted = next(h for h in await queries.heads(conn) if h.lane == LANE)
    anchor = noted.block_no, noted.hash
    assert (await verdict_of(town.database, noted=anchor)).is_sound
    await hand.execute(
        "update ledger.journal set amount = 5000 where block_no = 2 and lane = $1", LANE
    )
    await rewrite(hand, first=2, last=3, moves_head=True)
    assert (await verdict_of(town.database)).is_sound
    [found] = (await verdict_of(town.database, noted=anchor)).breaks
    assert (found.lane, found.block_no, found.field) == (LANE, 3, "hash")
    [found] = (await verdict_of(town.database, noted=(9, b""))).breaks
    assert found.block_no == 9
    for table in ("journal", "block", "lane"):
        await hand.execute(f"delete from ledger.{table} where lane = $1", LANE)
    [found] = (await verdict_of(town.database, noted=anchor)).breaks
    assert found.what == "the lane noted outside is missing"


async def test_a_later_day_is_verified_from_the_block_before_it(
    town: Town, admin: asyncpg.Connection
) -> None:
    ahead = timedelta(days=2)
    await admin.execute("update ledger.calendar set clock_ahead = $1", ahead)
    async with town.database.transaction() as tx:
        items = [town.payment(0, 1, 5)]
        await ledger.post(db.Tx(tx.raw, LANE), items, now=now() + ahead)
    day = (now() + ahead).date()
    async with town.database.read() as conn:
        verdict = await queries.verify(conn, first=day, last=day)
        assert (verdict.is_sound, verdict.blocks, verdict.transfers) == (True, 1, 1)
        await admin.execute("set session_replication_role = replica")
        await admin.execute("delete from ledger.block where lane = $1 and no = $2", LANE, BLOCKS)
        verdict = await queries.verify(conn, first=day)
    assert verdict.breaks[0].what == "the block is missing"


async def test_verification_ends_when_much_is_broken(town: Town, hand: asyncpg.Connection) -> None:
    for _ in range(10):
        await town.post(*[town.payment(0, 1, 1) for _ in range(4)], lane=LANE)
    await hand.execute("update ledger.journal set code = 80 where lane = $1", LANE)
    breaks = (await verdict_of(town.database)).breaks
    assert 20 <= len(breaks) <= 50
    assert [b.field for b in breaks[:4]] == ["code", "code", "code", ""]


async def test_ids_are_cut_into_ranges_without_a_gap(town: Town) -> None:
    async with town.database.read() as conn:
        ranges = [r async for r in queries.id_ranges(conn)]
    assert ranges[0][0].int == 0
    assert ranges[-1][1].int == 2**128 - 1
    assert all(a[1] == b[0] for a, b in pairwise(ranges))
