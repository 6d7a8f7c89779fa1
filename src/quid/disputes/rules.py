"""The table of legal moves, what may be reported, the clock, and who sees what of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from quid.disputes.errors import NotDisputable, StateConflict
from quid.disputes.types import (
    Claim,
    Dispute,
    DisputeCanView,
    DisputeRow,
    DisputeView,
    MessageRow,
    MessageView,
    OpsDisputeView,
    SaidBy,
    State,
    StateName,
)
from quid.kit import ids
from quid.payments.types import PaymentRow
from quid.payments.types import State as Payment

TEXT_LOW: Final = 10
TEXT_HIGH: Final = 2000
REPORTED_WITHIN: Final = timedelta(days=120)
NEW_ACCOUNT: Final = timedelta(days=30)
# Banking days to an answer, then calendar days to the end (Regulation E: 12 CFR 1005.11(c)).
ANSWER_DAYS: Final = 10
ANSWER_DAYS_OF_NEW: Final = 20
AT_LATEST: Final = timedelta(days=45)
AT_LATEST_OF_NEW: Final = timedelta(days=90)
APPEAL_DAYS: Final = 2

APPEALS: Final[frozenset[Claim]] = frozenset({"hold", "rejected"})
OPEN: Final = frozenset({State.OPEN, State.NEEDS_INFO, State.UNDER_REVIEW})
_ENDS: Final = frozenset({State.WON, State.LOST, State.WITHDRAWN})
MOVES: Final[dict[State, frozenset[State]]] = {
    State.OPEN: _ENDS | {State.NEEDS_INFO},
    State.NEEDS_INFO: _ENDS | {State.UNDER_REVIEW},
    State.UNDER_REVIEW: _ENDS | {State.NEEDS_INFO},
    State.WON: frozenset(),
    State.LOST: frozenset(),
    State.WITHDRAWN: frozenset(),
}
_STANDS: Final = {
    State.OPEN: "We have asked you nothing about this yet.",
    State.NEEDS_INFO: "This person has been asked already, and is to answer.",
    State.UNDER_REVIEW: "We have your answer already.",
    State.WON: "This was decided on {}, as was asked.",
    State.LOST: "This was decided on {}, otherwise than was asked.",
    State.WITHDRAWN: "This was taken back on {}.",
}


# --- what may be opened, and moved -------------------------------------------------------------


def require_reportable(row: PaymentRow, *, now: datetime) -> None:
    """Make sure that a payment has arrived, and not too long ago. Raises: NotDisputable."""
    if Payment.COMPLETED not in row.states:
        raise NotDisputable(
            "Only a payment that has arrived can be reported. Nothing changed. You may be able to "
            "cancel one that is still on its way.",
            field="payment_id",
        )
    arrived_at = row.times[row.states.index(Payment.COMPLETED)]
    if now - arrived_at > REPORTED_WITHIN:
        raise NotDisputable(
            f"A payment can be reported for {REPORTED_WITHIN.days} days. Nothing changed.",
            field="payment_id",
        )


def require_rejected(row: PaymentRow) -> None:
    """Make sure that our checks have stopped a payment. Raises: NotDisputable."""
    if row.state is not Payment.REJECTED:
        raise NotDisputable(
            "Only a payment that our checks have stopped can be appealed. Nothing changed."
        )


def require_move(row: DisputeRow, to: State) -> None:
    """Make sure that a dispute may go there. Raises: StateConflict."""
    state = State(row.state)
    if to in MOVES[state]:
        return
    told = _STANDS[state].format(f"{row.ended_at:%Y-%m-%d}" if row.ended_at else "")
    raise StateConflict(f"{told} Nothing changed.", extra={"state": state.name})


# --- who sees what -----------------------------------------------------------------------------


def view_of(dispute: Dispute) -> DisputeView:
    """Show a dispute to its person, with what they may do with it now."""
    row, state = dispute.row, State(dispute.row.state)
    return DisputeView(
        id=ids.show("dsp", row.id),
        state=_name(state),
        claim=cast("Claim", row.claim),
        payment_id=ids.show("pay", row.payment_id) if row.payment_id else None,
        hold_id=ids.show("frz", row.freeze_id) if row.freeze_id else None,
        opened_at=row.opened_at,
        answer_on=row.answer_on,
        at_latest_on=row.at_latest_on,
        ended_at=row.ended_at,
        messages=_said(dispute.messages),
        can=DisputeCanView(answer=state is State.NEEDS_INFO, withdraw=state in OPEN),
    )


def ops_view_of(dispute: Dispute) -> OpsDisputeView:
    """Show a dispute to operators."""
    row = dispute.row
    return OpsDisputeView(
        id=ids.show("dsp", row.id),
        state=_name(State(row.state)),
        claim=cast("Claim", row.claim),
        user_id=ids.show("usr", row.opened_by),
        payment_id=ids.show("pay", row.payment_id) if row.payment_id else None,
        hold_id=ids.show("frz", row.freeze_id) if row.freeze_id else None,
        opened_at=row.opened_at,
        answer_on=row.answer_on,
        at_latest_on=row.at_latest_on,
        ended_at=row.ended_at,
        messages=_said(dispute.messages),
    )


def _name(state: State) -> StateName:
    return cast("StateName", state.name)


def _said(rows: Sequence[MessageRow]) -> list[MessageView]:
    return [MessageView(cast("SaidBy", m.said_by), m.text, m.at) for m in rows]
