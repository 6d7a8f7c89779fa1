"""What each outcome means for the payer: refusals in words, rows to keep, answers to repeat."""

from collections import Counter
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from quid.funding.types import LineKind
from quid.identity.types import Standing
from quid.kit import ids, telemetry
from quid.kit.clock import text as time_text
from quid.kit.errors import (
    STATUS,
    Detail,
    InternalFault,
    Refusal,
    SignInRequired,
    problem_fields,
)
from quid.kit.events import Event
from quid.kit.money import Money
from quid.kit.once import Answer
from quid.ledger.types import Check, Counted, Result
from quid.ledger.types import Outcome as Posting
from quid.payments import errors, events, rules
from quid.payments.queries import PayerFacts
from quid.payments.store import HeldBack, Kept
from quid.payments.types import (
    Balance,
    Outcome,
    Party,
    Payment,
    PaymentRow,
    SendPayment,
    Sent,
    SentView,
    State,
)

encode: Final = msgspec.json.Encoder().encode
_COUNT = telemetry.counter(
    "quid_transfers_total", "payments by outcome", "status", "funding_source"
)
_PATHS: Final = {
    State.COMPLETED: [State.INITIATED, State.AUTHORIZED, State.COMPLETED],
    State.DECLINED: [State.INITIATED, State.AUTHORIZED, State.DECLINED],
    State.CHALLENGED: [State.INITIATED, State.CHALLENGED],
    State.IN_REVIEW: [State.INITIATED, State.IN_REVIEW],
    State.PROCESSING: [State.INITIATED, State.AUTHORIZED, State.PROCESSING],
}


class Asked(NamedTuple):
    """An item with what is known of its two people, and of what its payer has on hold.

    Units: `held_minor` minor units; `held_seq` counts what ever happened beside the wallet.
    """

    item: SendPayment
    standing: Standing
    held_minor: int
    held_seq: int
    about: PayerFacts


class Settled(NamedTuple):
    """One item after the posting: what to keep and what to say.

    It is `kept` when it has ended, `held` when it waits. It is neither when nothing may be kept:
    the key stays free for another try.
    """

    outcome: Outcome
    kept: Kept | None
    event: Event | None
    held: HeldBack | None = None


def refusal_of_people(item: SendPayment, standing: Standing) -> Refusal | None:
    """Say why these two people cannot have this payment; None if they can."""
    if item.session_id is not None and not standing.is_session_live:
        return SignInRequired("This session has ended. Sign in again. Nothing was sent.")
    if not standing.is_payer_known:
        return SignInRequired("Sign in first. Nothing was sent.")
    return refusal_of_standing(standing)


def refusal_of_standing(standing: Standing) -> Refusal | None:
    """Say why two people who are known cannot pay each other; None if they can."""
    if standing.payer_freeze_scope is not None:
        return errors.AccountFrozen(extra={"reason": standing.payer_freeze_reason})
    if not standing.is_payee_open or standing.is_blocked:
        return errors.RecipientNotFound(field="payee_id")
    return None


def may_replay(refusal: Refusal) -> bool:
    """Say whether a finished key may answer in place of this refusal."""
    return not isinstance(refusal, SignInRequired)


def settle(
    asked: Asked,
    posting: Posting,
    checks: tuple[Check, ...],
    *,
    now: datetime,
    owed_minor: int = 0,
) -> Settled:
    """Turn a posting into rows, an event and an answer. `owed_minor`: what blocks the payer."""
    if posting.result.is_our_fault:
        telemetry.log.error("payment.fault", result=posting.result.name)
        fault = InternalFault("Nothing was sent. Try again with the same key.")
        return Settled(fault, None, None)
    if posting.result is Result.POSTED:
        return _completed(asked, posting, now=now)
    if posting.result is Result.DEBIT_ACCOUNT_BLOCKED and owed_minor:
        return declined(asked, owing(owed_minor, asked.item.currency), [now, posting.recorded_at])
    refusal = _refusal_of_books(asked.item, posting, checks)
    return declined(asked, refusal, [now, posting.recorded_at])


