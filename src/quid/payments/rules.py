"""The table of legal moves, and who may see what."""

from typing import Final
from uuid import UUID

from quid.kit import ids
from quid.payments.types import (
    ActivityRow,
    ActivityView,
    Balance,
    BalanceView,
    FundingView,
    Kind,
    Party,
    PartyView,
    Payment,
    PaymentView,
    State,
    StateView,
    Visibility,
)

AMOUNT_MINOR_MAX: Final = 500_000
NOTE_MAX: Final = 500
CURRENCIES: Final = frozenset({"USD"})

MOVES: Final[dict[State, frozenset[State]]] = {
    State.INITIATED: frozenset({State.AUTHORIZED}),
    State.AUTHORIZED: frozenset({State.COMPLETED, State.DECLINED}),
    State.COMPLETED: frozenset(),
    State.DECLINED: frozenset(),
}
_NAMES: Final = {state.value: state.name for state in State}
_STRICTNESS: Final[dict[Visibility, int]] = {"private": 0, "friends": 1, "public": 2}


def paths() -> list[tuple[State, ...]]:
    """List every legal path from INITIATED to a state that is left no more."""

    def walk(path: tuple[State, ...]) -> list[tuple[State, ...]]:
        following = sorted(MOVES[path[-1]])
        return [p for s in following for p in walk((*path, s))] if following else [path]

    return walk((State.INITIATED,))


PATHS: Final = frozenset(paths())


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
        completed_at=row.times[-1] if state is State.COMPLETED else None,
        state_history=[
            StateView(_NAMES[s], at) for s, at in zip(row.states, row.times, strict=True)
        ],
        fee=0 if is_payer else None,
        total=row.amount_minor if is_payer else None,
        funding=[FundingView("balance", row.amount_minor, 0)] if is_payer else [],
    )


def _party(party: Party) -> PartyView:
    return PartyView(ids.show("usr", party.id), party.handle, party.display_name)


def balance_view(balance: Balance) -> BalanceView:
    """Show a balance to its owner."""
    return BalanceView(
        available=balance.available,
        pending=balance.pending,
        on_hold=balance.on_hold,
        withdrawable=balance.withdrawable,
        owed=balance.owed,
        currency=balance.currency,
        version=balance.version,
    )


def activity_view(row: ActivityRow, counterparty: Party | None) -> ActivityView:
    """Show a line of activity to its owner."""
    is_payment = row.kind == Kind.PAYMENT
    return ActivityView(
        id=ids.show("pay" if is_payment else "dep", row.id),
        kind="payment" if is_payment else "deposit",
        state=State(row.state).name,
        direction="in" if row.is_incoming else "out",
        amount=row.amount_minor if row.is_incoming else -row.amount_minor,
        fee=0,
        currency=row.currency,
        counterparty=_party(counterparty) if counterparty else None,
        note=row.note,
        at=row.at,
        balance_after=row.balance_after_minor,
    )
