"""What each step of an operation books, as rows between kinds of accounts.

An effect is one group: all of its rows or none. Amounts are minor units. Source: rails.md 7 of
the blueprint, row by row; the pages of docs/money-flows show them with figures.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import ids
from quid.ledger.types import Act, Code, Kind, Transfer


class Row(NamedTuple):
    """From the debit kind to the credit kind. Units: minor units; one of 0 is left out."""

    code: Code
    debit: Kind
    credit: Kind
    cents: int
    act: Act = Act.NONE


class Effect(NamedTuple):
    """Rows that stand or fall together. `name` and `n` tell it from the others of its object."""

    name: str
    rows: tuple[Row, ...]
    n: int = 1


# Whose accounts these are; all others belong to the house.
PERSONAL: Final = frozenset({Kind.WALLET, Kind.INCOMING, Kind.HELD, Kind.ADVANCE, Kind.RECEIVABLE})
# Of the house, one for each provider.
BY_PROVIDER: Final = frozenset(
    {
        Kind.RAIL_IN,
        Kind.RAIL_PENDING,
        Kind.RAIL_AVAILABLE,
        Kind.RAIL_OUT,
        Kind.CHARGEBACK_OPEN,
        Kind.SUSPENSE,
    }
)


def _taken(code: Code, credit: Kind, cents: int) -> tuple[Row, Row]:
    """Take from the wallet what is there, owe the rest."""
    return (
        Row(code, Kind.WALLET, credit, cents, Act.AT_MOST),
        Row(code, Kind.RECEIVABLE, credit, cents, Act.REMAINDER),
    )


# --- pulls -------------------------------------------------------------------------------------


def pull_accepted(cents: int) -> Effect:
    """The provider took it."""
    return Effect("accepted", (Row(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, cents),))


def pull_advanced(cents: int) -> Effect:
    """We credit what has not settled."""
    return Effect("advanced", (Row(Code.PULL_ADVANCED, Kind.ADVANCE, Kind.WALLET, cents),))


def pull_settled(cents: int) -> Effect:
    """The bank sent it."""
    return Effect("settled", (Row(Code.PULL_SETTLED, Kind.RAIL_PENDING, Kind.RAIL_IN, cents),))


def pull_released(cents: int, *, is_advanced: bool) -> Effect:
    """What has settled goes into the wallet, or pays back what was advanced."""
    to = Kind.ADVANCE if is_advanced else Kind.WALLET
    return Effect("released", (Row(Code.PULL_RELEASED, Kind.INCOMING, to, cents),))


def pull_available(cents: int) -> Effect:
    """The provider lets us use it."""
    row = Row(Code.PULL_AVAILABLE, Kind.RAIL_AVAILABLE, Kind.RAIL_PENDING, cents)
    return Effect("available", (row,))


def pull_failed(cents: int, asset: Kind, *, is_advanced: bool) -> Effect:
    """It failed, was cancelled, or came back before it was released. `asset`: where it stands."""
    back = _taken(Code.PULL_FAILED, Kind.ADVANCE, cents) if is_advanced else ()
    return Effect("failed", (Row(Code.PULL_FAILED, Kind.INCOMING, asset, cents), *back))


def pull_returned(cents: int, asset: Kind) -> Effect:
    """It came back after it was released. `asset`: where it stands."""
    return Effect("returned", _taken(Code.PULL_RETURNED, asset, cents))


# --- withdrawals -------------------------------------------------------------------------------


def withdrawal_requested(cents: int) -> Effect:
    """The money leaves the wallet as it is asked for."""
    row = Row(Code.WITHDRAWAL_REQUESTED, Kind.WALLET, Kind.PAYOUTS, cents)
    return Effect("requested", (row,))


def withdrawal_accepted(net: int) -> Effect:
    """The provider took it."""
    row = Row(Code.WITHDRAWAL_ACCEPTED, Kind.RAIL_OUT, Kind.RAIL_AVAILABLE, net)
    return Effect("accepted", (row,))


def withdrawal_completed(net: int, fee: int) -> Effect:
    """It arrived: the fee is ours."""
    return Effect(
        "completed",
        (
            Row(Code.WITHDRAWAL_COMPLETED, Kind.PAYOUTS, Kind.RAIL_OUT, net),
            Row(Code.FEE_INSTANT, Kind.PAYOUTS, Kind.FEE_INSTANT, fee),
        ),
    )


def withdrawal_undone(cents: int, *, accepted: int = 0) -> Effect:
    """It will not arrive. `accepted`: what of it the provider had taken."""
    return Effect(
        "undone",
        (
            Row(Code.WITHDRAWAL_UNDONE, Kind.RAIL_AVAILABLE, Kind.RAIL_OUT, accepted),
            Row(Code.WITHDRAWAL_UNDONE, Kind.PAYOUTS, Kind.WALLET, cents),
        ),
    )


def withdrawal_returned(net: int, fee: int) -> Effect:
    """It came back after it had arrived; so does the fee."""
    return Effect(
        "returned",
        (
            Row(Code.WITHDRAWAL_RETURNED, Kind.RAIL_AVAILABLE, Kind.WALLET, net),
            Row(Code.WITHDRAWAL_RETURNED, Kind.FEE_INSTANT, Kind.WALLET, fee),
        ),
    )


# --- cards -------------------------------------------------------------------------------------


def card_charged(cents: int, fee: int) -> Effect:
    """A charge succeeded, and its money is wanted."""
    return Effect(
        "charged",
        (
            Row(Code.CARD_CHARGED, Kind.RAIL_PENDING, Kind.WALLET, cents),
            Row(Code.FEE_CARD, Kind.RAIL_PENDING, Kind.FEE_CARD, fee),
        ),
    )


def card_available(gross: int, cost: int) -> Effect:
    """The processor keeps its fee, the rest is ours to use."""
    return Effect(
        "available",
        (
            Row(Code.COST, Kind.COST_RAIL, Kind.RAIL_PENDING, cost),
            Row(Code.PULL_AVAILABLE, Kind.RAIL_AVAILABLE, Kind.RAIL_PENDING, gross - cost),
        ),
    )


def card_refunded(cents: int, fee: int) -> Effect:
    """Money goes back to the card: from the wallet what is there, our fee's share from us."""
    return Effect(
        "refunded",
        (
            *_taken(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, cents),
            Row(Code.CARD_REFUNDED, Kind.FEE_CARD, Kind.RAIL_AVAILABLE, fee),
        ),
    )


