"""Who is told what of an event. Nobody is told of what they did themselves, but for receipts.

Which of it reaches them (blocks, mutes, wishes) is asked later, of all people of a page at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from quid.collect.events import RequestChanged
from quid.disputes.events import DisputeChanged
from quid.funding.events import OperationChanged, ReceivableOpened, SourceChanged
from quid.identity import events as identity
from quid.identity.events import Between, FreezeChanged, SecurityNoted, TierChanged
from quid.kit import ids
from quid.kit.events import Envelope
from quid.notifications.types import Kind, Notice
from quid.payments.events import (
    PaymentCompleted,
    PaymentHeld,
    PaymentReleased,
    PaymentReversed,
)
from quid.social.events import Commented, Liked

Parties = Mapping[UUID, tuple[UUID, UUID]]
_PREFIX: Final = {"deposit": "dep", "withdrawal": "wd", "instant_withdrawal": "wd"}
_UNDONE: Final = frozenset({"DECLINED", "FAILED", "REJECTED"})
# The person did it, on a page that has said so; the others come with a mail of identity's.
_OWN_ACTS: Final = frozenset({"session_revoked"})


def told(envelope: Envelope, parties: Parties) -> Sequence[Notice]:
    """Give the notices of an event; `parties` are payer and payee of each payment.

    Raises: msgspec.MsgspecError for an event that cannot be read.
    """
    return _TOLD[envelope.type](envelope, parties)


def answered(envelope: Envelope) -> Sequence[tuple[UUID, UUID]]:
    """Name who asks nothing of whom any more, as (who was asked, who asked): either of the two."""
    if envelope.type not in (identity.FRIENDSHIP_BEGAN, identity.ASK_ENDED):
        return ()
    seen = msgspec.json.decode(envelope.data, type=Between)
    one, other = _id("usr", seen.user_id), _id("usr", seen.friend_id)
    return ((one, other), (other, one))


def payment_talked_of(envelope: Envelope) -> UUID | None:
    """Give the payment whose people must be asked for before the event can be told."""
    if envelope.type not in (Liked.TYPE, Commented.TYPE):
        return None
    return _id("pay", msgspec.json.decode(envelope.data, type=_OfPayment).payment_id)


class _OfPayment(msgspec.Struct):
    payment_id: str


# --- ids ---------------------------------------------------------------------------------------


def _id(prefix: str, text: str) -> UUID:
    value = ids.read(prefix, text)
    if value is None:
        raise msgspec.ValidationError(f"{text} is not a {prefix}_ id")
    return value


def _at(envelope: Envelope) -> datetime:
    return datetime.fromisoformat(envelope.time)


def _derived(user_id: UUID, kind: Kind, at: datetime, key: str) -> UUID:
    return ids.derived(at, f"{kind}:{user_id}:{key}", ids.bucket(user_id))


def _of_event(envelope: Envelope, user_id: UUID, kind: Kind) -> UUID:
    """Name the notice of an event: the same event is the same notice."""
    return _derived(user_id, kind, _at(envelope), envelope.id)


_payment_completed: Final = msgspec.json.Decoder(PaymentCompleted)


# --- payments ----------------------------------------------------------------------------------


def _completed(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = _payment_completed.decode(envelope.data)
    payer, payee = _id("usr", seen.payer_id), _id("usr", seen.payee_id)
    payment = ("pay", _id("pay", seen.payment_id))
    at = _at(envelope)
    sent = Notice(
        _of_event(envelope, payer, Kind.PAYMENT_SENT), payer, Kind.PAYMENT_SENT, at, payment,
        payee, detail=seen.released_by, amount_minor=seen.amount, currency=seen.currency,
        is_read=seen.released_by in (None, "proof"),
    )  # fmt: skip
    if seen.for_request is not None:  # who asked for it hears that the request was paid
        return [sent]
    received = Notice(
        _of_event(envelope, payee, Kind.PAYMENT_RECEIVED), payee, Kind.PAYMENT_RECEIVED, at,
        payment, payer, amount_minor=seen.amount, currency=seen.currency,
    )  # fmt: skip
    return [sent, received]


def _held(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=PaymentHeld)
    return [_of_payment(envelope, seen, seen.payer_id, Kind.PAYMENT_HELD, seen.waits_for)]


def _released(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=PaymentReleased)
    if seen.state == "CANCELLED":
        return []
    detail = seen.state.lower()
    return [_of_payment(envelope, seen, seen.payer_id, Kind.PAYMENT_RELEASED, detail)]


def _reversed(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=PaymentReversed)
    return [
        _of_payment(envelope, seen, user, Kind.PAYMENT_REVERSED, detail)
        for user, detail in ((seen.payer_id, "to_you"), (seen.payee_id, "from_you"))
    ]


def _of_payment(
    envelope: Envelope,
    seen: PaymentHeld | PaymentReleased | PaymentReversed,
    user: str,
    kind: Kind,
    detail: str,
) -> Notice:
    """Tell of what the house did: of that a block hides nothing, so it names nobody."""
    user_id = _id("usr", user)
    return Notice(
        _of_event(envelope, user_id, kind), user_id, kind, _at(envelope),
        ("pay", _id("pay", seen.payment_id)), detail=detail, amount_minor=seen.amount,
        currency=seen.currency,
    )  # fmt: skip


# --- requests, friends, talk -------------------------------------------------------------------

_TO_REQUESTEE: Final = {
    "created": Kind.REQUEST_RECEIVED,
    "reminded": Kind.REQUEST_REMINDED,
    "expiring": Kind.REQUEST_EXPIRING,
    "cancelled": Kind.REQUEST_CANCELLED,
}
_TO_REQUESTER: Final = {
    "paid": Kind.REQUEST_PAID,
    "declined": Kind.REQUEST_DECLINED,
    "expired": Kind.REQUEST_EXPIRED,
}
# There is nothing to do about these: the inbox has them, nobody is disturbed.
_SILENT: Final = frozenset({Kind.REQUEST_CANCELLED, Kind.REQUEST_EXPIRED})


def _request(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=RequestChanged)
    requester, requestee = _id("usr", seen.requester_id), _id("usr", seen.requestee_id)
    kind = _TO_REQUESTEE.get(seen.change)
    user_id, other = requestee, requester
    is_stranger = kind is not None and not seen.is_known
    if kind is None:
        kind = _TO_REQUESTER.get(seen.change)
        user_id, other = requester, requestee
    if kind is None:  # a payment has taken it, or freed it: sockets alone are told
        return []
    return [
        Notice(
            _of_event(envelope, user_id, kind), user_id, kind, _at(envelope),
            ("req", _id("req", seen.request_id)), other, amount_minor=seen.amount,
            currency=seen.currency, is_quiet=is_stranger or seen.is_quiet or kind in _SILENT,
        )
    ]  # fmt: skip


def _friend(kind: Kind) -> Callable[[Envelope, Parties], Sequence[Notice]]:
    def tell(envelope: Envelope, _: Parties) -> Sequence[Notice]:
        seen = msgspec.json.decode(envelope.data, type=Between)
        actor, user_id = _id("usr", seen.user_id), _id("usr", seen.friend_id)
        made = _of_event(envelope, user_id, kind)
        return [Notice(made, user_id, kind, _at(envelope), ("usr", actor), actor)]

    return tell


def _nobody(_: Envelope, __: Parties) -> Sequence[Notice]:
    """Tell nobody: who declines or takes back knows, and the other never does."""
    return ()


def _liked(envelope: Envelope, parties: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=Liked)
    return _talk(envelope, Kind.LIKED, (seen.payment_id, seen.user_id, None), parties)


def _commented(envelope: Envelope, parties: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=Commented)
    comment = _id("cmt", seen.comment_id)
    return _talk(envelope, Kind.COMMENTED, (seen.payment_id, seen.user_id, comment), parties)


def _talk(
    envelope: Envelope, kind: Kind, what: tuple[str, str, UUID | None], parties: Parties
) -> Sequence[Notice]:
    """Tell the people of a payment; of one item and hour it is one notice."""
    payment, actor, comment = _id("pay", what[0]), _id("usr", what[1]), what[2]
    at = _at(envelope)
    hour = at.replace(minute=0, second=0, microsecond=0)
    return [
        Notice(
            _derived(user_id, kind, hour, str(payment)), user_id, kind, at, ("pay", payment),
            actor, comment_id=comment,
        )
        for user_id in sorted(set(parties.get(payment, ())) - {actor})
    ]  # fmt: skip


# --- banks and cards ---------------------------------------------------------------------------


def _operation(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=OperationChanged)
    kind = _kind_of(seen)
    if kind is None:
        return []
    user_id = _id("usr", seen.user_id)
    prefix = _PREFIX[seen.kind]
    operation = _id(prefix, seen.operation_id)
    # By the operation, not the event: it settles, and then it is available.
    made = _derived(user_id, kind, ids.time_of(operation), str(operation))
    return [
        Notice(
            made, user_id, kind, _at(envelope), (prefix, operation), amount_minor=seen.amount,
            currency=seen.currency,
        )
    ]  # fmt: skip


def _kind_of(seen: OperationChanged) -> Kind | None:
    if seen.payment_id is not None or seen.kind not in _PREFIX:
        return None
    if seen.kind == "deposit":
        if seen.state in ("SETTLED", "AVAILABLE"):
            return Kind.DEPOSIT_SETTLED
        if seen.state == "RETURNED":
            return Kind.DEPOSIT_RETURNED
        return Kind.DEPOSIT_FAILED if seen.state in _UNDONE else None
    if seen.state == "COMPLETED":
        return Kind.WITHDRAWAL_DONE
    is_kept = seen.state == "CANCELLED" and seen.failure_code == "OWED"
    is_back = seen.state == "RETURNED" or seen.state in _UNDONE
    return Kind.WITHDRAWAL_FAILED if is_kept or is_back else None


def _owed(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=ReceivableOpened)
    user_id = _id("usr", seen.user_id)
    return [
        Notice(
            _of_event(envelope, user_id, Kind.OWED), user_id, Kind.OWED, _at(envelope),
            ("usr", user_id), amount_minor=seen.owed, currency=seen.currency,
        )
    ]  # fmt: skip


def _source(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=SourceChanged)
    if seen.state != "NEEDS_REPAIR":
        return []
    user_id, source = _id("usr", seen.user_id), _id("fs", seen.source_id)
    at = _at(envelope)
    # The row is told of each time anything about it changes: once a day is enough.
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    kind = Kind.SOURCE_NEEDS_REPAIR
    return [Notice(_derived(user_id, kind, day, str(source)), user_id, kind, at, ("fs", source))]


# --- disputes ----------------------------------------------------------------------------------

_OF_DISPUTE: Final = {
    "opened": Kind.DISPUTE_OPENED,
    "needs_info": Kind.DISPUTE_NEEDS_YOU,
    "won": Kind.DISPUTE_DECIDED,
    "lost": Kind.DISPUTE_DECIDED,
}


def _dispute(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    """Tell who opened it, and nobody else: the other party of a payment hears nothing of it."""
    seen = msgspec.json.decode(envelope.data, type=DisputeChanged)
    kind = _OF_DISPUTE.get(seen.change)
    if kind is None:  # they did it themselves, on a page that shows it
        return []
    user_id = _id("usr", seen.user_id)
    return [
        Notice(
            _of_event(envelope, user_id, kind), user_id, kind, _at(envelope),
            ("dsp", _id("dsp", seen.dispute_id)),
            detail=seen.change if kind is Kind.DISPUTE_DECIDED else None,
            is_read=kind is Kind.DISPUTE_OPENED,
        )
    ]  # fmt: skip


# --- the account -------------------------------------------------------------------------------


def _security(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=SecurityNoted)
    if seen.kind in _OWN_ACTS:
        return []
    notice = _of_account(envelope, seen.user_id, Kind.SECURITY, seen.kind)
    # It is mailed; a push would go to the new device itself.
    return [replace(notice, is_quiet=seen.kind == "device_added")]


def _freeze(kind: Kind) -> Callable[[Envelope, Parties], Sequence[Notice]]:
    def tell(envelope: Envelope, _: Parties) -> Sequence[Notice]:
        seen = msgspec.json.decode(envelope.data, type=FreezeChanged)
        return [_of_account(envelope, seen.user_id, kind, seen.scope)]

    return tell


def _tier(envelope: Envelope, _: Parties) -> Sequence[Notice]:
    seen = msgspec.json.decode(envelope.data, type=TierChanged)
    return [_of_account(envelope, seen.user_id, Kind.TIER_CHANGED, str(seen.tier))]


def _of_account(envelope: Envelope, user: str, kind: Kind, detail: str) -> Notice:
    user_id = _id("usr", user)
    made = _of_event(envelope, user_id, kind)
    return Notice(made, user_id, kind, _at(envelope), ("usr", user_id), detail=detail)


_TOLD: Final[Mapping[str, Callable[[Envelope, Parties], Sequence[Notice]]]] = {
    PaymentCompleted.TYPE: _completed,
    PaymentHeld.TYPE: _held,
    PaymentReleased.TYPE: _released,
    PaymentReversed.TYPE: _reversed,
    RequestChanged.TYPE: _request,
    identity.FRIEND_ASKED: _friend(Kind.FRIEND_ASKED),
    identity.FRIENDSHIP_BEGAN: _friend(Kind.FRIEND_ACCEPTED),
    identity.ASK_ENDED: _nobody,
    Liked.TYPE: _liked,
    Commented.TYPE: _commented,
    OperationChanged.TYPE: _operation,
    ReceivableOpened.TYPE: _owed,
    SourceChanged.TYPE: _source,
    DisputeChanged.TYPE: _dispute,
    identity.SECURITY_NOTED: _security,
    identity.FROZEN: _freeze(Kind.FROZEN),
    identity.UNFROZEN: _freeze(Kind.UNFROZEN),
    identity.TIER_CHANGED: _tier,
}
TYPES: Final = frozenset(_TOLD)
