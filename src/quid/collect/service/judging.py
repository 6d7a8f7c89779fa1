"""Whether anything may be done with a request now, and in which words not."""

from datetime import datetime
from typing import Final

from quid.collect.errors import BeingPaid, NotYet, RequestClosed
from quid.collect.rules import REMINDER_PAUSE, REMINDERS_MAX
from quid.collect.types import RequestRow, State
from quid.kit import clock
from quid.kit.errors import Refusal

_ENDED: Final = {
    State.PAID: "This was paid on {}.",
    State.DECLINED: "This was declined on {}.",
    State.CANCELLED: "This was cancelled on {}.",
    State.EXPIRED: "This ran out of time on {}.",
}


def why_not(row: RequestRow) -> Refusal | None:
    """Say why nothing may be done with a request, or None: open ones that nobody pays have acts."""
    state = State(row.state)
    if row.ended_at is not None:
        told = _ENDED[state].format(f"{row.ended_at:%Y-%m-%d}")
        return RequestClosed(
            f"{told} Nothing changed.",
            extra={"state": state.name, "ended_at": clock.text(row.ended_at)},
        )
    return BeingPaid(extra={"state": state.name}) if row.payment_id is not None else None


def require_reminder(row: RequestRow, *, now: datetime) -> None:
    """Make sure that the requester may remind now. Raises: NotYet."""
    if row.reminders_sent >= REMINDERS_MAX:
        raise NotYet(f"You have reminded {REMINDERS_MAX} times, the most there can be.")
    if row.last_reminded_at is not None and now < row.last_reminded_at + REMINDER_PAUSE:
        again = clock.text(row.last_reminded_at + REMINDER_PAUSE)
        raise NotYet(
            f"You reminded this person not long ago. You can remind again from {again}.",
            extra={"remind_from": again},
        )
