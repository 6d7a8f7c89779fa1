"""Sending: what is due on one channel is taken, looked at once more, handed over, written down.

Each channel has its own turn, and each delivery its own outcome, so that one that is dead or slow
delays no other. Who dies between handing over and writing down hands that one over again.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity import queries as people
from quid.kit import db, failpoints, ids, runtime, telemetry
from quid.kit.config import Core
from quid.kit.keks import FieldUnreadable
from quid.kit.money import Money
from quid.notifications import rules
from quid.notifications.ports import Channel, Channels, Gone, NotDelivered
from quid.notifications.queries import devices
from quid.notifications.queries import inbox as queries
from quid.notifications.store import deliveries as store
from quid.notifications.store import devices as device_store
from quid.notifications.store.deliveries import Due, Ended
from quid.notifications.types import Address, ChannelName, Kind, Message, NoticeRow, Way

PAUSES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360))
AT_ONCE: Final = 32
_LEASE: Final = timedelta(minutes=5)
_SECONDS: Final = 60.0
_DONE: Final = telemetry.counter(
    "quid_deliveries_total", "notices sent, and not", "channel", "outcome"
)


@dataclass(frozen=True, slots=True)
class _Ready:
    due: Due
    to: Address
    message: Message


class _Handed(NamedTuple):
    """What became of one that was handed over, and when."""

    due: Due
    at: datetime
    error: Gone | NotDelivered | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What has to be known of a batch, read in a few statements."""

    notices: Mapping[UUID, NoticeRow]
    heard: Mapping[UUID, NoticeRow]
    wishes: queries.Wishes
    addresses: Mapping[UUID, Address]
    ended: Mapping[UUID, UUID | None]  # devices whose session has ended, and that
    names: Mapping[UUID, str]


async def send_due(name: ChannelName, *, now: datetime) -> int:
    """Send what is due on a channel, at most 32 at once; give how many were taken in hand.

    Wishes, addresses and blocks are those of this moment.
    """
    database = runtime.part(db.Database)
    async with database.transaction() as tx:
        due = await store.CLAIM.all(tx, name, now, now + _LEASE, AT_ONCE)
    failpoints.reach("delivery.claimed")
    if not due:
        return 0
    channel = runtime.part(Channels).by_name.get(name)
    if channel is None:
        await _finish(name, [Ended(d.id, "SKIPPED", "NO_CHANNEL") for d in due], now=now)
        return len(due)
    ready, ended = await _prepared(name, due, now=now)
    await _finish(name, ended, now=now)
    async with asyncio.TaskGroup() as group:
        left = {group.create_task(_hand_over(name, channel, r, now=now)) for r in ready}
        while left:
            done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            await _write_down(name, [handed for task in done if (handed := task.result())])
    return len(due)


# --- before ------------------------------------------------------------------------------------


