"""Who is told what of an event."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
import pytest

from quid.collect.events import RequestChanged
from quid.collect.types import Change
from quid.disputes.events import DisputeChanged
from quid.disputes.types import Change as Dispute
from quid.funding.events import OperationChanged, SourceChanged
from quid.identity import events as identity
from quid.kit import clock, ids
from quid.kit.events import Envelope
from quid.notifications import rules
from quid.notifications.types import Kind, Notice
from quid.payments.events import (
    PaymentCompleted,
    PaymentHeld,
    PaymentReleased,
    PaymentReversed,
    ReleasedBy,
)
from quid.social.events import Commented, Liked

NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANA, BEN, CAL, PAY, REQ, COMMENT, SOURCE, DEP, EVT = (
    ids.new(n, NOON - timedelta(hours=2)) for n in range(1, 10)
)
PARTIES: Final = {PAY: (ANA, BEN)}
PAY_ID: Final = ids.show("pay", PAY)


def usr(user_id: UUID) -> str:
    return ids.show("usr", user_id)


def told(
    kind: str, data: msgspec.Struct, *, at: datetime = NOON, event_id: UUID = EVT
) -> Sequence[Notice]:
    """Tell an event, as it stands in the outbox."""
    envelope = Envelope(
        id=ids.show("evt", event_id),
        source="quid/test",
        type=kind,
        subject="",
        time=clock.text(at),
        partitionkey="",
        data=msgspec.Raw(msgspec.json.encode(data)),
    )
    return rules.told(envelope, PARTIES)


def heard(notices: Sequence[Notice]) -> set[tuple[UUID, Kind, UUID | None]]:
    return {(n.user_id, n.kind, n.actor_id) for n in notices}


def completed(
    *, released_by: ReleasedBy | None = None, for_request: str | None = None
) -> PaymentCompleted:
    return PaymentCompleted(
        PAY_ID, usr(ANA), usr(BEN), 1368, "USD", "friends", "r", released_by, for_request
    )


def test_a_payment_tells_its_payee_and_is_a_receipt_of_its_payer() -> None:
    notices = told(PaymentCompleted.TYPE, completed())
    assert heard(notices) == {
        (BEN, Kind.PAYMENT_RECEIVED, ANA),
        (ANA, Kind.PAYMENT_SENT, BEN),
    }
    assert {n.kind: n.is_read for n in notices} == {
        Kind.PAYMENT_RECEIVED: False,
        Kind.PAYMENT_SENT: True,
    }
    assert {(n.subject, n.amount_minor, n.currency) for n in notices} == {
        (("pay", PAY), 1368, "USD")
    }
    assert all(ids.bucket(n.id) == ids.bucket(n.user_id) for n in notices)


@pytest.mark.parametrize(("released_by", "is_read"), [("proof", True), ("review", False)])
def test_what_ended_a_waiting_says_whether_the_payer_knows(
    released_by: ReleasedBy, is_read: bool
) -> None:
    [sent] = [
        n
        for n in told(PaymentCompleted.TYPE, completed(released_by=released_by))
        if n.kind is Kind.PAYMENT_SENT
    ]
    assert sent.is_read is is_read


def test_a_payment_for_a_request_tells_the_requester_once() -> None:
    paid = told(PaymentCompleted.TYPE, completed(for_request=ids.show("req", REQ)))
    answered = told(RequestChanged.TYPE, request("paid"))
    assert heard([*paid, *answered]) == {
        (ANA, Kind.PAYMENT_SENT, BEN),
        (BEN, Kind.REQUEST_PAID, ANA),
    }


def test_checks_tell_the_payer_alone_and_name_nobody() -> None:
    held = PaymentHeld(PAY_ID, usr(ANA), usr(BEN), 1368, "USD", "review", "new", [], NOON, "r")
    assert heard(told(PaymentHeld.TYPE, held)) == {(ANA, Kind.PAYMENT_HELD, None)}
    for state in ("REJECTED", "DECLINED", "FAILED", "EXPIRED"):
        ended = PaymentReleased(PAY_ID, usr(ANA), 1368, "USD", state, None)
        assert heard(told(PaymentReleased.TYPE, ended)) == {(ANA, Kind.PAYMENT_RELEASED, None)}
    own = PaymentReleased(PAY_ID, usr(ANA), 1368, "USD", "CANCELLED", None)
    assert told(PaymentReleased.TYPE, own) == []


def test_a_reversal_tells_both_of_their_side() -> None:
    back = PaymentReversed(PAY_ID, usr(ANA), usr(BEN), 500, "USD", "error", is_whole=False)
    notices = told(PaymentReversed.TYPE, back)
    assert {(n.user_id, n.detail) for n in notices} == {(ANA, "to_you"), (BEN, "from_you")}
    assert {n.actor_id for n in notices} == {None}


def request(change: Change, *, is_known: bool = True) -> RequestChanged:
    """Ben has asked Ana for money."""
    return RequestChanged(ids.show("req", REQ), usr(BEN), usr(ANA), change, 9500, "USD", is_known)


@pytest.mark.parametrize(
    ("change", "who", "kind"),
    [
        ("created", ANA, Kind.REQUEST_RECEIVED),
        ("reminded", ANA, Kind.REQUEST_REMINDED),
        ("expiring", ANA, Kind.REQUEST_EXPIRING),
        ("cancelled", ANA, Kind.REQUEST_CANCELLED),
        ("paid", BEN, Kind.REQUEST_PAID),
        ("declined", BEN, Kind.REQUEST_DECLINED),
        ("expired", BEN, Kind.REQUEST_EXPIRED),
    ],
)
def test_a_request_tells_the_other(change: Change, who: UUID, kind: Kind) -> None:
    [notice] = told(RequestChanged.TYPE, request(change))
    assert (notice.user_id, notice.kind) == (who, kind)
    assert notice.actor_id == {ANA: BEN, BEN: ANA}[who]
    assert notice.is_quiet is (change in ("cancelled", "expired"))


@pytest.mark.parametrize(
    ("change", "is_quiet"),
    [("created", True), ("reminded", True), ("expiring", True), ("paid", False)],
)
def test_a_stranger_disturbs_nobody(change: Change, is_quiet: bool) -> None:
    [notice] = told(RequestChanged.TYPE, request(change, is_known=False))
    assert notice.is_quiet is is_quiet


def test_who_has_asked_within_the_hour_disturbs_not_again() -> None:
    [notice] = told(RequestChanged.TYPE, msgspec.structs.replace(request("created"), is_quiet=True))
    assert (notice.kind, notice.is_quiet) == (Kind.REQUEST_RECEIVED, True)


def test_a_friend_is_told_by_whom() -> None:
    between = identity.Between(usr(ANA), usr(BEN))
    assert heard(told(identity.FRIEND_ASKED, between)) == {(BEN, Kind.FRIEND_ASKED, ANA)}
    assert heard(told(identity.FRIENDSHIP_BEGAN, between)) == {(BEN, Kind.FRIEND_ACCEPTED, ANA)}


@pytest.mark.parametrize(("actor", "others"), [(CAL, {ANA, BEN}), (ANA, {BEN}), (BEN, {ANA})])
def test_talk_tells_the_parties_and_never_who_spoke(actor: UUID, others: set[UUID]) -> None:
    for notices in (
        told(Liked.TYPE, Liked(PAY_ID, usr(actor))),
        told(Commented.TYPE, Commented(PAY_ID, ids.show("cmt", COMMENT), usr(actor))),
    ):
        assert {n.user_id for n in notices} == others
        assert {n.actor_id for n in notices} == {actor}


def test_likes_of_one_item_and_hour_are_one_notice() -> None:
    def like_id(actor: UUID, minutes: int) -> UUID:
        [notice] = [
            n
            for n in told(
                Liked.TYPE,
                Liked(PAY_ID, usr(actor)),
                at=NOON + timedelta(minutes=minutes),
                event_id=ids.new(1, NOON),
            )
            if n.user_id == ANA
        ]
        return notice.id

    assert like_id(CAL, 0) == like_id(BEN, 59)
    assert like_id(CAL, 0) != like_id(CAL, 60)


def test_the_same_event_is_the_same_notice_and_another_is_another() -> None:
    first = told(PaymentCompleted.TYPE, completed())
    assert [n.id for n in first] == [n.id for n in told(PaymentCompleted.TYPE, completed())]
    other = told(PaymentCompleted.TYPE, completed(), event_id=ids.new(1, NOON))
    assert {n.id for n in first}.isdisjoint({n.id for n in other})
    assert len({n.id for n in first}) == 2


def operation(
    kind: str, state: str, *, payment_id: str | None = None, failure_code: str | None = None
) -> OperationChanged:
    prefix = {"deposit": "dep", "withdrawal": "wd", "instant_withdrawal": "wd"}.get(kind, "op")
    return OperationChanged(
        operation_id=ids.show(prefix, DEP),
        user_id=usr(ANA),
        kind=kind,
        state=state,
        amount=500,
        fee=0,
        currency="USD",
        source_id=ids.show("fs", SOURCE),
        payment_id=payment_id,
        failure_code=failure_code,
    )


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        ("deposit", "SETTLED", Kind.DEPOSIT_SETTLED),
        ("deposit", "AVAILABLE", Kind.DEPOSIT_SETTLED),
        ("deposit", "DECLINED", Kind.DEPOSIT_FAILED),
        ("deposit", "FAILED", Kind.DEPOSIT_FAILED),
        ("deposit", "RETURNED", Kind.DEPOSIT_RETURNED),
        ("deposit", "CANCELLED", None),
        ("deposit", "PENDING", None),
        ("withdrawal", "COMPLETED", Kind.WITHDRAWAL_DONE),
        ("instant_withdrawal", "COMPLETED", Kind.WITHDRAWAL_DONE),
        ("instant_withdrawal", "REJECTED", Kind.WITHDRAWAL_FAILED),
        ("withdrawal", "RETURNED", Kind.WITHDRAWAL_FAILED),
        ("withdrawal", "CANCELLED", None),
        ("card_charge", "SUCCEEDED", None),
        ("micro_deposit", "RETURNED", None),
    ],
)
def test_a_transfer_tells_its_end(kind: str, state: str, expected: Kind | None) -> None:
    notices = told(OperationChanged.TYPE, operation(kind, state))
    assert [n.kind for n in notices] == ([expected] if expected else [])


def test_a_withdrawal_that_a_debt_has_kept_failed() -> None:
    kept = operation("withdrawal", "CANCELLED", failure_code="OWED")
    assert [n.kind for n in told(OperationChanged.TYPE, kept)] == [Kind.WITHDRAWAL_FAILED]


def test_a_deposit_that_settles_and_is_available_is_told_once() -> None:
    notices = [
        n
        for state in ("SETTLED", "AVAILABLE")
        for n in told(OperationChanged.TYPE, operation("deposit", state), event_id=ids.new(1, NOON))
    ]
    assert len({n.id for n in notices}) == 1


def test_what_a_bank_pays_of_a_payment_is_told_by_the_payment() -> None:
    of_payment = operation("deposit", "SETTLED", payment_id=PAY_ID)
    assert told(OperationChanged.TYPE, of_payment) == []


def test_a_bank_that_needs_repair_is_told_once_a_day() -> None:
    data = SourceChanged(ids.show("fs", SOURCE), usr(ANA), "bank", "NEEDS_REPAIR")
    made = [
        told(SourceChanged.TYPE, data, at=NOON + timedelta(hours=h), event_id=ids.new(1, NOON))[0]
        for h in (0, 11, 12)
    ]
    assert made[0].id == made[1].id != made[2].id
    fine = SourceChanged(ids.show("fs", SOURCE), usr(ANA), "bank", "VERIFIED")
    assert told(SourceChanged.TYPE, fine) == []


def test_the_account_tells_its_person() -> None:
    noted = identity.SecurityNoted(usr(ANA), ids.show("sev", EVT), "new_device")
    [notice] = told(identity.SECURITY_NOTED, noted)
    assert (notice.user_id, notice.kind, notice.detail) == (ANA, Kind.SECURITY, "new_device")
    own = identity.SecurityNoted(usr(ANA), ids.show("sev", EVT), "session_revoked")
    assert told(identity.SECURITY_NOTED, own) == []
    frozen = identity.FreezeChanged(usr(ANA), "send")
    for name, kind in ((identity.FROZEN, Kind.FROZEN), (identity.UNFROZEN, Kind.UNFROZEN)):
        assert [(n.kind, n.detail) for n in told(name, frozen)] == [(kind, "send")]


@pytest.mark.parametrize(
    ("change", "kind", "detail"),
    [
        ("opened", Kind.DISPUTE_OPENED, None),
        ("needs_info", Kind.DISPUTE_NEEDS_YOU, None),
        ("informed", None, None),
        ("won", Kind.DISPUTE_DECIDED, "won"),
        ("lost", Kind.DISPUTE_DECIDED, "lost"),
        ("withdrawn", None, None),
    ],
)
def test_a_dispute_tells_who_opened_it_and_nobody_else(
    change: Dispute, kind: Kind | None, detail: str | None
) -> None:
    data = DisputeChanged(ids.show("dsp", REQ), usr(ANA), "scam", change, PAY_ID, None)
    notices = told(DisputeChanged.TYPE, data)
    found = [(n.user_id, n.kind, n.actor_id, n.subject, n.detail) for n in notices]
    assert found == ([(ANA, kind, None, ("dsp", REQ), detail)] if kind else [])


def test_an_event_that_cannot_be_read_is_refused() -> None:
    bad = Liked("usr_" + PAY_ID[4:], usr(ANA))
    with pytest.raises(msgspec.MsgspecError):
        told(Liked.TYPE, bad)
