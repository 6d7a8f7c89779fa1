"""Feeds through the services: payments to see, friends to see them, and what each reads."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg

from quid.identity import service as identity
from quid.kit import clock, db, ids, outbox
from quid.kit.runtime import Runtime
from quid.payments.types import Visibility
from quid.social import queries
from quid.social.consumers import CONSUMERS
from quid.social.types import NEWEST, FeedItem, Position, Scope, Wanted
from tests.support.people import Someone
from tests.support.sending import asked, code_of, send

LEFT = """
  select count(*) from kit.outbox o left join kit.outbox_cursor c on c.consumer = $1
  where o.type = any ($2) and (c.consumer is null or (o.xid, o.id) > (c.xid, c.id))"""


async def catch_up(
    rt: Runtime, admin: asyncpg.Connection, consumers: Sequence[outbox.Consumer] = CONSUMERS
) -> None:
    """Let consumers take all there is.

    Polled: what is read ends below the oldest transaction of the whole server, and other tests
    of this run have some there.
    """
    for consumer in consumers:
        for _ in range(1000):
            await outbox.consume(rt.part(db.Database), consumer)
            if not await admin.fetchval(LEFT, consumer.name, list(consumer.types)):
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError(f"{consumer.name} never took some events")


async def pay(
    rt: Runtime,
    payer: Someone,
    payee: Someone,
    amount: int = 100,
    *,
    visibility: Visibility | None = None,
    show_amount: bool | None = None,
    note: str = "",
) -> UUID:
    """Pay at once; give the payment's id."""
    command = asked(payer, payee, amount, note=note)
    command = replace(command, visibility=visibility, show_amount=show_amount)
    assert code_of(await send(rt, command)) == "COMPLETED"
    return command.payment_id


async def befriend(one: Someone, other: Someone) -> None:
    """One asks, the other accepts."""
    await identity.befriend(one.id, other.id, now=clock.now())
    await identity.befriend(other.id, one.id, now=clock.now())


async def feed_of(
    viewer: Someone,
    scope: Scope = "timeline",
    *,
    limit: int = 20,
    since: datetime | None = None,
    until: datetime | None = None,
    amounts: tuple[int | None, int | None] = (None, None),
) -> list[FeedItem]:
    """Read all pages of somebody's feed."""
    wanted = Wanted(scope, since, until, *amounts)
    found: list[FeedItem] = []
    before: Position | None = NEWEST
    while before is not None:
        items, before = await queries.feed(viewer.id, wanted, before=before, page=(limit, 0))
        found += items
    return found


def ids_of(items: Sequence[FeedItem]) -> list[UUID]:
    """Give the payments of items, in their order."""
    found = [ids.read("pay", i.id) for i in items]
    return [f for f in found if f is not None]