async def _prepared(
    name: ChannelName, due: Sequence[Due], *, now: datetime
) -> tuple[list[_Ready], list[Ended]]:
    """Write the messages, and end what is not to be sent any more."""
    try:
        async with runtime.part(db.Database).read() as conn:
            known = await _known(conn, name, due, now=now)
    except FieldUnreadable:  # of one of them: the others go on without it
        if len(due) == 1:
            return [], [Ended(due[0].id, "FAILED", "UNREADABLE")]
        halves = [due[: len(due) // 2], due[len(due) // 2 :]]
        parts = await asyncio.gather(*(_prepared(name, half, now=now) for half in halves))
        return [r for ready, _ in parts for r in ready], [e for _, ended in parts for e in ended]
    await _forget_ended(known.ended)
    ready, ended = [], []
    for one in due:
        if one.attempts > len(PAUSES) + 1:
            ended.append(Ended(one.id, "FAILED", "BROKE"))
        elif why := _why_not(name, one, known, now=now):
            ended.append(Ended(one.id, "SKIPPED", why))
        else:
            notice = known.heard[one.notification_id]
            to = known.addresses[one.device_id or one.user_id]
            ready.append(_Ready(one, to, _message(name, notice, known.names)))
    return ready, ended


async def _forget_ended(ended: Mapping[UUID, UUID | None]) -> None:
    """Forget devices whose session is over: who is thrown out hears nothing more."""
    if not ended:
        return
    async with runtime.part(db.Database).transaction() as tx:
        await device_store.FORGET_ENDED.run(tx, list(ended), list(ended.values()))


async def _known(conn: db.Conn, name: ChannelName, due: Sequence[Due], *, now: datetime) -> _Known:
    notices = await queries.by_ids(conn, {d.notification_id for d in due})
    heard = await queries.heard(conn, notices.values())
    actors = {n.actor_id for n in heard.values() if n.actor_id}
    wishes = await queries.wishes(conn, {d.user_id for d in due})
    if name != "email":
        reached = await devices.addresses(conn, {d.device_id for d in due if d.device_id})
        sessions = [r.session_id for r in reached.values() if r.session_id]
        live = await people.session_is_live(conn, sessions, now=now)
        over = {
            i: r.session_id
            for i, r in reached.items()
            if r.session_id is None or not live[r.session_id]
        }
        addresses = {i: Address(r.token, i) for i, r in reached.items()}
        return _Known(notices, heard, wishes, addresses, over, {})
    emails = await people.emails(conn, {d.user_id for d in due})
    cards = await people.cards(conn, list(actors))
    return _Known(
        notices,
        heard,
        wishes,
        {user_id: Address(email) for user_id, email in emails.items()},
        {},
        {user_id: rules.named(c.display_name, c.handle) for user_id, c in cards.items()},
    )


def _why_not(name: ChannelName, due: Due, known: _Known, *, now: datetime) -> str | None:
    """Say why a delivery is not to be made any more."""
    notice = known.notices.get(due.notification_id)
    if notice is None:
        return "FORGOTTEN"
    if due.device_id in known.ended:
        return "SIGNED_OUT"
    way: Way = "email" if name == "email" else "push"
    topic = rules.TOPIC_OF[Kind(notice.kind)]
    if not rules.is_on(topic, way, known.wishes.get((due.user_id, topic, way))):
        return "OFF"
    if notice.id not in known.heard:
        return "BLOCKED"
    if not rules.may_go(topic, way, now - notice.at, rules.STALE):
        return "STALE"
    return None if (due.device_id or due.user_id) in known.addresses else "NO_ADDRESS"


def _message(name: ChannelName, notice: NoticeRow, names: Mapping[UUID, str]) -> Message:
    kind = Kind(notice.kind)
    if name == "email":
        amount = None
        if notice.amount_minor is not None and notice.currency is not None:
            amount = Money(notice.amount_minor, notice.currency)
        who = names.get(notice.actor_id, rules.NOBODY) if notice.actor_id else rules.NOBODY
        subject = ids.show(notice.subject_prefix, notice.subject_id)
        link = rules.link(runtime.part(Core).origin, kind, notice.detail, subject)
        said = rules.by_mail(kind, notice.detail, name=who, amount=amount, link=link)
    else:
        said = rules.on_screen(kind, notice.detail)
    return Message(ids.show("ntf", notice.id), kind, said.subject, said.text, notice.at)


# --- after -------------------------------------------------------------------------------------


async def _hand_over(
    name: ChannelName, channel: Channel, ready: _Ready, *, now: datetime
) -> _Handed | None:
    """Hand one over; None where that broke: its row says when it is tried again."""
    began = time.monotonic()
    due = ready.due
    failpoints.reach("delivery.before")
    try:
        async with asyncio.timeout(_SECONDS):
            await channel.send(ready.to, ready.message, key=due.id)
        error: Gone | NotDelivered | None = None
    except Gone as e:
        error = e
    except NotDelivered as e:
        error = e
    except TimeoutError:
        error = NotDelivered("TIMEOUT")
    except Exception as e:  # noqa: BLE001 - a door: the others go on
        telemetry.log.error("delivery.broke", channel=name, exc_info=e)
        return None
    failpoints.reach("delivery.sent")
    return _Handed(due, now + timedelta(seconds=time.monotonic() - began), error)


async def _write_down(name: ChannelName, handed: Sequence[_Handed]) -> None:
    """Write what became of deliveries: those that were handed over meanwhile in one transaction."""
    try:
        await _sent(name, [h for h in handed if h.error is None])
        for due, at, error in handed:
            if isinstance(error, Gone):
                await _finish(name, [Ended(due.id, "FAILED", "GONE")], now=at, dead=due.device_id)
            elif error is not None:
                await _put_off(name, due, error, now=at)
    except Exception as e:  # noqa: BLE001 - a door: their rows say when they are tried again
        telemetry.log.error("delivery.broke", channel=name, exc_info=e)


async def _sent(name: ChannelName, handed: Sequence[_Handed]) -> None:
    if not handed:
        return
    now = max(h.at for h in handed)
    reached = [h.due.device_id for h in handed if h.due.device_id is not None]
    async with runtime.part(db.Database).transaction() as tx:
        await store.finish(tx, [Ended(h.due.id, "SENT") for h in handed], now=now)
        if reached:
            await device_store.NOTE_OK.run(tx, reached, now)
    _DONE.labels(name, "sent").inc(len(handed))


async def _put_off(name: ChannelName, due: Due, error: NotDelivered, *, now: datetime) -> None:
    if error.is_final or due.attempts > len(PAUSES):
        await _finish(name, [Ended(due.id, "FAILED", error.code)], now=now)
        return
    pause = max(PAUSES[due.attempts - 1], timedelta(seconds=error.retry_after or 0))
    async with runtime.part(db.Database).transaction() as tx:
        await store.PUT_OFF.run(tx, due.id, due.attempts, error.code, now + pause)
    _DONE.labels(name, "again").inc()
    telemetry.log.warning("delivery.again", channel=name, delivery=str(due.id), why=error.code)


async def _finish(
    name: ChannelName, ended: Sequence[Ended], *, now: datetime, dead: UUID | None = None
) -> None:
    if not ended:
        return
    async with runtime.part(db.Database).transaction() as tx:
        await store.finish(tx, ended, now=now)
        if dead is not None:
            await device_store.FORGET.run(tx, [dead])
    for one in ended:
        _DONE.labels(name, one.state.lower()).inc()
