"""The table of legal moves, and who may see what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from quid.kit import ids
from quid.payments.errors import StateConflict
from quid.payments.types import (
    ActivityRow,
    ActivityView,
    Balance,
    BalanceView,
    CanView,
    ChallengeView,
    FundingView,
    HoldView,
    Kind,
    MyBalanceView,
    OpsPaymentView,
    OpsReviewView,
    Party,
    PartyView,
    Payment,
    PaymentRow,
    PaymentView,
    ReversalRow,
    ReversalView,
    ReviewView,
    State,
    StateView,
    Visibility,
    WaitingRow,
)
from quid.risk.types import DecisionRow

AMOUNT_MINOR_MAX: Final = 500_000
NOTE_MAX: Final = 500
CURRENCIES: Final = frozenset({"USD"})

MOVES: Final[dict[State, frozenset[State]]] = {
    State.INITIATED: frozenset({State.AUTHORIZED, State.CHALLENGED, State.IN_REVIEW}),
    State.CHALLENGED: frozenset({State.AUTHORIZED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.IN_REVIEW: frozenset({State.AUTHORIZED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.AUTHORIZED: frozenset({State.COMPLETED, State.DECLINED}),
    State.COMPLETED: frozenset({State.REVERSED}),
    State.REVERSED: frozenset(),
    State.REJECTED: frozenset(),
    State.DECLINED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}
PASSING: Final = frozenset({State.INITIATED, State.AUTHORIZED})
WAITING: Final = frozenset({State.CHALLENGED, State.IN_REVIEW})
CHALLENGE_LIFE: Final = timedelta(minutes=10)
REVIEW_LIFE: Final = timedelta(hours=72)
REVIEW_PROMISE: Final = timedelta(hours=24)
EMAIL_MINOR_MAX: Final = 25_000
_FACTOR_AGE: Final = timedelta(hours=24)
_EMAIL_AGE: Final = timedelta(hours=72)
_NAMES: Final = {state.value: state.name for state in State}
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
            raise _conflict(present)
        at = to


def require_proof(present: State) -> None:
    """Make sure that a proof is waited for. Raises: StateConflict."""
    if present is not State.CHALLENGED:
        raise _conflict(present)


def require_review(present: State) -> None:
    """Make sure that an operator is waited for. Raises: StateConflict."""
    if present is not State.IN_REVIEW:
        raise _conflict(present)


def require_reversible(present: State) -> None:
    """Make sure that money has arrived and not all of it went back. Raises: StateConflict."""
    require_move(present, State.REVERSED)


def _conflict(present: State) -> StateConflict:
    return StateConflict(_CONFLICTS.get(present, ""), extra={"state": _NAMES[present]})


_CONFLICTS: Final = {
    State.CHALLENGED: "This payment waits for its payer's proof. Nothing changed.",
    State.IN_REVIEW: "This payment waits for a security check. Nothing changed.",
    State.COMPLETED: "This payment has gone through. Nothing changed.",
    State.REVERSED: "This payment has been reversed. Nothing changed.",
    State.REJECTED: "This payment was stopped, and its money is back. Nothing changed.",
    State.DECLINED: "This payment was declined. Nothing changed.",
    State.CANCELLED: "This payment was cancelled, and its money is back. Nothing changed.",
    State.EXPIRED: "This payment ran out of time, and its money is back. Nothing changed.",
}


def stricter(one: Visibility, other: Visibility) -> Visibility:
    """Give the stricter of two wishes: private < friends < public."""
    return min(one, other, key=_STRICTNESS.__getitem__)


def view_of(payment: Payment, *, viewer_id: UUID) -> PaymentView:
    """Show a payment to one of its parties."""
    row = payment.row
    is_payer = viewer_id == row.payer_id
    state = row.state
    return PaymentView(
        id=ids.show("pay", row.id),
        state=_NAMES[state],
        payer=_party(payment.payer),
        payee=_party(payment.payee),
        amount=row.amount_minor,
        currency=row.currency,
        note=row.note,
        kind="paid",
        visibility=stricter(row.payer_visibility, row.payee_visibility),
        my_visibility=row.payer_visibility if is_payer else row.payee_visibility,
        show_amount=row.payer_show_amount and row.payee_show_amount,
        created_at=row.times[0],
        completed_at=_completed_at(row, state),
        state_history=_history(row),
        fee=0 if is_payer else None,
        total=row.amount_minor if is_payer else None,
        funding=[FundingView("balance", row.amount_minor, 0)] if is_payer else [],
        can=_can(state, is_payer=is_payer),
        challenge=_challenge(payment.waiting) if is_payer else None,
        review=_review(payment.waiting) if is_payer else None,
        reversed_amount=row.reversed_minor,
        reversals=[_reversal(r) for r in payment.reversals],
    )


# Made once: almost every answer shows one of these, and none is ever changed.
_CAN_CHANGE: Final = CanView(verify=False, cancel=False, change_visibility=True)
_CAN_NOTHING: Final = CanView(verify=False, cancel=False, change_visibility=False)
_CAN_CANCEL: Final = CanView(verify=False, cancel=True, change_visibility=True)
_CAN_VERIFY: Final = CanView(verify=True, cancel=True, change_visibility=True)
_SETTLED: Final = frozenset({State.COMPLETED, State.REVERSED})


def _completed_at(row: PaymentRow, state: State) -> datetime | None:
    if state is State.COMPLETED:
        return row.times[-1]
    return row.times[-2] if state is State.REVERSED else None


def _can(state: State, *, is_payer: bool) -> CanView:
    if state in _SETTLED:
        return _CAN_CHANGE
    if is_payer and state is State.CHALLENGED:
        return _CAN_VERIFY
    if is_payer and state is State.IN_REVIEW:
        return _CAN_CANCEL
    return _CAN_NOTHING


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
    is_old = now - payer_since > _FACTOR_AGE
    by_app = [since for name, since in factors if name == "totp"]
    if any(not is_old or now - since >= _FACTOR_AGE for since in by_app):
        return ("totp",)
    by_email = [since for name, since in factors if name == "email_code"]
    is_small = amount_minor <= EMAIL_MINOR_MAX
    if not by_app and is_small and any(now - since >= _EMAIL_AGE for since in by_email):
        return ("email_code",)
    return ()


def challenge_id(payment_id: UUID) -> UUID:
    """Name the challenge of a payment: it has one at most."""
    return ids.leg(payment_id, "challenge")


def _challenge(waiting: WaitingRow | None) -> ChallengeView | None:
    if waiting is None or waiting.state != State.CHALLENGED:
        return None
    return ChallengeView(
        id=ids.show("chl", challenge_id(waiting.payment_id)),
        methods=list(waiting.methods),
        expires_at=waiting.until,
        reason=waiting.reason,
    )


def _review(waiting: WaitingRow | None) -> ReviewView | None:
    if waiting is None or waiting.state != State.IN_REVIEW:
        return None
    return ReviewView(
        review_by=waiting.since + REVIEW_PROMISE,
        expires_at=waiting.until,
        reason=waiting.reason,
    )


def _reversal(row: ReversalRow) -> ReversalView:
    return ReversalView(ids.show("trf", row.id), row.amount_minor, row.at, row.reason)


def _party(party: Party) -> PartyView:
    return PartyView(ids.show("usr", party.id), party.handle, party.display_name)


def balance_view(balance: Balance) -> BalanceView:
    """Show a balance in the answer to a payment."""
    return BalanceView(
        available=balance.available,
        pending=balance.pending,
        on_hold=balance.on_hold,
        withdrawable=balance.withdrawable,
        owed=balance.owed,
        currency=balance.currency,
        version=balance.version,
    )


def my_balance_view(balance: Balance) -> MyBalanceView:
    """Show a balance to its owner, with what its parts on hold are for."""
    return MyBalanceView(
        available=balance.available,
        pending=balance.pending,
        on_hold=balance.on_hold,
        withdrawable=balance.withdrawable,
        owed=balance.owed,
        currency=balance.currency,
        version=balance.version,
        holds=[
            HoldView(h.reason, h.amount_minor, ids.show("pay", h.payment_id)) for h in balance.holds
        ],
    )


_KINDS: Final[dict[int, tuple[Literal["payment", "deposit", "reversal", "release"], str]]] = {
    Kind.PAYMENT: ("payment", "pay"),
    Kind.DEPOSIT: ("deposit", "dep"),
    Kind.REVERSAL: ("reversal", "trf"),
    Kind.RELEASE: ("release", "trf"),
}


def activity_view(row: ActivityRow, counterparty: Party | None) -> ActivityView:
    """Show a line of activity to its owner."""
    kind, prefix = _KINDS[row.kind]
    return ActivityView(
        id=ids.show(prefix, row.id),
        kind=kind,
        state=State(row.state).name,
        direction="in" if row.is_incoming else "out",
        amount=row.amount_minor if row.is_incoming else -row.amount_minor,
        fee=0,
        currency=row.currency,
        counterparty=_party(counterparty) if counterparty else None,
        note=row.note,
        at=row.at,
        balance_after=row.balance_after_minor,
        payment_id=ids.show("pay", row.payment_id) if row.payment_id else None,
    )


# --- for operators -----------------------------------------------------------------------------

SECOND_FROM_MINOR: Final = 100_000


def ops_view_of(payment: Payment, decision: DecisionRow | None) -> OpsPaymentView:
    """Show a payment to an operator: neither note nor names."""
    row, waiting = payment.row, payment.waiting
    review = None
    if decision is not None and waiting is not None and waiting.state == State.IN_REVIEW:
        review = OpsReviewView(
            score=decision.score,
            rules=list(decision.rules),
            ruleset_version=decision.ruleset_version,
            payer_since=decision.payer_since,
            sent_before=decision.sent_before,
            since=waiting.since,
            review_by=waiting.since + REVIEW_PROMISE,
            expires_at=waiting.until,
        )
    return OpsPaymentView(
        id=ids.show("pay", row.id),
        state=_NAMES[row.state],
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        amount=row.amount_minor,
        currency=row.currency,
        state_history=_history(row),
        refusal_code=row.refusal_code,
        reversed_amount=row.reversed_minor,
        reversals=[_reversal(r) for r in payment.reversals],
        review=review,
        needs_second=review is not None and row.amount_minor >= SECOND_FROM_MINOR,
    )


def _history(row: PaymentRow) -> list[StateView]:
    return [StateView(_NAMES[s], at) for s, at in zip(row.states, row.times, strict=True)]