def _completed(asked: Asked, posting: Posting, *, now: datetime) -> Settled:
    item = asked.item
    row = row_of(asked, State.COMPLETED, None, [now, posting.recorded_at])
    view = rules.view_of(Payment(row, *parties_of(asked)), viewer_id=item.payer_id)
    answer = SentView(view, rules.balance_view(_balance_after(asked, posting)))
    event = events.PaymentCompleted(
        payment_id=view.id,
        payer_id=view.payer.id,
        payee_id=view.payee.id,
        amount=row.amount_minor,
        currency=row.currency,
        visibility=view.visibility,
        request_id=item.request_id,
        for_request=view.request_id,
    )
    return Settled(
        Sent(Answer(201, encode(answer)), is_replayed=False),
        Kept(row, posting.debit_after, posting.credit_after),
        event_of(row, event.TYPE, event),
    )


def declined(asked: Asked, refusal: Refusal, later: list[datetime]) -> Settled:
    """Keep a refusal: its row, its event, its answer for ever. `later`: times after asking."""
    item = asked.item
    row = row_of(asked, State.DECLINED, refusal.code, later)
    shown = problem_fields(refusal, item.request_id) | {"payment_id": ids.show("pay", row.id)}
    event = events.PaymentDeclined(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        amount=row.amount_minor,
        currency=row.currency,
        refusal_code=refusal.code,
        request_id=item.request_id,
    )
    return Settled(
        Sent(Answer(STATUS[refusal.category], encode(shown)), is_replayed=False),
        Kept(row, None, None),
        event_of(row, event.TYPE, event),
    )


def count(committed: list[PaymentRow], *, paid_by: LineKind = "balance") -> None:
    """Count payments whose transaction has committed: what was rolled back did not happen."""
    for state, many in Counter(row.state for row in committed).items():
        _COUNT.labels(state.name, paid_by).inc(many)


# What became of a payment after its key was taken, in words for its payer.
_LATER: Final[dict[str, type[Refusal]]] = {
    kind.code: kind
    for kind in (
        errors.PaymentMethodDeclined,
        errors.PaymentMethodInvalid,
        errors.ExternalServiceError,
        errors.RecipientNotFound,
        errors.AccountFrozen,
        errors.DailyLimitExceeded,
        errors.WeeklyLimitExceeded,
    )
}


def present(payment: Payment, balance: Balance, request_id: str) -> Answer:
    """Answer with a payment as it stands now; one that a bank has ended, with what it was."""
    row = payment.row
    ended_by = _LATER.get(row.refusal_code or "") if payment.outside else None
    if ended_by is not None and row.state in (State.DECLINED, State.FAILED):
        refusal = ended_by()
        shown = problem_fields(refusal, request_id) | {"payment_id": ids.show("pay", row.id)}
        return Answer(STATUS[refusal.category], encode(shown))
    told = SentView(rules.view_of(payment, viewer_id=row.payer_id), rules.balance_view(balance))
    return Answer(202 if row.state is State.PROCESSING else 201, encode(told))


def _balance_after(asked: Asked, posting: Posting) -> Balance:
    """Give the payer's balance right after the posting: wallet, and what was on hold before it."""
    return Balance(
        available=posting.debit_after or 0,
        pending=asked.about.pending,
        on_hold=asked.held_minor,
        owed=asked.about.owed,
        currency=asked.item.currency,
        version=(posting.debit_seq or 0) + asked.held_seq,
        unripe=asked.about.unripe,
    )


def row_of(
    asked: Asked, state: State, refusal_code: str | None, later: list[datetime]
) -> PaymentRow:
    """Make the row of an item that came into this state, by the path that leads there."""
    item, standing = asked.item, asked.standing
    times = [item.asked_at]
    for at in later:  # a clock that steps back must not turn the order of states around
        times.append(max(times[-1], at))
    return PaymentRow(
        id=item.payment_id,
        payer_id=item.payer_id,
        payee_id=item.payee_id,
        amount_minor=item.amount_minor,
        currency=item.currency,
        note=item.note,
        payer_visibility=item.visibility or standing.payer_default_visibility,
        payee_visibility=item.payee_visibility or standing.payee_default_visibility,
        payer_show_amount=(
            standing.payer_show_amount if item.show_amount is None else item.show_amount
        ),
        payee_show_amount=standing.payee_show_amount,
        states=[*_PATHS[state]],
        times=times,
        refusal_code=refusal_code,
        request_id=item.for_request,
    )


