"""The table of legal moves, the clock of a request, and who sees what of it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.collect.errors import NotWelcome, NotYet
from quid.collect.types import (
    Due,
    Person,
    Request,
    RequestCanView,
    RequestPersonView,
    RequestRow,
    RequestView,
    State,
)
from quid.identity.types import WhoMayRequest, avatar_seed
from quid.kit import ids

AMOUNT_MINOR_MAX: Final = 500_000
NOTE_MAX: Final = 500
DAYS_MAX: Final = 90
DAYS_USUAL: Final = 30
# Of open ones, and of those made within a day: who takes each back at once asks no more often.
TO_ONE_MAX: Final = 30
IN_ALL_MAX: Final = 100
MADE_WITHIN: Final = timedelta(hours=24)
CALM: Final = timedelta(hours=1)
REMINDERS_MAX: Final = 3
REMINDER_PAUSE: Final = timedelta(hours=24)
STEPS: Final = (timedelta(hours=24), timedelta(days=3), timedelta(days=7))
NOTICE: Final = timedelta(days=3)

MOVES: Final[dict[State, frozenset[State]]] = {
    State.PENDING: frozenset({State.PAID, State.DECLINED, State.CANCELLED, State.EXPIRED}),
    State.PAID: frozenset(),
    State.DECLINED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}
_ONLY: Final[dict[WhoMayRequest, str]] = {
    "known": "This person takes requests from friends, and from people they have paid. "
    "Nothing was sent.",
    "friends": "This person takes requests from friends only. Nothing was sent.",
    "nobody": "This person takes no requests. Nothing was sent.",
}


# --- acts --------------------------------------------------------------------------------------


def require_welcome(who: WhoMayRequest, *, is_friend: bool, is_known: bool) -> None:
    """Make sure that the requestee lets this person ask. Raises: NotWelcome."""
    if who == "anyone" or (who != "nobody" and is_friend) or (who == "known" and is_known):
        return
    raise NotWelcome(_ONLY[who], field="requestee_id")


def require_room(*, to_one: int, in_all: int) -> None:
    """Make sure that one more request may stand open. Raises: NotYet."""
    if to_one >= TO_ONE_MAX:
        raise NotYet(
            f"{TO_ONE_MAX} of your requests to this person are open, the most there can be. "
            "Nothing was sent. Cancel one, or wait for an answer."
        )
    if in_all >= IN_ALL_MAX:
        raise NotYet(
            f"{IN_ALL_MAX} of your requests are open, the most there can be. Nothing was sent. "
            "Cancel one, or wait for an answer."
        )


def require_calm(*, to_one: int, in_all: int) -> None:
    """Make sure that one more request may be made today. Raises: NotYet."""
    if to_one >= TO_ONE_MAX:
        raise NotYet(
            f"You have asked this person {TO_ONE_MAX} times within 24 hours, the most there can "
            "be. Nothing was sent. Try again tomorrow."
        )
    if in_all >= IN_ALL_MAX:
        raise NotYet(
            f"You have made {IN_ALL_MAX} requests within 24 hours, the most there can be. "
            "Nothing was sent. Try again tomorrow."
        )


# --- time --------------------------------------------------------------------------------------


def is_told_at_birth(created_at: datetime, expires_at: datetime) -> bool:
    """Whether a request lives too briefly for a notice of its end."""
    return expires_at - NOTICE <= created_at


def due_of(row: RequestRow, *, now: datetime) -> Due:
    """Say what time does to an open request now. Reminders that were missed are one."""
    steps = sum(1 for step in STEPS if row.created_at + step <= now)
    taken = max(row.steps_taken, steps)
    tells = not row.is_told_expiring and row.expires_at - NOTICE <= now
    is_told = row.is_told_expiring or tells
    return Due(
        is_over=row.expires_at <= now,
        tells_expiring=tells,
        reminds=taken > row.steps_taken,
        steps_taken=taken,
        is_told_expiring=is_told,
        again_at=next_at(row.created_at, row.expires_at, taken, is_told=is_told),
    )


def next_at(created_at: datetime, expires_at: datetime, taken: int, *, is_told: bool) -> datetime:
    """Say when time does something to a request next."""
    steps = [created_at + step for step in STEPS[taken : taken + 1]]
    notice = [] if is_told else [expires_at - NOTICE]
    return min(*steps, *notice, expires_at, expires_at)


# --- who sees what -----------------------------------------------------------------------------


def is_there(row: RequestRow, *, is_blocked: bool) -> bool:
    """Whether a request is there for its people: across a block only what was paid is.

    What a block has ended is not there again when it is lifted: who cancelled it would be told.
    """
    return row.state == State.PAID or not (is_blocked or row.is_ended_by_block)


def view_of(request: Request, viewer_id: UUID, *, now: datetime) -> RequestView:
    """Show a request to one of its two people, with what they may do with it now."""
    row = request.row
    is_mine = viewer_id == row.requester_id
    is_free = row.state == State.PENDING and row.payment_id is None
    left = REMINDERS_MAX - row.reminders_sent if row.state == State.PENDING else 0
    remind_from = _remind_from(row) if left else None
    # A payee learns of a payment when it arrives, not while it waits.
    is_shown = row.state == State.PAID or not is_mine
    return RequestView(
        id=ids.show("req", row.id),
        state=State(row.state).name,
        requester=_person(request.requester),
        requestee=_person(request.requestee),
        amount=row.amount_minor,
        amount_paid=row.amount_minor if row.state == State.PAID else 0,
        currency=row.currency,
        note=row.note,
        is_known=row.is_known,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        reminders_left=left,
        remind_from=remind_from,
        is_being_paid=row.state == State.PENDING and row.payment_id is not None,
        payment_ids=[ids.show("pay", row.payment_id)] if row.payment_id and is_shown else [],
        can=RequestCanView(
            pay=is_free and not is_mine,
            decline=is_free and not is_mine,
            cancel=is_free and is_mine,
            remind=is_free and is_mine and remind_from is not None and remind_from <= now,
        ),
    )


def _remind_from(row: RequestRow) -> datetime:
    if row.last_reminded_at is None:
        return row.created_at
    return row.last_reminded_at + REMINDER_PAUSE


def _person(person: Person) -> RequestPersonView:
    return RequestPersonView(
        ids.show("usr", person.id),
        person.handle,
        person.display_name,
        avatar_seed(person.id),
        person.joined_on,
    )
