"""What each viewer sees of payments, balances and lines."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import ids
from quid.kit.errors import Refusal
from quid.payments import errors
from quid.payments.rules.moves import (
    REVIEW_PROMISE,
    STATE_NAMES,
    challenge_id,
    stricter,
)
from quid.payments.types import (
    ActivityKind,
    ActivityRow,
    ActivityView,
    Balance,
    BalanceView,
    CanView,
    ChallengeView,
    FailureView,
    FundingView,
    HoldView,
    Kind,
    MyBalanceView,
    OpsPaymentView,
    OpsReviewView,
    OwedView,
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
    WaitingRow,
)
from quid.risk.types import DecisionRow


def is_shown_to(row: PaymentRow, viewer_id: UUID) -> bool:
    """Say whether a payment is its viewer's: the payee learns of one only when it arrives."""
    return viewer_id == row.payer_id or (
        viewer_id == row.payee_id and State.COMPLETED in row.states
    )


def view_of(payment: Payment, *, viewer_id: UUID) -> PaymentView:
    """Show a payment to one of its parties."""
    row = payment.row
    is_payer = viewer_id == row.payer_id
    state = row.state
    return PaymentView(
        id=ids.show("pay", row.id),
        state=STATE_NAMES[state],
        payer=PartyView.of(payment.payer),
        payee=PartyView.of(payment.payee),
        amount=row.amount_minor,
        currency=row.currency,
        note=row.note,
        request_id=request_id_of(row),
        kind="charged" if row.request_id else "paid",
        visibility=stricter(row.payer_visibility, row.payee_visibility),
        my_visibility=row.payer_visibility if is_payer else row.payee_visibility,
        show_amount=row.payer_show_amount and row.payee_show_amount,
        my_show_amount=row.payer_show_amount if is_payer else row.payee_show_amount,
        created_at=row.times[0],
        completed_at=_completed_at(row, state),
        state_history=_history(row),
        fee=_fee(payment) if is_payer else None,
        total=row.amount_minor + _fee(payment) if is_payer else None,
        funding=_funding(payment) if is_payer else [],
        lands_on=payment.outside.lands_on if is_payer and payment.outside else None,
        can=_can(state, is_payer=is_payer),
        challenge=_challenge(payment) if is_payer else None,
        review=_review(payment.waiting) if is_payer else None,
        failure=_failure(row.refusal_code) if is_payer and row.refusal_code else None,
        reversed_amount=row.reversed_minor,
        reversals=[_reversal(r) for r in payment.reversals],
    )


def request_id_of(row: PaymentRow) -> str | None:
    """Show which request a payment answers."""
    return ids.show("req", row.request_id) if row.request_id else None


# Made once: almost every answer shows one of these, and none is ever changed.
_CAN_CHANGE: Final = CanView(verify=False, cancel=False, change_visibility=True)
_CAN_NOTHING: Final = CanView(verify=False, cancel=False, change_visibility=False)
_CAN_CANCEL: Final = CanView(verify=False, cancel=True, change_visibility=True)
_CAN_VERIFY: Final = CanView(verify=True, cancel=True, change_visibility=True)


def _fee(payment: Payment) -> int:
    return payment.outside.fee_minor if payment.outside else 0


def _funding(payment: Payment) -> list[FundingView]:
    outside = payment.outside
    if outside is None:
        return [FundingView("balance", payment.row.amount_minor, 0)]
    source = ids.show("fs", outside.source_id)
    line = FundingView(
        outside.kind, outside.outside_minor, outside.fee_minor, source, outside.label
    )
    own = outside.balance_minor
    return [FundingView("balance", own, 0), line] if own else [line]


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
    if is_payer and state in (State.IN_REVIEW, State.REDIRECTED):
        return _CAN_CANCEL
    return _CAN_NOTHING


def _challenge(payment: Payment) -> ChallengeView | None:
    waiting, action = payment.waiting, payment.action
    if action is not None:
        shown = ids.show("chl", challenge_id(payment.row.id))
        return ChallengeView(shown, ["redirect"], action.expires_at, "bank", action.url)
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


# What a payment is kept with, as its payer was told; never a provider's words.
_FAILURES: Final[dict[str, type[Refusal]]] = {
    kind.code: kind
    for kind in (
        errors.AccountFrozen,
        errors.DailyLimitExceeded,
        errors.ExternalServiceError,
        errors.InsufficientFunds,
        errors.PaymentMethodDeclined,
        errors.PaymentMethodInvalid,
        errors.PaymentRejected,
        errors.RecipientNotFound,
        errors.WeeklyLimitExceeded,
    )
}


def _failure(code: str) -> FailureView:
    kind = _FAILURES.get(code, errors.PaymentRefusedByBooks)
    return FailureView(code, kind.title, kind.text)


def _reversal(row: ReversalRow) -> ReversalView:
    return ReversalView(ids.show("trf", row.id), row.amount_minor, row.at, row.reason)


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
        restriction=OwedView("ACCOUNT_FROZEN", "owed", balance.owed) if balance.owed else None,
    )


_KINDS: Final[dict[int, tuple[ActivityKind, str]]] = {
    Kind.PAYMENT: ("payment", "pay"),
    Kind.DEPOSIT: ("deposit", "dep"),
    Kind.REVERSAL: ("reversal", "trf"),
    Kind.RELEASE: ("release", "trf"),
    Kind.FUNDING: ("funding", "op"),
    Kind.WITHDRAWAL: ("withdrawal", "trf"),
    Kind.RETURN: ("return", "trf"),
    Kind.RECOVERY: ("recovery", "trf"),
    Kind.REFUND: ("refund", "trf"),
    Kind.CHARGEBACK: ("chargeback", "trf"),
}
_BACK: Final = frozenset({Kind.RETURN, Kind.REFUND, Kind.CHARGEBACK})


def activity_view(row: ActivityRow, counterparty: Party | None) -> ActivityView:
    """Show a line of activity to its owner."""
    kind, prefix = _KINDS[row.kind]
    if row.kind == Kind.DEPOSIT and row.operation_id is not None:
        prefix = "trf"  # what moved, of the deposit that `operation_id` names
    elif row.kind == Kind.FUNDING:
        prefix = _operation_prefix(row)
    owed = row.amount_minor if row.kind in _BACK and row.balance_after_minor is None else 0
    return ActivityView(
        id=ids.show(prefix, row.id),
        kind=kind,
        state=STATE_NAMES[row.state],
        direction="in" if row.is_incoming else "out",
        amount=row.amount_minor if row.is_incoming else -row.amount_minor,
        fee=row.fee_minor,
        currency=row.currency,
        counterparty=PartyView.of(counterparty) if counterparty else None,
        note=row.note,
        at=row.at,
        balance_after=row.balance_after_minor,
        owed=-owed if row.is_incoming else owed,
        payment_id=ids.show("pay", row.payment_id) if row.payment_id else None,
        operation_id=_operation(row),
    )


def _operation(row: ActivityRow) -> str | None:
    return ids.show(_operation_prefix(row), row.operation_id) if row.operation_id else None


def _operation_prefix(row: ActivityRow) -> str:
    """Call an operation as it is called everywhere: by what it is."""
    if row.kind == Kind.WITHDRAWAL or (row.kind == Kind.RETURN and row.is_incoming):
        return "wd"
    is_of_card = row.paid_by == "card" or (row.paid_by is None and row.payment_id is not None)
    return "op" if is_of_card else "dep"


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
        state=STATE_NAMES[row.state],
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
    return [StateView(STATE_NAMES[s], at) for s, at in zip(row.states, row.times, strict=True)]