def parties_of(asked: Asked) -> tuple[Party, Party]:
    """Give payer and payee as a payment shows them."""
    item, standing = asked.item, asked.standing
    return (
        Party(item.payer_id, standing.payer_handle, standing.payer_display_name),
        Party(item.payee_id, standing.payee_handle, standing.payee_display_name),
    )


def event_of(row: PaymentRow, kind: str, data: msgspec.Struct) -> Event:
    """Make an event of a payment, at the time of its latest state."""
    return Event(
        topic="payments",
        type=kind,
        subject=("pay", row.id),
        key=row.payer_id,
        at=row.times[-1],
        data=data,
    )


_LIMITS: Final = {
    errors.DailyLimitExceeded.code: errors.DailyLimitExceeded,
    errors.WeeklyLimitExceeded.code: errors.WeeklyLimitExceeded,
}


def _refusal_of_books(item: SendPayment, posting: Posting, checks: tuple[Check, ...]) -> Refusal:
    """Translate a refusal of the ledger into the words of the product."""
    match posting.result:
        case Result.INSUFFICIENT_FUNDS:
            amount = Money(item.amount_minor, item.currency).text()
            return errors.InsufficientFunds(
                f"Not enough to cover {amount}. Nothing was sent. Add money.", field="amount"
            )
        case Result.LIMIT_EXCEEDED:
            return _over_limit(item, posting, checks)
        case Result.DEBIT_ACCOUNT_BLOCKED | Result.DEBIT_ACCOUNT_UNKNOWN:
            return errors.AccountFrozen()
        case _:
            return errors.RecipientNotFound(field="payee_id")


def owing(owed_minor: int, currency: str) -> Refusal:
    """Tell somebody who owes that nothing is sent before it is settled. Units: minor units."""
    owed = Money(owed_minor, currency).text()
    return errors.AccountFrozen(
        f"You owe {owed}: a bank or card took money back. Nothing was sent. Add money to settle "
        "it.",
        extra={"reason": "owed", "amount": owed_minor},
    )


class Over(NamedTuple):
    """A limit that does not take an amount: minor units, and when its oldest part counts no more.

    `limit` is None where the number of payments alone is bounded.
    """

    tag: str
    limit: int | None
    used: int
    resets_at: datetime | None
    amount_minor: int


def limit_reached(item: SendPayment, counted: Counted, checks: tuple[Check, ...]) -> Refusal:
    """Say why a payment whose limits were counted ahead is not taken."""
    tag = counted.check or errors.DailyLimitExceeded.code
    limit = next((c.cap_minor for c in checks if c.tag == counted.check), None)
    used = counted.used_minor or 0
    return over_limit(Over(tag, limit, used, counted.resets_at, item.amount_minor), item.currency)


def _over_limit(item: SendPayment, posting: Posting, checks: tuple[Check, ...]) -> Refusal:
    tag = posting.check or errors.DailyLimitExceeded.code
    limit = next((c.cap_minor for c in checks if c.tag == posting.check), None)
    used = posting.used_minor or 0
    return over_limit(Over(tag, limit, used, posting.resets_at, item.amount_minor), item.currency)


def over_limit(over: Over, currency: str) -> Refusal:
    """Say what may still be sent, and until when no more."""
    kind, limit = _LIMITS[over.tag], over.limit
    extra: dict[str, Detail] = {"limit": limit, "used": over.used}
    until = ""
    if over.resets_at is not None:
        extra["resets_at"] = time_text(over.resets_at)
        until = f" until {over.resets_at:%Y-%m-%d %H:%M} UTC"
    if limit is None or over.used + over.amount_minor <= limit:
        return kind(f"You can send no more payments{until}. Nothing was sent.", extra=extra)
    left = max(0, limit - over.used)
    extra["left"] = left
    more = Money(left, currency).text()
    return kind(f"You can send {more} more{until}. Nothing was sent.", field="amount", extra=extra)
