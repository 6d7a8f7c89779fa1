"""What sockets are told of: events become frames, for those alone whose streams are awake."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from quid.collect.events import RequestChanged
from quid.funding.events import OperationChanged, ReceivableOpened, ReceivableRecovered
from quid.identity import events as identity
from quid.identity.queries import graph
from quid.kit import db, ids
from quid.kit.events import Envelope
from quid.notifications.queries import streams
from quid.notifications.service import frames
from quid.notifications.service.frames import FrameType, NewFrame
from quid.payments import queries as payments
from quid.payments.events import (
    PaymentCompleted,
    PaymentHeld,
    PaymentProcessing,
    PaymentReleased,
    PaymentReversed,
    VisibilityChanged,
)
from quid.payments.types import Story
from quid.social import queries as social
from quid.social.events import BackFilled

_PRIVATE: Final = "private"
_DECODERS: Final = {
    kind.TYPE: msgspec.json.Decoder(kind)
    for kind in (
        PaymentCompleted,
        PaymentHeld,
        PaymentProcessing,
        PaymentReleased,
        PaymentReversed,
        VisibilityChanged,
        RequestChanged,
        OperationChanged,
        ReceivableOpened,
        ReceivableRecovered,
    )
}
_BETWEEN: Final = dict.fromkeys(
    (identity.BLOCKED, identity.FRIENDSHIP_ENDED), msgspec.json.Decoder(identity.Between)
)
_back_filled: Final = msgspec.json.Decoder(BackFilled)
TYPES: Final = frozenset({*_DECODERS, *_BETWEEN, BackFilled.TYPE})


@dataclass(frozen=True, slots=True)
class _Item:
    """A payment that appears in feeds, or changes there; `was_shown`: its friends could see it."""

    type: FrameType
    payment_id: UUID
    at: datetime
    was_shown: bool


@dataclass(slots=True)
class _Page:
    """What a page of events tells: frames, whose balance has changed when, what feeds show."""

    frames: list[NewFrame] = field(default_factory=list)
    balances: dict[UUID, datetime] = field(default_factory=dict)
    items: list[_Item] = field(default_factory=list)

    def tell(self, type_: FrameType, to: str, kind: str, about: str, at: datetime) -> None:
        """Tell a person of a thing, both as events name them."""
        subject = _known(kind, about)
        self.frames.append(NewFrame(_known("usr", to), type_, (kind, subject), at))

    def count(self, at: datetime, *owners: str) -> None:
        """Note that these people have another balance."""
        self.balances |= dict.fromkeys((_known("usr", o) for o in owners), at)


async def take(tx: db.Tx, envelopes: Sequence[Envelope]) -> set[UUID]:
    """Part: number what sockets are told of these events; give those to ring after the commit.

    Of a balance once a page, however often it has changed. Locks: notifications.stream, by person.
    """
    page = _Page()
    for envelope in envelopes:
        _read(page, envelope)
    told = [*page.frames, *await _feeds(tx, page.items)]
    told += [NewFrame(u, "balance_updated", None, at) for u, at in page.balances.items()]
    return await frames.number(tx, told)


def _read(page: _Page, envelope: Envelope) -> None:
    at = datetime.fromisoformat(envelope.time)
    if envelope.type == BackFilled.TYPE:
        both = _back_filled.decode(envelope.data)
        for user_id in (both.user_id, both.friend_id):
            page.frames.append(NewFrame(_known("usr", user_id), "feed_stale", None, at))
        return
    if envelope.type in _BETWEEN:
        # Who did it alone: of a block, or the end of a friendship, the other is told nothing.
        who = _known("usr", _BETWEEN[envelope.type].decode(envelope.data).user_id)
        page.frames.append(NewFrame(who, "feed_stale", None, at))
        return
    match _DECODERS[envelope.type].decode(envelope.data):
        case RequestChanged() as fact:
            _read_request(page, fact, at)
        case OperationChanged() as fact:
            kind = envelope.subject.partition("_")[0]
            if fact.payment_id is None and kind in ("dep", "wd"):
                page.tell("transfer_updated", fact.user_id, kind, fact.operation_id, at)
            page.count(at, fact.user_id)
        case ReceivableOpened() | ReceivableRecovered() as fact:
            page.count(at, fact.user_id)
        case fact:
            _read_payment(page, fact, at)


def _read_payment(page: _Page, fact: msgspec.Struct, at: datetime) -> None:
    match fact:
        case PaymentCompleted():
            page.tell("payment_received", fact.payee_id, "pay", fact.payment_id, at)
            if fact.released_by is not None:
                page.tell("payment_updated", fact.payer_id, "pay", fact.payment_id, at)
            page.count(at, fact.payer_id, fact.payee_id)
            page.items.append(_item("feed_item", fact.payment_id, at, fact.visibility))
        case PaymentHeld() | PaymentProcessing() | PaymentReleased():
            page.tell("payment_updated", fact.payer_id, "pay", fact.payment_id, at)
            page.count(at, fact.payer_id)
        case PaymentReversed():
            for party in (fact.payer_id, fact.payee_id):
                page.tell("payment_updated", party, "pay", fact.payment_id, at)
            page.count(at, fact.payer_id, fact.payee_id)
            page.items.append(_item("feed_changed", fact.payment_id, at, _PRIVATE))
        case VisibilityChanged():
            before = fact.visibility_before or fact.visibility
            page.items.append(_item("feed_changed", fact.payment_id, at, before))


def _read_request(page: _Page, fact: RequestChanged, at: datetime) -> None:
    to_requestee: FrameType = "request_updated"
    to_requester: FrameType = "request_updated"
    if fact.change == "created":
        to_requestee = "payment_request"
    elif fact.change == "paid":
        to_requester = "request_paid"
    page.tell(to_requestee, fact.requestee_id, "req", fact.request_id, at)
    page.tell(to_requester, fact.requester_id, "req", fact.request_id, at)


def _item(type_: FrameType, payment_id: str, at: datetime, visibility: str) -> _Item:
    return _Item(type_, _known("pay", payment_id), at, visibility != _PRIVATE)


def _known(prefix: str, text: str) -> UUID:
    value = ids.read(prefix, text)
    if value is None:
        raise ValueError(f"{text} is no id of the kind {prefix}")
    return value


# --- feeds -------------------------------------------------------------------------------------


async def _feeds(tx: db.Tx, items: Sequence[_Item]) -> list[NewFrame]:
    """Tell both parties of what their feeds show, and those of their friends who may see it.

    One that has never arrived is in no feed, and its payee must not hear of it.
    """
    stories = await payments.stories(tx, {i.payment_id for i in items}) if items else {}
    shown = [(i, s) for i in items if (s := stories.get(i.payment_id)) and s.completed_at]
    viewers = await _viewers(tx, [s for _, s in shown])
    asked = {(v, s.id) for i, s in shown if i.type == "feed_item" for v in viewers[s.id]}
    seen = await social.seeing(tx, asked) if asked else set()
    told: list[NewFrame] = []
    for item, story in shown:
        if item.type == "feed_item":
            theirs = {v for v in viewers[story.id] if (v, story.id) in seen}
        else:
            is_open = item.was_shown or story.visibility != _PRIVATE
            theirs = viewers[story.id] if is_open else set()
        told += [
            NewFrame(viewer, item.type, ("pay", story.id), item.at)
            for viewer in sorted({story.payer_id, story.payee_id} | theirs)
        ]
    return told


async def _viewers(tx: db.Tx, stories: Collection[Story]) -> dict[UUID, set[UUID]]:
    """Name the friends of each payment's people whose streams are awake, by payment."""
    people = {p for s in stories for p in (s.payer_id, s.payee_id)}
    ties = await graph.friends_of(tx, sorted(people)) if people else []
    awake = await streams.awake_among(tx, {t.friend_id for t in ties}) if ties else set()
    friends: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for tie in ties:
        if tie.friend_id in awake:
            friends[tie.user_id].add(tie.friend_id)
    return {
        s.id: (friends[s.payer_id] | friends[s.payee_id]) - {s.payer_id, s.payee_id}
        for s in stories
    }
