"""The table of legal moves, and what follows from a payment's id and its states."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.kit import ids
from quid.payments.errors import StateConflict
from quid.payments.types import PaymentRow, State, Visibility

AMOUNT_MINOR_MAX: Final = 500_000
NOTE_MAX: Final = 500
CURRENCIES: Final = frozenset({"USD"})

MOVES: Final[dict[State, frozenset[State]]] = {
    State.INITIATED: frozenset({State.AUTHORIZED, State.CHALLENGED, State.IN_REVIEW}),
    State.CHALLENGED: frozenset({State.AUTHORIZED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.IN_REVIEW: frozenset({State.AUTHORIZED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.AUTHORIZED: frozenset({State.COMPLETED, State.DECLINED, State.PROCESSING}),
    State.PROCESSING: frozenset(
        {State.COMPLETED, State.DECLINED, State.FAILED, State.CANCELLED, State.REDIRECTED}
    ),
    State.REDIRECTED: frozenset({State.COMPLETED, State.DECLINED, State.FAILED, State.CANCELLED}),
    State.COMPLETED: frozenset({State.REVERSED}),
    State.REVERSED: frozenset(),
    State.REJECTED: frozenset(),
    State.DECLINED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}
PASSING: Final = frozenset({State.INITIATED, State.AUTHORIZED})
WAITING: Final = frozenset({State.CHALLENGED, State.IN_REVIEW})
OUTSIDE: Final = frozenset({State.PROCESSING, State.REDIRECTED})
CHALLENGE_LIFE: Final = timedelta(minutes=10)
REVIEW_LIFE: Final = timedelta(hours=72)
REVIEW_PROMISE: Final = timedelta(hours=24)
EMAIL_MINOR_MAX: Final = 25_000
FACTOR_AGE: Final = timedelta(hours=24)
_EMAIL_AGE: Final = timedelta(hours=72)
_SECOND_FACTORS: Final = frozenset({"passkey", "totp"})
# Whoever asks for a proof, our rules or the bank of a card: to the payer it is one thing.
STATE_NAMES: Final = {state.value: state.name for state in State} | {
    State.REDIRECTED.value: State.CHALLENGED.name
}
_STRICTNESS: Final[dict[Visibility, int]] = {"private": 0, "friends": 1, "public": 2}


def paths() -> list[tuple[State, ...]]:
    """List every legal path from INITIATED to a state in which a payment may rest."""

    def walk(path: tuple[State, ...]) -> list[tuple[State, ...]]:
        following = [p for s in sorted(MOVES[path[-1]]) for p in walk((*path, s))]
        return following if path[-1] in PASSING else [path, *following]

    return walk((State.INITIATED,))


PATHS: Final = frozenset(paths())


def require_move(present: State, *moves: State) -> None:
    """Make sure that each move may follow the one before. Raises: StateConflict."""
    at = present
    for to in moves:
        if to not in MOVES[at]:
            raise conflict(present)
        at = to


def require_proof(present: State) -> None:
    """Make sure that a proof is waited for. Raises: StateConflict."""
    if present is not State.CHALLENGED:
        raise conflict(present)


def require_review(present: State) -> None:
    """Make sure that an operator is waited for. Raises: StateConflict."""
    if present is not State.IN_REVIEW:
        raise conflict(present)


def require_reversible(present: State) -> None:
    """Make sure that money has arrived and not all of it went back. Raises: StateConflict."""
    require_move(present, State.REVERSED)


def conflict(present: State) -> StateConflict:
    """Say where a payment stands to whoever thought that it stands elsewhere."""
    return StateConflict(_CONFLICTS.get(present, ""), extra={"state": STATE_NAMES[present]})


_CONFLICTS: Final = {
    State.CHALLENGED: "This payment waits for its payer's proof. Nothing changed.",
    State.IN_REVIEW: "This payment waits for a security check. Nothing changed.",
    State.PROCESSING: "The bank is at it already: this can no longer be stopped. Nothing changed.",
    State.REDIRECTED: "This payment waits for its payer at the bank. Nothing changed.",
    State.COMPLETED: "This payment has gone through. Nothing changed.",
    State.REVERSED: "This payment has been reversed. Nothing changed.",
    State.REJECTED: "This payment was stopped, and its money is back. Nothing changed.",
    State.DECLINED: "This payment was declined. Nothing changed.",
    State.FAILED: "This payment failed, and its money is back. Nothing changed.",
    State.CANCELLED: "This payment was cancelled, and its money is back. Nothing changed.",
    State.EXPIRED: "This payment ran out of time, and its money is back. Nothing changed.",
}


def stricter(one: Visibility, other: Visibility) -> Visibility:
    """Give the stricter of two wishes: private < friends < public."""
    return min(one, other, key=_STRICTNESS.__getitem__)


def hold_id(payment_id: UUID) -> UUID:
    """Name the hold of a payment that waits: it has one at most."""
    return ids.leg(payment_id, "hold")


def release_id(payment_id: UUID) -> UUID:
    """Name the transfer that gives a hold back: whoever comes first, it is given back once."""
    return ids.leg(payment_id, "release")


def listed_at(row: PaymentRow, viewer_id: UUID) -> datetime:
    """Say at which instant a payment stands in the lists of one of its people.

    The payer's line is written when the money leaves the wallet, the payee's when it arrives.
    """
    if viewer_id == row.payer_id and row.states[1] in WAITING:
        return row.times[1]
    if viewer_id == row.payer_id and State.PROCESSING in row.states:
        return row.times[row.states.index(State.PROCESSING)]
    has_arrived = State.COMPLETED in row.states
    return row.times[row.states.index(State.COMPLETED)] if has_arrived else row.times[-1]


def methods_for(
    factors: Sequence[tuple[str, datetime]],
    *,
    amount_minor: int,
    payer_since: datetime,
    now: datetime,
) -> tuple[str, ...]:
    """List how a payer may prove a payment, of the factors they have and since when.

    A factor younger than a day proves nothing on an older account; an e-mail clears small amounts
    alone, three days after it was confirmed. Source: risk.md 3.3 of the blueprint.
    """
    is_old = now - payer_since > FACTOR_AGE
    own = [(name, since) for name, since in factors if name in _SECOND_FACTORS]
    good = tuple(name for name, since in own if not is_old or now - since >= FACTOR_AGE)
    if good:
        return good
    by_email = [since for name, since in factors if name == "email_code"]
    is_small = amount_minor <= EMAIL_MINOR_MAX
    if not own and is_small and any(now - since >= _EMAIL_AGE for since in by_email):
        return ("email_code",)
    return ()


def challenge_id(payment_id: UUID) -> UUID:
    """Name the challenge of a payment: it has one at most."""
    return ids.leg(payment_id, "challenge")
