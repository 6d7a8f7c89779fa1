"""Tampering with a row of a group that acts on a hold: each field of it is in its hash."""

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from tests.support.holds import open_safe
from tests.support.ledger import found_town, new_id

pytestmark = pytest.mark.spoils("it changes rows behind the ledger's back")
LANE = 4
CHANGES = {
    "flags": "8",
    "asked": "256",
    "group_id": "overlay(group_id::text placing 'a0' from 1 for 2)::uuid",
    "cause_id": "overlay(cause_id::text placing 'a0' from 1 for 2)::uuid",
    "source_id": "overlay(source_id::text placing 'a0' from 1 for 2)::uuid",
}
GONE = {column: "null" for column in CHANGES if column != "flags"}


@pytest.mark.parametrize(
    ("column", "value"), [*CHANGES.items(), *GONE.items()], ids=lambda text: text[:12]
)
async def test_a_changed_field_of_an_act_is_found_and_named(
    database: db.Database, admin: asyncpg.Connection, column: str, value: str
) -> None:
    safe = await open_safe(await found_town(database))
    hold = await safe.place(0, 500)
    release = ledger.release(new_id(), hold)
    capture = ledger.capture(new_id(), hold, safe.town.wallets[1], 200)
    await safe.town.post(*ledger.group(1, [capture, release]), lane=LANE)
    async with database.read() as conn:
        assert (await queries.verify(conn)).is_sound
    await admin.execute("set session_replication_role = replica")
    await admin.execute(f"update ledger.journal set {column} = {value} where id = $1", release.id)
    async with database.read() as conn:
        [found] = (await queries.verify(conn)).breaks
    assert (found.lane, found.block_no, found.transfer_id) == (LANE, 1, release.id)
    assert found.field in ((column,) if value != "null" else (column, ""))