def card_refund_failed(cents: int, fee: int) -> Effect:
    """It comes back days later: first what is owed, then to the payer; our fee's share to us."""
    return Effect(
        "refund_failed",
        (
            Row(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, Kind.RECEIVABLE, cents, Act.AT_MOST),
            Row(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, Kind.WALLET, cents, Act.REMAINDER),
            Row(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, Kind.FEE_CARD, fee),
        ),
    )


def chargeback_opened(cents: int, fee: int) -> Effect:
    """The network took it back. What the payer still has waits with it; the rest is owed."""
    return Effect(
        "opened",
        (
            Row(Code.CHARGEBACK_OPENED, Kind.CHARGEBACK_OPEN, Kind.RAIL_AVAILABLE, cents),
            Row(Code.CHARGEBACK_OPENED, Kind.LOSS_CARD, Kind.RAIL_AVAILABLE, fee),
            *_taken(Code.CHARGEBACK_OPENED, Kind.HELD, cents),
        ),
    )


def chargeback_lost(cents: int) -> Effect:
    """It stays taken."""
    return Effect("lost", (Row(Code.CHARGEBACK_LOST, Kind.HELD, Kind.CHARGEBACK_OPEN, cents),))


def chargeback_won(cents: int) -> Effect:
    """It came back: first what is owed, then to the payer."""
    return Effect(
        "won",
        (
            Row(Code.CHARGEBACK_WON, Kind.RAIL_AVAILABLE, Kind.CHARGEBACK_OPEN, cents),
            Row(Code.CHARGEBACK_WON, Kind.HELD, Kind.RECEIVABLE, cents, Act.AT_MOST),
            Row(Code.CHARGEBACK_WON, Kind.HELD, Kind.WALLET, cents, Act.REMAINDER),
        ),
    )


# --- others ------------------------------------------------------------------------------------


def cost(cents: int) -> Effect:
    """What a provider costs us, and micro-deposits."""
    return Effect("cost", (Row(Code.COST, Kind.COST_RAIL, Kind.RAIL_AVAILABLE, cents),))


def cost_back(cents: int) -> Effect:
    """A small deposit came back after it had arrived."""
    return Effect("cost_back", (Row(Code.COST, Kind.RAIL_AVAILABLE, Kind.COST_RAIL, cents),))


def recovery(owed: int) -> Effect:
    """As much of what is owed as there is."""
    row = Row(Code.RECOVERY, Kind.WALLET, Kind.RECEIVABLE, owed, Act.AT_MOST)
    return Effect("recovery", (row,))


def came_all_the_same(cents: int, *, is_pull: bool) -> Effect:
    """A provider contradicts an end of ours: what moved waits in suspense for a person."""
    if is_pull:
        row = Row(Code.ADJUSTMENT, Kind.RAIL_PENDING, Kind.SUSPENSE, cents)
    else:
        row = Row(Code.ADJUSTMENT, Kind.SUSPENSE, Kind.RAIL_AVAILABLE, cents)
    return Effect("contradiction", (row,))


# --- into transfers ----------------------------------------------------------------------------


def effect_id(object_id: UUID, provider: int, effect: Effect, place: int = 0) -> UUID:
    """Name a row of an effect by fixed facts: told twice, it moves money once."""
    text = f"rail:{provider}:{object_id}:{effect.name}:{effect.n}"
    return ids.leg(object_id, f"{text}:{place}" if place else text)


def transfers(
    effect: Effect, accounts: Mapping[Kind, int], object_id: UUID, provider: int, *, group: int = 0
) -> list[Transfer]:
    """Bind an effect to accounts. `object_id` is the operation, and the cause of every row."""
    return [
        Transfer(
            id=effect_id(object_id, provider, effect, place),
            debit=accounts[row.debit],
            credit=accounts[row.credit],
            amount_minor=row.cents,
            code=row.code,
            cause_id=object_id,
            flags=row.act,
            group=group,
        )
        for place, row in enumerate(effect.rows)
        if row.cents
    ]
