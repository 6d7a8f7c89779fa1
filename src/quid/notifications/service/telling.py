"""Telling people: a page of events becomes lines of inboxes, deliveries and frames, all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from quid.identity.queries import graph
from quid.kit import db
from quid.kit.events import Envelope
from quid.notifications import rules
from quid.notifications.queries import devices
from quid.notifications.queries import inbox as queries
from quid.notifications.service import frames
from quid.notifications.service.frames import NewFrame
from quid.notifications.store import deliveries
from quid.notifications.store import inbox as store
from quid.notifications.store.deliveries import NewDelivery
from quid.notifications.types import Notice, Voice, Way
from quid.payments import queries as payments

Wished = dict[UUID, frozenset[Way]]


async def tell(tx: db.Tx, envelopes: Sequence[Envelope], *, now: datetime) -> set[UUID]:
    """Part: write what people are told of these events; give those to ring after the commit.

    Twice, or out of order, it is the same: a notice has the id of what it tells.
    Locks: notifications.notification, by id; notifications.stream, by person.
    """
    parties = await _parties(tx, envelopes)
    told = [n for e in envelopes for n in rules.told(e, parties)]
    ringing = await _write(tx, told, now=now)
    await store.mark_answered(tx, [a for e in envelopes for a in rules.answered(e)], now=now)
    return ringing


async def _write(tx: db.Tx, told: Sequence[Notice], *, now: datetime) -> set[UUID]:
    heard = await _heard(tx, told)
    notices = _folded(heard)
    if not notices:
        return set()
    wished = await _wished(tx, notices, now=now)
    wanted = [n for n in notices if wished[n.id]]
    listed = [store.Listed(n, "inbox" in wished[n.id]) for n in wanted]
    fresh = await store.add(tx, listed)
    await store.add_voices(tx, _voices([n for n in heard if wished[n.id]]))
    await _queue(tx, [n for n in wanted if n.id in fresh], wished, now=now)
    framed = [
        NewFrame(n.user_id, "notification", ("ntf", n.id), n.at)
        for n, is_listed in listed
        if is_listed and n.id in fresh
    ]
    return await frames.number(tx, framed)


async def _parties(tx: db.Tx, envelopes: Sequence[Envelope]) -> rules.Parties:
    """Read whose payments are talked of."""
    talked = {p for e in envelopes if (p := rules.payment_talked_of(e)) is not None}
    if not talked:
        return {}
    stories = await payments.stories(tx, sorted(talked))
    return {s.id: (s.payer_id, s.payee_id) for s in stories.values()}


def _folded(told: Sequence[Notice]) -> list[Notice]:
    """Make one notice of those with one id; of what is merged, the latest with all counted."""
    kept: dict[UUID, Notice] = {}
    for notice in told:
        known = kept.get(notice.id)
        if known is None:
            kept[notice.id] = notice
        elif notice.kind in rules.MERGED:
            latest = notice if notice.at >= known.at else known
            kept[notice.id] = replace(latest, count=known.count + notice.count)
    return [kept[i] for i in sorted(kept)]


def _voices(heard: Sequence[Notice]) -> list[Voice]:
    """Say who stands behind each notice of those that are merged."""
    kept: dict[tuple[UUID, UUID], Voice] = {}
    for n in heard:
        if n.kind not in rules.MERGED or n.actor_id is None:
            continue
        voice = Voice(n.id, n.actor_id, n.at, n.comment_id, n.count)
        known = kept.get((n.id, n.actor_id))
        if known is not None:
            latest = voice if voice.at >= known.at else known
            voice = replace(latest, count=known.count + voice.count)
        kept[n.id, n.actor_id] = voice
    return list(kept.values())


async def _heard(tx: db.Tx, notices: Sequence[Notice]) -> list[Notice]:
    """Leave out what comes from behind a block, and the talk of people who are muted.

    That money moved is told all the same; whoever reads it does not see who it was.
    """
    between = [(n.user_id, n.actor_id) for n in notices if n.actor_id is not None]
    if not between:
        return list(notices)
    found = await graph.ties(tx, [u for u, _ in between], [a for _, a in between])
    blocked = {(t.viewer_id, t.other_id) for t in found if t.is_blocked}
    muted = {(t.viewer_id, t.other_id) for t in found if t.is_muted}
    heard = []
    for notice in notices:
        pair = (notice.user_id, notice.actor_id)
        is_talk = rules.tab_of(notice.kind) == "social"
        is_there = pair not in blocked or notice.kind in rules.ALWAYS
        if is_there and not (is_talk and pair in muted):
            heard.append(notice)
    return heard


async def _wished(tx: db.Tx, notices: Sequence[Notice], *, now: datetime) -> Wished:
    """Say of each notice which ways it goes."""
    chosen = await queries.wishes(tx, {n.user_id for n in notices})
    return {n.id: frozenset(_ways(n, chosen, now=now)) for n in notices}


def _ways(notice: Notice, chosen: queries.Wishes, *, now: datetime) -> list[Way]:
    topic = rules.TOPIC_OF[notice.kind]
    ways: tuple[Way, ...] = ("inbox",) if notice.is_quiet else rules.WAYS
    return [
        w
        for w in ways
        if rules.is_on(topic, w, chosen.get((notice.user_id, topic, w)))
        and (w == "inbox" or rules.may_go(topic, w, now - notice.at, rules.NEWS))
    ]


async def _queue(
    tx: db.Tx, notices: Sequence[Notice], wished: Mapping[UUID, frozenset[Way]], *, now: datetime
) -> None:
    """Write what is to be sent: a mail, and a push to each device."""
    new = [NewDelivery(n.id, n.user_id, "email") for n in notices if "email" in wished[n.id]]
    pushed = [n for n in notices if "push" in wished[n.id]]
    if pushed:
        owned: dict[UUID, list[devices.Device]] = {}
        for device in await devices.of_people(tx, {n.user_id for n in pushed}):
            owned.setdefault(device.user_id, []).append(device)
        new += [
            NewDelivery(n.id, n.user_id, device.kind, device.id)
            for n in pushed
            for device in owned.get(n.user_id, ())
        ]
    await deliveries.queue(tx, new, now=now)
