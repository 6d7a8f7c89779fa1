"""Notices through the services: events that are told, what inboxes hold, what is sent."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from quid.kit import clock, db, ids, outbox, runtime
from quid.kit.events import Event
from quid.kit.runtime import Runtime
from quid.notifications.consumers.inbox import INBOX
from quid.notifications.ports import Channel, Channels
from quid.notifications.queries import inbox as queries
from quid.notifications.service import sending
from quid.notifications.types import Address, ChannelName, Message, NoticeView
from quid.social import events as social
from tests.support.feeds import catch_up
from tests.support.people import Someone

NEWEST: Final = queries.Before(
    datetime.max.replace(tzinfo=clock.now().tzinfo), UUID(int=2**128 - 1)
)


async def told(rt: Runtime, admin: asyncpg.Connection, *events: Event) -> None:
    """Publish these, and let the inbox take all there is."""
    async with rt.part(db.Database).transaction() as tx:
        await outbox.append(tx, list(events))
    await catch_up(rt, admin, [INBOX])


async def inbox(rt: Runtime, who: Someone, tab: queries.TabName = "all") -> list[NoticeView]:
    """Read somebody's inbox; what it counts as unread is what it shows as unread."""
    async with rt.part(db.Database).read() as conn:
        page = await queries.listed(conn, who.id, tab, before=NEWEST, limit=100)
        whole = await queries.listed(conn, who.id, "all", before=NEWEST, limit=100)
        unread = await queries.unread(conn, [who.id])
        pairs = [(who.id, _uuid(v)) for v in whole.items]
        assert set((await queries.shown(conn, pairs)).values()) == set(whole.items)
    assert unread == {who.id: sum(not v.is_read for v in whole.items)}
    return page.items


def _uuid(view: NoticeView) -> UUID:
    found = ids.read("ntf", view.id)
    assert found is not None
    return found


async def deliveries(admin: asyncpg.Connection) -> list[tuple[str, str, int, str | None]]:
    """Read what is on its way, or was: channel, state, tries, and why not."""
    rows = await admin.fetch(
        "select channel, state, attempts, last_error from notifications.delivery "
        "order by channel, id"
    )
    return [tuple(r) for r in rows]


def liked(payment_id: UUID, who: Someone, at: datetime) -> Event:
    """Make the event of a like."""
    return social.liked(payment_id, who.id, at=at)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel was given."""

    to: str
    message: Message
    key: UUID


@dataclass(slots=True)
class Told:
    """A channel of a test: keeps what it is given, after `behave` has let it."""

    behave: Callable[[int], Coroutine[Any, Any, None]] | None = None
    asked: list[Sent] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    async def send(self, to: Address, message: Message, *, key: UUID) -> None:
        """Take it, or whatever `behave` does."""
        self.asked.append(Sent(to.text, message, key))
        if self.behave is not None:
            await self.behave(len(self.asked))
        self.sent.append(self.asked[-1])


async def session_of(admin: asyncpg.Connection, who: Someone) -> UUID:
    """Let somebody be signed in on a phone; give the session."""
    session_id, now = ids.new(ids.bucket(who.id), clock.now()), clock.now()
    await admin.execute(
        "insert into identity.session (id, user_id, kind, selector_hash, verifier_hash, created_at,"
        " last_seen_at, expires_at, ends_at)"
        " values ($1, $2, 'api', $3, $3, $4, $4, $5, $5)",
        session_id,
        who.id,
        session_id.bytes * 2,
        now,
        now + timedelta(days=30),
    )
    return session_id


def channels(**by_name: Channel) -> None:
    """Let the installation have these channels."""
    names: dict[str, ChannelName] = {
        "email": "email",
        "web": "web",
        "fcm": "fcm",
        "apns": "apns",
    }
    runtime.current().put(Channels({names[n]: c for n, c in by_name.items()}))


async def send(name: ChannelName = "email", *, at: datetime | None = None) -> int:
    """Send what is due on a channel now, or as if it were then."""
    return await sending.send_due(name, now=at or clock.now())


async def hang(_: int) -> None:
    """Never answer."""
    await asyncio.Event().wait()
