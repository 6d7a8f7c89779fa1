"""Events of payments: the audit trail holds each once, whatever happens to the worker."""

import asyncio
from typing import Final

import asyncpg
import pytest

from quid.kit import db, ids, outbox
from quid.kit.errors import DatabaseUnavailable
from quid.kit.events import Envelope
from quid.kit.runtime import Runtime
from quid.payments.consumers import CONSUMERS, write_audit
from tests.support.people import Someone
from tests.support.sending import asked, process, send

AUDIT: Final = CONSUMERS[1]
_LEFT: Final = """
  select count(*) from kit.outbox o left join kit.outbox_cursor c on c.consumer = $1
  where o.type = any ($2) and (c.consumer is null or (o.xid, o.id) > (c.xid, c.id))"""


async def drain(admin: asyncpg.Connection, *processes: Runtime) -> None:
    """Let consumers take all there is.

    Polled: what is read ends below the oldest transaction of the whole server, and other tests
    of this run have some there.
    """
    for _ in range(1000):
        await asyncio.gather(*(outbox.consume(rt.part(db.Database), AUDIT) for rt in processes))
        if not await admin.fetchval(_LEFT, AUDIT.name, list(AUDIT.types)):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("some events were never taken")


async def keep_consuming(rt: Runtime, consumer: outbox.Consumer) -> None:
    """Take events until it raises."""
    for _ in range(1000):
        await outbox.consume(rt.part(db.Database), consumer)
        await asyncio.sleep(0.01)


async def trail(admin: asyncpg.Connection) -> list[asyncpg.Record]:
    """Read the audit rows of payments, oldest first."""
    rows: list[asyncpg.Record] = await admin.fetch(
        "select * from kit.audit where action = 'payments.send' order by at, id"
    )
    return rows


async def some_payments(house: Runtime, ana: Someone, ben: Someone, many: int = 5) -> set[str]:
    """Send some, and one that is declined; give their ids as shown."""
    commands = [asked(ana, ben, n + 1) for n in range(many)] + [asked(ana, ben, 400_00)]
    await asyncio.gather(*(send(house, c) for c in commands))
    return {ids.show("pay", c.payment_id) for c in commands}


async def test_each_payment_has_one_row_that_explains_it(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    sent = await some_payments(house, ana, ben)
    await drain(admin, house)
    rows = await trail(admin)
    assert {r["resource_id"] for r in rows} == sent
    assert len(rows) == len(sent)
    assert {r["actor"] for r in rows} == {ana.shown}
    assert {r["request_id"] for r in rows} == {"test-request"}
    assert sorted(r["outcome"] for r in rows) == ["INSUFFICIENT_FUNDS"] + ["ok"] * 5
    assert all(ben.shown in r["details"] for r in rows)
    assert not any("pizza" in r["details"] or "Ana" in r["details"] for r in rows)


async def test_events_delivered_twice_change_nothing(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    sent = await some_payments(house, ana, ben)
    await drain(admin, house)
    before = await trail(admin)
    await admin.execute("update kit.outbox_cursor set xid = '0'")
    await outbox.consume(house.part(db.Database), AUDIT)
    assert await trail(admin) == before
    await admin.execute("delete from kit.outbox_cursor; delete from kit.inbox")
    await drain(admin, house)
    assert await trail(admin) == before
    assert len(before) == len(sent)


async def test_worker_killed_in_the_middle_has_done_nothing(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    sent = await some_payments(house, ana, ben)

    async def dies(tx: db.Tx, envelopes: list[Envelope]) -> None:
        await write_audit(tx, envelopes)
        await tx.execute("select pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())")

    dying = outbox.Consumer(AUDIT.name, AUDIT.types, dies)
    with pytest.raises((DatabaseUnavailable, asyncpg.PostgresError)):
        await keep_consuming(house, dying)
    assert await trail(admin) == []
    await drain(admin, house)
    assert {r["resource_id"] for r in await trail(admin)} == sent
    assert len(await trail(admin)) == len(sent)


async def test_two_workers_share_the_events(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    async with process() as other:
        sent, _ = await asyncio.gather(
            some_payments(house, ana, ben, 40), drain(admin, house, other)
        )
        await drain(admin, house, other)
    rows = await trail(admin)
    assert len(rows) == len({r["resource_id"] for r in rows}) == len(sent)
